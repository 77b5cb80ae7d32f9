/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What becomes of people in the shop's channel, and of the bot on their phone: out and
 * in again, restricted, thrown out, blocked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

static const struct person JOHN = {"client", 5000000002, "John", "en"};

static void meets_the_gate(const struct person *p)
{
    says(p, "/start");
    presses(p, p == &JOHN ? "I agree" : "Согласен");
    told_like(p, p == &JOHN ? "Subscribe" : "Подпишитесь");
}

static void test_restricted_is_in_only_when_it_says_so(void **state)
{
    (void)state;
    stands(&ANNA, "restricted_out");
    meets_the_gate(&ANNA);
    presses(&ANNA, "Я подписался");
    not_told(&ANNA, "Ваша скидка");
    stands(&ANNA, "restricted_in");
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

static void test_thrown_out_before_the_gate(void **state)
{
    (void)state;
    stands(&JOHN, "kicked");
    meets_the_gate(&JOHN);
    presses(&JOHN, "I subscribed");
    not_told(&JOHN, "Your discount");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
    stands(&JOHN, "member");
    says(&JOHN, "/discount");
    told_like(&JOHN, "Your discount");
}

static void test_blocked_and_back(void **state)
{
    (void)state;
    blocks(&ANNA);
    told_nothing(&ANNA);
    unblocks(&ANNA);
    says(&ANNA, "/start");
    told_like(&ANNA, "У Дома");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restricted_is_in_only_when_it_says_so),
        cmocka_unit_test(test_thrown_out_before_the_gate),
        cmocka_unit_test(test_blocked_and_back),
    };
    int failed = cmocka_run_group_tests_name("standing", tests, stage_is_open, closed);

    how = STAGE_TWICE;
    return failed +
           cmocka_run_group_tests_name("standing, twice", tests, stage_is_open, closed);
}
