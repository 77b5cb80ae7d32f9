/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "bots/intake.h"

#include "bots/intake_batch.h"
#include "bots/peek.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/io/queue.h"

#include <stdlib.h>

#define BATCH_BYTES (4 * 1024 * 1024)
#define TEXT_KEPT (256 * 1024)

/* The way to one shard. */
struct line {
    struct intake *in;
    struct redis_pipe *pipe;
    struct items waiting;
    struct items under_way; /* in the order of the scripts' answers */
    struct batch batch;     /* of those under way */
    struct buf text;        /* what the batch points into; its memory is kept */
    struct guess guess;
};

struct intake {
    struct loop *loop;
    struct line *lines;
    int n_lines;
    struct item *spare; /* items are used again: a webhook takes no memory of its own */
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
static void batch_over(struct line *l, enum status st, const char *letters, size_t n)
{
    struct items items;
    struct item *it;

    if (l->text.cap > TEXT_KEPT)
        buf_free(&l->text);
    if (st == ST_OK)
        crash_point("intake.stored");
    items_move(&items, &l->under_way); /* room for the next batch */
    for (size_t i = 0; (it = items_take(&items)) != NULL; i++)
        item_done(l->in, it, verdict(st, letters, n, i));
}

static void sure_landed(void *arg, enum status st, const struct redis_reply *r)
{
    struct line *l = arg;
    const char *letters = NULL;
    size_t n = 0;

    l->guess.mono_ms = loop_mono_ms(l->in->loop);
    if (st == ST_OK)
        st = batch_sure_answer(r, &l->guess, &letters, &n);
    batch_over(l, st, letters, n);
}

static void quick_landed(void *arg, enum status st, const struct redis_reply *r)
{
    struct line *l = arg;

    l->guess.mono_ms = loop_mono_ms(l->in->loop);
    if (st == ST_OK)
        st = batch_quick_answer(&l->batch, r, &l->guess);
    if (st == ST_NONE)
        batch_send_sure(&l->batch, l->pipe, sure_landed, l);
    else
        batch_over(l, st, NULL, 0);
}

static void gather(struct line *l)
{
    size_t bytes = 0;

    while (l->waiting.first && l->under_way.n < BATCH_MAX && bytes < BATCH_BYTES) {
        bytes += l->waiting.first->n;
        items_add(&l->under_way, items_take(&l->waiting));
    }
}

/* While one batch is under way the next one gathers: the longer Redis takes, the more
 * one answer of it is worth. A second one beside it would halve both, and cost an fsync
 * of its own. */
static void line_turn(struct line *l)
{
    struct loop *loop = l->in->loop;

    while (l->waiting.n > 0 && l->under_way.n == 0) {
        gather(l);
        crash_point("intake.gathered");
        l->guess.mono_ms = loop_mono_ms(loop);
        batch_build(&l->batch, &l->text, &l->under_way, loop_now(loop), &l->guess);
        batch_send_quick(&l->batch, l->pipe, quick_landed, l);
    }
}

/* Once a turn. */
static void on_turn(void *arg)
{
    struct intake *in = arg;

    for (int i = 0; i < in->n_lines; i++)
        line_turn(&in->lines[i]);
}

/* ---- what the others see -------------------------------------------------------- */

struct intake *intake_open(struct loop *loop, int shards)
{
    struct intake *in = calloc(1, sizeof(*in));

    if (in == NULL)
        return NULL;
    in->loop = loop;
    in->n_lines = shards;
    in->lines = calloc((size_t)shards, sizeof(*in->lines));
    for (int i = 0; in->lines != NULL && i < shards; i++) {
        struct line *l = &in->lines[i];

        l->in = in;
        l->batch.at = (struct queue_at){POOL_LOGIC, i};
        items_clear(&l->waiting);
        items_clear(&l->under_way);
    }
    if (in->lines != NULL && loop_each_turn(loop, on_turn, in) == ST_OK)
        return in;
    free(in->lines);
    free(in);
    return NULL;
}

void intake_use(struct intake *in, int shard, struct redis_pipe *pipe)
{
    in->lines[shard].pipe = pipe;
}

void intake_close(struct intake *in)
{
    struct item *it;

    if (in == NULL)
        return;
    loop_cancel(&in->soon);
    for (int i = 0; i < in->n_lines; i++) {
        while ((it = items_take(&in->lines[i].waiting)) != NULL)
            item_done(in, it, ST_DOWN);
        buf_free(&in->lines[i].text);
    }
    while ((it = in->spare) != NULL) {
        in->spare = it->next;
        free(it);
    }
    free(in->lines);
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
    struct queue_at at = {POOL_LOGIC, 0};
    char key[QUEUE_KEY_MAX];
    bool big = st == ST_REFUSED;

    if (big)
        in->counts.too_big++;
    else
        in->counts.malformed++;
    log_warn(big ? "update too big, dropped" : "malformed update, dropped",
             LOG_TEXT("bot", tg_bot_name(bot)), LOG_INT("bytes", (int64_t)n));
    queue_key(key, at, "c");
    redis_arg_text(&c, "HINCRBY");
    redis_arg_text(&c, key);
    redis_arg_text(&c, big ? "too_big" : "malformed");
    redis_arg_text(&c, "1");
    redis_pipe_call(in->lines[0].pipe, &c, REDIS_DEADLINE_MS, counted, NULL);
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
    struct line *l;
    int64_t person;

    if (n > QUEUE_UPDATE_MAX)
        return refuse(in, bot, n, ST_REFUSED);
    if (peek_update(raw, n, &p) != ST_OK)
        return refuse(in, bot, n, ST_BAD);
    it = item_new(in);
    if (it == NULL)
        return ST_BROKEN;
    person = p.sender ? p.sender : p.update_id;
    l = &in->lines[queue_shard_of(person, in->n_lines)];
    *it = (struct item){.bot = bot,
                        .raw = raw,
                        .n = n,
                        .update_id = p.update_id,
                        .at_ms = loop_now(in->loop) / 1000,
                        .list = queue_hot_list(person),
                        .done = done,
                        .arg = arg};
    items_add(&l->waiting, it);
    /* Our hook ran before the server took this: without news the loop would sleep on
     * it. */
    if (in->soon.loop == NULL && l->under_way.n == 0)
        loop_after(in->loop, &in->soon, 0, wake, NULL);
    return ST_OK;
}
