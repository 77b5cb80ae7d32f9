/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The sum of the purchase: typed while the card is open, shown before the press, bound to
 * the card it was typed for. U+202F, the narrow no-break space, stands in money. */
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
#define SUMS_RU "Чек 1" NB "250" NB "₽ − 125" NB "₽ = <b>1" NB "125" NB "₽</b>"

static int at_the_till(void **state)
{
    opened(state);
    opens_shift(&OLGA);
    return 0;
}

/* "v1:r:yes:<the nonce of the card that is open now>" */
static const char *confirm_now(void)
{
    static char data[80];

    assert_int_equal(db_one(stage.db, "SELECT hold_token FROM discount"), ST_OK);
    snprintf(data, sizeof(data), "v1:r:yes:%s", db_text(stage.db, 0, NULL));
    return data;
}

static void test_typed_shown_and_kept(void **state)
{
    (void)state;
    says(&OLGA, code);
    told_like(&OLGA, "Наберите сумму чека, и я посчитаю скидку");
    says(&OLGA, "1 250");
    told_like(&OLGA, "✅ Скидка <b>10");
    told_like(&OLGA, SUMS_RU);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "чек <b>№ 1</b>");
    told_like(&OLGA, SUMS_RU);
    told_like(&ANNA, SUMS_RU);
    assert_int_equal(counts("SELECT amount FROM redemption"), 125000);
    assert_int_equal(counts("SELECT discount_amount FROM redemption"), 12500);
}

static void test_every_spelling(void **state)
{
    static const struct {
        const char *typed;
        int64_t kopecks, off;
    } sums[] = {
        {"1250", 125000, 12500},
        {"1250,50", 125050, 12505},
        {"1250.5", 125050, 12505},
        {"1 250,50", 125050, 12505},
        {"1" NB "250,50" NB "₽", 125050, 12505},
        {"1\xC2\xA0"
         "250 руб.",
         125000, 12500},
        {"1.250,50", 125050, 12505},
        {"1,250.50", 125050, 12505},
        {" 12р ", 1200, 120},
        {"0,99", 99, 9}, /* down to the kopeck */
        {"19,99", 1999, 199},
        {"100000", 10000000, 1000000},
    };

    (void)state;
    says(&OLGA, code);
    for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
        says(&OLGA, sums[i].typed);
        told_like(&OLGA, "✅ Скидка <b>10");
        assert_int_equal(counts("SELECT hold_amount FROM discount"), sums[i].kopecks);
    }
    says(&OLGA, "19,99");
    told_like(&OLGA, "Чек 19,99" NB "₽ − 1,99" NB "₽ = <b>18" NB "₽</b>");
    presses(&OLGA, "Применить");
    assert_int_equal(counts("SELECT discount_amount FROM redemption"), 199);
}

static void test_sums_that_cannot_be(void **state)
{
    (void)state;
    says(&OLGA, code);
    says(&OLGA, "0");
    told_like(&OLGA, "больше нуля");
    says(&OLGA, "100000,01");
    told_like(&OLGA, "дороже 100" NB "000" NB "₽ здесь не бывает");
    says(&OLGA, "99999999999999999999");
    not_told(&OLGA, "−");
    says(&OLGA, "12-50");
    told_like(&OLGA, "не похоже на сумму");
    says(&OLGA, "1.250.50");
    told_like(&OLGA, "не похоже на сумму");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE hold_amount IS NULL"),
                     1);
    says(&OLGA, "500"); /* the card is open still */
    told_like(&OLGA, "= <b>450" NB "₽</b>");
    shop_sets("amount_limit", "20000");
    says(&OLGA, "201");
    told_like(&OLGA, "дороже 200" NB "₽");
}

/* The sum that was seen is the sum that is redeemed: an older button is stale. */
static void test_an_older_card_is_stale(void **state)
{
    char old[80];

    (void)state;
    says(&OLGA, code);
    says(&OLGA, "1000");
    snprintf(old, sizeof(old), "%s", confirm_now());
    says(&OLGA, "2000");
    forges_under(&OLGA, "Чек 1" NB "000", old);
    told_like(&OLGA, "сумма изменилась");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
    says(&OLGA, "3000"); /* and the newer card still hears sums */
    presses_twice(&OLGA, "Применить");
    assert_int_equal(counts("SELECT amount FROM redemption"), 300000);
}

static void test_a_code_in_between(void **state)
{
    (void)state;
    says(&OLGA, code);
    says(&OLGA, start_link);
    told_like(&OLGA, "✅ Скидка <b>10");
    says(&OLGA, "1 250");
    says(&OLGA, code); /* a double scan keeps the sum */
    told_like(&OLGA, SUMS_RU);
    says(&OLGA, "7K3F9-9QXAF");
    told_like(&OLGA, "Такого кода у нас нет");
    says(&OLGA, "1250"); /* of no card any more */
    told_like(&OLGA, "Код короче");
}

