/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/board.h - what a child shows its parent, in memory they share.
 *
 * A child writes here what it has finished before it tells Redis; when it dies, its
 * parent settles those from the board, so that killing a child repeats nothing that was
 * done. Each result carries a check, as a dying child may leave half of one. The board
 * is only an economy: the claim in MySQL holds without it (core/io/ledger.h). */
#ifndef WORKER_BOARD_H
#define WORKER_BOARD_H

#include "core/io/queue.h"

#include <sys/types.h>

#define BOARD_SLOTS 32
#define BOARD_RESULTS QUEUE_BATCH_MAX

struct board_result {
    struct job_result result;
    uint32_t check;
};

struct board_slot {
    char wid[QUEUE_WID_MAX];
    enum kind_pool pool;
    pid_t pid;
    /* the job on the CPU; logic children only. deadline_ms 0: none (monotonic) */
    uint8_t current[16];
    int64_t deadline_ms;
    int64_t
        lease_ms; /* monotonic: when its lease was renewed last, by whichever side */
    uint32_t n_results;
    struct board_result results[BOARD_RESULTS];
};

/* Shared by all who fork after it; NULL: no memory. */
struct board_slot *board_new(void);

/* The child's side. */
void board_begin(struct board_slot *s, const uint8_t id[16], int64_t deadline_ms);
void board_end(struct board_slot *s);
void board_add(struct board_slot *s, const struct job_result *r);
void board_clear(struct board_slot *s); /* Redis has them */

/* The parent's side, after the child's death: the whole results. */
int board_results(const struct board_slot *s, struct job_result out[BOARD_RESULTS]);

#endif
