/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The card of a checked code: what it is worth and the next step; then the receipt. */
#include "worker/cashier/cashier.h"

#include "core/base/log.h"

#include <string.h>

/* What is said of each verdict, and the button that leads on. */
static const struct face {
    enum text_key text;
    enum text_key label; /* TEXT_NOTHING: the menu alone */
    const char *screen, *action;
} faces[VERDICT_COUNT] = {
    [VERDICT_VALID] = {CARD_VALID, TEXT_NOTHING, NULL, NULL}, /* buttons of its own */
    [VERDICT_USED] = {CARD_USED, TEXT_NOTHING, NULL, NULL},
    [VERDICT_EXPIRED] = {CARD_EXPIRED, TEXT_NOTHING, NULL, NULL},
    [VERDICT_NOT_STARTED] = {CARD_NOT_STARTED, TEXT_NOTHING, NULL, NULL},
    [VERDICT_REVOKED] = {CARD_REVOKED, TEXT_NOTHING, NULL, NULL},
    [VERDICT_UNKNOWN] = {CARD_UNKNOWN, TEXT_NOTHING, NULL, NULL},
    [VERDICT_HELD] = {CARD_HELD, BTN_TAKE, "r", "take"},
    [VERDICT_OWN] = {CARD_OWN, TEXT_NOTHING, NULL, NULL},
    [VERDICT_WRONG_STORE] = {CARD_WRONG_STORE, TEXT_NOTHING, NULL, NULL},
    [VERDICT_LOCKED] = {CARD_LOCKED, TEXT_NOTHING, NULL, NULL},
    [VERDICT_NO_RIGHT] = {TEXT_NO_RIGHT, TEXT_NOTHING, NULL, NULL},
    [VERDICT_NO_SHIFT] = {CARD_NO_SHIFT, BTN_OPEN_SHIFT, "s", "ask"},
    [VERDICT_WITHDRAWN] = {CARD_WITHDRAWN, TEXT_NOTHING, NULL, NULL},
};

static enum text_key what_text(enum discount_source source)
{
    return source == SOURCE_BIRTHDAY       ? TEXT_FOR_BIRTHDAY
           : source == SOURCE_SUBSCRIPTION ? TEXT_FOR_SUBSCRIPTION
                                           : TEXT_FOR_YOU;
}

/* "применена, ул. Ленина, 12.05.2026 14:31, Ольга, чек № 482" */
static void say_spent(struct talk *t, struct screen *sc, const struct spent *used)
{
    char when[SHOP_WHEN_BYTES];

    shop_when(t->shop, used->at, t->lang, when);
    screen_say(sc, used->same_staff ? CARD_USED_BY_YOU : CARD_USED,
               T_TEXT("when", when), T_TEXT("store", used->store),
               T_TEXT("by", used->by), T_INT("no", used->receipt_no));
}

static void say_verdict(struct talk *t, struct screen *sc, const struct card *c)
{
    char percent[SHOP_WHEN_BYTES], until[SHOP_WHEN_BYTES], from[SHOP_WHEN_BYTES],
        held[SHOP_WHEN_BYTES];

    if (c->verdict == VERDICT_USED) {
        say_spent(t, sc, &c->used);
        return;
    }
    shop_percent(c->discount.percent_bp, t->lang, percent);
    shop_until(t->shop, c->discount.valid_until, t->lang, until);
    shop_when(t->shop, c->discount.valid_from, t->lang, from);
    shop_clock(t->shop, c->held_until, held);
    screen_say(sc, faces[c->verdict].text, T_TEXT("percent", percent),
               T_TEXT("what", text_get(t->lang, what_text(c->discount.source))),
               T_TEXT("customer", c->customer), T_TEXT("until", until),
               T_TEXT("from", from), T_TEXT("by", c->held_by), T_TEXT("held", held));
}

static void valid_buttons(struct talk *t, struct screen *sc, const struct card *c)
{
    const struct screen_spot yes = {"r", "yes", c->nonce};
    char percent[SHOP_WHEN_BYTES];
    const struct text_arg args[] = {T_TEXT("percent", percent)};

    shop_percent(c->discount.percent_bp, t->lang, percent);
    screen_button_args(sc, BTN_APPLY, yes, args, 1);
    screen_button(sc, BTN_CANCEL, "r", "no", c->nonce);
}

