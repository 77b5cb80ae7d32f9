/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A store in training: everything works, nothing counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/clock.h"
#include "core/io/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PERSON LENA = {"auth", 6000000020, "Лена", "ru"}; /* manager of the first store */

static int staffed(void **state)
{
    opened(state);
    hires(&LENA, "manager", stage.store[0]);
    return 0;
}

static void training(bool on)
{
    says(&LENA, "/start");
    presses(&LENA, "Управление");
    presses(&LENA, "Учебный режим");
    told_like(&LENA, "🎓 Учебный режим: касса");
    assert_false(sees_button(&LENA, "Садовая"));
    presses(&LENA, "Ленина, 5");
    assert_true(sees_button(&LENA, on ? "🎓 Ленина, 5" : "Ленина, 5"));
    assert_int_equal(counts("SELECT SUM(training) FROM store"), on);
}

/* What a redemption leaves, anywhere. */
static void nothing_counted(void)
{
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE uses_count > 0"
                            " OR status <> 1"),
                     0);
    assert_int_equal(counts("SELECT SUM(receipts) FROM shift"), 0);
}

static void test_nothing_counts(void **state)
{
    (void)state;
    training(true);
    opens_shift(&OLGA);
    told_like(&OLGA, "УЧЕБНЫЙ РЕЖИМ");
    says(&OLGA, code);
    told_like(&OLGA, "УЧЕБНЫЙ РЕЖИМ");
    told_like(&OLGA, "Скидка <b>10");
    says(&OLGA, "1000");
    presses_twice(&OLGA, "Применить");
    told_like(&OLGA, "УЧЕБНЫЙ РЕЖИМ");
    told_like(&OLGA, "Применено · чек <b>№ 1</b>");
    told_times(&ANNA, 0); /* since her last act nothing new came */
    not_told(&ANNA, "использована");
    nothing_counted();
    assert_int_equal(counts("SELECT COUNT(*) FROM training_redemption"), 1);
    says(&OLGA, code); /* once more, as often as they like */
    presses(&OLGA, "Применить");
    told_like(&OLGA, "чек <b>№ 2</b>");
    says(&OLGA, "/report");
    told_like(&OLGA, "Применено: <b>0</b> скидок");
    says(&BOSS, "/start");
    forges(&BOSS, "v1:q:show:4cc1");
    told_like(&BOSS, "применений нет");
    nothing_counted();
}

static void test_undone_in_training(void **state)
{
    (void)state;
    training(true);
    opens_shift(&OLGA);
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    presses(&OLGA, "Отменить");
    told_like(&OLGA, "Выберите причину");
    presses(&OLGA, "Возврат");
    told_like(&OLGA, "Учебный чек № 1 отменён");
    not_told(&OLGA, "покупателю мы написали");
    says(&OLGA, "/undo");
    told_like(&OLGA, "отменять нечего");
    not_told(&ANNA, "снова действует");
    nothing_counted();
}

/* What was checked in one mode is not redeemed in the other. */
static void test_switched_under_a_card(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    says(&OLGA, code);
    training(true);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "Проверьте код ещё раз");
    nothing_counted();
    assert_int_equal(counts("SELECT COUNT(*) FROM training_redemption"), 0);
    says(&OLGA, code);
    told_like(&OLGA, "УЧЕБНЫЙ РЕЖИМ");
    training(false);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "Проверьте код ещё раз");
    nothing_counted();
    says(&OLGA, code);
    not_told(&OLGA, "УЧЕБНЫЙ");
    presses(&OLGA, "Применить");
    told_like(&OLGA, "Применено · чек <b>№ 1</b>");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 1);
}

/* The newest receipt of a shift is the one that "the last" means. */
static void test_both_in_one_shift(void **state)
{
    (void)state;
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE discount SET uses_allowed = 3"),
                     ST_OK);
    opens_shift(&OLGA);
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    training(true);
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    says(&OLGA, "/undo");
    presses(&OLGA, "Возврат");
    told_like(&OLGA, "Учебный чек");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption WHERE voided_at IS NULL"),
                     1);
    says(&OLGA, "/undo");
    presses(&OLGA, "Возврат");
    told_like(&OLGA, "Чек № 1 отменён");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption WHERE voided_at IS NULL"),
                     0);
}

/* The other store works for real meanwhile. */
static void test_the_other_store(void **state)
{
    (void)state;
    training(true);
    opens_shift(&JANE);
    not_told(&JANE, "TRAINING");
    says(&JANE, code);
    presses(&JANE, "Apply");
    told_like(&ANNA, "использована");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 1);
}

/* The code that was used for real is used in training too. */
static void test_a_used_code(void **state)
{
    (void)state;
    opens_shift(&JANE);
    says(&JANE, code);
    presses(&JANE, "Apply");
    training(true);
    opens_shift(&OLGA);
    says(&OLGA, code);
    told_like(&OLGA, "Уже использована");
    assert_int_equal(counts("SELECT COUNT(*) FROM training_redemption"), 0);
}

static void test_who_may_switch(void **state)
{
    char forged[64], id[14];

    (void)state;
    base36_print((uint64_t)stage.store[1], id);
    snprintf(forged, sizeof(forged), "v1:w:turn:%s.2", id);
    forges(&LENA, forged); /* a store that is not hers */
    told_like(&LENA, "недоступно");
    forges(&OLGA, "v1:w:open:");
    told_like(&OLGA, "недоступно");
    forges(&OLGA, forged);
    told_like(&OLGA, "недоступно");
    assert_int_equal(counts("SELECT SUM(training) FROM store"), 0);
    forges(&BOSS, forged);
    assert_int_equal(counts("SELECT SUM(training) FROM store"), 1);
    forges(&BOSS, forged); /* an old screen: on stays on */
    assert_int_equal(counts("SELECT SUM(training) FROM store"), 1);
}

#define A_TEST(fn) cmocka_unit_test_setup_teardown(fn, staffed, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_nothing_counts),        A_TEST(test_undone_in_training),
        A_TEST(test_switched_under_a_card), A_TEST(test_both_in_one_shift),
        A_TEST(test_the_other_store),       A_TEST(test_a_used_code),
        A_TEST(test_who_may_switch),
    };
    int failed = cmocka_run_group_tests_name("once", tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests_name("twice", tests, NULL, NULL);
}
