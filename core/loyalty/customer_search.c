/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/customer_search.h"

#include "core/loyalty/customer_row.h"
#include "core/loyalty/customer_search_private.h"

#include <string.h>

const struct page_sort customer_sorts[CUSTOMER_SORTS] = {
    {"id", "c.id", PAGE_INT},
    {"created_at", "c.created_at", PAGE_TIME},
    {"last_purchase_at", "c.last_purchase_at", PAGE_TIME},
    {"total_spent", "c.spent_total", PAGE_INT},
    {"birthday", "c.birth_md", PAGE_INT}, /* of those who told one */
};

static const char *const state_names[CUSTOMER_STATES] = {
    [STATE_ACTIVE] = "active",
    [STATE_UNREACHABLE] = "unreachable",
    [STATE_BLOCKED] = "blocked",
    [STATE_ERASED] = "erased",
};

const char *customer_state_name(enum customer_state s)
{
    return (unsigned)s < CUSTOMER_STATES ? state_names[s] : "";
}

void customer_row_read(const struct db *db, int col, struct customer_row *out)
{
    int at = col + CUSTOMER_COLUMNS_N;

    customer_read(db, col, &out->customer);
    out->purchases = (int)db_int(db, at);
    out->spent_total = db_int(db, at + 1);
    out->last_purchase = db_time(db, at + 2);
    out->home_store_id = db_int(db, at + 3);
    out->barred_at = db_time(db, at + 4);
    out->state = out->customer.status == CUSTOMER_ERASED    ? STATE_ERASED
                 : out->barred_at != 0                      ? STATE_BLOCKED
                 : out->customer.status == CUSTOMER_BLOCKED ? STATE_UNREACHABLE
                                                            : STATE_ACTIVE;
}

/* ---- how far a walk may go -------------------------------------------------------- */

/* The last one it looks at, n from where it begins. *found: there are so many. */
static enum status walk_end(struct db *db, const struct plan *plan, struct page p,
                            int64_t n, struct page_place *end, bool *found)
{
    struct page_query q = {0};
    enum status st;

    p.sort = &plan->sort;
    p.limit = 1;
    p.offset += n - 1;
    plan_begin(plan, &q);
    if (strcmp(plan->sort.column, "c.birth_md") == 0)
        page_and_plain(&q, "c.birth_md IS NOT NULL");
    st = page_select(db, &p, &q, plan->id, DB_AFRESH "1", plan->from.s);
    if (st == ST_OK)
        st = page_next(db, &p);
    *found = st == ST_OK;
    *end = p.last;
    return st == ST_NONE ? ST_OK : st;
}

static struct db_arg place_arg(const struct plan *plan, const struct page_place *at)
{
    return plan->sort.kind == PAGE_TIME ? DB_TIME(at->number) : DB_INT(at->number);
}

/* "a < ? OR (a = ? AND id <= ?)" */
static void until_add(struct page_query *q, const struct plan *plan,
                      const struct page *p, const struct page_place *end)
{
    const char *way = p->descending != p->backwards ? ">" : "<";
    struct buf sql = {0};

    buf_addf(&sql, "%s %s ? OR (%s = ? AND %s %s= ?)", plan->sort.column, way,
             plan->sort.column, plan->id, way);
    if (sql.failed)
        q->failed = true;
    else
        page_and(q, sql.s, place_arg(plan, end));
    page_arg(q, place_arg(plan, end));
    page_arg(q, DB_INT(end->id));
    buf_free(&sql);
}

/* ---- the page --------------------------------------------------------------------- */

struct search {
    struct asked asked;
    struct plan plan;
    struct page_query q;
    struct page_place end;
    bool bounded;
};

static enum status search_make(struct db *db, const struct customer_filter *f,
                               const struct page *p, int64_t far, struct search *s)
{
    enum status st;

    *s = (struct search){0};
    st = asked_make(db, f, &s->asked);
    if (st == ST_OK)
        st = plan_make(db, &s->asked, p->sort, &s->plan);
    if (st == ST_OK && s->plan.walk)
        st = walk_end(db, &s->plan, *p, far, &s->end, &s->bounded);
    if (st != ST_OK)
        return st;
    plan_begin(&s->plan, &s->q);
    where_add(&s->q, &s->asked);
    if (strcmp(s->plan.sort.column, "c.birth_md") == 0)
        page_and_plain(&s->q, "c.birth_md IS NOT NULL");
    if (s->bounded)
        until_add(&s->q, &s->plan, p, &s->end);
    return ST_OK;
}

static void search_free(struct search *s)
{
    plan_free(&s->plan);
    page_query_free(&s->q);
    asked_free(&s->asked);
}

enum status customer_search(struct db *db, const struct customer_filter *f,
                            struct page *p)
{
    const struct page_sort *sort = p->sort;
    struct search s;
    enum status st = search_make(db, f, p, CUSTOMER_WALK, &s);

    p->sort = &s.plan.sort;
    if (st == ST_OK)
        st = page_select(db, p, &s.q, s.plan.id, CUSTOMER_ROW, s.plan.from.s);
    p->sort = sort;
    p->cut = st == ST_OK && s.bounded; /* unless it fills: customer_search_next */
    if (p->cut)
        p->end = s.end;
    search_free(&s);
    return st;
}

enum status customer_search_next(struct db *db, struct page *p,
                                 struct customer_row *out)
{
    enum status st = page_next(db, p);

    if (st == ST_OK)
        customer_row_read(db, PAGE_COLUMNS, out);
    if (st != ST_NONE)
        return st;
    p->cut = p->cut && !p->more;
    if (p->cut) {
        p->last = p->end;
        if (p->rows == 0)
            p->first = p->end;
        p->more = true;
    }
    return ST_NONE;
}

enum status customer_total(struct db *db, const struct customer_filter *f,
                           int64_t *total, bool *whole)
{
    const struct page p = {.sort = &customer_sorts[0]};
    struct search s;
    enum status st = search_make(
        db, f, &p, asked_probes(f) ? CUSTOMER_COUNT_PROBED : CUSTOMER_COUNT, &s);

    if (st == ST_OK)
        st = page_total(db, &s.q, s.plan.from.s, total);
    *whole = !s.bounded;
    search_free(&s);
    return st;
}

/* ---- one -------------------------------------------------------------------------- */

enum status customer_fits(struct db *db, const struct customer_filter *f, int64_t id)
{
    struct asked a;
    struct page_query q = {0};
    int64_t n = 0;
    enum status st = asked_make(db, f, &a);

    if (st == ST_OK) {
        page_and(&q, "c.id = ?", DB_INT(id));
        where_add(&q, &a);
        st = page_total(db, &q, "customer c", &n);
    }
    asked_free(&a);
    return st == ST_OK && n == 0 ? ST_NONE : st;
}

enum status customer_row_load(struct db *db, int64_t id, int64_t staff_id,
                              struct customer_row *out)
{
    enum status st =
        db_one(db,
               "SELECT " CUSTOMER_ROW " FROM customer c WHERE c.id = ? AND (? = 0 OR"
               " EXISTS (SELECT 1 FROM staff_store b WHERE b.staff_id = ?"
               " AND b.store_id = c.home_store_id))",
               DB_INT(id), DB_INT(staff_id), DB_INT(staff_id));

    if (st == ST_OK)
        customer_row_read(db, 0, out);
    return st;
}
