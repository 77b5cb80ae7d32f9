/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/scan.c - a code comes from the scanner's page: who sent it, may they, and then it
 * is a job like any other way to read a code. */
#include "api/scan.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/crew.h"
#include "core/io/db.h"
#include "core/io/queue.h"
#include "core/loyalty/code_text.h"
#include "core/staff/shift.h"
#include "core/staff/till.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PACED 256 /* people at once; the one who waited longest gives way */

struct ask {
    struct ask *next;
    struct api_scan *scan;
    struct http_req *req;
    int64_t user, now;
    char code[CODE_TEXT_BYTES];
    bool on_shift; /* out */
};

struct api_scan {
    struct api *api;
    struct crew *crew;
    struct db *db;       /* the thread's */
    struct queue *queue; /* … as well */
    struct ask *asks;    /* whose requests are held */
    struct pace {
        int64_t user, since;
        int n;
    } paced[PACED];
};

/* ---- who ------------------------------------------------------------------------ */

enum init_fault scan_who(const struct api *api, const struct http_req *req,
                         struct init_data *out)
{
    const struct init_ask ask = {.token = api->cfg.telegram_auth_bot_token,
                                 .now = loop_now(api->loop),
                                 .age_s = SCAN_AGE_S};
    const char *said = http_header(req, "Authorization");

    if (said == NULL || strncasecmp(said, "tma ", 4) != 0)
        return INIT_BROKEN;
    return init_data_check(&ask, said + 4, strlen(said + 4), out);
}

/* How long until this person may scan again, in seconds; 0: now. */
static int64_t pace_wait(struct api_scan *s, int64_t user, int64_t now)
{
    struct pace *p = &s->paced[0];

    for (int i = 0; i < PACED; i++) {
        if (s->paced[i].user == user) {
            p = &s->paced[i];
            break;
        }
        if (s->paced[i].since < p->since)
            p = &s->paced[i];
    }
    if (p->user != user || now - p->since >= MINUTE || now < p->since)
        *p = (struct pace){.user = user, .since = now};
    if (++p->n <= SCAN_PER_MINUTE)
        return 0;
    return (p->since + MINUTE - now) / SECOND + 1;
}

/* ---- answers -------------------------------------------------------------------- */

static void answer_state(struct http_req *req, const char *state)
{
    struct buf b = {0};

    buf_addf(&b, "{\"state\":\"%s\"}", state);
    if (b.failed)
        http_answer_problem(req, 500, "No memory", NULL);
    else
        http_answer(req,
                    &(struct http_answer){.status = 200,
                                          .type = "application/json",
                                          .body = b.s,
                                          .n = b.len,
                                          .headers = {{"Cache-Control", "no-store"}}});
    buf_free(&b);
}

static void answer_too_fast(struct http_req *req, int64_t seconds)
{
    static const char body[] = "{\"type\":\"about:blank\",\"title\":\"Too many codes\","
                               "\"status\":429}";
    struct buf wait = {0};

    buf_addf(&wait, "%lld", (long long)seconds);
    http_answer(req, &(struct http_answer){
                         .status = 429,
                         .type = "application/problem+json",
                         .body = body,
                         .n = sizeof(body) - 1,
                         .headers = {{"Retry-After", wait.failed ? "60" : wait.s}}});
    buf_free(&wait);
}

/* ---- the job -------------------------------------------------------------------- */

static enum status put(struct db *db, const struct ask *a)
{
    struct job_spec spec = {.kind = KIND_BOT_CODE_SCANNED, .key = a->user};

    spec.args = json_new_object();
    json_set_int(spec.args, "from", a->user);
    json_set_text(spec.args, "code", a->code);
    return job_put(db, a->now, &spec);
}

/* On a shared phone it is who entered there last. ST_NONE: nobody of ours; ST_TAKEN: a
 * shared phone at which nobody stands. */
static enum status person_find(struct db *db, int64_t user, struct staff *who)
{
    struct till till;
    enum status st = till_find(db, CHANNEL_MESSENGER, user, &till);

    if (st == ST_NONE)
        return staff_find(db, CHANNEL_MESSENGER, user, who);
    if (st == ST_OK && till.held_by == 0)
        return ST_TAKEN;
    return st == ST_OK ? staff_load(db, till.held_by, who) : st;
}

/* ST_NONE: nobody of ours; ST_REFUSED: may not. The worker asks the same once more: a
 * dismissal may come in between. */
