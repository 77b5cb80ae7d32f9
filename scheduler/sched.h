/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * scheduler/sched.h - when something is due: a pure tick, no clock and no store inside.
 *
 * A task either runs every so many seconds while this process lives, or by a cron
 * expression in a zone (core/base/cron.h says what happens when clocks are set). Those
 * by expression remember what they did in a store, which `last` reads: whoever begins
 * to lead goes on behind the last tick that anybody made, and makes up for what was
 * missed as the task says:
 *
 *   MISSED_SKIP   nothing: what is more than a minute late is left out
 *   MISSED_ONCE   the newest one
 *   MISSED_ALL    all, oldest first, but only the newest `most` of them
 *
 * A task that never ticked begins with the minute it is first looked at; a `by_date`
 * one, which is due once a local date at most whatever becomes of its expression, with
 * today's. Firing the same moment twice is for the store to refuse (ST_TAKEN), so any
 * number of schedulers may tick; that only one leads spares them the work. */
#ifndef SCHEDULER_SCHED_H
#define SCHEDULER_SCHED_H

#include "core/base/cron.h"
#include "core/base/status.h"
#include "core/base/tz.h"

#include <stdbool.h>
#include <stdint.h>

#define SCHED_NAP_MAX_MS 1000
#define SCHED_CRON_MAX 64

enum sched_missed { MISSED_SKIP, MISSED_ONCE, MISSED_ALL };

struct sched_task;

struct sched_due {
    const struct sched_task *task;
    int64_t now, due; /* due: the moment it is for, microseconds UTC */
    int32_t day;      /* the local date of due, in the task's zone */
};

/* ST_OK: done. ST_TAKEN: another has done it. Else it did not work out, and is fired
 * again in a second. */
typedef enum status sched_fire(void *arg, const struct sched_due *due);

/* The key of the newest tick of that task, none behind `until`: its moment, or of a
 * by_date one its date (day * DAY). One that never ticked: `first`, and that is kept, so
 * that a task whose first tick was missed is made up for as well. Anything but ST_OK: it
 * cannot be known now. */
struct sched_ask {
    const struct sched_task *task;
    int64_t now, until, first;
};
typedef enum status sched_last(void *arg, const struct sched_ask *ask, int64_t *key);

struct sched_task {
    const char *name;
    int every_s;      /* 0: by cron */
    const char *cron; /* "30 4 * * *" */
    const char *zone; /* of cron; NULL: the installation's */
    enum sched_missed missed;
    int most; /* of MISSED_ALL */
    bool by_date;
    bool everywhere; /* not the leader's alone */
    int what;        /* fire's own */
    sched_fire *fire;
    /* the scheduler's own */
    struct cron expr;
    struct tz *own_zone;
    int64_t next;  /* 0: not known yet */
    int64_t again; /* not before */
};

/* For metrics: whoever shows them only reads. */
struct sched_counts {
    uint64_t fired;     /* ticks of cron tasks that were ours */
    uint64_t caught_up; /* of them: more than a minute late */
    int64_t late_ms;    /* the last one of ours: behind its moment */
};

struct sched {
    const struct tz *tz;
    struct sched_task *tasks;
    int n;
    void *arg;        /* handed to fire and last */
    sched_last *last; /* NULL: no memory but the tasks' own */
    bool leads;       /* set before each tick; false: only tasks that run everywhere */
    struct sched_counts counts;
    int64_t seen; /* its own: the clock at the last tick */
};

/* Reads the expressions and zones of the tasks, once, before the first tick. ST_BAD: an
 * expression or a zone is wrong, logged. */
must_check enum status sched_open(struct sched *s);
void sched_close(struct sched *s);

/* Another expression from now on, which is borrowed. ST_BAD: it is none; nothing
 * changed. */
must_check enum status sched_change(struct sched_task *t, const char *cron);

/* Fires what is due; answers the milliseconds one may sleep, 1..SCHED_NAP_MAX_MS. */
int64_t sched_tick(struct sched *s, int64_t now);

#endif
