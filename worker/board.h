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

#include "core/io/ledger.h"
#include "core/io/pause.h"
#include "core/io/queue.h"
#include "worker/tally.h"

#include <sys/types.h>

#define BOARD_SLOTS 300
#define BOARD_RESULTS QUEUE_BATCH_MAX

struct board_result {
    struct job_result result;
    uint32_t check;
};

/* Jobs that may share a transaction (logic_group.c). */
#define BOARD_COMMIT LEDGER_PROOFS_MAX

/* What is told about a job that killed its child. */
struct board_job {
    uint8_t id[16];
    enum kind kind;
    int attempts, crashes;
    int64_t started_ms; /* monotonic */
    char root[41];
};

struct board_slot {
    char wid[QUEUE_WID_MAX];
    struct queue_at at; /* all that it holds is from there */
    pid_t pid;
    /* the job on the CPU; logic children only. deadline_ms 0: none (monotonic) */
    struct board_job current;
    int64_t deadline_ms;
    /* begun counts the jobs; the parent writes the number of the one that shall stop, so
     * that it never hits the one behind it. 0: none */
    volatile uint32_t begun, late, cancelled;
    struct pauses pauses; /* the parent's: what is not to be begun */
    int64_t
        lease_ms; /* monotonic: when its lease was renewed last, by whichever side */
    int64_t turned_ms; /* monotonic: when Redis last answered a turn of it */
    int64_t asleep_ms; /* monotonic: until when it sleeps on the doorbell; 0: awake */
    int64_t full_ms;   /* … and until when it may be too full to ask; send children */
    uint32_t n_results;
    struct board_result results[BOARD_RESULTS];
    /* what the transaction holds that is about to be committed, or just was: whether it
     * is, only MySQL knows until the results are here */
    volatile uint32_t n_commit;
    struct ledger_proof commit[BOARD_COMMIT];
    struct board_counts counts;
};

/* Shared by all who fork after it; NULL: no memory. */
struct board_slot *board_new(void);

/* The child's side. */
void board_begin(struct board_slot *s, const struct job *j, int64_t deadline_ms);
void board_end(struct board_slot *s);
void board_add(struct board_slot *s, const struct job_result *r);
void board_clear(struct board_slot *s); /* Redis has them */
/* The last thing before the COMMIT of these: up to BOARD_COMMIT. */
void board_commit(struct board_slot *s, const struct ledger_proof *proofs, int n);
/* A turn was answered; results that came too late were not ours any more. took_us -1:
 * it slept first, so nobody knows. */
void board_turned(struct board_slot *s, int64_t took_us, int fenced);

/* Shall the job on the CPU come to its end, and why? */
enum board_stop { BOARD_GO_ON, BOARD_LATE, BOARD_CANCELLED };
enum board_stop board_stop(const struct board_slot *s);

/* The parent's side: a job is asked to stop. false: that one is no longer the job on the
 * CPU. */
bool board_ask(struct board_slot *s, const uint8_t id[16], enum board_stop why);

/* … and after the child's death: the whole results; and what it was committing, as far as
 * those say nothing of it. */
int board_results(const struct board_slot *s, struct job_result out[BOARD_RESULTS]);
int board_committing(const struct board_slot *s, struct ledger_proof out[BOARD_COMMIT]);

#endif
