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

void oracle_open(struct oracle *o, struct config *cfg); /* makes the tables */
void oracle_close(struct oracle *o);

/* Puts n jobs, each in a transaction with its neighbours. */
void oracle_put(struct oracle *o, int n);

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

/* How many jobs had their effect by now. */
int64_t oracle_done(struct oracle *o);

#endif
