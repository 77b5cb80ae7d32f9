/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * When the stand-in tries a webhook again; the queues and lives of updates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/botapi/retry.h"

#define USER 7012345678LL
#define SPAN (1LL << 33)

static void test_first_retry_at_once_then_doubling(void **state)
{
    static const int64_t want_s[] = {0, 2, 4, 8, 16, 32, 64, 75, 75, 75};

    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(retry_wait_ms(i + 1, 75, -1), want_s[i] * 1000);
    assert_int_equal(retry_wait_ms(7, 60, -1), 60000);
    assert_int_equal(retry_wait_ms(1000000, 120, -1), 120000);
}

static void test_retry_after_is_obeyed_and_does_not_count(void **state)
{
    (void)state;
    assert_int_equal(retry_wait_ms(5, 75, 3), 3000);
    assert_int_equal(retry_wait_ms(5, 75, 0), 0);
    assert_int_equal(retry_wait_ms(1, 75, 86400), 3600000);
    assert_int_equal(retry_failures(4, 3), 4);
    assert_int_equal(retry_failures(4, -1), 5);
}

static void test_a_whole_day_of_failing(void **state)
{
    int64_t at_ms = 0;
    int tries = 0, failures = 0;

    (void)state;
    while (at_ms < 86400 * 1000LL) {
        tries++;
        failures = retry_failures(failures, -1);
        at_ms += retry_wait_ms(failures, 60 + tries % 61, -1);
    }
    assert_in_range(tries, 86400 / 120, 86400 / 60 + 10);
}

static void test_messages_and_taps_stand_in_different_lines(void **state)
{
    (void)state;
    assert_int_equal(update_queue(UPDATE_MESSAGE, USER, USER), USER);
    assert_int_equal(update_queue(UPDATE_CALLBACK_QUERY, USER, USER), USER + 3 * SPAN);
    assert_int_equal(update_queue(UPDATE_MY_CHAT_MEMBER, USER, 5), USER + 5 * SPAN);
    assert_int_equal(update_queue(UPDATE_CHAT_MEMBER, -100, USER), USER + 6 * SPAN);
    assert_int_equal(update_queue(UPDATE_EDITED_MESSAGE, USER, 5), USER);
}

static void test_lives(void **state)
{
    (void)state;
    assert_int_equal(update_life_s(UPDATE_CALLBACK_QUERY), 150);
    assert_int_equal(update_life_s(UPDATE_MESSAGE), 86400);
    assert_int_equal(update_life_s(UPDATE_CHAT_MEMBER), 86400);
    assert_int_equal(update_kind_of("callback_query", 14), UPDATE_CALLBACK_QUERY);
    assert_int_equal(update_kind_of("callback_quer", 13), UPDATE_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_retry_at_once_then_doubling),
        cmocka_unit_test(test_retry_after_is_obeyed_and_does_not_count),
        cmocka_unit_test(test_a_whole_day_of_failing),
        cmocka_unit_test(test_messages_and_taps_stand_in_different_lines),
        cmocka_unit_test(test_lives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
