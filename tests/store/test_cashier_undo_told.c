/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * An undo in their own words; who hears of it; the PIN above a sum; the grace of a code
 * whose term ran out meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

#define NB "\xE2\x80\xAF"

static const struct person IRINA = {"auth", 6000000004, "Ирина", "ru"};
static const struct person FAR = {"auth", 6000000005, "Фёдор", "ru"};

/* Anna's discount, redeemed by Olga with a purchase of 1 250 roubles. */
static int sold(void **state)
{
    opened(state);
    hires(&IRINA, "manager", stage.store[0]);
    hires(&FAR, "manager", stage.store[1]);
    opens_shift(&OLGA);
    says(&OLGA, code);
    says(&OLGA, "1250");
    presses(&OLGA, "Применить");
    told_like(&OLGA, "чек <b>№ 1</b>");
    return 0;
}

static int64_t live(void)
{
    return counts("SELECT COUNT(live_use_no) FROM redemption");
}

/* Messages to that person with those words. */
static int64_t told(const struct person *p, const char *words)
{
    char sql[300];

    snprintf(sql, sizeof(sql),
             "SELECT COUNT(*) FROM message WHERE recipient = %lld AND payload LIKE"
             " '%%%s%%'",
             (long long)p->id, words);
    return counts(sql);
}

/* ---- words ---------------------------------------------------------------------- */

static void test_in_their_own_words(void **state)
{
    (void)state;
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Другое");
    told_like(&OLGA, "Почему отменяете чек № 1?");
    assert_int_equal(live(), 1);
    says(&OLGA, "  пробила   дважды ");
    told_like(&OLGA, "Причина: пробила дважды.");
    assert_int_equal(live(), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption WHERE void_reason = 4 AND"
                            " void_note = 'пробила дважды'"),
                     1);
    assert_int_equal(told(&IRINA, "Причина: пробила дважды"), 1);
}

/* The next customer is at the till: nothing is undone. */
static void test_a_code_instead_of_words(void **state)
{
    (void)state;
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Другое");
    says(&OLGA, code);
    told_like(&OLGA, "вы уже применили");
    assert_int_equal(live(), 1);
    says(&OLGA, "просто текст");
    not_told(&OLGA, "отменён");
    assert_int_equal(live(), 1);
}

static void test_thought_better_of_it(void **state)
{
    (void)state;
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Другое");
    presses(&OLGA, "Не отменять");
    told_like(&OLGA, "чек <b>№ 1</b>");
    told_like(&OLGA, "Чек 1" NB "250");
    says(&OLGA, "спасибо"); /* no words are waited for any more */
    not_told(&OLGA, "отменён");
    assert_int_equal(live(), 1);
}

/* ---- who hears of it ------------------------------------------------------------ */

static void test_who_hears_of_it(void **state)
{
    (void)state;
    presses(&OLGA, "Отменить");
    presses_twice(&OLGA, "Ошибка в чеке");
    assert_int_equal(told(&IRINA, "Отменён чек № 1: Ленина, 5, сегодня 10:"), 1);
    assert_int_equal(told(&IRINA, "Кто отменил: Ольга. Причина: Ошибка в чеке"), 1);
    assert_int_equal(told(&BOSS, "Отменён чек № 1"), 1);
    assert_int_equal(told(&FAR, "Отменён чек"), 0); /* not their store */
    assert_int_equal(told(&PETR, "Отменён чек"), 0);
    told_like(&ANNA, "снова действует");
}

/* Whoever did it knows. */
static void test_a_manager_tells_the_others(void **state)
{
    (void)state;
    stage_wait_until(stage.now + HOUR);
    opens_shift(&IRINA);
    says(&IRINA, code);
    presses(&IRINA, "Отменить");
    presses(&IRINA, "Возврат");
    assert_int_equal(told(&IRINA, "Отменён чек № 1:"), 0);
    assert_int_equal(told(&BOSS, "Кто отменил: Ирина"), 1);
}

/* ---- above a sum ---------------------------------------------------------------- */

static void keys(const struct person *p, const char *digits)
{
    char label[2] = {0};

    for (; *digits != '\0'; digits++) {
        label[0] = *digits;
        presses(p, label);
    }
}

static void sets_pin(const struct person *p, const char *pin)
{
    int i;

    says(p, "/pin");
    for (i = 0; i < 2; i++) {
        keys(p, pin);
        forges_under(p, "PIN: ", "v1:k:ok:");
    }
    told_like(p, "PIN записан");
}

