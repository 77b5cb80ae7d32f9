/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/redis.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/io/redis_wire.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- commands ------------------------------------------------------------------- */

struct redis_own {
    struct redis_own *next;
    char digits[24];
};

void redis_arg(struct redis_cmd *c, const void *p, size_t n)
{
    if (c->argc == c->cap && !c->failed) {
        int cap = c->cap ? c->cap * 2 : 16;
        const char **argv = realloc(c->argv, (size_t)cap * sizeof *argv);
        size_t *len = argv ? realloc(c->len, (size_t)cap * sizeof *len) : NULL;

        if (argv != NULL)
            c->argv = argv;
        if (len != NULL)
            c->len = len;
        if (argv == NULL || len == NULL)
            c->failed = true;
        else
            c->cap = cap;
    }
    if (c->failed)
        return;
    c->argv[c->argc] = p ? p : "";
    c->len[c->argc++] = p ? n : 0;
}

void redis_arg_text(struct redis_cmd *c, const char *s)
{
    redis_arg(c, s, s ? strlen(s) : 0);
}

void redis_arg_int(struct redis_cmd *c, int64_t v)
{
    struct redis_own *own = malloc(sizeof *own);

    if (own == NULL) {
        c->failed = true;
        return;
    }
    own->next = c->own;
    c->own = own;
    snprintf(own->digits, sizeof own->digits, "%lld", (long long)v);
    redis_arg_text(c, own->digits);
}

void redis_cmd_free(struct redis_cmd *c)
{
    while (c->own != NULL) {
        struct redis_own *next = c->own->next;

        free(c->own);
        c->own = next;
    }
    free(c->argv);
    free(c->len);
    *c = (struct redis_cmd){0};
}

/* EVALSHA sha nkeys … : three arguments in front of what the caller built. */
void redis_cmd_script(struct redis_cmd *full, const struct redis_cmd *c,
                      struct redis_script *s, int nkeys)
{
    if (s->sha[0] == '\0')
        secret_sha1_hex(s->source, (size_t)(s->end - s->source), s->sha);
    redis_arg_text(full, "EVALSHA");
    redis_arg_text(full, s->sha);
    redis_arg_int(full, nkeys);
    for (int i = 0; i < c->argc; i++)
        redis_arg(full, c->argv[i], c->len[i]);
    full->failed |= c->failed;
}

/* ---- one connection, one command at a time ------------------------------------------
 */

struct redis {
    struct redis_url url;
    struct wire *wire;
};

/* Of the last line about a Redis that is away; 0: it is there. One for the process, as
 * who waits for it may open a handle a second. */
static int64_t complained_ms;

struct redis *redis_open(const char *url)
{
    struct redis *r = calloc(1, sizeof *r);

    if (r != NULL && redis_url_parse(url, &r->url) != ST_OK) {
        free(r);
        return NULL;
    }
    return r;
}

static void drop(struct redis *r)
{
    wire_close(r->wire);
    r->wire = NULL;
}

void redis_close(struct redis *r)
{
    if (r == NULL)
        return;
    drop(r);
    redis_url_free(&r->url);
    free(r);
}

/* One line every few seconds, however many calls fail. */
static void complain(const char *why)
{
    int64_t now = clock_mono_ms();

    if (complained_ms != 0 && now - complained_ms < 5000)
        return;
    complained_ms = now;
    log_error("redis cannot be reached; trying again", LOG_TEXT("why", why));
}

static bool accepts(struct wire *w, const char *verb, const char *arg)
{
    struct redis_cmd c = {0};
    struct redis_reply *reply;
    bool ok;

    redis_arg_text(&c, verb);
    redis_arg_text(&c, arg);
    reply = c.failed ? NULL : wire_ask(w, &c);
    ok = reply != NULL && redis_reply_status(reply, verb) == ST_OK;
    redis_free(reply);
    redis_cmd_free(&c);
    return ok;
}

static bool greet(struct wire *w, const struct redis_url *url)
{
    char db[16];

    snprintf(db, sizeof db, "%d", url->db);
    return (url->password == NULL || accepts(w, "AUTH", url->password)) &&
           (url->db == 0 || accepts(w, "SELECT", db));
}

static enum status connect_now(struct redis *r)
{
    if (r->wire != NULL)
        return ST_OK;
    r->wire = wire_open(&r->url, REDIS_DEADLINE_MS);
    if (wire_fault(r->wire) != NULL) {
        complain(wire_fault(r->wire));
        return drop(r), ST_DOWN;
    }
    if (!greet(r->wire, &r->url)) {
        complain("it refused the password or the database number");
        return drop(r), ST_DOWN;
    }
    if (complained_ms != 0)
        log_info("redis is back");
    complained_ms = 0;
    return ST_OK;
}

