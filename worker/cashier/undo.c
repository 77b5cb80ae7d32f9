/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A receipt taken back: why, in one tap, then both sides are told. Who may and how long
 * is redemption_void's to say. */
#include "worker/cashier/cashier.h"

#include <stdio.h>
#include <string.h>

static const struct reason {
    enum void_reason reason;
    enum text_key label;
    const char *arg; /* of the button */
} reasons[] = {
    {VOID_AMOUNT, BTN_WHY_AMOUNT, "1"},
    {VOID_CUSTOMER, BTN_WHY_CUSTOMER, "2"},
    {VOID_RETURN, BTN_WHY_RETURN, "3"},
    {VOID_OTHER, BTN_WHY_OTHER, "4"},
};
#define REASONS (sizeof(reasons) / sizeof(reasons[0]))

static enum status ask(struct talk *t, const struct redemption *r)
{
    char id[14], arg[SCREEN_DATA_MAX + 1], percent[SHOP_WHEN_BYTES];
    struct screen sc;
    size_t i;

    base36_print((uint64_t)r->id, id);
    shop_percent(r->percent_bp, t->lang, percent);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_UNDO_ASK, T_INT("no", r->receipt_no),
               T_TEXT("percent", percent), T_TEXT("customer", r->customer));
    for (i = 0; i < REASONS; i++) {
        snprintf(arg, sizeof(arg), "%s.%s", id, reasons[i].arg);
        screen_button(&sc, reasons[i].label, "u", "do", arg);
    }
    screen_button(&sc, BTN_KEEP, "u", "keep", id);
    return talk_show(t, &sc);
}

/* Of another cashier, or of another time: nothing is shown of it. The act itself asks
 * again, with locks. */
static enum status find(struct talk *t, int64_t id, struct redemption *r)
{
    enum status st = id != 0 ? redemption_load(t->s->db, id, r) : ST_NONE;

    if (st == ST_OK && r->staff_id != t->staff.id &&
        role_scope(t->staff.role, PERM_REDEMPTION_VOID) < SCOPE_STORE)
        st = ST_NONE;
    return st;
}

enum status undo_last(struct talk *t, const char *arg)
{
    struct redemption r;
    enum status st = redemption_last(t->s->db, t->shift.id, &r);

    (void)arg;
    if (st == ST_NONE)
        return talk_say(t, TEXT_UNDO_NOTHING);
    return st == ST_OK ? ask(t, &r) : st;
}

enum status undo_ask(struct talk *t, const char *arg)
{
    struct redemption r;
    enum status st = find(t, talk_id(arg, NULL), &r);

    if (st == ST_NONE)
        return talk_say(t, TEXT_UNDO_NOT_YOURS);
    if (st != ST_OK)
        return st;
    return r.voided_at != 0 ? talk_say(t, TEXT_UNDO_ALREADY) : ask(t, &r);
}

enum status undo_keep(struct talk *t, const char *arg)
{
    struct redemption r;
    enum status st = find(t, talk_id(arg, NULL), &r);

    if (st == ST_NONE)
        return cashier_menu(t, "old");
    return st == ST_OK ? receipt_show(t, &r) : st;
}

static enum status undone(struct talk *t, const struct redemption *r, enum text_key why)
{
    char percent[SHOP_WHEN_BYTES];
    struct screen sc;

    shop_percent(r->percent_bp, t->lang, percent);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_UNDONE, T_INT("no", r->receipt_no), T_TEXT("percent", percent),
               T_TEXT("customer", r->customer), T_TEXT("why", text_get(t->lang, why)));
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_show(t, &sc);
}

static enum status not_undone(struct talk *t, enum text_key why)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, why, T_INT("minutes", t->shop->set.undo_minutes));
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static const struct reason *reason_find(const char *arg)
{
    size_t i;

    for (i = 0; i < REASONS; i++)
        if (strcmp(arg, reasons[i].arg) == 0)
            return &reasons[i];
    return NULL;
}

enum status undo_do(struct talk *t, const char *arg)
{
    static const enum text_key says[] = {
        [VOID_ALREADY] = TEXT_UNDO_ALREADY,
        [VOID_TOO_LATE] = TEXT_UNDO_LATE,
        [VOID_NOT_YOURS] = TEXT_UNDO_NOT_YOURS,
        [VOID_UNKNOWN] = TEXT_UNDO_NOT_YOURS,
    };
    const char *rest;
    int64_t id = talk_id(arg, &rest);
    const struct reason *why = reason_find(rest);
    struct void_ask v = {.redemption_id = id,
                         .staff = &t->staff,
                         .shift = t->on_shift ? &t->shift : NULL,
                         .window = t->shop->set.undo_minutes * MINUTE};
    enum void_result result;
    struct redemption r;
    enum status st;

    if (id == 0 || why == NULL)
        return cashier_menu(t, "old");
    v.reason = why->reason;
    if ((st = redemption_void(t->s->db, t->now, &v, &result, &r)) != ST_OK)
        return st;
    return result == VOIDED ? undone(t, &r, why->label) : not_undone(t, says[result]);
}
