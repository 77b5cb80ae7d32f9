/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/metrics.h"

#include "core/base/clock.h"
#include "core/io/metrics_door.h"
#include "core/io/queue_sums.h"
#include "worker/parent_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct worker_metrics {
    struct parent *parent;
    struct metrics_door *door;
};

/* What is written of each pool: the dead and the living together. */
struct sheet {
    struct metrics *m;
    const struct parent *parent;
    struct board_counts pool[POOL_COUNT + 1];
};

#define EACH_POOL(p) for (enum kind_pool p = POOL_LOGIC; p <= POOL_COUNT; p++)
#define POOL(p) METRIC_LABEL("pool", queue_pool_name(p))
#define KIND(k) METRIC_LABEL("kind", kind_policy(k)->name)

static bool lives(const struct board_slot *s)
{
    return s->pid != 0 && s->wid[0] != '\0';
}

static struct sheet *sheet_new(struct metrics *m, const struct parent *p)
{
    struct sheet *s = calloc(1, sizeof *s);

    if (s == NULL)
        return NULL;
    s->m = m;
    s->parent = p;
    EACH_POOL(at)
        s->pool[at] = p->tally.gone[at];
    for (int i = 0; i < p->n_children; i++)
        tally_add(&s->pool[p->child[i].slot->at.pool], &p->child[i].slot->counts);
    return s;
}

/* ---- what was done --------------------------------------------------------------- */

/* A kind has one pool, so its counts stand in one of them. Kinds that tests alone know
 * have no name of their own and are not shown. */
static bool shown(int k)
{
    return k == KIND_UNKNOWN || kind_policy((enum kind)k) != kind_policy(KIND_UNKNOWN);
}

static uint64_t ends(const struct sheet *s, int k, enum tally_end e)
{
    return s->pool[POOL_LOGIC].end[k][e] + s->pool[POOL_SEND].end[k][e];
}

static void write_kinds(struct sheet *s)
{
    static const char *const end_name[TALLY_ENDS] = {
        [TALLY_DONE] = "done",     [TALLY_RETRY] = "retry",
        [TALLY_BACK] = "back",     [TALLY_DEAD] = "dead",
        [TALLY_PARKED] = "parked", [TALLY_CANCELLED] = "cancelled"};

    metric_family(s->m, METRIC_COUNTER, "dvorik_queue_total",
                  "Jobs by how they ended: done, to be tried again, given back, dead, "
                  "parked until a later time, cancelled.");
    for (int k = 0; k < KIND_COUNT; k++)
        for (int e = 0; shown(k) && e < TALLY_ENDS; e++)
            metric_int(s->m, (int64_t)ends(s, k, (enum tally_end)e), KIND(k),
                       METRIC_LABEL("outcome", end_name[e]));
    metric_family(s->m, METRIC_COUNTER, "dvorik_queue_repeat_total",
                  "Runs that found their effect made already, and changed nothing.");
    for (int k = 0; k < KIND_COUNT; k++)
        if (shown(k))
            metric_int(
                s->m,
                (int64_t)(s->pool[POOL_LOGIC].repeat[k] + s->pool[POOL_SEND].repeat[k]),
                KIND(k));
    metric_family(
        s->m, METRIC_HISTOGRAM, "dvorik_queue_run_seconds",
        "How long jobs ran; sends: from the lease to the settled answer, with "
        "the waits of their pace.");
    for (int k = 0; k < KIND_COUNT; k++) {
        struct metric_hist h = s->pool[POOL_LOGIC].run[k];

        metric_hist_add(&h, &s->pool[POOL_SEND].run[k]);
        if (shown(k) && metric_hist_count(&h) > 0)
            metric_hist(s->m, &h, KIND(k));
    }
}

static void write_pools(struct sheet *s)
{
    metric_family(s->m, METRIC_HISTOGRAM, "dvorik_queue_pickup_seconds",
                  "From when a job could run until it was begun.");
    EACH_POOL(p)
        for (enum kind_lane l = LANE_HOT; l <= LANE_BULK; l++)
            metric_hist(s->m, &s->pool[p].pickup[l], POOL(p),
                        METRIC_LABEL("lane", lane_policy(l)->name));
    metric_family(s->m, METRIC_HISTOGRAM, "dvorik_queue_redis_turn_seconds",
                  "A round trip to Redis that settles and leases.");
    EACH_POOL(p)
        metric_hist(s->m, &s->pool[p].turn, POOL(p));
    metric_family(s->m, METRIC_COUNTER, "dvorik_queue_fenced_total",
                  "Results refused, as the job was no longer that worker's.");
    EACH_POOL(p)
        metric_int(s->m, (int64_t)s->pool[p].fenced, POOL(p));
    metric_family(s->m, METRIC_COUNTER, "dvorik_queue_unsure_sends_total",
                  "Sends whose answer was lost, by what their message asks then.");
    metric_int(s->m, (int64_t)s->pool[POOL_SEND].unsure_resend,
               METRIC_LABEL("policy", "resend"));
    metric_int(s->m, (int64_t)s->pool[POOL_SEND].unsure_assume,
               METRIC_LABEL("policy", "assume"));
}

