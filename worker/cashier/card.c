/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The card of a checked code: what it is worth and the next step.
 *
 * At the critical step there are three buttons at most, each always in its place: what
 * goes on above, full width; below it the sum, and «Отмена» last. */
#include "worker/cashier/cashier.h"

#include "core/base/log.h"
#include "worker/notice.h"

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
    [VERDICT_LEFT] = {CARD_LEFT, BTN_AGAIN, "r", "again"},
};

enum text_key card_what(enum discount_source source)
{
    return source == SOURCE_BIRTHDAY       ? TEXT_FOR_BIRTHDAY
           : source == SOURCE_SUBSCRIPTION ? TEXT_FOR_SUBSCRIPTION
                                           : TEXT_FOR_YOU;
}

/* "сегодня 14:31, эта касса": a double scan is the most common of all, and harmless. */
static void say_spent(struct talk *t, struct screen *sc, const struct card *c)
{
    const struct spent *used = &c->used;
    bool limit = c->discount.uses_allowed > 1;
    char when[SHOP_WHEN_BYTES];

    shop_when_near(t->shop, t->now, used->at, t->lang, when);
    screen_say(sc,
               used->same_staff ? CARD_USED_BY_YOU
               : limit          ? CARD_LIMIT
                                : CARD_USED,
               T_TEXT("when", when), T_TEXT("store", used->store),
               T_TEXT("by", used->by), T_INT("no", used->receipt_no),
               T_INT("n", c->discount.uses_allowed));
}

static void say_verdict(struct talk *t, struct screen *sc, const struct card *c)
{
    char percent[SHOP_WHEN_BYTES], until[SHOP_WHEN_BYTES], from[SHOP_WHEN_BYTES],
        held[SHOP_WHEN_BYTES];

    if (c->verdict == VERDICT_USED) {
        say_spent(t, sc, c);
        return;
    }
    shop_percent(c->discount.percent_bp, t->lang, percent);
    shop_until(t->shop, c->discount.valid_until, t->lang, until);
    shop_when(t->shop, c->discount.valid_from, t->lang, from);
    shop_clock(t->shop, c->verdict == VERDICT_VALID ? c->confirm_until : c->held_until,
               held);
    screen_say(sc, faces[c->verdict].text, T_TEXT("percent", percent),
               T_TEXT("what", text_get(t->lang, card_what(c->discount.source))),
               T_TEXT("customer", c->customer), T_TEXT("until", until),
               T_TEXT("from", from), T_TEXT("by", c->held_by), T_TEXT("held", held),
               T_TEXT("store", c->store));
}

/* What else a cashier may want to know before they press. */
static void say_more(struct talk *t, struct screen *sc, const struct card *c)
{
    char when[SHOP_WHEN_BYTES];

    if (c->phone[0] != '\0')
        screen_say(sc, CARD_PHONE, T_TEXT("phone", c->phone));
    if (c->discount.min_purchase > 0) {
        shop_money(c->discount.min_purchase, t->lang, when);
        screen_say(sc, CAPTION_MIN, T_TEXT("sum", when));
    }
    if (c->discount.max_amount > 0) {
        shop_money(c->discount.max_amount, t->lang, when);
        screen_say(sc, CAPTION_MAX, T_TEXT("sum", when));
    }
    if (c->used.id != 0) {
        shop_when_near(t->shop, t->now, c->used.at, t->lang, when);
        screen_say(sc, CARD_JUST_USED, T_TEXT("when", when),
                   T_INT("no", c->used.receipt_no),
                   T_INT("left", c->discount.uses_allowed - c->discount.uses_count));
    }
    if (c->amount >= 0)
        amount_say(t, sc, c->amount, c->off);
    else if (c->amount_mode == AMOUNT_REQUIRED)
        screen_say(sc, CARD_WANTS_AMOUNT);
    else if (c->amount_mode == AMOUNT_OPTIONAL)
        screen_say(sc, CARD_MAY_AMOUNT);
}

static void valid_buttons(struct talk *t, struct screen *sc, const struct card *c)
{
    const struct screen_spot yes = {"r", "yes", c->nonce};
    bool first_sum = c->amount_mode == AMOUNT_REQUIRED && c->amount < 0;
    char percent[SHOP_WHEN_BYTES];
    const struct text_arg args[] = {T_TEXT("percent", percent)};

    shop_percent(c->discount.percent_bp, t->lang, percent);
    if (first_sum)
        screen_button(sc, BTN_AMOUNT, "r", "sum", c->nonce);
    else
        screen_button_args(sc, BTN_APPLY, yes, args, 1);
    screen_row(sc);
    if (!first_sum && c->amount_mode != AMOUNT_OFF)
        screen_button(sc, c->amount >= 0 ? BTN_AMOUNT_FIX : BTN_AMOUNT, "r", "sum",
                      c->nonce);
    screen_button(sc, BTN_CANCEL, "r", "no", c->nonce);
}

