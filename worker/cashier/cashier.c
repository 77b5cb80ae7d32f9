/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The cashier's bot: its tables, its menu. */
#include "worker/cashier/cashier.h"

/* ---- what may come in, who may, what runs --------------------------------------- */

static const struct talk_row screens[] = {
    {"m:open", cashier_menu, NEED_STAFF, PERM_SHIFT},
    {"m:new", cashier_menu_new, NEED_STAFF, PERM_SHIFT},
    {"y:reply", support_reply, NEED_STAFF, PERM_SUPPORT},
    {"y:close", support_shut, NEED_STAFF, PERM_SUPPORT},
    {"y:block", support_bar, NEED_STAFF, PERM_SUPPORT},
    {"y:unblock", support_unbar, NEED_STAFF, PERM_SUPPORT},
    {"y:drop", cashier_cancel, NEED_STAFF, PERM_SUPPORT},
    {"s:ask", shift_ask, NEED_STAFF, PERM_SHIFT, .leaves = true},
    {"s:open", shift_choose, NEED_STAFF, PERM_SHIFT},
    {"s:look", shift_look, NEED_SHIFT, PERM_SHIFT_REPORT, .leaves = true},
    {"s:end", shift_end, NEED_SHIFT, PERM_SHIFT},
    {"s:sure", shift_sure, NEED_STAFF, PERM_SHIFT},
    {"r:take", card_take, NEED_STAFF, PERM_DISCOUNT_CHECK},
    {"r:again", card_again, NEED_STAFF, PERM_DISCOUNT_CHECK},
    {"r:yes", receipt_press, NEED_STAFF, PERM_DISCOUNT_REDEEM},
    {"r:sum", amount_ask, NEED_STAFF, PERM_DISCOUNT_REDEEM},
    {"r:renew", card_renew, NEED_SHIFT, PERM_DISCOUNT_ISSUE},
    {"r:no", card_no, NEED_STAFF, PERM_DISCOUNT_CHECK},
    {"u:last", undo_last, NEED_SHIFT, PERM_REDEMPTION_VOID},
    {"u:ask", undo_ask, NEED_STAFF, PERM_REDEMPTION_VOID},
    {"u:keep", undo_keep, NEED_STAFF, PERM_REDEMPTION_VOID},
    {"u:do", undo_do, NEED_STAFF, PERM_REDEMPTION_VOID},
    {"s:till", count_ask, NEED_STAFF, PERM_SHIFT},
    {"s:one", shift_one, NEED_STAFF, PERM_SHIFT_REPORT},
    {"s:csv", shift_csv, NEED_STAFF, PERM_SHIFT_REPORT},
    {"c:how", code_how, NEED_STAFF, PERM_DISCOUNT_CHECK},
    {"a:ask", access_request, NEED_NOTHING},
    {"a:card", access_card, NEED_STAFF, PERM_STAFF_INVITE},
    {"a:yes", access_yes, NEED_STAFF, PERM_STAFF_INVITE},
    {"a:role", access_role, NEED_STAFF, PERM_STAFF_INVITE},
    {"a:at", access_at, NEED_STAFF, PERM_STAFF_INVITE},
    {"a:no", access_no, NEED_STAFF, PERM_STAFF_INVITE},
    {"i:open", invite_open, NEED_STAFF, PERM_STAFF_INVITE, .leaves = true},
    {"i:role", invite_role, NEED_STAFF, PERM_STAFF_INVITE},
    {"i:at", invite_at, NEED_STAFF, PERM_STAFF_INVITE},
    {"i:till", invite_till, NEED_STAFF, PERM_STAFF_INVITE},
    {"i:phone", invite_phone, NEED_STAFF, PERM_STAFF_INVITE},
    {"i:name", hire_open, NEED_STAFF, PERM_STAFF_INVITE},
    {"i:who", hire_at, NEED_STAFF, PERM_STAFF_INVITE},
    {"g:open", manage_open, NEED_STAFF, PERM_STAFF_VIEW, .leaves = true},
    {"p:open", team_open, NEED_STAFF, PERM_STAFF_INVITE, .leaves = true},
    {"p:one", team_one, NEED_STAFF, PERM_STAFF_INVITE},
    {"p:role", team_roles, NEED_STAFF, PERM_STAFF_DISMISS},
    {"p:as", team_as, NEED_STAFF, PERM_STAFF_DISMISS},
    {"p:shops", team_shops, NEED_STAFF, PERM_STAFF_DISMISS},
    {"p:shop", team_shop, NEED_STAFF, PERM_STAFF_DISMISS},
    {"p:pin", team_pin, NEED_STAFF, PERM_STAFF_DISMISS},
    {"p:fire", team_fire, NEED_STAFF, PERM_STAFF_DISMISS},
    {"p:fired", team_fired, NEED_STAFF, PERM_STAFF_DISMISS},
    {"t:who", till_who, NEED_NOTHING},
    {"t:pick", till_pick, NEED_NOTHING},
    {"t:in", till_in, NEED_NOTHING},
    {"t:all", till_phones, NEED_STAFF, PERM_STAFF_INVITE, .leaves = true},
    {"t:off", till_off, NEED_STAFF, PERM_STAFF_INVITE},
    {"k:my", pin_my, NEED_STAFF, PERM_SHIFT},
    {"k:d", pin_digit, NEED_NOTHING},
    {"k:x", pin_erase, NEED_NOTHING},
    {"k:ok", pin_done, NEED_NOTHING},
    {"k:no", pin_no, NEED_NOTHING},
    {"w:open", training_open, NEED_STAFF, PERM_TRAINING, .leaves = true},
    {"w:turn", training_turn, NEED_STAFF, PERM_TRAINING},
    {"q:open", month_open, NEED_STAFF, PERM_STATS_VIEW, .leaves = true},
    {"q:shops", month_shops, NEED_STAFF, PERM_STATS_VIEW},
    {"q:show", month_show, NEED_STAFF, PERM_STATS_VIEW},
    {"q:shifts", shift_list, NEED_STAFF, PERM_SHIFT_REPORT},
    {"q:csv", month_csv, NEED_STAFF, PERM_STATS_VIEW},
    {"l:yes", login_yes, NEED_NOTHING},
    {"l:no", login_no, NEED_NOTHING},
    {"l:open", login_open, NEED_STAFF, PERM_PANEL},
    {"o:yes", owner_yes, NEED_NOTHING},
    {"o:no", owner_no, NEED_NOTHING},
    {"o:back", owner_back, NEED_NOTHING},
    {"b:go", restored_go, NEED_STAFF, PERM_BROADCAST_CONFIRM},
    {"b:end", restored_end, NEED_STAFF, PERM_BROADCAST_CONFIRM},
    {"h:open", till_help, NEED_STAFF, PERM_SHIFT, .leaves = true},
    {"x:open", till_language, NEED_STAFF, PERM_SHIFT, .leaves = true},
    {"x:ru", till_ru, NEED_STAFF, PERM_SHIFT},
    {"x:en", till_en, NEED_STAFF, PERM_SHIFT},
};

