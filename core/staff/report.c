/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/report.h"

#include <stdio.h>

#define LIVE(x) "IF(r.voided_at IS NULL, " x ", NULL)"
#define SUM(x) "CAST(COALESCE(SUM(" LIVE(x) "), 0) AS SIGNED)"

enum status report_store(struct db *db, const struct report_ask *ask,
                         struct report_line *out, int room, int *n)
{
    enum status st = db_select(
        db,
        "SELECT p.name, COUNT(r.live_use_no), COUNT(*) - COUNT(r.live_use_no),"
        " COUNT(" LIVE("r.amount") "), " SUM("r.amount") ", " SUM(
            "r.discount_amount") " FROM redemption r JOIN staff p ON p.id = r.staff_id "
                                 "WHERE r.store_id = ?"
                                 " AND r.redeemed_at >= ? AND r.redeemed_at < ?"
                                 " GROUP BY r.staff_id, p.name ORDER BY p.name, "
                                 "r.staff_id LIMIT ?",
        DB_INT(ask->store_id), DB_TIME(ask->from), DB_TIME(ask->to), DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK) {
        struct report_line *l = &out[(*n)++];

        *l = (struct report_line){.redeemed = (int)db_int(db, 1),
                                  .voided = (int)db_int(db, 2),
                                  .with_amount = (int)db_int(db, 3),
                                  .amount = db_int(db, 4),
                                  .discount = db_int(db, 5)};
        snprintf(l->name, sizeof l->name, "%s", db_text(db, 0, NULL));
    }
    return st == ST_NONE ? ST_OK : st;
}

void report_sum(struct report_line *total, const struct report_line *one)
{
    total->redeemed += one->redeemed;
    total->voided += one->voided;
    total->with_amount += one->with_amount;
    total->amount += one->amount;
    total->discount += one->discount;
}

int64_t report_average(const struct report_line *l)
{
    return l->with_amount > 0 ? l->amount / l->with_amount : -1;
}

static void receipt_read(const struct db *db, struct report_receipt *r)
{
    *r = (struct report_receipt){
        .no = (int)db_int(db, 0),
        .at = db_time(db, 1),
        .voided_at = db_time(db, 2),
        .source = (int)db_int(db, 3),
        .percent_bp = (int)db_int(db, 4),
        .amount = db_is_null(db, 5) ? -1 : db_int(db, 5),
        .discount = db_is_null(db, 6) ? -1 : db_int(db, 6),
    };
    snprintf(r->store, sizeof r->store, "%s", db_text(db, 7, NULL));
    snprintf(r->name, sizeof r->name, "%s", db_text(db, 8, NULL));
}

enum status report_receipts(struct db *db, int64_t shift_id, report_each *fn, void *arg)
{
    struct report_receipt r;
    enum status st =
        db_select(db,
                  "SELECT r.receipt_no, r.redeemed_at, r.voided_at, d.source,"
                  " d.percent_bp, r.amount, r.discount_amount, s.name, p.name"
                  " FROM redemption r JOIN discount d ON d.id = r.discount_id"
                  " JOIN store s ON s.id = r.store_id JOIN staff p ON p.id = r.staff_id"
                  " WHERE r.shift_id = ? ORDER BY r.receipt_no",
                  DB_INT(shift_id));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        receipt_read(db, &r);
        fn(arg, &r);
    }
    return st == ST_NONE ? ST_OK : st;
}

enum status report_shifts(struct db *db, const struct staff *by,
                          struct report_shift *out, int room, int *n)
{
    enum scope s = role_scope(by->role, PERM_SHIFT_REPORT);
    enum status st = db_select(
        db,
        "SELECT h.id, h.staff_id, h.store_id, h.opened_at, h.closed_at, s.name, p.name"
        " FROM shift h JOIN store s ON s.id = h.store_id"
        " JOIN staff p ON p.id = h.staff_id WHERE ? = 1 OR h.staff_id = ?"
        " OR (? = 1 AND EXISTS (SELECT 1 FROM staff_store b"
        " WHERE b.staff_id = ? AND b.store_id = h.store_id))"
        " ORDER BY h.opened_at DESC, h.id DESC LIMIT ?",
        DB_INT(s == SCOPE_ALL), DB_INT(by->id), DB_INT(s == SCOPE_STORE),
        DB_INT(by->id), DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK) {
        struct report_shift *r = &out[(*n)++];

        *r = (struct report_shift){.shift = {.id = db_int(db, 0),
                                             .staff_id = db_int(db, 1),
                                             .store_id = db_int(db, 2),
                                             .opened_at = db_time(db, 3),
                                             .closed_at = db_time(db, 4)}};
        snprintf(r->shift.store, sizeof r->shift.store, "%s", db_text(db, 5, NULL));
        snprintf(r->name, sizeof r->name, "%s", db_text(db, 6, NULL));
    }
    return st == ST_NONE ? ST_OK : st;
}

enum status report_may(struct db *db, const struct staff *by, int64_t shift_id,
                       struct shift *out)
{
    enum status st = shift_load(db, shift_id, out);

    if (st != ST_OK || (out->staff_id == by->id && staff_may(by, PERM_SHIFT_REPORT)))
        return st;
    if (role_scope(by->role, PERM_SHIFT_REPORT) < SCOPE_STORE)
        return ST_REFUSED;
    return staff_may_at(db, by, PERM_SHIFT_REPORT, out->store_id);
}
