/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/clock.h"
#include "core/loyalty/birthday.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

static const struct birthday_rules week = {.on = true, .after = 7, .lead = 7};

static int32_t day(int y, int m, int d)
{
    return cal_day((struct date){y, m, d});
}

/* The year celebrated, 0 when today is outside the window. */
static int celebrates(struct date born, int32_t today, const struct birthday_rules *r)
{
    struct celebration c = {0};

    if (!birthday_window(born, today, r, &c))
        return 0;
    assert_true(today >= c.day - r->before && today <= c.day + r->after);
    return c.year;
}

static void test_window_has_two_ends(void **state)
{
    struct date born = {1990, 6, 15};

    (void)state;
    assert_int_equal(celebrates(born, day(2026, 6, 14), &week), 0);
    assert_int_equal(celebrates(born, day(2026, 6, 15), &week), 2026);
    assert_int_equal(celebrates(born, day(2026, 6, 22), &week), 2026);
    assert_int_equal(celebrates(born, day(2026, 6, 23), &week), 0);
}

static void test_new_year_belongs_to_the_birthday(void **state)
{
    struct birthday_rules r = {.on = true, .before = 5, .after = 7};

    (void)state;
    /* 29 December for 2 January: the year is the birthday's. */
    assert_int_equal(celebrates((struct date){1990, 1, 2}, day(2026, 12, 29), &r),
                     2027);
    assert_int_equal(celebrates((struct date){1990, 1, 2}, day(2027, 1, 2), &r), 2027);
    assert_int_equal(celebrates((struct date){1990, 1, 2}, day(2027, 1, 9), &r), 2027);
    assert_int_equal(celebrates((struct date){1990, 1, 2}, day(2026, 12, 27), &r), 0);
    /* 3 January for 30 December: last year's. */
    assert_int_equal(celebrates((struct date){1990, 12, 30}, day(2027, 1, 3), &r),
                     2026);
    assert_int_equal(celebrates((struct date){1990, 12, 30}, day(2027, 1, 7), &r), 0);
}

static void test_nobody_celebrates_being_born(void **state)
{
    (void)state;
    assert_int_equal(celebrates((struct date){2026, 6, 15}, day(2026, 6, 15), &week),
                     0);
    assert_int_equal(celebrates((struct date){2026, 6, 15}, day(2027, 6, 15), &week),
                     2027);
}

static void test_29_february(void **state)
{
    struct date born = {1996, 2, 29};
    struct birthday_rules none = {.on = true};
    struct birthday_rules march = {.on = true, .leap_to_march = true};

    (void)state;
    assert_int_equal(celebrates(born, day(2027, 2, 28), &none), 2027);
    assert_int_equal(celebrates(born, day(2027, 3, 1), &none), 0);
    assert_int_equal(celebrates(born, day(2027, 2, 28), &march), 0);
    assert_int_equal(celebrates(born, day(2027, 3, 1), &march), 2027);
    assert_int_equal(celebrates(born, day(2028, 2, 28), &none), 0);
    assert_int_equal(celebrates(born, day(2028, 2, 29), &none), 2028);
    assert_int_equal(celebrates(born, day(2028, 2, 29), &march), 2028);
    assert_int_equal(celebrates(born, day(2028, 3, 1), &march), 0);
}

static void test_entered_in_time(void **state)
{
    struct celebration c = {2026, day(2026, 6, 15)};

    (void)state;
    assert_true(birthday_in_time(day(2026, 6, 8), &c, &week));
    assert_false(birthday_in_time(day(2026, 6, 9), &c, &week));
    assert_false(birthday_in_time(day(2026, 6, 15), &c, &week));
    assert_false(birthday_in_time(day(2026, 6, 20), &c, &week));
}

static bool in_ranges(int mmdd, const struct mmdd_range *r, int n)
{
    for (int i = 0; i < n; i++)
        if (mmdd >= r[i].first && mmdd <= r[i].last)
            return true;
    return false;
}

/* Whoever the window contains, the ranges contain: for every day of four years, every
 * birthday, both policies, several windows. A birthday missed here is a gift never
 * given. */
static void test_ranges_miss_nobody(void **state)
{
    static const int windows[][2] = {{0, 0}, {0, 7}, {3, 7}, {30, 30}};
    struct mmdd_range r[2];
    struct celebration c;

    (void)state;
    for (size_t w = 0; w < sizeof windows / sizeof *windows; w++)
        for (int32_t today = day(2026, 1, 1); today < day(2030, 1, 1); today++)
            for (int march = 0; march < 2; march++) {
                struct birthday_rules rules = {.on = true,
                                               .before = windows[w][0],
                                               .after = windows[w][1],
                                               .leap_to_march = march};
                int n = birthday_ranges(today, &rules, r);

                for (int32_t b = day(1996, 1, 1); b < day(1997, 1, 1); b++) {
                    struct date born = cal_date(b);

                    if (birthday_window(born, today, &rules, &c) &&
                        !in_ranges(born.month * 100 + born.day, r, n))
                        fail_msg("%d-%02d-%02d misses %02d-%02d", cal_date(today).year,
                                 cal_date(today).month, cal_date(today).day, born.month,
                                 born.day);
                }
            }
}

