/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik scheduler`: the clock. */
#include "scheduler/scheduler.h"

#include "start.h"

#include "core/base/log.h"
#include "core/io/leader.h"
#include "core/io/loop.h"
#include "scheduler/metrics.h"
#include "scheduler/tasks.h"

#include <signal.h>
#include <stdlib.h>

struct clockwork {
    struct loop *loop;
    struct loop_timer timer;
    struct tasks tasks;
    struct tz *tz;
    struct sched sched;
    struct leader leader;
};

static void on_tick(void *arg)
{
    struct clockwork *c = arg;
    int64_t mono = loop_mono_ms(c->loop);

    /* Not asked (no database) is not lost: the lease says how long it holds. */
    if (leader_keep(&c->leader, c->tasks.db, mono) != ST_OK)
        log_debug("does not lead, or could not ask");
    c->sched.leads = leader_leads(&c->leader, mono);
    loop_after(c->loop, &c->timer, sched_tick(&c->sched, loop_now(c->loop)), on_tick,
               c);
}

static void on_stop(void *arg)
{
    struct clockwork *c = arg;

    loop_stop(c->loop);
}

static bool ready(struct clockwork *c, const struct config *cfg)
{
    char owner[QUEUE_WID_MAX];

    queue_wid(owner, 0);
    leader_init(&c->leader, "scheduler", owner, LEADER_LEASE_MS);
    c->loop = loop_new();
    c->tasks.cfg = cfg;
    c->tasks.db = db_open(cfg);
    c->tasks.queue = queue_open(cfg);
    c->sched.tz = c->tz = tz_open(cfg->timezone);
    if (c->loop == NULL || c->tasks.db == NULL || c->tasks.queue == NULL ||
        c->sched.tz == NULL)
        return false;
    queue_bind(c->tasks.queue, c->tasks.db);
    return tasks_open(&c->tasks, &c->sched) == ST_OK &&
           loop_on_signal(c->loop, SIGTERM, on_stop, c) == ST_OK &&
           loop_on_signal(c->loop, SIGINT, on_stop, c) == ST_OK;
}

/* Whoever waits need not wait for the lease to run out. */
static void hand_over(struct clockwork *c)
{
    if (c->sched.leads && leader_step_down(&c->leader, c->tasks.db) != ST_OK)
        log_warn("could not step down; the next scheduler leads in ten seconds");
}

static int run(const struct config *cfg)
{
    struct clockwork c = {0};
    struct scheduler_metrics *metrics = NULL;
    const char *why = NULL;
    bool is_ready = ready(&c, cfg);
    int status;

    if (is_ready)
        metrics = scheduler_metrics_open(c.loop, &c.tasks, &c.sched, &why);
    if (!is_ready) {
        status = start_failed("scheduler", "a store went away, or no memory");
    } else if (why != NULL) {
        status = start_refuse("scheduler", why);
    } else {
        log_info("scheduler ready", LOG_TEXT("zone", cfg->timezone));
        loop_after(c.loop, &c.timer, 0, on_tick, &c);
        loop_run(c.loop);
        hand_over(&c);
        log_info("scheduler stopped");
        status = 0;
    }
    scheduler_metrics_close(metrics);
    sched_close(&c.sched);
    queue_close(c.tasks.queue);
    db_close(c.tasks.db);
    tz_close(c.tz);
    loop_free(c.loop);
    return status;
}

int scheduler_main(int argc, char **argv)
{
    struct config cfg;
    int status;

    (void)argv;
    if (argc > 1)
        return start_refuse("scheduler", "takes no arguments");
    status = start(&cfg, "scheduler", NEED_DATABASE | NEED_REDIS);
    if (status == 0)
        status = run(&cfg);
    config_free(&cfg);
    return status;
}
