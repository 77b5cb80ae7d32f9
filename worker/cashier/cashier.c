/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The cashier's bot: its tables, its menu. */
#include "worker/cashier/cashier.h"

/* ---- what may come in, who may, what runs --------------------------------------- */

static const struct talk_row screens[] = {
    {"m:open", cashier_menu, NEED_STAFF, PERM_SHIFT},
    {"m:new", cashier_menu_new, NEED_STAFF, PERM_SHIFT},
    {"s:ask", shift_ask, NEED_STAFF, PERM_SHIFT},
    {"s:open", shift_choose, NEED_STAFF, PERM_SHIFT},
    {"s:look", shift_look, NEED_SHIFT, PERM_SHIFT_REPORT},
    {"s:end", shift_end, NEED_SHIFT, PERM_SHIFT},
    {"s:sure", shift_sure, NEED_STAFF, PERM_SHIFT},
    {"r:take", card_take, NEED_STAFF, PERM_DISCOUNT_CHECK},
    {"r:again", card_again, NEED_STAFF, PERM_DISCOUNT_CHECK},
    {"r:yes", card_yes, NEED_STAFF, PERM_DISCOUNT_REDEEM},
    {"r:no", card_no, NEED_STAFF, PERM_DISCOUNT_CHECK},
    {"u:last", undo_last, NEED_SHIFT, PERM_REDEMPTION_VOID},
    {"u:ask", undo_ask, NEED_STAFF, PERM_REDEMPTION_VOID},
    {"u:keep", undo_keep, NEED_STAFF, PERM_REDEMPTION_VOID},
    {"u:do", undo_do, NEED_STAFF, PERM_REDEMPTION_VOID},
    {"h:open", till_help, NEED_STAFF, PERM_SHIFT},
    {"x:open", till_language, NEED_STAFF, PERM_SHIFT},
    {"x:ru", till_ru, NEED_STAFF, PERM_SHIFT},
    {"x:en", till_en, NEED_STAFF, PERM_SHIFT},
};

static const struct talk_row commands[] = {
    {"start", cashier_start, NEED_NOTHING},
    {"help", till_help, NEED_STAFF, PERM_SHIFT},
    {"shift", shift_ask, NEED_STAFF, PERM_SHIFT},
    {"close", shift_end, NEED_SHIFT, PERM_SHIFT},
    {"report", shift_look, NEED_SHIFT, PERM_SHIFT_REPORT},
    {"undo", undo_last, NEED_SHIFT, PERM_REDEMPTION_VOID},
    {"language", till_language, NEED_STAFF, PERM_SHIFT},
    {"cancel", cashier_cancel, NEED_STAFF, PERM_SHIFT},
    {"menu", cashier_menu, NEED_STAFF, PERM_SHIFT},
};

/* A customer who opens a q_ link, their own perhaps, is a stranger here. */
static const struct talk_row links[] = {
    {"q_", code_link, NEED_STAFF, PERM_DISCOUNT_CHECK},
    {"i_", join_invite, NEED_NOTHING},
    {"login_", cashier_start, NEED_NOTHING},
    {"s_", cashier_start, NEED_NOTHING},
    {"c_", cashier_start, NEED_NOTHING},
    {"r_", cashier_start, NEED_NOTHING},
};

/* ---- who is it ------------------------------------------------------------------ */

static enum status not_none(enum status st)
{
    return st == ST_NONE ? ST_OK : st;
}

enum status cashier_open(struct talk *t)
{
    enum status st = staff_find(t->s->db, CHANNEL_MESSENGER, t->user, &t->staff);

    if (st != ST_OK)
        return not_none(st);
    t->lang = lang_find(t->staff.language);
    t->known = t->staff.active;
    if (!t->known)
        return ST_OK;
    st = shift_current(t->s->db, t->staff.id, &t->shift);
    t->on_shift = st == ST_OK;
    return not_none(st);
}

static enum status open_cashier(struct talk *t)
{
    struct contact who;
    enum status st = cashier_open(t);

