/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Leaves that look at rows of a customer: purchases, discounts, messages. */
#include "core/segment/compile_private.h"

#include "core/base/clock.h"

#include <limits.h>

static bool windowed(const struct window *w)
{
    return w->by_last || w->by_after || w->by_before;
}

static void between_add(struct compiled *c, const char *at, int64_t first, int64_t last)
{
    sql_add(c, at);
    sql_add(c, " BETWEEN ");
    value_add(c, DB_TIME(first));
    sql_add(c, " AND ");
    value_add(c, DB_TIME(last));
}

/* " AND …": which of the rows count. */
static void which_add(struct compiled *c, const struct node *n)
{
    const struct relation *r = n->relation;
    int64_t first, last;

    sql_add(c, r->also);
    if (windowed(&n->window)) {
        window_bounds(&n->window, c->moment, &first, &last);
        sql_add(c, " AND ");
        between_add(c, r->at, first, last);
    }
    for (const struct node *w = n->first; w != NULL; w = w->next) {
        sql_add(c, " AND ");
        field_add(c, w);
    }
}

/* " FROM … WHERE …": those of one customer. */
static void from_add(struct compiled *c, const struct node *n)
{
    sql_add(c, " FROM ");
    sql_add(c, n->relation->from);
    sql_add(c, " WHERE ");
    sql_add(c, n->relation->of);
    sql_add(c, " = c.id");
    which_add(c, n);
}

/* ---- one number of them ----------------------------------------------------------- */

/* What is summed up, between these. Of an average the fraction is cut off. */
static const struct {
    const char *before, *after, *again, *end;
} sums[AGGS] = {
    [AGG_COUNT] = {"COUNT(*)", "", NULL, NULL},
    [AGG_SUM] = {"COALESCE(SUM(", "), 0)", NULL, NULL},
    [AGG_AVG] = {"SUM(", ") DIV NULLIF(COUNT(", "", "), 0)"},
    [AGG_MIN] = {"MIN(", ")", NULL, NULL},
    [AGG_MAX] = {"MAX(", ")", NULL, NULL},
    [AGG_DAYS] = {"MAX(", ")", NULL, NULL},
    [AGG_DISTINCT] = {"COUNT(DISTINCT ", ")", NULL, NULL},
};

static enum agg_fn agg_of(const struct node *n)
{
    return n->kind == NODE_HAS ? AGG_COUNT : n->fn;
}

static void sum_add(struct compiled *c, const struct node *n)
{
    enum agg_fn fn = agg_of(n);
    const char *of = fn == AGG_DAYS     ? n->relation->at
                     : n->field != NULL ? n->field->sql
                                        : "";

    sql_add(c, sums[fn].before);
    sql_add(c, of);
    sql_add(c, sums[fn].after);
    if (sums[fn].again != NULL) {
        sql_add(c, of);
        sql_add(c, sums[fn].end);
    }
}

void agg_value_add(struct compiled *c, const struct node *n)
{
    sql_add(c, "(SELECT ");
    sum_add(c, n);
    from_add(c, n);
    sql_add(c, ")");
}

/* ---- held against a number -------------------------------------------------------- */

static int32_t days(int64_t n)
{
    const int64_t far = 40000; /* days: nothing of ours is older */

    return (int32_t)(n < -far ? -far : n > far ? far : n);
}

/* How the number is written: of one customer, or of a group. */
typedef void number_add(struct compiled *c, const struct node *n);

/* Days since the last one: the moments between which it must have been. */
static void days_add(struct compiled *c, const struct node *n, number_add *number)
{
    int32_t lo = INT32_MIN, hi = INT32_MAX, v = days(n->values->n);
    int64_t first, last;

    if (n->op == OP_EQ || n->op == OP_NEQ)
        lo = hi = v;
    else if (n->op == OP_LT || n->op == OP_LTE)
        hi = n->op == OP_LT ? v - 1 : v;
    else if (n->op == OP_BETWEEN)
        lo = v, hi = days(n->values[1].n);
    else
        lo = n->op == OP_GT ? v + 1 : v;
    moment_days_since(c->moment, lo, hi, &first, &last);
    sql_add(c, n->op == OP_NEQ ? "NOT COALESCE(" : "COALESCE(");
    number(c, n);
    between_add(c, "", first, last);
    sql_add(c, ", FALSE)");
}

static void compare_add(struct compiled *c, const struct node *n)
{
    if (n->op == OP_BETWEEN) {
        sql_add(c, " BETWEEN ");
        value_add(c, value_arg(c, &n->values[0]));
        sql_add(c, " AND ");
        value_add(c, value_arg(c, &n->values[1]));
    } else {
        sql_add(c, n->kind == NODE_HAS ? " >= " : op_sql(n->op));
        value_add(c, value_arg(c, n->values));
    }
}

static void held_add(struct compiled *c, const struct node *n, number_add *number)
{
    bool agg = n->kind == NODE_AGG;

    if (agg && (n->op == OP_IS_SET || n->op == OP_NOT_SET)) {
        number(c, n);
        sql_add(c, n->op == OP_IS_SET ? " IS NOT NULL" : " IS NULL");
    } else if (agg && n->fn == AGG_DAYS) {
        days_add(c, n, number);
    } else {
        sql_add(c, "COALESCE(");
        number(c, n);
        compare_add(c, n);
        sql_add(c, agg && n->op == OP_NEQ ? ", TRUE)" : ", FALSE)");
    }
}

