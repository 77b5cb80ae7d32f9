/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What was bought with discounts: where, when, how much it saved; «Это не я» begins
 * there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

static int opened(void **state)
{
    (void)state;
    stage_open(how);
    hires(&OLGA, "cashier", stage.store[0]);
    hires(&BOSS, "owner", 0);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    says(&BOSS, "/start");
    anna_joins();
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE discount SET uses_allowed = 20"),
                     ST_OK);
    return 0;
}

/* sum NULL: not entered. */
static void buys(const char *sum)
{
    stage_wait_until(stage.now + HOUR);
    says(&OLGA, last_code(&ANNA));
    if (sum != NULL)
        says(&OLGA, sum);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "✅ Применено");
}

static void opens_history(void)
{
    says(&ANNA, "/wallet");
    presses(&ANNA, "История");
}

static void test_nothing_yet(void **state)
{
    (void)state;
    opens_history();
    told_like(&ANNA, "Покупок со скидкой пока не было");
    told_times(&ANNA, 0); /* in place */
    not_told(&ANNA, "сэкономили");
    assert_true(sees_button(&ANNA, "Меню"));
}

static void test_lines_and_the_sum_saved(void **state)
{
    (void)state;
    buys("4500");
    buys(NULL);
    buys("8000");
    opens_history();
    told_like(&ANNA, "Покупки со скидкой</b>: 3");
    told_like(&ANNA, "Вы сэкономили <b>1\u202f250");
    told_like(&ANNA, "1. 18.09.2026 13:0");
    told_like(&ANNA, "Ленина, 5: 10");
    told_like(&ANNA, "сэкономлено 800");
    told_like(&ANNA, "сэкономлено 450");
    told_like(&ANNA, "чек № 2");
}

/* What was undone was not saved. */
static void test_undone_is_gone(void **state)
{
    (void)state;
    buys("4500");
    buys("8000");
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Возврат");
    opens_history();
    told_like(&ANNA, "Покупки со скидкой</b>: 1");
    told_like(&ANNA, "Вы сэкономили <b>450");
    not_told(&ANNA, "800");
}

static void test_pages(void **state)
{
    (void)state;
    for (int i = 0; i < 7; i++)
        buys("1000");
    opens_history();
    told_like(&ANNA, "5. ");
    not_told(&ANNA, "6. ");
    presses(&ANNA, "Дальше");
    told_like(&ANNA, "7. ");
    told_times(&ANNA, 0); /* in place */
    not_told(&ANNA, "5. ");
    assert_true(sees_button(&ANNA, "7: это не я"));
    presses(&ANNA, "Назад");
    told_like(&ANNA, "1. ");
    forges(&ANNA, "v1:y:open:zzz"); /* far behind the end */
    told_like(&ANNA, "Покупки со скидкой</b>: 7");
    assert_true(sees_button(&ANNA, "Меню"));
}

static void test_not_me(void **state)
{
    (void)state;
    buys("4500");
    buys("8000");
    opens_history();
    presses(&ANNA, "2: это не я");
    told_like(&ANNA, "Чек № 1 (Ленина, 5");
    says(&ANNA, "Меня там не было");
    told_like(&ANNA, "Передали магазину");
    told_like(&BOSS, "Меня там не было");
    assert_int_equal(counts("SELECT COUNT(*) FROM support_thread"), 1);
    assert_int_equal(counts("SELECT r.receipt_no FROM support_thread t"
                            " JOIN redemption r ON r.id = t.redemption_id"),
                     1);
}

/* Of another customer nothing is told. */
static void test_only_their_own(void **state)
{
    static const struct person BELLA = {"client", 5000000002, "Белла", "ru"};

    (void)state;
    buys("4500");
    subscribes(&BELLA);
    says(&BELLA, "/start");
    presses(&BELLA, "Согласен");
    forges(&BELLA, "v1:y:open:");
    told_like(&BELLA, "Покупок со скидкой пока не было");
    forges(&BELLA, "v1:t:not:1");
    not_told(&BELLA, "Чек № 1");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_nothing_yet),    A_TEST(test_lines_and_the_sum_saved),
        A_TEST(test_undone_is_gone), A_TEST(test_pages),
        A_TEST(test_not_me),         A_TEST(test_only_their_own),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
