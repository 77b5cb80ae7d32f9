/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * PINs: chosen, changed, asked for, locked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/keypad.h"

#include "core/base/clock.h"
#include "core/staff/pin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one's own ------------------------------------------------------------------ */

static void test_a_pin_is_chosen(void **state)
{
    (void)state;
    says(&OLGA, "/start");
    presses(&OLGA, "Помощь");
    presses(&OLGA, "Мой PIN");
    told_like(&OLGA, "<b>Ольга</b>, придумайте PIN");
    enters(&OLGA, "12");
    told_like(&OLGA, "хотя бы 4 цифры");
    enters(&OLGA, "34"); /* 1234 by now */
    told_like(&OLGA, "легко угадать");
    enters(&OLGA, "1111");
    told_like(&OLGA, "легко угадать");
    keys(&OLGA, "2580");
    told_like(&OLGA, "PIN: ●●●●");
    presses(&OLGA, "⌫");
    told_like(&OLGA, "PIN: ●●●");
    keys(&OLGA, "0");
    presses(&OLGA, "✅");
    told_like(&OLGA, "тот же PIN ещё раз");
    enters(&OLGA, "2581");
    told_like(&OLGA, "не совпали");
    enters(&OLGA, "2580");
    enters(&OLGA, "2580");
    told_like(&OLGA, "PIN записан");
    assert_int_equal(counts("SELECT COUNT(*) FROM staff_pin WHERE hash LIKE '$2b$%'"),
                     1);
    /* The digits are nowhere: neither in what we sent, nor in what we keep. */
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE payload LIKE '%2580%'"),
                     0);
}

static void test_a_pin_is_changed_by_the_old_one(void **state)
{
    (void)state;
    sets_pin(&OLGA, "2580");
    says(&OLGA, "/pin");
    told_like(&OLGA, "введите PIN");
    enters(&OLGA, "2581");
    told_like(&OLGA, "PIN не подошёл. Осталось 4 попытки.");
    enters(&OLGA, "2580");
    told_like(&OLGA, "придумайте PIN");
    enters(&OLGA, "97531");
    enters(&OLGA, "97531");
    told_like(&OLGA, "PIN записан");
    says(&OLGA, "/pin");
    enters(&OLGA, "2580");
    told_like(&OLGA, "не подошёл");
}

static void test_digits_that_are_typed(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    says(&OLGA, "/pin");
    says(&OLGA, "2580");
    told_like(&OLGA, "Нажимайте цифры кнопками");
    says(&OLGA, code); /* the queue at the till does not wait */
    told_like(&OLGA, "Скидка <b>10");
}

static void test_a_lost_state_is_no_dead_end(void **state)
{
    (void)state;
    says(&OLGA, "/pin");
    keys(&OLGA, "25");
    spoils_state(&OLGA, "{\"v\":1,\"at\":\"pin\",\"word\":\"n.1\"}");
    presses(&OLGA, "8");
    told_like(&OLGA, "потеряли нить");
    forges(&OLGA, "v1:k:d:5.");
    told_like(&OLGA, "потеряли нить");
    forges(&OLGA, "v1:k:d:x.");
    told_like(&OLGA, "экран устарел");
}

/* ---- before a shift ------------------------------------------------------------- */

static void test_a_pin_before_the_shift(void **state)
{
    (void)state;
    sets_pin(&OLGA, "2580");
    shop_sets("pin_at_shift", "да");
    says(&OLGA, start_link);
    presses(&OLGA, "Открыть смену");
    told_like(&OLGA, "<b>Ольга</b>, введите PIN");
    assert_int_equal(counts("SELECT COUNT(*) FROM shift"), 0);
    enters(&OLGA, "2580");
    told_like(&OLGA, "Скидка <b>10"); /* and on with the code */
    assert_int_equal(counts("SELECT COUNT(*) FROM shift"), 1);
}

static void test_the_first_pin_at_the_shift(void **state)
{
    (void)state;
    shop_sets("pin_at_shift", "да");
    says(&OLGA, "/shift");
    told_like(&OLGA, "У вас ещё нет PIN");
    enters(&OLGA, "2580");
    enters(&OLGA, "2580");
    told_like(&OLGA, "смена с");
}

/* The keypad's end cannot be jumped to. */
static void test_the_pin_cannot_be_skipped(void **state)
{
    char data[64], id[14];

    (void)state;
    sets_pin(&OLGA, "2580");
    shop_sets("pin_at_shift", "да");
    base36_print((uint64_t)stage.store[0], id);
    snprintf(data, sizeof(data), "v1:k:ok:s-open.%s", id);
    forges(&OLGA, data);
    told_like(&OLGA, "потеряли нить");
    snprintf(data, sizeof(data), "v1:s:open:%s", id);
    forges(&OLGA, data);
    told_like(&OLGA, "введите PIN");
    assert_int_equal(counts("SELECT COUNT(*) FROM shift"), 0);
}

/* ---- the lock ------------------------------------------------------------------- */

static void test_five_wrong_ones_lock(void **state)
{
    int i;

    (void)state;
    sets_pin(&OLGA, "2580");
    says(&OLGA, "/pin");
    for (i = 0; i < PIN_WRONG_MAX - 1; i++) {
        enters(&OLGA, "1357");
        told_like(&OLGA, "не подошёл");
        told_nothing(&LENA);
    }
    enters(&OLGA, "1357");
    told_like(&OLGA, "Слишком много неверных PIN");
    told_like(&LENA, "<b>Ольга</b>: PIN ввели неверно пять раз");
    told_like(&BOSS, "<b>Ольга</b>: PIN");
    told_nothing(&PETR);
    says(&OLGA, "/pin");
    enters(&OLGA, "2580"); /* the right one, too early */
    told_like(&OLGA, "Слишком много неверных PIN");
    not_told(&OLGA, "придумайте");
    stage_wait_until(stage.now + 16 * MINUTE);
    says(&OLGA, "/pin");
    enters(&OLGA, "2580");
    told_like(&OLGA, "придумайте PIN");
}

/* Four wrong ones a quarter of an hour, for ever, are forgotten in between. */
static void test_wrong_ones_are_forgotten(void **state)
{
    int i;

    (void)state;
    sets_pin(&OLGA, "2580");
    says(&OLGA, "/pin");
    for (i = 0; i < PIN_WRONG_MAX - 1; i++)
        enters(&OLGA, "1357");
    told_like(&OLGA, "Осталась 1 попытка");
    stage_wait_until(stage.now + 16 * MINUTE);
    enters(&OLGA, "1357");
    told_like(&OLGA, "Осталось 4 попытки");
}

#define A_TEST(fn) cmocka_unit_test_setup_teardown(fn, staffed, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_a_pin_is_chosen),
        A_TEST(test_a_pin_is_changed_by_the_old_one),
        A_TEST(test_digits_that_are_typed),
        A_TEST(test_a_lost_state_is_no_dead_end),
        A_TEST(test_a_pin_before_the_shift),
        A_TEST(test_the_first_pin_at_the_shift),
        A_TEST(test_the_pin_cannot_be_skipped),
        A_TEST(test_five_wrong_ones_lock),
        A_TEST(test_wrong_ones_are_forgotten),
    };
    int failed = cmocka_run_group_tests_name("once", tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests_name("twice", tests, NULL, NULL);
}
