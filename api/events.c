/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/events_private.h"

#include "core/base/log.h"
#include "core/base/stamp.h"
#include "core/io/crew.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PENDING_MOST (16 * 1024) /* some ten states */
#define STALL_MS 30000

struct listener {
    struct listener *next;
    struct api_events *events;
    struct http_stream *stream; /* NULL: it is gone, and so is this at the next turn */
    int64_t staff_id;
    char jti[SESSION_JTI + 1];
    unsigned parts;
    int64_t expires; /* also while the database is away */
    bool told;       /* has heard a state */
    int64_t said_ms; /* when something was sent last */
};

struct api_events {
    struct api *api;
    struct crew *crew;
    struct listener *first;
    int n;
    struct loop_timer tick;
    struct events_look *look;
    bool looking;
    struct buf known[EVENTS_PARTS]; /* as it was sent last */
    int64_t serial;                 /* of events */
};

/* ---- in a hand ------------------------------------------------------------------- */

/* GET /api/v1/events */
enum status events_get(struct call *c)
{
    enum status st = query_read(c, NULL, 0);

    c->answer.stream = st == ST_OK;
    if (st == ST_OK)
        c->answer.status = 200;
    return st;
}

/* ---- saying ---------------------------------------------------------------------- */

/* Whoever takes no more is dropped by the server, and hears of it in gone(). */
static void say(struct listener *l, const struct buf *text)
{
    l->said_ms = loop_mono_ms(l->events->api->loop);
    if (text->failed || http_stream_send(l->stream, text->s, text->len) != ST_OK)
        log_debug("a listener is too slow", LOG_INT("staff", l->staff_id));
}

static void state_print(const struct api_events *e, unsigned parts, struct buf *out)
{
    static const char *const name[EVENTS_PARTS] = {[EVENTS_TODAY] = "today",
                                                   [EVENTS_QUEUE] = "queue",
                                                   [EVENTS_ATTENTION] = "attention",
                                                   [EVENTS_BROADCASTS] = "broadcasts"};
    char at[STAMP_BYTES];

    stamp_print(loop_now(e->api->loop), at);
    buf_clear(out);
    buf_addf(out, "event: state\nid: %lld\ndata: {\"at\":\"%s\"", (long long)e->serial,
             at);
    for (int i = 0; i < EVENTS_PARTS; i++)
        if ((parts & 1u << i) && e->known[i].len > 0)
            buf_addf(out, ",\"%s\":%s", name[i], e->known[i].s);
    buf_adds(out, "}\n\n");
}

static void end(struct listener *l, const char *why)
{
    struct buf text = {0};

    buf_addf(&text, "event: end\ndata: {\"why\":\"%s\"}\n\n", why);
    say(l, &text);
    buf_free(&text);
    http_stream_end(l->stream);
    l->stream = NULL;
}

/* ---- listeners ------------------------------------------------------------------- */

/* The client has left, or reads too slowly; or the server stops. */
static void gone(void *arg)
{
    struct listener *l = arg;

    l->stream = NULL;
}

static void sweep(struct api_events *e)
{
    struct listener **p = &e->first;

    while (*p != NULL) {
        struct listener *l = *p;

        if (l->stream != NULL) {
            p = &l->next;
            continue;
        }
        *p = l->next;
        free(l);
        e->n--;
    }
}

static int count_of(const struct api_events *e, int64_t staff_id)
{
    int n = 0;

    for (const struct listener *l = e->first; l != NULL; l = l->next)
        n += l->staff_id == staff_id;
    return n;
}

static void look(void *arg);

void events_join(struct api_events *e, struct http_req *req, const struct call *c)
{
    static const struct http_stream_options shape = {
        .type = "text/event-stream",
        .headers = {{"Cache-Control", "no-store"},
                    {"X-Accel-Buffering", "no"},
                    {"X-Content-Type-Options", "nosniff"}},
        .most = PENDING_MOST,
        .stall_ms = STALL_MS,
        .closed = gone};
    struct http_stream_options o = shape;
    const char *const wait[][2] = {{"Retry-After", "10"}, {NULL, NULL}};
    struct listener *l;
    struct buf text = {0};

    sweep(e);
    if (count_of(e, c->who.staff.id) >= EVENTS_ONE_MAX) {
        routes_problem(req, PROBLEM_RATE_LIMITED, wait);
        return;
    }
    l = e->n < EVENTS_ALL_MAX ? calloc(1, sizeof *l) : NULL;
    if (l == NULL) {
        routes_problem(req, PROBLEM_UNAVAILABLE, wait);
        return;
    }
    *l = (struct listener){.next = e->first,
                           .events = e,
                           .staff_id = c->who.staff.id,
                           .expires = c->who.expires,
                           .parts = events_parts_of(c->who.staff.role)};
    snprintf(l->jti, sizeof l->jti, "%.*s", SESSION_JTI, c->who.jti);
    o.arg = l;
    l->stream = http_answer_stream(req, &o);
    if (l->stream == NULL) {
        free(l);
        return;
    }
    e->first = l;
    e->n++;
    buf_adds(&text, "retry: 3000\n\n");
    say(l, &text);
    buf_free(&text);
    loop_after(e->api->loop, &e->tick, 0, look, e);
}

