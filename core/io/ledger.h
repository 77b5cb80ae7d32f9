/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/ledger.h - the queue's side in MySQL: what is open, what was run, what is
 * dead.
 *
 * ledger_claim goes first in the transaction of a job's effect and proves that the
 * effect has not happened yet: class D deletes its row of job_open, class U inserts its
 * update into update_seen, class E has no proof. Two holders of one job meet in that
 * row: the second waits, then hears ST_TAKEN. */
#ifndef CORE_IO_LEDGER_H
#define CORE_IO_LEDGER_H

#include "core/io/queue.h"

/* ST_OK: the effect is ours to make. ST_TAKEN: it has happened; acknowledge the job. */
must_check enum status ledger_claim(struct db *db, int64_t now, const struct job *j);

/* What shows that the effect of a job is committed, for somebody who asks after the death
 * of who ran it. Class E has nothing to show. */
struct ledger_proof {
    uint8_t id[16];
    enum kind kind;
    char bot[16]; /* class U */
    int64_t update;
};
struct ledger_proof ledger_proof(const struct job *j);

/* Of n jobs (at most LEDGER_PROOFS_MAX) whose one transaction was on its way to its
 * commit: which are committed? Waits some tens of milliseconds at most for a commit that
 * is still under way; ST_AGAIN: it is under way still, and nothing is known. */
#define LEDGER_PROOFS_MAX 20
must_check enum status ledger_outcome(struct db *db, const struct ledger_proof *proofs,
                                      int n, bool *committed);

struct ledger_run {
    const char *worker; /* wid */
    int64_t ms;         /* how long it ran */
    const char *why;    /* what went wrong, or NULL */
};

/* In the same transaction: the row of job_hist. */
must_check enum status ledger_done(struct db *db, int64_t now, const struct job *j,
                                   const struct ledger_run *run);

/* Outside of it, after the rollback: an attempt was used, due says when the next is
 * (class D keeps it in its row, so that it outlives Redis). */
must_check enum status ledger_retry(struct db *db, int64_t now, const struct job *j,
                                    int64_t due, const struct ledger_run *run);

/* Not now and nobody's fault (class D): the row waits until due, the caller
 * acknowledges the entry (JOB_DONE), the reconciler brings it back. For waits that
 * would hold a list up. */
must_check enum status ledger_park(struct db *db, const struct job *j, int64_t due);

/* The job is dead: to job_dead, out of job_open. Repeating it changes nothing. */
must_check enum status ledger_bury(struct db *db, int64_t now, const struct job *j,
                                   const char *reason, const struct ledger_run *run);

/* A dead job back among the living, from now on with fresh attempts; class U and E go
 * straight to Redis. ST_NONE: no such dead job. */
must_check enum status ledger_revive(struct db *db, struct queue *q, int64_t now,
                                     const uint8_t id[16]);

/* The same for all of a kind (NULL: of any), the newest first, until `most` are back or
 * there are none but those that died since. (ledger_many.c) */
struct ledger_revival {
    const char *kind;
    int64_t now, most;
    void (*told)(int64_t revived); /* after each slice but the last; may be NULL */
    int64_t revived;               /* out */
    bool over;                     /* out: there are no more */
};
must_check enum status ledger_revive_many(struct db *db, struct queue *q,
                                          struct ledger_revival *r);

/* Handed over again: open rows that Redis has lost (no entry waiting, in flight or
 * delayed), and parked ones whose time has come. *n says how many. The argument for the
 * lost ones: ledger_reconcile.c. Running it twice at once is harmless. */
must_check enum status ledger_reconcile(struct db *db, struct queue *q,
                                        struct queue_at at, int64_t now, int *n);

/* What ledger_reconcile would bring back as lost, at most a thousand a list. Changes
 * nothing. The row is lent for the call. */
typedef void ledger_each_lost(void *arg, const struct job_row *row);
must_check enum status ledger_lost(struct db *db, struct queue *q, struct queue_at at,
                                   ledger_each_lost *fn, void *arg);

/* A person does not want this job. ST_OK: it was waiting, and will not run. ST_TAKEN: it
 * runs right now; its worker was asked to stop at its next safe point, and it may still
 * be done. ST_NONE: no such open job (classes U and E have none). who: for the history,
 * "admin:7". */
must_check enum status ledger_cancel(struct db *db, int64_t now, const uint8_t id[16],
                                     const char *who);

/* The newest that are asked for, at most room; *n. And those of before that are forgotten. */
must_check enum status ledger_wishes(struct db *db, uint8_t (*out)[16], int room,
                                     int *n);
must_check enum status ledger_wishes_forget(struct db *db, int64_t before);

/* Outside of a transaction, of a job that was asked for by ledger_cancel and stopped, or
 * came too late (outcome "cancelled", "expired"): out of job_open, into the history. */
must_check enum status ledger_drop(struct db *db, int64_t now, const struct job *j,
                                   const char *outcome, const struct ledger_run *run);

/* A job took its worker with it: the row of the history, by the worker's parent. dead:
 * it was the last time, and ledger_drain_dead will find it. */
must_check enum status ledger_crashed(struct db *db, int64_t now, const struct job *j,
                                      bool dead, const struct ledger_run *run);

/* Entries that the scripts put aside as dead, written down. */
must_check enum status ledger_drain_dead(struct db *db, struct queue *q,
                                         struct queue_at at, int64_t now, int *n);

/* Old ticks, updates and wishes (ledger_cancel), a slice a call; *n rows went. (The history of jobs goes by the
 * day: history.h.) */
must_check enum status ledger_forget(struct db *db, int64_t now, int64_t keep_days,
                                     int64_t keep_updates_days, int64_t *n);

#endif
