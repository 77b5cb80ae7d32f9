/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/hands.h"

#include "api/call_run.h"
#include "api/events.h"
#include "core/base/log.h"
#include "core/io/crew.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCK_WAIT_S 3

#define CROWDS 2
#define CROWD WHO_MANY /* brief ones that a hand works on together */

struct work {
    struct work *next;
    struct work *with; /* … in its crowd, the one behind it */
    struct api_hands *hands;
    struct http_req *req;
    int64_t came_ms; /* whole: a large body takes its time */
    struct call call;
};

struct hand {
    struct db *db;
    struct queue *queue;
};

struct api_hands {
    struct api *api;
    struct crew *crew;
    struct line {
        struct work *first, **end;
    } brief, others; /* who waits */
    struct work *under_way;
    int crowds;      /* of brief ones, being worked on */
    bool crowd_last; /* begun last: the others' turn, when there are too few hands */
    int n, busy, waiting;
    struct hand hand[];
};

/* ---- what the hand needs, copied: the client may leave meanwhile ----------------- */

static bool copy(char **out, const char *text)
{
    *out = text != NULL ? strdup(text) : NULL;
    return (*out != NULL) == (text != NULL);
}

static bool said_copy(struct call_said *s, const struct http_req *req)
{
    static const struct {
        const char *name;
        size_t at;
    } headers[] = {
        {"Authorization", offsetof(struct call_said, authorization)},
        {"If-Match", offsetof(struct call_said, if_match)},
        {"Idempotency-Key", offsetof(struct call_said, idempotency_key)},
        {"Content-Type", offsetof(struct call_said, content_type)},
        {"Prefer", offsetof(struct call_said, prefer)},
        {"User-Agent", offsetof(struct call_said, agent)},
    };
    bool fine = copy(&s->path, http_path(req)) && copy(&s->query, http_query(req));

    for (size_t i = 0; fine && i < sizeof headers / sizeof *headers; i++)
        fine = copy((char **)((char *)s + headers[i].at),
                    http_header(req, headers[i].name));
    s->body = http_body(req, &s->body_n);
    return fine;
}

static void work_free(struct work *w)
{
    struct call *c = &w->call;

    free(c->said.path);
    free(c->said.query);
    free(c->said.authorization);
    free(c->said.if_match);
    free(c->said.idempotency_key);
    free(c->said.content_type);
    free(c->said.prefer);
    free(c->said.agent);
    given_free(&c->query);
    given_free(&c->body);
    answer_clear(c);
    free(w);
}

static struct work *work_new(struct api_hands *h, struct http_req *req,
                             const struct route_match *m)
{
    struct work *w = calloc(1, sizeof *w);
    struct call *c = w != NULL ? &w->call : NULL;

    if (w == NULL)
        return NULL;
    w->hands = h;
    w->req = req;
    w->came_ms = loop_mono_ms(h->api->loop);
    c->cfg = &h->api->cfg;
    c->route = m->route;
    c->rate = h->api->rate;
    c->now = loop_now(h->api->loop);
    c->tongue = tongue_of(http_header(req, "Accept-Language"));
    c->said.method = m->route->method;
    c->said.head = strcmp(http_method(req), "HEAD") == 0;
    memcpy(c->id, m->id, sizeof c->id);
    memcpy(c->key, m->key, sizeof c->key);
    snprintf(c->request_id, sizeof c->request_id, "%s", http_name(req));
    routes_address(h->api, req, c->address, sizeof c->address);
    if (said_copy(&c->said, req))
        return w;
    work_free(w);
    return NULL;
}

/* ---- answering ------------------------------------------------------------------- */

#define HEADERS_AROUND 5 /* ours, beside those of the call */

static void answer(struct api *api, struct work *w)
{
    struct call *c = &w->call;
    struct call_answer *a = &c->answer;
    struct http_answer out = {.status = a->status, .type = a->type};
    char limit[24], remaining[24], reset[24];
    int n = 0;

    if (a->stream) {
        api->answering = c->who.staff.id;
        events_join(api->events, w->req, c);
        api->answering = 0;
        return;
    }
    _Static_assert(HEADERS_AROUND + CALL_HEADERS < HTTP_HEADERS_MAX, "room for all");
    snprintf(limit, sizeof limit, "%lld", (long long)c->allowance.limit);
    snprintf(remaining, sizeof remaining, "%lld", (long long)c->allowance.remaining);
    snprintf(reset, sizeof reset, "%lld", (long long)c->allowance.reset_s);
    const char *const around[][2] = {{"Cache-Control", "no-store"},
                                     {"X-Content-Type-Options", "nosniff"},
                                     {"RateLimit-Limit", limit},
                                     {"RateLimit-Remaining", remaining},
                                     {"RateLimit-Reset", reset}};

    for (int i = 0; i < (c->allowance.limit > 0 ? 5 : 2); i++, n++)
        out.headers[n][0] = around[i][0], out.headers[n][1] = around[i][1];
    for (int i = 0; i < a->headers_n; i++) {
        if (a->headers[i].value == NULL)
            continue;
        out.headers[n][0] = a->headers[i].name;
        out.headers[n++][1] = a->headers[i].value;
    }
    out.body = a->text.s;
    out.n = a->text.len;
    if (a->text.failed)
        out = (struct http_answer){.status = 500};
    api->answering = c->who.staff.id;
    http_answer(w->req, &out);
    api->answering = 0;
}

/* ---- one after another ----------------------------------------------------------- */

static void begin(struct api_hands *h, struct work *w);

/* The first one of the line that is still wanted; NULL: nobody waits. */
static struct work *take(struct api_hands *h, struct line *line)
{
    struct work *w;

