/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/audit.h"
#include "core/stat_private.h"

enum status stat_late(struct db *db, int64_t now, int64_t at)
{
    if (at > now - STAT_LATE)
        return ST_OK;
    return db_exec(db, NULL, "INSERT INTO stat_late (at, noted_at) VALUES (?, ?)",
                   DB_TIME(at), DB_TIME(now));
}

enum status stat_late_expiring(struct db *db, int64_t now, int limit)
{
    return db_exec(db, NULL,
                   "INSERT INTO stat_late (at, noted_at)"
                   " SELECT DISTINCT o.valid_until, ? FROM (SELECT valid_until"
                   " FROM discount WHERE status = 1 AND valid_until <= ?"
                   " ORDER BY valid_until LIMIT ?) o",
                   DB_TIME(now), DB_TIME(now - STAT_LATE), DB_INT(limit));
}

enum status stat_messages_gone(struct db *db, int64_t before)
{
    return db_exec(db, NULL,
                   "UPDATE stat_gone SET messages_until = ?"
                   " WHERE id = 1 AND messages_until < ?",
                   DB_TIME(before), DB_TIME(before));
}

enum status stat_gone_until(struct db *db, int64_t *until)
{
    enum status st = db_one(db, "SELECT messages_until FROM stat_gone WHERE id = 1");

    *until = st == ST_OK ? db_time(db, 0) : 0;
    return st == ST_NONE ? ST_OK : st;
}

/* ---- who does not count ---------------------------------------------------------- */

/* Each moment at which somebody was counted; ? is the customer. */
static const char *const moments[] = {
    "created_at FROM customer WHERE id = ?",
    "created_at FROM discount WHERE customer_id = ?",
    "valid_until FROM discount WHERE customer_id = ? AND status = 3",
    "redeemed_at FROM redemption WHERE customer_id = ?",
    "voided_at FROM redemption WHERE customer_id = ? AND voided_at IS NOT NULL",
    "created_at FROM message WHERE customer_id = ?",
    "at FROM audit WHERE entity_id = ? AND action IN ('customer.erase',"
    " 'customer.subscribe', 'customer.unsubscribe', 'consent.pd_revoke')",
};

static enum status all_late(struct db *db, int64_t now, int64_t customer_id)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < sizeof moments / sizeof *moments; i++) {
        struct buf sql = {0};

        buf_addf(&sql, "INSERT INTO stat_late (noted_at, at) SELECT ?, %s", moments[i]);
        st = sql.failed ? ST_BROKEN
                        : db_exec(db, NULL, sql.s, DB_TIME(now), DB_INT(customer_id));
        buf_free(&sql);
    }
    return st;
}

enum status stat_leave_out(struct db *db, int64_t now, int64_t customer_id,
                           enum stat_left_out why)
{
    int64_t changed;
    enum status st =
        db_exec(db, &changed,
                "UPDATE customer SET left_out = ? WHERE id = ?"
                " AND left_out <> ? AND left_out <> ?",
                DB_INT(why), DB_INT(customer_id), DB_INT(why), DB_INT(STAT_WORKS_HERE));

    if (st == ST_OK && changed == 0)
        return ST_NONE;
    return st == ST_OK ? all_late(db, now, customer_id) : st;
}

enum status stat_mark_test(struct db *db, int64_t now, int64_t customer_id, bool test,
                           int64_t staff_id)
{
    enum status st = db_one(db, "SELECT left_out FROM customer WHERE id = ? FOR UPDATE",
                            DB_INT(customer_id));

    if (st == ST_OK && db_int(db, 0) == STAT_WORKS_HERE)
        return ST_REFUSED;
    if (st != ST_OK)
        return st;
    st = stat_leave_out(db, now, customer_id, test ? STAT_TEST_ACCOUNT : STAT_COUNTED);
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st; /* it is so already */
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = ACTOR_STAFF,
                              .actor_id = staff_id,
                              .action = test ? "customer.test" : "customer.no_test",
                              .entity_id = customer_id});
}

enum status stat_leave_out_staff(struct db *db, int64_t now, int channel,
                                 int64_t external_id)
{
    int64_t id;
    enum status st =
        db_one(db,
               "SELECT c.id FROM customer c JOIN staff s"
               " ON s.channel = c.channel AND s.external_id = c.external_id"
               " WHERE c.channel = ? AND c.external_id = ?",
               DB_INT(channel), DB_INT(external_id));

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    id = db_int(db, 0);
    st = stat_leave_out(db, now, id, STAT_WORKS_HERE);
    return st == ST_NONE ? ST_OK : st;
}

enum status stat_leave_out_again(struct db *db, int64_t now, int64_t customer_id)
{
    enum status st = db_one(db,
                            "SELECT 1 FROM customer c STRAIGHT_JOIN customer p"
                            " FORCE INDEX (ix_customer_left_out) ON p.left_out = ?"
                            " AND (p.id = c.person_id OR p.person_id = c.person_id)"
                            " WHERE c.id = ? AND c.person_id IS NOT NULL LIMIT 1",
                            DB_INT(STAT_TEST_ACCOUNT), DB_INT(customer_id));

    if (st == ST_OK)
        st = stat_leave_out(db, now, customer_id, STAT_TEST_ACCOUNT);
    return st == ST_NONE ? ST_OK : st;
}
