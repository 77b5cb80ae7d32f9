/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik worker`: the children that run jobs, and their parent. */
#include "worker/worker.h"

#include "start.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/broadcast/standstill.h"
#include "core/loyalty/consent.h"
#include "core/staff/role.h"
#include "worker/kinds.h"
#include "worker/metrics.h"
#include "worker/owner.h"
#include "worker/parent.h"
#include "worker/talk.h"

#include <signal.h>
#include <stdlib.h>

static void on_stop(void *arg)
{
    parent_stop(arg);
}

static int run(const struct config *cfg)
{
    struct loop *loop = loop_new();
    struct parent *parent =
        loop ? parent_new(loop, cfg, (int)cfg->worker_processes) : NULL;
    struct worker_metrics *metrics = NULL;
    const char *why = NULL;
    int status;

    if (parent != NULL)
        metrics = worker_metrics_open(loop, cfg, parent, &why);
    if (why != NULL)
        status = start_refuse("worker", why);
    else if (parent != NULL &&
             loop_on_signal(loop, SIGTERM, on_stop, parent) == ST_OK &&
             loop_on_signal(loop, SIGINT, on_stop, parent) == ST_OK) {
        parent_start(parent);
        log_info("worker ready", LOG_INT("logic", cfg->worker_processes),
                 LOG_INT("send", 1));
        loop_run(loop);
        log_info("worker stopped");
        status = 0;
    } else {
        status = start_failed("worker", "no memory");
    }
    worker_metrics_close(metrics);
    loop_free(loop); /* first: its timers live in the parent */
    parent_free(parent);
    return status;
}

static enum status publish_work(struct db *db, void *arg)
{
    return consent_text_sync(db, *(const int64_t *)arg);
}

/* What people agree to from now on: the texts of the settings, or those of a newer
 * program. Published before: nothing changes. */
static int texts_publish(const struct config *cfg)
{
    struct db *db = db_open(cfg);
    int64_t now = clock_now();
    enum status st = db != NULL ? db_tx(db, publish_work, &now) : ST_BROKEN;

    db_close(db);
    if (st == ST_OK)
        return 0;
    log_error("the texts of consent could not be published",
              LOG_TEXT("status", status_name(st)));
    return 1;
}

/* Whoever is started behind a restored database asks before the first job: is it the
 * shop's? What cannot be asked now the scheduler asks each minute. */
static void copy_look(const struct config *cfg)
{
    struct db *db = db_open(cfg);
    struct redis *redis = redis_open(cfg->redis_url);
    enum restored_why why;
    enum status st = db != NULL && redis != NULL
                         ? standstill_check(db, redis, clock_now(), &why)
                         : ST_BROKEN;

    if (st != ST_OK)
        log_warn("it is not known whether the database is a copy",
                 LOG_TEXT("status", status_name(st)));
    redis_close(redis);
    db_close(db);
}

int worker_main(int argc, char **argv)
{
    const char *lost = kind_without_step();
    struct config cfg;
    int status;

    (void)argv;
    if (argc > 1)
        return start_refuse("worker", "takes no arguments");
    if (lost != NULL)
        return start_refuse("worker", "a kind of job has no step");
    if (!talk_books_whole())
        return start_refuse("worker", "an action of a bot has no permission");
    if (!role_table_whole())
        return start_refuse("worker", "a permission says nothing of some role");
    status = start(&cfg, "worker", NEED_DATABASE | NEED_REDIS | NEED_TELEGRAM);
    if (status == 0)
        status = owner_first(&cfg);
    if (status == 0)
        status = texts_publish(&cfg);
    if (status == 0) {
        copy_look(&cfg);
        status = run(&cfg);
    }
    config_free(&cfg);
    return status;
}
