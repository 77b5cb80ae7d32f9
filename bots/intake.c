/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "bots/intake.h"

#include "bots/intake_batch.h"
#include "bots/peek.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/io/queue.h"

#include <stdio.h>
#include <stdlib.h>

#define BATCH_BYTES (4 * 1024 * 1024)
#define KEY_MAX 64
#define TEXT_KEPT (256 * 1024)

struct flight {
    struct intake *in;
    struct items items; /* in the order of the scripts' answers */
    struct batch batch;
    struct buf text; /* what the batch points into; its memory is kept */
};

struct intake {
    struct loop *loop;
    struct redis_pipe *pipe;
    struct items waiting;
    struct item *spare; /* items are used again: a webhook takes no memory of its own */
    struct flight flights[INTAKE_FLIGHTS];
    struct intake_counts counts;
    struct guess guess;
    struct loop_timer soon;
};

static struct item *item_new(struct intake *in)
{
    struct item *it = in->spare;

    if (it == NULL)
        return malloc(sizeof(*it));
    in->spare = it->next;
    return it;
}

/* The place is given back first: done may put the next update into it. */
static void item_done(struct intake *in, struct item *it, enum status st)
{
    intake_done *done = it->done;
    void *arg = it->arg;
    int64_t *count = st == ST_OK        ? &in->counts.stored
                     : st == ST_TAKEN   ? &in->counts.twice
                     : st == ST_REFUSED ? &in->counts.full
                                        : &in->counts.failed;

    (*count)++;
    it->next = in->spare;
    in->spare = it;
    done(arg, st);
}

static enum status verdict(enum status st, const char *letters, size_t n, size_t i)
{
    static const enum status of[] = {ST_OK, ST_TAKEN, ST_REFUSED};

    if (st != ST_OK)
        return st == ST_REFUSED ? ST_DOWN : st;
    if (letters == NULL)
        return ST_OK;
    return i < n && letters[i] >= '0' && letters[i] <= '2' ? of[letters[i] - '0']
                                                           : ST_BROKEN;
}

/* letters NULL: all of them are as st says. */
static void flight_over(struct flight *f, enum status st, const char *letters, size_t n)
{
    struct items items;
    struct item *it;

    if (f->text.cap > TEXT_KEPT)
        buf_free(&f->text);
    items_move(&items, &f->items); /* the flight is free for the next batch */
    for (size_t i = 0; (it = items_take(&items)) != NULL; i++)
        item_done(f->in, it, verdict(st, letters, n, i));
}

static void sure_landed(void *arg, enum status st, const struct redis_reply *r)
{
    struct flight *f = arg;
    const char *letters = NULL;
    size_t n = 0;

    f->in->guess.mono_ms = loop_mono_ms(f->in->loop);
    if (st == ST_OK)
        st = batch_sure_answer(r, &f->in->guess, &letters, &n);
    flight_over(f, st, letters, n);
}

static void quick_landed(void *arg, enum status st, const struct redis_reply *r)
{
    struct flight *f = arg;

    f->in->guess.mono_ms = loop_mono_ms(f->in->loop);
    if (st == ST_OK)
        st = batch_quick_answer(&f->batch, r, &f->in->guess);
    if (st == ST_NONE)
        batch_send_sure(&f->batch, f->in->pipe, sure_landed, f);
    else
        flight_over(f, st, NULL, 0);
}

static void flight_send(struct flight *f)
{
    struct guess *g = &f->in->guess;

    g->mono_ms = loop_mono_ms(f->in->loop);
    batch_build(&f->batch, &f->text, &f->items, loop_now(f->in->loop), g);
    batch_send_quick(&f->batch, f->in->pipe, g, quick_landed, f);
}

static void gather(struct intake *in, struct flight *f)
{
    size_t bytes = 0;

    while (in->waiting.first && f->items.n < BATCH_MAX && bytes < BATCH_BYTES) {
        bytes += in->waiting.first->n;
        items_add(&f->items, items_take(&in->waiting));
    }
}

