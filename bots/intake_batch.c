/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "bots/intake_batch.h"

#include "core/base/code.h"
#include "core/io/queue.h"

#include <string.h>

#define LENGTH_MARGIN 1000
#define BYTES_MARGIN (1024 * 1024)
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

/* ---- text ----------------------------------------------------------------------- */

static void add_int(struct buf *b, int64_t v)
{
    char digits[20];
    int i = sizeof(digits);

    do
        digits[--i] = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    buf_add(b, digits + i, sizeof(digits) - (size_t)i);
}

static struct piece piece_since(const struct batch *b, size_t from)
{
    return (struct piece){from, b->text->len - from};
}

static struct piece key_of(struct batch *b, const char *what)
{
    size_t from = b->text->len;
    char key[QUEUE_KEY_MAX];

    queue_key(key, b->at, what);
    buf_adds(b->text, key);
    return piece_since(b, from);
}

static struct piece key_of_bits(struct batch *b, const struct item *it)
{
    size_t from = b->text->len;

    buf_adds(b->text, "dv:{s");
    add_int(b->text, b->at.shard);
    buf_adds(b->text, "}:u:");
    buf_adds(b->text, tg_bot_name(it->bot));
    buf_addc(b->text, ':');
    add_int(b->text, it->update_id / ID_BITS);
    return piece_since(b, from);
}

static struct piece key_of_list(struct batch *b, int list)
{
    size_t from = b->text->len;

    key_of(b, "");
    add_int(b->text, list);
    return piece_since(b, from);
}

/* ---- entries -------------------------------------------------------------------- */

/* The ids of a batch follow one another: only the first is drawn. */
static void add_head(struct batch *b, const struct item *it, uint8_t id[16])
{
    struct queue_head h = {
        .list = it->list, .stamp_ms = b->stamp_ms, .number = b->seq + b->n};
    char text[QUEUE_HEAD];

    for (int i = 15; i >= 6 && ++id[i] == 0; i--)
        ;
    memcpy(h.id, id, sizeof h.id);
    queue_head_print(&h, text);
    buf_add(b->text, text, sizeof text);
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

static int list_use(struct batch *b, int list)
{
    for (int i = 0; i < b->n_lists; i++)
        if (b->list[i] == list)
            return i;
    b->list[b->n_lists] = list;
    b->list_n[b->n_lists] = 0;
    b->list_bytes[b->n_lists] = 0;
    b->list_key[b->n_lists] = key_of_list(b, list);
    return b->n_lists++;
}

static void entry_add(struct batch *b, const struct item *it, uint8_t id[16])
{
    size_t from = b->text->len;

    add_int(b->text, it->update_id % ID_BITS);
    b->bit[b->n] = piece_since(b, from);
    b->entry_list[b->n] = list_use(b, it->list);
    b->list_n[b->entry_list[b->n]]++;
    from = b->text->len;
    add_head(b, it, id);
    add_body(b->text, it);
    b->list_bytes[b->entry_list[b->n]] += (int64_t)(b->text->len - from);
    b->entry[b->n++] = piece_since(b, from);
}

/* Lengths and bytes are looked at only near the limit: others push too, but not that
 * much between two batches of ours. */
static bool unsure(const struct batch *b, int l, const struct guess *g)
{
    int64_t length = g->length[b->list[l]];

    return length == 0 || length + b->list_n[l] + LENGTH_MARGIN > INTAKE_LIST_MAX ||
           g->bytes[b->list[l]] + b->list_bytes[l] > BYTES_MARGIN;
}

/* ---- the whole ------------------------------------------------------------------ */

static bool same_bits(const struct item *a, const struct item *b)
{
    return a->bot == b->bot && a->update_id / ID_BITS == b->update_id / ID_BITS;
}

/* Updates of one bitmap are put together; within it they keep their order. */
static void items_group(struct items *l, struct batch *b)
{
    struct items rest, out;

    items_move(&rest, l);
    items_clear(&out);
    while (rest.first) {
        struct items others;
        struct item *first = items_take(&rest), *it;
        int before = out.n;

        items_clear(&others);
        items_add(&out, first);
        while ((it = items_take(&rest)) != NULL)
            items_add(same_bits(it, first) ? &out : &others, it);
        b->bits_key[b->n_bits] = key_of_bits(b, first);
        b->bits_n[b->n_bits++] = out.n - before;
        items_move(&rest, &others);
    }
    items_move(l, &out);
}

void batch_build(struct batch *b, struct buf *text, struct items *items, int64_t now,
                 const struct guess *g)
{
    uint8_t id[16];

    buf_clear(text);
    b->text = text;
    b->n = b->n_bits = b->n_lists = 0;
    b->seq = g->seq;
    b->stamp_ms = g->mono_ms + g->ahead_ms;
    ulid_new(now, id);
    b->counters = key_of(b, "c");
    b->bell = key_of(b, "bell");
    items_group(items, b);
    for (const struct item *it = items->first; it; it = it->next)
        entry_add(b, it, id);
    for (int l = 0; l < b->n_lists; l++)
        b->look[l] = unsure(b, l, g);
}