    if (st != ST_OK || !t->known)
        return st;
    who = talk_contact(t);
    who.language = t->staff.language;
    return not_none(staff_seen(t->s->db, t->now, &t->staff, &who));
}

static enum status allow_cashier(struct talk *t, const struct talk_row *row)
{
    enum status st;

    if (row->need == NEED_NOTHING)
        return ST_OK;
    if (!t->known)
        st = join_stranger(t);
    else if (!staff_may(&t->staff, row->perm))
        st = talk_say(t, TEXT_NO_RIGHT);
    else if (row->need == NEED_SHIFT && !t->on_shift)
        st = cashier_menu(t, "");
    else
        return ST_OK;
    return st == ST_OK ? ST_REFUSED : st;
}

/* ---- the menu ------------------------------------------------------------------- */

static void off_shift(struct screen *sc)
{
    screen_say(sc, TEXT_TILL_CLOSED);
    screen_button(sc, BTN_OPEN_SHIFT, "s", "ask", NULL);
    screen_row(sc);
}

static void on_shift(struct talk *t, struct screen *sc)
{
    char when[SHOP_WHEN_BYTES];

    shop_when(t->shop, t->shift.opened_at, t->lang, when);
    screen_say(sc, TEXT_TILL_OPEN, T_TEXT("store", t->shift.store),
               T_TEXT("when", when));
    screen_button(sc, BTN_UNDO_LAST, "u", "last", NULL);
    screen_button(sc, BTN_SHIFT, "s", "look", NULL);
    screen_button(sc, BTN_CLOSE_SHIFT, "s", "end", NULL);
}

enum status cashier_menu(struct talk *t, const char *arg)
{
    struct screen sc;

    if (!t->known)
        return join_stranger(t);
    screen_open(&sc, t->lang);
    if (arg[0] == 'o')
        screen_say(&sc, TEXT_OLD_SCREEN);
    if (arg[0] == 'l')
        screen_say(&sc, TEXT_LOST);
    if (arg[0] == 'c')
        screen_say(&sc, TEXT_CANCELLED);
    if (arg[0] == 'h')
        screen_say(&sc, TEXT_HINT_TILL);
    if (t->on_shift)
        on_shift(t, &sc);
    else
        off_shift(&sc);
    screen_button(&sc, BTN_HELP, "h", "open", NULL);
    screen_button(&sc, BTN_LANGUAGE, "x", "open", NULL);
    return talk_show(t, &sc);
}

/* Under a receipt: it stays. */
enum status cashier_menu_new(struct talk *t, const char *arg)
{
    (void)arg;
    talk_leave(t);
    return cashier_menu(t, "");
}

enum status cashier_start(struct talk *t, const char *arg)
{
    (void)arg;
    return cashier_menu(t, "");
}

enum status cashier_hint(struct talk *t, const char *arg)
{
    (void)arg;
    return cashier_menu(t, "hint");
}

enum status cashier_cancel(struct talk *t, const char *arg)
{
    (void)arg;
    talk_forget(t);
    return cashier_menu(t, "cancelled");
}

/* Nothing to note: whoever works here and stops the bot simply does not use it. */
static enum status quiet(struct talk *t, const char *arg)
{
    (void)t;
    (void)arg;
    return ST_OK;
}

const struct talk_book cashier_book = {
    .name = "auth",
    .sender = SENDER_AUTH,
    .screens = TALK_TABLE(screens),
    .commands = TALK_TABLE(commands),
    .links = TALK_TABLE(links),
    .states = {NULL, 0},
    .open = open_cashier,
    .allow = allow_cashier,
    .menu = cashier_menu,
    .text = {"text", code_typed, NEED_STAFF, PERM_DISCOUNT_CHECK},
    .photo = {"photo", code_photo, NEED_STAFF, PERM_DISCOUNT_CHECK},
    .hint = {"hint", cashier_hint, NEED_STAFF, PERM_SHIFT},
    .blocked = quiet,
    .unblocked = quiet,
};
