/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/quota.h - what a customer, or somebody of the shop, may do a few times a
 * day. */
#ifndef CORE_LOYALTY_QUOTA_H
#define CORE_LOYALTY_QUOTA_H

#include "core/io/db.h"

/* Numbers are stored. */
enum quota {
    QUOTA_EXPORT = 1, /* files with one's data */
    QUOTA_MOVE_CODE,  /* codes to move by */
    QUOTA_MOVE_TRY,   /* codes typed that led nowhere */
    QUOTA_SUPPORT     /* words to the shop */
};

/* ST_OK: counted, it was one of the first `limit` of that day. ST_REFUSED: it was not,
 * and is not counted. */
struct quota_ask {
    int64_t customer_id;
    enum quota what;
    int32_t day; /* local */
    int64_t limit;
};
must_check enum status quota_take(struct db *db, const struct quota_ask *ask);

/* Numbers are stored. */
enum staff_quota {
    STAFF_QUOTA_ISSUE = 1 /* discounts by hand */
};

/* As above, exactly also when two ask at once: the second waits for the first. */
struct staff_quota_ask {
    int64_t staff_id;
    enum staff_quota what;
    int32_t day; /* local */
    int64_t limit;
};
must_check enum status quota_take_staff(struct db *db,
                                        const struct staff_quota_ask *ask);

/* Days before that one are forgotten, at most limit rows of each; *n. */
must_check enum status quota_forget(struct db *db, int32_t before, int limit, int *n);

#endif
