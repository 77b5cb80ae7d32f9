/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What may be a PIN, how it and passwords are kept, and when a shift ends by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/password.h"
#include "core/staff/pin.h"
#include "core/staff/shift.h"

#include <string.h>

static void test_what_may_be_a_pin(void **state)
{
    static const char *const good[] = {"2580", "1235", "97531", "11112222", "0001"};
    static const char *const bad[] = {"",     "258",   "258012345", "25a0", "1111",
                                      "1234", "87654", "00000000",  " 258", "２５８０"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(pin_fits(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(pin_fits(bad[i]));
}

static void test_passwords(void **state)
{
    char one[PASSWORD_HASH], two[PASSWORD_HASH], longest[PASSWORD_MAX + 2];

    (void)state;
    assert_int_equal(password_hash("2580", 4, one), ST_OK);
    assert_int_equal(password_hash("2580", 4, two), ST_OK);
    assert_int_equal(strncmp(one, "$2b$04$", 7), 0);
    assert_string_not_equal(one, two); /* a salt each */
    assert_true(password_is("2580", one));
    assert_true(password_is("2580", two));
    assert_false(password_is("2581", one));
    assert_false(password_is("", one));
    assert_false(password_is("2580", ""));
    assert_false(password_is("2580", "*0"));
    assert_false(password_is("2580", "$2b$04$broken"));
    assert_false(password_is("2580", NULL));
    assert_int_equal(password_hash("", 4, one), ST_BAD);
    memset(longest, 'x', sizeof longest);
    longest[PASSWORD_MAX + 1] = '\0';
    assert_int_equal(password_hash(longest, 4, one), ST_BAD);
    longest[PASSWORD_MAX] = '\0';
    assert_int_equal(password_hash(longest, 4, one), ST_OK);
    assert_true(password_is(longest, one));
}

/* ---- the end of a shift --------------------------------------------------------- */

static struct tz *tz;

static int zone(void **state)
{
    (void)state;
    tz = tz_open("Asia/Vladivostok");
    return tz == NULL;
}

static int no_zone(void **state)
{
    (void)state;
    tz_close(tz);
    return 0;
}

/* Wall time in Vladivostok, September 2026; the 18th is a Friday. */
static int64_t at(int day, int hour, int minute)
{
    return tz_instant(tz, cal_day((struct date){2026, 9, day}), hour, minute);
}

static int64_t ends(const char *hours, int64_t opened)
{
    struct hours h;

    if (hours == NULL)
        return shift_ends_at(tz, NULL, 23 * 60, opened);
    assert_int_equal(hours_read(hours, &h), ST_OK);
    return shift_ends_at(tz, &h, 23 * 60, opened);
}

static void test_ends_with_the_store(void **state)
{
    (void)state;
    assert_int_equal(ends("ежедневно 9-21", at(18, 8, 50)), at(18, 21, 0));
    assert_int_equal(ends("пн-пт 9-20, сб-вс 10-18", at(19, 10, 0)), at(19, 18, 0));
    assert_int_equal(ends(NULL, at(18, 9, 0)), at(18, 23, 0));
    /* Past midnight: it is the night's. */
    assert_int_equal(ends("ежедневно 18-02", at(18, 18, 0)), at(19, 2, 0));
    assert_int_equal(ends("ежедневно 18-02", at(19, 0, 30)), at(19, 2, 0));
}

static void test_opened_near_the_end(void **state)
{
    (void)state;
    assert_int_equal(ends("ежедневно 9-21", at(18, 20, 0)), at(18, 21, 0));
    assert_int_equal(ends("ежедневно 9-21", at(18, 20, 30)), at(19, 20, 30));
    assert_int_equal(ends("ежедневно 9-21", at(18, 21, 30)), at(19, 21, 0));
}

/* Never open for ever, whatever the hours say. */
static void test_always_ends(void **state)
{
    (void)state;
    assert_int_equal(ends("круглосуточно", at(18, 9, 0)), at(19, 9, 0));
    assert_int_equal(ends("пн 9-20", at(18, 9, 0)), at(19, 9, 0));
    assert_int_equal(ends("пн-пт 9-20, сб, вс выходной", at(19, 12, 0)), at(20, 12, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_may_be_a_pin),
        cmocka_unit_test(test_passwords),
        cmocka_unit_test_setup_teardown(test_ends_with_the_store, zone, no_zone),
        cmocka_unit_test_setup_teardown(test_opened_near_the_end, zone, no_zone),
        cmocka_unit_test_setup_teardown(test_always_ends, zone, no_zone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
