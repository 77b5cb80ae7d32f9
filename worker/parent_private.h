/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/parent_private.h - what the files of the parent share.
 *
 *   parent.c        birth and life: forks, stops
 *   parent_death.c  what is settled, given back and written down for a dead child
 *   parent_watch.c  leases, deadlines, cancelled jobs, pauses, other parents' dead */
#ifndef WORKER_PARENT_PRIVATE_H
#define WORKER_PARENT_PRIVATE_H

#include "core/io/ledger.h"
#include "core/io/pause.h"
#include "worker/child.h"
#include "worker/parent.h"

#define RESPAWN_MS 50

/* A child that died: what is left to do for it, tried until Redis takes it. */
struct mourning {
    bool due;
    char wid[QUEUE_WID_MAX];
    struct queue_at at;
    bool blame, late;
    bool left; /* it went by itself */
    struct board_job blamed;
    char why[160]; /* how it died, for people */
    int64_t ran_ms;
    int n_results;
    struct job_result results[BOARD_RESULTS];
    int n_commit; /* its last transaction may be committed or not: MySQL is to be asked */
    struct ledger_proof commit[BOARD_COMMIT];
};

struct nursery {
    struct parent *parent;
    struct board_slot *slot;
    int64_t asked_ms; /* monotonic: when its job was told that its time is up; 0: not */
    bool timed_out;   /* killed for it */
    bool innocent;    /* … but it waited for a database that does not answer */
    int given_up;     /* times in a row */
    struct loop_timer respawn;
    struct mourning mourning;
};

struct parent {
    struct loop *loop;
    const struct config *cfg;
    struct db *db;
    struct queue *queue;
    struct board_slot *board;
    struct nursery child[BOARD_SLOTS];
    int n_children, n_send, alive; /* the first n_send are send children */
    int lease_max;
    int stopping;    /* 1 asked, 2 killed */
    int rounds;      /* of on_renew */
    int64_t away_ms; /* monotonic: MySQL did not answer, and is not asked until then */
    int64_t silent_ms;    /* monotonic: when it was last noticed to have been silent */
    int64_t read_ms;      /* monotonic: when MySQL was last asked what people want */
    struct pauses pauses; /* as read last */
    struct tally tally;
    struct loop_timer renew, watch, last_call;
};

/* ---- parent_death.c ------------------------------------------------------------- */

/* What wait4 told of a child. */
struct death {
    int status;
    int64_t rss_kb; /* the most memory it had */
};

/* Takes from the board what there is to do for the dead, and says who is to blame. */
void death_note(struct nursery *n, const struct death *d);

/* … and does it; again later while mourning.due stays true. */
void mourn(struct parent *p, struct nursery *n);

/* ---- parent_watch.c ------------------------------------------------------------- */

/* MySQL, of which the parent must not wait for long. heard: what it said and since when
 * it was asked (monotonic ms); true for ST_OK. One that hangs holds us up for seconds: the
 * parent is_alone then, and not asked for a while, as leases are to be renewed meanwhile. */
bool parent_heard(struct parent *p, enum status st, int64_t from);
bool parent_is_alone(const struct parent *p);

/* Starts its timers. To be called before the first birth: nobody shall begin with what is
 * paused. */
void parent_watch(struct parent *p);

#endif
