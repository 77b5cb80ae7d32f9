/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/queue_metrics.h"

#include "core/base/clock.h"
#include "core/io/ledger_look.h"
#include "core/io/pace.h"
#include "core/io/pause.h"
#include "core/io/queue_sums.h"

#include <stdlib.h>
#include <string.h>

struct look {
    struct metrics *m;
    const struct queue_view *v;
    struct queue_sums sums;
};

/* Counters of the scripts that only go up; they begin anew when Redis is emptied, which
 * Prometheus takes for a restart. */
static const struct {
    const char *counter, *name, *help;
} counters[] = {
    {"enq", "dvorik_queue_put_total", "Entries put into Redis."},
    {"collapsed", "dvorik_queue_collapsed_total",
     "Second entries of a job that its worker held already."},
    {"spilled", "dvorik_queue_spilled_total",
     "Jobs that found their list full and waited in MySQL."},
    {"reconciled", "dvorik_queue_reconciled_total",
     "Open jobs that Redis had lost and that were brought back from MySQL."},
    {"poison", "dvorik_queue_poison_total",
     "Jobs put aside as they killed their worker again and again."},
};

#define COUNTERS (sizeof counters / sizeof *counters)

#define EACH_POOL(p) for (enum kind_pool p = POOL_LOGIC; p <= POOL_COUNT; p++)
#define POOL(p) METRIC_LABEL("pool", queue_pool_name(p))

/* ---- writing -------------------------------------------------------------------- */

static void write_lanes(struct look *l)
{
    metric_family(l->m, METRIC_GAUGE, "dvorik_queue_depth",
                  "Jobs that wait in Redis to be run.");
    EACH_POOL(p)
        for (enum kind_lane i = LANE_HOT; i <= LANE_BULK; i++)
            metric_int(l->m, l->sums.pool[p].lane[i].waiting, POOL(p),
                       METRIC_LABEL("lane", lane_policy(i)->name));
    metric_family(l->m, METRIC_GAUGE, "dvorik_queue_oldest_seconds",
                  "How long the job at the head of a lane has waited; 0: none waits.");
    EACH_POOL(p)
        for (enum kind_lane i = LANE_HOT; i <= LANE_BULK; i++)
            metric_us(l->m, l->sums.pool[p].lane[i].oldest_ms * MS, POOL(p),
                      METRIC_LABEL("lane", lane_policy(i)->name));
}

static const struct {
    const char *name, *help;
    size_t at; /* of an int64_t in struct pool_sums */
} gauges[] = {
    {"dvorik_queue_delayed", "Jobs in Redis that are due within a minute.",
     offsetof(struct pool_sums, delayed)},
    {"dvorik_queue_inflight", "Jobs that workers hold.",
     offsetof(struct pool_sums, held)},
    {"dvorik_queue_workers", "Workers that hold jobs.",
     offsetof(struct pool_sums, workers)},
    {"dvorik_queue_dying", "Dead jobs whose row is not written yet.",
     offsetof(struct pool_sums, dying)},
    {"dvorik_queue_conservation_drift",
     "Entries that were put and are nowhere, or came from nowhere. Must be 0.",
     offsetof(struct pool_sums, drift)},
};

static void write_pools(struct look *l)
{
    for (size_t i = 0; i < sizeof gauges / sizeof *gauges; i++) {
        metric_family(l->m, METRIC_GAUGE, gauges[i].name, gauges[i].help);
        EACH_POOL(p) {
            int64_t v;

            memcpy(&v, (const char *)&l->sums.pool[p] + gauges[i].at, sizeof v);
            metric_int(l->m, v, POOL(p));
        }
    }
    metric_family(l->m, METRIC_GAUGE, "dvorik_queue_lease_left_seconds",
                  "Of the worker whose lease is nearest to its end; nobody holds jobs: "
                  "absent. Below 0: it lapsed.");
    EACH_POOL(p)
        if (l->sums.pool[p].workers > 0)
            metric_us(l->m, l->sums.pool[p].lease_left_ms * MS, POOL(p));
    for (size_t i = 0; i < COUNTERS; i++) {
        metric_family(l->m, METRIC_COUNTER, counters[i].name, counters[i].help);
        EACH_POOL(p)
            metric_int(l->m, census_count(&l->sums.counters[p], counters[i].counter),
                       POOL(p));
    }
}

static void write_memory(struct look *l)
{
    metric_family(l->m, METRIC_GAUGE, "dvorik_queue_memory_level",
                  "0: Redis takes everything; 1: bulk waits in MySQL; 2: all but hot "
                  "does.");
    metric_int(l->m, l->sums.level);
    metric_family(l->m, METRIC_GAUGE, "dvorik_queue_redis_bytes",
                  "Memory of Redis: used, and the most it may use (0: no bound).");
    metric_int(l->m, l->sums.used_bytes, METRIC_LABEL("of", "used"));
    metric_int(l->m, l->sums.max_bytes, METRIC_LABEL("of", "max"));
}

