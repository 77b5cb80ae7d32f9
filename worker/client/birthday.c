/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The birthday: typed as people write dates or picked by buttons, confirmed in words,
 * changed rarely. */
#include "worker/client/client.h"

#include "core/loyalty/birthday.h"

#include <stdio.h>
#include <string.h>

static enum text_key rules_text(const struct birthday_rules *r)
{
    if (r->before > 0)
        return r->after > 0 ? TEXT_BIRTHDAY_RULES : TEXT_BIRTHDAY_RULES_AHEAD;
    return r->after > 0 ? TEXT_BIRTHDAY_RULES_DAY : TEXT_BIRTHDAY_RULES_ONLY;
}

void birthday_rules_say(struct talk *t, struct screen *sc)
{
    const struct customer *c = &t->customer;
    struct birthday_rules r;
    char percent[SHOP_WHEN_BYTES];

    birthday_rules_of(&t->shop->set, &r);
    if (!r.on)
        return;
    shop_percent(r.percent_bp, t->lang, percent);
    screen_say(sc, rules_text(&r), T_TEXT("percent", percent),
               T_INT("before", r.before), T_INT("after", r.after));
    if (!c->has_birth && r.lead > 0)
        screen_say(sc, TEXT_BIRTHDAY_LEAD, T_INT("lead", r.lead));
    if (c->has_birth && c->birth.month == 2 && c->birth.day == 29)
        screen_say(sc, r.leap_to_march ? TEXT_BIRTHDAY_MAR1 : TEXT_BIRTHDAY_FEB28);
}

bool birthday_wanted(const struct talk *t)
{
    return !t->customer.has_birth && t->shop->set.birthday_percent_bp > 0;
}

/* ---- the question --------------------------------------------------------------- */

static void ways(struct talk *t, struct screen *sc)
{
    screen_button(sc, BTN_PICK, "b", "pick", NULL);
    screen_row(sc);
    walk_ways(t, sc);
}

void birthday_question(struct talk *t, struct screen *sc)
{
    screen_say(sc,
               t->shop->set.birthday_year ? TEXT_BIRTHDAY_ASK : TEXT_BIRTHDAY_ASK_DAY);
    if (!t->customer.profile.alone)
        birthday_rules_say(t, sc);
    ways(t, sc);
}

enum status birthday_ask(struct talk *t, const char *arg)
{
    (void)arg;
    return walk_ask(t, PROFILE_BIRTHDAY);
}

enum status birthday_open(struct talk *t, const char *arg)
{
    char day[SHOP_WHEN_BYTES];
    struct screen sc;

    (void)arg;
    screen_open(&sc, t->lang);
    if (t->customer.has_birth) {
        shop_day(t->customer.birth, t->lang, day);
        screen_say(&sc, TEXT_BIRTHDAY_IS, T_TEXT("day", day));
    } else
        screen_say(&sc, TEXT_BIRTHDAY_NONE);
    birthday_rules_say(t, &sc);
    screen_say(&sc, TEXT_BIRTHDAY_YEARLY);
    screen_button(&sc, t->customer.has_birth ? BTN_CHANGE : BTN_ENTER_DATE, "b", "ask",
                  NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* ---- what they typed ------------------------------------------------------------ */

static enum status ask_again(struct talk *t, enum text_key why)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, why);
    ways(t, &sc);
    return talk_show(t, &sc);
}

/* «В феврале 2023 года 28 дней». d.year 0: whatever the year. */
static enum status no_such_day(struct talk *t, struct date d)
{
    enum text_key month = TEXT_MONTH_IN_1 + (unsigned)(d.month - 1) % 12;
    char year[12];
    struct screen sc;

    snprintf(year, sizeof(year), "%d", d.year);
    screen_open(&sc, t->lang);
    if (d.year != 0)
        screen_say(&sc, TEXT_BIRTHDAY_NO_SUCH_DAY,
                   T_TEXT("month", text_get(t->lang, month)), T_TEXT("year", year),
                   T_INT("days", cal_month_days(d.year, d.month)));
    else
        screen_say(&sc, TEXT_BIRTHDAY_NO_SUCH_DATE,
                   T_TEXT("month", text_get(t->lang, month)),
                   T_INT("days", cal_month_days(2000, d.month)));
    ways(t, &sc);
    return talk_show(t, &sc);
}

static void date_arg(struct date d, char out[16])
{
    snprintf(out, 16, "%04d%02d%02d", d.year % 10000, d.month % 100, d.day % 100);
}

/* Of this century and the last, those that somebody alive can mean. */
static enum status which_year(struct talk *t, struct date d)
{
    const struct birthday_limits limits = shop_birthday_limits(t->shop);
    int this_year = cal_date(shop_today(t->shop, t->now)).year, century;
    char arg[16], label[12];
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_BIRTHDAY_WHICH_YEAR);
    for (century = 1900; century <= 2000; century += 100) {
        struct date full = {century + d.year, d.month, d.day};

        if (full.year > this_year || full.year < this_year - limits.age_max)
            continue;
        date_arg(full, arg);
        snprintf(label, sizeof(label), "%d", full.year);
        screen_choice(&sc, label, "b", "is", arg);
    }
    screen_row(&sc);
    screen_button(&sc, BTN_CORRECT, "b", "ask", NULL);
    walk_ways(t, &sc);
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

