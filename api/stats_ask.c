/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/stats_private.h"

#include "core/base/stamp.h"
#include "core/staff/store.h"

/* ---- figures --------------------------------------------------------------------- */

const char *stats_figure_name(int figure)
{
    if (figure < STAT_METRICS)
        return stat_name((enum stat_metric)figure);
    return figure == STATS_CONVERSION ? "conversion" : "average_purchase";
}

/* part of whole, in parts of `of`; false: of nothing. */
static bool share(int64_t part, int64_t of, int64_t whole, int64_t *out)
{
    *out = whole > 0 ? part * of / whole : 0;
    return whole > 0;
}

bool stats_figure(const int64_t value[STAT_METRICS], int figure, bool of_stores,
                  int64_t *out)
{
    if (figure ==
        STATS_CONVERSION) /* basis points; what a store issues is not its own */
        return share(value[STAT_REDEEMED], 10000, value[STAT_ISSUED], out) &&
               !of_stores;
    if (figure == STATS_AVERAGE)
        return share(value[STAT_AMOUNT], 1, value[STAT_PURCHASES], out);
    *out = value[figure];
    return !of_stores || stat_has_store((enum stat_metric)figure);
}

void stats_set_figures(struct json *o, const int64_t value[STAT_METRICS],
                       bool of_stores)
{
    int64_t n;

    for (int f = 0; f < STATS_FIGURES; f++)
        if (stats_figure(value, f, of_stores, &n))
            json_set_int(o, stats_figure_name(f), n);
        else
            json_set_text(o, stats_figure_name(f), NULL);
}

/* ---- the period ------------------------------------------------------------------ */

void stats_set_day(struct json *o, const char *name, int32_t day)
{
    char text[STAMP_BYTES];

    stamp_print_day(day, text);
    json_set_text(o, name, text);
}

void stats_set_period(struct json *o, int32_t from, int32_t until)
{
    stats_set_day(o, "from", from);
    stats_set_day(o, "to", until - 1);
}

/* The last STATS_DAYS days unless told; who tells one end gets that many from there. */
static enum status period(struct call *c, struct stats_asked *a)
{
    bool from = given_has(&c->query, "from"), to = given_has(&c->query, "to");

    a->today = tz_local(a->tz, c->now).day;
    a->until = a->today + 1;
    if (to)
        a->until = (int32_t)given_int(&c->query, "to", 0) + 1;
    a->from = from ? (int32_t)given_int(&c->query, "from", 0) : a->until - STATS_DAYS;
    if (from && !to && a->from + STATS_DAYS < a->until)
        a->until = a->from + STATS_DAYS;
    if (a->from >= a->until)
        call_fault(c, "?to", "range", "%s",
                   tell(c, "конец раньше начала", "it ends before it begins"));
    else if (a->until - a->from > STATS_DAYS_MAX)
        call_fault(c, "?to", "range", tell(c, "не больше %d дней", "at most %d days"),
                   STATS_DAYS_MAX);
    return call_faults(c) > 0 ? problem(c, PROBLEM_VALIDATION_FAILED, NULL) : ST_OK;
}

/* ---- whose ----------------------------------------------------------------------- */

static enum status one_store(struct call *c, struct stats_asked *a)
{
    int64_t id = given_int(&c->query, "store_id", 0);
    struct store store;
    enum status st = staff_may_at(c->db, &c->who.staff, c->route->perm, id);

    if (st == ST_OK)
        st = store_load(c->db, id, &store);
    if (st == ST_REFUSED || st == ST_NONE)
        return problem(c, PROBLEM_NOT_FOUND, NULL);
    a->of_stores = true;
    a->stores[0] = id;
    a->stores_n = 1;
    return st;
}

/* A manager sees what happened at the stores they are bound to. */
static enum status own_stores(struct call *c, struct stats_asked *a)
{
    a->of_stores = true;
    return staff_stores(c->db, c->who.staff.id, a->stores, STAT_STORES_MAX,
                        &a->stores_n);
}

enum status stats_ask(struct call *c, struct stats_asked *out)
{
    enum status st;

    *out = (struct stats_asked){.tz = tz_open(c->cfg->timezone)};
    st = out->tz != NULL ? period(c, out) : ST_BROKEN;
    if (st == ST_OK && given_has(&c->query, "store_id"))
        return one_store(c, out);
    if (st == ST_OK && role_scope(c->who.staff.role, c->route->perm) < SCOPE_ALL)
        return own_stores(c, out);
    return st;
}

void stats_asked_free(struct stats_asked *a)
{
    tz_close(a->tz);
    a->tz = NULL;
}

struct stat_ask stats_ask_of(const struct call *c, const struct stats_asked *a,
                             enum stat_group group)
{
    return (struct stat_ask){.tz = a->tz,
                             .now = c->now,
                             .from = a->from,
                             .until = a->until,
                             .group = group,
                             .stores = a->of_stores ? a->stores : NULL,
                             .stores_n = a->stores_n};
}
