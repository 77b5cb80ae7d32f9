/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/health.h"

#include "core/base/log.h"
#include "core/io/crew.h"
#include "core/io/db.h"

#include <stdio.h>
#include <stdlib.h>

enum part { DATABASE, REDIS, BOTS, PARTS };
static const char *const part_name[PARTS] = {"database", "redis", "bots"};

enum state { UNKNOWN, UP, DOWN };

struct waiter {
    struct waiter *next;
    struct http_req *req;
};

struct health {
    struct health_options o;
    struct crew *crew;
    struct db *db;
    enum state state[PARTS];
    int64_t told_ms[PARTS];
    bool
        asked[PARTS]; /* an answer of it is still to come, maybe from an earlier look */
    bool looking;
    struct waiter *waiters;
    struct loop_timer every, late;
};

/* ---- what is said --------------------------------------------------------------- */

static bool all_up(const struct health *h)
{
    for (int i = 0; i < PARTS; i++)
        if (h->state[i] != UP)
            return false;
    return true;
}

static void say(const struct health *h, struct http_req *req)
{
    const char *word[PARTS];
    char body[160];
    bool fine = all_up(h);
    int n;

    for (int i = 0; i < PARTS; i++)
        word[i] = h->state[i] == UP ? "ok" : "down";
    n = snprintf(body, sizeof(body),
                 "{\"status\":\"%s\",\"database\":\"%s\",\"redis\":\"%s\","
                 "\"bots\":\"%s\"}\n",
                 fine ? "ok" : "down", word[DATABASE], word[REDIS], word[BOTS]);
    http_answer(req, &(struct http_answer){.status = fine ? 200 : 503,
                                           .type = "application/json",
                                           .body = body,
                                           .n = (size_t)n,
                                           .headers = {{"Cache-Control", "no-store"}}});
}

/* Redis speaks for itself: its pipeline logs. The others once every few seconds,
 * however often somebody asks. */
static void part_set(struct health *h, enum part p, enum state to)
{
    int64_t now = loop_mono_ms(h->o.loop);
    enum state from = h->state[p];

    h->state[p] = to;
    if (p == REDIS || (from == to && to == UP))
        return;
    if (to == UP) {
        if (from == DOWN)
            log_info("healthy again", LOG_TEXT("part", part_name[p]));
        h->told_ms[p] = 0;
    } else if (h->told_ms[p] == 0 || now - h->told_ms[p] >= HEALTH_EVERY_MS - 100) {
        h->told_ms[p] = now;
        log_warn("not healthy: cannot be reached, looking again in a few seconds",
                 LOG_TEXT("part", part_name[p]));
    }
}

/* ---- looking -------------------------------------------------------------------- */

static void look_over(struct health *h)
{
    struct waiter *w = h->waiters;

    h->looking = false;
    h->waiters = NULL;
    loop_cancel(&h->late);
    while (w) {
        struct waiter *next = w->next;
        say(h, w->req);
        free(w);
        w = next;
    }
}

static void part_answered(struct health *h, enum part p, bool up)
{
    h->asked[p] = false;
    part_set(h, p, up ? UP : DOWN);
    if (h->looking && !h->asked[DATABASE] && !h->asked[REDIS])
        look_over(h);
}

static enum status database_look(void *arg, int hand)
{
    struct health *h = arg;

    (void)hand;
    return db_ping(h->db);
}

static void database_seen(void *arg, enum status st)
{
    part_answered(arg, DATABASE, st == ST_OK);
}

/* Without Redis nobody knows of bots; bots itself knows that it is there. */
static void redis_seen(void *arg, enum status st, const struct redis_reply *r)
{
    struct health *h = arg;
    bool up = st == ST_OK;

    part_set(h, BOTS, h->o.beats || (up && !redis_is_nil(r)) ? UP : DOWN);
    part_answered(h, REDIS, up);
}

/* Whose door takes updates looks by writing: a Redis that is full, or whose disk is,
 * reads well and stores nothing. SET … GET answers what was there, as GET does. */
static void redis_look(struct health *h)
{
    static const char *const reads[] = {"GET", HEALTH_LIVE_KEY};
    static const char *const writes[] = {"SET", HEALTH_LIVE_KEY,   "1",
                                         "EX",  HEALTH_BEAT_TTL_S, "GET"};
    const char *const *words = h->o.beats ? writes : reads;
    size_t n = h->o.beats ? sizeof(writes) / sizeof(writes[0])
                          : sizeof(reads) / sizeof(reads[0]);
    struct redis_cmd c = {0};

    for (size_t i = 0; i < n; i++)
        redis_arg_text(&c, words[i]);
    redis_pipe_call(h->o.pipe, &c, HEALTH_WAIT_MS, redis_seen, h);
    redis_cmd_free(&c);
}

static void too_late(void *arg)
{
    struct health *h = arg;

    if (h->asked[DATABASE])
        part_set(h, DATABASE, DOWN);
    if (h->asked[REDIS])
        part_set(h, REDIS, DOWN);
    look_over(h);
}

static void look(struct health *h)
{
    if (h->looking)
        return;
    h->looking = true;
    loop_after(h->o.loop, &h->late, HEALTH_WAIT_MS, too_late, h);
    if (!h->asked[DATABASE]) {
        h->asked[DATABASE] = crew_do(h->crew, database_look, database_seen, h) == ST_OK;
        if (!h->asked[DATABASE])
            part_set(h, DATABASE, DOWN);
    }
    if (!h->asked[REDIS]) {
        h->asked[REDIS] = true;
        redis_look(h);
    }
}

/* ---- every few seconds ---------------------------------------------------------- */

static void beaten(void *arg, enum status st, const struct redis_reply *r)
{
    (void)arg;
    (void)st;
    (void)r; /* best effort: the next beat comes soon */
}

static void beat(struct health *h)
{
    static const char *const words[] = {"SET", HEALTH_LIVE_KEY, "1", "EX",
                                        HEALTH_BEAT_TTL_S};
    struct redis_cmd c = {0};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        redis_arg_text(&c, words[i]);
    redis_pipe_call(h->o.pipe, &c, HEALTH_WAIT_MS, beaten, NULL);
    redis_cmd_free(&c);
}

static void every(void *arg)
{
    struct health *h = arg;

    if (h->o.beats)
        beat(h);
    look(h);
    loop_after(h->o.loop, &h->every, HEALTH_EVERY_MS, every, h);
}

struct health *health_open(const struct health_options *o)
{
    struct health *h = calloc(1, sizeof(*h));

    if (!h)
        return NULL;
    h->o = *o;
    h->db = db_open(o->cfg);
    h->crew = crew_open(o->loop, 1);
    if (!h->db || !h->crew) {
        health_close(h);
        return NULL;
    }
    /* A moment's grace: Redis is being connected to. */
    loop_after(o->loop, &h->every, 50, every, h);
    return h;
}

void health_close(struct health *h)
{
    if (!h)
        return;
    loop_cancel(&h->every);
    look_over(h);
    crew_close(h->crew);
    db_close(h->db);
    free(h);
}

void health_answer(struct health *h, struct http_req *req)
{
    struct waiter *w = malloc(sizeof(*w));

    if (!w) {
        http_answer_empty(req, 503);
        return;
    }
    w->req = req;
    w->next = h->waiters;
    h->waiters = w;
    look(h);
}
