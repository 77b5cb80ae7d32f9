/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The customer's bot: its tables, its menu. */
#include "worker/client/client.h"

/* ---- what may come in, who may, what runs --------------------------------------- */

static const struct talk_row screens[] = {
    {"m:open", client_menu, NEED_CONSENT},
    {"m:new", client_menu_new, NEED_CONSENT},
    {"w:lang", join_language, NEED_NOTHING},
    {"w:yes", join_yes, NEED_NOTHING},
    {"w:no", join_no, NEED_NOTHING},
    {"g:open", gate_open, NEED_CONSENT},
    {"g:check", gate_check, NEED_CONSENT},
    {"d:open", discount_open, NEED_CONSENT},
    {"d:one", discount_one, NEED_CONSENT},
    {"d:fresh", discount_fresh, NEED_CONSENT},
    {"l:open", wallet_active, NEED_CONSENT},
    {"l:used", wallet_used, NEED_CONSENT},
    {"l:recent", wallet_recent, NEED_CONSENT},
    {"l:gone", wallet_gone, NEED_CONSENT},
    {"b:open", birthday_open, NEED_CONSENT},
    {"b:ask", birthday_ask, NEED_CONSENT},
    {"b:yes", birthday_yes, NEED_CONSENT},
    {"n:open", messages_open, NEED_CONSENT},
    {"n:on", messages_on, NEED_CONSENT},
    {"n:off", messages_off, NEED_CONSENT},
    {"n:later", messages_later, NEED_CONSENT},
    {"x:open", language_open, NEED_CONSENT},
    {"x:ru", language_ru, NEED_CONSENT},
    {"x:en", language_en, NEED_CONSENT},
    {"h:open", help_open, NEED_NOTHING},
    {"p:open", data_open, NEED_CONSENT},
    {"p:ask", data_ask, NEED_CONSENT},
    {"p:sure", data_withdraw, NEED_CONSENT},
};

static const struct talk_row commands[] = {
    {"start", join_start, NEED_NOTHING},
    {"discount", discount_open, NEED_CONSENT},
    {"wallet", wallet_active, NEED_CONSENT},
    {"birthday", birthday_open, NEED_CONSENT},
    {"language", language_open, NEED_NOTHING},
    {"notifications", messages_open, NEED_CONSENT},
    {"help", help_open, NEED_NOTHING},
    {"privacy", data_open, NEED_CONSENT},
    {"stop", messages_off, NEED_CONSENT},
    {"unsubscribe", messages_off, NEED_CONSENT},
    {"cancel", client_cancel, NEED_NOTHING},
    {"menu", client_menu, NEED_CONSENT},
};

/* A stranger's q_ (somebody's own code) shows nothing here, and i_, login_ are the
 * other bot's: an ordinary start. */
static const struct talk_row links[] = {
    {"s_", join_source, NEED_NOTHING}, {"c_", join_source, NEED_NOTHING},
    {"r_", join_source, NEED_NOTHING}, {"q_", join_start, NEED_NOTHING},
    {"i_", join_start, NEED_NOTHING},  {"login_", join_start, NEED_NOTHING},
};

static const struct talk_row states[] = {
    {"birthday", birthday_told, NEED_CONSENT},
};

/* ---- who is it ------------------------------------------------------------------ */

/* Only who agreed is kept up to date; of the others we keep nothing new. */
static enum status open_client(struct talk *t)
{
    struct customer *c = &t->customer;
    struct contact who = talk_contact(t);
    enum status st = customer_find(t->s->db, CHANNEL_MESSENGER, t->user, c);

    if (st == ST_NONE) {
        *c = (struct customer){0};
        return ST_OK;
    }
    if (st != ST_OK)
        return st;
    t->known = c->pd_ok;
    t->lang = lang_find(c->language);
    if (!t->known || t->up->act == ACT_BLOCKED)
        return ST_OK;
    who.language = c->language;
    return customer_meet(t->s->db, t->now, &who, c);
}

static enum status allow_client(struct talk *t, const struct talk_row *row)
{
    enum status st;

    if (row->need != NEED_CONSENT || t->known)
        return ST_OK;
    st = join_ask(t);
    return st == ST_OK ? ST_REFUSED : st;
}

/* ---- the menu ------------------------------------------------------------------- */

void client_ways(struct screen *sc)
{
    screen_button(sc, BTN_DISCOUNT, "d", "open", NULL);
    screen_button(sc, BTN_WALLET, "l", "open", NULL);
    screen_button(sc, BTN_BIRTHDAY, "b", "open", NULL);
    screen_button(sc, BTN_MESSAGES, "n", "open", NULL);
    screen_button(sc, BTN_LANGUAGE, "x", "open", NULL);
    screen_button(sc, BTN_HELP, "h", "open", NULL);
    screen_button(sc, BTN_DATA, "p", "open", NULL);
}

enum status client_menu(struct talk *t, const char *arg)
{
    struct screen sc;

    if (!t->known)
        return join_ask(t);
    screen_open(&sc, t->lang);
    if (arg[0] == 'o')
        screen_say(&sc, TEXT_OLD_SCREEN);
    if (arg[0] == 'l')
        screen_say(&sc, TEXT_LOST);
    if (arg[0] == 'c')
        screen_say(&sc, TEXT_CANCELLED);
    if (arg[0] == 'h')
        screen_say(&sc, TEXT_HINT);
    if (arg[0] == 'p')
        screen_say(&sc, TEXT_HINT_PHOTO);
    screen_say(&sc, TEXT_MENU, T_TEXT("brand", t->shop->brand));
    client_ways(&sc);
    return talk_show(t, &sc);
}

/* Under a receipt: it stays. */
enum status client_menu_new(struct talk *t, const char *arg)
{
    (void)arg;
    talk_leave(t);
    return client_menu(t, "");
}

enum status client_hint(struct talk *t, const char *arg)
{
    (void)arg;
    return client_menu(t, "hint");
}

enum status client_photo(struct talk *t, const char *arg)
{
    (void)arg;
    return client_menu(t, "photo");
}

const struct talk_book client_book = {
    .name = "client",
    .sender = SENDER_CLIENT,
    .screens = TALK_TABLE(screens),
    .commands = TALK_TABLE(commands),
    .links = TALK_TABLE(links),
    .states = TALK_TABLE(states),
    .open = open_client,
    .allow = allow_client,
    .menu = client_menu,
    .text = {"text", client_hint, NEED_NOTHING},
    .photo = {"photo", client_photo, NEED_NOTHING},
    .hint = {"hint", client_hint, NEED_NOTHING},
    .blocked = client_blocked,
    .unblocked = client_unblocked,
};
