/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "scheduler/sched.h"

#include "core/base/clock.h"
#include "core/base/log.h"

#define LATE MINUTE        /* a tick later than this was missed */
#define RETRY SECOND       /* what failed is tried again after */
#define LOOK_BACK_MIN HOUR /* how far back missed moments are looked for at first */

/* ---- the table ------------------------------------------------------------------ */

enum status sched_change(struct sched_task *t, const char *cron)
{
    struct cron fresh;
    char why[CRON_WHY];

    if (cron_parse(cron, &fresh, why) != ST_OK) {
        log_error("a schedule cannot be read", LOG_TEXT("task", t->name),
                  LOG_TEXT("cron", cron), LOG_TEXT("why", why));
        return ST_BAD;
    }
    t->cron = cron;
    t->expr = fresh;
    t->next = 0;
    return ST_OK;
}

static enum status task_open(struct sched_task *t)
{
    t->next = t->again = 0;
    if (t->every_s > 0)
        return ST_OK;
    if (t->zone != NULL && (t->own_zone = tz_open(t->zone)) == NULL) {
        log_error("a schedule's zone cannot be read", LOG_TEXT("task", t->name),
                  LOG_TEXT("zone", t->zone));
        return ST_BAD;
    }
    return sched_change(t, t->cron);
}

enum status sched_open(struct sched *s)
{
    enum status st = ST_OK;

    for (int i = 0; i < s->n && st == ST_OK; i++)
        st = task_open(&s->tasks[i]);
    return st;
}

void sched_close(struct sched *s)
{
    for (int i = 0; i < s->n; i++) {
        tz_close(s->tasks[i].own_zone);
        s->tasks[i].own_zone = NULL;
    }
}

static const struct tz *zone_of(const struct sched *s, const struct sched_task *t)
{
    return t->own_zone != NULL ? t->own_zone : s->tz;
}

/* ---- the next moment ------------------------------------------------------------ */

static int64_t end_of_day(const struct tz *tz, int32_t day)
{
    return tz_instant(tz, day + 1, 0, 0) - 1;
}

/* What comes behind a tick of that moment: not on the same date where once is all. */
static int64_t behind(const struct sched *s, const struct sched_task *t, int64_t due)
{
    const struct tz *tz = zone_of(s, t);
    int64_t end;

    if (!t->by_date)
        return due;
    end = end_of_day(tz, tz_local(tz, due).day);
    return end > due ? end : due;
}

static int count_between(const struct sched *s, const struct sched_task *t,
                         int64_t after, int64_t now)
{
    int n = 0;

    while ((after = cron_next(&t->expr, zone_of(s, t), after)) <= now) {
        after = behind(s, t, after);
        n++;
    }
    return n;
}

/* Behind which at most `most` moments lie until now. The newest are found from now
 * backwards, so that a minute's task is not counted through a month. */
static int64_t leave_newest(const struct sched *s, const struct sched_task *t,
                            int64_t after, int64_t now, int most)
{
    int64_t back = LOOK_BACK_MIN, from;
    int n;

    do {
        from = now - back > after ? now - back : after;
        n = count_between(s, t, from, now);
        back *= 4;
    } while (n < most && from > after);
    for (; n > most; n--)
        from = behind(s, t, cron_next(&t->expr, zone_of(s, t), from));
    return from;
}

/* The next moment behind `after` that shall be fired, by what the task makes up for. */
static int64_t next_wanted(const struct sched *s, const struct sched_task *t,
                           int64_t after, int64_t now)
{
    int64_t next = cron_next(&t->expr, zone_of(s, t), after);

    if (next > now - LATE)
        return next;
    if (t->missed == MISSED_SKIP)
        after = leave_newest(s, t, after, now - LATE, 0);
    else
        after = leave_newest(s, t, after, now, t->missed == MISSED_ALL ? t->most : 1);
    return cron_next(&t->expr, zone_of(s, t), after);
}

/* Where to go on from: behind the newest tick that anybody made. */
static enum status resume(const struct sched *s, struct sched_task *t, int64_t now)
{
    const struct tz *tz = zone_of(s, t);
    int64_t today = tz_local(tz, now).day * DAY, last;
    struct sched_ask ask = {.task = t, .now = now, .until = now, .first = now - MINUTE};
    enum status st = ST_OK;

    if (t->by_date) {
        ask.until = today;
        ask.first = today - DAY;
    }
    last = ask.first;
    if (s->last != NULL)
        st = s->last(s->arg, &ask, &last);
    if (st != ST_OK)
        return st;
    if (t->by_date)
        last = end_of_day(tz, (int32_t)(last / DAY));
    t->next = next_wanted(s, t, last, now);
    return ST_OK;
}

/* ---- the tick ------------------------------------------------------------------- */

static void count(struct sched *s, int64_t late)
{
    s->counts.fired++;
    s->counts.caught_up += late > LATE;
    s->counts.late_ms = late / MS;
}

static void fire_cron(struct sched *s, struct sched_task *t, int64_t now)
{
    struct sched_due due = {.task = t, .now = now};
    enum status st = ST_OK;

    if (t->next == 0)
        st = resume(s, t, now);
    else if (t->next <= now - LATE) /* we slept */
        t->next = next_wanted(s, t, t->next - 1, now);
    if (st == ST_OK && t->next <= now) {
        due.due = t->next;
        due.day = tz_local(zone_of(s, t), due.due).day;
        st = t->fire(s->arg, &due);
        if (st == ST_OK)
            count(s, now - due.due);
        if (st == ST_TAKEN)
            st = ST_OK;
        if (st == ST_OK && t->next == due.due) /* else fire changed the expression */
            t->next = next_wanted(s, t, behind(s, t, due.due), now);
        else if (st != ST_OK)
            t->next = next_wanted(s, t, due.due - 1, now);
    }
    if (st != ST_OK)
        t->again = now + RETRY;
}

/* Behind what was due, never in the past: a clock that leapt ahead does not fire in a
 * row, one that was set back does not stand still. */
static void fire_interval(struct sched *s, struct sched_task *t, int64_t now)
{
    int64_t every = t->every_s * SECOND;
    struct sched_due due = {.task = t, .now = now, .due = t->next};
    enum status st;

    if (t->next == 0 || t->next > now + every)
        due.due = t->next = now;
    if (t->next > now)
        return;
    due.day = tz_local(s->tz, due.due).day;
    st = t->fire(s->arg, &due);
    if (st != ST_OK && st != ST_TAKEN)
        t->again = now + RETRY;
    else
        t->next = due.due + every > now ? due.due + every : now + every;
}

static int64_t look_at(struct sched *s, struct sched_task *t, int64_t now)
{
    if (!s->leads && !t->everywhere) {
        t->next = t->again = 0;
        return SCHED_NAP_MAX_MS;
    }
    if (t->again > now + RETRY)
        t->again = 0; /* the clock was set back */
    if (t->again <= now) {
        if (t->every_s > 0)
            fire_interval(s, t, now);
        else
            fire_cron(s, t, now);
    }
    return ((t->again > now ? t->again : t->next) - now) / MS;
}

int64_t sched_tick(struct sched *s, int64_t now)
{
    int64_t nap = SCHED_NAP_MAX_MS;

    for (int i = 0; i < s->n; i++) {
        struct sched_task *t = &s->tasks[i];
        int64_t left;

        if (now < s->seen - LATE && t->every_s == 0)
            t->next = 0; /* the clock was set back: ask again where we are */
        left = look_at(s, t, now);
        if (left < nap)
            nap = left;
    }
    s->seen = now;
    return nap < 1 ? 1 : nap;
}