static void write_deaths(struct sheet *s)
{
    const struct tally *t = &s->parent->tally;

    metric_family(s->m, METRIC_COUNTER, "dvorik_queue_reaped_total",
                  "Jobs given back for a worker that was gone, by cause.");
    for (int c = 0; c < TALLY_CAUSES; c++)
        metric_int(s->m, (int64_t)t->reaped[c],
                   METRIC_LABEL("cause", tally_cause_name((enum tally_cause)c)));
    metric_family(s->m, METRIC_COUNTER, "dvorik_queue_worker_deaths_total",
                  "Workers that were gone, by cause.");
    for (int c = 0; c < TALLY_CAUSES; c++)
        metric_int(s->m, (int64_t)t->deaths[c],
                   METRIC_LABEL("cause", tally_cause_name((enum tally_cause)c)));
}

/* ---- how the children are -------------------------------------------------------- */

/* The second number of statm: pages in memory. */
static int64_t rss_of(pid_t pid)
{
    char path[64], line[128], *second = NULL;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    f = fopen(path, "re");
    if (f == NULL)
        return 0;
    if (fgets(line, sizeof line, f) != NULL)
        second = strchr(line, ' ');
    fclose(f);
    return second != NULL ? strtoll(second, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}

static void child_name(int i, char out[16])
{
    snprintf(out, 16, "%d", i);
}

#define CHILD(p, slot, name) POOL((slot)->at.pool), METRIC_LABEL("child", (name))

static void write_children(struct sheet *s)
{
    const struct parent *p = s->parent;
    char name[16];

    metric_family(s->m, METRIC_GAUGE, "dvorik_queue_worker_rss_bytes",
                  "Memory of each child, and of their parent.");
    metric_int(s->m, rss_of(getpid()), METRIC_LABEL("pool", "parent"),
               METRIC_LABEL("child", ""));
    for (int i = 0; i < p->n_children; i++) {
        const struct board_slot *slot = p->child[i].slot;

        child_name(i, name);
        if (lives(slot))
            metric_int(s->m, rss_of(slot->pid), CHILD(p, slot, name));
    }
    metric_family(s->m, METRIC_GAUGE, "dvorik_queue_last_turn_seconds",
                  "How long ago Redis answered a turn of each child.");
    for (int i = 0; i < p->n_children; i++) {
        const struct board_slot *slot = p->child[i].slot;

        child_name(i, name);
        if (lives(slot))
            metric_us(s->m, (clock_mono_ms() - slot->turned_ms) * MS,
                      CHILD(p, slot, name));
    }
    metric_family(s->m, METRIC_GAUGE, "dvorik_queue_children",
                  "Children that should live, and that do.");
    metric_int(s->m, p->n_children, METRIC_LABEL("of", "wanted"));
    metric_int(s->m, p->alive, METRIC_LABEL("of", "alive"));
}

static void fill(void *arg, struct metrics *m)
{
    const struct worker_metrics *w = arg;
    struct sheet *s = sheet_new(m, w->parent);

    if (s == NULL) {
        m->text.failed = true;
        return;
    }
    write_kinds(s);
    write_pools(s);
    write_deaths(s);
    write_children(s);
    free(s);
}

/* ---- /live ------------------------------------------------------------------------ */

/* Busy children do not turn: a job has until its deadline and the grace behind it (the
 * parent kills it then), a send child full of requests until those have answers. */
static bool child_alive(const struct board_slot *s, int64_t now)
{
    int64_t busy = s->deadline_ms > 0 ? s->deadline_ms : s->full_ms;

    return now - s->turned_ms <= LIVE_TURN_MS || now <= busy + LIVE_TURN_MS / 2;
}

static bool alive(void *arg, char why[DOOR_WHY])
{
    const struct worker_metrics *w = arg;
    const struct parent *p = w->parent;
    int64_t now = clock_mono_ms();

    for (int i = 0; i < p->n_children; i++) {
        const struct board_slot *s = p->child[i].slot;

        if (s->turned_ms == 0 || child_alive(s, now))
            continue;
        snprintf(why, DOOR_WHY, "%s child %d: %lld s without an answer of redis%s",
                 queue_pool_name(s->at.pool), i, (long long)(now - s->turned_ms) / 1000,
                 s->pid == 0 ? ", and it is dead" : "");
        return false;
    }
    return true;
}

/* ---- life ------------------------------------------------------------------------- */

struct worker_metrics *worker_metrics_open(struct loop *loop, const struct config *cfg,
                                           struct parent *p, const char **why)
{
    struct worker_metrics *w;
    struct metrics_door_options o = {.loop = loop,
                                     .listen = cfg->worker_metrics_listen,
                                     .fill = fill,
                                     .alive = alive};

    *why = NULL;
    if (cfg->worker_metrics_listen == NULL)
        return NULL;
    *why = "no memory";
    w = o.arg = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->parent = p;
    w->door = metrics_door_open(&o, why);
    if (w->door != NULL)
        return *why = NULL, w;
    free(w);
    return NULL;
}

void worker_metrics_close(struct worker_metrics *w)
{
    if (w == NULL)
        return;
    metrics_door_close(w->door);
    free(w);
}
