/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The customer's bot: its tables, its menu. */
#include "worker/client/client.h"

#include <string.h>

static talk_fn client_done;

/* ---- what may come in, who may, what runs --------------------------------------- */

static const struct talk_row screens[] = {
    {"m:open", client_menu, NEED_CONSENT},
    {"m:new", client_menu_new, NEED_CONSENT},
    {"m:done", client_done, NEED_CONSENT},
    {"m:stop", client_cancel, NEED_NOTHING},
    {"w:lang", join_language, NEED_NOTHING},
    {"w:yes", join_yes, NEED_NOTHING},
    {"w:no", join_no, NEED_NOTHING},
    {"g:open", gate_open, NEED_CONSENT},
    {"g:check", gate_check, NEED_CONSENT},
    {"d:open", discount_open, NEED_CONSENT, .leaves = true},
    {"d:one", discount_one, NEED_CONSENT},
    {"d:fresh", discount_fresh, NEED_CONSENT},
    {"d:again", discount_anew, NEED_CONSENT},
    {"l:open", wallet_active, NEED_CONSENT, .leaves = true},
    {"l:used", wallet_used, NEED_CONSENT},
    {"l:recent", wallet_recent, NEED_CONSENT},
    {"l:gone", wallet_gone, NEED_CONSENT},
    {"y:open", history_open, NEED_CONSENT, .leaves = true},
    {"b:open", birthday_open, NEED_CONSENT, .leaves = true},
    {"b:ask", birthday_ask, NEED_CONSENT, .leaves = true},
    {"b:is", birthday_picked, NEED_CONSENT},
    {"b:yes", birthday_yes, NEED_CONSENT},
    {"b:pick", pick_decade, NEED_CONSENT},
    {"b:year", pick_year, NEED_CONSENT},
    {"b:month", pick_month, NEED_CONSENT},
    {"b:day", pick_day, NEED_CONSENT},
    {"pr:open", profile_open, NEED_CONSENT, .leaves = true},
    {"pr:go", profile_go, NEED_CONSENT, .leaves = true},
    {"pr:skip", profile_skip, NEED_CONSENT},
    {"pr:stop", profile_stop, NEED_CONSENT},
    {"pr:name", name_edit, NEED_CONSENT, .leaves = true},
    {"pr:keep", name_keep, NEED_CONSENT},
    {"pr:phone", phone_edit, NEED_CONSENT, .leaves = true},
    {"pr:drop", profile_drop, NEED_CONSENT},
    {"pr:ask", profile_drop_ask, NEED_CONSENT},
    {"pr:sure", profile_drop_sure, NEED_CONSENT},
    {"n:open", messages_open, NEED_CONSENT, .leaves = true},
    {"n:on", messages_on, NEED_CONSENT},
    {"n:off", messages_off, NEED_NOTHING, .always = true},
    {"n:stop", messages_stop, NEED_NOTHING, .always = true},
    {"n:rarely", messages_rarely, NEED_CONSENT},
    {"n:usual", messages_usual, NEED_CONSENT},
    {"n:later", messages_later, NEED_CONSENT},
    {"bc:off", broadcast_off, NEED_NOTHING, .always = true},
    {"bc:wallet", broadcast_wallet, NEED_CONSENT, .leaves = true},
    {"bc:stores", broadcast_stores, NEED_NOTHING, .leaves = true},
    {"bc:profile", broadcast_profile, NEED_CONSENT, .leaves = true},
    {"bc:menu", broadcast_menu, NEED_CONSENT, .leaves = true},
    {"x:open", language_open, NEED_CONSENT, .leaves = true},
    {"x:ru", language_ru, NEED_CONSENT},
    {"x:en", language_en, NEED_CONSENT},
    {"h:open", help_open, NEED_NOTHING, .leaves = true},
    {"p:open", data_open, NEED_NOTHING, .leaves = true},
    {"p:new", data_new, NEED_NOTHING},
    {"p:ask", data_ask, NEED_CONSENT},
    {"p:sure", data_withdraw, NEED_CONSENT, .always = true},
    {"e:send", export_send, NEED_NOTHING},
    {"e:ask", erase_ask, NEED_NOTHING, .always = true},
    {"e:next", erase_next, NEED_NOTHING, .always = true},
    {"e:do", erase_now, NEED_NOTHING, .always = true},
    {"e:not", erase_call_off, NEED_NOTHING},
    {"s:open", stores_open, NEED_NOTHING, .leaves = true},
    {"t:write", support_ask, NEED_CONSENT},
    {"t:not", support_not_me, NEED_CONSENT},
    {"v:open", move_open, NEED_CONSENT},
    {"v:code", move_code, NEED_CONSENT},
    {"v:enter", move_enter, NEED_CONSENT},
    {"v:do", move_sure, NEED_CONSENT},
    {"au:off", told_off, NEED_NOTHING, .always = true},
    {"au:wallet", told_wallet, NEED_CONSENT, .leaves = true},
    {"au:stores", told_stores, NEED_NOTHING, .leaves = true},
    {"au:profile", told_profile, NEED_CONSENT, .leaves = true},
    {"au:menu", told_menu, NEED_CONSENT, .leaves = true},
    {"q:card", post_card, NEED_STAFF, PERM_BROADCAST_EDIT},
    {"q:link", post_link, NEED_STAFF, PERM_BROADCAST_EDIT},
    {"q:clear", post_clear, NEED_STAFF, PERM_BROADCAST_EDIT},
    {"q:who", post_who, NEED_STAFF, PERM_BROADCAST_EDIT},
    {"q:for", post_for, NEED_STAFF, PERM_BROADCAST_EDIT},
    {"q:save", post_save, NEED_STAFF, PERM_BROADCAST_EDIT},
    {"q:drop", post_drop, NEED_STAFF, PERM_BROADCAST_EDIT},
    {"q:send", post_send, NEED_STAFF, PERM_BROADCAST_SEND},
    {"q:halt", post_halt, NEED_STAFF, PERM_BROADCAST_SEND},
    {"q:on", post_go_on, NEED_STAFF, PERM_BROADCAST_SEND},
    {"q:stop", post_stop, NEED_STAFF, PERM_BROADCAST_SEND},
    {"q:sure", post_stop_sure, NEED_STAFF, PERM_BROADCAST_SEND},
};

