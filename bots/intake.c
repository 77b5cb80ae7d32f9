/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "bots/intake.h"

#include "bots/intake_batch.h"
#include "bots/peek.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/io/queue.h"

#include <stdio.h>
#include <stdlib.h>

REDIS_SCRIPT(intake, "core/io/queue/intake.lua");

#define BATCH_BYTES (4 * 1024 * 1024)
#define KEY_MAX 64
#define TEXT_KEPT (256 * 1024)

struct flight {
    struct intake *in;
    struct items items; /* in the order of the script's answer */
    struct buf text;    /* what the arguments point into; its memory is kept */
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

static void flight_landed(void *arg, enum status st, const struct redis_reply *r);

static void flight_send(struct flight *f)
{
    static struct batch b; /* big; nothing else runs meanwhile */
    struct redis_cmd c = {0};

    crash_point("intake.gathered");
    f->in->guess.mono_ms = loop_mono_ms(f->in->loop);
    batch_build(&b, &f->text, &f->items, loop_now(f->in->loop), &f->in->guess);
    for (int i = 0; !f->text.failed && i < b.n_keys; i++)
        redis_arg(&c, f->text.s + b.keys[i].from, b.keys[i].n);
    for (int i = 0; !f->text.failed && i < b.n_args; i++)
        redis_arg(&c, f->text.s + b.args[i].from, b.args[i].n);
    c.failed |= f->text.failed;
    redis_pipe_eval(f->in->pipe, &intake, b.n_keys, &c, REDIS_DEADLINE_MS,
                    flight_landed, f);
    redis_cmd_free(&c);
    if (f->text.cap > TEXT_KEPT)
        buf_free(&f->text);
}

static enum status verdict(enum status st, const char *letters, size_t n, size_t i)
{
    static const enum status of[] = {ST_OK, ST_TAKEN, ST_REFUSED};

    if (st != ST_OK)
        return st == ST_REFUSED ? ST_DOWN : st;
    return letters && i < n && letters[i] >= '0' && letters[i] <= '2'
               ? of[letters[i] - '0']
               : ST_BROKEN;
}

static void flight_landed(void *arg, enum status st, const struct redis_reply *r)
{
    struct flight *f = arg;
    struct items items;
    size_t n = 0;
    const char *letters = st == ST_OK ? redis_text(r, &n) : NULL;
    struct item *it, *next;

    crash_point("intake.stored");
    f->in->guess.mono_ms = loop_mono_ms(f->in->loop);
    n = batch_answer(letters, n, &f->in->guess);
    items_move(&items, &f->items); /* free for the next batch */
    it = items.first;
    for (size_t i = 0; it; it = next, i++) {
        next = it->next;
        item_done(f->in, it, verdict(st, letters, n, i));
    }
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
