/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * One connection (of a Cluster: one a node), one command at a time. */
#include "core/io/redis.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/redis_bell.h"
#include "core/io/redis_cluster.h"
#include "core/io/redis_dial.h"

#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

/* ---- the handle ----------------------------------------------------------------- */

struct redis {
    struct redis_url url;
    struct wire *wire;       /* of one server, or of Sentinel's master */
    struct cluster *cluster; /* or this */
    struct sleeper sleeper;
};

/* When we last said that a Redis is away, and whether we have said since that it is
 * back. Of the process, as who waits for it may open a handle a second. */
static atomic_llong complained_ms;
static atomic_bool away;

struct redis *redis_open(const char *url)
{
    struct redis *r = calloc(1, sizeof *r);
    const char *why;

    if (r == NULL)
        return NULL;
    if (redis_url_parse(url, &r->url, &why) != ST_OK)
        log_error("the address of a redis", LOG_TEXT("why", why));
    else if (r->url.kind != REDIS_CLUSTER || (r->cluster = cluster_new(&r->url)))
        return r;
    free(r);
    return NULL;
}

void redis_close(struct redis *r)
{
    if (r == NULL)
        return;
    wire_close(r->wire);
    cluster_free(r->cluster);
    sleeper_close(&r->sleeper);
    free(r);
}

/* One line every few seconds, however many calls fail. */
static void complain(const char *why)
{
    int64_t now = clock_mono_ms();

    if (complained_ms != 0 && now - complained_ms < 5000)
        return;
    complained_ms = now;
    away = true;
    log_error("redis cannot be reached; trying again", LOG_TEXT("why", why));
}

static void content(void)
{
    if (away && atomic_exchange(&away, false))
        log_info("redis is back");
}

/* ---- one call, wherever it leads ------------------------------------------------ */

#define HOPS_MAX 16
#define NAP_MIN_MS 10
#define NAP_MAX_MS 200

struct asked {
    struct redis_cmd *cmd;
    struct redis_script *script;   /* NULL: none; loaded where it is unknown */
    const struct redis_bell *bell; /* NULL: no sleep, or it is over */
    int deadline_ms;
    int64_t hops_due_ms; /* no more redirections and naps after it */
    int master;          /* of a cluster, by number; -1: by the key */
    int slot, hops, nap_ms;
    bool asking; /* at `to`, behind ASKING */
    struct redis_place to;
};

static void drop(struct redis *r, struct wire *w)
{
    if (r->cluster != NULL) {
        cluster_drop(r->cluster, w);
    } else {
        wire_close(w);
        r->wire = NULL;
    }
}

static struct wire *reach_in_cluster(struct redis *r, struct asked *a, int64_t due_ms,
                                     char why[REDIS_WHY])
{
    if (a->master >= 0)
        return cluster_master(r->cluster, a->master, due_ms, &a->to, why);
    if (a->asking)
        return cluster_reach_at(r->cluster, &a->to, due_ms, why);
    return cluster_reach(r->cluster, a->slot, due_ms, why);
}

/* NULL: nothing was sent. */
static struct wire *reach(struct redis *r, struct asked *a)
{
    char why[REDIS_WHY] = "";
    int64_t due_ms;
    struct wire *w;

    if (r->wire != NULL && wire_still_open(r->wire))
        return r->wire;
    due_ms = clock_mono_ms() + REDIS_DEADLINE_MS;
    if (r->cluster != NULL) {
        w = reach_in_cluster(r, a, due_ms, why);
    } else {
        wire_close(r->wire);
        w = r->wire = redis_reach(&r->url, due_ms, why);
    }
    if (w == NULL)
        complain(why);
    return w;
}

static struct redis_reply *ask(struct redis *r, struct wire *w, struct asked *a)
{
    const struct redis_bell *bell = a->bell;

    wire_deadline(w, a->deadline_ms);
    a->bell = NULL;
    if (bell != NULL)
        return sleeper_ask(&r->sleeper, w, &r->url, bell, a->cmd);
    if (a->asking)
        redis_free(wire_words(w, "ASKING", NULL));
    return wire_fault(w) == NULL ? wire_ask(w, a->cmd) : NULL;
}

static bool teach(struct wire *w, const struct redis_script *s)
{
    struct redis_cmd c = {0};
    struct redis_reply *r = NULL;
    bool fine;

    redis_cmd_load(&c, s);
    if (!c.failed)
        r = wire_ask(w, &c);
    fine = r != NULL && redis_error_text(r) == NULL;
    redis_free(r);
    redis_cmd_free(&c);
    return fine;
}

static bool nap(struct asked *a)
{
    if (clock_mono_ms() + a->nap_ms > a->hops_due_ms)
        return false;
    (void)poll(NULL, 0, a->nap_ms);
    a->nap_ms = a->nap_ms * 2 < NAP_MAX_MS ? a->nap_ms * 2 : NAP_MAX_MS;
    return true;
}

