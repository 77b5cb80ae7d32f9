/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/logic.h - what the files of a logic child share.
 *
 *   logic.c        the child: leases, runs, settles, stops
 *   logic_run.c    one job, from its claim to what becomes of it
 *   logic_group.c  small jobs of one lease in one transaction */
#ifndef WORKER_LOGIC_H
#define WORKER_LOGIC_H

#include "core/io/queue.h"
#include "worker/child.h"
#include "worker/step.h"

struct logic {
    struct child *child;
    struct db *db;
    struct queue *queue;
    struct redis *cache;
    int64_t mean_us; /* of a job, exponentially weighted */
    int nap_ms;      /* the next turn sleeps so long, or until it is rung for */
    int round_ms;    /* the shortest nap of this round of the shards */
    /* Sleeps that were lost with their lines: Redis may yet lease to who slept, there.
     * Each had a name (wid) of its own; those from `ghosts` on are looked for, for the
     * last time at ghost_ms. 0: none */
    char name[QUEUE_WID_MAX]; /* the first one; the others have a number behind it */
    int names, ghosts;
    int64_t ghost_ms;
    int ghost_shard;
    struct job jobs[QUEUE_BATCH_MAX];
    struct job_result results[QUEUE_BATCH_MAX];
    int n_results;
    int64_t until; /* what was not begun by then goes back; no job joins a group */
    int alone; /* so many of the next jobs run one by one: their group was spoiled */
};

/* Somebody wants us to go: nothing new is begun. */
bool logic_stopping(void);

/* ---- logic_run.c ---------------------------------------------------------------- */

/* One job on its way. A job is on the CPU, as the board says, from run_begin until
 * run_pause; a crash meanwhile is its fault. */
struct run {
    struct logic *l;
    const struct job *job;
    struct step step;
    int64_t started_ms, took_us;
    enum status st;     /* what its transaction, or its part of one, answered */
    int passes;         /* of its transaction */
    bool already;       /* its effect was there before us */
    bool late;          /* it was asked to stop: its time was up */
    bool cancelled;     /* … or a person said so */
    bool expired;       /* too old to begin */
    enum tally_end how; /* for the counters */
};

void run_begin(struct run *r, struct logic *l, const struct job *j);

/* Claim, effect, history: what must be in one transaction. A db_work; arg: the run. */
enum status run_work(struct db *db, void *arg);
void run_pause(struct run *r);

/* The last thing in the transaction of these: the board says what it holds. */
void run_commits(const struct run *runs, int n);

/* After the end of its transaction: what it left for after the commit, or what becomes
 * of it now that it failed. */
must_check struct job_result run_end(struct run *r);

/* All of it. */
must_check struct job_result run_alone(struct logic *l, const struct job *j);

/* ---- logic_group.c -------------------------------------------------------------- */

/* Runs the jobs at the head of these that may share a transaction, writes a result for
 * each into out, in their order, and answers how many those are; 0: the first one wants
 * a transaction of its own. */
int group_run(struct logic *l, const struct job *jobs, int n, struct job_result *out);

#endif