    while ((w = line->first) != NULL) {
        line->first = w->next;
        if (line->first == NULL)
            line->end = &line->first;
        h->waiting--;
        if (http_gone(w->req)) {
            http_answer_empty(w->req, 503); /* to nobody: it lets the request go */
        } else if (loop_mono_ms(h->api->loop) - w->came_ms > HANDS_PATIENCE_MS) {
            problem(&w->call, PROBLEM_UNAVAILABLE, NULL);
            answer(h->api, w);
        } else {
            return w;
        }
        work_free(w);
    }
    return NULL;
}

/* Two crowds at a time, one at the database while the loop reads and answers another:
 * whoever comes meanwhile gathers for the next, so that a question is shared by the more
 * of them the more there are. */
static void crowd_begin(struct api_hands *h)
{
    struct work *first = take(h, &h->brief), *last = first;

    for (int n = 1; n < CROWD && last != NULL; n++) {
        last->with = take(h, &h->brief);
        last = last->with;
    }
    if (first == NULL)
        return;
    h->crowds++;
    h->crowd_last = true;
    begin(h, first);
}

static bool crowd_may(const struct api_hands *h)
{
    return h->crowds < CROWDS && h->brief.first != NULL && h->busy < h->n;
}

static void next(struct api_hands *h)
{
    bool others_first = h->crowd_last && h->others.first != NULL;
    struct work *w;

    if (!others_first && crowd_may(h))
        crowd_begin(h);
    while (h->busy < h->n && (w = take(h, &h->others)) != NULL) {
        h->crowd_last = false;
        begin(h, w);
    }
    if (others_first && crowd_may(h))
        crowd_begin(h);
}

static void under_way_drop(struct api_hands *h, struct work *w)
{
    struct work **p = &h->under_way;

    while (*p != w)
        p = &(*p)->next;
    *p = w->next;
}

static void worked(void *arg, enum status st)
{
    struct work *w = arg;
    struct api_hands *h = w->hands;

    (void)st; /* the answer says it */
    h->busy--;
    if (w->call.route->brief)
        h->crowds--;
    while (w != NULL) {
        struct work *with = w->with;

        under_way_drop(h, w);
        answer(h->api, w);
        work_free(w);
        w = with;
    }
    next(h);
}

static void work_on(struct call *c, struct hand *hand)
{
    char cause[CALL_ID_BYTES + 4];

    snprintf(cause, sizeof cause, "api:%s", c->request_id);
    queue_set_cause(hand->queue, cause, NULL);
    log_request(c->request_id);
    call_run(c);
    log_request(NULL);
}

static enum status work(void *arg, int number)
{
    struct work *first = arg;
    struct hand *hand = &first->hands->hand[number];
    struct call *calls[CROWD];
    int n = 0;

    for (struct work *w = first; w != NULL; w = w->with) {
        w->call.db = hand->db;
        w->call.queue = hand->queue;
        calls[n++] = &w->call;
    }
    if (n > 1)
        who_many(calls, n);
    for (int i = 0; i < n; i++)
        work_on(calls[i], hand);
    return ST_OK;
}

static void begin(struct api_hands *h, struct work *first)
{
    h->busy++;
    for (struct work *w = first; w != NULL; w = w->with) {
        w->next = h->under_way;
        h->under_way = w;
    }
    if (crew_do(h->crew, work, worked, first) == ST_OK)
        return;
    for (struct work *w = first; w != NULL; w = w->with)
        problem(&w->call, PROBLEM_UNAVAILABLE, NULL);
    worked(first, ST_BROKEN);
}

void hands_take(struct api_hands *h, struct http_req *req, const struct route_match *m)
{
    struct work *w = h->waiting < HANDS_WAITING ? work_new(h, req, m) : NULL;
    struct line *line;

    if (w == NULL) {
        routes_problem(req, PROBLEM_UNAVAILABLE,
                       (const char *const[][2]){{"Retry-After", "1"}, {NULL, NULL}});
        return;
    }
    line = m->route->brief ? &h->brief : &h->others;
    *line->end = w;
    line->end = &w->next;
    h->waiting++;
    next(h);
}

/* ---- opening --------------------------------------------------------------------- */

static bool hand_open(struct api_hands *h, struct hand *hand)
{
    hand->db = db_open(&h->api->cfg);
    hand->queue = queue_open(&h->api->cfg);
    if (hand->db == NULL || hand->queue == NULL)
        return false;
    db_lock_wait(hand->db, LOCK_WAIT_S);
    queue_bind(hand->queue, hand->db);
    return true;
}

struct api_hands *api_hands_open(struct api *api, int n)
{
    struct api_hands *h = calloc(1, sizeof *h + (size_t)n * sizeof h->hand[0]);
    bool fine = h != NULL;

    if (h == NULL)
        return NULL;
    h->api = api;
    h->n = n;
    h->brief.end = &h->brief.first;
    h->others.end = &h->others.first;
    for (int i = 0; fine && i < n; i++)
        fine = hand_open(h, &h->hand[i]);
    if (fine && (h->crew = crew_open(api->loop, n)) != NULL)
        return h;
    api_hands_close(h);
    return NULL;
}

static void line_free(struct work **first)
{
    struct work *w;

    while ((w = *first) != NULL) {
        *first = w->next;
        work_free(w);
    }
}

void api_hands_close(struct api_hands *h)
{
    if (h == NULL)
        return;
    crew_close(h->crew); /* first: it waits for what is under way */
    for (int i = 0; i < h->n; i++) {
        queue_close(h->hand[i].queue); /* it tells the link goodbye */
        db_close(h->hand[i].db);
    }
    line_free(&h->brief.first);
    line_free(&h->others.first);
    line_free(&h->under_way);
    free(h);
}
