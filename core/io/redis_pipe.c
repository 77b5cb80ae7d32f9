/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The pipeline: what is asked during one turn of the loop is appended to one buffer and
 * leaves in one write at the turn's end; replies come back in order, so the calls under
 * way are a queue. With appendfsync always this is what makes one fsync serve a whole
 * turn. */
#include "core/io/redis.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/redis_cluster.h"
#include "core/io/redis_dial.h"

#include <stdlib.h>
#include <string.h>

#define RETRY_MS 250
#define WATCH_MS 250
#define LEAVE_MS 500 /* for what was sent to be answered */
#define MOVE_MS 10   /* two nodes may disagree for a moment */
#define SCRIPTS_MAX 8

/* LEAVING: this server is not the one any more; nothing new is asked of it, and what it
 * was asked before ends with what it answers. */
enum pipe_state { PIPE_DOWN, PIPE_DIALING, PIPE_READY, PIPE_LEAVING };

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
    struct dialer *dialer; /* NULL while it is out */
    struct dial *dial;     /* with it; NULL: nobody dials */
    struct wire *wire;
    enum pipe_state state;
    int slot;      /* of a Cluster; -1: not known yet */
    bool any_slot; /* it was not said which: the first answer tells */
    unsigned watched;
    struct calls sent;   /* in the order of their commands */
    struct calls failed; /* refused at once; told at the end of the turn */
    struct redis_script *loaded[SCRIPTS_MAX]; /* known to this connection */
    struct loop_timer retry, watch;
    int64_t complained_ms, leave_due_ms;
    int leave_for_ms;
    bool answered, closing, spoilt, away; /* away: told so in the log */
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

static void pipe_dial(void *arg);
static void on_ready(void *arg, int fd, unsigned events);

static void complain(struct redis_pipe *p, const char *why)
{
    int64_t now = clock_mono_ms();

    if (p->complained_ms != 0 && now - p->complained_ms < 5000)
        return;
    p->complained_ms = now;
    p->away = true;
    log_error("redis cannot be reached; trying again", LOG_TEXT("why", why));
}

static void hang_up(struct redis_pipe *p, int again_ms)
{
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
        loop_after(p->loop, &p->retry, again_ms, pipe_dial, p);
}

static void go_down(struct redis_pipe *p, const char *why)
{
    complain(p, why);
    if (p->dialer != NULL)
        dialer_doubt(p->dialer);
    hang_up(p, RETRY_MS);
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

/* ---- answers -------------------------------------------------------------------- */

static void forget_scripts(struct redis_pipe *p)
{
    for (int i = 0; i < SCRIPTS_MAX; i++)
        p->loaded[i] = NULL;
}

/* for_ms: until we look where to go. */
static void leave(struct redis_pipe *p, int for_ms)
{
    if (p->state != PIPE_READY)
        return;
    dialer_doubt(p->dialer);
    p->state = PIPE_LEAVING;
    p->leave_for_ms = for_ms;
    p->leave_due_ms = clock_mono_ms() + LEAVE_MS;
}

/* Whose slot was not said learns it here. */
static void moved(struct redis_pipe *p, const struct reply_turn *t)
{
    if (!dialer_of_cluster(p->dialer)) {
        complain(p, "it is a node of a Cluster: its address begins with cluster://");
        return;
    }
    if (p->any_slot)
        p->slot = t->slot;
    if (t->slot != p->slot) {
        complain(p, "a command was asked of a pipe that serves another slot");
        return;
    }
    dialer_moved(p->dialer, t->slot, &t->to);
    leave(p, MOVE_MS);
}

/* What was not done is told so by its status; here: where to go instead. A slot that is
 * on its way (ASK, TRYAGAIN) is waited for: its new node takes only what says ASKING,
 * one by one, and would put a transaction's commands into another order. */
static void mind(struct redis_pipe *p, const struct redis_reply *reply)
{
    struct reply_turn t;

    redis_reply_turn(reply, &t);
    if (t.then == THEN_TEACH) /* SCRIPT FLUSH: teach them again */
        forget_scripts(p);
    else if (t.then == THEN_MOVED)
        moved(p, &t);
    if (t.then == THEN_LEAVE) {
        complain(p, redis_error_text(reply));
        leave(p, RETRY_MS);
    }
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
        if (redis_error_text(reply) != NULL)
            mind(p, reply);
        finish(c, redis_reply_status(reply, "of the pipeline"), reply);
        redis_free(reply);
    }
    if (st == ST_UNSURE)
        go_down(p,
                wire_fault(p->wire) ? wire_fault(p->wire) : "it closed the connection");
}