/* Whoever may take back what others redeemed finds it by checking its code. */
static void used_buttons(struct talk *t, struct screen *sc, const struct spent *used)
{
    if (used->key[0] != '\0' && staff_may(&t->staff, PERM_REDEMPTION_VOID) &&
        role_scope(t->staff.role, PERM_REDEMPTION_VOID) >= SCOPE_STORE)
        screen_button(sc, BTN_UNDO, "u", "ask", used->key);
}

/* code travels on in the button that needs it: to take over, to open a shift first. */
enum status card_show(struct talk *t, const struct card *c, const char *code)
{
    enum verdict v =
        c->verdict < VERDICT_COUNT && c->verdict > 0 ? c->verdict : VERDICT_UNKNOWN;
    const struct face *f = &faces[v];
    struct screen sc;

    log_info("code_checked", LOG_INT("staff", t->staff.id),
             LOG_TEXT("verdict", verdict_name(v)), LOG_INT("discount", c->discount.id));
    screen_open(&sc, t->lang);
    say_verdict(t, &sc, c);
    if (v == VERDICT_VALID)
        valid_buttons(t, &sc, c);
    else {
        if (v == VERDICT_USED)
            used_buttons(t, &sc, &c->used);
        if (f->label != TEXT_NOTHING)
            screen_button(&sc, f->label, f->screen, f->action, code);
        screen_button(&sc, BTN_MENU, "m", "open", NULL);
    }
    return talk_show(t, &sc);
}

enum status card_take(struct talk *t, const char *arg)
{
    return code_check(t, arg, true);
}

enum status card_again(struct talk *t, const char *arg)
{
    return code_check(t, arg, false);
}

/* The discount is free for the next cashier at once, not in three minutes. */
enum status card_no(struct talk *t, const char *arg)
{
    enum status st = redemption_release(t->s->db, arg, t->staff.id);

    if (st != ST_OK && st != ST_NONE)
        return st;
    return cashier_menu(t, "cancelled");
}

/* ---- the press ------------------------------------------------------------------ */

enum status receipt_show(struct talk *t, const struct redemption *r)
{
    char percent[SHOP_WHEN_BYTES], when[SHOP_WHEN_BYTES];
    struct screen sc;

    shop_percent(r->percent_bp, t->lang, percent);
    shop_when(t->shop, r->redeemed_at, t->lang, when);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_RECEIPT, T_INT("no", r->receipt_no),
               T_TEXT("percent", percent), T_TEXT("customer", r->customer),
               T_TEXT("when", when), T_TEXT("store", r->store),
               T_TEXT("what", text_get(t->lang, what_text(r->source))));
    screen_button(&sc, BTN_UNDO, "u", "ask", r->key);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_show(t, &sc);
}

static enum status refused(struct talk *t, enum verdict v)
{
    const struct card card = {.verdict = v};

    if (v == VERDICT_EXPIRED)
        return talk_say(t, CARD_EXPIRED_NOW);
    return card_show(t, &card, "");
}

static enum status lost(struct talk *t, const struct spent *used)
{
    const struct card card = {.verdict = VERDICT_USED, .used = *used};

    return card_show(t, &card, "");
}

enum status card_yes(struct talk *t, const char *arg)
{
    const struct redemption_press press = {
        .nonce = arg,
        .staff = &t->staff,
        .shift = t->on_shift ? &t->shift : NULL,
        .amount = -1,
    };
    struct redeemed r;
    enum status st = redemption_confirm(t->s->db, t->now, &press, &r);

    if (st != ST_OK)
        return st;
    switch (r.result) {
    case REDEEM_DONE:
    case REDEEM_ALREADY:
        return receipt_show(t, &r.redemption);
    case REDEEM_LOST:
        return lost(t, &r.lost);
    case REDEEM_REFUSED:
        return refused(t, r.verdict);
    case REDEEM_STALE:
    case REDEEM_BAD_AMOUNT:
        break;
    }
    return talk_say(t, TEXT_STALE);
}