/* ---- looking --------------------------------------------------------------------- */

static bool same(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->s, b->s, a->len) == 0);
}

/* Which parts are other than they were sent, as bits. */
static unsigned news(struct api_events *e)
{
    unsigned changed = 0;

    for (int i = 0; i < EVENTS_PARTS; i++) {
        const struct buf *now = &e->look->part[i];

        if (now->failed || now->len == 0 || same(now, &e->known[i]))
            continue;
        buf_clear(&e->known[i]);
        buf_add(&e->known[i], now->s, now->len);
        changed |= 1u << i;
    }
    return changed;
}

/* Who came during the look is in the next one. */
static bool is_over(const struct api_events *e, const struct listener *l)
{
    const struct events_look *k = e->look;

    if (l->expires <= loop_now(e->api->loop))
        return true;
    for (int i = 0; k->sessions_known && i < k->n; i++)
        if (strcmp(k->jti[i], l->jti) == 0)
            return !k->holds[i];
    return false;
}

static void inform(struct api_events *e, struct listener *l, unsigned changed,
                   struct buf *text)
{
    int64_t now = loop_mono_ms(e->api->loop);

    if (!l->told || (l->parts & changed) != 0) {
        state_print(e, l->parts, text);
        say(l, text);
        l->told = true;
    } else if (now - l->said_ms >= EVENTS_BEAT_MS) {
        buf_clear(text);
        buf_adds(text, ": still here\n\n");
        say(l, text);
    }
}

static void looked(void *arg, enum status st)
{
    struct api_events *e = arg;
    struct buf text = {0};
    unsigned changed;

    (void)st;
    e->looking = false;
    changed = news(e);
    e->serial += changed != 0;
    for (struct listener *l = e->first; l != NULL; l = l->next) {
        if (l->stream == NULL)
            continue;
        if (is_over(e, l))
            end(l, "session_ended");
        else
            inform(e, l, changed, &text);
    }
    buf_free(&text);
    sweep(e);
    if (e->n > 0)
        loop_after(e->api->loop, &e->tick, EVENTS_LOOK_MS, look, e);
}

/* Each session once, however many listen with it. */
static void sessions_fill(struct api_events *e)
{
    struct events_look *k = e->look;

    k->n = 0;
    for (const struct listener *l = e->first; l != NULL; l = l->next) {
        int i = 0;

        while (i < k->n && strcmp(k->jti[i], l->jti) != 0)
            i++;
        if (i < k->n || k->n == EVENTS_ALL_MAX)
            continue;
        k->holds[k->n] = true;
        memcpy(k->jti[k->n++], l->jti, sizeof k->jti[0]);
    }
}

static enum status look_work(void *arg, int hand)
{
    struct api_events *e = arg;

    (void)hand;
    events_look_run(e->look);
    return ST_OK;
}

static void look(void *arg)
{
    struct api_events *e = arg;

    sweep(e);
    if (e->looking || e->n == 0)
        return; /* looked() goes on */
    sessions_fill(e);
    e->look->now = loop_now(e->api->loop);
    e->looking = crew_do(e->crew, look_work, looked, e) == ST_OK;
    if (!e->looking)
        loop_after(e->api->loop, &e->tick, EVENTS_LOOK_MS, look, e);
}

/* ---- opening --------------------------------------------------------------------- */

struct api_events *api_events_open(struct api *api)
{
    struct api_events *e = calloc(1, sizeof *e);

    if (e == NULL)
        return NULL;
    e->api = api;
    e->look = calloc(1, sizeof *e->look);
    if (e->look != NULL && events_look_open(e->look, &api->cfg) &&
        (e->crew = crew_open(api->loop, 1)) != NULL)
        return e;
    api_events_close(e);
    return NULL;
}

void api_events_stop(struct api_events *e)
{
    for (struct listener *l = e->first; l != NULL; l = l->next)
        if (l->stream != NULL)
            end(l, "stopping");
}

void api_events_close(struct api_events *e)
{
    if (e == NULL)
        return;
    loop_cancel(&e->tick);
    crew_close(e->crew); /* waits for a look */
    for (struct listener *l = e->first; l != NULL; l = l->next)
        if (l->stream != NULL) {
            http_stream_end(l->stream);
            l->stream = NULL;
        }
    sweep(e);
    if (e->look != NULL)
        events_look_close(e->look);
    free(e->look);
    for (int i = 0; i < EVENTS_PARTS; i++)
        buf_free(&e->known[i]);
    free(e);
}
