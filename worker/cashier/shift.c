/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A shift at one store: opened (and then on with the code that was scanned before it),
 * looked at, closed with a report. */
#include "worker/cashier/cashier.h"
#include "worker/introduce.h"

#include "core/staff/store.h"

#include <stdio.h>

#define STORES_MAX 24

/* Whose phone it is says who they are; a setting asks for more. On a shared phone they
 * have entered by their PIN already. */
static bool asks_pin(const struct talk *t)
{
    return t->shop->set.pin_at_shift && !t->pin_passed && t->till.id == 0;
}

static enum status opened(struct talk *t, int64_t store, const char *code)
{
    char id[14], arg[SCREEN_DATA_MAX + 1];
    enum status st;

    if (asks_pin(t)) {
        base36_print((uint64_t)store, id);
        snprintf(arg, sizeof(arg), "%s.%s", id, code);
        return pin_ask(t, "s:open", arg);
    }
    st = shift_open(t->s->db, t->now, &t->staff, store, &t->shift);

    if (st == ST_REFUSED)
        return talk_say(t, TEXT_NOT_YOUR_STORE);
    if (st == ST_OK) /* commands and the scanner, in this chat */
        st = introduce_staff(t, t->user, true, t->lang);
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
    if (t->till.id != 0)
        return opened(t, t->till.store_id, arg);
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

/* ---- the end ---------------------------------------------------------------------- */

/* The button that closes names the shift, so an old one closes no newer shift. */
enum status shift_end(struct talk *t, const char *arg)
{
    struct screen sc;
    enum status st;
    char id[14];

    (void)arg;
    screen_open(&sc, t->lang);
    if ((st = count_say(t, &sc, t->shift.id)) != ST_OK)
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
    char text[14];
    struct screen sc;
    enum status st;

    if (id == 0)
        return cashier_menu(t, "old");
    st = shift_close(t->s->db, t->now, &t->staff, id);
    if (st == ST_REFUSED || st == ST_NONE)
        return cashier_menu(t, "old");
    if (st == ST_OK && t->till.id != 0)
        st = till_leave(t->s->db, t->till.id); /* the phone is the next one's */
    if (st != ST_OK && st != ST_TAKEN)
        return st;
    screen_open(&sc, t->lang);
    if ((st = count_say(t, &sc, id)) != ST_OK)
        return st;
    base36_print((uint64_t)id, text);
    screen_button(&sc, BTN_TILL_SUM, "s", "till", text);
    screen_button(&sc, BTN_MENU, "m", "new", NULL); /* the report stays in the chat */
    return talk_show(t, &sc);
}