/* ---- of everybody at once --------------------------------------------------------- */

/* Does it fit who has no such row? */
static bool fits_none(const struct node *n)
{
    enum agg_fn fn = agg_of(n);
    int64_t v = n->values_n > 0 ? n->values->n : 0;
    bool zero = fn == AGG_COUNT || fn == AGG_SUM || fn == AGG_DISTINCT;

    if (n->kind == NODE_HAS)
        return v <= 0;
    if (!zero)
        return n->op == OP_NEQ || n->op == OP_NOT_SET;
    switch (n->op) {
    case OP_EQ:
        return v == 0;
    case OP_NEQ:
        return v != 0;
    case OP_LT:
        return v > 0;
    case OP_LTE:
        return v >= 0;
    case OP_GT:
        return v < 0;
    case OP_GTE:
        return v <= 0;
    case OP_BETWEEN:
        return v <= 0 && n->values[1].n >= 0;
    default:
        return n->op == OP_IS_SET;
    }
}

/* Of more, all rows are read in the order of customers: their index has all that is asked
 * of them, and needs no sorting. */
#define SOME_DAYS 45

static bool long_ago(const struct compiled *c, const struct node *n)
{
    int64_t first, last;

    if (!windowed(&n->window))
        return true;
    window_bounds(&n->window, c->moment, &first, &last);
    return last - first > SOME_DAYS * DAY;
}

/* "(SELECT … GROUP BY …) g": the rows of all, gathered once and put together by customer:
 * to look them up for each of a million takes ten times as long. */
static void groups_add(struct compiled *c, const struct node *n, bool not )
{
    const struct relation *r = n->relation;

    sql_add(c, "(SELECT ");
    sql_add(c, r->whole);
    sql_add(c, " AS id FROM ");
    sql_add(c, long_ago(c, n) ? r->order : r->from);
    sql_add(c, " WHERE 1 = 1");
    which_add(c, n);
    sql_add(c, " GROUP BY ");
    sql_add(c, r->of);
    sql_add(c, not ? " HAVING NOT (" : " HAVING (");
    held_add(c, n, sum_add);
    sql_add(c, ")) g");
}

static void gathered_add(struct compiled *c, const struct node *n)
{
    bool none = fits_none(n);

    sql_add(c, none ? "c.id NOT IN (" : "c.id IN (");
    sql_add(c, "SELECT g.id FROM ");
    groups_add(c, n, none);
    sql_add(c, ")");
}

static bool numbered(const struct node *n)
{
    return n->kind == NODE_AGG || (n->kind == NODE_HAS && n->values_n > 0);
}

bool rows_lead(const struct node *n)
{
    return numbered(n) && !fits_none(n);
}

void lead_add(struct compiled *c, const struct node *n)
{
    groups_add(c, n, false);
}

void rows_add(struct compiled *c, const struct node *n)
{
    if (!numbered(n)) {
        exists_begin(c);
        from_add(c, n);
        exists_end(c);
    } else if (c->few) {
        held_add(c, n, agg_value_add);
    } else {
        gathered_add(c, n);
    }
}

/* ---- what they were sent ---------------------------------------------------------- */

#define MESSAGE_AT "COALESCE(m.sent_at, m.claimed_at, m.created_at)"

static void sent_add(struct compiled *c, const struct node *n, const char *at)
{
    int64_t first, last;

    value_add(c, DB_INT(n->values->n));
    if (n->window.by_last) {
        window_bounds(&n->window, c->moment, &first, &last);
        sql_add(c, " AND ");
        between_add(c, at, first, last);
    }
}

/* Sent, or perhaps sent (its answer was lost). */
static void messages_add(struct compiled *c, const struct node *n)
{
    sql_add(c, " FROM message m WHERE m.customer_id = c.id AND m.state IN (3, 6)"
               " AND m.purpose = ");
    sent_add(c, n, MESSAGE_AT);
}

/* To whom of all, gathered once; each half has an index (ix_message_received) of its own
 * beginning. */
static void told_add(struct compiled *c, const struct node *n)
{
#define TOLD "SELECT IFNULL(m.customer_id, 0) AS id FROM message m WHERE m.state = "
    sql_add(c, "c.id IN (SELECT t.id FROM (" TOLD "3 AND m.purpose = ");
    sent_add(c, n, "m.sent_at");
    sql_add(c, " UNION ALL " TOLD "6 AND m.purpose = ");
    sent_add(c, n, MESSAGE_AT);
    sql_add(c, ") t)");
}

void received_add(struct compiled *c, const struct node *n)
{
    sql_add(c, n->kind == NODE_RECEIVED ? "" : "NOT ");
    if (!c->few) {
        told_add(c, n);
        return;
    }
    exists_begin(c);
    messages_add(c, n);
    exists_end(c);
}

void received_value_add(struct compiled *c, const struct node *n)
{
    sql_add(c, "(SELECT COUNT(*)");
    messages_add(c, n);
    sql_add(c, ")");
}
