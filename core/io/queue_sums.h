/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/queue_sums.h - the census of all places summed up by pool and lane: what
 * `dvorik jobs stats`, /metrics, the API and the panel show. */
#ifndef CORE_IO_QUEUE_SUMS_H
#define CORE_IO_QUEUE_SUMS_H

#include "core/io/lane.h"
#include "core/io/queue.h"

struct pool_sums {
    struct {
        int64_t waiting, oldest_ms; /* oldest_ms: of the head that has waited longest */
    } lane[LANE_BULK + 1];          /* by enum kind_lane */
    int64_t delayed, held, dying;   /* dying: dead, the row not yet written */
    int64_t drift;                  /* of its shards, each without its sign */
    int64_t workers;                /* that hold something … */
    int64_t lease_left_ms;          /* … and the lease nearest to its end */
};

struct queue_sums {
    struct pool_sums pool[POOL_COUNT + 1];  /* by enum kind_pool */
    struct census counters[POOL_COUNT + 1]; /* their counters alone: census_count */
    int64_t used_bytes, max_bytes;          /* of Redis */
    enum lane_level level;
};

/* Asks Redis, one atomic picture a place. */
must_check enum status queue_sums(struct queue *q, struct queue_sums *out);

/* Redis is so full that some wait in MySQL: what for, and what to do about it. NULL: all
 * is well. */
const char *queue_sums_advice(const struct queue_sums *s);

const char *queue_pool_name(enum kind_pool pool); /* "logic", "send" */

#endif
