/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The pipeline: what is asked during one turn of the loop is appended to one buffer and
 * leaves in one write at the turn's end; replies come back in order, so the calls under
 * way are a queue. With appendfsync always this is what makes one fsync serve a whole
 * turn. */
#include "core/io/redis.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/redis_wire.h"

#include <stdio.h>
#include <stdlib.h>

#define RETRY_MS 250
#define WATCH_MS 250
#define SCRIPTS_MAX 8

enum pipe_state { PIPE_DOWN, PIPE_CONNECTING, PIPE_READY };

struct call {
    struct call *next;
    int64_t due_ms; /* 0: waits for ever */
    redis_done *done;
    void *arg;
};

/* A list of calls; `end` is where the next one goes. */
struct calls {
    struct call *first, **end;
};

struct redis_pipe {
    struct loop *loop;
    struct redis_url url;
    struct wire *wire;
    enum pipe_state state;
    unsigned watched;
    struct calls sent;   /* in the order of their commands */
    struct calls failed; /* refused at once; told at the end of the turn */
    struct redis_script *loaded[SCRIPTS_MAX]; /* known to this connection */
    struct loop_timer retry, watch;
    int64_t complained_ms;
    bool answered, closing, spoilt;
};

static void push(struct calls *list, struct call *c)
{
    c->next = NULL;
    *list->end = c;
    list->end = &c->next;
}

static struct call *shift(struct calls *list)
{
    struct call *c = list->first;

    if (c != NULL && (list->first = c->next) == NULL)
        list->end = &list->first;
    return c;
}

static void finish(struct call *c, enum status st, const struct redis_reply *r)
{
    if (c->done != NULL)
        c->done(c->arg, st, r);
    free(c);
}

static void end_all(struct calls *list, enum status st)
{
    struct call *c;

    while ((c = shift(list)) != NULL)
        finish(c, st, NULL);
}

static void pipe_connect(void *arg);
static void on_ready(void *arg, int fd, unsigned events);

static void go_down(struct redis_pipe *p, const char *why)
{
    int64_t now = clock_mono_ms();

    if (p->complained_ms == 0 || now - p->complained_ms >= 5000) {
        p->complained_ms = now;
        log_error("redis cannot be reached; trying again", LOG_TEXT("why", why));
    }
    if (p->wire != NULL && p->watched != 0)
        loop_forget(p->loop, wire_fd(p->wire));
    p->watched = 0;
    wire_close(p->wire);
    p->wire = NULL;
    p->state = PIPE_DOWN;
    p->answered = false;
    for (int i = 0; i < SCRIPTS_MAX; i++)
        p->loaded[i] = NULL;
    end_all(&p->sent, ST_UNSURE);
    if (!p->closing)
        loop_after(p->loop, &p->retry, RETRY_MS, pipe_connect, p);
}

static void want(struct redis_pipe *p, unsigned events)
{
    if (p->watched == events)
        return;
    if (loop_watch(p->loop, wire_fd(p->wire), events, on_ready, p) != ST_OK)
        go_down(p, "the loop cannot watch its descriptor");
    else
        p->watched = events;
}

/* What stands behind a command that could not be put may depend on it (MULTI): the turn
 * is not written at all, and the connection begins anew. */
static void append(struct redis_pipe *p, const struct redis_cmd *cmd, struct call *c)
{
    if (p->state == PIPE_READY && !cmd->failed && wire_append(p->wire, cmd)) {
        push(&p->sent, c);
        return;
    }
    p->spoilt |= p->state == PIPE_READY;
    push(&p->failed, c);
}

static struct call *call_new(int deadline_ms, redis_done *done, void *arg)
{
    struct call *c = calloc(1, sizeof *c);

    if (c == NULL)
        return NULL;
    c->due_ms = deadline_ms > 0 ? clock_mono_ms() + deadline_ms : 0;
    c->done = done;
    c->arg = arg;
    return c;
}

/* AUTH and SELECT: a refusal is in the log, and each later command fails by itself. */
static void greet(struct redis_pipe *p, const char *verb, const char *arg)
{
    struct redis_cmd cmd = {0};
    struct call *c = call_new(REDIS_DEADLINE_MS, NULL, NULL);

    redis_arg_text(&cmd, verb);
    redis_arg_text(&cmd, arg);
    if (c != NULL)
        append(p, &cmd, c);
    redis_cmd_free(&cmd);
}

static void on_connected(struct redis_pipe *p)
{
    char db[16];

    if (!wire_connected(p->wire)) {
        go_down(p, "connection refused");
        return;
    }
    p->state = PIPE_READY;
    if (p->complained_ms != 0)
        log_info("redis is back");
    p->complained_ms = 0;
    if (p->url.password != NULL)
        greet(p, "AUTH", p->url.password);
    snprintf(db, sizeof db, "%d", p->url.db);
    greet(p, "SELECT", db);
}