static const struct talk_row commands[] = {
    {"start", join_start, NEED_NOTHING},
    {"discount", discount_open, NEED_CONSENT, .leaves = true},
    {"wallet", wallet_active, NEED_CONSENT, .leaves = true},
    {"profile", profile_open, NEED_CONSENT, .leaves = true},
    {"birthday", birthday_open, NEED_CONSENT, .leaves = true},
    {"language", language_open, NEED_NOTHING, .leaves = true},
    {"notifications", messages_open, NEED_CONSENT, .leaves = true},
    {"help", help_open, NEED_NOTHING, .leaves = true},
    {"privacy", data_open, NEED_NOTHING, .leaves = true},
    {"stop", messages_stop, NEED_NOTHING, .always = true},
    {"unsubscribe", messages_stop, NEED_NOTHING, .always = true},
    {"export", export_send, NEED_NOTHING, .leaves = true},
    {"delete", erase_ask, NEED_NOTHING, .always = true, .leaves = true},
    {"stores", stores_open, NEED_NOTHING, .leaves = true},
    {"cancel", client_cancel, NEED_NOTHING},
    {"menu", client_menu, NEED_CONSENT},
    {"post", post_ask, NEED_STAFF, PERM_BROADCAST_EDIT, .leaves = true},
};

/* A stranger's q_ (somebody's own code) shows nothing here, and i_, login_ are the
 * other bot's: an ordinary start. */
static const struct talk_row links[] = {
    {"s_", join_source, NEED_NOTHING}, {"c_", join_source, NEED_NOTHING},
    {"r_", join_source, NEED_NOTHING}, {"q_", join_start, NEED_NOTHING},
    {"i_", join_start, NEED_NOTHING},  {"login_", join_start, NEED_NOTHING},
};

