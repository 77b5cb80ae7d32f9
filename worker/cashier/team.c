/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who works here, and what of it may be changed by whom (core/staff/team.h). Buttons name
 * people and stores by their ids: each press asks again whether it may. */
#include "core/staff/team.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/staff/access.h"
#include "core/staff/pin.h"
#include "core/staff/store.h"
#include "worker/cashier/cashier.h"
#include "worker/introduce.h"

#include <stdio.h>

#define PAGE 8
#define REQUESTS 5 /* to work here, the oldest */
#define STORES_MAX 24

enum status manage_open(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MANAGE);
    if (staff_may(&t->staff, PERM_STAFF_INVITE)) {
        screen_button(&sc, BTN_TEAM, "p", "open", NULL);
        screen_button(&sc, BTN_INVITE, "i", "open", NULL);
    }
    if (role_scope(t->staff.role, PERM_STATS_VIEW) >= SCOPE_STORE)
        screen_button(&sc, BTN_REPORTS, "q", "open", NULL);
    if (staff_may(&t->staff, PERM_TRAINING))
        screen_button(&sc, BTN_TRAINING, "w", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* ---- the list ------------------------------------------------------------------- */

static void member_button(struct talk *t, struct screen *sc,
                          const struct team_member *m)
{
    char label[CONTACT_NAME_BYTES + 80], id[14];

    base36_print((uint64_t)m->staff.id, id);
    snprintf(label, sizeof(label), "%s%s · %s", m->on_shift ? "🟢 " : "",
             m->staff.name, text_get(t->lang, role_text(m->staff.role)));
    screen_row(sc);
    screen_choice(sc, label, "p", "one", id);
}

static void page_buttons(struct screen *sc, int page, bool more)
{
    char id[14];

    screen_row(sc);
    if (page > 0) {
        base36_print((uint64_t)page, id); /* one lower: pages count from 1 in buttons */
        screen_button(sc, BTN_BACK, "p", "open", id);
    }
    if (more) {
        base36_print((uint64_t)page + 2, id);
        screen_button(sc, BTN_MORE, "p", "open", id);
    }
}

static enum status request_buttons(struct talk *t, struct screen *sc)
{
    static struct access waiting[REQUESTS];
    char label[CONTACT_NAME_BYTES + 8], id[14];
    int n;
    enum status st = access_waiting(t->s->db, t->now, waiting, REQUESTS, &n);

    for (int i = 0; st == ST_OK && i < n; i++) {
        base36_print((uint64_t)waiting[i].id, id);
        snprintf(label, sizeof(label), "✋ %s", waiting[i].name);
        screen_row(sc);
        screen_choice(sc, label, "a", "card", id);
    }
    return st;
}

/* arg: the page, from 1; "": the first, with who waits for an answer. */
enum status team_open(struct talk *t, const char *arg)
{
    struct team_member people[PAGE + 1];
    int64_t asked = talk_id(arg, NULL);
    int page = asked > 0 && asked < 1000 ? (int)asked - 1 : 0;
    struct screen sc;
    int i, n = 0;
    enum status st = team_list(t->s->db, &t->staff, page * PAGE, people, PAGE + 1, &n);

    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_TEAM);
    if (page == 0 && (st = request_buttons(t, &sc)) != ST_OK) {
        screen_close(&sc);
        return st;
    }
    for (i = 0; i < n && i < PAGE; i++)
        member_button(t, &sc, &people[i]);
    page_buttons(&sc, page, n > PAGE);
    screen_row(&sc);
    screen_button(&sc, BTN_INVITE, "i", "open", NULL);
    screen_button(&sc, BTN_SHARED_PHONES, "t", "all", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* ---- one of them ---------------------------------------------------------------- */

static enum status stores_text(struct talk *t, const struct staff *who, struct buf *out)
{
    static struct store stores[STORES_MAX];
    int i, n = 0;
    enum status st = store_list(t->s->db, who->id, stores, STORES_MAX, &n);

    for (i = 0; i < n; i++)
        buf_addf(out, "%s%s", i > 0 ? "; " : "", stores[i].name);
    if (n == 0)
        buf_adds(out,
                 text_get(t->lang, role_has_store(who->role) ? TEXT_TEAM_NO_SHOPS
                                                             : TEXT_TEAM_ALL_SHOPS));
    return st == ST_OK && out->failed ? ST_BROKEN : st;
}

static enum status say_member(struct talk *t, struct screen *sc,
                              const struct staff *who)
{
    char when[SHOP_WHEN_BYTES];
    struct buf stores = {0};
    struct shift shift;
    enum status st = stores_text(t, who, &stores), pin;

    pin = st == ST_OK ? pin_has(t->s->db, t->now, who->id) : st;
    if (pin == ST_OK || pin == ST_NONE) {
        screen_say(sc, TEXT_TEAM_ONE, T_TEXT("name", who->name),
                   T_TEXT("role", text_get(t->lang, role_text(who->role))),
                   T_TEXT("stores", stores.s),
                   T_TEXT("pin", text_get(t->lang, pin == ST_OK ? TEXT_YES : TEXT_NO)));
        st = shift_current(t->s->db, who->id, &shift);
    } else {
        st = pin;
    }
    buf_free(&stores);
    if (st == ST_OK) {
        shop_when(t->shop, shift.opened_at, t->lang, when);
        screen_say(sc, TEXT_TEAM_ON_SHIFT, T_TEXT("store", shift.store),
                   T_TEXT("when", when));
    }
    return st == ST_NONE ? ST_OK : st;
}

static void member_buttons(struct screen *sc, const struct staff *who)
{
    char id[14];

    base36_print((uint64_t)who->id, id);
    screen_button(sc, BTN_ROLE, "p", "role", id);
    screen_button(sc, BTN_SHOPS, "p", "shops", id);
    screen_button(sc, BTN_PIN_GIVE, "p", "pin", id);
    screen_button(sc, BTN_FIRE, "p", "fire", id);
}

static enum status show_member(struct talk *t, const struct staff *who)
{
    enum status may = team_may(t->s->db, &t->staff, who), st;
    struct screen sc;

    if (may != ST_OK && may != ST_REFUSED)
        return may;
    screen_open(&sc, t->lang);
    if ((st = say_member(t, &sc, who)) != ST_OK) {
        screen_close(&sc);
        return st;
    }
    if (may == ST_OK)
        member_buttons(&sc, who);
    screen_row(&sc);
    screen_button(&sc, BTN_BACK, "p", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* Whom the button names: ST_OK, or they were told (ST_REFUSED). Seeing asks no more than
 * that they stand in the list. */
static enum status who_is(struct talk *t, int64_t id, bool change, struct staff *who)
{
    enum status st = id != 0 ? staff_load(t->s->db, id, who) : ST_NONE;

    if (st == ST_OK && !who->active)
        st = ST_NONE;
    if (st == ST_OK && change)
        st = team_may(t->s->db, &t->staff, who);
    if (st == ST_OK && !change)
        st = team_sees(t->s->db, &t->staff, who);
    if (st == ST_NONE)
        st = talk_say(t, TEXT_TEAM_GONE);
    else if (st == ST_REFUSED)
        st = talk_say(t, TEXT_TEAM_NOT_YOURS);
    else
        return st;
    return st == ST_OK ? ST_REFUSED : st;
}

static enum status told(enum status st)
{
    return st == ST_REFUSED ? ST_OK : st;
}

enum status team_one(struct talk *t, const char *arg)
{
    struct staff who;
    enum status st = who_is(t, talk_id(arg, NULL), false, &who);

    return st == ST_OK ? show_member(t, &who) : told(st);
}

/* ---- role ----------------------------------------------------------------------- */

enum status team_roles(struct talk *t, const char *arg)
{
    char prefix[SCREEN_DATA_MAX + 2];
    const struct pick to = {.screen = "p", .action = "as", .prefix = prefix};
    struct staff who;
    struct screen sc;
    enum status st = who_is(t, talk_id(arg, NULL), true, &who);

    if (st != ST_OK)
        return told(st);
    snprintf(prefix, sizeof(prefix), "%s.", arg);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_CHOOSE_ROLE);
    pick_role(t, &sc, &to);
    screen_row(&sc);
    screen_button(&sc, BTN_BACK, "p", "one", arg);
    return talk_show(t, &sc);
}

enum status team_as(struct talk *t, const char *arg)
{
    const char *rest;
    const struct team_act act = {.by = &t->staff, .who = talk_id(arg, &rest)};
    int64_t role = talk_id(rest, NULL);
    struct staff who;
    enum status st = who_is(t, act.who, true, &who);

    if (st != ST_OK)
        return told(st);
    if (role <= ROLE_UNSET || role >= ROLE_COUNT)
        return cashier_menu(t, "old");
    st = team_role(t->s->db, t->now, &act, (enum role)role, &who);
    if (st == ST_REFUSED)
        return talk_say(t, TEXT_TEAM_NOT_YOURS);
    log_info("role_changed", LOG_INT("staff", act.who), LOG_INT("by", t->staff.id));
    return st == ST_OK ? show_member(t, &who) : st;
}

/* ---- stores --------------------------------------------------------------------- */

static bool among(const int64_t *ids, int n, int64_t id)
{
    for (int i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static enum status say_shops(struct talk *t, struct screen *sc, const struct staff *who)
{
    static struct store stores[STORES_MAX];
    bool all = role_scope(t->staff.role, PERM_STAFF_DISMISS) == SCOPE_ALL;
    char label[CONTACT_NAME_BYTES + 8], arg[SCREEN_DATA_MAX + 1], id[14], store[14];
    int64_t theirs[STORES_MAX];
    int i, n = 0, bound = 0;
    enum status st = staff_stores(t->s->db, who->id, theirs, STORES_MAX, &bound);

    if (st == ST_OK)
        st = store_list(t->s->db, all ? 0 : t->staff.id, stores, STORES_MAX, &n);
    base36_print((uint64_t)who->id, id);
    for (i = 0; st == ST_OK && i < n; i++) {
        bool is = among(theirs, bound, stores[i].id);

        base36_print((uint64_t)stores[i].id, store);
        snprintf(arg, sizeof(arg), "%s.%s.%d", id, store, is ? 1 : 2);
        snprintf(label, sizeof(label), "%s%s", is ? "✅ " : "", stores[i].name);
        screen_row(sc);
        screen_choice(sc, label, "p", "shop", arg);
    }
    return st;
}

static enum status show_shops(struct talk *t, const struct staff *who)
{
    struct screen sc;
    char id[14];
    enum status st;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_TEAM_SHOPS, T_TEXT("name", who->name));
    if ((st = say_shops(t, &sc, who)) != ST_OK) {
        screen_close(&sc);
        return st;
    }
    base36_print((uint64_t)who->id, id);
    screen_row(&sc);
    screen_button(&sc, BTN_BACK, "p", "one", id);
    return talk_show(t, &sc);
}

enum status team_shops(struct talk *t, const char *arg)
{
    struct staff who;
    enum status st = who_is(t, talk_id(arg, NULL), true, &who);

    return st == ST_OK ? show_shops(t, &who) : told(st);
}

/* <person>.<store>.<1: take away, 2: add>: what the button showed, so that a press from
 * an old screen does not do the opposite. */
enum status team_shop(struct talk *t, const char *arg)
{
    const char *rest;
    const struct team_act act = {.by = &t->staff, .who = talk_id(arg, &rest)};
    int64_t store = talk_id(rest, &rest), what = talk_id(rest, NULL);
    struct staff who;
    enum status st = who_is(t, act.who, true, &who);

    if (st != ST_OK)
        return told(st);
    if (store == 0 || what < 1 || what > 2)
        return cashier_menu(t, "old");
    st = team_bind(t->s->db, t->now, &act, store, what == 2);
    if (st == ST_REFUSED)
        return talk_say(t, TEXT_TEAM_NOT_YOURS);
    return st == ST_OK ? show_shops(t, &who) : st;
}

/* ---- PIN, dismissal ------------------------------------------------------------- */

/* Digits to be told by word of mouth; they are shown once, here. */
enum status team_give_pin(struct talk *t, const struct staff *who, enum text_key before)
{
    char digits[PIN_ONCE_DIGITS + 1], until[SHOP_WHEN_BYTES], id[14];
    struct screen sc;
    enum status st = pin_reset(t->s->db, t->now, who->id, t->staff.id, digits);

    if (st != ST_OK)
        return st;
    base36_print((uint64_t)who->id, id);
    shop_when(t->shop, t->now + PIN_ONCE_HOURS * HOUR, t->lang, until);
    screen_open(&sc, t->lang);
    if (before != TEXT_NOTHING)
        screen_say(&sc, before, T_TEXT("name", who->name));
    screen_say(&sc, TEXT_PIN_GIVEN, T_TEXT("name", who->name), T_TEXT("pin", digits),
               T_TEXT("until", until));
    screen_button(&sc, BTN_BACK, "p", "one", id);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status team_pin(struct talk *t, const char *arg)
{
    struct staff who;
    enum status st = who_is(t, talk_id(arg, NULL), true, &who);

    return st == ST_OK ? team_give_pin(t, &who, TEXT_NOTHING) : told(st);
}

enum status team_fire(struct talk *t, const char *arg)
{
    struct staff who;
    struct screen sc;
    enum status st = who_is(t, talk_id(arg, NULL), true, &who);

    if (st != ST_OK)
        return told(st);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_FIRE_ASK, T_TEXT("name", who.name));
    screen_button(&sc, BTN_FIRE_SURE, "p", "fired", arg);
    screen_button(&sc, BTN_BACK, "p", "one", arg);
    return talk_show(t, &sc);
}

enum status team_fired(struct talk *t, const char *arg)
{
    const struct team_act act = {.by = &t->staff, .who = talk_id(arg, NULL)};
    struct staff who;
    struct screen sc;
    enum status st = who_is(t, act.who, true, &who);

    if (st == ST_OK)
        st = team_dismiss(t->s->db, t->now, &act, &who);
    else
        return told(st);
    if (st == ST_REFUSED)
        return talk_say(t, TEXT_TEAM_NOT_YOURS);
    if (st != ST_OK)
        return st;
    log_info("staff_dismissed", LOG_INT("staff", act.who), LOG_INT("by", t->staff.id));
    st = introduce_staff(t, who.external_id, false, lang_find(who.language));
    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_FIRED, T_TEXT("name", who.name));
    screen_button(&sc, BTN_BACK, "p", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}
