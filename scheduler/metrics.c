/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "scheduler/metrics.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/metrics_door.h"
#include "core/io/queue_metrics.h"
#include "core/message.h"

#include <stdio.h>
#include <stdlib.h>

#define LIVE_TICK (10 * SECOND)

struct scheduler_metrics {
    struct loop *loop;
    struct tasks *tasks;
    const struct sched *sched;
    struct metrics_door *door;
};

/* How far behind its moment a task of the clock is now. */
static int64_t overdue(const struct sched *s, int64_t now)
{
    int64_t worst = 0;

    for (int i = 0; i < s->n; i++) {
        const struct sched_task *t = &s->tasks[i];

        if (t->cron != NULL && t->next != 0 && now - t->next > worst)
            worst = now - t->next;
    }
    return worst;
}

static void write_clock(const struct sched *s, struct metrics *m, int64_t now)
{
    metric_family(
        m, METRIC_GAUGE, "dvorik_queue_cron_late_seconds",
        "How far behind its moment the last tick was made, and a tick that is "
        "due and not made is now.");
    metric_us(m, s->counts.late_ms * MS, METRIC_LABEL("of", "last"));
    metric_us(m, overdue(s, now), METRIC_LABEL("of", "now"));
    metric_family(m, METRIC_COUNTER, "dvorik_queue_cron_fired_total",
                  "Ticks of schedules that this scheduler made.");
    metric_int(m, (int64_t)s->counts.fired);
    metric_family(m, METRIC_COUNTER, "dvorik_queue_cron_caught_up_total",
                  "Of those: more than a minute late, after nobody was there.");
    metric_int(m, (int64_t)s->counts.caught_up);
    metric_family(m, METRIC_GAUGE, "dvorik_queue_leader",
                  "1: this scheduler leads. The sum over all must be 1.");
    metric_int(m, s->leads);
}

static void fill(void *arg, struct metrics *m)
{
    struct scheduler_metrics *s = arg;
    int64_t now = loop_now(s->loop);
    enum status st;

    write_clock(s->sched, m, now);
    st = queue_metrics(m, &(struct queue_view){.db = s->tasks->db,
                                               .queue = s->tasks->queue,
                                               .rows = &s->tasks->rows_kept,
                                               .now = now});
    if (st == ST_OK)
        st = message_metrics(m, s->tasks->db, now);
    if (st != ST_OK)
        log_debug("metrics without the queue: a store did not answer");
}

static bool alive(void *arg, char why[DOOR_WHY])
{
    const struct scheduler_metrics *s = arg;
    int64_t since = loop_now(s->loop) - s->sched->seen;

    if (s->sched->seen == 0 || since <= LIVE_TICK)
        return true;
    snprintf(why, DOOR_WHY, "no tick for %lld s", (long long)(since / SECOND));
    return false;
}

struct scheduler_metrics *scheduler_metrics_open(struct loop *loop, struct tasks *t,
                                                 const struct sched *s,
                                                 const char **why)
{
    struct scheduler_metrics *m;
    struct metrics_door_options o = {.loop = loop,
                                     .listen = t->cfg->scheduler_metrics_listen,
                                     .fill = fill,
                                     .alive = alive};

    *why = NULL;
    if (o.listen == NULL)
        return NULL;
    *why = "no memory";
    m = o.arg = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->loop = loop;
    m->tasks = t;
    m->sched = s;
    m->door = metrics_door_open(&o, why);
    if (m->door != NULL)
        return *why = NULL, m;
    free(m);
    return NULL;
}

void scheduler_metrics_close(struct scheduler_metrics *m)
{
    if (m == NULL)
        return;
    metrics_door_close(m->door);
    free(m);
}
