/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A shift at one store: opened (and then on with the code that was scanned before it),
 * looked at, closed with a report. */
#include "worker/cashier/cashier.h"

#include "core/staff/store.h"

#include <stdio.h>

#define STORES_MAX 24

static enum status opened(struct talk *t, int64_t store, const char *code)
{
    enum status st = shift_open(t->s->db, t->now, &t->staff, store, &t->shift);

    if (st == ST_REFUSED)
        return talk_say(t, TEXT_NOT_YOUR_STORE);
    if (st != ST_OK && st != ST_TAKEN)
        return st;
    t->on_shift = true;
    return code[0] != '\0' ? code_check(t, code, false) : cashier_menu(t, "");
}

static void store_button(struct screen *sc, const struct store *store, const char *code)
{
    char id[14], arg[SCREEN_DATA_MAX + 1];

    base36_print((uint64_t)store->id, id);
    snprintf(arg, sizeof(arg), "%s.%s", id, code);
    screen_row(sc);
    screen_choice(sc, store->name, "s", "open", arg);
}

/* Several stores to choose from; one opens by itself. arg: a code to go on with, or "".
 */
enum status shift_ask(struct talk *t, const char *arg)
{
    static struct store stores[STORES_MAX]; /* large, and a step runs alone */
    bool all = role_scope(t->staff.role, PERM_SHIFT) == SCOPE_ALL;
    struct screen sc;
    enum status st;
    int i, n;

    if (t->on_shift)
        return arg[0] != '\0' ? code_check(t, arg, false) : cashier_menu(t, "");
    st = store_list(t->s->db, all ? 0 : t->staff.id, stores, STORES_MAX, &n);
    if (st != ST_OK)
        return st;
    if (n == 0)
        return talk_say(t, TEXT_NO_STORES);
    if (n == 1)
        return opened(t, stores[0].id, arg);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_CHOOSE_STORE);
    for (i = 0; i < n; i++)
        store_button(&sc, &stores[i], arg);
    screen_row(&sc);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status shift_choose(struct talk *t, const char *arg)
{
    const char *code;
    int64_t store = talk_id(arg, &code);

    if (store == 0)
        return shift_ask(t, "");
    if (t->on_shift)
        return code[0] != '\0' ? code_check(t, code, false) : cashier_menu(t, "");
    return opened(t, store, code);
}

/* ---- the report ----------------------------------------------------------------- */

static void say_report(struct talk *t, struct screen *sc, const struct shift_report *r)
{
    char from[SHOP_WHEN_BYTES], till[SHOP_WHEN_BYTES];

    shop_when(t->shop, r->shift.opened_at, t->lang, from);
    shop_when(t->shop, r->shift.closed_at != 0 ? r->shift.closed_at : t->now, t->lang,
              till);
    screen_say(sc, r->shift.closed_at != 0 ? TEXT_REPORT_CLOSED : TEXT_REPORT,
               T_TEXT("store", r->shift.store), T_TEXT("from", from),
               T_TEXT("till", till));
    screen_say(sc, TEXT_REPORT_COUNT, T_INT("n", r->redeemed),
               T_INT("voided", r->voided));
    if (r->redeemed > 0)
        screen_say(sc, TEXT_REPORT_KINDS,
                   T_INT("subscription", r->by_source[SOURCE_SUBSCRIPTION]),
                   T_INT("birthday", r->by_source[SOURCE_BIRTHDAY]),
                   T_INT("manual", r->by_source[SOURCE_MANUAL]));
}

static enum status look(struct talk *t, int64_t shift_id, struct screen *sc)
{
    struct shift_report report;
    enum status st = shift_report(t->s->db, shift_id, &report);

    if (st == ST_OK)
        say_report(t, sc, &report);
    else
        screen_close(sc);
    return st;
}

enum status shift_look(struct talk *t, const char *arg)
{
    struct screen sc;
    enum status st;

    (void)arg;
    screen_open(&sc, t->lang);
    if ((st = look(t, t->shift.id, &sc)) != ST_OK)
        return st;
    screen_button(&sc, BTN_CLOSE_SHIFT, "s", "end", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* The button that closes names the shift, so an old one closes no newer shift. */
enum status shift_end(struct talk *t, const char *arg)
{
    struct screen sc;
    enum status st;
    char id[14];

    (void)arg;
    screen_open(&sc, t->lang);
    if ((st = look(t, t->shift.id, &sc)) != ST_OK)
        return st;
    base36_print((uint64_t)t->shift.id, id);
    screen_say(&sc, TEXT_CLOSE_ASK);
    screen_button(&sc, BTN_CLOSE_SURE, "s", "sure", id);
    screen_button(&sc, BTN_CLOSE_NOT, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status shift_sure(struct talk *t, const char *arg)
{
    int64_t id = talk_id(arg, NULL);
    struct screen sc;
    enum status st;

    if (id == 0)
        return cashier_menu(t, "old");
    st = shift_close(t->s->db, t->now, &t->staff, id);
    if (st == ST_REFUSED || st == ST_NONE)
        return cashier_menu(t, "old");
    if (st != ST_OK && st != ST_TAKEN)
        return st;
    screen_open(&sc, t->lang);
    if ((st = look(t, id, &sc)) != ST_OK)
        return st;
    screen_button(&sc, BTN_MENU, "m", "new", NULL); /* the report stays in the chat */
    return talk_show(t, &sc);
}
