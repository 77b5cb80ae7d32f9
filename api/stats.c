/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/stats_private.h"

#include "core/attention.h"
#include "core/base/stamp.h"

static const struct field period_fields[] = {STATS_FIELDS};
#define N(table) (sizeof(table) / sizeof *(table))

static void days_sum(const struct stat_rows *days, int32_t from, int32_t until,
                     int64_t into[STAT_METRICS])
{
    for (size_t i = 0; i < days->n; i++)
        if (days->row[i].key >= from && days->row[i].key < until)
            for (int m = 0; m < STAT_METRICS; m++)
                into[m] += days->row[i].value[m];
}

/* ---- kpi ------------------------------------------------------------------------- */

static struct json *period_json(const struct stats_asked *a,
                                const struct stat_rows *days, int32_t from,
                                int32_t until)
{
    int64_t sum[STAT_METRICS] = {0};
    struct json *o = json_new_object();

    days_sum(days, from, until, sum);
    stats_set_period(o, from, until);
    stats_set_figures(o, sum, a->of_stores);
    return o;
}

/* All who ever came, but for those who are erased. */
static struct json *customers_json(const struct stats_asked *a,
                                   const struct stat_rows *days, int32_t first)
{
    int64_t sum[STAT_METRICS] = {0};
    struct json *o = json_new_object();

    days_sum(days, first, a->today + 1, sum);
    if (a->of_stores)
        json_set_text(o, "total", NULL);
    else
        json_set_int(o, "total", sum[STAT_NEW_CUSTOMERS] - sum[STAT_ERASED]);
    return o;
}

static enum status attention_json(struct call *c, const struct stats_asked *a,
                                  struct json *array)
{
    struct attention list[ATTENTION_KINDS];
    enum status st;

    if (a->of_stores) /* what waits is the whole shop's */
        return ST_OK;
    st = attention_count(c->db, c->now, list);
    for (int i = 0; st == ST_OK && i < ATTENTION_KINDS; i++) {
        struct json *o = json_new_object();

        json_set_text(o, "what", list[i].what);
        json_set_int(o, "count", list[i].n);
        json_push(array, o);
    }
    return st;
}

/* One reading of all days: the period, the one before it, today, and all customers. */
static enum status kpi(struct call *c, const struct stats_asked *a)
{
    struct stat_ask ask = stats_ask_of(c, a, STAT_BY_DAY);
    int32_t before = a->from - (a->until - a->from), first;
    struct stat_rows days = {0};
    struct json *o, *attention = json_new_array();
    enum status st = stat_first_day(c->db, a->tz, c->now, &first);

    ask.from = first; /* elsewhere there is nothing */
    ask.until = a->today + 1;
    if (st == ST_OK)
        st = stat_read(c->db, &ask, &days);
    if (st == ST_OK)
        st = attention_json(c, a, attention);
    if (st != ST_OK) {
        json_free(attention);
        stat_rows_free(&days);
        return st;
    }
    o = json_new_object();
    json_set_text(o, "timezone", c->cfg->timezone);
    json_set(o, "customers", customers_json(a, &days, first));
    json_set(o, "today", period_json(a, &days, a->today, a->today + 1));
    json_set(o, "period", period_json(a, &days, a->from, a->until));
    json_set(o, "previous", period_json(a, &days, before, a->from));
    json_set(o, "attention", attention);
    answer_json(c, 200, o);
    stat_rows_free(&days);
    return ST_OK;
}

/* GET /api/v1/stats/kpi */
enum status stats_kpi(struct call *c)
{
    struct stats_asked a = {0};
    enum status st = query_read(c, period_fields, N(period_fields));

    if (st == ST_OK)
        st = stats_ask(c, &a);
    if (st == ST_OK)
        st = kpi(c, &a);
    stats_asked_free(&a);
    return st;
}

/* ---- funnel ---------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum stat_metric metric;
} steps[] = {
    {"new_customers", STAT_NEW_CUSTOMERS},
    {"subscribed", STAT_SUBSCRIBED},
    {"issued", STAT_ISSUED},
    {"redeemed", STAT_REDEEMED},
};

static void set_share(struct json *o, const char *name, int64_t part, int64_t whole)
{
    if (whole > 0)
        json_set_int(o, name, part * 10000 / whole);
    else
        json_set_text(o, name, NULL);
}

static struct json *funnel_json(const struct stats_asked *a,
                                const int64_t value[STAT_METRICS])
{
    struct json *array = json_new_array();
    int64_t first = -1, before = -1;

    for (size_t i = 0; i < N(steps); i++) {
        int64_t n = value[steps[i].metric];
        struct json *o;

        if (a->of_stores && !stat_has_store(steps[i].metric))
            continue;
        o = json_new_object();
        json_set_text(o, "step", steps[i].name);
        json_set_int(o, "count", n);
        set_share(o, "of_first", n, first < 0 ? n : first);
        set_share(o, "of_previous", n, before < 0 ? n : before);
        first = first < 0 ? n : first;
        before = n;
        json_push(array, o);
    }
    return array;
}

static enum status funnel(struct call *c, const struct stats_asked *a)
{
    const struct stat_ask ask = stats_ask_of(c, a, STAT_BY_NOTHING);
    struct stat_rows rows = {0};
    enum status st = stat_read(c->db, &ask, &rows);
    struct json *o;

    if (st != ST_OK)
        return st;
    o = json_new_object();
    json_set_text(o, "timezone", c->cfg->timezone);
    stats_set_period(o, a->from, a->until);
    json_set(o, "steps", funnel_json(a, rows.row[0].value));
    answer_json(c, 200, o);
    stat_rows_free(&rows);
    return ST_OK;
}

/* GET /api/v1/stats/funnel */
enum status stats_funnel(struct call *c)
{
    struct stats_asked a = {0};
    enum status st = query_read(c, period_fields, N(period_fields));

    if (st == ST_OK)
        st = stats_ask(c, &a);
    if (st == ST_OK)
        st = funnel(c, &a);
    stats_asked_free(&a);
    return st;
}

/* ---- test accounts --------------------------------------------------------------- */

static enum status mark(struct call *c, bool test)
{
    enum status st = query_read(c, NULL, 0);

    if (st != ST_OK)
        return st;
    st = stat_mark_test(c->db, c->now, c->id[0], test, c->who.staff.id);
    if (st != ST_REFUSED)
        return st; /* ST_NONE: not found */
    return problem(c, PROBLEM_CONFLICT, "%s",
                   tell(c, "Это сотрудник: его нет в статистике и так.",
                        "They work here, and are in no statistics anyway."));
}

/* PUT /api/v1/stats/test-accounts/{id} */
enum status stats_test_put(struct call *c)
{
    return mark(c, true);
}

/* DELETE /api/v1/stats/test-accounts/{id} */
enum status stats_test_delete(struct call *c)
{
    return mark(c, false);
}
