/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The report of a shift: what was redeemed and what it came to, beside what the till
 * itself says. */
#include "worker/cashier/cashier.h"

#include "core/base/money.h"
#include "core/loyalty/code_text.h"
#include "core/loyalty/discount.h"
#include "core/staff/report.h"

#include <stdio.h>

/* A till's report of one shift is not beyond a hundred million roubles. */
#define TILL_SUM_MAX (100000000LL * 100)

static void say_money(struct talk *t, struct screen *sc, const struct shift_report *r)
{
    char amount[SHOP_WHEN_BYTES], off[SHOP_WHEN_BYTES], average[SHOP_WHEN_BYTES];

    shop_money(r->amount, t->lang, amount);
    shop_money(r->discount, t->lang, off);
    shop_money(r->average, t->lang, average);
    screen_say(sc, TEXT_REPORT_MONEY, T_INT("n", r->with_amount),
               T_TEXT("amount", amount), T_TEXT("discount", off),
               T_TEXT("average", average));
}

static void say_till(struct talk *t, struct screen *sc, const struct shift *s)
{
    char till[SHOP_WHEN_BYTES];

    shop_money(s->till_discount, t->lang, till);
    screen_say(sc, TEXT_REPORT_TILL, T_TEXT("till", till));
}

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
                   T_INT("manual",
                         r->by_source[SOURCE_MANUAL] + r->by_source[SOURCE_CAMPAIGN]));
    if (r->with_amount > 0)
        say_money(t, sc, r);
    if (r->shift.till_discount >= 0)
        say_till(t, sc, &r->shift);
}

/* A screen that could not be filled is closed. */
enum status count_say(struct talk *t, struct screen *sc, int64_t shift_id)
{
    struct shift_report report;
    enum status st = shift_report(t->s->db, shift_id, &report);

    if (st == ST_OK)
        say_report(t, sc, &report);
    else
        screen_close(sc);
    return st;
}

void count_buttons(struct talk *t, struct screen *sc, const struct shift *s)
{
    char id[14];

    base36_print((uint64_t)s->id, id);
    screen_button(sc, BTN_TILL_SUM, "s", "till", id);
    if (role_scope(t->staff.role, PERM_SHIFT_REPORT) >= SCOPE_STORE)
        screen_button(sc, BTN_CSV, "s", "csv", id);
}

enum status shift_look(struct talk *t, const char *arg)
{
    struct screen sc;
    enum status st;

    (void)arg;
    screen_open(&sc, t->lang);
    if ((st = count_say(t, &sc, t->shift.id)) != ST_OK)
        return st;
    count_buttons(t, &sc, &t->shift);
    screen_button(&sc, BTN_CLOSE_SHIFT, "s", "end", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* Of any shift they may see, from the list of them. */
enum status shift_one(struct talk *t, const char *arg)
{
    int64_t id = talk_id(arg, NULL);
    struct shift s;
    struct screen sc;
    enum status st = id != 0 ? report_may(t->s->db, &t->staff, id, &s) : ST_NONE;

    if (st != ST_OK)
        return st == ST_NONE || st == ST_REFUSED ? cashier_menu(t, "old") : st;
    screen_open(&sc, t->lang);
    if ((st = count_say(t, &sc, id)) != ST_OK)
        return st;
    count_buttons(t, &sc, &s);
    screen_row(&sc);
    screen_button(&sc, BTN_BACK, "q", "shifts", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* ---- compared with the till ----------------------------------------------------- */

static enum status ask(struct talk *t, const char *shift, enum text_key before)
{
    struct screen sc;

    talk_remember(t, "till_sum", shift);
    screen_open(&sc, t->lang);
    if (before != TEXT_NOTHING)
        screen_say(&sc, before);
    else
        screen_say(&sc, TEXT_TILL_SUM_ASK);
    screen_button(&sc, BTN_CANCEL, "k", "no", NULL);
    return talk_show(t, &sc);
}

enum status count_ask(struct talk *t, const char *arg)
{
    struct shift s;
    int64_t id = talk_id(arg, NULL);
    enum status st = id != 0 ? report_may(t->s->db, &t->staff, id, &s) : ST_NONE;

    if (st != ST_OK)
        return st == ST_NONE || st == ST_REFUSED ? cashier_menu(t, "old") : st;
    talk_leave(t); /* the report stays in the chat */
    return ask(t, arg, TEXT_NOTHING);
}

static void say_difference(struct talk *t, struct screen *sc,
                           const struct shift_report *r)
{
    int64_t diff = r->shift.till_discount - r->discount;
    char ours[SHOP_WHEN_BYTES], till[SHOP_WHEN_BYTES], more[SHOP_WHEN_BYTES];
    int bare = r->redeemed - r->with_amount;

    shop_money(r->discount, t->lang, ours);
    shop_money(r->shift.till_discount, t->lang, till);
    shop_money(diff < 0 ? -diff : diff, t->lang, more);
    if (diff == 0)
        screen_say(sc, TEXT_TILL_SAME, T_TEXT("ours", ours));
    else
        screen_say(sc, diff > 0 ? TEXT_TILL_MORE : TEXT_TILL_LESS, T_TEXT("ours", ours),
                   T_TEXT("till", till), T_TEXT("diff", more));
    if (bare > 0)
        screen_say(sc, TEXT_TILL_UNPRICED, T_INT("n", bare));
}

static enum status compare(struct talk *t, int64_t shift_id, int64_t sum)
{
    struct shift_report r;
    struct screen sc;
    enum status st = shift_till_sum(t->s->db, t->now, &t->staff, shift_id, sum);

    talk_forget(t);
    if (st == ST_REFUSED)
        return talk_say(t, TEXT_NO_RIGHT);
    if (st == ST_OK)
        st = shift_report(t->s->db, shift_id, &r);
    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    say_difference(t, &sc, &r);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* What is no sum but a code is a code: the queue at the till does not wait. */
enum status count_typed(struct talk *t, const char *arg)
{
    char shift[DIALOG_WORD_BYTES], code[CODE_TEXT_BYTES];
    int64_t id = talk_id(t->dialog.word, NULL), sum;

    (void)arg;
    snprintf(shift, sizeof(shift), "%s", t->dialog.word);
    if (id != 0 && money_read(t->up->text, t->up->text_n, TILL_SUM_MAX, &sum) == ST_OK)
        return compare(t, id, sum);
    if (id != 0 && code_text_read(t->up->text, t->up->text_n, code, NULL) != CODE_FINE)
        return ask(t, shift, TEXT_TILL_SUM_BAD);
    talk_forget(t);
    return code_typed(t, "");
}
