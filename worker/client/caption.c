/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The words under a code, for each thing that may become of it. */
#include "worker/client/client.h"

#include "core/staff/store.h"

/* Where, how often and from when: only what is not as everybody expects it. */
enum status caption_terms(struct talk *t, struct screen *sc, const struct discount *d)
{
    char from[SHOP_WHEN_BYTES];
    struct store store;
    enum status st;

    if (d->valid_from > t->now) {
        shop_when(t->shop, d->valid_from, t->lang, from);
        screen_say(sc, CAPTION_FROM, T_TEXT("from", from));
    }
    if (d->uses_allowed > 1)
        screen_say(sc, CAPTION_USES, T_INT("n", d->uses_allowed - d->uses_count));
    if (d->min_purchase > 0) {
        shop_money(d->min_purchase, t->lang, from);
        screen_say(sc, CAPTION_MIN, T_TEXT("sum", from));
    }
    if (d->max_amount > 0) {
        shop_money(d->max_amount, t->lang, from);
        screen_say(sc, CAPTION_MAX, T_TEXT("sum", from));
    }
    if (d->store_id == 0)
        return ST_OK;
    st = store_load(t->s->db, d->store_id, &store);
    if (st == ST_OK)
        screen_say(sc, CAPTION_STORE, T_TEXT("store", store.name));
    return st == ST_NONE ? ST_OK : st;
}

/* Of several, the one that counts says so. */
static enum status explain(struct talk *t, struct screen *sc, const struct discount *d)
{
    struct best b;
    enum status st = best_load(t, &b);

    if (st == ST_OK && b.n > 0 && b.list[0].id == d->id)
        best_explain(t, sc, &b);
    return st;
}

static void say_head(struct talk *t, struct screen *sc, const struct discount *d,
                     enum text_key head)
{
    char percent[SHOP_WHEN_BYTES], until[SHOP_WHEN_BYTES], shown[CODE_SHOWN + 1];

    shop_percent(d->percent_bp, t->lang, percent);
    shop_until(t->shop, d->valid_until, t->lang, until);
    code_show(d->code, shown);
    screen_say(sc, head, T_TEXT("brand", t->shop->brand), T_TEXT("percent", percent),
               T_TEXT("what", wallet_what(t->lang, d->source)), T_TEXT("code", shown),
               T_TIME("until", until, (d->valid_until - 1) / SECOND));
}

static void say_ways(struct screen *sc, const struct discount *d)
{
    char shown[CODE_SHOWN + 1], id[14];

    code_show(d->code, shown);
    base36_print((uint64_t)d->id, id);
    screen_copy(sc, BTN_COPY, shown);
    screen_button(sc, BTN_FRESH, "d", "fresh", id);
    screen_button(sc, BTN_WALLET, "l", "open", NULL);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

enum status caption_good(struct talk *t, struct screen *sc, const struct discount *d,
                         enum text_key head)
{
    enum status st;

    screen_open(sc, t->lang);
    say_head(t, sc, d, head);
    st = caption_terms(t, sc, d);
    if (st == ST_OK)
        st = explain(t, sc, d);
    if (st != ST_OK) {
        screen_close(sc);
        return st;
    }
    say_ways(sc, d);
    return ST_OK;
}

void caption_used(struct talk *t, struct screen *sc, const struct redemption *r)
{
    char percent[SHOP_WHEN_BYTES], when[SHOP_WHEN_BYTES], off[SHOP_WHEN_BYTES];

    shop_percent(r->percent_bp, t->lang, percent);
    shop_when(t->shop, r->redeemed_at, t->lang, when);
    shop_money(r->discount, t->lang, off);
    screen_open(sc, t->lang);
    screen_say(sc, r->discount >= 0 ? CAPTION_USED_SUM : CAPTION_USED,
               T_TEXT("when", when), T_TEXT("store", r->store),
               T_TEXT("percent", percent), T_TEXT("off", off));
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

enum status caption_gone(struct talk *t, struct screen *sc, const struct discount *d)
{
    char percent[SHOP_WHEN_BYTES], when[SHOP_WHEN_BYTES], id[14];
    enum status st =
        best_waits(t, d) ? ST_REFUSED : discount_again_may(t->s->db, t->now, d);

    if (st != ST_OK && st != ST_REFUSED)
        return st;
    shop_percent(d->percent_bp, t->lang, percent);
    shop_until(t->shop, d->valid_until, t->lang, when);
    base36_print((uint64_t)d->id, id);
    screen_open(sc, t->lang);
    screen_say(sc, CAPTION_GONE, T_TEXT("when", when), T_TEXT("percent", percent));
    if (st == ST_OK)
        screen_button(sc, BTN_GET_NEW, "d", "again", id);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
    return ST_OK;
}

void caption_revoked(struct talk *t, struct screen *sc)
{
    screen_open(sc, t->lang);
    screen_say(sc, CAPTION_REVOKED);
    screen_button(sc, BTN_SUPPORT, "t", "write", NULL);
    screen_row(sc);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

void caption_retired(struct talk *t, struct screen *sc)
{
    screen_open(sc, t->lang);
    screen_say(sc, CAPTION_RETIRED);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}
