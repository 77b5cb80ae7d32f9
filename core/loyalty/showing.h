/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/showing.h - where a discount's code stands: which messages show it to
 * its holder, so that they can be put right when it is spent, given back or renewed.
 *
 * A showing is put in the transaction of its message (core/message.h) and leaves with
 * it; the message knows where it went once it was sent. It is good while its code is
 * the discount's: after discount_renew the older ones show a code that names nothing.
 *
 * All functions run inside the caller's transaction. */
#ifndef CORE_LOYALTY_SHOWING_H
#define CORE_LOYALTY_SHOWING_H

#include "core/loyalty/discount.h"

#define SHOWING_MAX 5        /* of one code; older ones are left as they are */
#define SHOWING_ASKED_MAX 96 /* characters */

struct showing {
    int64_t discount_id;
    int64_t message_id; /* the row of `message` */
    const char *code;   /* what it shows */
    const char *asked;  /* names the press that asked for it, ASCII; "": nobody did */
};
/* ST_BAD: asked is too long or not ASCII. */
must_check enum status showing_add(struct db *db, int64_t now, const struct showing *s);

/* Was that code put for this very press since then? ST_OK: yes, it is on its way or
 * there; ST_NONE. */
must_check enum status showing_recent(struct db *db, const struct discount *d,
                                      const char *asked, int64_t since);

/* The external ids of the messages that were sent with that code, newest first. */
must_check enum status showing_list(struct db *db, int64_t discount_id,
                                    const char *code, int64_t out[SHOWING_MAX], int *n);

/* Does that message show a code that d has no more? ST_OK: it does; ST_NONE: it shows
 * the present one, or we know nothing of it. */
must_check enum status showing_outdated(struct db *db, const struct discount *d,
                                        int64_t external_id);

#endif
