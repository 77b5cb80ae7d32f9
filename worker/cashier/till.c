/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A phone that several people share: who is at work, by their PIN; and the list of such
 * phones for who answers for the store. */
#include "worker/cashier/cashier.h"

#include "core/base/log.h"
#include "core/staff/store.h"
#include "core/staff/team.h"

#include <stdio.h>

#define PEOPLE_MAX 20
#define STORES_MAX 24
#define TILLS_MAX 8

enum status till_show(struct talk *t)
{
    struct staff people[PEOPLE_MAX];
    struct screen sc;
    char id[14];
    int i, n = 0;
    enum status st = team_of_store(t->s->db, t->till.store_id, people, PEOPLE_MAX, &n);

    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, n > 0 ? TEXT_TILL_WHO : TEXT_TILL_NOBODY,
               T_TEXT("store", t->till.store));
    for (i = 0; i < n; i++) {
        base36_print((uint64_t)people[i].id, id);
        screen_choice(&sc, people[i].name, "t", "pick", id);
    }
    screen_row(&sc);
    if (t->known || n == 0)
        screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status till_who(struct talk *t, const char *arg)
{
    (void)arg;
    return t->till.id != 0 ? till_show(t) : cashier_menu(t, "");
}

enum status till_pick(struct talk *t, const char *arg)
{
    int64_t id = talk_id(arg, NULL);
    struct staff who;
    enum status st = ST_NONE;

    if (t->till.id == 0 || id == 0)
        return cashier_menu(t, "old");
    st = staff_load(t->s->db, id, &who);
    if (st == ST_OK)
        st = staff_may_at(t->s->db, &who, PERM_SHIFT, t->till.store_id);
    if (st != ST_OK)
        return st == ST_NONE || st == ST_REFUSED ? till_show(t) : st;
    return pin_ask_of(t, id, "t:in", "");
}

/* Who it is was seen just now by their PIN; a button alone brings nobody in. */
enum status till_in(struct talk *t, const char *arg)
{
    struct staff who;
    enum status st;

    (void)arg;
    if (t->till.id == 0 || t->pin_staff == 0)
        return cashier_menu(t, "old");
    st = staff_load(t->s->db, t->pin_staff, &who);
    if (st == ST_OK)
        st = till_enter(t->s->db, t->now, &t->till, &who);
    if (st == ST_NONE || st == ST_REFUSED)
        return till_show(t);
    if (st == ST_OK)
        st = cashier_open(t);
    log_info("till_entered", LOG_INT("till", t->till.id), LOG_INT("staff", who.id));
    return st == ST_OK ? cashier_menu(t, "") : st;
}

/* ---- the phones of one's stores ------------------------------------------------- */

static enum status say_phones(struct talk *t, struct screen *sc,
                              const struct store *store, int *all)
{
    struct till tills[TILLS_MAX];
    char id[14];
    int i, n = 0;
    enum status st = till_list(t->s->db, store->id, tills, TILLS_MAX, &n);

    if (st != ST_OK || n == 0)
        return st;
    screen_say(sc, TEXT_TILLS, T_TEXT("store", store->name), T_INT("n", n));
    for (i = 0; i < n; i++) {
        const struct text_arg args[] = {T_INT("n", *all + i + 1)};

        base36_print((uint64_t)tills[i].id, id);
        screen_button_args(sc, BTN_PHONE_OFF, (struct screen_spot){"t", "off", id},
                           args, 1);
    }
    *all += n;
    return ST_OK;
}

enum status till_phones(struct talk *t, const char *arg)
{
    static struct store stores[STORES_MAX];
    bool mine = role_scope(t->staff.role, PERM_STAFF_INVITE) != SCOPE_ALL;
    struct screen sc;
    int i, n = 0, all = 0;
    enum status st =
        store_list(t->s->db, mine ? t->staff.id : 0, stores, STORES_MAX, &n);

    (void)arg;
    screen_open(&sc, t->lang);
    for (i = 0; st == ST_OK && i < n; i++)
        st = say_phones(t, &sc, &stores[i], &all);
    if (st != ST_OK) {
        screen_close(&sc);
        return st;
    }
    if (all == 0)
        screen_say(&sc, TEXT_TILLS_NONE);
    screen_row(&sc);
    screen_button(&sc, BTN_INVITE, "i", "till", NULL);
    screen_button(&sc, BTN_BACK, "p", "open", NULL);
    return talk_show(t, &sc);
}

static enum status off(struct talk *t, int64_t id)
{
    struct till till;
    enum status st = till_load(t->s->db, id, &till);

    if (st == ST_OK)
        st = staff_may_at(t->s->db, &t->staff, PERM_STAFF_INVITE, till.store_id);
    return st == ST_OK ? till_end(t->s->db, t->now, id, t->staff.id) : st;
}

enum status till_off(struct talk *t, const char *arg)
{
    int64_t id = talk_id(arg, NULL);
    enum status st = id != 0 ? off(t, id) : ST_NONE;

    return st == ST_OK || st == ST_NONE || st == ST_REFUSED ? till_phones(t, "") : st;
}