static struct flight *flight_free(struct intake *in)
{
    for (int i = 0; i < INTAKE_FLIGHTS; i++)
        if (in->flights[i].items.n == 0)
            return &in->flights[i];
    return NULL;
}

/* Once a turn. While all flights are under way updates gather: the longer Redis
 * takes, the more one answer of it is worth. */
static void on_turn(void *arg)
{
    struct intake *in = arg;

    struct flight *f;

    while (in->waiting.n > 0 && (f = flight_free(in)) != NULL) {
        gather(in, f);
        flight_send(f);
    }
}

/* ---- what the others see -------------------------------------------------------- */

struct intake *intake_open(struct loop *loop)
{
    struct intake *in = calloc(1, sizeof(*in));

    if (in == NULL)
        return NULL;
    in->loop = loop;
    items_clear(&in->waiting);
    for (int i = 0; i < INTAKE_FLIGHTS; i++) {
        in->flights[i].in = in;
        items_clear(&in->flights[i].items);
    }
    if (loop_each_turn(loop, on_turn, in) == ST_OK)
        return in;
    free(in);
    return NULL;
}

void intake_use(struct intake *in, struct redis_pipe *pipe)
{
    in->pipe = pipe;
}

void intake_close(struct intake *in)
{
    struct item *it;

    if (in == NULL)
        return;
    loop_cancel(&in->soon);
    while ((it = items_take(&in->waiting)) != NULL)
        item_done(in, it, ST_DOWN);
    while ((it = in->spare) != NULL) {
        in->spare = it->next;
        free(it);
    }
    for (int i = 0; i < INTAKE_FLIGHTS; i++)
        buf_free(&in->flights[i].text);
    free(in);
}

const struct intake_counts *intake_counts(const struct intake *in)
{
    return &in->counts;
}

static void counted(void *arg, enum status st, const struct redis_reply *r)
{
    (void)arg;
    (void)st;
    (void)r; /* best effort */
}

/* What cannot be run is not stored; the operator still sees that it came. */
static enum status refuse(struct intake *in, enum tg_bot bot, size_t n, enum status st)
{
    struct redis_cmd c = {0};
    char key[KEY_MAX];
    bool big = st == ST_REFUSED;

    if (big)
        in->counts.too_big++;
    else
        in->counts.malformed++;
    log_warn(big ? "update too big, dropped" : "malformed update, dropped",
             LOG_TEXT("bot", tg_bot_name(bot)), LOG_INT("bytes", (int64_t)n));
    snprintf(key, sizeof(key), "%sc", queue_prefix(POOL_LOGIC));
    redis_arg_text(&c, "HINCRBY");
    redis_arg_text(&c, key);
    redis_arg_text(&c, big ? "too_big" : "malformed");
    redis_arg_text(&c, "1");
    redis_pipe_call(in->pipe, &c, REDIS_DEADLINE_MS, counted, NULL);
    redis_cmd_free(&c);
    return st;
}

static void wake(void *arg)
{
    (void)arg; /* the turn is all that is wanted */
}

enum status intake_put(struct intake *in, enum tg_bot bot, const char *raw, size_t n,
                       intake_done *done, void *arg)
{
    struct peek p;
    struct item *it;

    if (n > QUEUE_UPDATE_MAX)
        return refuse(in, bot, n, ST_REFUSED);
    if (peek_update(raw, n, &p) != ST_OK)
        return refuse(in, bot, n, ST_BAD);
    it = item_new(in);
    if (it == NULL)
        return ST_BROKEN;
    *it = (struct item){.bot = bot,
                        .raw = raw,
                        .n = n,
                        .update_id = p.update_id,
                        .at_ms = loop_now(in->loop) / 1000,
                        .list = queue_hot_list(p.sender ? p.sender : p.update_id),
                        .done = done,
                        .arg = arg};
    items_add(&in->waiting, it);
    /* Our hook ran before the server took this: without news the loop would sleep on
     * it. */
    if (in->soon.loop == NULL && flight_free(in))
        loop_after(in->loop, &in->soon, 0, wake, NULL);
    return ST_OK;
}
