/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/events.h"

#include <stdlib.h>
#include <string.h>

#define WAIT_MAX_MS 60000

struct listener {
    struct listener *next;
    struct events *events;
    struct req *req;
    events_look *look; /* NULL: a stream */
    void *arg;
};

struct events {
    struct world *world;
    struct listener *streams, *waiting;
    struct loop_timer wake_timer;
    bool wake_planned;
};

struct events *events_new(struct world *w)
{
    struct events *e = calloc(1, sizeof(*e));

    if (e != NULL)
        e->world = w;
    return e;
}

static void unlink_from(struct listener **list, struct listener *l)
{
    while (*list != NULL && *list != l)
        list = &(*list)->next;
    if (*list == l)
        *list = l->next;
}

static void listener_free(struct listener *l)
{
    unlink_from(l->look != NULL ? &l->events->waiting : &l->events->streams, l);
    free(l->arg);
    free(l);
}

static void listener_gone(struct req *r, void *arg)
{
    (void)r;
    listener_free(arg);
}

void events_free(struct events *e)
{
    if (e == NULL)
        return;
    loop_cancel(&e->wake_timer);
    while (e->streams != NULL)
        listener_free(e->streams);
    while (e->waiting != NULL)
        listener_free(e->waiting);
    free(e);
}

/* ---- pages ---------------------------------------------------------------------- */

void events_stream(struct events *e, struct req *r)
{
    struct listener *l = calloc(1, sizeof(*l));

    if (l == NULL) {
        req_answer(r, &(struct answer){.code = 500});
        return;
    }
    *l = (struct listener){.next = e->streams, .events = e, .req = r};
    e->streams = l;
    req_hold(r, listener_gone, l);
    req_stream(r);
    req_stream_send(r, ": here\n\n", 8);
}

bool events_heard(const struct events *e)
{
    return e->streams != NULL;
}

void events_send(struct events *e, const struct buf *json)
{
    for (struct listener *l = e->streams; l != NULL && !json->failed; l = l->next) {
        req_stream_send(l->req, "data: ", 6);
        req_stream_send(l->req, json->s, json->len);
        req_stream_send(l->req, "\n\n", 2);
    }
}

void events_message(struct world *w, const struct bot *b, const struct chat *c,
                    const struct message *m, const char *kind)
{
    struct buf out = {0};

    events_wake(w->events);
    if (!events_heard(w->events))
        return;
    buf_addf(&out, "{\"event\":\"%s\",\"bot\":\"%s\",\"chat\":%lld,\"message\":", kind,
             c->bot != NULL ? b->key : "", (long long)c->id);
    message_json_full(w, b, c, m, &out);
    buf_addc(&out, '}');
    events_send(w->events, &out);
    buf_free(&out);
}

/* ---- tests that wait ----------------------------------------------------------------
 */

static void answer_waiting(struct listener *l, const struct buf *out)
{
    struct req *r = l->req;

    listener_free(l);
    req_json(r, 200, out);
}

static void time_up(void *arg)
{
    struct listener *l = arg;
    struct buf out = {0};

    (void)l->look(l->events->world, l->arg, &out);
    answer_waiting(l, &out);
    buf_free(&out);
}

void events_wait(struct events *e, struct req *r, int64_t wait_ms, events_look *look,
                 void *arg)
{
    struct listener *l;
    struct buf out = {0};
    bool found = look(e->world, arg, &out);

    l = found || wait_ms <= 0 ? NULL : calloc(1, sizeof(*l));
    if (l == NULL) {
        req_json(r, 200, &out);
        free(arg);
    } else {
        *l = (struct listener){e->waiting, e, r, look, arg};
        e->waiting = l;
        req_hold(r, listener_gone, l);
        loop_after(e->world->loop, &r->timer,
                   wait_ms > WAIT_MAX_MS ? WAIT_MAX_MS : wait_ms, time_up, l);
    }
    buf_free(&out);
}

static void wake_now(void *arg)
{
    struct events *e = arg;
    struct listener *l = e->waiting, *next;

    e->wake_planned = false;
    for (; l != NULL; l = next) {
        struct buf out = {0};

        next = l->next;
        if (l->look(e->world, l->arg, &out))
            answer_waiting(l, &out);
        buf_free(&out);
    }
}

/* Not at once: who wakes us may be in the middle of changing what is looked at. */
void events_wake(struct events *e)
{
    if (e->waiting == NULL || e->wake_planned)
        return;
    e->wake_planned = true;
    loop_after(e->world->loop, &e->wake_timer, 0, wake_now, e);
}
