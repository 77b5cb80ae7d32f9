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

struct intake {
    struct loop *loop;
    struct redis_pipe *pipe;
    struct items waiting;
    struct items under_way; /* in the order of the scripts' answers */
    struct batch batch;     /* of those under way */
    struct buf text;        /* what the batch points into; its memory is kept */
    struct item *spare; /* items are used again: a webhook takes no memory of its own */
    struct guess guess;
    struct loop_timer soon;
    struct intake_counts counts;
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
static void batch_over(struct intake *in, enum status st, const char *letters, size_t n)
{
    struct items items;
    struct item *it;

    if (in->text.cap > TEXT_KEPT)
        buf_free(&in->text);
    if (st == ST_OK)
        crash_point("intake.stored");
    items_move(&items, &in->under_way); /* room for the next batch */
    for (size_t i = 0; (it = items_take(&items)) != NULL; i++)
        item_done(in, it, verdict(st, letters, n, i));
}

static void sure_landed(void *arg, enum status st, const struct redis_reply *r)
{
    struct intake *in = arg;
    const char *letters = NULL;
    size_t n = 0;

    in->guess.mono_ms = loop_mono_ms(in->loop);
    if (st == ST_OK)
        st = batch_sure_answer(r, &in->guess, &letters, &n);
    batch_over(in, st, letters, n);
}

static void quick_landed(void *arg, enum status st, const struct redis_reply *r)
{
    struct intake *in = arg;

    in->guess.mono_ms = loop_mono_ms(in->loop);
    if (st == ST_OK)
        st = batch_quick_answer(&in->batch, r, &in->guess);
    if (st == ST_NONE)
        batch_send_sure(&in->batch, in->pipe, sure_landed, in);
    else
        batch_over(in, st, NULL, 0);
}

static void gather(struct intake *in)
{
    size_t bytes = 0;

    while (in->waiting.first && in->under_way.n < BATCH_MAX && bytes < BATCH_BYTES) {
        bytes += in->waiting.first->n;
        items_add(&in->under_way, items_take(&in->waiting));
    }
}

/* Once a turn. While one batch is under way the next one gathers: the longer Redis
 * takes, the more one answer of it is worth. A second one beside it would halve both,
 * and cost an fsync of its own. */
static void on_turn(void *arg)
{
    struct intake *in = arg;

    while (in->waiting.n > 0 && in->under_way.n == 0) {
        gather(in);
        crash_point("intake.gathered");
        in->guess.mono_ms = loop_mono_ms(in->loop);
        batch_build(&in->batch, &in->text, &in->under_way, loop_now(in->loop),
                    &in->guess);
        batch_send_quick(&in->batch, in->pipe, &in->guess, quick_landed, in);
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
    items_clear(&in->under_way);
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
    buf_free(&in->text);
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
    if (in->soon.loop == NULL && in->under_way.n == 0)
        loop_after(in->loop, &in->soon, 0, wake, NULL);
    return ST_OK;
}
