/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Opening hours as shops write them, and what holds at a minute of a weekday. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/staff/hours.h"

#include <string.h>

enum { SUN, MON, TUE, WED, THU, FRI, SAT };
#define AT(h, m) ((h)*60 + (m))

static struct hours read_ok(const char *s)
{
    struct hours h;

    if (hours_read(s, &h) != ST_OK)
        fail_msg("not read: %s", s);
    return h;
}

static void day_is(const struct hours *h, int day, int from, int to)
{
    assert_int_equal(h->day[day].from, from);
    assert_int_equal(h->day[day].to, to);
}

static void test_the_week_of_the_brief(void **state)
{
    struct hours h = read_ok("пн-пт 9-20, сб 10-18, вс выходной");

    (void)state;
    for (int d = MON; d <= FRI; d++)
        day_is(&h, d, AT(9, 0), AT(20, 0));
    day_is(&h, SAT, AT(10, 0), AT(18, 0));
    day_is(&h, SUN, 0, 0);
}

static void test_spellings(void **state)
{
    static const struct {
        const char *text;
        int day, from, to;
    } rows[] = {
        {"пн–вс 9:00–21:00", SUN, AT(9, 0), AT(21, 0)},
        {"Пн-Пт: 09.30 — 18.45; Сб, Вс: 10-16", SAT, AT(10, 0), AT(16, 0)},
        {"ежедневно 8-23", WED, AT(8, 0), AT(23, 0)},
        {"ЕЖЕДНЕВНО 8-23.", WED, AT(8, 0), AT(23, 0)},
        {"9-21", THU, AT(9, 0), AT(21, 0)},
        {"круглосуточно", MON, 0, HOURS_DAY},
        {"24/7", MON, 0, HOURS_DAY},
        {"Mon-Fri 9-18, sat 10-14", SAT, AT(10, 0), AT(14, 0)},
        {"daily 10:00-22:00", SUN, AT(10, 0), AT(22, 0)},
        {"пт-пн 12-2", SAT, AT(12, 0), AT(26, 0)},
        {"сб закрыто, пн-пт 9-18", SAT, 0, 0},
        {"вт 0-24", TUE, 0, HOURS_DAY},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hours h = read_ok(rows[i].text);

        if (h.day[rows[i].day].from != rows[i].from ||
            h.day[rows[i].day].to != rows[i].to)
            fail_msg("%s: %d-%d", rows[i].text, h.day[rows[i].day].from,
                     h.day[rows[i].day].to);
    }
}

static void test_free_words_are_left_alone(void **state)
{
    static const char *const texts[] = {
        "",
        "с 9 до 20, кроме праздников",
        "Звоните!",
        "пн-пт с 9 до 20",
        "пн-пт",
        "9",
        "пн 9-18 без обеда",
        "понедельник 9-18",
        "123-456",
        "пн-",
        ", 9-18",
    };
    struct hours h;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (hours_read(texts[i], &h) != ST_NONE)
            fail_msg("taken for hours: %s", texts[i]);
}

static void test_what_cannot_be(void **state)
{
    static const char *const texts[] = {"пн-пт 9-25", "сб 10:70-18", "24-6",
                                        "ежедневно 9-24:30"};
    struct hours h;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (hours_read(texts[i], &h) != ST_BAD)
            fail_msg("let through: %s", texts[i]);
}

static void test_open_and_closed(void **state)
{
    struct hours h = read_ok("пн-пт 9-20, сб 10-18, вс выходной");
    struct hours_now is = hours_now(&h, MON, AT(9, 0));

    (void)state;
    assert_true(is.open && !is.always && is.minute == AT(20, 0) && is.days == 0);
    is = hours_now(&h, MON, AT(8, 59));
    assert_true(!is.open && is.minute == AT(9, 0) && is.days == 0);
    is = hours_now(&h, MON, AT(20, 0)); /* the closing minute is closed */
    assert_true(!is.open && is.minute == AT(9, 0) && is.days == 1);
    is = hours_now(&h, FRI, AT(21, 0));
    assert_true(!is.open && is.minute == AT(10, 0) && is.days == 1);
    is = hours_now(&h, SAT, AT(18, 30));
    assert_true(!is.open && is.minute == AT(9, 0) && is.days == 2);
    is = hours_now(&h, SUN, AT(12, 0));
    assert_true(!is.open && is.minute == AT(9, 0) && is.days == 1);
}

static void test_over_midnight(void **state)
{
    struct hours h = read_ok("пт-сб 18-3");
    struct hours_now is = hours_now(&h, SAT, AT(1, 0)); /* of Friday's night */

    (void)state;
    assert_true(is.open && is.minute == AT(3, 0) && is.days == 0);
    is = hours_now(&h, SAT, AT(23, 0));
    assert_true(is.open && is.minute == AT(3, 0) && is.days == 1);
    is = hours_now(&h, SUN, AT(2, 59));
    assert_true(is.open && is.minute == AT(3, 0) && is.days == 0);
    is = hours_now(&h, SUN, AT(3, 0));
    assert_true(!is.open && is.minute == AT(18, 0) && is.days == 5);
}

static void test_without_end(void **state)
{
    struct hours h = read_ok("круглосуточно");
    struct hours_now is = hours_now(&h, WED, AT(4, 4));

    (void)state;
    assert_true(is.open && is.always);
    h = read_ok("пн-пт круглосуточно, сб 0-12"); /* from Monday to Saturday noon */
    is = hours_now(&h, THU, AT(12, 0));
    assert_true(is.open && !is.always && is.minute == AT(12, 0) && is.days == 2);
    h = read_ok("пн выходной");
    is = hours_now(&h, TUE, AT(12, 0));
    assert_true(!is.open && is.days == -1);
}

/* Cut at every byte: whatever it is taken for, it is read within its text. */
static void test_cut_anywhere(void **state)
{
    static const char text[] = "пн–пт 9:00–20:00; сб, вс выходной. 24/7";
    struct hours h;
    char s[sizeof text];

    (void)state;
    for (size_t n = 0; n < sizeof text; n++) {
        memcpy(s, text, n);
        s[n < sizeof text - 1 ? n : sizeof text - 1] = '\0';
        (void)!hours_read(s, &h);
        for (int d = 0; d < 7; d++)
            assert_true(h.day[d].from >= 0 && h.day[d].to <= 2 * HOURS_DAY + 1);
    }
}

static void says(const char *hours, const char *lang, const char *want)
{
    struct buf b = {0};

    hours_add(&b, hours, lang);
    assert_string_equal(b.s, want);
    buf_free(&b);
}

static void test_in_words_of_the_reader(void **state)
{
    (void)state;
    says("пн–сб 10:00–20:00, вс выходной", "en", "Mon–Sat 10:00–20:00, Sun closed");
    says("ежедневно 9-21", "en", "daily 9-21");
    says("ПН-ВС круглосуточно", "en", "Mon-Sun day and night");
    says("24/7", "en", "24/7");
    says("mon-fri 9-18; sat, sun closed", "ru", "пн-пт 9-18; сб, вс выходной");
    says("пн-пт 9-20, вс закрыто", "ru", "пн-пт 9-20, вс закрыто");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_week_of_the_brief),
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_free_words_are_left_alone),
        cmocka_unit_test(test_what_cannot_be),
        cmocka_unit_test(test_open_and_closed),
        cmocka_unit_test(test_over_midnight),
        cmocka_unit_test(test_without_end),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_in_words_of_the_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
