/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Leaves that look at rows of a customer: purchases, discounts, messages. */
#include "core/segment/compile_private.h"

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

/* " FROM … WHERE …" */
static void from_add(struct compiled *c, const struct node *n)
{
    const struct relation *r = n->relation;
    int64_t first, last;

    sql_add(c, " FROM ");
    sql_add(c, r->from);
    sql_add(c, " WHERE ");
    sql_add(c, r->of);
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

void agg_value_add(struct compiled *c, const struct node *n)
{
    enum agg_fn fn = n->kind == NODE_HAS ? AGG_COUNT : n->fn;
    const char *of = fn == AGG_DAYS     ? n->relation->at
                     : n->field != NULL ? n->field->sql
                                        : "";

    sql_add(c, "(SELECT ");
    sql_add(c, sums[fn].before);
    sql_add(c, of);
    sql_add(c, sums[fn].after);
    if (sums[fn].again != NULL) {
        sql_add(c, of);
        sql_add(c, sums[fn].end);
    }
    from_add(c, n);
    sql_add(c, ")");
}

/* ---- held against a number -------------------------------------------------------- */

static int32_t days(int64_t n)
{
    const int64_t far = 40000; /* days: nothing of ours is older */

    return (int32_t)(n < -far ? -far : n > far ? far : n);
}

/* Days since the last one: the moments between which it must have been. */
static void days_add(struct compiled *c, const struct node *n)
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
    agg_value_add(c, n);
    between_add(c, "", first, last);
    sql_add(c, ", FALSE)");
}

static void agg_add(struct compiled *c, const struct node *n)
{
    if (n->op == OP_IS_SET || n->op == OP_NOT_SET) {
        agg_value_add(c, n);
        sql_add(c, n->op == OP_IS_SET ? " IS NOT NULL" : " IS NULL");
        return;
    }
    if (n->fn == AGG_DAYS) {
        days_add(c, n);
        return;
    }
    sql_add(c, "COALESCE(");
    agg_value_add(c, n);
    if (n->op == OP_BETWEEN) {
        sql_add(c, " BETWEEN ");
        value_add(c, value_arg(c, &n->values[0]));
        sql_add(c, " AND ");
        value_add(c, value_arg(c, &n->values[1]));
    } else {
        sql_add(c, op_sql(n->op));
        value_add(c, value_arg(c, n->values));
    }
    sql_add(c, n->op == OP_NEQ ? ", TRUE)" : ", FALSE)");
}

void rows_add(struct compiled *c, const struct node *n)
{
    if (n->kind == NODE_AGG) {
        agg_add(c, n);
        return;
    }
    if (n->values_n > 0) {
        agg_value_add(c, n);
        sql_add(c, " >= ");
        value_add(c, value_arg(c, n->values));
        return;
    }
    exists_begin(c);
    from_add(c, n);
    exists_end(c);
}

/* ---- what they were sent ---------------------------------------------------------- */

#define MESSAGE_AT "COALESCE(m.sent_at, m.claimed_at, m.created_at)"

/* Sent, or perhaps sent (its answer was lost). */
static void messages_add(struct compiled *c, const struct node *n)
{
    int64_t first, last;

    sql_add(c, " FROM message m WHERE m.customer_id = c.id AND m.state IN (3, 6)"
               " AND m.purpose = ");
    value_add(c, DB_INT(n->values->n));
    if (n->window.by_last) {
        window_bounds(&n->window, c->moment, &first, &last);
        sql_add(c, " AND ");
        between_add(c, MESSAGE_AT, first, last);
    }
}

void received_add(struct compiled *c, const struct node *n)
{
    sql_add(c, n->kind == NODE_RECEIVED ? "" : "NOT ");
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
