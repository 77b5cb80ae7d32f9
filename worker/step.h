/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/step.h - what a job's step is given, and what its answer means.
 *
 * A step of class D or U runs inside the transaction that also deletes its job_open row
 * (or inserts update_seen): what it writes through `db` happens once, or not at all. It
 * may be run again from the start after a crash or a deadlock, so whatever it does
 * outside MySQL must be harmless twice: class E jobs (job_put_now), and `after`.
 *
 *   ST_OK       commit, acknowledge
 *   ST_NONE     nothing to do: the same as ST_OK
 *   ST_AGAIN, ST_DOWN, ST_UNSURE   roll back, try again later
 *   ST_BAD, ST_REFUSED, ST_TAKEN, ST_BROKEN   roll back; an attempt is used, the last
 * one buries the job with `why`
 *
 * Steps never wait for Telegram: what must be asked there is a job of the send pool. */
#ifndef WORKER_STEP_H
#define WORKER_STEP_H

#include "core/base/config.h"
#include "core/io/queue.h"

struct board_slot;

struct step {
    const struct config *cfg;
    struct db *db;
    struct queue *queue;
    struct redis
        *cache; /* dialogue states and caches; may fail, nothing depends on it */
    const struct job *job; /* args: see worker/JOBS.md */
    int64_t now;
    int tries_left;                /* 0: this is the last attempt */
    char why[160];                 /* what went wrong, for people */
    const struct board_slot *slot; /* for step_should_stop; NULL: nobody asks */
    /* Called after the commit, never after a rollback; set by the step. */
    void (*after)(struct step *s);
    void *after_arg; /* freed with free() by the runner */
};

typedef enum status step_fn(struct step *s);

/* Has its time run out, or did a person cancel it? A step that takes long asks now and
 * then, and answers ST_REFUSED at once: what it did is rolled back. Two seconds after its
 * time is up its child is killed. */
bool step_should_stop(const struct step *s);

#endif