/* Whoever may take back what others redeemed finds it by checking its code. */
static void used_buttons(struct talk *t, struct screen *sc, const struct spent *used)
{
    if (used->key[0] != '\0' && staff_may(&t->staff, PERM_REDEMPTION_VOID) &&
        role_scope(t->staff.role, PERM_REDEMPTION_VOID) >= SCOPE_STORE)
        screen_button(sc, BTN_UNDO, "u", "ask", used->key);
}

/* Whoever may give discounts may give this one once more, where the shop allows it. */
static bool may_reissue(const struct talk *t, const struct card *c)
{
    return c->verdict == VERDICT_EXPIRED && t->shop->set.reissue_days > 0 &&
           !(t->on_shift && t->shift.training) &&
           staff_may(&t->staff, PERM_DISCOUNT_ISSUE) &&
           c->discount.uses_count < c->discount.uses_allowed;
}

/* code travels on in the button that needs it: to take over, to open a shift first. */
static void other_buttons(struct talk *t, struct screen *sc, const struct card *c,
                          const char *code)
{
    const struct face *f = &faces[c->verdict];

    if (c->verdict == VERDICT_USED)
        used_buttons(t, sc, &c->used);
    if (may_reissue(t, c) && code[0] != '\0') {
        screen_say(sc, CARD_MAY_REISSUE, T_INT("days", t->shop->set.reissue_days));
        screen_button(sc, BTN_REISSUE, "r", "renew", code);
    }
    if (f->label != TEXT_NOTHING && code[0] != '\0')
        screen_button(sc, f->label, f->screen, f->action, code);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

/* head: a sentence above the card (TEXT_NOTHING: none). */
static enum status show(struct talk *t, enum text_key head, struct card *c,
                        const char *code)
{
    struct screen sc;

    if (c->verdict <= 0 || c->verdict >= VERDICT_COUNT)
        c->verdict = VERDICT_UNKNOWN;
    log_info("code_checked", LOG_INT("staff", t->staff.id),
             LOG_TEXT("verdict", verdict_name(c->verdict)),
             LOG_INT("discount", c->discount.id));
    amount_expect(t, c);
    screen_open(&sc, t->lang);
    if (t->on_shift && t->shift.training)
        screen_say(&sc, TEXT_TRAINING);
    if (head != TEXT_NOTHING)
        screen_say(&sc, head);
    say_verdict(t, &sc, c);
    if (c->verdict == VERDICT_VALID) {
        say_more(t, &sc, c);
        valid_buttons(t, &sc, c);
    } else {
        other_buttons(t, &sc, c, code);
    }
    return talk_show(t, &sc);
}

enum status card_show(struct talk *t, const struct card *c, const char *code)
{
    struct card copy = *c;
    enum status st = show(t, TEXT_NOTHING, &copy, code);

    if (st == ST_OK && c->ask_member)
        st = member_ask(t, c, code);
    if (st == ST_OK && c->verdict == VERDICT_LOCKED)
        st = notice_suspicions(t->s, NULL, t->staff.id);
    return st;
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
    talk_forget(t);
    return cashier_menu(t, "cancelled");
}

/* ---- once more ------------------------------------------------------------------ */

static enum status code_find(struct talk *t, const char *code, struct discount *out)
{
    return strlen(code) == CODE_SYMBOLS
               ? discount_find_code(t->s->db, code, out)
               : discount_find_token(t->s->db, code, strlen(code), out);
}

/* An expired one is given again, and its card shown as if the new code had been read. */
enum status card_renew(struct talk *t, const char *arg)
{
    const struct redemption_ask ask = {.staff = &t->staff,
                                       .shift = t->on_shift ? &t->shift : NULL};
    struct redemption_ask with = ask;
    struct discount d;
    struct card card;
    enum status st = code_find(t, arg, &d);
    bool fresh;

    if (t->on_shift && t->shift.training)
        return talk_say(t, TEXT_TRAINING);
    if (st == ST_OK)
        st = discount_reissue(t->s->db, t->now, d.id, &t->staff, &d);
    if (st == ST_NONE || st == ST_REFUSED)
        return talk_say(t, TEXT_NO_RIGHT);
    if (st != ST_OK && st != ST_TAKEN)
        return st;
    fresh = st == ST_OK;
    with.code = d.code;
    with.tz = t->shop->tz;
    st = redemption_check(t->s->db, t->now, &with, &card);
    if (st == ST_OK && fresh)
        st = notice_reissued(t->s, &d);
    return st == ST_OK ? show(t, CARD_REISSUED, &card, d.code) : st;
}
