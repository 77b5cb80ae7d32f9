/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/queue_private.h - what queue_put.c, queue_run.c and queue_look.c share. */
#ifndef CORE_IO_QUEUE_PRIVATE_H
#define CORE_IO_QUEUE_PRIVATE_H

#include "core/base/code.h"
#include "core/io/queue.h"

#define KEY_MAX QUEUE_KEY_MAX

/* A job that waits for its transaction to commit. */
struct staged {
    struct staged *next;
    struct queue_at at;
    uint8_t id[16];
    int list;
    int64_t due;
    char *body;
    size_t body_n;
};

/* The keys of turn and reap, in their order. They are printed once for a worker, not once
 * a turn. */
#define TURN_FIXED 7
#define TURN_KEYS (TURN_FIXED + QUEUE_LISTS)
#define TURN_SHORT_KEYS (TURN_FIXED + 2)
struct turn_keys {
    struct queue_at at;
    char wid[QUEUE_WID_MAX]; /* "": none yet */
    char key[TURN_KEYS][KEY_MAX];
    int64_t calm_at; /* monotonic ms: when hot and bulk lists were last seen empty; 0 */
};

struct queue {
    struct redis *redis;
    int shards;
    int most; /* entries a list; 0: as lane.h says */
    int calm_ms;
    /* full lists are not asked again for a moment (monotonic) */
    int64_t shut_ms[POOL_COUNT + 1][QUEUE_SHARDS_MAX][QUEUE_LISTS];
    int64_t connections[QUEUE_SHARDS_MAX]; /* redis_connections() at the last turn */
    struct turn_keys turn;                 /* of the worker that asked last */
    struct db *db;                         /* bound, or NULL */
    struct staged *staged, **staged_end;
    char root[41];
    uint8_t parent[16];
    bool has_parent;
};

#define HAND_MAX 200 /* entries a script call: under a millisecond of Redis' time */

enum queue_fit {
    QUEUE_SPILL, /* what does not fit waits in MySQL: later ones must not overtake it */
    QUEUE_REFUSE, /* … is not wanted any more */
    QUEUE_FORCE   /* fit it in: it waited, or was in before */
};
struct job_rows {
    const struct job_row *row;
    int n;
};
/* All to one place. answers (may be NULL): a letter a row, as of enqueue.lua. */
must_check enum status queue_hand(struct queue *q, struct queue_at at,
                                  enum queue_fit fit, const struct job_rows *rows,
                                  char *answers);

/* The lock of a unique job. */
void queue_lock_key(char out[KEY_MAX], struct queue_at at, const char *kind,
                    const char *idk);

/* Of list i. */
void queue_list_key(char out[KEY_MAX], struct queue_at at, int i);

/* An entry to a job; ST_BAD: not an entry, or of another form. */
must_check enum status entry_read(const char *s, size_t n, struct job *out);

#endif
