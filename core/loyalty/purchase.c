/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/purchase.h"

enum status purchase_made(struct db *db, const struct purchase *p)
{
    return db_exec(db, NULL,
                   "UPDATE customer SET purchases = purchases + 1,"
                   " spent_total = spent_total + ?,"
                   " last_purchase_at = GREATEST(last_purchase_at, ?),"
                   " home_store_id = COALESCE(home_store_id, ?)"
                   " WHERE id = ? AND status <> 3",
                   DB_INT(p->paid), DB_TIME(p->at), DB_INT(p->store_id),
                   DB_INT(p->customer_id));
}

/* The row is locked first, so that the sum sees all that others did to it. */
enum status purchase_undone(struct db *db, int64_t customer_id)
{
    int64_t n, paid, latest;
    enum status st =
        db_one(db, "SELECT id FROM customer WHERE id = ? AND status <> 3 FOR UPDATE",
               DB_INT(customer_id));

    if (st == ST_NONE)
        return ST_OK; /* erased meanwhile: the books keep what they had */
    if (st == ST_OK)
        st = db_one(db,
                    "SELECT COUNT(*), CAST(COALESCE(SUM(amount - discount_amount), 0)"
                    " AS SIGNED), COALESCE(MAX(redeemed_at), CAST('1970-01-01' AS"
                    " DATETIME(6))) FROM redemption"
                    " WHERE customer_id = ? AND voided_at IS NULL",
                    DB_INT(customer_id));
    if (st != ST_OK)
        return st;
    n = db_int(db, 0);
    paid = db_int(db, 1);
    latest = db_time(db, 2);
    return db_exec(db, NULL,
                   "UPDATE customer SET purchases = ?, spent_total = ?,"
                   " last_purchase_at = ? WHERE id = ?",
                   DB_INT(n), DB_INT(paid), DB_TIME(latest), DB_INT(customer_id));
}
