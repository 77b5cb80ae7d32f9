/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik scheduler`: the clock. */
#include "scheduler/scheduler.h"

#include "start.h"

#include "core/base/log.h"
#include "core/io/loop.h"
#include "scheduler/tasks.h"

#include <signal.h>
#include <stdlib.h>

struct clockwork {
    struct loop *loop;
    struct loop_timer timer;
    struct tasks tasks;
    struct tz *tz;
    struct sched sched;
};

static void on_tick(void *arg)
{
    struct clockwork *c = arg;

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
    c->loop = loop_new();
    c->tasks.cfg = cfg;
    c->tasks.db = db_open(cfg);
    c->tasks.queue = queue_open(cfg);
    c->sched.tz = c->tz = tz_open(cfg->timezone);
    if (c->loop == NULL || c->tasks.db == NULL || c->tasks.queue == NULL ||
        c->sched.tz == NULL)
        return false;
    queue_bind(c->tasks.queue, c->tasks.db);
    tasks_table(&c->tasks, &c->sched);
    return loop_on_signal(c->loop, SIGTERM, on_stop, c) == ST_OK &&
           loop_on_signal(c->loop, SIGINT, on_stop, c) == ST_OK;
}

static int run(const struct config *cfg)
{
    struct clockwork c = {0};
    int status = 1;

    if (ready(&c, cfg)) {
        log_info("scheduler ready", LOG_TEXT("zone", cfg->timezone));
        loop_after(c.loop, &c.timer, 0, on_tick, &c);
        loop_run(c.loop);
        log_info("scheduler stopped");
        status = 0;
    }
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
