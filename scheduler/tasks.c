/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "scheduler/tasks.h"

#include "core/audit.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/broadcast/broadcast.h"
#include "core/broadcast/standstill.h"
#include "core/io/history.h"
#include "core/io/ledger.h"
#include "core/io/pause.h"
#include "core/io/queue_sums.h"
#include "core/setting.h"
#include "scheduler/tick.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a moment becomes a job ----------------------------------------------------- */

static enum status put_job(void *arg, const struct sched_due *due)
{
    struct tasks *t = arg;

    return tick_fire(t->db, t->queue, due);
}

static enum status last_tick(void *arg, const struct sched_ask *ask, int64_t *key)
{
    struct tasks *t = arg;

    return tick_last(t->db, ask, key);
}

/* ---- upkeep of the queue -------------------------------------------------------- */

#define WAKE_MOST 20000 /* of what was paused, at a time */

/* By every scheduler: two at once do no harm, and what was lost shall not wait for a
 * dead leader's lease to run out. */
static enum status reconcile(void *arg, const struct sched_due *due)
{
    struct tasks *t = arg;
    int n;

    QUEUE_EACH(at, t->queue)
        if (ledger_reconcile(t->db, t->queue, at, due->now, &n) != ST_OK)
            break; /* the adapters have said why; the next second tries again */
    if (pause_wake(t->db, due->now, WAKE_MOST, &n) == ST_AGAIN)
        log_debug("more of what was paused is to come", LOG_INT("jobs", n));
    return ST_OK;
}

#define SEAL_ROWS 5000
#define SEAL_BLOCKS 50 /* in ten minutes: a busy day leaves nothing behind */

struct seal {
    int64_t now;
    int rows;
};

static enum status seal_work(struct db *db, void *arg)
{
    struct seal *s = arg;

    return audit_seal(db, s->now, SEAL_ROWS, &s->rows);
}

static enum status seal_audit(void *arg, const struct sched_due *due)
{
    struct tasks *t = arg;
    struct seal s = {.now = due->now};

    for (int i = 0; i < SEAL_BLOCKS; i++) {
        if (db_tx(t->db, seal_work, &s) != ST_OK)
            break;
        log_debug("audit sealed", LOG_INT("rows", s.rows));
    }
    return ST_OK;
}

/* What did not work out waits for the next time: in a row it would keep writers out. */
static enum status keep_history(void *arg, const struct sched_due *due)
{
    struct tasks *t = arg;
    struct history done;
    int64_t days;
    enum status st = setting_int(t->db, "retention_days", &days);

    if (st == ST_OK)
        st = history_keep(t->db, due->now, days, &done);
    if (st != ST_OK)
        log_warn("the history could not be kept", LOG_TEXT("status", status_name(st)));
    return ST_OK;
}

/* The hour is a setting: a change of it is seen within a minute. The date keeps its
 * round to itself (by_date), so this may look at it afresh. */
static enum status reread_hour(void *arg, const struct sched_due *due)
{
    struct tasks *t = arg;
    int64_t at = 0;
    char fresh[sizeof t->birthday_cron];

    (void)due;
    if (setting_int(t->db, "birthday_check_at", &at) != ST_OK)
        return ST_OK;
    snprintf(fresh, sizeof fresh, "%d %d * * *", (int)(at % 60), (int)(at / 60 % 24));
    if (strcmp(fresh, t->birthday->cron) == 0)
        return ST_OK;
    snprintf(t->birthday_cron, sizeof t->birthday_cron, "%s", fresh);
    return sched_change(t->birthday, t->birthday_cron);
}

/* So that nobody who scrapes waits for it, and it is not done for each of them. */
static enum status count_rows(void *arg, const struct sched_due *due)
{
    struct tasks *t = arg;

    if (t->cfg->scheduler_metrics_listen != NULL &&
        ledger_sums_renew(t->db, due->now, &t->rows_kept) != ST_OK)
        log_debug("the rows were not counted");
    return ST_OK;
}

/* Otherwise jobs wait in MySQL and nobody knows what for. */
static enum status tell_memory(void *arg, const struct sched_due *due)
{
    struct tasks *t = arg;
    struct queue_sums *s = calloc(1, sizeof *s);
    const char *advice = NULL;

