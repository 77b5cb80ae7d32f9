/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What looks like fraud is written down and told to the owners, once an hour for each
 * rule and person; and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

static int at_the_till(void **state)
{
    opened(state);
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE discount SET uses_allowed = 100"),
                     ST_OK);
    /* Friday, 10:00: the stores are open. */
    opens_shift(&OLGA);
    shop_sets("fraud_again_minutes", "0");
    shop_sets("fraud_customer_day", "0");
    shop_sets("fraud_cashier_hour", "0");
    shop_sets("fraud_undo_percent", "0");
    return 0;
}

static void sells(const struct person *p)
{
    says(p, code);
    presses(p, "Применить");
    told_like(p, "✅ Применено");
}

static int64_t odd(const char *rule)
{
    char sql[100];

    snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM suspicion WHERE rule = '%s'",
             rule);
    return counts(sql);
}

/* How often the owner was told so. */
static int64_t told(const char *words)
{
    char sql[200];

    snprintf(sql, sizeof(sql),
             "SELECT COUNT(*) FROM message WHERE recipient = 6000000009 AND"
             " payload LIKE '%%%s%%'",
             words);
    return counts(sql);
}

static void test_an_honest_day_is_quiet(void **state)
{
    (void)state;
    shop_sets("fraud_customer_day", "5");
    shop_sets("fraud_cashier_hour", "40");
    shop_sets("fraud_again_minutes", "10");
    shop_sets("fraud_undo_percent", "30");
    sells(&OLGA);
    stage_wait_until(stage.now + HOUR);
    sells(&OLGA);
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Возврат");
    assert_int_equal(counts("SELECT COUNT(*) FROM suspicion"), 0);
}

static void test_many_by_one_cashier(void **state)
{
    int i;

    (void)state;
    shop_sets("fraud_cashier_hour", "3");
    for (i = 0; i < 2; i++)
        sells(&OLGA);
    assert_int_equal(odd("cashier_hour"), 0);
    sells(&OLGA);
    assert_int_equal(odd("cashier_hour"), 1);
    told_like(&BOSS, "Много применений за час: Ольга — <b>3</b>");
    told_like(&BOSS, "Чек № 3: Ленина, 5, сегодня 10:");
    told_like(&BOSS, "причина может быть самой обычной");
    for (i = 0; i < 3; i++)
        sells(&OLGA);
    assert_int_equal(odd("cashier_hour"), 1); /* once an hour */
    assert_int_equal(told("Много применений за час"), 1);
    opens_shift(&PETR);
    sells(&PETR); /* another person, another count */
    assert_int_equal(odd("cashier_hour"), 1);
    stage_wait_until(stage.now + 61 * MINUTE);
    for (i = 0; i < 3; i++)
        sells(&OLGA);
    assert_int_equal(odd("cashier_hour"), 2);
    assert_int_equal(counts("SELECT COUNT(*) FROM suspicion WHERE staff_id = 1 AND"
                            " redemption_id IS NOT NULL AND store_id IS NOT NULL"),
                     2);
}

static void test_many_of_one_customer(void **state)
{
    int i;

    (void)state;
    shop_sets("fraud_customer_day", "3");
    for (i = 0; i < 3; i++) {
        assert_int_equal(odd("customer_day"), 0);
        sells(&OLGA);
        stage_wait_until(stage.now + 90 * MINUTE);
    }
    assert_int_equal(odd("customer_day"), 1);
    assert_int_equal(told("Много применений за сутки: Анна"), 1);
}

static void test_the_same_customer_again(void **state)
{
    (void)state;
    shop_sets("fraud_again_minutes", "10");
    sells(&OLGA);
    stage_wait_until(stage.now + 11 * MINUTE);
    sells(&OLGA);
    assert_int_equal(odd("customer_again"), 0);
    stage_wait_until(stage.now + 2 * MINUTE);
    sells(&OLGA);
    assert_int_equal(odd("customer_again"), 1);
    told_like(&BOSS, "Тот же покупатель снова: Анна, <b>2</b> раза за 10 минут");
}

/* What was undone was a mistake. */
static void test_an_undone_one_is_not_again(void **state)
{
    (void)state;
    shop_sets("fraud_again_minutes", "10");
    sells(&OLGA);
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Ошибка в чеке");
    sells(&OLGA);
    assert_int_equal(odd("customer_again"), 0);
}

static void test_many_undone(void **state)
{
    int i;

    (void)state;
    shop_sets("fraud_undo_percent", "40");
    for (i = 0; i < 5; i++) {
        sells(&OLGA);
        if (i == 0 || i == 4) {
            assert_int_equal(odd("undo_rate"), 0); /* 1 of 1 says nothing yet */
            presses(&OLGA, "Отменить");
            presses(&OLGA, "Возврат");
        }
    }
    assert_int_equal(odd("undo_rate"), 1);
    told_like(&BOSS, "Много отмен за сутки: Ольга — <b>40 %</b>");
}

static void test_staff_s_own_account(void **state)
{
    (void)state;
    hires(&ANNA_AT_TILL, "cashier", stage.store[0]);
    sells(&OLGA);
    assert_int_equal(odd("own_account"), 1);
    told_like(&BOSS, "Анна у нас работает");
}

static void test_outside_the_hours(void **state)
{
    (void)state;
    assert_int_equal(
        db_exec(stage.db, NULL, "UPDATE store SET hours = 'ежедневно 9:00-21:00'"),
        ST_OK);
    sells(&OLGA);
    assert_int_equal(odd("closed_hours"), 0);
    stage_wait_until(stage.now + 12 * HOUR); /* 22:00 */
    opens_shift(&PETR);
    sells(&PETR);
    assert_int_equal(odd("closed_hours"), 1);
    told_like(&BOSS, "когда магазин закрыт");
}

/* Hours nobody can read, and none, are no reason to worry. */
static void test_hours_in_free_words(void **state)
{
    (void)state;
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE store SET hours = 'как пойдёт'"),
                     ST_OK);
    stage_wait_until(stage.now + 12 * HOUR);
    opens_shift(&PETR);
    sells(&PETR);
    assert_int_equal(odd("closed_hours"), 0);
}

static void test_guessing_of_codes(void **state)
{
    char guess[CODE_SYMBOLS + 1];
    int i;

    (void)state;
    for (i = 0; i < 12; i++) {
        code_new(guess);
        says(&OLGA, guess);
        told_like(&OLGA,
                  i < 10 ? "Такого кода у нас нет" : "Слишком много неверных кодов");
        assert_int_equal(odd("guessing"), i >= 10);
        assert_int_equal(told("Похоже на подбор кодов: Ольга"), i >= 10);
    }
    says(&OLGA, code); /* a good code is closed to them, too */
    told_like(&OLGA, "Слишком много неверных кодов");
    assert_int_equal(told("Похоже на подбор"), 1);
    opens_shift(&PETR); /* and to nobody else */
    says(&PETR, code);
    told_like(&PETR, "✅ Скидка");
    stage_wait_until(stage.now + 5 * MINUTE);
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, at_the_till, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_an_honest_day_is_quiet),     A_TEST(test_many_by_one_cashier),
        A_TEST(test_many_of_one_customer),       A_TEST(test_the_same_customer_again),
        A_TEST(test_an_undone_one_is_not_again), A_TEST(test_many_undone),
        A_TEST(test_staff_s_own_account),        A_TEST(test_outside_the_hours),
        A_TEST(test_hours_in_free_words),        A_TEST(test_guessing_of_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
