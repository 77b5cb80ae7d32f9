/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The customer's conversation, step by step, on real stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/code.h"
#include "tests/harness/stage.h"

#include <string.h>

static const struct person ANNA = {"client", 5000000001, "Анна", "ru"};
static const struct person JOHN = {"client", 5000000002, "John", "en-GB"};
static const struct person TRICKY = {"client", 4503599627370495, "<b>&\"'</b>\xe2\x80\xae",
                                     NULL};

static int opened(void **state)
{
    (void)state;
    stage_open();
    return 0;
}

static int closed(void **state)
{
    (void)state;
    stage_close();
    return 0;
}

/* Anna, subscribed, with her discount, and the second question not answered. */
static void anna_joins(void)
{
    subscribes(&ANNA);
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка");
}

/* ---- joining --------------------------------------------------------------------------- */

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
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE source = 's_Q7M2KX4P9D'"),
                     1);
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

/* ---- the gate --------------------------------------------------------------------------- */

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

/* ---- the discount ----------------------------------------------------------------------- */

static void test_once_for_life(void **state)
{
    char first[CODE_SHOWN + 1];

    (void)state;
    anna_joins();
    strcpy(first, last_code(&ANNA));
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
    strcpy(first, last_code(&ANNA));
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

/* ---- birthday --------------------------------------------------------------------------- */

static void test_birthday_told_and_confirmed(void **state)
{
    (void)state;
    anna_joins();
    says(&ANNA, "/birthday");
    presses(&ANNA, "Указать дату");
    says(&ANNA, "завтра");
    told_like(&ANNA, "Не получилось прочитать");
    says(&ANNA, "31.02.1996");
    told_like(&ANNA, "29 дней");
    says(&ANNA, "29.02.96");
    told_like(&ANNA, "четырьмя цифрами");
    says(&ANNA, "01.01.2030");
    told_like(&ANNA, "ещё не наступила");
    says(&ANNA, "29 февраля 1996");
    told_like(&ANNA, "<b>29 февраля 1996</b> — верно?");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE birth_date IS NOT NULL"),
                     0);
    presses(&ANNA, "Верно");
    told_like(&ANNA, "Записали");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE birth_date = '1996-02-29'"), 1);
    presses(&ANNA, "Меню");
    presses(&ANNA, "День рождения");
    told_like(&ANNA, "28 февраля");
}

static void test_birthday_forged(void **state)
{
    (void)state;
    anna_joins();
    forges(&ANNA, "v1:b:yes:19960231");
    told_like(&ANNA, "Напишите дату");
    forges(&ANNA, "v1:b:yes:20250101");
    told_like(&ANNA, "возраста");
    forges(&ANNA, "v1:b:yes:-9960231");
    told_like(&ANNA, "Напишите дату");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE birth_date IS NOT NULL"),
                     0);
}

static void test_cancel_leaves_the_question(void **state)
{
    (void)state;
    anna_joins();
    says(&ANNA, "/birthday");
    presses(&ANNA, "Указать дату");
    says(&ANNA, "/cancel");
    told_like(&ANNA, "отменили");
    says(&ANNA, "29.02.1996");
    told_like(&ANNA, "Я понимаю кнопки");
}

/* ---- control ------------------------------------------------------------------------------ */

static void test_messages_on_and_off(void **state)
{
    (void)state;
    anna_joins();
    presses(&ANNA, "Хочу получать");
    told_like(&ANNA, "Спасибо");
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 1);
    says(&ANNA, "/stop");
    told_like(&ANNA, "рассылки отключены");
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 0);
    presses(&ANNA, "Вернуть");
    presses(&ANNA, "Хочу получать");
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM consent"), 4);
    says(&ANNA, "/unsubscribe");
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 0);
}

static void test_consent_withdrawn(void **state)
{
    (void)state;
    anna_joins();
    presses(&ANNA, "Хочу получать");
    says(&ANNA, "/privacy");
    told_like(&ANNA, "имя: Анна");
    presses(&ANNA, "Отозвать согласие");
    presses(&ANNA, "Да, отозвать");
    told_like(&ANNA, "Согласие отозвано");
    assert_int_equal(counts("SELECT pd_ok + marketing_ok FROM customer"), 0);
    says(&ANNA, "/discount");
    told_like(&ANNA, "нам нужно ваше согласие");
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "Ваша скидка");
    assert_int_equal(counts("SELECT pd_ok FROM customer"), 1);
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

static void test_blocked_and_back(void **state)
{
    (void)state;
    anna_joins();
    presses(&ANNA, "Хочу получать");
    blocks(&ANNA);
    told_nothing(&ANNA);
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 0);
    says(&ANNA, "/start");
    told_like(&ANNA, "Ваша скидка");
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 0);
}

static void test_whatever_else_they_send(void **state)
{
    (void)state;
    anna_joins();
    says(&ANNA, "а когда завоз?");
    told_like(&ANNA, "Я понимаю кнопки");
    sends_voice(&ANNA);
    told_like(&ANNA, "Я понимаю кнопки");
    says(&ANNA, "/nosuchcommand");
    told_like(&ANNA, "Я понимаю кнопки");
    sends_photo(&ANNA, "jpeg", 4);
    told_like(&ANNA, "Фото я не читаю");
    says(&ANNA, "/help");
    told_like(&ANNA, "как это работает");
    says(&ANNA, "/start@exmpl_bonus_bot");
    told_like(&ANNA, "Ваша скидка");
    says(&ANNA, "/start@other_bot");
    told_nothing(&ANNA);
}

static void test_old_and_forged_buttons(void **state)
{
    static const char *const data[] = {"confirm:123", "v9:m:open:", "v1:zz:open:",
                                       "v1:m:open:'", "", "v1:s:sure:1", "\xff\xfe"};
    size_t i;

    (void)state;
    anna_joins();
    for (i = 0; i < sizeof(data) / sizeof(data[0]); i++) {
        forges(&ANNA, data[i]);
        told_like(&ANNA, "Этот экран устарел");
    }
}

/* Somebody else's QR opened in this bot shows nothing of it. */
static void test_links_of_the_other_bot(void **state)
{
    (void)state;
    says(&ANNA, "/start q_AAAAAAAAAAAAAAAAAAAAAA");
    told_like(&ANNA, "нам нужно ваше согласие");
    says(&ANNA, "/start i_AAAAAAAAAAAAAAAAAAAAAA");
    told_like(&ANNA, "нам нужно ваше согласие");
    says(&ANNA, "/start '; DROP TABLE customer");
    told_like(&ANNA, "нам нужно ваше согласие");
}

static void test_a_hostile_name(void **state)
{
    (void)state;
    says(&TRICKY, "/start");
    presses(&TRICKY, "Согласен");
    says(&TRICKY, "/privacy");
    told_like(&TRICKY, "имя: &lt;b&gt;&amp;&quot;'&lt;/b&gt;\n");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_three_taps_to_a_code),
        A_TEST(test_the_same_road_in_english),
        A_TEST(test_refusing_leaves_no_row),
        A_TEST(test_consent_needs_the_text_in_force),
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
        A_TEST(test_birthday_told_and_confirmed),
        A_TEST(test_birthday_forged),
        A_TEST(test_cancel_leaves_the_question),
        A_TEST(test_messages_on_and_off),
        A_TEST(test_consent_withdrawn),
        A_TEST(test_blocked_and_back),
        A_TEST(test_whatever_else_they_send),
        A_TEST(test_old_and_forged_buttons),
        A_TEST(test_links_of_the_other_bot),
        A_TEST(test_a_hostile_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