static const struct talk_row commands[] = {
    {"start", cashier_start, NEED_NOTHING},
    {"help", till_help, NEED_STAFF, PERM_SHIFT, .leaves = true},
    {"shift", shift_ask, NEED_STAFF, PERM_SHIFT, .leaves = true},
    {"close", shift_end, NEED_SHIFT, PERM_SHIFT, .leaves = true},
    {"report", shift_look, NEED_SHIFT, PERM_SHIFT_REPORT, .leaves = true},
    {"undo", undo_last, NEED_SHIFT, PERM_REDEMPTION_VOID},
    {"pin", pin_my, NEED_STAFF, PERM_SHIFT},
    {"language", till_language, NEED_STAFF, PERM_SHIFT, .leaves = true},
    {"cancel", cashier_cancel, NEED_STAFF, PERM_SHIFT},
    {"menu", cashier_menu, NEED_STAFF, PERM_SHIFT},
};

/* A customer who opens a q_ link, their own perhaps, is a stranger here. */
static const struct talk_row states[] = {
    {"support", support_typed, NEED_STAFF, PERM_SUPPORT},
    {"amount", amount_typed, NEED_STAFF, PERM_DISCOUNT_REDEEM},
    {"why", undo_words, NEED_STAFF, PERM_REDEMPTION_VOID},
    {"pin", pin_typed, NEED_STAFF, PERM_SHIFT},
    {"till_sum", count_typed, NEED_STAFF, PERM_SHIFT},
    {"hire", hire_named, NEED_STAFF, PERM_STAFF_INVITE},
};

static const struct talk_row links[] = {
    {"q_", code_link, NEED_STAFF, PERM_DISCOUNT_CHECK},
    {"i_", join_invite, NEED_NOTHING},
    {"login_", login_asked, NEED_NOTHING},
    {"s_", cashier_start, NEED_NOTHING},
    {"c_", cashier_start, NEED_NOTHING},
    {"r_", cashier_start, NEED_NOTHING},
};

/* ---- who is it ------------------------------------------------------------------ */

static enum status not_none(enum status st)
{
    return st == ST_NONE ? ST_OK : st;
}

