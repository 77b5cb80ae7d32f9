/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the figures are counted from. Each query answers store, source, staff and then
 * its values, from ? until before ?; docs/statistics.md says the same to people, and
 * tests/store/test_stat.c holds the two together. */
#include "core/stat_private.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    bool store;
} metrics[STAT_METRICS] = {
    [STAT_NEW_CUSTOMERS] = {"new_customers", false},
    [STAT_ERASED] = {"erased", false},
    [STAT_SUBSCRIBED] = {"subscribed", false},
    [STAT_UNSUBSCRIBED] = {"unsubscribed", false},
    [STAT_WITHDRAWN] = {"withdrawn", false},
    [STAT_ISSUED] = {"issued", true},
    [STAT_EXPIRED] = {"expired", true},
    [STAT_REDEEMED] = {"redeemed", true},
    [STAT_VOIDED] = {"voided", true},
    [STAT_PURCHASES] = {"purchases", true},
    [STAT_AMOUNT] = {"purchase_amount", true},
    [STAT_DISCOUNT] = {"discount_amount", true},
    [STAT_SENT] = {"messages_sent", false},
    [STAT_FAILED] = {"messages_failed", false},
    [STAT_SKIPPED] = {"messages_skipped", false},
    [STAT_UNKNOWN] = {"messages_unknown", false},
};

const char *stat_name(enum stat_metric m)
{
    return metrics[m].name;
}

bool stat_has_store(enum stat_metric m)
{
    return metrics[m].store;
}

/* ---- the queries ----------------------------------------------------------------- */

#define VALUES_MAX 4
/* They are few: found once, then asked for each row. */
#define COUNTED(column)                                                                \
    " AND " column " NOT IN (SELECT id FROM customer WHERE left_out > 0)"
#define BETWEEN(column) column " >= ? AND " column " < ?"

/* Sums are digits on their way: CAST makes numbers of them again. */
#define SUM(what) "CAST(SUM(" what ") AS SIGNED)"

/* clang-format off */
static const struct fact {
    const char *sql;
    int n;
    enum stat_metric values[VALUES_MAX];
} facts[] = {
    {"SELECT " DB_AFRESH "0, 0, 0, COUNT(*) FROM customer"
     " WHERE " BETWEEN("created_at") COUNTED("id"),
     1, {STAT_NEW_CUSTOMERS}},
    {"SELECT 0, 0, 0, " SUM("action = 'customer.erase'")
     ", " SUM("action = 'customer.subscribe'")
     ", " SUM("action = 'customer.unsubscribe'")
     ", " SUM("action = 'consent.pd_revoke'")
     " FROM audit WHERE action IN ('customer.erase', 'customer.subscribe',"
     " 'customer.unsubscribe', 'consent.pd_revoke')"
     " AND " BETWEEN("at") COUNTED("entity_id"),
     4, {STAT_ERASED, STAT_SUBSCRIBED, STAT_UNSUBSCRIBED, STAT_WITHDRAWN}},
    {"SELECT COALESCE(store_id, 0), source, COALESCE(issued_by, 0), COUNT(*)"
     " FROM discount WHERE " BETWEEN("created_at") COUNTED("customer_id")
     " GROUP BY store_id, source, issued_by",
     1, {STAT_ISSUED}},
    {"SELECT COALESCE(store_id, 0), source, COALESCE(issued_by, 0), COUNT(*)"
     " FROM discount"
     " WHERE status = 3 AND " BETWEEN("valid_until") COUNTED("customer_id")
     " GROUP BY store_id, source, issued_by",
     1, {STAT_EXPIRED}},
    {"SELECT r.store_id, d.source, r.staff_id, COUNT(*), COUNT(r.amount)"
     ", " SUM("COALESCE(r.amount, 0)")
     ", " SUM("COALESCE(r.discount_amount, 0)")
     " FROM redemption r JOIN discount d ON d.id = r.discount_id"
     " WHERE r.voided_at IS NULL"
     " AND " BETWEEN("r.redeemed_at") COUNTED("r.customer_id")
     " GROUP BY r.store_id, d.source, r.staff_id",
     4, {STAT_REDEEMED, STAT_PURCHASES, STAT_AMOUNT, STAT_DISCOUNT}},
    {"SELECT r.store_id, d.source, r.staff_id, COUNT(*)"
     " FROM redemption r JOIN discount d ON d.id = r.discount_id"
     " WHERE " BETWEEN("r.voided_at") COUNTED("r.customer_id")
     " GROUP BY r.store_id, d.source, r.staff_id",
     1, {STAT_VOIDED}},
    /* sent, failed, skipped, unknown */
    {"SELECT " DB_AFRESH "0, 0, 0, " SUM("state = 3") ", " SUM("state = 4")
     ", " SUM("state = 5") ", " SUM("state = 6") " FROM message WHERE state IN (3, 4, 5, 6)"
     " AND " BETWEEN("created_at")
     " AND customer_id IS NOT NULL" COUNTED("customer_id"),
     4, {STAT_SENT, STAT_FAILED, STAT_SKIPPED, STAT_UNKNOWN}},
};
/* clang-format on */

/* ---- cells ----------------------------------------------------------------------- */

void stat_cells_free(struct stat_cells *c)
{
    free(c->cell);
    *c = (struct stat_cells){0};
}

