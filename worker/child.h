/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/child.h - what both kinds of children are given by the parent that forks them.
 *
 * A child opens its own connections, writes its results on its slot of the board, stops
 * on SIGTERM (unstarted leases go back at once), and leaves when its parent is gone. */
#ifndef WORKER_CHILD_H
#define WORKER_CHILD_H

#include "core/base/config.h"
#include "worker/board.h"

struct child {
    const struct config *cfg;
    struct board_slot *slot;
    int shard_step; /* a logic child looks after every so many-th shard from its own */
    int later_ms; /* … and wakes so much later for what is due than its first one does */
    int lease_max; /* jobs a lease; 0: as many as 15 ms of work */
};

/* Asked to stop, a child has so long to finish what it runs, also when nobody is left
 * who would kill it; the parent's own patience is a second shorter. Two signals closer
 * together than this are one. */
#define CHILD_STOP_S 11
#define CHILD_SAME_STOP_MS 1000

/* Each returns the exit status. */
int logic_child(struct child *c); /* worker/logic.c: one job at a time */
int send_child(struct child *c);  /* worker/send.c: many requests in flight */

/* Full jitter: uniform in [1, min(cap, base * 2^attempts)]. */
int64_t backoff_ms(int attempts, int64_t base_ms, int64_t cap_ms);

#endif
