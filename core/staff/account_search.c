/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/account_search.h"

#include <stdio.h>

#define FROM "staff p LEFT JOIN admin_account a ON a.staff_id = p.id"

const struct page_sort account_sorts[ACCOUNT_SORTS] = {
    {"name", "p.name", PAGE_TEXT},
    {"id", "p.id", PAGE_INT},
};

static void conditions(struct page_query *q, const struct account_filter *f)
{
    static const char *const searched[] = {"p.name", "COALESCE(a.email, '')", NULL};
    int64_t roles[ROLE_COUNT];
    size_t n = 0;

    for (int r = ROLE_UNSET + 1; r < ROLE_COUNT; r++)
        if (role_may((enum role)r, PERM_PANEL) &&
            (f->role == ROLE_UNSET || f->role == (enum role)r))
            roles[n++] = r;
    page_and_plain(q, "p.dismissed_at IS NULL");
    if (n == 0)
        page_and_plain(q, "1 = 0");
    page_and_in(q, "p.role", roles, n);
    if (f->q != NULL)
        page_and_holds(q, searched, f->q);
    if (f->by_disabled)
        page_and_plain(q, f->disabled ? "a.disabled_at IS NOT NULL"
                                      : "a.disabled_at IS NULL");
}

enum status account_search(struct db *db, const struct account_filter *f,
                           struct page *p)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_select(db, p, &q, "p.id",
                       "p.channel, p.external_id, p.name, p.language, p.role,"
                       " COALESCE(a.staff_id, 0), COALESCE(a.email, ''),"
                       " a.password_hash IS NOT NULL, a.totp_since IS NOT NULL,"
                       " COALESCE(a.epoch, 1), a.disabled_at IS NOT NULL",
                       FROM);
}

enum status account_search_next(struct db *db, struct page *p, struct account_row *out)
{
    enum status st = page_next(db, p);
    const int c = PAGE_COLUMNS;

    if (st != ST_OK)
        return st;
    *out = (struct account_row){
        .staff = {.id = db_int(db, 1),
                  .channel = (enum channel)db_int(db, c),
                  .external_id = db_int(db, c + 1),
                  .role = (enum role)db_int(db, c + 4),
                  .active = true},
        .account = {.staff_id = db_int(db, c + 5),
                    .totp_on = db_int(db, c + 8) != 0,
                    .epoch = db_int(db, c + 9),
                    .disabled = db_int(db, c + 10) != 0},
        .has_password = db_int(db, c + 7) != 0,
    };
    snprintf(out->staff.name, sizeof out->staff.name, "%s", db_text(db, c + 2, NULL));
    snprintf(out->staff.language, sizeof out->staff.language, "%s",
             db_text(db, c + 3, NULL));
    snprintf(out->account.email, sizeof out->account.email, "%s",
             db_text(db, c + 6, NULL));
    return ST_OK;
}

enum status account_total(struct db *db, const struct account_filter *f, int64_t *total)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_total(db, &q, FROM, total);
}

enum status account_row_load(struct db *db, int64_t staff_id, struct account_row *out)
{
    enum status st;

    *out = (struct account_row){0};
    st = staff_load(db, staff_id, &out->staff);
    if (st == ST_OK && !staff_may(&out->staff, PERM_PANEL))
        st = ST_NONE;
    if (st != ST_OK)
        return st;
    st = account_load(db, staff_id, &out->account);
    if (st == ST_NONE) /* never logged in: the version their row will begin with */
        out->account.epoch = 1;
    out->has_password = out->account.hash[0] != '\0';
    return st == ST_NONE ? ST_OK : st;
}
