/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/staff_search.h"

#include <stdio.h>

#define FROM                                                                           \
    "staff p LEFT JOIN shift h ON h.open_one = p.id"                                   \
    " LEFT JOIN staff_pin k ON k.staff_id = p.id"
#define COLUMNS                                                                        \
    "p.channel, p.external_id, p.name, p.language, p.role, p.version, p.created_at,"   \
    " p.dismissed_at, p.named, h.id, h.store_id, k.staff_id, k.once, k.expires_at"

const struct page_sort staff_sorts[STAFF_SORTS] = {
    {"name", "p.name", PAGE_TEXT},
    {"id", "p.id", PAGE_INT},
    {"created_at", "p.created_at", PAGE_TIME},
};

static void conditions(struct page_query *q, const struct staff_filter *f)
{
    static const char *const searched[] = {"p.name", NULL};

    page_and_in(q, "p.role", f->roles, f->n_roles);
    if (f->q != NULL)
        page_and_holds(q, searched, f->q);
    if (f->store_id != 0)
        page_and(q,
                 "EXISTS (SELECT 1 FROM staff_store b WHERE b.staff_id = p.id"
                 " AND b.store_id = ?)",
                 DB_INT(f->store_id));
    if (f->seer != 0)
        page_and(q,
                 "EXISTS (SELECT 1 FROM staff_store a JOIN staff_store b"
                 " ON b.store_id = a.store_id WHERE a.staff_id = p.id"
                 " AND b.staff_id = ?)",
                 DB_INT(f->seer));
    if (f->by_active)
        page_and_plain(q, f->active ? "p.dismissed_at IS NULL"
                                    : "p.dismissed_at IS NOT NULL");
    if (f->by_pin)
        page_and(q,
                 f->has_pin
                     ? "k.staff_id IS NOT NULL AND (k.once = 0 OR k.expires_at > ?)"
                     : "k.staff_id IS NULL OR (k.once = 1 AND k.expires_at <= ?)",
                 DB_TIME(f->now));
    if (f->by_shift)
        page_and_plain(q, f->on_shift ? "h.id IS NOT NULL" : "h.id IS NULL");
}

/* The columns behind `c`, of the person `id`. */
static void row_read(const struct db *db, int64_t now, int64_t id, int c,
                     struct staff_row *out)
{
    *out = (struct staff_row){
        .staff = {.id = id,
                  .channel = (enum channel)db_int(db, c),
                  .external_id = db_int(db, c + 1),
                  .role = (enum role)db_int(db, c + 4),
                  .active = db_is_null(db, c + 7)},
        .version = db_int(db, c + 5),
        .created_at = db_time(db, c + 6),
        .dismissed_at = db_time(db, c + 7),
        .named = db_int(db, c + 8) != 0,
        .shift_id = db_int(db, c + 9),
        .shift_store = db_int(db, c + 10),
    };
    out->has_pin = !db_is_null(db, c + 11) &&
                   (db_int(db, c + 12) == 0 || db_time(db, c + 13) > now);
    snprintf(out->staff.name, sizeof out->staff.name, "%s", db_text(db, c + 2, NULL));
    snprintf(out->staff.language, sizeof out->staff.language, "%s",
             db_text(db, c + 3, NULL));
}

enum status staff_search(struct db *db, const struct staff_filter *f, struct page *p)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_select(db, p, &q, "p.id", COLUMNS, FROM);
}

enum status staff_search_next(struct db *db, struct page *p, int64_t now,
                              struct staff_row *out)
{
    enum status st = page_next(db, p);

    if (st == ST_OK)
        row_read(db, now, db_int(db, 1), PAGE_COLUMNS, out);
    return st;
}

enum status staff_total(struct db *db, const struct staff_filter *f, int64_t *total)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_total(db, &q, FROM, total);
}

enum status staff_row_load(struct db *db, int64_t now, int64_t id, bool held,
                           struct staff_row *out)
{
    struct staff who;
    enum status st = held ? staff_lock(db, id, &who) : ST_OK;

    if (st == ST_OK)
        st = db_one(db, "SELECT " COLUMNS " FROM " FROM " WHERE p.id = ?", DB_INT(id));
    if (st == ST_OK)
        row_read(db, now, id, 0, out);
    return st;
}

enum status staff_stores_of(struct db *db, const int64_t *ids, size_t n,
                            staff_store_each *fn, void *arg)
{
    struct db_arg args[PAGE_LIMIT_MAX];
    struct buf sql = {0};
    enum status st = n <= PAGE_LIMIT_MAX ? ST_BROKEN : ST_BAD;

    if (n == 0 || st == ST_BAD)
        return n == 0 ? ST_OK : st;
    buf_adds(&sql, "SELECT staff_id, store_id FROM staff_store WHERE staff_id IN (");
    for (size_t i = 0; i < n; i++) {
        args[i] = DB_INT(ids[i]);
        buf_adds(&sql, i > 0 ? ", ?" : "?");
    }
    buf_adds(&sql, ") ORDER BY staff_id, store_id");
    if (!sql.failed)
        st = db_select_args(db, sql.s, args, n);
    buf_free(&sql);
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        fn(arg, db_int(db, 0), db_int(db, 1));
    return st == ST_NONE ? ST_OK : st;
}
