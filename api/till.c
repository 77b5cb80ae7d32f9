/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The till's page, its requests and sessions; the work is done in a thread. */
#include "api/till.h"

#include "api/rate.h"
#include "api/routes.h"
#include "api/till_private.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/io/crew.h"
#include "core/io/db.h"
#include "core/io/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COOKIE "till"
#define TOKEN 22
#define SESSIONS 128 /* people at once; the one who was idle longest gives way */
#define IDLE (TILL_IDLE_MINUTES * MINUTE)

#define STYLE_FILE "api/till/till.css"
__asm__(".pushsection .rodata\ntill_css_start: .incbin \"" STYLE_FILE "\"\n"
        "till_css_end: .byte 0\n.popsection");
extern const char till_css_start[], till_css_end[];

struct session {
    char token[TOKEN + 1];
    int64_t staff_id, begun, seen;
};

struct asked {
    struct asked *next;
    struct api_till *till;
    struct http_req *req;
    struct till_form form;
    struct till_ask ask;
    struct till_view view;
};

struct api_till {
    struct api *api;
    struct crew *crew;
    struct db *db;       /* the thread's */
    struct queue *queue; /* … as well */
    struct tz *tz;
    struct asked *asked; /* whose requests are held */
    struct session sessions[SESSIONS];
};

/* ---- sessions ------------------------------------------------------------------- */

/* The value of our cookie; NULL: none of the form. */
static const char *cookie(const struct http_req *req, char out[TOKEN + 1])
{
    const char *all = http_header(req, "Cookie");
    const char *at = all != NULL ? strstr(all, COOKIE "=") : NULL;

    if (at == NULL || strlen(at + strlen(COOKIE) + 1) < TOKEN)
        return NULL;
    memcpy(out, at + strlen(COOKIE) + 1, TOKEN);
    out[TOKEN] = '\0';
    return out;
}

static struct session *session_find(struct api_till *t, const struct http_req *req)
{
    char token[TOKEN + 1];
    int64_t now = loop_now(t->api->loop);

    if (cookie(req, token) == NULL)
        return NULL;
    for (int i = 0; i < SESSIONS; i++) {
        struct session *s = &t->sessions[i];

        if (s->staff_id != 0 && secret_equal(s->token, token)) {
            if (now - s->seen > IDLE) {
                *s = (struct session){0};
                return NULL;
            }
            s->seen = now;
            return s;
        }
    }
    return NULL;
}

static const struct session *session_begin(struct api_till *t, int64_t staff_id)
{
    struct session *s = &t->sessions[0];

    for (int i = 1; i < SESSIONS; i++)
        if (t->sessions[i].seen < s->seen)
            s = &t->sessions[i];
    *s = (struct session){.staff_id = staff_id, .seen = loop_now(t->api->loop)};
    s->begun = s->seen;
    secret_token22(s->token);
    return s;
}

/* Guesses count for who makes them: they shut no other till out. */
static bool too_many(struct api_till *t, const struct http_req *req)
{
    char address[HTTP_PEER_BYTES];
    const struct rate_ask ask = {
        .class = RATE_LOGIN, .address = address, .now = loop_now(t->api->loop)};

    routes_address(t->api, req, address, sizeof address);
    return !rate_take(t->api->rate, &ask).allowed;
}

/* ---- answers -------------------------------------------------------------------- */

#define POLICY                                                                         \
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "      \
    "frame-ancestors 'none'"

static void cookie_add(struct api_till *t, struct buf *out, const char *token)
{
    const char *url = t->api->cfg.public_url;
    bool https = url != NULL && strncmp(url, "https://", 8) == 0;

    buf_addf(out, COOKIE "=%s; Path=/till; HttpOnly; SameSite=Strict%s%s", token,
             https ? "; Secure" : "", token[0] == '\0' ? "; Max-Age=0" : "");
}

/* set: the cookie to set, "" to take it away, NULL to leave it. */
static void answer_page(struct api_till *t, struct http_req *req,
                        const struct till_view *v, const char *set)
{
    struct buf body = {0}, with = {0};

    till_page_add(&body, v, t->tz);
    if (set != NULL)
        cookie_add(t, &with, set);
    if (body.failed || with.failed)
        http_answer_problem(req, 500, "No memory", NULL);
    else
        http_answer(req, &(struct http_answer){
                             .status = 200,
                             .type = "text/html; charset=utf-8",
                             .body = body.s,
                             .n = body.len,
                             .headers = {{"Content-Security-Policy", POLICY},
                                         {"Cache-Control", "no-store"},
                                         {"Referrer-Policy", "no-referrer"},
                                         {"X-Content-Type-Options", "nosniff"},
                                         {set != NULL ? "Set-Cookie" : NULL, with.s}}});
    buf_free(&body);
    buf_free(&with);
}

