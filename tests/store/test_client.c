/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The customer's conversation, step by step, on real stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/base/code.h"

#include <stdio.h>
#include <string.h>

static const struct person JOHN = {"client", 5000000002, "John", "en-GB"};

/* ---- joining -------------------------------------------------------------------- */

static void test_three_taps_to_a_code(void **state)
{
    char code[CODE_SYMBOLS + 1];

    (void)state;
    says(&ANNA, "/start s_Q7M2KX4P9D");
    told_like(&ANNA, "У Дома");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 0);
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "Подпишитесь на канал <b>У Дома</b>");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM consent"), 1);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE source = 's_Q7M2KX4P9D'"), 1);
    subscribes(&ANNA);
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка: <b>10");
    told_like(&ANNA, "И ещё один вопрос");
    assert_int_equal(code_read(last_code(&ANNA), CODE_SHOWN, code, NULL), CODE_FINE);
    assert_non_null(strstr(last_link(&ANNA), "https://t.me/exmpl_till_bot?start=q_"));
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 0);
    assert_int_equal(counts("SELECT subscribed FROM customer"), 1);
}

static void test_the_same_road_in_english(void **state)
{
    (void)state;
    says(&JOHN, "/start");
    told_like(&JOHN, "Hello!");
    told_like(&JOHN, "we need your consent");
    presses(&JOHN, "I agree");
    told_like(&JOHN, "One step left");
    subscribes(&JOHN);
    presses(&JOHN, "I subscribed");
    told_like(&JOHN, "Your discount: <b>10%");
    told_like(&JOHN, "One more question");
    presses(&JOHN, "Yes, please");
    told_like(&JOHN, "Thank you");
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE language = 'en'"), 1);
}

static void test_refusing_leaves_no_row(void **state)
{
    (void)state;
    says(&ANNA, "/start");
    presses(&ANNA, "Не согласен");
    told_like(&ANNA, "ничего о вас не сохранили");
    says(&ANNA, "/discount");
    told_like(&ANNA, "нам нужно ваше согласие");
    forges(&ANNA, "v1:d:open:");
    told_like(&ANNA, "нам нужно ваше согласие");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM consent"), 0);
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "Остался один шаг");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 1);
}

/* A button of our own making cannot agree to a text that nobody was shown. */
static void test_consent_needs_the_text_in_force(void **state)
{
    (void)state;
    forges(&ANNA, "v1:w:yes:zzz.ru");
    told_like(&ANNA, "нам нужно ваше согласие");
    forges(&ANNA, "v1:w:yes:");
    told_like(&ANNA, "нам нужно ваше согласие");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 0);
}

/* What they read is not what is in force by now: they read again. */
static void test_a_replaced_text_is_shown_again(void **state)
{
    (void)state;
    says(&ANNA, "/start");
    told_like(&ANNA, "нам нужно ваше согласие");
    shop_sets("brand_operator", "ООО «Другой двор»");
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "ООО «Другой двор»");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 0);
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "Остался один шаг");
    assert_int_equal(counts("SELECT MAX(t.version) - MIN(t.version) FROM consent c JOIN"
                            " consent_text t ON t.id = c.text_id"),
                     0);
    assert_int_equal(counts("SELECT COUNT(*) FROM consent c JOIN consent_text t"
                            " ON t.id = c.text_id WHERE t.body LIKE '%Другой двор%'"),
                     1);
}

/* The first touch counts; what came later, through whatever link, does not. */
static void test_the_source_is_kept_once(void **state)
{
    (void)state;
    says(&ANNA, "/start c_Q7M2KX4P9D");
    presses(&ANNA, "Согласен");
    says(&ANNA, "/start s_AAAAAAAAAA");
    told_like(&ANNA, "Остался один шаг");
    says(&ANNA, "/start r_BBBBBBBBBB");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE source = 'c_Q7M2KX4P9D'"), 1);
}

static void test_language_before_anything_else(void **state)
{
    (void)state;
    says(&ANNA, "/start");
    presses(&ANNA, "English");
    told_like(&ANNA, "we need your consent");
    presses(&ANNA, "I agree");
    told_like(&ANNA, "One step left");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE language = 'en'"), 1);
    says(&ANNA, "/language");
    presses(&ANNA, "Русский");
    told_like(&ANNA, "Что показать?");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE language = 'ru'"), 1);
}