static const struct talk_row states[] = {
    {"support", support_said, NEED_CONSENT},
    {"move", move_typed, NEED_CONSENT},
    {"post", post_came, NEED_STAFF, PERM_BROADCAST_EDIT},
    {"post_link", post_linked, NEED_STAFF, PERM_BROADCAST_EDIT},
    {"post_go", post_confirmed, NEED_STAFF, PERM_BROADCAST_SEND},
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
    t->back = c->status == CUSTOMER_BLOCKED;
    if (!t->known || t->up->act == ACT_BLOCKED)
        return ST_OK;
    who.language = c->language;
    return customer_meet(t->s->db, t->now, &who, c);
}

/* Somebody of the shop, by the same account. What is theirs means nothing to others, and
 * they are answered as to anything else that means nothing. */
static enum status allow_staff(struct talk *t, const struct talk_row *row)
{
    enum status st = staff_find(t->s->db, CHANNEL_MESSENGER, t->user, &t->staff);

    if (st == ST_OK && staff_may(&t->staff, row->perm)) {
        if (!t->known)
            t->lang = lang_find(t->staff.language);
        return ST_OK;
    }
    if (st != ST_OK && st != ST_NONE)
        return st;
    st = client_menu(t, "hint");
    return st == ST_OK ? ST_REFUSED : st;
}

static enum status allow_client(struct talk *t, const struct talk_row *row)
{
    enum status st;

    if (row->need == NEED_STAFF)
        return allow_staff(t, row);
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
    screen_button(sc, BTN_PROFILE, "pr", "open", NULL);
    screen_button(sc, BTN_STORES, "s", "open", NULL);
    screen_button(sc, BTN_MESSAGES, "n", "open", NULL);
    screen_button(sc, BTN_LANGUAGE, "x", "open", NULL);
    screen_button(sc, BTN_HELP, "h", "open", NULL);
    screen_button(sc, BTN_DATA, "p", "open", NULL);
    screen_button(sc, BTN_SUPPORT, "t", "write", NULL);
}

enum status client_menu(struct talk *t, const char *arg)
{
    struct screen sc;

    if (!t->known)
        return join_ask(t);
    if (arg[0] == '\0') { /* they came here by themselves: what was asked is over */
        enum status st = walk_leave(t);

        if (st != ST_OK)
            return st;
        talk_forget(t);
    }
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
    if (arg[0] == 'w')
        screen_say(&sc, TEXT_WERE_AWAY);
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

/* What was being written is written. */
static enum status client_done(struct talk *t, const char *arg)
{
    talk_forget(t);
    return client_menu_new(t, arg);
}

/* What the next message is to be; "" when they are nowhere in particular. */
static const char *waits_for(struct talk *t)
{
    if (dialog_load(t->s, t->book->name, t->user, &t->dialog) != ST_OK)
        t->dialog = (struct dialog){0};
    return t->dialog.at;
}

/* The post that somebody of the shop was asked for. */
static enum status take_post(struct talk *t)
{
    static const struct talk_table table = TALK_TABLE(states);
    const struct talk_row *row = talk_find(&table, "post");
    enum status st = allow_client(t, row);

    return st == ST_OK ? row->run(t, "") : st == ST_REFUSED ? ST_OK : st;
}

enum status client_hint(struct talk *t, const char *arg)
{
    const char *at = t->up->act == ACT_OTHER ? waits_for(t) : "";

    (void)arg;
    if (strcmp(at, "post") == 0)
        return take_post(t);
    if (t->known && strcmp(at, "support") == 0)
        return talk_say(t, TEXT_SUPPORT_ONLY);
    return client_menu(t, "hint");
}

enum status client_photo(struct talk *t, const char *arg)
{
    const char *at = waits_for(t);

    if (strcmp(at, "post") == 0)
        return take_post(t);
    if (t->known && strcmp(at, "support") == 0)
        return support_photo(t, arg);
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
    .text = {"text", profile_text, NEED_NOTHING},
    .photo = {"photo", client_photo, NEED_NOTHING},
    .contact = {"contact", phone_shared, NEED_CONSENT},
    .hint = {"hint", client_hint, NEED_NOTHING},
    .reply = support_continued,
    .blocked = client_blocked,
    .unblocked = client_unblocked,
};