/* ---- the work ------------------------------------------------------------------- */

static enum status in_tx(struct db *db, void *arg)
{
    struct asked *a = arg;

    return till_work(db, &a->ask, &a->view);
}

static enum status work(void *arg, int hand)
{
    struct asked *a = arg;

    (void)hand;
    return db_tx(a->till->db, in_tx, a);
}

static void asked_drop(struct asked *a)
{
    struct asked **p = &a->till->asked;

    while (*p != a)
        p = &(*p)->next;
    *p = a->next;
    free(a);
}

static void answer(struct asked *a)
{
    struct api_till *t = a->till;
    const char *set = NULL;
    struct session *old;

    if (a->view.kind == VIEW_CLOSED) {
        http_answer_problem(a->req, 404, "No such address", NULL);
        return;
    }
    if (a->form.act == TILL_LEAVE) {
        old = session_find(t, a->req);
        if (old != NULL)
            *old = (struct session){0};
        set = "";
    }
    if (a->view.staff_id != 0)
        set = session_begin(t, a->view.staff_id)->token;
    answer_page(t, a->req, &a->view, set);
}

static void worked(void *arg, enum status st)
{
    struct asked *a = arg;

    if (st == ST_OK)
        answer(a);
    else
        http_answer_problem(a->req, 503, "Try again in a moment", NULL);
    if (st != ST_OK)
        log_warn("till page failed", LOG_TEXT("status", status_name(st)));
    asked_drop(a);
}

static void begin(struct api_till *t, struct http_req *req,
                  const struct till_form *form)
{
    const struct session *who = session_find(t, req);
    struct asked *a = calloc(1, sizeof(*a));

    if (a == NULL) {
        http_answer_problem(req, 500, "No memory", NULL);
        return;
    }
    *a = (struct asked){.next = t->asked, .till = t, .req = req, .form = *form};
    a->ask = (struct till_ask){.form = &a->form,
                               .tz = t->tz,
                               .now = loop_now(t->api->loop),
                               .staff_id = who != NULL ? who->staff_id : 0,
                               .since = who != NULL ? who->begun : 0};
    t->asked = a;
    if (crew_do(t->crew, work, worked, a) != ST_OK)
        worked(a, ST_BROKEN);
}

void till_get(struct api *api, struct http_req *req)
{
    begin(api->till, req, &(struct till_form){.act = TILL_LOOK});
}

void till_post(struct api *api, struct http_req *req)
{
    struct till_form form;
    const char *site = http_header(req, "Sec-Fetch-Site");
    size_t n;
    const char *body = http_body(req, &n);

    if (!till_form_read(body, n, &form))
        http_answer_problem(req, 400, "Not a form of this page", NULL);
    else if (site != NULL && strcmp(site, "same-origin") != 0)
        http_answer_problem(req, 403, "From another site", NULL);
    else if (form.act == TILL_ENTER && too_many(api->till, req))
        http_answer_problem(req, 429, "Too many tries, wait a minute", NULL);
    else
        begin(api->till, req, &form);
}

void till_style_get(struct api *api, struct http_req *req)
{
    (void)api;
    http_answer(req,
                &(struct http_answer){.status = 200,
                                      .type = "text/css; charset=utf-8",
                                      .body = till_css_start,
                                      .n = (size_t)(till_css_end - till_css_start),
                                      .headers = {{"X-Content-Type-Options", "nosniff"},
                                                  {"Cache-Control", "no-cache"}}});
}

/* ---- opening -------------------------------------------------------------------- */

struct api_till *api_till_open(struct api *api)
{
    struct api_till *t = calloc(1, sizeof(*t));

    if (t == NULL)
        return NULL;
    t->api = api;
    t->db = db_open(&api->cfg);
    t->queue = queue_open(&api->cfg);
    t->tz = tz_open(api->cfg.timezone);
    t->crew = crew_open(api->loop, 1);
    if (t->db != NULL && t->queue != NULL && t->tz != NULL && t->crew != NULL) {
        queue_bind(t->queue, t->db);
        queue_set_cause(t->queue, "api:till", NULL);
        return t;
    }
    api_till_close(t);
    return NULL;
}

void api_till_close(struct api_till *t)
{
    if (t == NULL)
        return;
    crew_close(t->crew);   /* first: it waits for what is under way */
    queue_close(t->queue); /* it tells the link goodbye */
    db_close(t->db);
    tz_close(t->tz);
    while (t->asked != NULL)
        asked_drop(t->asked);
    free(t);
}