static void take_replies(struct redis_pipe *p)
{
    struct redis_reply *reply;
    enum status st = wire_fill(p->wire);
    struct call *c;

    while (st == ST_OK && (st = wire_next(p->wire, &reply)) == ST_OK) {
        if ((c = shift(&p->sent)) == NULL) {
            redis_free(reply);
            st = ST_UNSURE;
            break;
        }
        p->answered = true;
        if (redis_is_error(reply, "NOSCRIPT")) /* SCRIPT FLUSH: teach them again */
            for (int i = 0; i < SCRIPTS_MAX; i++)
                p->loaded[i] = NULL;
        finish(c, redis_reply_status(reply, "of the pipeline"), reply);
        redis_free(reply);
    }
    if (st == ST_UNSURE)
        go_down(p,
                wire_fault(p->wire) ? wire_fault(p->wire) : "it closed the connection");
}

static void on_ready(void *arg, int fd, unsigned events)
{
    struct redis_pipe *p = arg;

    (void)fd;
    if (p->state == PIPE_CONNECTING)
        on_connected(p);
    else if (events & LOOP_READ)
        take_replies(p);
}

static void pipe_connect(void *arg)
{
    struct redis_pipe *p = arg;

    p->wire = wire_open(&p->url, 0);
    if (wire_fault(p->wire) != NULL) {
        go_down(p, wire_fault(p->wire));
        return;
    }
    p->state = PIPE_CONNECTING;
    want(p, LOOP_WRITE);
}

/* The end of a turn: one write for all that was asked, and the refusals. */
static void on_turn(void *arg)
{
    struct redis_pipe *p = arg;
    enum status st;

    if (p->spoilt) {
        p->spoilt = false;
        go_down(p, "no memory for a command");
    }
    if (p->state == PIPE_READY) {
        st = wire_flush(p->wire);
        if (st == ST_UNSURE)
            go_down(p, wire_fault(p->wire));
        else
            want(p, st == ST_AGAIN ? LOOP_READ | LOOP_WRITE : LOOP_READ);
    }
    end_all(&p->failed, ST_DOWN);
}

/* A reply that does not come in time ends the connection: behind it nothing is sure. */
static void on_watch(void *arg)
{
    struct redis_pipe *p = arg;

    if (p->sent.first != NULL && p->sent.first->due_ms != 0 &&
        p->sent.first->due_ms < loop_mono_ms(p->loop))
        go_down(p, "no answer in time");
    loop_after(p->loop, &p->watch, WATCH_MS, on_watch, p);
}

struct redis_pipe *redis_pipe_open(struct loop *loop, const char *url)
{
    struct redis_pipe *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    p->loop = loop;
    p->sent.end = &p->sent.first;
    p->failed.end = &p->failed.first;
    if (redis_url_parse(url, &p->url) != ST_OK ||
        loop_each_turn(loop, on_turn, p) != ST_OK) {
        redis_url_free(&p->url);
        free(p);
        return NULL;
    }
    loop_after(loop, &p->watch, WATCH_MS, on_watch, p);
    pipe_connect(p);
    return p;
}

/* The loop must not run again: the turn's hook stays registered. */
void redis_pipe_close(struct redis_pipe *p)
{
    if (p == NULL)
        return;
    p->closing = true;
    loop_cancel(&p->retry);
    loop_cancel(&p->watch);
    if (p->wire != NULL && p->watched != 0)
        loop_forget(p->loop, wire_fd(p->wire));
    wire_close(p->wire);
    end_all(&p->sent, ST_UNSURE);
    end_all(&p->failed, ST_DOWN);
    redis_url_free(&p->url);
    free(p);
}

void redis_pipe_call(struct redis_pipe *p, struct redis_cmd *cmd, int deadline_ms,
                     redis_done *done, void *arg)
{
    struct call *c = call_new(deadline_ms, done, arg);

    if (c != NULL) {
        append(p, cmd, c);
        return;
    }
    p->spoilt |= p->state == PIPE_READY;
    if (done != NULL)
        done(arg, ST_BROKEN, NULL); /* no memory even for the promise to call back */
}

/* SCRIPT LOAD goes ahead of the first EVALSHA on a connection, in the same write. */
static void teach(struct redis_pipe *p, struct redis_script *s)
{
    struct redis_cmd cmd = {0};
    struct call *c;

    for (int i = 0; i < SCRIPTS_MAX; i++) {
        if (p->loaded[i] == s)
            return;
        if (p->loaded[i] != NULL)
            continue;
        p->loaded[i] = s;
        break;
    }
    redis_arg_text(&cmd, "SCRIPT");
    redis_arg_text(&cmd, "LOAD");
    redis_arg(&cmd, s->source, (size_t)(s->end - s->source));
    if ((c = call_new(REDIS_DEADLINE_MS, NULL, NULL)) != NULL)
        append(p, &cmd, c);
    redis_cmd_free(&cmd);
}

void redis_pipe_eval(struct redis_pipe *p, struct redis_script *s, int nkeys,
                     struct redis_cmd *cmd, int deadline_ms, redis_done *done,
                     void *arg)
{
    struct redis_cmd full = {0};

    if (p->state == PIPE_READY)
        teach(p, s);
    redis_cmd_script(&full, cmd, s, nkeys);
    redis_pipe_call(p, &full, deadline_ms, done, arg);
    redis_cmd_free(&full);
}

bool redis_pipe_up(const struct redis_pipe *p)
{
    return p->state == PIPE_READY && p->answered;
}
