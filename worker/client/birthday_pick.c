/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The birthday without typing: years, year, month, day. Nothing is kept on the way: each
 * button carries what was chosen before it. */
#include "worker/client/client.h"

#include <stdio.h>
#include <string.h>

#define DECADES_ROW 3
#define YEARS_ROW 5
#define MONTHS_ROW 3
#define DAYS_ROW 7

struct span {
    int first, last;
};

/* The years in which somebody was born who may take part. */
static struct span years(const struct talk *t)
{
    const struct birthday_limits l = shop_birthday_limits(t->shop);
    int now = cal_date(shop_today(t->shop, t->now)).year;

    return (struct span){now - l.age_max, now - l.age_min};
}

/* A number of `digits` digits, or -1. */
static int number(const char *arg, size_t digits)
{
    int n = 0;

    if (strlen(arg) != digits || strspn(arg, "0123456789") != digits)
        return -1;
    for (; *arg != '\0'; arg++)
        n = n * 10 + (*arg - '0');
    return n;
}

static bool is_year(const struct talk *t, int year)
{
    struct span all = years(t);

    return (year >= all.first && year <= all.last) ||
           (year == BIRTHDAY_NO_YEAR && !t->shop->set.birthday_year);
}

static enum status show(struct talk *t, struct screen *sc, const char *back,
                        const char *arg)
{
    screen_wide(sc, 0);
    if (back != NULL)
        screen_button(sc, BTN_BACK, "b", back, arg);
    walk_ways(t, sc);
    return talk_show(t, sc);
}

enum status pick_decade(struct talk *t, const char *arg)
{
    struct span all = years(t);
    char decade[12];
    struct screen sc;
    int y;

    (void)arg;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_PICK_DECADE);
    screen_wide(&sc, DECADES_ROW);
    for (y = all.first / 10 * 10; y <= all.last; y += 10) {
        const struct screen_spot spot = {"b", "year", decade};
        const struct text_arg label = T_TEXT("year", decade);

        snprintf(decade, sizeof(decade), "%04d", y);
        screen_button_args(&sc, BTN_DECADE, spot, &label, 1);
    }
    screen_wide(&sc, 0);
    if (!t->shop->set.birthday_year) {
        snprintf(decade, sizeof(decade), "%04d", BIRTHDAY_NO_YEAR);
        screen_button(&sc, BTN_NO_YEAR, "b", "month", decade);
    }
    return show(t, &sc, "ask", NULL);
}

enum status pick_year(struct talk *t, const char *arg)
{
    struct span all = years(t);
    int decade = number(arg, 4), y;
    char year[12];
    struct screen sc;

    if (decade < all.first - 9 || decade > all.last)
        return pick_decade(t, "");
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_PICK_YEAR);
    screen_wide(&sc, YEARS_ROW);
    for (y = decade; y < decade + 10; y++) {
        if (y < all.first || y > all.last)
            continue;
        snprintf(year, sizeof(year), "%04d", y);
        screen_choice(&sc, year, "b", "month", year);
    }
    return show(t, &sc, "pick", NULL);
}

static void say_so_far(struct talk *t, struct screen *sc, int year, int month)
{
    char what[SHOP_WHEN_BYTES] = "", digits[12] = "";

    if (year != BIRTHDAY_NO_YEAR)
        snprintf(digits, sizeof(digits), "%d", year);
    if (month > 0)
        snprintf(what, sizeof(what), "%s%s%s",
                 text_get(t->lang, BTN_MONTH_1 + (unsigned)(month - 1) % 12),
                 digits[0] != '\0' ? " " : "", digits);
    else
        snprintf(what, sizeof(what), "%s", digits);
    if (what[0] != '\0')
        screen_say(sc, TEXT_PICKED, T_TEXT("what", what));
}

enum status pick_month(struct talk *t, const char *arg)
{
    int year = number(arg, 4), m;
    char to[16], back[12];
    struct screen sc;

    if (!is_year(t, year))
        return pick_decade(t, "");
    screen_open(&sc, t->lang);
    say_so_far(t, &sc, year, 0);
    screen_say(&sc, TEXT_PICK_MONTH);
    screen_wide(&sc, MONTHS_ROW);
    for (m = 1; m <= 12; m++) {
        snprintf(to, sizeof(to), "%04d%02d", year, m);
        screen_button(&sc, BTN_MONTH_1 + (unsigned)(m - 1), "b", "day", to);
    }
    snprintf(back, sizeof(back), "%04d", year / 10 * 10);
    return show(t, &sc, year == BIRTHDAY_NO_YEAR ? "pick" : "year",
                year == BIRTHDAY_NO_YEAR ? NULL : back);
}

enum status pick_day(struct talk *t, const char *arg)
{
    int n = number(arg, 6), year = n / 100, month = n % 100, d;
    char to[40], label[12], back[12];
    struct screen sc;

    if (n < 0 || !is_year(t, year) || month < 1 || month > 12)
        return pick_decade(t, "");
    screen_open(&sc, t->lang);
    say_so_far(t, &sc, year, month);
    screen_say(&sc, TEXT_PICK_DAY);
    screen_wide(&sc, DAYS_ROW);
    for (d = 1; d <= cal_month_days(year, month); d++) {
        snprintf(to, sizeof(to), "%04d%02d%02d", year, month, d);
        snprintf(label, sizeof(label), "%d", d);
        screen_choice(&sc, label, "b", "is", to);
    }
    snprintf(back, sizeof(back), "%04d", year);
    return show(t, &sc, "month", back);
}
