/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * scheduler/metrics.h - GET /metrics and /live of a scheduler: the queue as a whole
 * (core/io/queue_metrics.h), and how punctual its clock is. Answered between two ticks,
 * with the scheduler's own connections. */
#ifndef SCHEDULER_METRICS_H
#define SCHEDULER_METRICS_H

#include "core/base/config.h"
#include "core/io/loop.h"
#include "scheduler/tasks.h"

struct scheduler_metrics;

/* Listens on SCHEDULER_METRICS_LISTEN. NULL with *why NULL: it is not set; else what is
 * wrong. Yours. */
struct scheduler_metrics *scheduler_metrics_open(struct loop *loop, struct tasks *t,
                                                 const struct sched *s,
                                                 const char **why);
void scheduler_metrics_close(struct scheduler_metrics *m); /* NULL is fine */

#endif