static void write_frozen(struct look *l, const char *bot, const struct pace_state *s)
{
    static const char *const lanes[] = {[PACE_INTERACTIVE] = "interactive",
                                        [PACE_TRIGGERED] = "triggered",
                                        [PACE_BROADCAST] = "broadcast"};

    for (int i = PACE_INTERACTIVE; i <= PACE_BROADCAST; i++)
        metric_us(l->m, s->frozen_ms[i] * MS, METRIC_LABEL("bot", bot),
                  METRIC_LABEL("lane", lanes[i]));
}

static enum status write_pace(struct look *l)
{
    static const char *const bots[] = {"client", "auth"};
    struct pace_state s[2];
    enum status st = ST_OK;

    for (int i = 0; i < 2 && st == ST_OK; i++)
        st = pace_state(queue_redis(l->v->queue), bots[i], &s[i]);
    if (st != ST_OK)
        return st;
    metric_family(l->m, METRIC_GAUGE, "dvorik_pace_frozen_seconds",
                  "How long a lane of a bot still waits, as Telegram asked it to.");
    for (int i = 0; i < 2; i++)
        write_frozen(l, bots[i], &s[i]);
    metric_family(l->m, METRIC_GAUGE, "dvorik_pace_share",
                  "Of its rate for broadcasts that a bot uses: halved by a 429, whole "
                  "again ten minutes after it.");
    for (int i = 0; i < 2; i++)
        metric_us(l->m, s[i].share * MS, METRIC_LABEL("bot", bots[i]));
    return ST_OK;
}

static void write_rows(struct look *l)
{
    const struct ledger_sums *r = &l->v->rows->sums;
    int64_t now = l->v->now;

    metric_family(l->m, METRIC_GAUGE, "dvorik_queue_rows",
                  "Rows in MySQL: open jobs, those of them that are parked there until "
                  "a later time, and dead ones.");
    metric_int(l->m, r->open, METRIC_LABEL("state", "open"));
    metric_int(l->m, r->parked - r->spilled, METRIC_LABEL("state", "parked"));
    metric_int(l->m, r->dead, METRIC_LABEL("state", "dead"));
    metric_family(l->m, METRIC_GAUGE, "dvorik_queue_spilled",
                  "Jobs that are due and wait in MySQL for room in Redis.");
    metric_int(l->m, r->spilled);
    metric_family(l->m, METRIC_GAUGE, "dvorik_queue_spilled_oldest_seconds",
                  "How long the oldest of them has waited.");
    metric_us(l->m, r->spilled > 0 ? now - r->spilled_since : 0);
    metric_family(l->m, METRIC_GAUGE, "dvorik_queue_rows_age_seconds",
                  "How long ago the rows were counted: the more there are, the rarer.");
    metric_us(l->m, now - l->v->rows->at);
}

static void write_pause(void *arg, const struct pause_line *line)
{
    static const char *const what[] = {
        [PAUSE_LANE] = "lane", [PAUSE_KIND] = "kind", [PAUSE_BOT] = "bot"};

    metric_int(arg, 1, METRIC_LABEL("what", what[line->what]),
               METRIC_LABEL("name", line->name));
}

/* ---- the whole ------------------------------------------------------------------ */

static enum status write_all(struct look *l)
{
    const struct queue_view *v = l->v;
    enum status st = queue_sums(v->queue, &l->sums);

    if (st != ST_OK)
        return st;
    write_lanes(l);
    write_pools(l);
    write_memory(l);
    if ((st = write_pace(l)) != ST_OK)
        return st;
    if (v->rows->at == 0 && (st = ledger_sums_renew(v->db, v->now, v->rows)) != ST_OK)
        return st;
    write_rows(l);
    metric_family(l->m, METRIC_GAUGE, "dvorik_queue_paused",
                  "1 for each lane, kind or bot that stands still.");
    return pause_list(v->db, write_pause, l->m);
}

enum status queue_metrics(struct metrics *m, const struct queue_view *v)
{
    struct look *l = calloc(1, sizeof *l);
    enum status st = ST_BROKEN;

    if (l != NULL) {
        l->m = m;
        l->v = v;
        st = write_all(l);
    }
    metric_family(m, METRIC_GAUGE, "dvorik_queue_up",
                  "1: MySQL and Redis answered; 0: one did not, and what it knows is "
                  "missing here.");
    metric_int(m, st == ST_OK);
    free(l);
    return st;
}