/* Another date may do, or none will for now: then the question is over. */
static enum status refuse(struct talk *t, enum birthday_fault fault)
{
    struct screen sc;

    if (fault == BIRTHDAY_FUTURE || fault == BIRTHDAY_TOO_YOUNG ||
        fault == BIRTHDAY_TOO_OLD)
        return ask_again(t, may_not(fault));
    screen_open(&sc, t->lang);
    screen_say(&sc, may_not(fault));
    return walk_next(t, &sc, PROFILE_BIRTHDAY);
}

static enum status confirm(struct talk *t, struct date d)
{
    char day[SHOP_WHEN_BYTES], arg[16];
    struct screen sc;

    shop_day(d, t->lang, day);
    date_arg(d, arg);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_BIRTHDAY_SURE, T_TEXT("day", day));
    screen_button(&sc, BTN_RIGHT, "b", "yes", arg);
    screen_button(&sc, BTN_CORRECT, "b", "ask", NULL);
    walk_ways(t, &sc);
    return talk_show(t, &sc);
}

static enum status consider(struct talk *t, struct date d)
{
    const struct birthday_limits limits = shop_birthday_limits(t->shop);
    enum birthday_fault fault =
        customer_birthday_may(&t->customer, d, shop_today(t->shop, t->now), &limits);

    return fault == BIRTHDAY_FINE ? confirm(t, d) : refuse(t, fault);
}

/* Day and month only: enough where the shop says so. */
static enum status yearless(struct talk *t)
{
    struct date d;
    enum cal_fault read = cal_read_yearless(t->up->text, t->up->text_n, &d);

    if (read == CAL_NO_SUCH_DAY)
        return no_such_day(t, d);
    if (read != CAL_FINE)
        return ask_again(t, TEXT_BIRTHDAY_UNREADABLE);
    if (t->shop->set.birthday_year)
        return ask_again(t, TEXT_BIRTHDAY_YEAR_TOO);
    d.year = BIRTHDAY_NO_YEAR;
    return consider(t, d);
}

enum status birthday_told(struct talk *t, const char *arg)
{
    struct date d;

    (void)arg;
    switch (cal_read(t->up->text, t->up->text_n, &d)) {
    case CAL_FINE:
        /* Typed in full, that year is a slip: it stands for "not told". */
        return d.year == BIRTHDAY_NO_YEAR ? ask_again(t, TEXT_BIRTHDAY_OLD)
                                          : consider(t, d);
    case CAL_SHORT_YEAR:
        return which_year(t, d);
    case CAL_NO_SUCH_DAY:
        return no_such_day(t, d);
    default:
        return yearless(t);
    }
}

/* ---- what they pressed ---------------------------------------------------------- */

bool birthday_read_arg(const char *arg, struct date *out)
{
    return strlen(arg) == 8 && strspn(arg, "0123456789") == 8 &&
           sscanf(arg, "%4d%2d%2d", &out->year, &out->month, &out->day) == 3;
}

/* Picked by buttons, or the year was: looked at as if it had been typed. */
enum status birthday_picked(struct talk *t, const char *arg)
{
    struct date d;

    if (!birthday_read_arg(arg, &d) || d.month < 1 || d.month > 12 || d.year < 1)
        return birthday_ask(t, "");
    return cal_valid(d) ? consider(t, d) : no_such_day(t, d);
}

/* When the gift of this time cannot be had any more, it is said at once. */
static void say_gift(struct talk *t, struct screen *sc, struct date born)
{
    int32_t today = shop_today(t->shop, t->now);
    struct celebration first, next;
    struct birthday_rules r;
    char year[12];

    birthday_rules_of(&t->shop->set, &r);
    if (!r.on)
        return;
    first = birthday_first_gift(born, today, &r);
    r.lead = -r.after;
    next = birthday_first_gift(born, today, &r);
    snprintf(year, sizeof(year), "%d", first.year);
    if (first.year == next.year)
        screen_say(sc, TEXT_BIRTHDAY_GIFT);
    else
        screen_say(sc, TEXT_BIRTHDAY_GIFT_LATER, T_TEXT("year", year));
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

    if (!birthday_read_arg(arg, &e.born) || !cal_valid(e.born))
        return birthday_ask(t, "");
    st = customer_birthday_set(t->s->db, t->now, &e, &fault);
    if (st == ST_REFUSED)
        return refuse(t, fault);
    if (st == ST_OK)
        st = profile_again(t);
    if (st != ST_OK)
        return st;
    shop_day(e.born, t->lang, day);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_BIRTHDAY_SET, T_TEXT("day", day));
    say_gift(t, &sc, e.born);
    return walk_next(t, &sc, PROFILE_BIRTHDAY);
}
