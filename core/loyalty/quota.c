/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/quota.h"

enum status quota_take(struct db *db, const struct quota_ask *ask)
{
    enum status st;

    st = db_one(db,
                "SELECT n FROM customer_quota WHERE customer_id = ? AND what = ?"
                " AND day = ? FOR UPDATE",
                DB_INT(ask->customer_id), DB_INT(ask->what), DB_DATE(ask->day));
    if (st == ST_OK && db_int(db, 0) >= ask->limit)
        return ST_REFUSED;
    if (st == ST_NONE && ask->limit <= 0)
        return ST_REFUSED;
    if (st != ST_OK && st != ST_NONE)
        return st;
    return db_exec(db, NULL,
                   "INSERT INTO customer_quota (customer_id, what, day, n)"
                   " VALUES (?, ?, ?, 1) ON DUPLICATE KEY UPDATE n = n + 1",
                   DB_INT(ask->customer_id), DB_INT(ask->what), DB_DATE(ask->day));
}

enum status quota_forget(struct db *db, int32_t before, int limit, int *n)
{
    int64_t changed = 0;
    enum status st =
        db_exec(db, &changed, "DELETE FROM customer_quota WHERE day < ? LIMIT ?",
                DB_DATE(before), DB_INT(limit));

    *n = (int)changed;
    return st;
}
