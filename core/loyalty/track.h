/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/track.h - what happened to one discount, in order: from what is stored of
 * it by everything that touches it. What retention has forgotten is not there. */
#ifndef CORE_LOYALTY_TRACK_H
#define CORE_LOYALTY_TRACK_H

#include "core/loyalty/redemption.h"

enum track_kind {
    TRACK_ISSUED = 1,
    TRACK_SHOWN,    /* its picture was put to its holder; .number: enum message_state */
    TRACK_CHECKED,  /* at a till; .number: enum verdict */
    TRACK_HELD,     /* the same, and it was held for that cashier */
    TRACK_REDEEMED, /* .number: the redemption's id */
    TRACK_VOIDED,   /* the same; .detail: enum void_reason */
    TRACK_RENEWED,  /* a new code, by its holder */
    TRACK_REVOKED,
    TRACK_EXTENDED, /* .number: until when */
    TRACK_RESENT,
    TRACK_REISSUED, /* .number: the discount that took its place */
    TRACK_KINDS
};
const char *track_name(enum track_kind kind); /* "issued". Lent, for ever */

struct track_event {
    enum track_kind kind;
    int64_t at;
    int64_t staff_id, store_id; /* 0: none */
    char staff[CONTACT_NAME_BYTES], store[CONTACT_NAME_BYTES];
    int64_t number, detail;
    char words[1021]; /* why, in the words of who did it */
};

/* The newest TRACK_MAX of them, oldest first; *n how many. */
#define TRACK_MAX 100
must_check enum status track_load(struct db *db, int64_t discount_id,
                                  struct track_event out[TRACK_MAX], int *n);

#endif