static void on_ready(void *arg, int fd, unsigned events)
{
    (void)fd;
    if (events & LOOP_READ)
        take_replies(arg);
}

/* ---- connecting ----------------------------------------------------------------- */

static void on_dialed(void *arg, int fd, unsigned events)
{
    struct redis_pipe *p = arg;
    char why[REDIS_WHY];

    (void)events;
    loop_forget(p->loop, fd);
    p->wire = dial_end(p->dial, &p->dialer, why);
    p->dial = NULL;
    if (p->wire == NULL) {
        go_down(p, why);
        return;
    }
    if (p->away)
        log_info("redis is back");
    p->away = false;
    p->answered = true; /* the greeting */
    p->state = PIPE_READY;
    want(p, LOOP_READ);
}

static void pipe_dial(void *arg)
{
    struct redis_pipe *p = arg;

    if ((p->dial = dial_new(p->dialer, p->slot, REDIS_DEADLINE_MS)) == NULL) {
        go_down(p, "no memory or descriptor to connect with");
        return;
    }
    p->dialer = NULL;
    p->state = PIPE_DIALING;
    if (loop_watch(p->loop, dial_fd(p->dial), LOOP_READ, on_dialed, p) != ST_OK ||
        !dial_start(p->dial))
        on_dialed(p, dial_fd(p->dial), 0);
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
    if (p->wire != NULL) {
        st = wire_flush(p->wire);
        if (st == ST_UNSURE)
            go_down(p, wire_fault(p->wire));
        else
            want(p, st == ST_AGAIN ? LOOP_READ | LOOP_WRITE : LOOP_READ);
    }
    if (p->state == PIPE_LEAVING && p->sent.first == NULL)
        hang_up(p, p->leave_for_ms);
    end_all(&p->failed, ST_DOWN);
}

/* A reply that does not come in time ends the connection: behind it nothing is sure. */
static void on_watch(void *arg)
{
    struct redis_pipe *p = arg;
    int64_t now = loop_mono_ms(p->loop);

    if (p->sent.first != NULL && p->sent.first->due_ms != 0 &&
        p->sent.first->due_ms < now)
        go_down(p, "no answer in time");
    else if (p->state == PIPE_LEAVING && p->leave_due_ms < now)
        hang_up(p, p->leave_for_ms);
    loop_after(p->loop, &p->watch, WATCH_MS, on_watch, p);
}

/* ---- the handle ----------------------------------------------------------------- */

struct redis_pipe *redis_pipe_open_at(struct loop *loop, const char *url,
                                      const char *key)
{
    struct redis_pipe *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    p->loop = loop;
    p->sent.end = &p->sent.first;
    p->failed.end = &p->failed.first;
    p->any_slot = key == NULL;
    p->slot = key != NULL ? redis_key_slot(key, strlen(key)) : -1;
    p->dialer = dialer_new(url);
    if (p->dialer == NULL || loop_each_turn(loop, on_turn, p) != ST_OK) {
        dialer_free(p->dialer);
        free(p);
        return NULL;
    }
    loop_after(loop, &p->watch, WATCH_MS, on_watch, p);
    pipe_dial(p);
    return p;
}

struct redis_pipe *redis_pipe_open(struct loop *loop, const char *url)
{
    return redis_pipe_open_at(loop, url, NULL);
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
    if (p->dial != NULL) {
        loop_forget(p->loop, dial_fd(p->dial));
        dial_abandon(p->dial);
    }
    end_all(&p->sent, ST_UNSURE);
    end_all(&p->failed, ST_DOWN);
    dialer_free(p->dialer);
    free(p);
}

/* ---- asking --------------------------------------------------------------------- */

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
    redis_cmd_load(&cmd, s);
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
