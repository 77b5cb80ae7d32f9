/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "scheduler/tick.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"

#include <stdio.h>

struct tick {
    const struct sched_due *due;
    int64_t key; /* what must be new for the tick to count */
};

static enum status tick_work(struct db *db, void *arg)
{
    const struct tick *k = arg;
    const struct sched_due *d = k->due;
    struct job_spec spec = {.kind = (enum kind)d->task->what,
                            .args = json_new_object()};
    enum status st;

    json_set_int(spec.args, "day", d->day);
    st = db_exec(db, NULL,
                 "INSERT INTO cron_tick (schedule, due, fired_at) VALUES (?, ?, ?)",
                 DB_TEXT(d->task->name), DB_TIME(k->key), DB_TIME(d->now));
    crash_point("cron.ticked");
    if (st != ST_OK) {
        json_free(spec.args);
        return st;
    }
    return job_put(db, d->now, &spec);
}

enum status tick_fire(struct db *db, struct queue *q, const struct sched_due *due)
{
    struct tick k = {due, due->task->by_date ? due->day * DAY : due->due};
    char root[41];
    enum status st;

    snprintf(root, sizeof root, "cron:%s:%lld", due->task->name,
             (long long)(k.key / SECOND));
    queue_set_cause(q, root, NULL);
    st = db_tx(db, tick_work, &k);
    queue_set_cause(q, NULL, NULL);
    if (st == ST_OK)
        log_info("due", LOG_TEXT("schedule", due->task->name), LOG_INT("day", due->day),
                 LOG_INT("late_ms", (due->now - due->due) / MS));
    return st;
}

/* Where a schedule began: the first who looks writes it down, for all. Its row has no
 * moment of its own, so that there is one; the beginning is in fired_at. */
static enum status begin(struct db *db, const struct sched_ask *ask, int64_t *key)
{
    char since[48];
    enum status st;

    snprintf(since, sizeof since, "since:%s", ask->task->name);
    st = db_exec(db, NULL,
                 "INSERT INTO cron_tick (schedule, due, fired_at) VALUES (?, ?, ?)",
                 DB_TEXT(since), DB_TIME(0), DB_TIME(ask->first));
    if (st == ST_OK)
        *key = ask->first;
    if (st != ST_TAKEN)
        return st;
    st = db_one(db, "SELECT fired_at FROM cron_tick WHERE schedule = ? AND due = ?",
                DB_TEXT(since), DB_TIME(0));
    if (st == ST_OK)
        *key = db_time(db, 0) < ask->until ? db_time(db, 0) : ask->first;
    return st == ST_NONE ? ST_AGAIN : st; /* it was pruned this very moment */
}

enum status tick_last(struct db *db, const struct sched_ask *ask, int64_t *key)
{
    enum status st = db_one(db,
                            "SELECT MAX(due) FROM cron_tick WHERE schedule = ?"
                            " AND due <= ?",
                            DB_TEXT(ask->task->name), DB_TIME(ask->until));

    if (st != ST_OK)
        return st;
    *key = db_time(db, 0);
    return db_is_null(db, 0) ? begin(db, ask, key) : ST_OK;
}
