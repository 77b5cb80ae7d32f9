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

enum status quota_take_staff(struct db *db, const struct staff_quota_ask *ask)
{
    /* The row first, so that there is something to lock. */
    enum status st =
        db_exec(db, NULL,
                "INSERT INTO staff_quota (staff_id, what, day, n)"
                " VALUES (?, ?, ?, 0) ON DUPLICATE KEY UPDATE n = n",
                DB_INT(ask->staff_id), DB_INT(ask->what), DB_DATE(ask->day));
    int64_t changed = 0;

    if (st == ST_OK)
        st = db_exec(db, &changed,
                     "UPDATE staff_quota SET n = n + 1 WHERE staff_id = ?"
                     " AND what = ? AND day = ? AND n < ?",
                     DB_INT(ask->staff_id), DB_INT(ask->what), DB_DATE(ask->day),
                     DB_INT(ask->limit));
    return st == ST_OK && changed == 0 ? ST_REFUSED : st;
}

enum status quota_forget(struct db *db, int32_t before, int limit, int *n)
{
    int64_t customers = 0, staff = 0;
    enum status st =
        db_exec(db, &customers, "DELETE FROM customer_quota WHERE day < ? LIMIT ?",
                DB_DATE(before), DB_INT(limit));

    if (st == ST_OK)
        st = db_exec(db, &staff, "DELETE FROM staff_quota WHERE day < ? LIMIT ?",
                     DB_DATE(before), DB_INT(limit));
    *n = (int)(customers > staff ? customers : staff);
    return st;
}
