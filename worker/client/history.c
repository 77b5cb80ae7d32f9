/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What was bought with discounts: when, where, how much it saved. Something that was not
 * theirs they tell the shop of from here. */
#include "worker/client/client.h"

#define PAGE 5

static void say_line(struct talk *t, struct screen *sc, int i,
                     const struct redemption *r)
{
    char percent[SHOP_WHEN_BYTES], when[SHOP_WHEN_BYTES], off[SHOP_WHEN_BYTES];

    shop_percent(r->percent_bp, t->lang, percent);
    shop_when(t->shop, r->redeemed_at, t->lang, when);
    shop_money(r->discount, t->lang, off);
    screen_say(sc, r->discount >= 0 ? TEXT_HISTORY_LINE_SUM : TEXT_HISTORY_LINE,
               T_INT("i", i), T_TEXT("when", when), T_TEXT("store", r->store),
               T_TEXT("percent", percent), T_TEXT("off", off),
               T_INT("no", r->receipt_no));
}

static void not_me_button(struct screen *sc, int i, const struct redemption *r)
{
    struct screen_spot spot = {"t", "not", NULL};
    const struct text_arg args[] = {T_INT("i", i)};
    char id[14];

    base36_print((uint64_t)r->id, id);
    spot.arg = id;
    screen_button_args(sc, BTN_NOT_ME_AT, spot, args, 1);
}

static void turn_button(struct screen *sc, enum text_key label, int offset)
{
    char arg[14];

    base36_print((uint64_t)offset, arg);
    screen_button(sc, label, "y", "open", arg);
}

static void ways(struct screen *sc, int offset, int total)
{
    screen_row(sc);
    if (offset > 0)
        turn_button(sc, BTN_BACK, offset > PAGE ? offset - PAGE : 0);
    if (offset + PAGE < total)
        turn_button(sc, BTN_MORE, offset + PAGE);
    screen_row(sc);
    screen_button(sc, BTN_WALLET, "l", "open", NULL);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

static void say_head(struct talk *t, struct screen *sc, int total, int64_t saved)
{
    char sum[SHOP_WHEN_BYTES];

    screen_say(sc, total > 0 ? TEXT_HISTORY : TEXT_HISTORY_NONE, T_INT("n", total));
    if (saved <= 0)
        return;
    shop_money(saved, t->lang, sum);
    screen_say(sc, TEXT_SAVED, T_TEXT("sum", sum));
}

enum status history_open(struct talk *t, const char *arg)
{
    struct redemption_page page = {.customer_id = t->customer.id,
                                   .offset = (int)(talk_id(arg, NULL) % 100000),
                                   .limit = PAGE};
    struct redemption r[PAGE];
    struct screen sc;
    int64_t saved;
    int n, total;
    enum status st = redemption_saved(t->s->db, t->customer.id, &total, &saved);

    if (st == ST_OK)
        st = redemption_list(t->s->db, &page, r, &n);
    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    say_head(t, &sc, total, saved);
    for (int i = 0; i < n; i++)
        say_line(t, &sc, page.offset + i + 1, &r[i]);
    for (int i = 0; i < n; i++)
        not_me_button(&sc, page.offset + i + 1, &r[i]);
    ways(&sc, page.offset, total);
    return talk_show(t, &sc);
}
