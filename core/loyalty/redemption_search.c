/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/redemption_search.h"

#include "core/loyalty/customer.h"
#include "core/loyalty/redemption_row.h"
#include "core/staff/staff.h"

#include <stdio.h>

const struct page_sort redemption_sorts[REDEMPTION_SORTS] = {
    [REDEMPTION_BY_TIME] = {"redeemed_at", "r.redeemed_at", PAGE_TIME},
    [REDEMPTION_BY_ID] = {"id", "r.id", PAGE_INT},
    [REDEMPTION_BY_UNDO] = {"voided_at", "r.voided_at", PAGE_TIME},
};
const struct page_sort attempt_sorts[ATTEMPT_SORTS] = {
    {"at", "a.at", PAGE_TIME},
    {"id", "a.id", PAGE_INT},
};

/* Straight, and row by row: whoever reads a small table whole to match it in memory has
 * to sort all of it. */
#define NAMES                                                                          \
    " STRAIGHT_JOIN discount d FORCE INDEX (PRIMARY) ON d.id = r.discount_id"          \
    " STRAIGHT_JOIN customer c FORCE INDEX (PRIMARY) ON c.id = r.customer_id"          \
    " STRAIGHT_JOIN staff p FORCE INDEX (PRIMARY) ON p.id = r.staff_id"                \
    " STRAIGHT_JOIN store s FORCE INDEX (PRIMARY) ON s.id = r.store_id"

/* ---- whose stores ---------------------------------------------------------------- */

#define OWN_MOST 32

/* The stores somebody is bound to, as a list: of one store its index is read. Of very
 * many each row is asked for (n is 0 then). */
struct own {
    int64_t id[OWN_MOST + 1];
    int n;
    bool many;
};

static enum status own_load(struct db *db, int64_t staff_id, struct own *out)
{
    enum status st;

    *out = (struct own){0};
    if (staff_id == 0)
        return ST_OK;
    st = staff_stores(db, staff_id, out->id, OWN_MOST + 1, &out->n);
    out->many = out->n > OWN_MOST;
    if (out->many)
        out->n = 0;
    return st;
}

static void and_own(struct page_query *q, const char *column, int64_t staff_id,
                    const struct own *own)
{
    char bound[120];

    if (own->many) {
        snprintf(bound, sizeof bound,
                 "EXISTS (SELECT 1 FROM staff_store b WHERE b.staff_id = ?"
                 " AND b.store_id = %s)",
                 column);
        page_and(q, bound, DB_INT(staff_id));
    } else if (staff_id != 0 && own->n == 0) {
        page_and_plain(q, "1 = 0");
    } else {
        page_and_in(q, column, own->id, (size_t)own->n);
    }
}

static void and_id(struct page_query *q, const char *condition, int64_t id)
{
    if (id != 0)
        page_and(q, condition, DB_INT(id));
}

static void and_time(struct page_query *q, const char *condition, int64_t at)
{
    if (at != 0)
        page_and(q, condition, DB_TIME(at));
}

/* ---- redemptions ----------------------------------------------------------------- */

static void conditions(struct page_query *q, const struct redemption_filter *f,
                       const struct own *own)
{
    and_id(q, "r.store_id = ?", f->store_id);
    and_id(q, "r.staff_id = ?", f->by_id);
    and_id(q, "r.customer_id = ?", f->customer_id);
    and_id(q, "r.discount_id = ?", f->discount_id);
    and_time(q, "r.redeemed_at >= ?", f->from);
    and_time(q, "r.redeemed_at < ?", f->until);
    if (f->by_voided)
        page_and_plain(q,
                       f->voided ? "r.voided_at IS NOT NULL" : "r.voided_at IS NULL");
    and_own(q, "r.store_id", f->staff_id, own);
}

static bool undone_alone(const struct redemption_filter *f)
{
    return f->by_voided && f->voided;
}

static const char *index_of(const struct redemption_filter *f, const struct own *own,
                            const struct page *p)
{
    if (p->sort == &redemption_sorts[REDEMPTION_BY_UNDO] && f->store_id == 0 &&
        f->by_id == 0 && f->customer_id == 0 && f->discount_id == 0)
        return " FORCE INDEX (ix_redemption_stat_void)";
    if (p->sort != &redemption_sorts[REDEMPTION_BY_TIME] || undone_alone(f) ||
        f->discount_id != 0)
        return "";
    if (f->customer_id != 0)
        return " FORCE INDEX (ix_redemption_customer)";
    if (f->by_id != 0)
        return " FORCE INDEX (ix_redemption_staff)";
    if (f->store_id != 0 || own->n == 1)
        return " FORCE INDEX (ix_redemption_store)";
    return " FORCE INDEX (ix_redemption_stat)";
}

enum status redemption_search(struct db *db, const struct redemption_filter *f,
                              struct page *p)
{
    struct page_query q = {0};
    struct buf from = {0};
    struct own own;
    enum status st = ST_BAD;

    if (p->sort != &redemption_sorts[REDEMPTION_BY_UNDO] || undone_alone(f))
        st = own_load(db, f->staff_id, &own);
    if (st != ST_OK)
        return st;
    conditions(&q, f, &own);
    buf_addf(&from, "redemption r%s" NAMES, index_of(f, &own, p));
    st =
        page_select(db, p, &q, "r.id", REDEMPTION_COLUMNS, from.failed ? NULL : from.s);
    buf_free(&from);
    return st;
}

