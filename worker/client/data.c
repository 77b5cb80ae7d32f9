/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Help, what we know of a person, and the way out. */
#include "worker/client/client.h"

#include "core/base/log.h"

enum status help_open(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_HELP, T_TEXT("brand", t->shop->brand));
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* Their own values, not the names of fields. */
enum status data_open(struct talk *t, const char *arg)
{
    const struct customer *c = &t->customer;
    char born[SHOP_WHEN_BYTES], since[SHOP_WHEN_BYTES];
    struct screen sc;

    (void)arg;
    shop_when(t->shop, c->created_at, t->lang, since);
    if (c->has_birth)
        shop_day(c->birth, t->lang, born);
    screen_open(&sc, t->lang);
    screen_say(
        &sc, TEXT_DATA, T_TEXT("brand", t->shop->brand), T_TEXT("name", c->first_name),
        T_TEXT("since", since), T_TEXT("born", c->has_birth ? born : "—"),
        T_TEXT("messages", text_get(t->lang, c->marketing_ok ? TEXT_YES : TEXT_NO)));
    screen_button(&sc, BTN_WITHDRAW, "p", "ask", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status data_ask(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_WITHDRAW_ASK);
    screen_button(&sc, BTN_WITHDRAW_SURE, "p", "sure", NULL);
    screen_button(&sc, BTN_STAY, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status data_withdraw(struct talk *t, const char *arg)
{
    const struct consent_act act = {.customer_id = t->customer.id,
                                    .purpose = PURPOSE_PD,
                                    .update_id = t->up->id,
                                    .via = CHANNEL_MESSENGER};
    struct screen sc;
    enum status st;

    (void)arg;
    talk_forget(t);
    st = consent_revoke(t->s->db, t->now, &act);
    if (st != ST_OK && st != ST_NONE)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_WITHDRAWN);
    return talk_show(t, &sc);
}

enum status client_cancel(struct talk *t, const char *arg)
{
    (void)arg;
    talk_forget(t);
    return client_menu(t, "cancelled");
}

/* ---- they stopped the bot, or are back ------------------------------------------- */

static enum status heard(enum status st)
{
    return st == ST_NONE ? ST_OK : st;
}

enum status client_blocked(struct talk *t, const char *arg)
{
    (void)arg;
    if (t->customer.id == 0)
        return ST_OK;
    return heard(customer_unreachable(t->s->db, t->now, t->customer.id, t->up->id));
}

/* No word from us: they will press Start, and that is answered. */
enum status client_unblocked(struct talk *t, const char *arg)
{
    (void)arg;
    if (t->customer.id == 0)
        return ST_OK;
    return heard(customer_reachable(t->s->db, t->now, t->customer.id, t->up->id));
}
