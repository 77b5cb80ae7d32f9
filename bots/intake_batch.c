/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "bots/intake_batch.h"

#include "core/base/code.h"
#include "core/io/queue.h"

#include <string.h>

#define ID_BITS 65536 /* update_ids a bitmap */

/* ---- lists of items ------------------------------------------------------------- */

void items_clear(struct items *l)
{
    *l = (struct items){.end = &l->first};
}

void items_add(struct items *l, struct item *it)
{
    it->next = NULL;
    *l->end = it;
    l->end = &it->next;
    l->n++;
}

struct item *items_take(struct items *l)
{
    struct item *it = l->first;

    if (it == NULL)
        return NULL;
    l->first = it->next;
    if (l->first == NULL)
        l->end = &l->first;
    l->n--;
    return it;
}

void items_move(struct items *to, struct items *from)
{
    *to = *from;
    if (to->first == NULL)
        to->end = &to->first;
    items_clear(from);
}

/* ---- arguments ------------------------------------------------------------------ */

static void add_int(struct buf *b, int64_t v)
{
    char digits[20];
    int i = sizeof(digits);

    do
        digits[--i] = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    buf_add(b, digits + i, sizeof(digits) - (size_t)i);
}

/* What was added to the text since `from` is the next argument, or the next key. */
static void arg_end(struct batch *b, size_t from)
{
    b->args[b->n_args++] = (struct piece){from, b->text->len - from};
}

static int key_end(struct batch *b, size_t from)
{
    b->keys[b->n_keys++] = (struct piece){from, b->text->len - from};
    return b->n_keys;
}

static void arg_int(struct batch *b, int64_t v)
{
    size_t from = b->text->len;

    add_int(b->text, v);
    arg_end(b, from);
}

static void key_fixed(struct batch *b, const char *what)
{
    size_t from = b->text->len;

    buf_adds(b->text, queue_prefix(POOL_LOGIC));
    buf_adds(b->text, what);
    key_end(b, from);
}

static int key_of_bits(struct batch *b, const struct item *it)
{
    size_t from = b->text->len;

    buf_adds(b->text, "dv:{s0}:u:");
    buf_adds(b->text, tg_bot_name(it->bot));
    buf_addc(b->text, ':');
    add_int(b->text, it->update_id / ID_BITS);
    return key_end(b, from);
}

static int key_of_list(struct batch *b, int list)
{
    size_t from = b->text->len;

    if (b->list_key[list] == 0) {
        buf_adds(b->text, queue_prefix(POOL_LOGIC));
        add_int(b->text, list);
        b->list_key[list] = key_end(b, from);
    }
    return b->list_key[list];
}

static void add_digits(struct buf *b, int64_t v, int base, int width)
{
    char text[16];

    for (int i = width - 1; i >= 0; i--, v /= base)
        text[i] = "0123456789abcdef"[v % base];
    buf_add(b, text, (size_t)width);
}

/* id, attempts, crashes, list, stamp and number. The ids of a batch follow one another:
 * only the first is drawn. */
static void add_head(struct batch *b, const struct item *it, uint8_t id[16])
{
    char text[ULID_TEXT + 1];

    for (int i = 15; i >= 6 && ++id[i] == 0; i--)
        ;
    ulid_print(id, text);
    buf_add(b->text, text, ULID_TEXT);
    buf_adds(b->text, "000");
    add_digits(b->text, it->list, 10, 2);
    add_digits(b->text, b->stamp_ms, 10, 13);
    add_digits(b->text, b->seq++, 16, 10);
}

static void add_body(struct buf *t, const struct item *it)
{
    buf_adds(t, "{\"v\":1,\"k\":\"bot.update\",\"root\":\"u:");
    buf_adds(t, tg_bot_name(it->bot));
    buf_addc(t, ':');
    add_int(t, it->update_id);
    buf_adds(t, "\",\"a\":{\"bot\":\"");
    buf_adds(t, tg_bot_name(it->bot));
    buf_adds(t, "\",\"id\":");
    add_int(t, it->update_id);
    buf_adds(t, ",\"at\":");
    add_int(t, it->at_ms);
    buf_adds(t, ",\"u\":");
    buf_add(t, it->raw, it->n);
    buf_adds(t, "}}");
}

static void arg_entry(struct batch *b, const struct item *it, uint8_t id[16])
{
    size_t from = b->text->len;

    add_head(b, it, id);
    add_body(b->text, it);
    arg_end(b, from);
}

static bool same_bits(const struct item *a, const struct item *b)
{
    return a->bot == b->bot && a->update_id / ID_BITS == b->update_id / ID_BITS;
}

/* Updates of one bitmap are put together; within it they keep their order. */
static int items_group(struct items *l, struct batch *b)
{
    struct items rest, out;
    int groups = 0;

    items_move(&rest, l);
    items_clear(&out);
    while (rest.first) {
        struct items others;
        struct item *first = items_take(&rest), *it;
        int n = out.n;

        items_clear(&others);
        items_add(&out, first);
        while ((it = items_take(&rest)) != NULL)
            items_add(same_bits(it, first) ? &out : &others, it);
        arg_int(b, key_of_bits(b, first));
        arg_int(b, out.n - n);
        groups++;
        items_move(&rest, &others);
    }
    items_move(l, &out);
    return groups;
}

static void batch_begin(struct batch *b, struct buf *text, const struct guess *g)
{
    buf_clear(text);
    b->text = text;
    b->n_keys = b->n_args = 0;
    memset(b->list_key, 0, sizeof(b->list_key));
    b->seq = g->seq;
    b->stamp_ms = g->mono_ms + g->ahead_ms;
}

void batch_build(struct batch *b, struct buf *text, struct items *items, int64_t now,
                 const struct guess *g)
{
    uint8_t id[16];
    int groups, at;
    size_t from;

    batch_begin(b, text, g);
    ulid_new(now, id);
    key_fixed(b, "c");
    key_fixed(b, "bell");
    arg_int(b, items->n);
    arg_int(b, INTAKE_LIST_MAX);
    arg_int(b, b->seq);
    arg_int(b, b->stamp_ms);
    at = b->n_args++; /* how many bitmaps: known after grouping */
    groups = items_group(items, b);
    from = text->len;
    add_int(text, groups);
    b->args[at] = (struct piece){from, text->len - from};
    for (const struct item *it = items->first; it; it = it->next) {
        arg_int(b, it->update_id % ID_BITS);
        arg_int(b, key_of_list(b, it->list));
        arg_entry(b, it, id);
    }
}

/* Digits up to `end` or the text's end; -1: none, or too many. */
static int64_t digits_read(const char **s, const char *text_end, char end)
{
    int64_t v = 0;
    int n = 0;

    for (; *s < text_end && **s >= '0' && **s <= '9' && n < 18; (*s)++, n++)
        v = v * 10 + (**s - '0');
    if (n == 0 || (*s < text_end ? **s != end : end != '\0'))
        return -1;
    *s += *s < text_end;
    return v;
}

size_t batch_answer(const char *s, size_t n, struct guess *g)
{
    const char *colon = s ? memchr(s, ':', n) : NULL, *p;
    int64_t seq, ms;

    if (!colon)
        return 0;
    p = colon + 1;
    seq = digits_read(&p, s + n, ':');
    ms = seq < 0 ? -1 : digits_read(&p, s + n, '\0');
    if (ms < 0)
        return 0;
    g->seq = seq;
    g->ahead_ms = ms - g->mono_ms;
    return (size_t)(colon - s);
}
