/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/claim_private.h - recipient_claim.c decides who is taken in hand,
 * claim_write.c writes it down. */
#ifndef CORE_BROADCAST_CLAIM_PRIVATE_H
#define CORE_BROADCAST_CLAIM_PRIVATE_H

#include "core/broadcast/quiet.h"
#include "core/broadcast/recipient_private.h"

struct claiming {
    struct recipient to;
    int was_variant, status;
    bool had_message; /* it was not accepted before */
    bool pd_ok, marketing_ok, barred, rare, capped;
    int64_t quiet_until;
    /* what becomes of them */
    enum recipient_state state; /* SENDING, SKIPPED, or QUEUED until due */
    enum recipient_why why;
    int64_t due;
};

#define CLAIM_COLUMNS 11 /* of a message */

struct claim {
    int64_t now;
    const struct broadcast *b;
    const uint8_t *job;
    const struct tz *tz;
    char root[MESSAGE_ROOT_BYTES];
    int64_t named[CHUNK_MAX]; /* sorted */
    int named_n;
    struct many ids; /* the same as JSON */
    struct settings set;
    struct quiet quiet;
    struct claiming row[CHUNK_MAX];
    int n;
    int64_t id_step; /* between the numbers of one INSERT */

    char payload[BROADCAST_VARIANTS + 1][60];
    struct db_arg args[CLAIM_COLUMNS * CHUNK_MAX];
};

must_check enum status claim_write(struct db *db, struct claim *c);

#endif