enum status redemption_search_next(struct db *db, struct page *p,
                                   struct redemption *out)
{
    enum status st = page_next(db, p);

    if (st == ST_OK)
        redemption_read(db, PAGE_COLUMNS, out);
    return st;
}

enum status redemption_total(struct db *db, const struct redemption_filter *f,
                             int64_t *total)
{
    struct page_query q = {0};
    struct own own;
    enum status st = own_load(db, f->staff_id, &own);

    if (st != ST_OK)
        return st;
    conditions(&q, f, &own);
    return page_total(db, &q, "redemption r", total);
}

enum status redemption_sum(struct db *db, const struct redemption_filter *f,
                           struct redemption_sums *out)
{
    struct page_query q = {0};
    struct buf sql = {0};
    struct own own;
    enum status st = own_load(db, f->staff_id, &own);

    if (st != ST_OK)
        return st;
    conditions(&q, f, &own);
    buf_adds(&sql, "SELECT COALESCE(SUM(r.voided_at IS NULL), 0),"
                   " COALESCE(SUM(r.voided_at IS NOT NULL), 0),"
                   " COALESCE(SUM(IF(r.voided_at IS NULL, r.amount, 0)), 0),"
                   " COALESCE(SUM(IF(r.voided_at IS NULL, r.discount_amount, 0)), 0)"
                   " FROM redemption r");
    buf_add(&sql, q.where.s, q.where.len);
    st = sql.failed || q.failed || q.where.failed ? ST_BROKEN
                                                  : db_one_args(db, sql.s, q.args, q.n);
    if (st == ST_OK)
        *out = (struct redemption_sums){.live = db_int(db, 0),
                                        .voided = db_int(db, 1),
                                        .amount = db_int(db, 2),
                                        .off = db_int(db, 3)};
    buf_free(&sql);
    page_query_free(&q);
    return st;
}

/* ---- attempts -------------------------------------------------------------------- */

#define ATTEMPTS "redemption_attempt a"
#define ATTEMPT_NAMES                                                                  \
    " STRAIGHT_JOIN staff p FORCE INDEX (PRIMARY) ON p.id = a.staff_id"                \
    " LEFT JOIN store s FORCE INDEX (PRIMARY) ON s.id = a.store_id"

static void attempt_conditions(struct page_query *q, const struct attempt_filter *f,
                               const struct own *own)
{
    and_id(q, "a.store_id = ?", f->store_id);
    and_id(q, "a.staff_id = ?", f->by_id);
    and_id(q, "a.discount_id = ?", f->discount_id);
    and_time(q, "a.at >= ?", f->from);
    and_time(q, "a.at < ?", f->until);
    page_and_in(q, "a.verdict", f->verdict, f->verdict_n);
    if (f->verdict_n == 0)
        page_and(q, "a.verdict <> ?", DB_INT(VERDICT_VALID));
    and_own(q, "a.store_id", f->staff_id, own);
}

static const char *attempt_index(const struct attempt_filter *f, const struct own *own,
                                 const struct page *p)
{
    if (p->sort != &attempt_sorts[0] || f->by_id != 0)
        return "";
    if (f->discount_id != 0)
        return " FORCE INDEX (ix_redemption_attempt_discount)";
    if (f->store_id != 0 || own->n == 1)
        return " FORCE INDEX (ix_redemption_attempt_store)";
    return f->verdict_n == 1 ? " FORCE INDEX (ix_redemption_attempt_verdict)"
                             : " FORCE INDEX (ix_redemption_attempt_at)";
}

enum status attempt_search(struct db *db, const struct attempt_filter *f,
                           struct page *p)
{
    struct page_query q = {0};
    struct buf from = {0};
    struct own own;
    enum status st = own_load(db, f->staff_id, &own);

    if (st != ST_OK)
        return st;
    attempt_conditions(&q, f, &own);
    buf_addf(&from, ATTEMPTS "%s" ATTEMPT_NAMES, attempt_index(f, &own, p));
    st = page_select(db, p, &q, "a.id",
                     "a.at, a.staff_id, a.store_id, a.discount_id, a.verdict,"
                     " a.code_seen, p.name, s.name",
                     from.failed ? NULL : from.s);
    buf_free(&from);
    return st;
}

enum status attempt_search_next(struct db *db, struct page *p, struct attempt *out)
{
    const int c = PAGE_COLUMNS;
    enum status st = page_next(db, p);

    if (st != ST_OK)
        return st;
    *out = (struct attempt){.id = db_int(db, 1),
                            .at = db_time(db, c),
                            .by_id = db_int(db, c + 1),
                            .store_id = db_int(db, c + 2),
                            .discount_id = db_int(db, c + 3),
                            .verdict = (enum verdict)db_int(db, c + 4)};
    if (!db_is_null(db, c + 5))
        snprintf(out->code, sizeof out->code, "%s", db_text(db, c + 5, NULL));
    snprintf(out->by, sizeof out->by, "%s", db_text(db, c + 6, NULL));
    if (!db_is_null(db, c + 7))
        snprintf(out->store, sizeof out->store, "%s", db_text(db, c + 7, NULL));
    return ST_OK;
}

enum status attempt_total(struct db *db, const struct attempt_filter *f, int64_t *total)
{
    struct page_query q = {0};
    struct own own;
    enum status st = own_load(db, f->staff_id, &own);

    if (st != ST_OK)
        return st;
    attempt_conditions(&q, f, &own);
    return page_total(db, &q, ATTEMPTS, total);
}
