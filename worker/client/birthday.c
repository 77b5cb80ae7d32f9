/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The birthday: typed as people write dates, confirmed in words, changed rarely. */
#include "worker/client/client.h"

#include "core/loyalty/birthday.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE "birthday"

static enum text_key rules_text(const struct birthday_rules *r)
{
    if (r->before > 0)
        return r->after > 0 ? TEXT_BIRTHDAY_RULES : TEXT_BIRTHDAY_RULES_AHEAD;
    return r->after > 0 ? TEXT_BIRTHDAY_RULES_DAY : TEXT_BIRTHDAY_RULES_ONLY;
}

static void say_rules(struct talk *t, struct screen *sc, const struct birthday_rules *r)
{
    const struct customer *c = &t->customer;
    char percent[SHOP_WHEN_BYTES];

    shop_percent(r->percent_bp, t->lang, percent);
    screen_say(sc, rules_text(r), T_TEXT("percent", percent),
               T_INT("before", r->before), T_INT("after", r->after));
    if (!c->has_birth && r->lead > 0)
        screen_say(sc, TEXT_BIRTHDAY_LEAD, T_INT("lead", r->lead));
    if (c->has_birth && c->birth.month == 2 && c->birth.day == 29)
        screen_say(sc, r->leap_to_march ? TEXT_BIRTHDAY_MAR1 : TEXT_BIRTHDAY_FEB28);
}

bool birthday_wanted(const struct talk *t)
{
    return !t->customer.has_birth && t->shop->set.birthday_percent_bp > 0;
}

enum status birthday_ask(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    talk_remember(t, STATE, NULL);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_BIRTHDAY_ASK);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status birthday_open(struct talk *t, const char *arg)
{
    struct birthday_rules rules;
    char day[SHOP_WHEN_BYTES];
    struct screen sc;
    enum status st = birthday_rules_load(t->s->db, &rules);

    (void)arg;
    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    if (t->customer.has_birth) {
        shop_day(t->customer.birth, t->lang, day);
        screen_say(&sc, TEXT_BIRTHDAY_IS, T_TEXT("day", day));
    } else
        screen_say(&sc, TEXT_BIRTHDAY_NONE);
    if (rules.on)
        say_rules(t, &sc, &rules);
    screen_say(&sc, TEXT_BIRTHDAY_YEARLY);
    screen_button(&sc, t->customer.has_birth ? BTN_CHANGE : BTN_ENTER_DATE, "b", "ask",
                  NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* ---- what they typed ------------------------------------------------------------ */

static enum status ask_again(struct talk *t, enum text_key why, const struct date *d)
{
    char month[SHOP_WHEN_BYTES] = "";
    struct screen sc;
    int days = 0;

    if (d != NULL) {
        days = cal_month_days(d->year, d->month);
        snprintf(month, sizeof(month), "%02d.%04d", d->month, d->year);
    }
    talk_remember(t, STATE, NULL);
    screen_open(&sc, t->lang);
    screen_say(&sc, why, T_TEXT("month", month), T_INT("days", days));
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static enum text_key may_not(enum birthday_fault fault)
{
    static const enum text_key why[] = {
        [BIRTHDAY_SAME] = TEXT_BIRTHDAY_SAME,
        [BIRTHDAY_FUTURE] = TEXT_BIRTHDAY_FUTURE,
        [BIRTHDAY_TOO_YOUNG] = TEXT_BIRTHDAY_YOUNG,
        [BIRTHDAY_TOO_OLD] = TEXT_BIRTHDAY_OLD,
        [BIRTHDAY_CHANGED] = TEXT_BIRTHDAY_CHANGED,
        [BIRTHDAY_TOO_NEAR] = TEXT_BIRTHDAY_NEAR,
    };

    return (size_t)fault < sizeof(why) / sizeof(why[0]) ? why[fault]
                                                        : TEXT_BIRTHDAY_SAME;
}

static enum status confirm(struct talk *t, struct date d)
{
    char day[SHOP_WHEN_BYTES], arg[12];
    struct screen sc;

    talk_forget(t);
    shop_day(d, t->lang, day);
    snprintf(arg, sizeof(arg), "%04d%02d%02d", d.year % 10000, d.month % 100,
             d.day % 100);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_BIRTHDAY_SURE, T_TEXT("day", day));
    screen_button(&sc, BTN_RIGHT, "b", "yes", arg);
    screen_button(&sc, BTN_CORRECT, "b", "ask", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status birthday_told(struct talk *t, const char *arg)
{
    static const enum text_key unread[] = {
        [CAL_UNREADABLE] = TEXT_BIRTHDAY_UNREADABLE,
        [CAL_SHORT_YEAR] = TEXT_BIRTHDAY_SHORT_YEAR,
        [CAL_NO_SUCH_DAY] = TEXT_BIRTHDAY_NO_SUCH_DAY,
    };
    const struct birthday_limits limits = shop_birthday_limits(t->shop);
    int32_t today = shop_today(t->shop, t->now);
    enum birthday_fault fault;
    enum cal_fault read;
    struct date d;

    (void)arg;
    read = cal_read(t->up->text, t->up->text_n, &d);
    if (read != CAL_FINE)
        return ask_again(t, unread[read], read == CAL_NO_SUCH_DAY ? &d : NULL);
    fault = customer_birthday_may(&t->customer, d, today, &limits);
    if (fault == BIRTHDAY_FUTURE || fault == BIRTHDAY_TOO_YOUNG ||
        fault == BIRTHDAY_TOO_OLD)
        return ask_again(t, may_not(fault), NULL);
    if (fault != BIRTHDAY_FINE) {
        talk_forget(t);
        return talk_say(t, may_not(fault));
    }
    return confirm(t, d);
}

/* The date comes back in the button's data: checked again, as anybody may send one. */
enum status birthday_yes(struct talk *t, const char *arg)
{
    struct birthday_entry e = {.customer_id = t->customer.id,
                               .today = shop_today(t->shop, t->now),
                               .limits = shop_birthday_limits(t->shop)};
    enum birthday_fault fault;
    char day[SHOP_WHEN_BYTES];
    struct screen sc;
    enum status st;

    if (strlen(arg) != 8 || strspn(arg, "0123456789") != 8 ||
        sscanf(arg, "%4d%2d%2d", &e.born.year, &e.born.month, &e.born.day) != 3 ||
        !cal_valid(e.born))
        return birthday_ask(t, "");
    st = customer_birthday_set(t->s->db, t->now, &e, &fault);
    if (st == ST_REFUSED)
        return talk_say(t, may_not(fault));
    if (st != ST_OK && st != ST_NONE)
        return st;
    shop_day(e.born, t->lang, day);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_BIRTHDAY_SET, T_TEXT("day", day));
    if (t->shop->set.birthday_percent_bp > 0)
        screen_say(&sc, TEXT_BIRTHDAY_GIFT);
    screen_button(&sc, BTN_DISCOUNT, "d", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}
