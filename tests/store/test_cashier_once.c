/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Once and no more: presses repeated, two cashiers, time that ran out, forged buttons.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/qr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- once ----------------------------------------------------------------------- */

static void test_pressed_twice_is_once(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    says(&OLGA, code);
    presses_twice(&OLGA, "Применить");
    told_like(&OLGA, "чек <b>№ 1</b>");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE purpose = 3"), 1);
}

static void test_second_scan_says_who(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    opens_shift(&PETR);
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    says(&OLGA, start_link);
    told_like(&OLGA, "вы уже применили");
    says(&PETR, start_link);
    told_like(&PETR, "Уже использована: сегодня 10:");
    told_like(&PETR, "Ленина, 5, кассир Ольга, чек № 1");
}

static void test_held_by_another(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    opens_shift(&PETR);
    says(&OLGA, code);
    says(&PETR, code);
    told_like(&PETR, "Этот код сейчас проверяет");
    told_like(&PETR, "Ольга");
    presses(&PETR, "Взять себе");
    told_like(&PETR, "✅ Скидка <b>10");
    presses(&PETR, "Применить");
    told_like(&PETR, "чек <b>№ 1</b>");
    presses(&OLGA, "Применить");
    not_told(&OLGA, "чек <b>№");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 1);
}

static void test_three_minutes_are_over(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    says(&OLGA, code);
    stage_wait_until(stage.now + 10 * MINUTE);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "Время на подтверждение вышло");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "чек <b>№ 1</b>");
}

static void test_forged_confirmations(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    forges(&OLGA, "v1:r:yes:0000000000");
    not_told(&OLGA, "чек <b>");
    forges(&OLGA, "v1:r:yes:");
    not_told(&OLGA, "чек <b>");
    forges(&OLGA, "v1:r:take:zzz");
    told_like(&OLGA, "Такого кода у нас нет");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
}

static void test_own_code(void **state)
{
    (void)state;
    hires(&ANNA_AT_TILL, "cashier", stage.store[0]);
    opens_shift(&ANNA_AT_TILL);
    says(&ANNA_AT_TILL, code);
    told_like(&ANNA_AT_TILL, "применить её должен другой кассир");
}

static void test_expired_at_the_till(void **state)
{
    (void)state;
    stage_wait_until(stage.now + 31 * DAY);
    opens_shift(&OLGA);
    says(&OLGA, code);
    told_like(&OLGA, "Срок вышел");
}

/* A renewed code leaves the old one dead. */
static void test_renewed_before_the_scan(void **state)
{
    (void)state;
    presses(&ANNA, "Обновить код");
    opens_shift(&OLGA);
    says(&OLGA, code);
    told_like(&OLGA, "Такого кода у нас нет");
    says(&OLGA, last_code(&ANNA));
    told_like(&OLGA, "✅ Скидка <b>10");
}

static void test_the_till_in_english(void **state)
{
    (void)state;
    opens_shift(&JANE);
    told_like(&JANE, "shift since 18 Sep 2026, 10:");
    says(&JANE, code);
    told_like(&JANE, "<b>10%</b> off");
    presses(&JANE, "Apply 10%");
    told_like(&JANE, "receipt <b>No. 1</b>");
    presses(&JANE, "Cancel it");
    presses(&JANE, "Wrong customer");
    told_like(&JANE, "Receipt No. 1 is cancelled. Reason: Wrong customer");
    says(&JANE, "/language");
    presses(&JANE, "Русский");
    told_like(&JANE, "смена с");
    says(&JANE, "/help");
    told_like(&JANE, "10 минут");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_pressed_twice_is_once), A_TEST(test_second_scan_says_who),
        A_TEST(test_held_by_another),       A_TEST(test_three_minutes_are_over),
        A_TEST(test_forged_confirmations),  A_TEST(test_own_code),
        A_TEST(test_expired_at_the_till),   A_TEST(test_renewed_before_the_scan),
        A_TEST(test_the_till_in_english),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