static void test_ranges_are_narrow(void **state)
{
    struct mmdd_range r[2];

    (void)state;
    assert_int_equal(birthday_ranges(day(2026, 6, 20), &week, r), 1);
    assert_int_equal(r[0].first, 613);
    assert_int_equal(r[0].last, 620);
    assert_int_equal(birthday_ranges(day(2027, 1, 2), &week, r), 2);
    assert_int_equal(r[0].first, 1226);
    assert_int_equal(r[0].last, 1231);
    assert_int_equal(r[1].first, 101);
    assert_int_equal(r[1].last, 102);
}

static void test_key_names_the_year_celebrated(void **state)
{
    char key[40];

    (void)state;
    birthday_key(INT64_MAX, 9999, key);
    assert_string_equal(key, "bday:9223372036854775807:9999");
}

/* ---- which date may be set --------------------------------------------------------
 */

static const struct birthday_limits limits = {
    .age_min = 14, .age_max = 110, .change_days = 365, .near_days = 30};

static void test_first_date(void **state)
{
    struct customer c = {0};
    int32_t today = day(2026, 9, 18);

    (void)state;
    assert_int_equal(
        customer_birthday_may(&c, (struct date){1990, 9, 18}, today, &limits),
        BIRTHDAY_FINE);
    assert_int_equal(
        customer_birthday_may(&c, (struct date){2026, 9, 19}, today, &limits),
        BIRTHDAY_FUTURE);
    assert_int_equal(
        customer_birthday_may(&c, (struct date){2012, 9, 18}, today, &limits),
        BIRTHDAY_FINE);
    assert_int_equal(
        customer_birthday_may(&c, (struct date){2012, 9, 19}, today, &limits),
        BIRTHDAY_TOO_YOUNG);
    assert_int_equal(
        customer_birthday_may(&c, (struct date){1915, 9, 19}, today, &limits),
        BIRTHDAY_FINE);
    assert_int_equal(
        customer_birthday_may(&c, (struct date){1915, 9, 18}, today, &limits),
        BIRTHDAY_TOO_OLD);
}

static void test_changing_it(void **state)
{
    int32_t today = day(2026, 9, 18);
    struct customer c = {.has_birth = true,
                         .birth = {1990, 3, 3},
                         .birth_set_at = (int64_t)day(2026, 9, 1) * DAY};
    struct date other = {1990, 4, 3};

    (void)state;
    assert_int_equal(customer_birthday_may(&c, c.birth, today, &limits), BIRTHDAY_SAME);
    assert_int_equal(customer_birthday_may(&c, other, today, &limits), BIRTHDAY_FINE);
    assert_int_equal(
        customer_birthday_may(&c, (struct date){1990, 10, 17}, today, &limits),
        BIRTHDAY_TOO_NEAR);
    assert_int_equal(
        customer_birthday_may(&c, (struct date){1990, 10, 18}, today, &limits),
        BIRTHDAY_FINE);
    c.birth = (struct date){1990, 8, 25};
    assert_int_equal(customer_birthday_may(&c, other, today, &limits),
                     BIRTHDAY_TOO_NEAR);
    c.birth = (struct date){1990, 3, 3};
    c.birth_changed_at = (int64_t)day(2025, 9, 19) * DAY;
    assert_int_equal(customer_birthday_may(&c, other, today, &limits),
                     BIRTHDAY_CHANGED);
    c.birth_changed_at = (int64_t)day(2025, 9, 18) * DAY;
    assert_int_equal(customer_birthday_may(&c, other, today, &limits), BIRTHDAY_FINE);
}