/* On a shared phone it is whoever entered last, while they work at its store. */
static enum status person_find(struct talk *t)
{
    enum status st = till_find(t->s->db, CHANNEL_MESSENGER, t->user, &t->till);

    if (st == ST_NONE)
        return staff_find(t->s->db, CHANNEL_MESSENGER, t->user, &t->staff);
    if (st == ST_OK && t->till.held_since <= t->now - TILL_HELD_HOURS * HOUR)
        st = ST_NONE; /* by nobody (0), or since yesterday */
    if (st != ST_OK)
        return st;
    st = staff_load(t->s->db, t->till.held_by, &t->staff);
    if (st == ST_OK)
        st = staff_may_at(t->s->db, &t->staff, PERM_SHIFT, t->till.store_id);
    if (st == ST_REFUSED)
        st = ST_NONE;
    return st;
}

enum status cashier_open(struct talk *t)
{
    enum status st = person_find(t);

    t->known = t->on_shift = false;
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

    /* The account of a shared phone has a name of its own. */
    if (st != ST_OK || !t->known || t->till.id != 0)
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
        st = cashier_menu(t, "");
    else if (!staff_may(&t->staff, row->perm))
        st = talk_say(t, TEXT_NO_RIGHT);
    else if (row->need == NEED_SHIFT && !t->on_shift)
        st = cashier_menu(t, "");
    else
        return ST_OK;
    return st == ST_OK ? ST_REFUSED : st;
}

enum status cashier_go(struct talk *t, const char *route, const char *arg)
{
    static const struct talk_table rows = TALK_TABLE(screens);
    const struct talk_row *row = talk_find(&rows, route);
    enum status st = row != NULL ? allow_cashier(t, row) : ST_NONE;

    if (st == ST_NONE)
        return cashier_menu(t, "old");
    return st == ST_OK ? row->run(t, arg) : st == ST_REFUSED ? ST_OK : st;
}

/* ---- the menu ------------------------------------------------------------------- */

/* More than their own shift and receipts. */
static bool manages(const struct talk *t)
{
    return staff_may(&t->staff, PERM_STAFF_INVITE) ||
           role_scope(t->staff.role, PERM_STATS_VIEW) >= SCOPE_STORE;
}

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
    scan_button(t, sc);
    screen_button(sc, BTN_TYPE_CODE, "c", "how", NULL);
    screen_row(sc);
    screen_button(sc, BTN_UNDO_LAST, "u", "last", NULL);
    screen_button(sc, BTN_SHIFT, "s", "look", NULL);
    screen_button(sc, BTN_CLOSE_SHIFT, "s", "end", NULL);
}

enum status cashier_menu(struct talk *t, const char *arg)
{
    struct screen sc;

    if (!t->known)
        return t->till.id != 0 ? till_show(t) : join_stranger(t);
    screen_open(&sc, t->lang);
    if (arg[0] == 'p')
        screen_say(&sc, TEXT_PIN_SAVED);
    if (arg[0] == 'o')
        screen_say(&sc, TEXT_OLD_SCREEN);
    if (arg[0] == 'l')
        screen_say(&sc, TEXT_LOST);
    if (arg[0] == 'c')
        screen_say(&sc, TEXT_CANCELLED);
    if (arg[0] == 'h')
        screen_say(&sc, TEXT_HINT_TILL);
    if (arg[0] == 'w')
        screen_say(&sc, TEXT_WERE_AWAY);
    if (t->till.id != 0)
        screen_say(&sc, TEXT_TILL_PERSON, T_TEXT("name", t->staff.name));
    if (t->on_shift && t->shift.training)
        screen_say(&sc, TEXT_TRAINING);
    if (t->on_shift)
        on_shift(t, &sc);
    else
        off_shift(&sc);
    screen_row(&sc);
    if (t->till.id != 0)
        screen_button(&sc, BTN_SWITCH, "t", "who", NULL);
    if (manages(t))
        screen_button(&sc, BTN_MANAGE, "g", "open", NULL);
    if (t->till.id == 0 && staff_may(&t->staff, PERM_PANEL))
        screen_button(&sc, BTN_PANEL, "l", "open", NULL);
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
    .states = TALK_TABLE(states),
    .open = open_cashier,
    .allow = allow_cashier,
    .menu = cashier_menu,
    .text = {"text", code_typed, NEED_STAFF, PERM_DISCOUNT_CHECK},
    .photo = {"photo", code_photo, NEED_STAFF, PERM_DISCOUNT_CHECK},
    .hint = {"hint", cashier_hint, NEED_STAFF, PERM_SHIFT},
    .reply = support_replied,
    .blocked = quiet,
    .unblocked = quiet,
};
