/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/redis.h - Redis: commands with a deadline, scripts, and a pipeline for loops.
 *
 * URLs (core/base/redis_url.h): one server, the master that Sentinels name, a Cluster.
 * Sentinels are asked at each connection, and who is not a master is sent nothing; in a
 * Cluster a command goes to the master of its key's slot (EVALSHA: of the first of its
 * keys; without a key, to any), MOVED and ASK are followed within the deadline.
 *
 * Statuses: ST_OK the reply is in *out (yours, redis_free); ST_DOWN no connection, or a
 * slot that has moved: nothing was done; ST_UNSURE the request was sent and its answer
 * lost or late (the connection is dropped); ST_REFUSED Redis is out of memory or may
 * not write (OOM, MISCONF, READONLY, LOADING, CLUSTERDOWN …): nothing was done, try
 * later; where another server may be the right one by now, the next call looks for it;
 * ST_BROKEN an error reply of ours, logged.
 */
#ifndef CORE_IO_REDIS_H
#define CORE_IO_REDIS_H

#include "core/base/status.h"
#include "core/io/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- a command, built argument by argument; borrowed bytes must live until it is sent
 */
struct redis_cmd {
    const char **argv;
    size_t *len;
    int argc, cap;
    struct redis_own *own; /* copies made for numbers */
    bool failed;
};
void redis_arg(struct redis_cmd *c, const void *p, size_t n);
void redis_arg_text(struct redis_cmd *c, const char *s);
void redis_arg_int(struct redis_cmd *c, int64_t v); /* copied */
void redis_cmd_free(struct redis_cmd *c);

/* ---- a reply -------------------------------------------------------------------- */
struct redis_reply;
bool redis_is_nil(const struct redis_reply *r);
int64_t redis_int(const struct redis_reply *r);                 /* also of digits */
const char *redis_text(const struct redis_reply *r, size_t *n); /* lent; NULL if none */
size_t redis_count(const struct redis_reply *r);                /* of a list */
const struct redis_reply *redis_item(const struct redis_reply *r, size_t i); /* lent */
void redis_free(struct redis_reply *r);

/* ---- a script: sent by its SHA-1, loaded again when the server forgot it -------- */
struct redis_script {
    const char *name;
    const char *source, *end;
    char sha[41]; /* filled at first use */
};

/* REDIS_SCRIPT(turn, "core/io/queue/turn.lua"); the file travels in the binary. */
#define REDIS_SCRIPT(sym, path)                                                        \
    __asm__(".pushsection .rodata\n" #sym "_lua_start: .incbin \"" path "\"\n" #sym    \
            "_lua_end: .byte 0\n.popsection");                                         \
    extern const char sym##_lua_start[], sym##_lua_end[];                              \
    static struct redis_script sym = {                                                 \
        .name = #sym, .source = sym##_lua_start, .end = sym##_lua_end}

/* ---- one connection, one command at a time -------------------------------------- */
struct redis;
struct redis *redis_open(const char *url); /* no network yet; NULL: bad URL. Yours */
void redis_close(struct redis *r);
#define REDIS_DEADLINE_MS 2000
/* How many connections this process has made by now. Who sees it move may be talking to
 * another Redis, or to one that has forgotten its last second. */
int64_t redis_connections(void);
must_check enum status redis_call(struct redis *r, struct redis_cmd *c, int deadline_ms,
                                  struct redis_reply **out);
/* Short commands: redis_do(r, &out, "GET", key, NULL) */
must_check enum status redis_do(struct redis *r, struct redis_reply **out, ...)
    __attribute__((sentinel));
/* EVALSHA script nkeys keys… args…: c holds the keys, then the arguments. */
must_check enum status redis_eval(struct redis *r, struct redis_script *s, int nkeys,
                                  struct redis_cmd *c, struct redis_reply **out);

/* The same behind a sleep on the server: until something is pushed on the list `key`
 * (one element is taken off), until ms (at least 1) are over, exactly if they are less
 * than a second, or until a signal comes and stop() is true. One round trip: who is woken
 * has the script's answer. The deadline counts from the end of the sleep; where the
 * server cannot be slept at, the script runs at once. */
struct redis_bell {
    const char *key; /* on the server of the script's keys */
    int ms;
    bool (*stop)(void); /* NULL: nobody asks us to */
};
must_check enum status redis_eval_bell(struct redis *r, const struct redis_bell *b,
                                       struct redis_script *s, int nkeys,
                                       struct redis_cmd *c, struct redis_reply **out);

/* Is it (each master of a Cluster) fit to hold a queue: AOF on, noeviction? ST_REFUSED: *why says which command
 * mends it. *warn (may be set with ST_OK): appendfsync is not always. Both lent. */
must_check enum status redis_check(struct redis *r, const char **why,
                                   const char **warn);

/* ---- a pipeline on a loop: commands of one turn leave in one write -------------- */
struct redis_pipe;
typedef void redis_done(void *arg, enum status st, const struct redis_reply *r);
/* Yours; connects by itself, now and after each loss, without holding the loop up. NULL:
 * a bad URL, no memory. On a Cluster a pipe serves one slot, that of the key; without a
 * key, the slot of what is asked first. When the slot moves, what was not done ends with
 * ST_DOWN (EXEC: ST_REFUSED), nothing is done twice or in another order, and the pipe
 * follows it. */
struct redis_pipe *redis_pipe_open(struct loop *loop, const char *url);
struct redis_pipe *redis_pipe_open_at(struct loop *loop, const char *url,
                                      const char *key);
void redis_pipe_close(struct redis_pipe *p); /* pending calls end with ST_UNSURE */
/* done is called exactly once, never from inside this call. deadline_ms 0: none
 * (BLPOP). */
void redis_pipe_call(struct redis_pipe *p, struct redis_cmd *c, int deadline_ms,
                     redis_done *done, void *arg);
void redis_pipe_eval(struct redis_pipe *p, struct redis_script *s, int nkeys,
                     struct redis_cmd *c, int deadline_ms, redis_done *done, void *arg);
bool redis_pipe_up(const struct redis_pipe *p); /* the last answer came in time */

#endif
