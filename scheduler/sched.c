/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "scheduler/sched.h"

#include "core/base/clock.h"

static int64_t daily_at(const struct sched *s, const struct sched_task *t, int32_t day)
{
    return tz_instant(s->tz, day, t->hour, t->minute);
}

/* Today's moment, also when it has passed: the first look after a night of standing
 * still fires what was missed. */
static int64_t first_due(const struct sched *s, const struct sched_task *t, int64_t now)
{
    if (t->every_s > 0)
        return now;
    return daily_at(s, t, tz_local(s->tz, now).day);
}

/* Behind `due`, never in the past: a clock that leapt ahead does not fire in a row. */
static int64_t next_due(const struct sched *s, const struct sched_task *t, int64_t due,
                        int64_t now)
{
    int32_t day;

    if (t->every_s > 0) {
        int64_t next = due + t->every_s * SECOND;

        return next > now ? next : now + t->every_s * SECOND;
    }
    day = tz_local(s->tz, due).day + 1;
    while (daily_at(s, t, day) + DAY <= now)
        day++;
    return daily_at(s, t, day);
}

int64_t sched_tick(struct sched *s, int64_t now)
{
    int64_t nap = SCHED_NAP_MAX_MS;

    for (int i = 0; i < s->n; i++) {
        struct sched_task *t = &s->tasks[i];
        int64_t left;

        if (t->next == 0)
            t->next = first_due(s, t, now);
        if (t->next <= now &&
            t->fire(s->arg, now, t->next, tz_local(s->tz, t->next).day))
            t->next = next_due(s, t, t->next, now);
        left = (t->next - now) / MS;
        if (left < nap)
            nap = left;
    }
    return nap < 1 ? 1 : nap;
}
