/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/verify.h - is the queue as it should be? Looks, never writes.
 *
 *   drift      entries appeared or vanished: the equation of the census does not hold
 *   orphan     a worker's jobs without its lease: nobody would ever give them back
 *   empty      a lease without jobs
 *   lapsed     a lease that ran out long ago and was not reaped
 *   twice      one id at two places
 *   misfiled   an entry in another list than its own, or no entry at all
 *   owner      a hot list held by somebody who is gone, or whose count is wrong
 *   lost       an open row (class D, not parked) that is nowhere in Redis
 *   late       a parked row long past its time
 *   both       a row that is open and dead
 *   shard      a row of a shard that is not there
 *   unwritten  dead entries whose row of job_dead is not written
 *   clock      MySQL, Redis and this machine disagree about the time
 *
 * One pass looks at things that move, one after the other: what it finds may be a job
 * on its way. A finding is true when the next passes, seconds later, find it again:
 * verify_keep leaves those. */
#ifndef CORE_IO_VERIFY_H
#define CORE_IO_VERIFY_H

#include "core/io/queue.h"

#define VERIFY_FOUND_MAX 1000
#define VERIFY_PASSES 3
#define VERIFY_PAUSE_MS 3000 /* between two: upkeep is done every five seconds */

enum verify_rule {
    VERIFY_DRIFT,
    VERIFY_ORPHAN,
    VERIFY_EMPTY,
    VERIFY_LAPSED,
    VERIFY_TWICE,
    VERIFY_MISFILED,
    VERIFY_OWNER,
    VERIFY_LOST,
    VERIFY_LATE,
    VERIFY_BOTH,
    VERIFY_SHARD,
    VERIFY_UNWRITTEN,
    VERIFY_CLOCK,
    VERIFY_RULES
};
const char *verify_name(enum verify_rule r);   /* "drift" … */
const char *verify_advice(enum verify_rule r); /* what to do about it, for a person */

struct finding {
    enum verify_rule rule;
    struct queue_at at; /* pool 0: of no place */
    char what[64];      /* whose: an id, a worker, a list */
    char words[160];    /* what is wrong with it */
};

struct findings {
    struct finding *found; /* sorted; yours to read */
    size_t n, cap;
    bool more;         /* there were more than VERIFY_FOUND_MAX */
    int64_t looked_at; /* entries and rows that were seen */
};

/* One pass. ST_OK, also with findings; findings_free them in any case. */
must_check enum status verify_pass(struct db *db, struct queue *q, int64_t now,
                                   struct findings *out);

/* Of kept stays what `again` found, too, in its newer words. */
void verify_keep(struct findings *kept, const struct findings *again);
void findings_free(struct findings *f);

#endif
