/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/cal.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void date_is(struct date d, int year, int month, int day)
{
    assert_int_equal(d.year, year);
    assert_int_equal(d.month, month);
    assert_int_equal(d.day, day);
}

static void test_leap_years(void **state)
{
    (void)state;
    assert_true(cal_leap(1996));
    assert_true(cal_leap(2000));
    assert_false(cal_leap(1900));
    assert_false(cal_leap(2100));
    assert_false(cal_leap(2026));
}

static void test_month_days(void **state)
{
    (void)state;
    assert_int_equal(cal_month_days(2026, 2), 28);
    assert_int_equal(cal_month_days(2024, 2), 29);
    assert_int_equal(cal_month_days(2024, 4), 30);
    assert_int_equal(cal_month_days(2024, 12), 31);
    assert_int_equal(cal_month_days(2024, 0), 0);
    assert_int_equal(cal_month_days(2024, 13), 0);
}

static void test_valid(void **state)
{
    (void)state;
    assert_true(cal_valid((struct date){1, 1, 1}));
    assert_true(cal_valid((struct date){9999, 12, 31}));
    assert_true(cal_valid((struct date){2024, 2, 29}));
    assert_false(cal_valid((struct date){2023, 2, 29}));
    assert_false(cal_valid((struct date){0, 1, 1}));
    assert_false(cal_valid((struct date){10000, 1, 1}));
    assert_false(cal_valid((struct date){2024, 13, 1}));
    assert_false(cal_valid((struct date){2024, 0, 1}));
    assert_false(cal_valid((struct date){2024, 4, 31}));
    assert_false(cal_valid((struct date){2024, 4, 0}));
}

static void test_known_days(void **state)
{
    (void)state;
    assert_int_equal(cal_day((struct date){1970, 1, 1}), 0);
    assert_int_equal(cal_day((struct date){1969, 12, 31}), -1);
    assert_int_equal(cal_day((struct date){2000, 3, 1}), 11017);
    assert_int_equal(cal_day((struct date){2026, 3, 2}), 20514);
    assert_int_equal(cal_day((struct date){1, 1, 1}), -719162);
    assert_int_equal(cal_day((struct date){9999, 12, 31}), 2932896);
}

/* Each day of ten thousand years follows the one before it. */
static void test_all_days_there_and_back(void **state)
{
    struct date d = {1, 1, 1};
    int weekday = 1; /* 0001-01-01 was a Monday */

    (void)state;
    for (int32_t day = -719162; day <= 2932896; day++) {
        struct date back = cal_date(day);

        if (back.year != d.year || back.month != d.month || back.day != d.day ||
            cal_day(d) != day || cal_weekday(day) != weekday)
            fail_msg("day %d", (int)day);
        weekday = (weekday + 1) % 7;
        if (++d.day > cal_month_days(d.year, d.month)) {
            d.day = 1;
            if (++d.month > 12)
                d.month = 1, d.year++;
        }
    }
}

static void test_days_far_away(void **state)
{
    static const int32_t days[] = {INT32_MIN, -1000000000, -719163, 1000000000,
                                   INT32_MAX};

    (void)state;
    for (size_t i = 0; i < COUNT(days); i++) {
        assert_int_equal(cal_day(cal_date(days[i])), days[i]);
        assert_in_range(cal_weekday(days[i]), 0, 6);
    }
    date_is(cal_date(-719163), 0, 12, 31);
}

static void test_weekdays(void **state)
{
    (void)state;
    assert_int_equal(cal_weekday(0), 4);
    assert_int_equal(cal_weekday(-5), 6);
    assert_int_equal(cal_weekday(cal_day((struct date){2026, 3, 2})), 1);
}

static void test_birthdays(void **state)
{
    struct date leap = {1996, 2, 29}, plain = {1990, 5, 12};

    (void)state;
    date_is(cal_birthday_in(plain, 2026, false), 2026, 5, 12);
    date_is(cal_birthday_in(leap, 2024, false), 2024, 2, 29);
    date_is(cal_birthday_in(leap, 2024, true), 2024, 2, 29);
    date_is(cal_birthday_in(leap, 2026, false), 2026, 2, 28);
    date_is(cal_birthday_in(leap, 2026, true), 2026, 3, 1);
    date_is(cal_birthday_in(leap, 2100, false), 2100, 2, 28);
    date_is(cal_birthday_in((struct date){1996, 2, 28}, 2026, true), 2026, 2, 28);
}

static void test_birthdays_as_people_write_them(void **state)
{
    static const char *const written[] = {"29.02.1996",
                                          "29/02/1996",
                                          "29-2-1996",
                                          "29 02 1996",
                                          "1996-02-29",
                                          "1996.2.29",
                                          "29 февраля 1996",
                                          "29 feb 1996",
                                          "29 Февраль 1996 г.",
                                          "29 ФЕВ 1996 года",
                                          "29 Feb. 1996",
                                          "February 29, 1996",
                                          " 29.02.1996 \n",
                                          "29 . 02 . 1996",
                                          "29февраля1996",
                                          "29\xC2\xA0"
                                          "02\xC2\xA0"
                                          "1996",
                                          "29–02–1996",
                                          "29.02.1996г",
                                          "29—02—1996"};

    (void)state;
    for (size_t i = 0; i < COUNT(written); i++) {
        struct date d;

        if (cal_read(written[i], strlen(written[i]), &d) != CAL_FINE)
            fail_msg("not read: %s", written[i]);
        date_is(d, 1996, 2, 29);
    }
}