/* The pad's last key, with what it goes on with. */
static void answers_pin(const struct person *p, const char *pin, const char *reason)
{
    char data[80];

    keys(p, pin);
    assert_int_equal(db_one(stage.db, "SELECT op_key FROM redemption"), ST_OK);
    snprintf(data, sizeof(data), "v1:k:ok:u-do.%s.%s", db_text(stage.db, 0, NULL),
             reason);
    forges_under(p, "PIN: ", data);
}

static void test_a_pin_above_a_sum(void **state)
{
    (void)state;
    sets_pin(&OLGA, "2580");
    shop_sets("pin_undo_above", "124999");
    presses(&OLGA, "Меню");
    presses(&OLGA, "Отмена чека");
    presses(&OLGA, "Возврат");
    told_like(&OLGA, "PIN");
    assert_int_equal(live(), 1);
    answers_pin(&OLGA, "1111", "3");
    not_told(&OLGA, "отменён");
    assert_int_equal(live(), 1);
    answers_pin(&OLGA, "2580", "3");
    told_like(&OLGA, "Чек № 1 отменён. Причина: Возврат");
    assert_int_equal(live(), 0);
}

/* The PIN is asked once, also when words follow it; and it does not last. */
static void test_a_pin_and_words(void **state)
{
    (void)state;
    sets_pin(&OLGA, "2580");
    shop_sets("pin_undo_above", "124999");
    says(&OLGA, "/undo");
    presses(&OLGA, "Другое");
    answers_pin(&OLGA, "2580", "4");
    told_like(&OLGA, "Почему отменяете");
    stage_wait_until(stage.now + 6 * MINUTE);
    says(&OLGA, "передумали"); /* too long ago: it answers nothing */
    not_told(&OLGA, "отменён");
    assert_int_equal(live(), 1);
    says(&OLGA, "/undo");
    presses(&OLGA, "Другое");
    told_like(&OLGA, "PIN");
    answers_pin(&OLGA, "2580", "4");
    says(&OLGA, "передумали");
    told_like(&OLGA, "Причина: передумали");
    assert_int_equal(live(), 0);
}

static void test_no_pin_below_it_nor_for_a_manager(void **state)
{
    (void)state;
    shop_sets("pin_undo_above", "125000");
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Возврат");
    told_like(&OLGA, "Чек № 1 отменён");
    shop_sets("pin_undo_above", "100");
    says(&OLGA, code);
    says(&OLGA, "1250");
    presses(&OLGA, "Применить");
    opens_shift(&IRINA);
    says(&IRINA, code);
    presses(&IRINA, "Отменить");
    presses(&IRINA, "Возврат");
    told_like(&IRINA, "Чек № 2 отменён");
}

/* ---- grace ---------------------------------------------------------------------- */

static void ran_out_since(void)
{
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE discount SET valid_until = '2026-09-18 00:05:00'"),
                     ST_OK);
    stage_wait_until(stage.now + 6 * MINUTE);
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Возврат");
    told_like(&OLGA, "Чек № 1 отменён");
}

static void test_its_own_time_as_long_as_it_has_any(void **state)
{
    int64_t until = counts("SELECT UNIX_TIMESTAMP(valid_until) FROM discount");

    (void)state;
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Возврат");
    assert_int_equal(counts("SELECT UNIX_TIMESTAMP(valid_until) FROM discount"), until);
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка");
}

static void test_grace_of_the_shop(void **state)
{
    (void)state;
    shop_sets("undo_grace_hours", "2");
    ran_out_since();
    stage_wait_until(stage.now + HOUR);
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка");
    stage_wait_until(stage.now + HOUR);
    says(&OLGA, code);
    told_like(&OLGA, "Срок вышел");
}

static void test_no_grace(void **state)
{
    (void)state;
    shop_sets("undo_grace_hours", "0");
    ran_out_since();
    says(&OLGA, code);
    told_like(&OLGA, "Срок вышел");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, sold, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_in_their_own_words),
        A_TEST(test_a_code_instead_of_words),
        A_TEST(test_thought_better_of_it),
        A_TEST(test_who_hears_of_it),
        A_TEST(test_a_manager_tells_the_others),
        A_TEST(test_a_pin_above_a_sum),
        A_TEST(test_a_pin_and_words),
        A_TEST(test_no_pin_below_it_nor_for_a_manager),
        A_TEST(test_its_own_time_as_long_as_it_has_any),
        A_TEST(test_grace_of_the_shop),
        A_TEST(test_no_grace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
