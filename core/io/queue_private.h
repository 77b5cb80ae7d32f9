/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/queue_private.h - what queue_put.c, queue_run.c and queue_look.c share. */
#ifndef CORE_IO_QUEUE_PRIVATE_H
#define CORE_IO_QUEUE_PRIVATE_H

#include "core/base/code.h"
#include "core/io/queue.h"

#define KEY_MAX 160

/* A job that waits for its transaction to commit. */
struct staged {
    struct staged *next;
    enum kind_pool pool;
    uint8_t id[16];
    int list;
    int64_t due;
    char *body;
    size_t body_n;
};

struct queue {
    struct redis *redis;
    struct db *db; /* bound, or NULL */
    struct staged *staged, **staged_end;
    char root[41];
    uint8_t parent[16];
    bool has_parent;
};

/* "dv:{s0}:a:" + what, printed into out. */
void queue_key(char out[KEY_MAX], enum kind_pool pool, const char *what);

/* The keys of turn and reap, in their order. keys: room for all, alive until the call.
 */
#define TURN_KEYS (7 + QUEUE_LISTS)
struct turn_keys {
    char key[TURN_KEYS][KEY_MAX];
};
void queue_turn_keys(struct turn_keys *k, struct redis_cmd *c, enum kind_pool pool,
                     const char *wid);

/* An entry's text to a job; ST_BAD: not an entry (the caller buries it). */
must_check enum status entry_read(const char *s, size_t n, struct job *out);

#endif