/* Near is counted from the days of the gift, and from 29 February as the shop keeps it. */
static void test_near_the_gift(void **state)
{
    struct birthday_limits l = limits;
    struct customer c = {.has_birth = true,
                         .birth = {1990, 6, 15},
                         .birth_set_at = (int64_t)day(2026, 1, 1) * DAY};
    struct date leap = {1996, 2, 29};

    (void)state;
    l.before = 3;
    l.after = 7;
    assert_int_equal(customer_birthday_may(&c, leap, day(2027, 1, 26), &l),
                     BIRTHDAY_FINE); /* 28 February - 3 - 30 */
    assert_int_equal(customer_birthday_may(&c, leap, day(2027, 1, 27), &l),
                     BIRTHDAY_TOO_NEAR);
    assert_int_equal(customer_birthday_may(&c, leap, day(2027, 4, 5), &l),
                     BIRTHDAY_TOO_NEAR);
    assert_int_equal(customer_birthday_may(&c, leap, day(2027, 4, 6), &l),
                     BIRTHDAY_FINE); /* 28 February + 7 + 30 */
    l.leap_to_march = true;
    assert_int_equal(customer_birthday_may(&c, leap, day(2027, 1, 27), &l),
                     BIRTHDAY_FINE);
    c.birth = (struct date){1990, 1, 2}; /* over New Year */
    assert_int_equal(
        customer_birthday_may(&c, (struct date){1990, 6, 1}, day(2026, 12, 20), &l),
        BIRTHDAY_TOO_NEAR);
}

static void test_told_again_after_it_was_taken_away(void **state)
{
    struct customer c = {.birth_set_at = (int64_t)day(2026, 1, 1) * DAY};
    int32_t today = day(2026, 9, 18);

    (void)state;
    assert_int_equal(
        customer_birthday_may(&c, (struct date){1990, 4, 3}, today, &limits),
        BIRTHDAY_FINE);
    assert_int_equal(
        customer_birthday_may(&c, (struct date){1990, 9, 20}, today, &limits),
        BIRTHDAY_TOO_NEAR);
    c.birth_changed_at = (int64_t)day(2026, 9, 1) * DAY;
    assert_int_equal(
        customer_birthday_may(&c, (struct date){1990, 4, 3}, today, &limits),
        BIRTHDAY_CHANGED);
}

static void test_without_a_year(void **state)
{
    struct birthday_limits l = limits;
    struct customer c = {0};
    struct date d = {BIRTHDAY_NO_YEAR, 2, 29};

    (void)state;
    assert_int_equal(customer_birthday_may(&c, d, day(2026, 9, 18), &l), BIRTHDAY_FINE);
    l.year_needed = true;
    assert_int_equal(customer_birthday_may(&c, d, day(2026, 9, 18), &l),
                     BIRTHDAY_TOO_OLD);
}

static void test_the_first_gift(void **state)
{
    struct birthday_rules r = {.on = true, .before = 0, .after = 7, .lead = 7};
    struct date born = {1990, 9, 25};

    (void)state;
    assert_int_equal(birthday_first_gift(born, day(2026, 9, 18), &r).year, 2026);
    assert_int_equal(birthday_first_gift(born, day(2026, 9, 19), &r).year, 2027);
    assert_int_equal(birthday_first_gift(born, day(2026, 9, 30), &r).year, 2027);
    assert_int_equal(birthday_first_gift(born, day(2026, 12, 31), &r).year, 2027);
    born = (struct date){1996, 2, 29};
    assert_int_equal(birthday_first_gift(born, day(2027, 2, 21), &r).day,
                     day(2027, 2, 28));
    assert_int_equal(birthday_first_gift(born, day(2027, 2, 22), &r).day,
                     day(2028, 2, 29));
    born = (struct date){1990, 12, 30};
    r.lead = 0;
    assert_int_equal(birthday_first_gift(born, day(2027, 1, 3), &r).year, 2027);
}

static void test_short_names(void **state)
{
    static const char *const names[][3] = {
        {"Мария", "Кузнецова", "Мария К."},
        {"Мария", "", "Мария"},
        {"Мария Кузнецова", "", "Мария К."},
        {"Анна-Мария де ла Крус", "", "Анна-Мария д."},
        {"", "Кузнецова", "К."},
        {"", "", ""},
        {"Ann", "O'Neil", "Ann O."},
        {"名前", "鈴木", "名前 鈴."},
    };
    char out[CONTACT_NAME_BYTES + 8];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        customer_short_name(names[i][0], names[i][1], out);
        assert_string_equal(out, names[i][2]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_window_has_two_ends),
        cmocka_unit_test(test_new_year_belongs_to_the_birthday),
        cmocka_unit_test(test_nobody_celebrates_being_born),
        cmocka_unit_test(test_29_february),
        cmocka_unit_test(test_entered_in_time),
        cmocka_unit_test(test_ranges_miss_nobody),
        cmocka_unit_test(test_ranges_are_narrow),
        cmocka_unit_test(test_key_names_the_year_celebrated),
        cmocka_unit_test(test_first_date),
        cmocka_unit_test(test_changing_it),
        cmocka_unit_test(test_near_the_gift),
        cmocka_unit_test(test_told_again_after_it_was_taken_away),
        cmocka_unit_test(test_without_a_year),
        cmocka_unit_test(test_the_first_gift),
        cmocka_unit_test(test_short_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
