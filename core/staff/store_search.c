/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/store_search.h"

#include <stdio.h>

#define FROM "store s"

const struct page_sort store_sorts[STORE_SORTS] = {
    {"name", "s.name", PAGE_TEXT},
    {"id", "s.id", PAGE_INT},
    {"created_at", "s.created_at", PAGE_TIME},
};

static void conditions(struct page_query *q, const struct store_filter *f)
{
    static const char *const searched[] = {"s.name", "s.city", "s.address", NULL};

    if (f->q != NULL)
        page_and_holds(q, searched, f->q);
    if (f->city != NULL)
        page_and(q, "s.city = ?", DB_TEXT(f->city));
    if (f->by_open)
        page_and_plain(q, f->open ? "s.closed_at IS NULL" : "s.closed_at IS NOT NULL");
    if (f->staff_id != 0)
        page_and(q,
                 "EXISTS (SELECT 1 FROM staff_store b WHERE b.staff_id = ?"
                 " AND b.store_id = s.id)",
                 DB_INT(f->staff_id));
}

enum status store_search(struct db *db, const struct store_filter *f, struct page *p)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_select(
        db, p, &q, "s.id",
        "s.name, s.city, s.address, s.hours, s.tz, s.closed_at, s.training, s.lat_e6,"
        " s.lon_e6, s.version",
        FROM);
}

enum status store_search_next(struct db *db, struct page *p, struct store *out)
{
    enum status st = page_next(db, p);

    if (st != ST_OK)
        return st;
    *out = (struct store){.id = db_int(db, 1),
                          .open = db_is_null(db, PAGE_COLUMNS + 5),
                          .training = db_int(db, PAGE_COLUMNS + 6) != 0,
                          .has_geo = !db_is_null(db, PAGE_COLUMNS + 7),
                          .lat_e6 = (int32_t)db_int(db, PAGE_COLUMNS + 7),
                          .lon_e6 = (int32_t)db_int(db, PAGE_COLUMNS + 8),
                          .version = db_int(db, PAGE_COLUMNS + 9)};
    snprintf(out->name, sizeof out->name, "%s", db_text(db, PAGE_COLUMNS, NULL));
    snprintf(out->city, sizeof out->city, "%s", db_text(db, PAGE_COLUMNS + 1, NULL));
    snprintf(out->address, sizeof out->address, "%s",
             db_text(db, PAGE_COLUMNS + 2, NULL));
    snprintf(out->hours, sizeof out->hours, "%s", db_text(db, PAGE_COLUMNS + 3, NULL));
    snprintf(out->tz, sizeof out->tz, "%s", db_text(db, PAGE_COLUMNS + 4, NULL));
    return ST_OK;
}

enum status store_total(struct db *db, const struct store_filter *f, int64_t *total)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_total(db, &q, FROM, total);
}
