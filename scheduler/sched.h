/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * scheduler/sched.h - when something is due: a pure tick, no clock and no store inside.
 *
 * A task is due every `every_s` seconds, or once a local date at a wall time of a zone
 * (the rule for gaps and overlaps is tz.h's). sched_tick fires what is due and says how
 * long one may sleep. A daily task whose hour passed while nobody ran is fired at once,
 * for today only; whether today's was fired before is for the database to say
 * (cron_tick), so any number of schedulers may run. */
#ifndef SCHEDULER_SCHED_H
#define SCHEDULER_SCHED_H

#include "core/base/tz.h"

#include <stdbool.h>
#include <stdint.h>

#define SCHED_NAP_MAX_MS 1000

struct sched;

/* due: the moment the task was for, microseconds UTC; day: its local date.
 * false: it did not work out, fire it again next tick. */
typedef bool sched_fire(void *arg, int64_t now, int64_t due, int32_t day);

struct sched_task {
    const char *name;
    int every_s;      /* 0: daily */
    int hour, minute; /* of a daily one */
    sched_fire *fire;
    /* the scheduler's own */
    int64_t next; /* 0: not seen yet */
};

struct sched {
    const struct tz *tz;
    struct sched_task *tasks;
    int n;
    void *arg; /* handed to fire */
};

/* Fires what is due; answers the milliseconds one may sleep, 1..SCHED_NAP_MAX_MS. */
int64_t sched_tick(struct sched *s, int64_t now);

#endif
