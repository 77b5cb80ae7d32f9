/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/notice.h"

#include "core/loyalty/discount.h"
#include "core/loyalty/redemption.h"
#include "worker/client/client.h"
#include "worker/steps.h"

enum status notice_open(struct step *s, int64_t customer_id, struct shop *shop,
                        struct talk *t)
{
    enum status st;

    *t = (struct talk){.s = s, .book = &client_book, .shop = shop, .now = s->now};
    if ((st = shop_load(s, shop)) != ST_OK)
        return st;
    if ((st = customer_load(s->db, customer_id, &t->customer)) != ST_OK)
        return st;
    if (!t->customer.pd_ok || t->customer.channel != CHANNEL_MESSENGER)
        return ST_NONE;
    t->known = true;
    t->user = t->customer.external_id;
    t->lang = lang_find(t->customer.language);
    return ST_OK;
}

/* The redemption a job names, and whom to tell of it. */
static enum status open_redemption(struct step *s, struct shop *shop, struct talk *t,
                                   struct redemption *r)
{
    enum status st = redemption_load(s->db, json_int_or(s->job->args, "r", 0), r);

    return st == ST_OK ? notice_open(s, r->customer_id, shop, t) : st;
}

static void say_fact(struct talk *t, struct screen *sc, enum text_key key,
                     const struct redemption *r)
{
    char percent[SHOP_WHEN_BYTES], when[SHOP_WHEN_BYTES];

    shop_percent(r->percent_bp, t->lang, percent);
    shop_when(t->shop, r->redeemed_at, t->lang, when);
    screen_say(sc, key, T_TEXT("percent", percent), T_TEXT("when", when),
               T_TEXT("store", r->store), T_INT("no", r->receipt_no));
}

enum status redeemed_step(struct step *s)
{
    struct redemption r;
    struct screen sc;
    struct shop shop;
    struct talk t;
    enum status st = open_redemption(s, &shop, &t, &r);

    if (st != ST_OK)
        return st;
    screen_open(&sc, t.lang);
    say_fact(&t, &sc, TEXT_TOLD_REDEEMED, &r);
    screen_button(&sc, BTN_WALLET, "l", "recent", NULL);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_send(&t, &sc, MESSAGE_RECEIPT);
}

enum status voided_step(struct step *s)
{
    struct redemption r;
    struct screen sc;
    struct shop shop;
    struct talk t;
    char id[14];
    enum status st = open_redemption(s, &shop, &t, &r);

    if (st != ST_OK)
        return st;
    base36_print((uint64_t)r.discount_id, id);
    screen_open(&sc, t.lang);
    say_fact(&t, &sc, TEXT_TOLD_VOIDED, &r);
    screen_button(&sc, BTN_SHOW_CODE, "d", "one", id);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_send(&t, &sc, MESSAGE_RECEIPT);
}

enum status gifted_step(struct step *s)
{
    char percent[SHOP_WHEN_BYTES], until[SHOP_WHEN_BYTES], id[14];
    struct discount d;
    struct screen sc;
    struct shop shop;
    struct talk t;
    enum status st = discount_load(s->db, json_int_or(s->job->args, "d", 0), &d);

    if (st == ST_OK)
        st = notice_open(s, d.customer_id, &shop, &t);
    if (st != ST_OK)
        return st;
    shop_percent(d.percent_bp, t.lang, percent);
    shop_until(&shop, d.valid_until, t.lang, until);
    base36_print((uint64_t)d.id, id);
    screen_open(&sc, t.lang);
    screen_say(&sc, TEXT_TOLD_GIFT, T_TEXT("brand", shop.brand),
               T_TEXT("name", t.customer.first_name), T_TEXT("percent", percent),
               T_TEXT("until", until));
    screen_button(&sc, BTN_SHOW_CODE, "d", "one", id);
    screen_button(&sc, BTN_MESSAGES_STOP, "n", "off", NULL);
    return talk_send(&t, &sc, MESSAGE_MARKETING);
}
