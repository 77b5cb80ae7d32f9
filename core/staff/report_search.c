/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/report_search.h"

#include <stdio.h>

#define FROM                                                                           \
    "shift h JOIN store s ON s.id = h.store_id JOIN staff p ON p.id = h.staff_id"

const struct page_sort shift_sorts[SHIFT_SORTS] = {
    {"opened_at", "h.opened_at", PAGE_TIME},
    {"id", "h.id", PAGE_INT},
};

/* Whose they may see: a condition, never an if behind the query. */
static void scope(struct page_query *q, const struct staff *by)
{
    enum scope s = by->active ? role_scope(by->role, PERM_SHIFT_REPORT) : SCOPE_NONE;

    if (s == SCOPE_STORE)
        page_and(q,
                 "EXISTS (SELECT 1 FROM staff_store b WHERE b.staff_id = ?"
                 " AND b.store_id = h.store_id)",
                 DB_INT(by->id));
    else if (s == SCOPE_OWN)
        page_and(q, "h.staff_id = ?", DB_INT(by->id));
    else if (s != SCOPE_ALL)
        page_and_plain(q, "1 = 0");
}

static void conditions(struct page_query *q, const struct shift_filter *f)
{
    scope(q, f->by);
    if (f->store_id != 0)
        page_and(q, "h.store_id = ?", DB_INT(f->store_id));
    if (f->staff_id != 0)
        page_and(q, "h.staff_id = ?", DB_INT(f->staff_id));
    if (f->from != 0)
        page_and(q, "h.opened_at >= ?", DB_TIME(f->from));
    if (f->to != 0)
        page_and(q, "h.opened_at < ?", DB_TIME(f->to));
    if (f->by_open)
        page_and_plain(q, f->open ? "h.open_one IS NOT NULL" : "h.open_one IS NULL");
}

enum status shift_search(struct db *db, const struct shift_filter *f, struct page *p)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_select(db, p, &q, "h.id",
                       "h.staff_id, h.store_id, h.opened_at, h.closed_at, s.name,"
                       " s.training, h.auto_closed, h.till_discount, p.name",
                       FROM);
}

enum status shift_search_next(struct db *db, struct page *p, struct report_shift *out)
{
    enum status st = page_next(db, p);
    const int c = PAGE_COLUMNS;

    if (st != ST_OK)
        return st;
    *out = (struct report_shift){
        .shift = {.id = db_int(db, 1),
                  .staff_id = db_int(db, c),
                  .store_id = db_int(db, c + 1),
                  .opened_at = db_time(db, c + 2),
                  .closed_at = db_time(db, c + 3),
                  .training = db_int(db, c + 5) != 0,
                  .auto_closed = db_int(db, c + 6) != 0,
                  .till_discount = db_is_null(db, c + 7) ? -1 : db_int(db, c + 7)}};
    snprintf(out->shift.store, sizeof out->shift.store, "%s", db_text(db, c + 4, NULL));
    snprintf(out->name, sizeof out->name, "%s", db_text(db, c + 8, NULL));
    return ST_OK;
}

enum status shift_total(struct db *db, const struct shift_filter *f, int64_t *total)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_total(db, &q, FROM, total);
}
