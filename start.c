/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "start.h"

#include "core/base/log.h"
#include "core/io/db.h"
#include "core/io/queue.h"
#include "core/io/redis.h"
#include "migrations/migrate.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LOOK_AGAIN_S 1

int start_refuse(const char *program, const char *why)
{
    fprintf(stderr, "dvorik %s: %s\n", program, why);
    return 2;
}

int start_failed(const char *program, const char *why)
{
    fprintf(stderr, "dvorik %s: %s\n", program, why);
    return 1;
}

static enum log_level level_of(const char *name)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};

    for (int i = 0; i < 4; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum log_level)i;
    return LOG_INFO;
}

int start_settings(struct config *cfg, const char *program, unsigned need)
{
    const char *why;

    memset(cfg, 0, sizeof *cfg);
    if (config_load(cfg, need, &why) != ST_OK)
        return start_refuse(program, why);
    log_open(program, level_of(cfg->log_level), strcmp(cfg->log_format, "json") == 0);
    for (int i = 0; (why = config_idle(i)) != NULL; i++)
        log_info("this setting has no effect in this version", LOG_TEXT("name", why));
    return 0;
}

enum status start_schema(const struct config *cfg, const char **why)
{
    struct db *db = db_open(cfg);
    enum status st = db ? migrate_check(db, why) : ST_BROKEN;

    db_close(db);
    return st;
}

enum status start_redis(const struct config *cfg, const char **why)
{
    struct redis *r = redis_open(cfg->redis_url);
    const char *warn = NULL;
    enum status st = r ? redis_check(r, why, &warn) : ST_BROKEN;

    if (st == ST_OK)
        st = queue_shards_check(r, (int)cfg->queue_shards, why);
    if (st == ST_OK && warn != NULL)
        log_warn("redis", LOG_TEXT("why", warn));
    redis_close(r);
    /* Refused without a reason of ours: it is loading, or full for a moment. */
    return st == ST_REFUSED && *why == NULL ? ST_DOWN : st;
}

typedef enum status look(const struct config *cfg, const char **why);

/* Looks until the store is there; a signal to stop ends the wait. */
static int wait_for(look *store, const struct config *cfg, const char *program)
{
    struct timespec nap = {.tv_sec = LOOK_AGAIN_S};
    const char *why = NULL;
    sigset_t stop;
    enum status st;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    while ((st = store(cfg, &why)) == ST_DOWN || st == ST_UNSURE || st == ST_AGAIN)
        if (sigtimedwait(&stop, NULL, &nap) > 0)
            return 1;
    sigprocmask(SIG_UNBLOCK, &stop, NULL);
    if (st == ST_OK)
        return 0;
    return start_refuse(program, why ? why : "a store could not be looked at");
}

int start(struct config *cfg, const char *program, unsigned need)
{
    int status = start_settings(cfg, program, need);

    if (status == 0 && (need & NEED_DATABASE))
        status = wait_for(start_schema, cfg, program);
    if (status == 0 && (need & NEED_REDIS))
        status = wait_for(start_redis, cfg, program);
    return status;
}

int start_command(struct config *cfg, const char *name, unsigned need)
{
    int status = start_settings(cfg, name, need);
    const char *why = NULL;
    enum status st;

    if (status != 0)
        return status;
    st = start_schema(cfg, &why);
    if (st == ST_OK)
        return 0;
    if (st == ST_REFUSED)
        return start_refuse(name, why ? why : "the schema does not fit");
    return start_failed(name, "the database cannot be reached");
}
