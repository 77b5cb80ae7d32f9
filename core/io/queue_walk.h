/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/queue_walk.h - every entry of a place of the queue, one by one.
 *
 * For who asks where a job is, or whether all is in order: `dvorik jobs`, the panel. It
 * is not one picture (queue_census is): lists are read in slices while workers go on,
 * so an entry that moves meanwhile may be seen twice or not at all. Each list of up to
 * QUEUE_WALK_SLICE entries is seen as it was at one moment. */
#ifndef CORE_IO_QUEUE_WALK_H
#define CORE_IO_QUEUE_WALK_H

#include "core/io/queue.h"

#define QUEUE_WALK_SLICE 2000

enum queue_place {
    PLACE_WAITING = 1,
    PLACE_IN_FLIGHT,
    PLACE_DELAYED,
    PLACE_DYING /* dead, its row of job_dead not yet written */
};
const char *queue_place_name(enum queue_place p);

struct queue_seen {
    enum queue_place place;
    struct queue_at at;
    int list;        /* the one it says it belongs to; -1: it is no entry */
    int found_in;    /* waiting: the list it was found in */
    const char *wid; /* in flight: who has it; else NULL. Borrowed */
    bool leased;     /* … and has a lease that says so */
    int64_t due_ms;  /* delayed: by the clock of Redis */
    uint8_t id[16];
    const char *raw; /* borrowed, as long as the call */
    size_t n;
};

/* false: that is enough. */
typedef bool queue_look(void *arg, const struct queue_seen *seen);

must_check enum status queue_walk(struct queue *q, struct queue_at at, queue_look *fn,
                                  void *arg);

/* What the entry says of itself; job_free it. ST_BAD: it is no entry. */
must_check enum status queue_seen_job(const struct queue_seen *seen, struct job *out);

/* One job by its id, wherever it is; walks over all until it is found. ST_NONE: it is
 * nowhere in Redis. */
struct queue_found {
    enum queue_place place;
    struct queue_at at;
    int list;
    int64_t due_ms;          /* delayed: by the clock of Redis */
    char wid[QUEUE_WID_MAX]; /* in flight: who has it; else "" */
    char kind[41], root[41]; /* of the entry; "" when it cannot be read */
};
must_check enum status queue_find(struct queue *q, const uint8_t id[16],
                                  struct queue_found *out);

/* Who owns which hot list: borrowed texts. */
struct queue_owner {
    int list, held;     /* held: how many of its entries the owner has */
    int64_t blocked_ms; /* until when nobody may take from it; 0 or past: free */
    const char *wid;
    bool leased; /* does the owner have a lease? */
};
typedef void queue_owned(void *arg, const struct queue_owner *o);
must_check enum status queue_owners(struct queue *q, struct queue_at at,
                                    queue_owned *fn, void *arg);

#endif
