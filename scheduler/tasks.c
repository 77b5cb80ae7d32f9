/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "scheduler/tasks.h"

#include "core/audit.h"
#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/io/ledger.h"
#include "core/setting.h"

#include <stdio.h>
#include <string.h>

/* ---- a tick becomes a job, once ------------------------------------------------- */

/* once: what must be new for the tick to count. A daily task's is its local date (as
 * midnight UTC), so that moving its hour does not bring it twice on one day. */
struct cron {
    const char *schedule;
    enum kind kind;
    int64_t now, once;
    int32_t day;
};

/* The row of cron_tick and the job are one transaction: of two schedulers one hears
 * ST_TAKEN, and a crash leaves both or none. */
static enum status cron_work(struct db *db, void *arg)
{
    const struct cron *c = arg;
    struct job_spec spec = {.kind = c->kind, .args = json_new_object()};
    enum status st;

    json_set_int(spec.args, "day", c->day);
    st = db_exec(db, NULL,
                 "INSERT INTO cron_tick (schedule, due, fired_at) VALUES (?, ?, ?)",
                 DB_TEXT(c->schedule), DB_TIME(c->once), DB_TIME(c->now));
    crash_point("cron.ticked");
    if (st != ST_OK) {
        json_free(spec.args);
        return st;
    }
    return job_put(db, c->now, &spec);
}

static bool cron_fire(struct tasks *t, const struct cron *c)
{
    char root[41];
    enum status st;

    snprintf(root, sizeof root, "cron:%s:%lld", c->schedule,
             (long long)(c->once / SECOND));
    queue_set_cause(t->queue, root, NULL);
    st = db_tx(t->db, cron_work, (void *)(uintptr_t)c);
    queue_set_cause(t->queue, NULL, NULL);
    if (st == ST_OK)
        log_info("due", LOG_TEXT("schedule", c->schedule), LOG_INT("day", c->day));
    return st == ST_OK || st == ST_TAKEN;
}

static bool check_birthdays(void *arg, int64_t now, int64_t due, int32_t day)
{
    struct cron c = {"check_birthdays", KIND_SCHED_BIRTHDAY_CHECK, now, day * DAY, day};

    (void)due;
    return cron_fire(arg, &c);
}

static bool expire_discounts(void *arg, int64_t now, int64_t due, int32_t day)
{
    /* Whoever ticks first takes the minute: its start is the same for all. */
    struct cron c = {"expire_discounts", KIND_SCHED_DISCOUNT_EXPIRE, now,
                     due - due % MINUTE, day};

    return cron_fire(arg, &c);
}

static bool forget_old(void *arg, int64_t now, int64_t due, int32_t day)
{
    struct cron c = {"retention", KIND_SCHED_RETENTION, now, day * DAY, day};

    (void)due;
    return cron_fire(arg, &c);
}

/* ---- upkeep of the queue -------------------------------------------------------- */

static bool reconcile(void *arg, int64_t now, int64_t due, int32_t day)
{
    struct tasks *t = arg;
    int n;

    (void)due, (void)day;
    for (enum kind_pool pool = POOL_LOGIC; pool <= POOL_COUNT; pool++)
        if (ledger_reconcile(t->db, t->queue, pool, now, &n) != ST_OK)
            break; /* the adapters have said why; the next second tries again */
    return true;
}

#define SEAL_ROWS 5000

struct seal {
    int64_t now;
    int rows;
};

static enum status seal_work(struct db *db, void *arg)
{
    struct seal *s = arg;

    return audit_seal(db, s->now, SEAL_ROWS, &s->rows);
}

static bool seal_audit(void *arg, int64_t now, int64_t due, int32_t day)
{
    struct tasks *t = arg;
    struct seal s = {.now = now};

    (void)due, (void)day;
    if (db_tx(t->db, seal_work, &s) == ST_OK)
        log_debug("audit sealed", LOG_INT("rows", s.rows));
    return true;
}

/* The hour is a setting: a change of it is seen within a minute. The date keeps its
 * round to itself (struct cron), so this may look at it afresh. */
static bool reread_hour(void *arg, int64_t now, int64_t due, int32_t day)
{
    struct tasks *t = arg;
    int64_t at = 0;

    (void)now, (void)due, (void)day;
    if (t->birthday == NULL || setting_int(t->db, "birthday_check_at", &at) != ST_OK)
        return true;
    if (at != t->birthday->hour * 60 + t->birthday->minute) {
        t->birthday->hour = (int)(at / 60);
        t->birthday->minute = (int)(at % 60);
        t->birthday->next = 0;
    }
    return true;
}

/* name, every s | hour, minute of each local date, fire */
static const struct sched_task table[] = {
    {.name = "reconcile", .every_s = 1, .fire = reconcile},
    {.name = "expire_discounts", .every_s = 60, .fire = expire_discounts},
    {.name = "reread_hour", .every_s = 60, .fire = reread_hour},
    {.name = "seal_audit", .every_s = 600, .fire = seal_audit},
    {.name = "retention", .hour = 4, .minute = 30, .fire = forget_old},
    {.name = "check_birthdays", .hour = 9, .minute = 0, .fire = check_birthdays},
};

_Static_assert(sizeof table / sizeof *table <= TASKS_MAX, "TASKS_MAX is too small");

void tasks_table(struct tasks *t, struct sched *s)
{
    s->n = sizeof table / sizeof *table;
    memcpy(t->rows, table, sizeof table);
    s->tasks = t->rows;
    s->arg = t;
    t->birthday = &t->rows[s->n - 1];
    reread_hour(t, 0, 0, 0);
}
