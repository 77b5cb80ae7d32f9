/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/moving.h - a customer goes on with another account.
 *
 *   old account                      new account
 *   moving_code  -> "7K3F9-9QXAF"    moving_look  -> what would come along
 *                    15 minutes      moving_do    -> it has
 *
 * The row of the old account gets the new one's identity, and with it everything that
 * hangs on it: discounts, history, birthday, consents, but for a "no" to advertising that
 * the new account said later, which stands. The row the new account had until then is
 * erased (erasure.h), and the old identity is remembered as "has moved", so that
 * it gets nothing a second time (identity.h). Of a code only its SHA-256 is kept. */
#ifndef CORE_LOYALTY_MOVING_H
#define CORE_LOYALTY_MOVING_H

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/loyalty/customer.h"

#define MOVING_LIFE (15 * MINUTE)
#define MOVING_CODES_A_DAY 5
#define MOVING_TRIES_A_DAY 5

/* A fresh code for that customer; the one before stops working. */
must_check enum status moving_code(struct db *db, int64_t now, int64_t customer_id,
                                   char out[CODE_SYMBOLS + 1]);

enum moving_result {
    MOVING_FINE = 1,
    MOVING_UNKNOWN, /* no such code, or its time is over */
    MOVING_SELF,    /* it is this very account's */
    MOVING_USED,    /* the new account has redeemed something: the shop must help */
    MOVING_OTHER    /* the new identity was another customer's before: the same */
};

struct moving {
    enum moving_result result;
    struct customer from; /* FINE, USED, OTHER */
    int active, used;     /* their discounts */
};

/* What would happen if `to` typed that code. ST_OK with a result. Nothing changes. */
must_check enum status moving_look(struct db *db, int64_t now, const char *code,
                                   int64_t to, struct moving *out);

/* It happens, whole, in the caller's transaction, if it still may; the code is used up.
 * The erasure of the row `to` is evidenced by update_id. */
must_check enum status moving_do(struct db *db, int64_t now, const char *code,
                                 int64_t to, int64_t update_id, struct moving *out);

#endif
