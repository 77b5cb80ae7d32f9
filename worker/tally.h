/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/tally.h - what a worker counts, for GET /metrics (worker/metrics.h).
 *
 * Each child counts in its slot of the board, which nobody else writes; so counting is
 * a plain addition, and a reader may see the last few a moment late, never half of one.
 * When a slot is given to the next child, the counts of the one before are added to the
 * parent's: totals never go back while the parent lives. */
#ifndef WORKER_TALLY_H
#define WORKER_TALLY_H

#include "core/base/metrics.h"
#include "core/io/queue.h"

/* How a run of a job ended. */
enum tally_end {
    TALLY_DONE,      /* acknowledged: its effect is made, or was before (repeat) */
    TALLY_RETRY,     /* failed, will be tried again */
    TALLY_BACK,      /* given back, nobody's fault: a store was away, not started */
    TALLY_DEAD,      /* failed for the last time */
    TALLY_PARKED,    /* waits in its row for a time that Telegram or a pace named */
    TALLY_CANCELLED, /* somebody asked for it */
    TALLY_ENDS
};

#define TALLY_LANES (LANE_BULK + 1)

struct board_counts {
    uint64_t end[KIND_COUNT][TALLY_ENDS];
    uint64_t repeat[KIND_COUNT]; /* claims that found the effect made */
    struct metric_hist run[KIND_COUNT];
    struct metric_hist pickup[TALLY_LANES]; /* by lane */
    struct metric_hist turn;
    uint64_t fenced;        /* results that came too late: the job was not ours */
    uint64_t unsure_resend; /* answers lost, of messages that are sent again … */
    uint64_t unsure_assume; /* … and of those taken for sent */
};

/* A job begins to run; now is microseconds. */
void tally_begun(struct board_counts *c, const struct job *j, int64_t now);
void tally_ended(struct board_counts *c, enum kind kind, enum tally_end how,
                 int64_t took_us);
/* The same of one that did not run: given back, or put off. */
void tally_left(struct board_counts *c, enum kind kind, enum tally_end how);
void tally_repeat(struct board_counts *c, enum kind kind);

/* The answer to a send was lost. resend: its policy is to send it again. */
void tally_unsure(struct board_counts *c, bool resend);

/* ---- the parent's side ---------------------------------------------------------- */

/* Why jobs were given back by somebody else than who held them. */
enum tally_cause {
    TALLY_DIED,    /* our child was killed, or crashed */
    TALLY_TIMEOUT, /* … was killed by us: its job took too long */
    TALLY_LEFT,    /* … ended by itself with jobs in its hands */
    TALLY_GONE,    /* another process of this machine, gone */
    TALLY_LAPSED,  /* somebody's lease lapsed */
    TALLY_CAUSES
};
const char *tally_cause_name(enum tally_cause c);

struct tally {
    struct board_counts gone[POOL_COUNT + 1]; /* of dead children, by pool */
    uint64_t reaped[TALLY_CAUSES];            /* jobs given back */
    uint64_t deaths[TALLY_CAUSES];            /* workers they were taken from */
};

/* The counts of a slot, before it is cleared for the next child. */
void tally_carry(struct tally *t, enum kind_pool pool, const struct board_counts *c);
void tally_reaped(struct tally *t, enum tally_cause why, int jobs);

/* sum += c */
void tally_add(struct board_counts *sum, const struct board_counts *c);

#endif