enum status redis_call(struct redis *r, struct redis_cmd *c, int deadline_ms,
                       struct redis_reply **out)
{
    struct redis_reply *reply;
    enum status st;

    *out = NULL;
    if (c->failed)
        return ST_BROKEN;
    if (r->wire != NULL && !wire_still_open(r->wire))
        drop(r);
    if ((st = connect_now(r)) != ST_OK)
        return st;
    wire_deadline(r->wire, deadline_ms);
    reply = wire_ask(r->wire, c);
    if (reply == NULL) {
        complain(wire_fault(r->wire));
        return drop(r), ST_UNSURE;
    }
    st = redis_reply_status(reply, c->argv[0]);
    if (st == ST_OK) {
        *out = reply;
        return ST_OK;
    }
    if (redis_is_error(reply, "READONLY"))
        drop(r); /* a demoted primary: ask anew */
    redis_free(reply);
    return st;
}

enum status redis_do(struct redis *r, struct redis_reply **out, ...)
{
    struct redis_cmd c = {0};
    const char *s;
    enum status st;
    va_list ap;

    va_start(ap, out);
    while ((s = va_arg(ap, const char *)) != NULL)
        redis_arg_text(&c, s);
    va_end(ap);
    st = redis_call(r, &c, REDIS_DEADLINE_MS, out);
    redis_cmd_free(&c);
    return st;
}

static enum status load(struct redis *r, const struct redis_script *s)
{
    struct redis_cmd c = {0};
    struct redis_reply *reply = NULL;
    enum status st;

    redis_arg_text(&c, "SCRIPT");
    redis_arg_text(&c, "LOAD");
    redis_arg(&c, s->source, (size_t)(s->end - s->source));
    st = redis_call(r, &c, REDIS_DEADLINE_MS, &reply);
    redis_free(reply);
    redis_cmd_free(&c);
    return st;
}

enum status redis_eval(struct redis *r, struct redis_script *s, int nkeys,
                       struct redis_cmd *c, struct redis_reply **out)
{
    struct redis_cmd full = {0};
    enum status st;

    redis_cmd_script(&full, c, s, nkeys);
    st = redis_call(r, &full, REDIS_DEADLINE_MS, out);
    /* Forgotten after a restart or a failover: teach it and ask once more. A refusal
     * for another reason comes again. */
    if (st == ST_REFUSED && (st = load(r, s)) == ST_OK)
        st = redis_call(r, &full, REDIS_DEADLINE_MS, out);
    redis_cmd_free(&full);
    return st;
}

/* ---- fit to hold a queue? ------------------------------------------------------- */

static enum status config_is(struct redis *r, const char *name, const char *want,
                             bool *same)
{
    struct redis_reply *reply = NULL;
    enum status st = redis_do(r, &reply, "CONFIG", "GET", name, NULL);
    const char *value;

    if (st != ST_OK)
        return st;
    value = redis_text(redis_item(reply, 1), NULL);
    /* Some hosts forbid CONFIG: nothing to see is taken as fine, and said. */
    *same = value == NULL || strcmp(value, want) == 0;
    redis_free(reply);
    return ST_OK;
}

enum status redis_check(struct redis *r, const char **why, const char **warn)
{
    bool noeviction = false, aof = false, always = false;
    enum status st;

    *why = *warn = NULL;
    if ((st = config_is(r, "maxmemory-policy", "noeviction", &noeviction)) != ST_OK ||
        (st = config_is(r, "appendonly", "yes", &aof)) != ST_OK ||
        (st = config_is(r, "appendfsync", "always", &always)) != ST_OK)
        return st;
    if (!noeviction)
        *why = "Redis may evict keys, and jobs with them. Mend it with: "
               "redis-cli CONFIG SET maxmemory-policy noeviction (and the same line in "
               "redis.conf)";
    else if (!aof)
        *why =
            "Redis keeps no append-only file, so accepted updates would die with it. "
            "Mend it with: redis-cli CONFIG SET appendonly yes (and the same line in "
            "redis.conf)";
    if (*why != NULL)
        return ST_REFUSED;
    if (!always)
        *warn = "appendfsync is not always: a power cut may lose the last second of "
                "accepted updates";
    return ST_OK;
}
