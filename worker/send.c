/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A send child: everything that speaks to Telegram, many requests in flight on one
 * loop. MySQL and the queue are asked synchronously, as they answer within
 * milliseconds. */
#include "worker/send.h"

#include "core/base/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BELL_S 20        /* a connection that died without a word is noticed after it */
#define BELL_AWAY_MS 500 /* Redis is away */
#define LAST_CALL_MS 8000 /* of the ten seconds that the parent waits */

static const struct send_kind *const kinds[] = {
    &send_message_kind, &send_ack_kind,   &send_member_kind, &send_file_kind,
    &send_call_kind,    &send_setup_kind, &send_chunk_kind,  &send_edit_kind,
};

const struct send_kind *send_kind_find(enum kind k)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i]->kind == k)
            return kinds[i];
    return NULL;
}

/* ---- the doorbell --------------------------------------------------------------- */

static void bell_listen(void *arg);

/* One token stands for any number of jobs; lost ones are made good by the nap. */
static void on_bell(void *arg, enum status st, const struct redis_reply *r)
{
    struct send *s = arg;

    (void)r;
    if (s->stopping)
        return;
    if (st != ST_OK) {
        loop_after(s->loop, &s->ring_again, BELL_AWAY_MS, bell_listen, s);
        return;
    }
    s->rung = true;
    bell_listen(s);
}

static void bell_listen(void *arg)
{
    struct send *s = arg;
    struct redis_cmd c = {0};
    char key[QUEUE_KEY_MAX];

    queue_key(key, s->child->slot->at, "bell");
    redis_arg_text(&c, "BLPOP");
    redis_arg_text(&c, key);
    redis_arg_int(&c, BELL_S);
    redis_pipe_call(s->bell, &c, (BELL_S + 5) * 1000, on_bell, s);
    redis_cmd_free(&c);
}

/* ---- life ----------------------------------------------------------------------- */

static void on_turn(void *arg)
{
    units_turn(arg);
}

/* What is still under way now will not be answered in time. */
static void on_last_call(void *arg)
{
    struct send *s = arg;

    log_warn("requests given up at the end", LOG_INT("requests", tg_pending(s->tg)));
    tg_close(s->tg);
    s->tg = NULL;
    names_close(s->names);
    s->names = NULL;
}

static void on_stop(void *arg)
{
    struct send *s = arg;

    if (s->stopping && loop_mono_ms(s->loop) - s->stopped_ms < CHILD_SAME_STOP_MS)
        return;
    if (s->stopping)
        _Exit(1); /* the second signal leaves now: leases come back by the reaper */
    s->stopping = true;
    s->stopped_ms = loop_mono_ms(s->loop);
    alarm(CHILD_STOP_S);
    loop_after(s->loop, &s->last_call, LAST_CALL_MS, on_last_call, s);
    units_stop(s);
}

/* What broadcasts ask the stores: in threads, so that nobody's answer waits for it. */
static bool bulk_open(struct send *s)
{
    const struct config *cfg = s->child->cfg;

    for (int i = 0; i < BULK_HANDS; i++) {
        s->hand[i].db = db_open(cfg);
        s->hand[i].redis = redis_open(cfg->redis_url);
        if (s->hand[i].db == NULL || s->hand[i].redis == NULL)
            return false;
    }
    s->crew = crew_open(s->loop, BULK_HANDS);
    return s->crew != NULL;
}

static void bulk_close(struct send *s)
{
    crew_close(s->crew); /* first: it waits for what is under way */
    for (int i = 0; i < BULK_HANDS; i++) {
        db_close(s->hand[i].db);
        redis_close(s->hand[i].redis);
    }
}

/* The hook comes before the pipeline, so that what it asks leaves in the same turn. */
static bool send_open(struct send *s)
{
    const struct config *cfg = s->child->cfg;
    char key[QUEUE_KEY_MAX];

    s->loop = loop_new();
    s->db = db_open(cfg);
    s->queue = queue_open(cfg);
    s->cache = redis_open(cfg->redis_fsm_url);
    if (s->loop == NULL || s->db == NULL || s->queue == NULL || s->cache == NULL)
        return false;
    queue_bind(s->queue, s->db);
    if (loop_each_turn(s->loop, on_turn, s) != ST_OK ||
        loop_on_signal(s->loop, SIGTERM, on_stop, s) != ST_OK)
        return false;
    s->tg = tg_open(s->loop, cfg);
    queue_key(key, s->child->slot->at, "bell");
    s->bell = redis_pipe_open_at(s->loop, cfg->redis_url, key);
    s->names = s->tg != NULL ? names_learn(s->loop, s->tg, s->db) : NULL;
    return s->names != NULL && s->bell != NULL && bulk_open(s);
}

static void send_close(struct send *s)
{
    tg_close(s->tg); /* calls of names end here */
    names_close(s->names);
    redis_pipe_close(s->bell);
    bulk_close(s);
    redis_close(s->cache);
    queue_close(s->queue);
    db_close(s->db);
    loop_free(s->loop);
    free(s);
}

int send_child(struct child *c)
{
    struct send *s = calloc(1, sizeof(*s));
    bool open;

    signal(SIGINT, SIG_IGN); /* a terminal's Ctrl-C is the parent's to pass on */
    signal(SIGPIPE, SIG_IGN);
    if (s == NULL)
        return 1;
    s->child = c;
    open = send_open(s);
    if (open) {
        s->rung = true;
        bell_listen(s);
        units_turn(s);
        loop_run(s->loop);
    }
    s->stopping = true;
    send_close(s);
    return open ? 0 : 1;
}
