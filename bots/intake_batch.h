/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * bots/intake_batch.h - the updates of one call of intake.lua, as its arguments.
 * Private to bots/intake*.c. */
#ifndef BOTS_INTAKE_BATCH_H
#define BOTS_INTAKE_BATCH_H

#include "bots/intake.h"
#include "core/base/buf.h"

#define BATCH_MAX                                                                      \
    200 /* so that the script stays under a millisecond of Redis' time                 \
         */
#define BATCH_LISTS 16
#define BATCH_KEYS_MAX (2 + BATCH_MAX + BATCH_LISTS)
#define BATCH_ARGS_MAX (5 + BATCH_MAX * 5)

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

/* One argument, by its place in the text: that may move while it grows. */
struct piece {
    size_t from, n;
};

struct batch {
    struct buf *text;
    struct piece keys[BATCH_KEYS_MAX], args[BATCH_ARGS_MAX];
    int n_keys, n_args;
    int64_t seq, stamp_ms;     /* of the next entry */
    int list_key[BATCH_LISTS]; /* index in KEYS, from 1 as Lua counts; 0: not yet there
                                */
};

/* What the script said last, so that the next entries carry the right number and stamp:
 * it compares, and makes them anew only where somebody else put something in between.
 */
struct guess {
    int64_t seq;
    int64_t ahead_ms; /* Redis' clock against our monotonic one */
    int64_t mono_ms;  /* now */
};

/* Fills b with keys and arguments that point into text (emptied before; ask
 * text->failed) and brings the items into the order of the script's answer. */
void batch_build(struct batch *b, struct buf *text, struct items *items, int64_t now,
                 const struct guess *g);

/* "<letters>:<seq>:<ms>": how many letters there are; g is set. 0: not of that form. */
size_t batch_answer(const char *s, size_t n, struct guess *g);

#endif
