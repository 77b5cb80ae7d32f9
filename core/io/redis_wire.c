/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/redis_wire.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/redis_resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
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

/* ---- errors --------------------------------------------------------------------- */

static const char *error_of(const struct redis_reply *r)
{
    return r != NULL && raw(r)->type == REDIS_REPLY_ERROR ? raw(r)->str : NULL;
}

const char *redis_error_text(const struct redis_reply *r)
{
    return error_of(r);
}

/* What is not here is our own fault. Where then is not THEN_NOTHING, the server has
 * done nothing of what was asked. */
static const struct trouble {
    const char *word;
    enum status st;
    enum reply_then then;
} troubles[] = {
    {"OOM", ST_REFUSED, THEN_NOTHING},      {"MISCONF", ST_REFUSED, THEN_NOTHING},
    {"BUSY", ST_REFUSED, THEN_NOTHING},     {"EXECABORT", ST_REFUSED, THEN_NOTHING},
    {"NOSCRIPT", ST_REFUSED, THEN_TEACH},   {"READONLY", ST_REFUSED, THEN_LEAVE},
    {"LOADING", ST_REFUSED, THEN_LEAVE},    {"MASTERDOWN", ST_REFUSED, THEN_LEAVE},
    {"NOREPLICAS", ST_REFUSED, THEN_LEAVE}, {"UNBLOCKED", ST_REFUSED, THEN_LEAVE},
    {"CLUSTERDOWN", ST_REFUSED, THEN_WAIT}, {"TRYAGAIN", ST_REFUSED, THEN_WAIT},
    {"MOVED", ST_DOWN, THEN_MOVED},         {"ASK", ST_DOWN, THEN_ASK},
};

/* A script that runs into maxmemory, or into a server that was made a replica, reports
 * it in the middle of an error of its own. */
static bool says(const char *error, const char *word)
{
    size_t n = strlen(word);
    const char *inside;

    if (strncmp(error, word, n) == 0 && (error[n] == ' ' || error[n] == '\0'))
        return true;
    inside = strncmp(error, "ERR ", 4) == 0 ? strstr(error, word) : NULL;
    return inside != NULL && inside[n] == ' ' && inside[-1] == '-';
}

static const struct trouble *trouble_of(const char *error)
{
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
        if (says(error, troubles[i].word))
            return &troubles[i];
    return NULL;
}

enum status redis_reply_status(const struct redis_reply *reply, const char *what)
{
    const char *error = error_of(reply);
    const struct trouble *t = error ? trouble_of(error) : NULL;

    if (error == NULL)
        return ST_OK;
    if (t != NULL)
        return t->st;
    /* As words of a script's own error. */
    if (strstr(error, "OOM ") != NULL)
        return ST_REFUSED;
    log_error("redis refused a command", LOG_TEXT("command", what),
              LOG_TEXT("why", error));
    return ST_BROKEN;
}

/* "MOVED 3999 127.0.0.1:6381", "ASK 3999 :6381" */
static bool turn_read(const char *error, struct reply_turn *out)
{
    const char *slot = strchr(error, ' ');
    const char *place = slot ? strchr(slot + 1, ' ') : NULL;

    if (place == NULL)
        return false;
    out->slot = (int)strtol(slot + 1, NULL, 10);
    place++;
    return out->slot >= 0 && out->slot < 16384 &&
           redis_place_parse(place, strcspn(place, " "), &out->to) == ST_OK;
}

void redis_reply_turn(const struct redis_reply *r, struct reply_turn *out)
{
    const char *error = error_of(r);
    const struct trouble *t = error ? trouble_of(error) : NULL;

    out->then = t ? t->then : THEN_NOTHING;
    if ((out->then == THEN_MOVED || out->then == THEN_ASK) && !turn_read(error, out))
        out->then = THEN_LEAVE;
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

static redisContext *dial(const char *address, const struct redis_place *at,
                          int64_t due_ms)
{
    int64_t left = due_ms - clock_mono_ms();
    struct timeval wait = after_ms(left > 1 ? (int)left : 1);
    redisContext *c = at->port == 0 ? redisConnectUnixWithTimeout(at->host, wait)
                                    : redisConnectWithTimeout(address, at->port, wait);

    if (c != NULL && !c->err)
        redisSetTimeout(c, wait);
    return c;
}

void redis_why(char out[REDIS_WHY], const struct redis_place *at, const char *what)
{
    char place[REDIS_PLACE_TEXT];

    redis_place_text(at, place);
    snprintf(out, REDIS_WHY, "%s (%s)", what, place);
}

/* Those that do not answer share the time, so that the last one gets some as well. */
struct wire *wire_open(const struct redis_place *at, int64_t due_ms,
                       char why[REDIS_WHY])
{
    char address[RESOLVE_MAX][RESOLVE_TEXT];
    const char *fault = "";
    int n = at->port == 0 ? 1 : redis_resolve(at->host, due_ms, address, &fault);

    if (n == 0)
        redis_why(why, at, fault);
    for (int i = 0; i < n; i++) {
        int64_t now = clock_mono_ms(), share = (due_ms - now) / (n - i);
        redisContext *c = dial(address[i], at, now + share);

        if (c != NULL && !c->err)
            return (struct wire *)c;
        redis_why(why, at, wire_fault((struct wire *)c));
        wire_close((struct wire *)c);
    }
    return NULL;
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
    if (c->err && strcmp(c->errstr, strerror(EAGAIN)) == 0)
        return "no answer in time";
    return c->err ? c->errstr : NULL;
}

int wire_fd(const struct wire *w)
{
    return ((const redisContext *)w)->fd;
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

struct redis_reply *wire_words(struct wire *w, ...)
{
    const char *word[8];
    va_list ap;
    int n = 0;

    va_start(ap, w);
    while (n < 8 && (word[n] = va_arg(ap, const char *)) != NULL)
        n++;
    va_end(ap);
    return redisCommandArgv(ctx(w), n, word, NULL);
}

bool wire_send(struct wire *w)
{
    int done = 0;

    while (!done)
        if (redisBufferWrite(ctx(w), &done) != REDIS_OK)
            return false;
    return true;
}

struct redis_reply *wire_take(struct wire *w)
{
    void *reply = NULL;

    return redisGetReply(ctx(w), &reply) == REDIS_OK ? reply : NULL;
}

bool wire_peer(const struct wire *w, struct redis_place *at)
{
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    char port[8];

    if (getpeername(wire_fd(w), (struct sockaddr *)&a, &n) != 0 ||
        (a.ss_family != AF_INET && a.ss_family != AF_INET6) ||
        getnameinfo((struct sockaddr *)&a, n, at->host, sizeof at->host, port,
                    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return false;
    at->port = (int)strtol(port, NULL, 10);
    return true;
}

bool wire_unblock(struct wire *w)
{
    int flags = fcntl(wire_fd(w), F_GETFL);

    ctx(w)->flags &= ~REDIS_BLOCK;
    return flags >= 0 && fcntl(wire_fd(w), F_SETFL, flags | O_NONBLOCK) == 0;
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
