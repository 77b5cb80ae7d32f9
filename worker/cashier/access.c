/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Somebody we do not know asks to work here; whoever may hire gets a card and answers. */
#include "core/staff/access.h"

#include "core/base/log.h"
#include "core/staff/team.h"
#include "worker/cashier/cashier.h"

#include <stdio.h>

/* ---- the stranger --------------------------------------------------------------- */

static void say_who(struct screen *sc, const struct access *a)
{
    char user[CONTACT_NAME_BYTES + 8] = "";

    if (a->username[0] != '\0')
        snprintf(user, sizeof(user), " (@%s)", a->username);
    screen_say(sc, TEXT_ACCESS_CARD, T_TEXT("name", a->name), T_TEXT("user", user));
}

static void card_add(struct screen *sc, const struct access *a)
{
    char id[14];

    base36_print((uint64_t)a->id, id);
    say_who(sc, a);
    screen_button(sc, BTN_ACCEPT, "a", "yes", id);
    screen_button(sc, BTN_REFUSE, "a", "no", id);
}

static void say_card(struct talk *to, struct screen *sc, const void *what)
{
    (void)to;
    card_add(sc, what);
}

static enum status stranger_told(struct talk *t, enum text_key key)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, key);
    return talk_show(t, &sc);
}

enum status access_request(struct talk *t, const char *arg)
{
    static const enum text_key says[] = {
        [ACCESS_ASKED] = TEXT_ACCESS_ASKED,
        [ACCESS_WAITS] = TEXT_ACCESS_WAITS,
        [ACCESS_NOT_YET] = TEXT_ACCESS_NOT_YET,
        [ACCESS_BUSY] = TEXT_ACCESS_BUSY,
    };
    const struct team_ask ask = {.perm = PERM_STAFF_INVITE};
    struct contact who = talk_contact(t);
    enum access_result result;
    struct access a;
    enum status st;

    (void)arg;
    if (t->known || t->till.id != 0)
        return cashier_menu(t, "");
    st = access_ask(t->s->db, t->now, &who, &result, &a);
    if (st != ST_OK || result == ACCESS_STAFF)
        return st == ST_OK ? cashier_menu(t, "") : st;
    log_info("access_asked", LOG_INT("user", t->user), LOG_INT("result", result));
    st = stranger_told(t, says[result]);
    return st == ST_OK && result == ACCESS_ASKED ? tell_who_may(t, &ask, say_card, &a)
                                                 : st;
}

/* ---- the manager ---------------------------------------------------------------- */

static enum status decided(struct talk *t, const struct access *a)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, a->decider[0] != '\0' ? TEXT_ACCESS_DECIDED : TEXT_ACCESS_OLD,
               T_TEXT("by", a->decider));
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* ST_OK: it is open, and theirs to answer; else they have been told (ST_REFUSED). */
static enum status still_open(struct talk *t, int64_t id, struct access *a)
{
    enum status st = id != 0 ? access_load(t->s->db, id, a) : ST_NONE;

    if (st == ST_OK && a->state == ACCESS_OPEN)
        return ST_OK;
    if (st == ST_NONE)
        st = cashier_menu(t, "old");
    else if (st == ST_OK)
        st = decided(t, a);
    return st == ST_OK ? ST_REFUSED : st;
}

static enum status told(enum status st)
{
    return st == ST_REFUSED ? ST_OK : st;
}

/* A card may have gone to nobody: no manager had begun to talk to the bot. */
enum status access_card(struct talk *t, const char *arg)
{
    struct access a;
    struct screen sc;
    enum status st = still_open(t, talk_id(arg, NULL), &a);

    if (st != ST_OK)
        return told(st);
    screen_open(&sc, t->lang);
    card_add(&sc, &a);
    screen_button(&sc, BTN_TEAM, "p", "open", NULL);
    return talk_show(t, &sc);
}

enum status access_yes(struct talk *t, const char *arg)
{
    int64_t id = talk_id(arg, NULL);
    char prefix[20], text[14];
    const struct pick to = {.screen = "a", .action = "role", .prefix = prefix};
    struct access a;
    struct screen sc;
    enum status st = still_open(t, id, &a);