static int place_cmp(const struct stat_cell *c, int64_t store, int64_t source,
                     int64_t staff)
{
    if (c->store != store)
        return c->store < store ? -1 : 1;
    if (c->source != source)
        return c->source < source ? -1 : 1;
    return c->staff < staff ? -1 : c->staff > staff;
}

struct stat_cell *stat_cell_at(struct stat_cells *c, int64_t store, int64_t source,
                               int64_t staff)
{
    size_t low = 0, high = c->n;

    while (low < high) {
        size_t mid = (low + high) / 2;
        int cmp = place_cmp(&c->cell[mid], store, source, staff);

        if (cmp == 0)
            return &c->cell[mid];
        if (cmp < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (c->n == c->cap) {
        size_t cap = c->cap > 0 ? 2 * c->cap : 64;
        struct stat_cell *more = realloc(c->cell, cap * sizeof *more);

        if (more == NULL)
            return NULL;
        c->cell = more;
        c->cap = cap;
    }
    memmove(&c->cell[low + 1], &c->cell[low], (c->n - low) * sizeof *c->cell);
    c->cell[low] = (struct stat_cell){.store = store, .source = source, .staff = staff};
    c->n++;
    return &c->cell[low];
}

void stat_add(int64_t into[STAT_METRICS], const int64_t from[STAT_METRICS])
{
    for (int m = 0; m < STAT_METRICS; m++)
        into[m] += from[m];
}

static enum status fact_count(struct db *db, const struct fact *f,
                              const struct stat_bounds *b, struct stat_cells *out)
{
    enum status st = db_select(db, f->sql, DB_TIME(b->from), DB_TIME(b->until));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        struct stat_cell *cell =
            stat_cell_at(out, db_int(db, 0), db_int(db, 1), db_int(db, 2));

        if (cell == NULL)
            return ST_BROKEN;
        for (int i = 0; i < f->n; i++)
            cell->value[f->values[i]] += db_int(db, 3 + i);
    }
    return st == ST_NONE ? ST_OK : st;
}

enum status stat_count(struct db *db, int64_t from, int64_t until,
                       struct stat_cells *out)
{
    const struct stat_bounds b = {from, until};
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && from < until && i < sizeof facts / sizeof *facts;
         i++)
        st = fact_count(db, &facts[i], &b, out);
    return st;
}

enum status stat_cut_of(const struct stat_cells *all, enum stat_cut cut,
                        struct stat_cells *out)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct stat_cell *from = &all->cell[i];
        struct stat_cell *to = stat_cell_at(out, cut >= CUT_STORE ? from->store : 0,
                                            cut == CUT_SOURCE ? from->source : 0,
                                            cut == CUT_STAFF ? from->staff : 0);

        if (to == NULL)
            return ST_BROKEN;
        stat_add(to->value, from->value);
    }
    return ST_OK;
}

/* ---- columns, days --------------------------------------------------------------- */

void stat_columns(struct buf *out, const char *before, const char *after)
{
    for (int m = 0; m < STAT_METRICS; m++)
        buf_addf(out, ", %s%s%s", before, metrics[m].name, after);
}

void stat_read_columns(const struct db *db, int col, int64_t value[STAT_METRICS])
{
    for (int m = 0; m < STAT_METRICS; m++)
        value[m] = db_int(db, col + m);
}

struct stat_bounds stat_day_bounds(const struct tz *tz, int32_t day)
{
    return (struct stat_bounds){tz_instant(tz, day, 0, 0),
                                tz_instant(tz, day + 1, 0, 0)};
}

/* ---- one day --------------------------------------------------------------------- */

/* As it is written down. ST_NONE: it is not. */
static enum status day_kept(struct db *db, int32_t day, int64_t whole[STAT_METRICS])
{
    struct buf sql = {0};
    enum status st = ST_BROKEN;

    buf_adds(&sql, "SELECT 0");
    stat_columns(&sql, "", "");
    buf_adds(&sql, " FROM stat_day WHERE cut = 1 AND day = ?");
    if (!sql.failed)
        st = db_one(db, sql.s, DB_DATE(day));
    if (st == ST_OK)
        stat_read_columns(db, 1, whole);
    buf_free(&sql);
    return st;
}

static enum status messages_keep(struct stat_cells *cells,
                                 const int64_t kept[STAT_METRICS])
{
    static const enum stat_metric messages[] = {STAT_SENT, STAT_FAILED, STAT_SKIPPED,
                                                STAT_UNKNOWN};
    struct stat_cell *none = stat_cell_at(cells, 0, 0, 0);

    if (none == NULL)
        return ST_BROKEN;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        none->value[messages[i]] = kept[messages[i]];
    return ST_OK;
}

enum status stat_day_count(struct db *db, const struct stat_bounds *b, int32_t day,
                           struct stat_cells *out, int64_t kept[STAT_METRICS])
{
    int64_t gone = 0;
    enum status was, st;

    memset(kept, 0, STAT_METRICS * sizeof *kept);
    was = st = day_kept(db, day, kept);
    if (st == ST_OK || st == ST_NONE)
        st = stat_gone_until(db, &gone);
    if (st == ST_OK)
        st = stat_count(db, b->from, b->until, out);
    if (st == ST_OK && was == ST_OK && b->from < gone)
        st = messages_keep(out, kept);
    return st;
}
