/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/queue_metrics.h - the queue as a whole in numbers for Prometheus: what its
 * census and its tables say at the moment of asking.
 *
 * Scheduler and api both show these, so who has both asks for max without (instance).
 * What workers did, they show themselves (worker/metrics.h). The list of all with their
 * meaning: docs/operating.md. */
#ifndef CORE_IO_QUEUE_METRICS_H
#define CORE_IO_QUEUE_METRICS_H

#include "core/base/metrics.h"
#include "core/io/ledger_look.h"
#include "core/io/queue.h"

/* What it asks, and when: microseconds. */
struct queue_view {
    struct db *db;
    struct queue *queue;
    struct ledger_sums_kept *rows; /* shown as they are; counted here if never before */
    int64_t now;
};

/* Adds the families dvorik_queue_*; asks MySQL and Redis. Anything but ST_OK: a store
 * did not answer, m holds what was known until then and dvorik_queue_up 0. */
must_check enum status queue_metrics(struct metrics *m, const struct queue_view *v);

#endif
