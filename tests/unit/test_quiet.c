/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The hours in which nobody is advertised to, over midnight and where clocks change. */
#include "core/base/clock.h"
#include "core/quiet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct tz *berlin;

static int zone_open(void **state)
{
    (void)state;
    berlin = tz_open("Europe/Berlin");
    return berlin == NULL;
}

static int zone_close(void **state)
{
    (void)state;
    tz_close(berlin);
    return 0;
}

static int64_t day(int month, int d, int hour, int minute)
{
    return tz_instant(berlin, cal_day((struct date){2026, month, d}), hour, minute);
}

static int64_t end(int from, int to, int64_t at)
{
    const struct settings set = {.quiet_from = from * 60, .quiet_to = to * 60};

    return quiet_until(&set, berlin, at);
}

static void test_over_midnight(void **state)
{
    (void)state;
    assert_int_equal(end(21, 9, day(9, 18, 20, 59)), 0);
    assert_int_equal(end(21, 9, day(9, 18, 21, 0)), day(9, 19, 9, 0));
    assert_int_equal(end(21, 9, day(9, 19, 8, 59)), day(9, 19, 9, 0));
    assert_int_equal(end(21, 9, day(9, 19, 9, 0)), 0);
    assert_int_equal(end(21, 9, day(12, 31, 23, 0)), day(12, 31, 21, 0) + 12 * HOUR);
}

static void test_within_a_day(void **state)
{
    (void)state;
    assert_int_equal(end(13, 15, day(9, 18, 12, 59)), 0);
    assert_int_equal(end(13, 15, day(9, 18, 13, 0)), day(9, 18, 15, 0));
    assert_int_equal(end(13, 15, day(9, 18, 15, 0)), 0);
    assert_int_equal(end(9, 9, day(9, 18, 9, 0)), 0); /* equal: never */
}

/* 25 October 2026: at three it is two again, and half past two comes twice. */
static void test_it_always_lies_ahead(void **state)
{
    const struct settings set = {.quiet_from = 21 * 60, .quiet_to = 150};
    int64_t three = day(10, 25, 0, 0) + 3 * HOUR; /* the second two o'clock */

    (void)state;
    assert_int_equal(tz_local(berlin, three).hour, 2);
    for (int64_t at = three - 2 * HOUR; at < three + 2 * HOUR; at += 7 * MINUTE) {
        int64_t until = quiet_until(&set, berlin, at);

        assert_true(until == 0 || until > at);
    }
    assert_int_equal(quiet_until(&set, berlin, three + 10 * MINUTE),
                     three + 30 * MINUTE);
    /* In spring half past two is skipped, and the next moment there is ends it. */
    assert_int_equal(quiet_until(&set, berlin, day(3, 29, 1, 59)), day(3, 29, 3, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_over_midnight),
        cmocka_unit_test(test_within_a_day),
        cmocka_unit_test(test_it_always_lies_ahead),
    };

    return cmocka_run_group_tests(tests, zone_open, zone_close);
}