static enum status put_work(struct db *db, void *arg)
{
    struct ask *a = arg;
    struct staff who;
    struct shift shift;
    enum status st = person_find(db, a->user, &who);

    if (st != ST_OK)
        return st;
    if (!who.active)
        return ST_NONE;
    if (!staff_may(&who, PERM_DISCOUNT_CHECK))
        return ST_REFUSED;
    st = shift_current(db, who.id, &shift);
    if (st != ST_OK && st != ST_NONE)
        return st;
    a->on_shift = st == ST_OK;
    return put(db, a);
}

static enum status work(void *arg, int hand)
{
    struct ask *a = arg;

    (void)hand;
    return db_tx(a->scan->db, put_work, a);
}

static void ask_drop(struct ask *a)
{
    struct ask **p = &a->scan->asks;

    while (*p != a)
        p = &(*p)->next;
    *p = a->next;
    free(a);
}

static void worked(void *arg, enum status st)
{
    struct ask *a = arg;

    if (st == ST_OK)
        answer_state(a->req, a->on_shift ? "sent" : "shift_closed");
    else if (st == ST_TAKEN)
        answer_state(a->req, "nobody");
    else if (st == ST_NONE || st == ST_REFUSED)
        http_answer_problem(a->req, 403, "For who checks codes here", NULL);
    else
        http_answer_problem(a->req, 503, "Try again in a moment", NULL);
    if (st != ST_OK)
        log_warn("scanned code not taken", LOG_TEXT("status", status_name(st)));
    ask_drop(a);
}

static void ask_begin(struct api_scan *s, struct http_req *req, int64_t user,
                      const char *code)
{
    struct ask *a = calloc(1, sizeof(*a));

    if (a == NULL) {
        http_answer_problem(req, 500, "No memory", NULL);
        return;
    }
    *a = (struct ask){.next = s->asks,
                      .scan = s,
                      .req = req,
                      .user = user,
                      .now = loop_now(s->api->loop)};
    memcpy(a->code, code, sizeof(a->code));
    s->asks = a;
    if (crew_do(s->crew, work, worked, a) != ST_OK)
        worked(a, ST_BROKEN);
}

/* {"text":"what the camera read"}; NULL: it is a code, else the state to answer. */
static const char *fault_of(const struct http_req *req, char code[CODE_TEXT_BYTES])
{
    static const char *const states[] = {
        [CODE_FINE] = NULL,        [CODE_EMPTY] = "not_code",
        [CODE_SHORT] = "short",    [CODE_LONG] = "not_code",
        [CODE_ALIEN] = "not_code", [CODE_MISTYPED] = "mistyped",
    };
    size_t n, text_n;
    const char *body = http_body(req, &n), *text;
    struct json *o = n <= SCAN_TEXT_BYTES ? json_parse(body, n) : NULL;
    enum code_fault fault = CODE_EMPTY;

    if ((text = json_text(o, "text", &text_n)) != NULL)
        fault = code_text_read(text, text_n, code, NULL);
    json_free(o);
    return states[fault];
}

void scan_code_post(struct api *api, struct http_req *req)
{
    char code[CODE_TEXT_BYTES] = "";
    const char *fault;
    struct init_data who;
    int64_t wait;

    /* The permission asked before; the body may have dripped for a while since. */
    if (scan_who(api, req, &who) != INIT_FINE) {
        http_answer_problem(req, 401, "Open the scanner again", NULL);
        return;
    }
    wait = pace_wait(api->scan, who.user, loop_now(api->loop));
    if (wait > 0)
        answer_too_fast(req, wait);
    else if ((fault = fault_of(req, code)) != NULL)
        answer_state(req, fault);
    else
        ask_begin(api->scan, req, who.user, code);
}

/* ---- opening -------------------------------------------------------------------- */

struct api_scan *api_scan_open(struct api *api)
{
    struct api_scan *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->api = api;
    s->db = db_open(&api->cfg);
    s->queue = queue_open(&api->cfg);
    s->crew = crew_open(api->loop, 1);
    if (s->db != NULL && s->queue != NULL && s->crew != NULL) {
        queue_bind(s->queue, s->db);
        queue_set_cause(s->queue, "api:scan", NULL);
        return s;
    }
    api_scan_close(s);
    return NULL;
}

void api_scan_close(struct api_scan *s)
{
    if (s == NULL)
        return;
    crew_close(s->crew);   /* first: it waits for what is under way */
    queue_close(s->queue); /* it tells the link goodbye */
    db_close(s->db);
    while (s->asks != NULL)
        ask_drop(s->asks);
    free(s);
}
