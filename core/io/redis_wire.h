/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/redis_wire.h - hiredis behind a thin door: redis_wire.c is the only file that
 * includes it, redis.c (one command at a time) and redis_pipe.c (a loop's pipeline)
 * build on these. Private to core/io/redis*.c. */
#ifndef CORE_IO_REDIS_WIRE_H
#define CORE_IO_REDIS_WIRE_H

#include "core/io/redis.h"
#include "core/io/redis_url.h"

struct wire;

/* deadline_ms 0: non-blocking, connected once its descriptor is writable. NULL or a
 * wire with a fault; close either. */
struct wire *wire_open(const struct redis_url *url, int deadline_ms);
void wire_close(struct wire *w);
const char *wire_fault(const struct wire *w); /* NULL: none */
int wire_fd(const struct wire *w);

/* A non-blocking connect came through? Ask when the descriptor is writable. */
bool wire_connected(struct wire *w);

/* false: the server closed an idle connection, so nothing should be sent into it. */
bool wire_still_open(struct wire *w);

/* Blocking: one command, one reply (yours); NULL: lost, see wire_fault. */
void wire_deadline(struct wire *w, int ms);
struct redis_reply *wire_ask(struct wire *w, const struct redis_cmd *c);

/* Non-blocking: append, flush until ST_OK (ST_AGAIN: wait until writable), fill when
 * readable, take replies until ST_NONE. ST_UNSURE: broken. */
must_check bool wire_append(struct wire *w, const struct redis_cmd *c);
must_check enum status wire_flush(struct wire *w);
must_check enum status wire_fill(struct wire *w);
must_check enum status wire_next(struct wire *w, struct redis_reply **out);

/* What an error reply asks of the caller (ST_OK when it is none). what: for the log. */
enum status redis_reply_status(const struct redis_reply *reply, const char *what);
bool redis_is_error(const struct redis_reply *r, const char *prefix);

/* EVALSHA and its numbers in front of keys and arguments. Free full. */
void redis_cmd_script(struct redis_cmd *full, const struct redis_cmd *c,
                      struct redis_script *s, int nkeys);

#endif
