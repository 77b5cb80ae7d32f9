/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/shift.h"

/* One line a source of discounts, added up here. */
static void report_add(const struct db *db, struct shift_report *out)
{
    int64_t source = db_int(db, 0);
    int live = (int)db_int(db, 1);

    out->redeemed += live;
    out->voided += (int)db_int(db, 2);
    out->with_amount += (int)db_int(db, 3);
    out->amount += db_int(db, 4);
    out->discount += db_int(db, 5);
    if (source > 0 && source < SHIFT_SOURCES)
        out->by_source[source] += live;
}

enum status shift_report(struct db *db, int64_t shift_id, struct shift_report *out)
{
    enum status st;

    *out = (struct shift_report){0};
    st = shift_load(db, shift_id, &out->shift);
    if (st != ST_OK)
        return st;
    st = db_select(
        db,
        "SELECT d.source, COUNT(r.live_use_no),"
        " COUNT(*) - COUNT(r.live_use_no),"
        " COUNT(IF(r.voided_at IS NULL, r.amount, NULL)),"
        " CAST(COALESCE(SUM(IF(r.voided_at IS NULL, r.amount, 0)), 0)"
        " AS SIGNED),"
        " CAST(COALESCE(SUM(IF(r.voided_at IS NULL, r.discount_amount, 0)), 0)"
        " AS SIGNED)"
        " FROM redemption r JOIN discount d ON d.id = r.discount_id"
        " WHERE r.shift_id = ? GROUP BY d.source",
        DB_INT(shift_id));
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        report_add(db, out);
    if (st == ST_NONE)
        st = ST_OK;
    if (out->with_amount > 0)
        out->average = out->amount / out->with_amount;
    return st;
}
