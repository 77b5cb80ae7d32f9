/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Which discount counts: the largest of those that are good now, and what is said of the
 * others. One that is for following the channel waits while its holder does not. */
#include "worker/client/client.h"

#include "core/loyalty/follow.h"

#include <stdlib.h>

#define LOOKED_AT 40 /* more than that nobody has at a time */
#define NAMED 3

bool best_waits(const struct talk *t, const struct discount *d)
{
    const struct follower f = {t->customer.subscribed, t->customer.subscribed_at,
                               t->customer.subscribed_at};

    return d->source == SOURCE_SUBSCRIPTION &&
           follow_ended(&t->shop->set, &f, t->shop->tz, t->now);
}

/* The largest, then the one that ends first. */
static int order(const void *a, const void *b)
{
    const struct discount *x = a, *y = b;

    if (x->percent_bp != y->percent_bp)
        return x->percent_bp > y->percent_bp ? -1 : 1;
    if (x->valid_until != y->valid_until)
        return x->valid_until < y->valid_until ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static void sort_in(struct talk *t, const struct discount *all, int n, struct best *out)
{
    for (int i = 0; i < n; i++) {
        if (all[i].valid_from > t->now)
            continue;
        if (best_waits(t, &all[i])) {
            if (all[i].percent_bp > out->waiting.percent_bp)
                out->waiting = all[i];
        } else if (out->n < BEST_MOST) {
            out->list[out->n++] = all[i];
        }
    }
}

enum status best_load(struct talk *t, struct best *out)
{
    const struct discount_page page = {
        .customer_id = t->customer.id, .state = DISCOUNT_ACTIVE, .limit = LOOKED_AT};
    struct discount all[LOOKED_AT];
    int n, total;
    enum status st = discount_list(t->s->db, t->now, &page, all, &n, &total);

    *out = (struct best){0};
    if (st != ST_OK)
        return st;
    qsort(all, (size_t)n, sizeof(all[0]), order);
    sort_in(t, all, n, out);
    return ST_OK;
}

/* "подписка 5 % + день рождения 10 %" */
static void add_part(struct buf *b, const struct talk *t, const struct discount *d)
{
    static const enum text_key names[SOURCE_COUNT] = {
        [SOURCE_SUBSCRIPTION] = TEXT_KIND_SUBSCRIPTION,
        [SOURCE_BIRTHDAY] = TEXT_KIND_BIRTHDAY,
        [SOURCE_MANUAL] = TEXT_KIND_YOU,
        [SOURCE_CAMPAIGN] = TEXT_KIND_YOU,
    };
    char percent[SHOP_WHEN_BYTES];

    shop_percent(d->percent_bp, t->lang, percent);
    buf_addf(b, "%s%s %s", b->len > 0 ? " + " : "",
             text_get(t->lang, names[(unsigned)d->source % SOURCE_COUNT]), percent);
}

void best_explain(struct talk *t, struct screen *sc, const struct best *b)
{
    char percent[SHOP_WHEN_BYTES];
    struct buf list = {0};
    bool equal;

    if (b->n < 2 || t->shop->set.stacking != SETTING_BEST_ONLY)
        return;
    for (int i = (b->n < NAMED ? b->n : NAMED) - 1; i >= 0; i--)
        add_part(&list, t, &b->list[i]);
    equal = b->list[0].percent_bp == b->list[1].percent_bp;
    shop_percent(b->list[0].percent_bp, t->lang, percent);
    if (list.failed)
        sc->failed = true;
    else
        screen_say(sc, equal ? CAPTION_BEST_EQUAL : CAPTION_BEST,
                   T_TEXT("list", list.s), T_TEXT("percent", percent));
    buf_free(&list);
}