static void test_consent_pressed_twice(void **state)
{
    (void)state;
    says(&ANNA, "/start");
    presses_twice(&ANNA, "Согласен");
    told_like(&ANNA, "Остался один шаг");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM consent"), 1);
}

/* ---- the gate ------------------------------------------------------------------- */

static void test_not_subscribed_yet(void **state)
{
    (void)state;
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Пока не вижу подписки");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 0);
    subscribes(&ANNA);
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка");
}

/* Rights lost: honest people are not told that they are unsubscribed. */
static void test_channel_that_we_cannot_see(void **state)
{
    (void)state;
    channel_hidden(true);
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка");
    assert_int_equal(counts("SELECT subscribed FROM customer"), 0);
}

static void test_no_channel_no_gate(void **state)
{
    (void)state;
    shop_sets("channel_id", "");
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "Ваша скидка");
}

static void test_subscribed_pressed_twice(void **state)
{
    (void)state;
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    subscribes(&ANNA);
    presses_twice(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

/* ---- the discount --------------------------------------------------------------- */

static void test_once_for_life(void **state)
{
    char first[CODE_SHOWN + 1];

    (void)state;
    anna_joins();
    snprintf(first, sizeof(first), "%s", last_code(&ANNA));
    says(&ANNA, "/start");
    told_like(&ANNA, "Ваша скидка");
    says(&ANNA, "/discount");
    told_like(&ANNA, first);
}

static void test_a_fresh_code(void **state)
{
    char first[CODE_SHOWN + 1];

    (void)state;
    anna_joins();
    snprintf(first, sizeof(first), "%s", last_code(&ANNA));
    presses(&ANNA, "Обновить код");
    told_like(&ANNA, "новый код");
    told_like(&ANNA, "Этот код заменён");
    assert_string_not_equal(first, last_code(&ANNA));
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

/* Ids of other people's discounts are guessed in vain. */
static void test_somebody_elses_discount(void **state)
{
    (void)state;
    anna_joins();
    subscribes(&JOHN);
    says(&JOHN, "/start");
    presses(&JOHN, "I agree");
    forges(&JOHN, "v1:d:one:1");
    not_told(&JOHN, "Code:");
    forges(&JOHN, "v1:d:fresh:1");
    not_told(&JOHN, "Code:");
    told_like(&JOHN, "One step left");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

static void test_an_expired_one(void **state)
{
    (void)state;
    anna_joins();
    stage_wait_until(stage.now + 31 * DAY);
    says(&ANNA, "/discount");
    told_like(&ANNA, "действующих скидок нет");
    presses(&ANNA, "Мои скидки");
    presses(&ANNA, "Срок вышел");
    told_like(&ANNA, "Срок вышел у 1 скидки");
    says(&ANNA, "/start");
    told_like(&ANNA, "Что показать?");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

static void test_the_wallet(void **state)
{
    (void)state;
    anna_joins();
    says(&ANNA, "/wallet");
    told_like(&ANNA, "Действует 1 скидка");
    told_like(&ANNA, "за подписку");
    presses(&ANNA, "Показать 10");
    told_like(&ANNA, "Ваша скидка");
    presses(&ANNA, "Мои скидки");
    presses(&ANNA, "Использованы");
    told_like(&ANNA, "Использованных скидок пока нет");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, stage_is_open, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_three_taps_to_a_code),
        A_TEST(test_the_same_road_in_english),
        A_TEST(test_refusing_leaves_no_row),
        A_TEST(test_consent_needs_the_text_in_force),
        A_TEST(test_a_replaced_text_is_shown_again),
        A_TEST(test_the_source_is_kept_once),
        A_TEST(test_language_before_anything_else),
        A_TEST(test_consent_pressed_twice),
        A_TEST(test_not_subscribed_yet),
        A_TEST(test_channel_that_we_cannot_see),
        A_TEST(test_no_channel_no_gate),
        A_TEST(test_subscribed_pressed_twice),
        A_TEST(test_once_for_life),
        A_TEST(test_a_fresh_code),
        A_TEST(test_somebody_elses_discount),
        A_TEST(test_an_expired_one),
        A_TEST(test_the_wallet),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
