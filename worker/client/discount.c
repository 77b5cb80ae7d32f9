/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The discount as a picture to hold up at the till. */
#include "worker/client/client.h"

#include <stdio.h>

/* What the code says to any camera: a link into the cashier's bot. Without its name the
 * bare code, which a scanner types. */
static void link_print(const struct shop *shop, const struct discount *d, char *out,
                       size_t room)
{
    const char *name = shop_bot_name(shop, SENDER_AUTH);

    if (name != NULL)
        snprintf(out, room, "https://t.me/%s?start=q_%s", name, d->token);
    else
        snprintf(out, room, "%s", d->code);
}

enum status discount_show(struct talk *t, const struct discount *d, enum text_key head)
{
    char percent[SHOP_WHEN_BYTES], until[SHOP_WHEN_BYTES], shown[CODE_SHOWN + 1];
    char link[160], id[14];
    struct screen sc;

    shop_percent(d->percent_bp, t->lang, percent);
    shop_until(t->shop, d->valid_until, t->lang, until);
    code_show(d->code, shown);
    link_print(t->shop, d, link, sizeof(link));
    base36_print((uint64_t)d->id, id);
    screen_open(&sc, t->lang);
    screen_say(&sc, head, T_TEXT("brand", t->shop->brand), T_TEXT("percent", percent),
               T_TEXT("code", shown), T_TEXT("until", until));
    screen_qr(&sc, link);
    screen_copy(&sc, BTN_COPY, shown);
    screen_button(&sc, BTN_FRESH, "d", "fresh", id);
    screen_button(&sc, BTN_WALLET, "l", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_send(t, &sc, MESSAGE_SERVICE);
}

/* Nothing to show: to the channel if they never had one, else to what there was. */
static enum status none_left(struct talk *t)
{
    struct screen sc;
    enum status st = wallet_any(t);

    if (st == ST_NONE)
        return gate_open(t, "");
    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_NO_DISCOUNT);
    screen_button(&sc, BTN_WALLET, "l", "open", NULL);
    screen_button(&sc, BTN_BIRTHDAY, "b", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status discount_give(struct talk *t)
{
    struct discount d;
    enum status st = discount_welcome(t->s->db, t->now, t->customer.id, &d);
    bool first = st == ST_OK;

    if (st == ST_REFUSED)
        return talk_say(t, TEXT_NO_WELCOME);
    if (st == ST_TAKEN && t->now - d.created_at < DOUBLE_TAP)
        return ST_OK; /* its picture is on the way */
    if (st == ST_TAKEN && discount_state(&d, t->now) != DISCOUNT_ACTIVE)
        return none_left(t);
    if (st != ST_OK && st != ST_TAKEN)
        return st;
    if (t->up != NULL && t->up->message != 0 && !t->up->on_photo) {
        /* The screen with the button to the channel has done its work. */
        struct screen sc;

        screen_open(&sc, t->lang);
        screen_say(&sc, TEXT_GATE_PASSED);
        if ((st = talk_show(t, &sc)) != ST_OK)
            return st;
    }
    if ((st = discount_show(t, &d, CAPTION_DISCOUNT)) != ST_OK)
        return st;
    return first && !t->customer.marketing_ok ? messages_ask(t) : ST_OK;
}

enum status discount_open(struct talk *t, const char *arg)
{
    struct discount d;
    enum status st = discount_best(t->s->db, t->now, t->customer.id, &d);

    (void)arg;
    if (st == ST_NONE)
        return none_left(t);
    return st == ST_OK ? discount_show(t, &d, CAPTION_DISCOUNT) : st;
}

/* One of the wallet. Somebody else's id, or one that is spent, shows nothing of it. */
enum status discount_one(struct talk *t, const char *arg)
{
    int64_t id = talk_id(arg, NULL);
    struct discount d;
    enum status st = id != 0 ? discount_load(t->s->db, id, &d) : ST_NONE;

    if (st == ST_OK && (d.customer_id != t->customer.id ||
                        discount_state(&d, t->now) != DISCOUNT_ACTIVE))
        st = ST_NONE;
    if (st == ST_NONE)
        return wallet_active(t, "");
    return st == ST_OK ? discount_show(t, &d, CAPTION_DISCOUNT) : st;
}

/* The picture with the dead code says so, lest it is held up at the till. */
static enum status retire_picture(struct talk *t)
{
    struct screen sc;

    if (!t->up->on_photo || t->up->message == 0)
        return ST_OK;
    screen_open(&sc, t->lang);
    screen_say(&sc, CAPTION_RETIRED);
    return talk_caption(t, &sc);
}

/* A code that somebody else may have seen is replaced: same discount, old code dead. */
enum status discount_fresh(struct talk *t, const char *arg)
{
    int64_t id = talk_id(arg, NULL);
    struct discount d;
    enum status st;

    if (id == 0)
        return discount_open(t, "");
    st = discount_renew(t->s->db, t->now, id, t->customer.id, &d);
    if (st == ST_NONE || st == ST_REFUSED)
        return discount_open(t, "");
    if (st == ST_OK)
        st = retire_picture(t);
    return st == ST_OK ? discount_show(t, &d, CAPTION_FRESH) : st;
}
