/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Cron expressions: what is read, what is refused and in which words, and the rule for
 * clocks that are set, by hand. The oracle for all zones: test_cron_zones.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/cron.h"
#include "core/base/tz.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- the fields ----------------------------------------------------------------- */

static int64_t utc(int year, int month, int day, int hour, int minute)
{
    return cal_day((struct date){year, month, day}) * DAY + hour * HOUR +
           minute * MINUTE;
}

static int64_t next_in(const char *zone, const char *text, int64_t after)
{
    struct tz *tz = tz_open(zone);
    struct cron c;
    char why[CRON_WHY];
    int64_t next;

    assert_non_null(tz);
    if (cron_parse(text, &c, why) != ST_OK)
        fail_msg("%s: %s", text, why);
    next = cron_next(&c, tz, after);
    tz_close(tz);
    return next;
}

static void the_stated_rule_in_berlin(void **state)
{
    int64_t spring = utc(2026, 3, 28, 23, 0), autumn = utc(2026, 10, 24, 22, 0);
    int64_t first;

    (void)state;
    /* 29 March: 02:00-02:59 is skipped; three o'clock is the first valid minute. */
    assert_int_equal(next_in("Europe/Berlin", "30 2 * * *", spring),
                     utc(2026, 3, 29, 1, 0));
    assert_int_equal(next_in("Europe/Berlin", "10,20 2 * * *", utc(2026, 3, 29, 1, 0)),
                     utc(2026, 3, 30, 0, 10)); /* both were due at three, once */
    assert_int_equal(next_in("Europe/Berlin", "*/20 2 * * *", spring),
                     utc(2026, 3, 30, 0, 0)); /* elapsed: nothing is made up */
    /* 25 October: 02:00-02:59 comes twice. */
    first = next_in("Europe/Berlin", "30 2 * * *", autumn);
    assert_int_equal(first, utc(2026, 10, 25, 0, 30));
    assert_int_equal(next_in("Europe/Berlin", "30 2 * * *", first),
                     utc(2026, 10, 26, 1, 30));
    assert_int_equal(next_in("Europe/Berlin", "30 * * * *", first),
                     utc(2026, 10, 25, 1, 30)); /* elapsed: both hours run */
}

static void what_never_comes_is_never(void **state)
{
    int64_t now = utc(2026, 11, 20, 0, 0);

    (void)state;
    assert_int_equal(next_in("Europe/Berlin", "0 9 30 2 *", now), CRON_NEVER);
    assert_int_equal(next_in("Europe/Berlin", "* * 31 4,6,9,11 *", now), CRON_NEVER);
    assert_int_equal(next_in("UTC", "0 0 29 2 *", now), utc(2028, 2, 29, 0, 0));
    /* 29 February and Sunday: rare, and it comes. */
    assert_int_equal(next_in("UTC", "0 0 29 2 */7", now), utc(2032, 2, 29, 0, 0));
    assert_int_equal(next_in("UTC", "0 0 29 2 */7", utc(2088, 2, 29, 0, 0)),
                     utc(2128, 2, 29, 0, 0));
    assert_int_equal(next_in("UTC", "* 0 29 2 */7", utc(2088, 2, 29, 1, 0)),
                     utc(2128, 2, 29, 0, 0));
}

static void a_moment_is_behind_the_one_it_is_asked_for(void **state)
{
    int64_t nine = utc(2026, 11, 20, 9, 0);

    (void)state;
    assert_int_equal(next_in("UTC", "0 9 * * *", nine - 1), nine);
    assert_int_equal(next_in("UTC", "0 9 * * *", nine), nine + DAY);
    assert_int_equal(next_in("UTC", "* * * * *", nine), nine + MINUTE);
    assert_int_equal(next_in("UTC", "* * * * *", nine + 1), nine + MINUTE);
    assert_int_equal(next_in("UTC", "0 0 1 1 *", -1), 0);
}

static void words_and_names_are_read(void **state)
{
    int64_t now = utc(2026, 11, 20, 12, 0); /* a Friday */

    (void)state;
    assert_int_equal(next_in("UTC", "@hourly", now), now + HOUR);
    assert_int_equal(next_in("UTC", "@Weekly", now), utc(2026, 11, 22, 0, 0));
    assert_int_equal(next_in("UTC", "@monthly", now), utc(2026, 12, 1, 0, 0));
    assert_int_equal(next_in("UTC", "@yearly", now), utc(2027, 1, 1, 0, 0));
    assert_int_equal(next_in("UTC", " 0\t9 * jan-mar  Tue ", now),
                     utc(2027, 1, 5, 9, 0));
    assert_int_equal(next_in("UTC", "0 9 * * sat-sun", now), utc(2026, 11, 21, 9, 0));
    assert_int_equal(next_in("UTC", "0 9 * * 5-7", utc(2026, 11, 21, 9, 0)),
                     utc(2026, 11, 22, 9, 0));
    assert_int_equal(next_in("UTC", "50/5 12 * * *", now), utc(2026, 11, 20, 12, 50));
    assert_int_equal(next_in("UTC", "0-30/20,45 12 * * *", now + 21 * MINUTE),
                     utc(2026, 11, 20, 12, 45));
}

static void what_is_wrong_is_said_in_words(void **state)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "the minute: missing"},
        {"   ", "the minute: missing"},
        {"0 9 * *", "the weekday: missing"},
        {"0 9 * * * *", "a sixth field"},
        {"60 9 * * *", "the minute: 60 is not between 0 and 59"},
        {"0 24 * * *", "the hour: 24 is not between 0 and 23"},
        {"0 9 0 * *", "the day: 0 is not between 1 and 31"},
        {"0 9 * 13 *", "the month: 13 is not between 1 and 12"},
        {"0 9 * * 8", "the weekday: 8 is not between 0 and 7"},
        {"0 9 * * mon-", "the weekday: a number, a range or *"},
        {"0 9 * * monday", "the weekday: something is behind it"},
        {"30-10 9 * * *", "the minute: that range runs backwards"},
        {"*/0 9 * * *", "the minute: that step is out of range"},
        {"*/x 9 * * *", "the minute: a number is expected after /"},
        {"*/99999999999999999999 9 * * *", "the minute: that step is out of range"},
        {"99999999999999999999 9 * * *", "is not between"},
        {"1, 9 * * *", "the minute: a number, a range or *"},
        {"-1 9 * * *", "the minute: a number, a range or *"},
        {"** 9 * * *", "the minute: something is behind it"},
        {"0 9 * * *x", "the weekday: something is behind it"},
        {"@fortnightly", "the minute: a number, a range or *"},
        {"\xff\xfe 9 * * *", "the minute: a number, a range or *"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct cron c;
        char why[CRON_WHY];

        assert_int_equal(cron_parse(bad[i].text, &c, why), ST_BAD);
        if (strstr(why, bad[i].says) == NULL)
            fail_msg("\"%s\": '%s' does not say '%s'", bad[i].text, why, bad[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stated_rule_in_berlin),
        cmocka_unit_test(what_never_comes_is_never),
        cmocka_unit_test(a_moment_is_behind_the_one_it_is_asked_for),
        cmocka_unit_test(words_and_names_are_read),
        cmocka_unit_test(what_is_wrong_is_said_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