/* After an answer that is none: true when it may be asked again, as the server has done
 * nothing. w may be gone afterwards. */
static bool follow(struct redis *r, struct wire *w, struct asked *a,
                   struct reply_turn *t)
{
    a->asking = false;
    if (t->then == THEN_LEAVE)
        drop(r, w);
    if (t->then == THEN_LEAVE || ++a->hops > HOPS_MAX)
        return false;
    if (t->then == THEN_TEACH)
        return a->script != NULL && teach(w, a->script);
    if (r->cluster == NULL || a->master >= 0)
        return false;
    if (t->then == THEN_WAIT) {
        cluster_doubt(r->cluster);
        return nap(a);
    }
    cluster_place(r->cluster, w, &t->to);
    if (t->then == THEN_MOVED)
        cluster_moved(r->cluster, t->slot, &t->to);
    a->asking = t->then == THEN_ASK;
    a->to = t->to;
    return a->hops < 4 || nap(a); /* two nodes may disagree for a moment */
}

static enum status call(struct redis *r, struct asked *a, struct redis_reply **out)
{
    struct redis_reply *reply;
    struct reply_turn turn;
    struct wire *w;
    enum status st;

    for (;;) {
        if ((w = reach(r, a)) == NULL)
            return ST_DOWN;
        if ((reply = ask(r, w, a)) == NULL) {
            complain(wire_fault(w));
            return drop(r, w), ST_UNSURE;
        }
        redis_reply_turn(reply, &turn);
        if (turn.then == THEN_NOTHING || !follow(r, w, a, &turn))
            break;
        redis_free(reply);
    }
    if (turn.then == THEN_NOTHING)
        content();
    else
        complain(turn.then == THEN_ASK ? "a slot is on its way to another node"
                                       : redis_error_text(reply));
    st = redis_reply_status(reply, a->cmd->argv[0]);
    if (st == ST_OK)
        *out = reply;
    else
        redis_free(reply);
    return st;
}

static enum status begin(struct redis *r, struct asked *a, struct redis_reply **out)
{
    *out = NULL;
    if (a->cmd->failed)
        return ST_BROKEN;
    a->nap_ms = NAP_MIN_MS;
    if (r->cluster != NULL) {
        a->slot = redis_cmd_slot(a->cmd);
        a->hops_due_ms =
            clock_mono_ms() +
            (a->deadline_ms < REDIS_DEADLINE_MS ? a->deadline_ms : REDIS_DEADLINE_MS) +
            (a->bell != NULL ? a->bell->ms : 0);
    }
    return call(r, a, out);
}

enum status redis_call(struct redis *r, struct redis_cmd *c, int deadline_ms,
                       struct redis_reply **out)
{
    struct asked a = {.cmd = c, .deadline_ms = deadline_ms, .master = -1};

    return begin(r, &a, out);
}

static void words_add(struct redis_cmd *c, va_list ap)
{
    const char *s;

    while ((s = va_arg(ap, const char *)) != NULL)
        redis_arg_text(c, s);
}

enum status redis_do(struct redis *r, struct redis_reply **out, ...)
{
    struct redis_cmd c = {0};
    enum status st;
    va_list ap;

    va_start(ap, out);
    words_add(&c, ap);
    va_end(ap);
    st = redis_call(r, &c, REDIS_DEADLINE_MS, out);
    redis_cmd_free(&c);
    return st;
}

enum status redis_eval_bell(struct redis *r, const struct redis_bell *b,
                            struct redis_script *s, int nkeys, struct redis_cmd *c,
                            struct redis_reply **out)
{
    struct redis_cmd full = {0};
    struct asked a = {.cmd = &full,
                      .script = s,
                      .bell = b,
                      .deadline_ms = REDIS_DEADLINE_MS,
                      .master = -1};
    enum status st;

    redis_cmd_script(&full, c, s, nkeys);
    st = begin(r, &a, out);
    redis_cmd_free(&full);
    return st;
}

enum status redis_eval(struct redis *r, struct redis_script *s, int nkeys,
                       struct redis_cmd *c, struct redis_reply **out)
{
    return redis_eval_bell(r, NULL, s, nkeys, c, out);
}

/* ---- every server --------------------------------------------------------------- */

int redis_masters(struct redis *r)
{
    char why[REDIS_WHY] = "";
    int n = 1;

    if (r->cluster != NULL) {
        n = cluster_masters(r->cluster, clock_mono_ms() + REDIS_DEADLINE_MS, why);
        if (n == 0)
            complain(why);
    }
    return n;
}

enum status redis_do_at(struct redis *r, int master, struct redis_reply **out, ...)
{
    struct redis_cmd c = {0};
    struct asked a = {.cmd = &c, .deadline_ms = REDIS_DEADLINE_MS, .master = master};
    enum status st;
    va_list ap;

    va_start(ap, out);
    words_add(&c, ap);
    va_end(ap);
    st = begin(r, &a, out);
    redis_cmd_free(&c);
    return st;
}
