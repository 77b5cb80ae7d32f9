/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/metrics.h - GET /metrics and /live of a worker, served by the parent.
 *
 * /metrics: what its children did since the parent began (worker/tally.h), how they are
 * now (memory, lease, last turn). /live: 503 when a child has had no answer to a turn for
 * LIVE_TURN_MS, unless it is busy with a job that still has time: a worker that Redis
 * forgot is restarted by whoever asks, instead of being silent for ever. */
#ifndef WORKER_METRICS_H
#define WORKER_METRICS_H

#include "core/base/config.h"
#include "core/io/loop.h"
#include "worker/parent.h"

#define LIVE_TURN_MS 10000

struct worker_metrics;

/* Listens on WORKER_METRICS_LISTEN. NULL with *why NULL: it is not set; else what is
 * wrong. Yours. */
struct worker_metrics *worker_metrics_open(struct loop *loop, const struct config *cfg,
                                           struct parent *p, const char **why);
void worker_metrics_close(struct worker_metrics *w); /* NULL is fine */

#endif