static void test_required(void **state)
{
    (void)state;
    shop_sets("amount_mode", "required");
    says(&OLGA, code);
    told_like(&OLGA, "Наберите сумму чека.");
    assert_false(sees_button(&OLGA, "Применить"));
    forges(&OLGA, confirm_now());
    told_like(&OLGA, "Наберите сумму чека, например");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
    says(&OLGA, "1250");
    told_like(&OLGA, SUMS_RU);
    presses(&OLGA, "Применить");
    assert_int_equal(counts("SELECT amount FROM redemption"), 125000);
}

/* A store's own word is above the setting. */
static void test_off_at_this_store(void **state)
{
    (void)state;
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE store SET amount_mode = 1"),
                     ST_OK);
    shop_sets("amount_mode", "required");
    says(&OLGA, code);
    not_told(&OLGA, "сумму");
    assert_false(sees_button(&OLGA, "Сумма чека"));
    says(&OLGA, "1250");
    told_like(&OLGA, "Код короче");
    presses(&OLGA, "Применить");
    told_like(&OLGA, "чек <b>№ 1</b>");
    not_told(&OLGA, "Чек 1");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption WHERE amount IS NULL"), 1);
}

/* The dialogue may be lost at any time; the card's button asks again. */
static void test_the_button_asks(void **state)
{
    (void)state;
    says(&OLGA, code);
    spoils_state(&OLGA, "{\"v\":1,\"at\":\"\",\"word\":\"\"}");
    presses(&OLGA, "Сумма чека");
    told_like(&OLGA, "Наберите сумму чека, например");
    says(&OLGA, "1250");
    told_like(&OLGA, SUMS_RU);
    presses(&OLGA, "Другая сумма");
    says(&OLGA, "500");
    told_like(&OLGA, "Чек 500" NB "₽");
    presses(&OLGA, "Отмена");
    says(&OLGA, "500");
    told_like(&OLGA, "Код короче");
    forges(&OLGA, "v1:r:sum:0000000000");
    says(&OLGA, "500");
    told_like(&OLGA, "Проверьте код ещё раз");
    forges(&OLGA, "v1:r:sum:x.y");
    told_like(&OLGA, "устарел");
}

/* A sum gives the card its time again; afterwards the code is checked anew. */
static void test_confirming_expires(void **state)
{
    (void)state;
    says(&OLGA, code);
    stage_wait_until(stage.now + 4 * MINUTE);
    says(&OLGA, "1250");
    stage_wait_until(stage.now + 4 * MINUTE);
    says(&OLGA, "1300");
    told_like(&OLGA, "Чек 1" NB "300");
    stage_wait_until(stage.now + 6 * MINUTE);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "Время на подтверждение вышло");
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка");
    not_told(&OLGA, "Чек 1" NB "300"); /* a new purchase */
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
}

/* Another till took the code: what is typed here is of no card. */
static void test_taken_over(void **state)
{
    (void)state;
    opens_shift(&PETR);
    says(&OLGA, code);
    says(&OLGA, "1250");
    says(&PETR, code);
    presses(&PETR, "Взять себе");
    not_told(&PETR, "1" NB "250");
    says(&OLGA, "1300");
    told_like(&OLGA, "другая касса");
    presses(&PETR, "Применить");
    told_like(&PETR, "чек <b>№ 1</b>");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption WHERE amount IS NULL"), 1);
}

static void test_in_english(void **state)
{
    (void)state;
    opens_shift(&JANE);
    says(&JANE, code);
    says(&JANE, "1,250.50");
    told_like(&JANE,
              "Bill 1,250.50" NB "₽ − 125.05" NB "₽ = <b>1,125.45" NB "₽</b>");
    presses(&JANE, "Apply 10%");
    told_like(&JANE, "Bill 1,250.50");
}

/* Three buttons at most, and each in its place. */
static void test_buttons_have_their_places(void **state)
{
    (void)state;
    says(&OLGA, code);
    assert_true(sees_button(&OLGA, "Применить 10"));
    assert_true(sees_button(&OLGA, "Сумма чека"));
    assert_true(sees_button(&OLGA, "Отмена"));
    assert_false(sees_button(&OLGA, "Меню"));
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, at_the_till, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_typed_shown_and_kept), A_TEST(test_every_spelling),
        A_TEST(test_sums_that_cannot_be),  A_TEST(test_an_older_card_is_stale),
        A_TEST(test_a_code_in_between),    A_TEST(test_required),
        A_TEST(test_off_at_this_store),    A_TEST(test_the_button_asks),
        A_TEST(test_confirming_expires),   A_TEST(test_taken_over),
        A_TEST(test_in_english),           A_TEST(test_buttons_have_their_places),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