    (void)due;
    if (s != NULL && queue_sums(t->queue, s) == ST_OK)
        advice = queue_sums_advice(s);
    if (advice != NULL)
        log_warn("redis has no room", LOG_TEXT("why", advice),
                 LOG_INT("used_bytes", s->used_bytes),
                 LOG_INT("max_bytes", s->max_bytes));
    free(s);
    return ST_OK;
}

/* Failing, it is tried again in a second: what nobody has looked at stands still. */
static enum status check_restored(void *arg, const struct sched_due *due)
{
    struct tasks *t = arg;
    enum restored_why why;

    return standstill_check(t->db, queue_redis(t->queue), due->now, &why);
}

/* What is due, missed or short of a chain (core/broadcast/broadcast.h). One open job at a
 * time: whoever ticks twice puts one. */
static enum status put_check(struct db *db, void *arg)
{
    const struct sched_due *due = arg;
    enum status st = broadcast_check_waits(db, due->now);

    if (st != ST_OK)
        return st;
    return job_put(db, due->now,
                   &(struct job_spec){.kind = KIND_SCHED_BROADCAST_CHECK, .idk = "0"});
}

static enum status check_broadcasts(void *arg, const struct sched_due *due)
{
    struct tasks *t = arg;
    struct sched_due d = *due;
    enum status st = db_tx(t->db, put_check, &d);

    return st == ST_TAKEN || st == ST_NONE ? ST_OK : st;
}

/* ---- the table ------------------------------------------------------------------ */

static const struct sched_task table[] = {
    {"reconcile", .every_s = 1, .everywhere = true, .fire = reconcile},
    {"reread_hour", .every_s = 60, .everywhere = true, .fire = reread_hour},
    {"seal_audit", .every_s = 600, .fire = seal_audit},
    {"keep_history", .every_s = 600, .fire = keep_history},
    {"count_rows", .every_s = 10, .everywhere = true, .fire = count_rows},
    {"tell_memory", .every_s = 60, .fire = tell_memory},
    {"check_restored", .every_s = 60, .fire = check_restored},
    {"check_broadcasts", .every_s = 30, .fire = check_broadcasts},
    {"expire_discounts", .cron = "* * * * *",
     .missed = MISSED_ONCE, /* one sweep finds all that is overdue */
     .what = KIND_SCHED_DISCOUNT_EXPIRE, .fire = put_job},
    {"remind_discounts", .cron = "*/10 * * * *",
     .missed = MISSED_ONCE, /* a round finds all that end soon */
     .what = KIND_SCHED_DISCOUNT_REMIND, .fire = put_job},
    {"roll_stats", .cron = "*/5 * * * *", .missed = MISSED_ONCE,
     .what = KIND_SCHED_STAT_ROLL, .fire = put_job},
    {"erase_due", .cron = "*/10 * * * *", .missed = MISSED_ONCE,
     .what = KIND_SCHED_ERASE_DUE, .fire = put_job},
    {"retention", .cron = "30 4 * * *", .by_date = true, .missed = MISSED_ONCE,
     .what = KIND_SCHED_RETENTION, .fire = put_job},
    {"close_shifts", .cron = "*/5 * * * *", .missed = MISSED_ONCE,
     .what = KIND_SCHED_SHIFT_CLOSE, .fire = put_job},
    {"scan_automations", .cron = "*/10 * * * *",
     .missed = MISSED_ONCE, /* a round finds who was due on the days before it */
     .what = KIND_SCHED_AUTOMATION_SCAN, .fire = put_job},
    {"wake_automations", .cron = "* * * * *", .missed = MISSED_ONCE,
     .what = KIND_SCHED_AUTOMATION_WAKE, .fire = put_job},
    {"check_birthdays", .cron = "0 9 * * *", .by_date = true,
     .missed = MISSED_ONCE, /* a round finds who was missed on the days before it */
     .what = KIND_SCHED_BIRTHDAY_CHECK, .fire = put_job},
};

_Static_assert(sizeof table / sizeof *table <= TASKS_MAX, "TASKS_MAX is too small");

enum status tasks_open(struct tasks *t, struct sched *s)
{
    struct sched_due at_once = {0};
    enum status st;

    s->n = sizeof table / sizeof *table;
    memcpy(t->rows, table, sizeof table);
    s->tasks = t->rows;
    s->arg = t;
    s->last = last_tick;
    t->birthday = &t->rows[s->n - 1];
    st = sched_open(s);
    return st == ST_OK ? reread_hour(t, &at_once) : st;
}