    if (st != ST_OK)
        return told(st);
    base36_print((uint64_t)id, text);
    snprintf(prefix, sizeof(prefix), "%s.", text);
    screen_open(&sc, t->lang);
    say_who(&sc, &a);
    screen_say(&sc, TEXT_CHOOSE_ROLE);
    pick_role(t, &sc, &to);
    screen_row(&sc);
    screen_button(&sc, BTN_REFUSE, "a", "no", text);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_show(t, &sc);
}

/* The newcomer hears of it in their own chat. */
static enum status newcomer_told(struct talk *t, const struct access *a,
                                 const struct staff *who)
{
    struct talk to = {.s = t->s,
                      .book = &cashier_book,
                      .shop = t->shop,
                      .now = t->now,
                      .user = a->external_id,
                      .lang = lang_find(a->language)};
    struct screen sc;

    screen_open(&sc, to.lang);
    if (who != NULL) {
        to.staff = *who;
        join_words(&to, &sc);
    } else {
        screen_say(&sc, TEXT_ACCESS_SORRY);
    }
    return talk_send(&to, &sc, MESSAGE_SERVICE);
}

static enum status answered(struct talk *t, const struct access *a,
                            const struct staff *who)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(
        &sc, who != NULL ? TEXT_ACCESS_ACCEPTED : TEXT_ACCESS_REFUSED,
        T_TEXT("name", a->name),
        T_TEXT("role", who != NULL ? text_get(t->lang, role_text(who->role)) : ""));
    if (who != NULL)
        screen_button(&sc, BTN_TEAM, "p", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_show(t, &sc);
}

static enum status accept(struct talk *t, const struct access_decision *d)
{
    struct staff who;
    struct access a;
    enum status st = access_accept(t->s->db, t->now, d, &a, &who);

    if (st == ST_TAKEN)
        return decided(t, &a);
    if (st == ST_REFUSED)
        return talk_say(t, TEXT_NO_RIGHT);
    if (st != ST_OK)
        return st == ST_NONE ? cashier_menu(t, "old") : st;
    log_info("access_accepted", LOG_INT("staff", who.id), LOG_INT("by", t->staff.id));
    st = answered(t, &a, &who);
    return st == ST_OK ? newcomer_told(t, &a, &who) : st;
}

enum status access_role(struct talk *t, const char *arg)
{
    const char *rest;
    int64_t id = talk_id(arg, &rest), role = talk_id(rest, NULL);
    struct access_decision d = {.id = id, .by = &t->staff, .role = (enum role)role};
    char prefix[SCREEN_DATA_MAX + 2];
    const struct pick to = {"a", "at", prefix, PERM_STAFF_INVITE};
    struct access a;
    struct screen sc;
    enum status st = still_open(t, role < ROLE_COUNT ? id : 0, &a);

    if (st != ST_OK)
        return told(st);
    if (!role_has_store(d.role))
        return accept(t, &d);
    snprintf(prefix, sizeof(prefix), "%s.", arg);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_CHOOSE_SHOP);
    if ((st = pick_store(t, &sc, &to, NULL)) != ST_OK) {
        screen_close(&sc);
        return st;
    }
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_show(t, &sc);
}

enum status access_at(struct talk *t, const char *arg)
{
    const char *rest;
    struct access_decision d = {.id = talk_id(arg, &rest), .by = &t->staff};
    int64_t role = talk_id(rest, &rest);

    d.store_id = talk_id(rest, NULL);
    if (d.id == 0 || role <= ROLE_UNSET || role >= ROLE_COUNT || d.store_id == 0)
        return cashier_menu(t, "old");
    d.role = (enum role)role;
    return accept(t, &d);
}

enum status access_no(struct talk *t, const char *arg)
{
    const struct access_decision d = {.id = talk_id(arg, NULL), .by = &t->staff};
    struct access a;
    enum status st = still_open(t, d.id, &a);

    if (st != ST_OK)
        return told(st);
    st = access_refuse(t->s->db, t->now, &d, &a);
    if (st == ST_TAKEN)
        return decided(t, &a);
    if (st == ST_REFUSED)
        return talk_say(t, TEXT_NO_RIGHT);
    if (st == ST_OK)
        st = answered(t, &a, NULL);
    return st == ST_OK ? newcomer_told(t, &a, NULL) : st;
}
