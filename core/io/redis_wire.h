/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/redis_wire.h - hiredis behind a thin door: redis_wire.c is the only file that
 * includes it, redis.c (one command at a time) and redis_pipe.c (a loop's pipeline)
 * build on these. Private to core/io/redis*.c. */
#ifndef CORE_IO_REDIS_WIRE_H
#define CORE_IO_REDIS_WIRE_H

#include "core/base/redis_url.h"
#include "core/io/redis.h"

struct wire;

/* Why something could not be reached, with its address: for the log. */
#define REDIS_WHY (REDIS_PLACE_TEXT + 160)
void redis_why(char out[REDIS_WHY], const struct redis_place *at, const char *what);

/* A connection, within the deadline (clock_mono_ms), to any of the addresses its name
 * has. NULL: nowhere, and why says it. */
struct wire *wire_open(const struct redis_place *at, int64_t due_ms,
                       char why[REDIS_WHY]);
void wire_close(struct wire *w);              /* NULL is fine */
const char *wire_fault(const struct wire *w); /* NULL: none */
int wire_fd(const struct wire *w);

/* false: the server closed an idle connection, so nothing should be sent into it. */
bool wire_still_open(struct wire *w);

/* Blocking: one command, one reply (yours); NULL: lost, see wire_fault. */
void wire_deadline(struct wire *w, int ms);
struct redis_reply *wire_ask(struct wire *w, const struct redis_cmd *c);
struct redis_reply *wire_words(struct wire *w, ...)
    __attribute__((sentinel)); /* words */
/* … in steps: what was appended leaves, and the replies are taken in its order. */
must_check bool wire_send(struct wire *w);
struct redis_reply *wire_take(struct wire *w);

/* Who is at the other end of a TCP connection, in digits. false: nobody, a socket file. */
must_check bool wire_peer(const struct wire *w, struct redis_place *at);

/* From now on non-blocking: append, flush until ST_OK (ST_AGAIN: wait until writable),
 * fill when readable, take replies until ST_NONE. ST_UNSURE: broken. */
must_check bool wire_unblock(struct wire *w);
must_check bool wire_append(struct wire *w, const struct redis_cmd *c);
must_check enum status wire_flush(struct wire *w);
must_check enum status wire_fill(struct wire *w);
must_check enum status wire_next(struct wire *w, struct redis_reply **out);

/* What an error reply asks of who asked, beside its status. */
enum reply_then {
    THEN_NOTHING,
    THEN_TEACH, /* NOSCRIPT: load it and ask again */
    THEN_LEAVE, /* this server is not the one to ask, or not now: find it anew */
    THEN_WAIT,  /* TRYAGAIN, CLUSTERDOWN: the same again in a moment */
    THEN_MOVED, /* another node has the slot: *slot, *to */
    THEN_ASK    /* another node, for this once, behind ASKING: *to */
};
struct reply_turn {
    enum reply_then then;
    int slot;
    struct redis_place to; /* an empty host: the one that answered */
};
/* Nothing was done by the server whenever `then` is not THEN_NOTHING. */
void redis_reply_turn(const struct redis_reply *r, struct reply_turn *out);

/* ST_OK when it is no error. what: for the log. */
enum status redis_reply_status(const struct redis_reply *reply, const char *what);
const char *redis_error_text(const struct redis_reply *r); /* NULL: none */

/* ---- redis_cmd.c ---------------------------------------------------------------- */

/* EVALSHA and its numbers in front of keys and arguments. Free full. */
void redis_cmd_script(struct redis_cmd *full, const struct redis_cmd *c,
                      struct redis_script *s, int nkeys);
void redis_cmd_load(struct redis_cmd *c, const struct redis_script *s);

/* The slot of a Cluster that the command is for; -1: of none. */
int redis_cmd_slot(const struct redis_cmd *c);

/* ---- redis.c -------------------------------------------------------------------- */

/* Who has to be asked when it is about each server, not about a key: one, or all
 * masters of a Cluster (0: nobody tells who they are). The command goes to one of them,
 * by its number. */
int redis_masters(struct redis *r);
must_check enum status redis_do_at(struct redis *r, int master,
                                   struct redis_reply **out, ...)
    __attribute__((sentinel));

#endif
