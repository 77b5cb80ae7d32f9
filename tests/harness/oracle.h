/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/oracle.h - did each job have its effect, and only once? A job test.note
 * adds a point to one of 64 accounts and notes its own id; at the end points, notes and
 * jobs are counted against one another. */
#ifndef TESTS_HARNESS_ORACLE_H
#define TESTS_HARNESS_ORACLE_H

#include "core/io/ledger.h"

struct oracle {
    struct config *cfg;
    struct db *db;
    struct queue *queue;
    int64_t jobs; /* put so far */
};

/* What a job is to be like; zeroed: a test.note to some account. */
struct oracle_job {
    enum kind kind; /* test.note, test.hasty, test.hot, test.low, test.bulk */
    int64_t key;    /* of hot and bulk; 0: another one for each job */
    int account;    /* 1 … 63; 0: another one for each job */
    bool spread;    /* … on sixteen rows, so that they do not wait for one another */
    int ms;         /* how long its step takes */
    int pad;        /* so many bytes more for the stores to hold; 900 at most */
    const char *deed; /* worker/trial.c; NULL: none */
};

void oracle_open(struct oracle *o, struct config *cfg); /* makes the tables */
void oracle_close(struct oracle *o);

/* In the world's own place, told to the programs to come: so many logic children. */
void oracle_stage(struct oracle *o, int children);

int64_t oracle_number(struct oracle *o, const char *sql); /* its one answer */

/* Puts n jobs, each in a transaction with its neighbours. */
void oracle_put(struct oracle *o, int n);

void oracle_put_as(struct oracle *o, const struct oracle_job *like, int n);

/* As above while MySQL may be away: false when one of the transactions failed, or may
 * have. oracle_recount then asks MySQL how many jobs there are; to be called when it is
 * back, before anything is checked. */
bool oracle_try(struct oracle *o, int n);
void oracle_recount(struct oracle *o);

/* As above, without handing them over: as if we had died after the commit. */
void oracle_put_silently(struct oracle *o, int n);

/* Until n more jobs have had their effect, or all; or until no job is open: ms at most.
 * Dead ones are revived meanwhile, as an operator would (who kills at random kills one
 * job three times sooner or later). */
bool oracle_progress(struct oracle *o, int64_t n, int ms);
bool oracle_drained(struct oracle *o, int ms);

/* Fails the test unless points = notes = jobs, each note is single, and Redis holds
 * nothing but counters. */
void oracle_check(struct oracle *o);

/* How many jobs had their effect by now; -1: the database is away. */
int64_t oracle_done(struct oracle *o);
int64_t oracle_points(struct oracle *o, int account);

/* The p-th of a hundred of the times from Redis' taking a job to its step, in ms; of
 * the jobs of that kind. */
int64_t oracle_waited(struct oracle *o, enum kind kind, int p);

#endif
