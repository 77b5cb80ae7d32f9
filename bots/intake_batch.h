/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * bots/intake_batch.h - the updates that go to Redis together, and the two ways there.
 * Private to bots/intake*.c.
 *
 * The quick way guesses: MULTI, plain RPUSHes of ready entries, and behind them
 * intake_quick.lua, which lets them stand only if number and stamp were guessed right,
 * no update was known and no list is full; else it undoes them, within the same MULTI.
 * Lua reads every byte of every string that it is given, so keeping the entries away
 * from it is half of what a batch costs Redis. The sure way is intake.lua, which does
 * everything itself; it follows when the quick one was undone. */
#ifndef BOTS_INTAKE_BATCH_H
#define BOTS_INTAKE_BATCH_H

#include "bots/intake.h"
#include "core/base/buf.h"
#include "core/io/queue.h"

#define BATCH_MAX 200 /* so that Redis is kept for less than a millisecond */
#define BATCH_LISTS 16

/* One update on its way. */
struct item {
    struct item *next;
    enum tg_bot bot;
    const char *raw;
    size_t n;
    int64_t update_id, at_ms;
    int list;
    intake_done *done;
    void *arg;
};

struct items {
    struct item *first, **end;
    int n;
};

void items_clear(struct items *l);
void items_add(struct items *l, struct item *it);
struct item *items_take(struct items *l); /* the first, or NULL */
void items_move(struct items *to, struct items *from);

/* What Redis said last, so that the next entries carry the right number and stamp. */
struct guess {
    int64_t seq;
    int64_t ahead_ms;            /* Redis' clock against our monotonic one */
    int64_t mono_ms;             /* now */
    int64_t length[BATCH_LISTS]; /* of the lists, when last pushed to; 0: not known */
    int64_t bytes[BATCH_LISTS];  /* pushed since the script looked at them last */
};

/* A part of the text, by its place: the text may move while it grows. */
struct piece {
    size_t from, n;
};

struct batch {
    struct queue_at at;
    struct buf *text;
    int n, n_bits, n_lists;
    int64_t seq, stamp_ms; /* of the first entry */
    struct piece counters, bell;
    struct piece bits_key[BATCH_MAX]; /* bitmaps of update_ids … */
    int bits_n[BATCH_MAX];            /* … and how many of the updates each has */
    struct piece list_key[BATCH_LISTS];
    int list[BATCH_LISTS], list_n[BATCH_LISTS]; /* its number; entries for it … */
    int64_t list_bytes[BATCH_LISTS];            /* … and their bytes */
    bool look[BATCH_LISTS]; /* is the script to look at its length and bytes? */
    struct piece bit[BATCH_MAX], entry[BATCH_MAX];
    int entry_list[BATCH_MAX]; /* index among the lists above */
};

/* Fills b, whose place is set; text is emptied before (ask text->failed) and must live as long as b. Brings
 * the items into the order of the script's answers. */
void batch_build(struct batch *b, struct buf *text, struct items *items, int64_t now,
                 const struct guess *g);

/* done is called once, as of redis_pipe_call. */
void batch_send_quick(const struct batch *b, struct redis_pipe *p, redis_done *done,
                      void *arg);
void batch_send_sure(const struct batch *b, struct redis_pipe *p, redis_done *done,
                     void *arg);

/* Both set g from what Redis answered. ST_NONE: undone, go the sure way. */
must_check enum status batch_quick_answer(const struct batch *b,
                                          const struct redis_reply *r, struct guess *g);
/* The letters of intake.lua, lent by r; *n of them. ST_BROKEN: no such answer. */
must_check enum status batch_sure_answer(const struct redis_reply *r, struct guess *g,
                                         const char **letters, size_t *n);

#endif