static void test_all_months_are_known(void **state)
{
    static const char *const names[12][4] = {{"января", "янв", "january", "Jan"},
                                             {"февраля", "февр", "february", "feb"},
                                             {"марта", "МАР", "march", "mar"},
                                             {"апреля", "апрель", "april", "apr"},
                                             {"мая", "май", "may", "MAY"},
                                             {"июня", "Июнь", "june", "jun"},
                                             {"июля", "июл", "july", "jul"},
                                             {"августа", "авг", "august", "aug"},
                                             {"сентября", "сент", "september", "Sept"},
                                             {"октября", "окт", "october", "oct"},
                                             {"ноября", "ноя", "november", "nov"},
                                             {"декабря", "ДЕКАБРЬ", "december", "dec"}};

    (void)state;
    for (int m = 0; m < 12; m++)
        for (int i = 0; i < 4; i++) {
            char text[64];
            struct date d;

            snprintf(text, sizeof text, "5 %s 2001", names[m][i]);
            if (cal_read(text, strlen(text), &d) != CAL_FINE)
                fail_msg("not read: %s", text);
            date_is(d, 2001, m + 1, 5);
        }
}

static void test_the_ends_of_the_year(void **state)
{
    struct date d;

    (void)state;
    assert_int_equal(cal_read("31.12.2000", 10, &d), CAL_FINE);
    date_is(d, 2000, 12, 31);
    assert_int_equal(cal_read("1.1.9999", 8, &d), CAL_FINE);
    date_is(d, 9999, 1, 1);
}

static void test_unreadable(void **state)
{
    static const char *const bad[] = {"",
                                      "вчера",
                                      "29.02",
                                      "1996",
                                      "29 фе 1996",
                                      "29 мартобря 1996",
                                      "29.13.1996",
                                      "29.0.1996",
                                      "02/29/1996",
                                      "29.02.996",
                                      "29.02.6",
                                      "29.02.19960",
                                      "029.02.1996",
                                      "29.002.1996",
                                      "29.02.0000",
                                      "29.02.1996.1",
                                      "29 02 1996 x",
                                      "29:02:1996",
                                      "29.02.1996!",
                                      "1996-29-02",
                                      "фев 1996 29 x",
                                      "29 feb feb",
                                      "\xFF",
                                      "29.02.1996\xD0",
                                      "99999999999999999999",
                                      "29 ju 1996",
                                      "-",
                                      "29 февраля"};
    struct date d;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (cal_read(bad[i], strlen(bad[i]), &d) != CAL_UNREADABLE)
            fail_msg("read: %s", bad[i]);
    assert_int_equal(cal_read("29.02.1996\0", 11, &d), CAL_UNREADABLE);
}

static void test_short_years_are_asked_back(void **state)
{
    struct date d;

    (void)state;
    assert_int_equal(cal_read("29.02.96", 8, &d), CAL_SHORT_YEAR);
    assert_int_equal(d.month, 2);
    assert_int_equal(d.day, 29);
    assert_int_equal(cal_read("5 мая 01", 11, &d), CAL_SHORT_YEAR);
    assert_int_equal(cal_read("31.12.99", 8, &d), CAL_SHORT_YEAR);
}

static void test_dates_without_a_year(void **state)
{
    static const char *const fine[] = {"29.02",  "29/2",        "29 февраля",
                                       "29 фев", "February 29", "feb 29",
                                       "29-02",  " 29 . 02 "};
    static const char *const bad[] = {"",       "29",      "1996",       "29.13",
                                      "29.00",  "февраль", "29.02.1996", "завтра утром",
                                      "29 029", "029.02",  "29.02.96"};
    struct date d;

    (void)state;
    for (size_t i = 0; i < COUNT(fine); i++) {
        if (cal_read_yearless(fine[i], strlen(fine[i]), &d) != CAL_FINE)
            fail_msg("not read: %s", fine[i]);
        date_is(d, 0, 2, 29);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        if (cal_read_yearless(bad[i], strlen(bad[i]), &d) != CAL_UNREADABLE)
            fail_msg("read: %s", bad[i]);
    assert_int_equal(cal_read_yearless("30.02", 5, &d), CAL_NO_SUCH_DAY);
    date_is(d, 0, 2, 30);
    assert_int_equal(cal_read_yearless("0 мая", 8, &d), CAL_NO_SUCH_DAY);
}

static void test_days_that_do_not_exist(void **state)
{
    struct date d;

    (void)state;
    assert_int_equal(cal_read("29.02.1997", 10, &d), CAL_NO_SUCH_DAY);
    date_is(d, 1997, 2, 29);
    assert_int_equal(cal_read("31 апреля 2001", 20, &d), CAL_NO_SUCH_DAY);
    date_is(d, 2001, 4, 31);
    assert_int_equal(cal_read("2001-01-00", 10, &d), CAL_NO_SUCH_DAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leap_years),
        cmocka_unit_test(test_month_days),
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_known_days),
        cmocka_unit_test(test_all_days_there_and_back),
        cmocka_unit_test(test_days_far_away),
        cmocka_unit_test(test_weekdays),
        cmocka_unit_test(test_birthdays),
        cmocka_unit_test(test_birthdays_as_people_write_them),
        cmocka_unit_test(test_all_months_are_known),
        cmocka_unit_test(test_the_ends_of_the_year),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_short_years_are_asked_back),
        cmocka_unit_test(test_dates_without_a_year),
        cmocka_unit_test(test_days_that_do_not_exist),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
