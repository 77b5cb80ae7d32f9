/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/broadcast/compare.h"

#include "core/base/clock.h"

static void group_read(const struct db *db, struct compare_group *g)
{
    g->buyers = db_int(db, 1);
    g->purchases = db_int(db, 2);
    g->paid = db_int(db, 3);
}

enum status broadcast_compare(struct db *db, int64_t now, const struct broadcast *b,
                              const struct broadcast_sums *sums, struct compare *out)
{
    enum status st;

    *out = (struct compare){.from = b->started_at,
                            .until = b->started_at + COMPARE_DAYS * DAY,
                            .sent.people = sums->n[RECIPIENT_SENT],
                            .holdout.people = sums->n[RECIPIENT_HOLDOUT]};
    if (out->until > now)
        out->until = now;
    st = db_select(db,
                   "SELECT r.state, COUNT(DISTINCT r.customer_id), COUNT(*),"
                   " COALESCE(SUM(x.amount - x.discount_amount), 0)"
                   " FROM redemption x FORCE INDEX (ix_redemption_stat)"
                   " STRAIGHT_JOIN broadcast_recipient r FORCE INDEX (PRIMARY)"
                   " ON r.broadcast_id = ? AND r.customer_id = x.customer_id"
                   " WHERE x.redeemed_at >= ? AND x.redeemed_at < ?"
                   " AND x.voided_at IS NULL AND r.state IN (?, ?) GROUP BY r.state",
                   DB_INT(b->id), DB_TIME(out->from), DB_TIME(out->until),
                   DB_INT(RECIPIENT_SENT), DB_INT(RECIPIENT_HOLDOUT));
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        group_read(db, db_int(db, 0) == RECIPIENT_SENT ? &out->sent : &out->holdout);
    return st == ST_NONE ? ST_OK : st;
}
