/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/redis_wire.h"

#include "core/base/log.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* ---- replies: struct redis_reply is hiredis' own, seen through these only -----------
 */

static const redisReply *raw(const struct redis_reply *r)
{
    return (const redisReply *)r;
}

bool redis_is_nil(const struct redis_reply *r)
{
    return r == NULL || raw(r)->type == REDIS_REPLY_NIL;
}

int64_t redis_int(const struct redis_reply *r)
{
    if (r == NULL)
        return 0;
    if (raw(r)->type == REDIS_REPLY_INTEGER)
        return raw(r)->integer;
    return raw(r)->type == REDIS_REPLY_STRING ? strtoll(raw(r)->str, NULL, 10) : 0;
}

const char *redis_text(const struct redis_reply *r, size_t *n)
{
    bool text = r != NULL && (raw(r)->type == REDIS_REPLY_STRING ||
                              raw(r)->type == REDIS_REPLY_STATUS);

    if (n != NULL)
        *n = text ? (size_t)raw(r)->len : 0;
    return text ? raw(r)->str : NULL;
}

size_t redis_count(const struct redis_reply *r)
{
    return r != NULL && raw(r)->type == REDIS_REPLY_ARRAY ? raw(r)->elements : 0;
}

const struct redis_reply *redis_item(const struct redis_reply *r, size_t i)
{
    if (i >= redis_count(r))
        return NULL;
    return (const struct redis_reply *)raw(r)->element[i];
}

void redis_free(struct redis_reply *r)
{
    if (r != NULL)
        freeReplyObject((redisReply *)r);
}

/* What an error reply asks of the caller. */
enum status redis_reply_status(const struct redis_reply *reply, const char *what)
{
    static const char *const later[] = {
        "OOM",        "MISCONF",     "READONLY", "LOADING",  "BUSY",     "MASTERDOWN",
        "NOREPLICAS", "CLUSTERDOWN", "TRYAGAIN", "NOSCRIPT", "EXECABORT"};

    const redisReply *r = raw(reply);

    if (r->type != REDIS_REPLY_ERROR)
        return ST_OK;
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (strncmp(r->str, later[i], strlen(later[i])) == 0)
            return ST_REFUSED;
    /* A script that runs into maxmemory reports OOM in the middle of its own error. */
    if (strstr(r->str, "OOM ") != NULL)
        return ST_REFUSED;
    log_error("redis refused a command", LOG_TEXT("command", what),
              LOG_TEXT("why", r->str));
    return ST_BROKEN;
}

bool redis_is_error(const struct redis_reply *r, const char *prefix)
{
    return r != NULL && raw(r)->type == REDIS_REPLY_ERROR &&
           strncmp(raw(r)->str, prefix, strlen(prefix)) == 0;
}

/* ---- the connection ------------------------------------------------------------- */

static struct timeval after_ms(int ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

static redisContext *ctx(struct wire *w)
{
    return (redisContext *)w;
}

struct wire *wire_open(const struct redis_url *u, int deadline_ms)
{
    struct timeval wait = after_ms(deadline_ms);
    redisContext *c;

    if (deadline_ms == 0)
        c = u->path ? redisConnectUnixNonBlock(u->path)
                    : redisConnectNonBlock(u->host, u->port);
    else
        c = u->path ? redisConnectUnixWithTimeout(u->path, wait)
                    : redisConnectWithTimeout(u->host, u->port, wait);
    if (c != NULL && !c->err && deadline_ms != 0)
        redisSetTimeout(c, wait);
    return (struct wire *)c;
}

void wire_close(struct wire *w)
{
    if (w != NULL)
        redisFree(ctx(w));
}

const char *wire_fault(const struct wire *w)
{
    const redisContext *c = (const redisContext *)w;

    if (c == NULL)
        return "no memory";
    return c->err ? c->errstr : NULL;
}

int wire_fd(const struct wire *w)
{
    return ((const redisContext *)w)->fd;
}

bool wire_connected(struct wire *w)
{
    int err = 0;
    socklen_t n = sizeof err;

    return getsockopt(wire_fd(w), SOL_SOCKET, SO_ERROR, &err, &n) == 0 && err == 0;
}

bool wire_still_open(struct wire *w)
{
    char c;
    ssize_t n = recv(wire_fd(w), &c, 1, MSG_PEEK | MSG_DONTWAIT);

    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void wire_deadline(struct wire *w, int ms)
{
    redisSetTimeout(ctx(w), after_ms(ms));
}

struct redis_reply *wire_ask(struct wire *w, const struct redis_cmd *c)
{
    return redisCommandArgv(ctx(w), c->argc, c->argv, c->len);
}

bool wire_append(struct wire *w, const struct redis_cmd *c)
{
    return redisAppendCommandArgv(ctx(w), c->argc, c->argv, c->len) == REDIS_OK;
}

enum status wire_flush(struct wire *w)
{
    int done = 0;

    if (redisBufferWrite(ctx(w), &done) != REDIS_OK)
        return ST_UNSURE;
    return done ? ST_OK : ST_AGAIN;
}

enum status wire_fill(struct wire *w)
{
    return redisBufferRead(ctx(w)) == REDIS_OK ? ST_OK : ST_UNSURE;
}

enum status wire_next(struct wire *w, struct redis_reply **out)
{
    void *reply = NULL;

    *out = NULL;
    if (redisGetReplyFromReader(ctx(w), &reply) != REDIS_OK)
        return ST_UNSURE;
    *out = reply;
    return reply != NULL ? ST_OK : ST_NONE;
}
