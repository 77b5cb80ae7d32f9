/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/invite_search.h"

#include <stdio.h>
#include <stdlib.h>

#define FROM                                                                           \
    "invite i LEFT JOIN staff m ON m.id = i.made_by"                                   \
    " LEFT JOIN staff u ON u.id = i.used_by"
/* Few stores an invitation, as many as INVITE_STORES_MAX: their list stays short. */
#define COLUMNS                                                                        \
    "i.role, i.till, i.store_id, i.made_by, i.created_at, i.expires_at, i.used_at,"    \
    " i.used_by, i.revoked_at, COALESCE(m.name, ''), COALESCE(u.name, ''),"            \
    " COALESCE((SELECT GROUP_CONCAT(b.store_id ORDER BY b.store_id SEPARATOR ' ')"     \
    " FROM invite_store b WHERE b.invite_id = i.id), '')"

const struct page_sort invite_sorts[INVITE_SORTS] = {
    {"created_at", "i.created_at", PAGE_TIME},
    {"expires_at", "i.expires_at", PAGE_TIME},
    {"id", "i.id", PAGE_INT},
};

static void scope(struct page_query *q, const struct staff *by)
{
    enum scope s = by->active ? role_scope(by->role, PERM_STAFF_INVITE) : SCOPE_NONE;

    if (s == SCOPE_STORE)
        page_and(q,
                 "EXISTS (SELECT 1 FROM staff y WHERE y.id = ? AND (y.id = i.made_by"
                 " OR EXISTS (SELECT 1 FROM staff_store c WHERE c.staff_id = y.id"
                 " AND c.store_id = i.store_id)))",
                 DB_INT(by->id));
    else if (s != SCOPE_ALL)
        page_and_plain(q, "1 = 0");
}

static void conditions(struct page_query *q, const struct invite_filter *f)
{
    static const char *const ended[INVITE_STATES] = {
        [INVITE_IS_OPEN] = "i.used_at IS NULL AND i.revoked_at IS NULL",
        [INVITE_IS_USED] = "i.used_at IS NOT NULL",
        [INVITE_IS_EXPIRED] = "i.used_at IS NULL AND i.revoked_at IS NULL",
        [INVITE_IS_REVOKED] = "i.revoked_at IS NOT NULL",
    };

    scope(q, f->by);
    if (f->state != 0)
        page_and_plain(q, ended[f->state]);
    if (f->state == INVITE_IS_OPEN)
        page_and(q, "i.expires_at > ?", DB_TIME(f->now));
    if (f->state == INVITE_IS_EXPIRED)
        page_and(q, "i.expires_at <= ?", DB_TIME(f->now));
    if (f->role != ROLE_UNSET)
        page_and(q, "i.till = 0 AND i.role = ?", DB_INT(f->role));
    if (f->store_id != 0)
        page_and(q,
                 "EXISTS (SELECT 1 FROM store z WHERE z.id = ? AND (z.id = i.store_id"
                 " OR EXISTS (SELECT 1 FROM invite_store d WHERE d.invite_id = i.id"
                 " AND d.store_id = z.id)))",
                 DB_INT(f->store_id));
}

static enum invite_state state_of(const struct invite_row *r, int64_t now)
{
    if (r->used_at != 0)
        return INVITE_IS_USED;
    if (r->revoked_at != 0)
        return INVITE_IS_REVOKED;
    return r->expires_at > now ? INVITE_IS_OPEN : INVITE_IS_EXPIRED;
}

static void stores_read(struct invite_row *out, int64_t first, const char *more)
{
    char *end;

    if (first != 0)
        out->stores[out->n_stores++] = first;
    while (more != NULL && *more != '\0' && out->n_stores < INVITE_STORES_MAX) {
        out->stores[out->n_stores++] = strtoll(more, &end, 10);
        more = *end == ' ' ? end + 1 : "";
    }
}

/* The columns behind `c`. */
static void row_read(const struct db *db, int64_t now, int64_t id, int c,
                     struct invite_row *out)
{
    *out = (struct invite_row){.id = id,
                               .role = (enum role)db_int(db, c),
                               .till = db_int(db, c + 1) != 0,
                               .made_by = db_int(db, c + 3),
                               .created_at = db_time(db, c + 4),
                               .expires_at = db_time(db, c + 5),
                               .used_at = db_time(db, c + 6),
                               .used_by = db_int(db, c + 7),
                               .revoked_at = db_time(db, c + 8)};
    out->state = state_of(out, now);
    snprintf(out->made_by_name, sizeof out->made_by_name, "%s",
             db_text(db, c + 9, NULL));
    snprintf(out->used_by_name, sizeof out->used_by_name, "%s",
             db_text(db, c + 10, NULL));
    stores_read(out, db_int(db, c + 2), db_text(db, c + 11, NULL));
}

enum status invite_search(struct db *db, const struct invite_filter *f, struct page *p)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_select(db, p, &q, "i.id", COLUMNS, FROM);
}

enum status invite_search_next(struct db *db, struct page *p, int64_t now,
                               struct invite_row *out)
{
    enum status st = page_next(db, p);

    if (st == ST_OK)
        row_read(db, now, db_int(db, 1), PAGE_COLUMNS, out);
    return st;
}

enum status invite_total(struct db *db, const struct invite_filter *f, int64_t *total)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_total(db, &q, FROM, total);
}

/* A page of one row: what the list shows, and no more. */
enum status invite_row_load(struct db *db, int64_t now, const struct staff *by,
                            int64_t id, struct invite_row *out)
{
    struct page_query q = {0};
    struct page one = {.sort = &invite_sorts[INVITE_SORTS - 1], .limit = 1};
    enum status st;

    scope(&q, by);
    page_and(&q, "i.id = ?", DB_INT(id));
    st = page_select(db, &one, &q, "i.id", COLUMNS, FROM);
    return st == ST_OK ? invite_search_next(db, &one, now, out) : st;
}
