/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The customer's road through all the programs: update in, queue, worker, Telegram out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/stage.h"

#include <stdio.h>
#include <string.h>

static const struct person ANNA = {"client", 5000000001, "Анна", "ru"};
static const struct person JOHN = {"client", 5000000002, "John", "en"};
static const struct person VERA = {"client", 4503599627370495, "Вера", "ru"};
static const struct person IVAN = {"client", 5000000004, "Иван", "ru"};
static const struct person OLEG = {"client", 5000000005, "Олег", "uk"};

static void test_the_whole_road_in_russian(void **state)
{
    char code[16];

    (void)state;
    says(&ANNA, "/start s_Q7M2KX4P9D");
    told_like(&ANNA, "Здравствуйте! Это У Дома");
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "Подпишитесь на канал У Дома");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Пока не вижу подписки");
    subscribes(&ANNA); /* and the channel says so */
    told_like(&ANNA, "Ваша скидка: 10");
    told_like(&ANNA, "И ещё один вопрос");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Готово, спасибо");
    snprintf(code, sizeof(code), "%s", last_code(&ANNA));
    assert_non_null(strstr(last_link(&ANNA), "https://t.me/exmpl_till_bot?start=q_"));
    presses(&ANNA, "Хочу получать");
    told_like(&ANNA, "Будем писать только по делу");
    says(&ANNA, "/discount");
    told_like(&ANNA, code);
    presses(&ANNA, "Обновить код");
    told_like(&ANNA, "новый код");
    told_like(&ANNA, "Этот код заменён");
    assert_string_not_equal(code, last_code(&ANNA));
    presses(&ANNA, "Меню");
    presses(&ANNA, "Мой профиль");
    presses(&ANNA, "Указать дату");
    says(&ANNA, "29 февраля 1996");
    told_like(&ANNA, "29 февраля 1996 — верно?");
    presses(&ANNA, "Верно");
    told_like(&ANNA, "Записали");
    presses(&ANNA, "Меню");
    presses(&ANNA, "Мои скидки");
    told_like(&ANNA, "Действует 1 скидка");
}

static void test_the_whole_road_in_english(void **state)
{
    (void)state;
    says(&JOHN, "/start");
    told_like(&JOHN, "Hello! This is У Дома");
    presses(&JOHN, "I agree");
    told_like(&JOHN, "One step left");
    subscribes(&JOHN);
    told_like(&JOHN, "Your discount: 10%");
    told_like(&JOHN, "One more question");
    presses(&JOHN, "I subscribed");
    told_like(&JOHN, "Done, thank you");
    presses(&JOHN, "Not now");
    told_like(&JOHN, "no offers then");
    says(&JOHN, "/wallet");
    told_like(&JOHN, "You have 1 active discount");
    says(&JOHN, "/notifications");
    presses(&JOHN, "Yes, please");
    told_like(&JOHN, "Thank you");
    says(&JOHN, "/stop");
    told_like(&JOHN, "messages are off");
    says(&JOHN, "/language");
    presses(&JOHN, "Русский");
    told_like(&JOHN, "Что показать?");
}

static void test_refused_and_back(void **state)
{
    (void)state;
    says(&VERA, "/start");
    presses(&VERA, "Не согласен");
    told_like(&VERA, "ничего о вас не сохранили");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE external_id = 4503599627370495"),
        0);
    presses(&VERA, "Прочитать ещё раз");
    presses(&VERA, "Согласен");
    told_like(&VERA, "Остался один шаг");
    says(&VERA, "привет");
    told_like(&VERA, "Я понимаю кнопки");
    sends_voice(&VERA);
    told_like(&VERA, "Я понимаю кнопки");
    forges(&VERA, "confirm:123");
    told_like(&VERA, "Этот экран устарел");
}

/* The way out and back, through all programs. */
static void test_consent_taken_back(void **state)
{
    static const struct person NINA = {"client", 5000000006, "Нина", "ru"};
    char code[16];

    (void)state;
    subscribes(&NINA);
    says(&NINA, "/start");
    presses(&NINA, "Согласен");
    presses(&NINA, "Я подписался");
    told_like(&NINA, "Ваша скидка: 10");
    snprintf(code, sizeof(code), "%s", last_code(&NINA));
    says(&NINA, "/menu");
    presses_twice(&NINA, "Моя скидка");
    told_like(&NINA, code);
    told_times(&NINA, 1);
    says(&NINA, "/privacy");
    told_like(&NINA, "номер в Telegram: 5000000006");
    presses(&NINA, "Отозвать согласие");
    presses(&NINA, "Да, отозвать");
    told_like(&NINA, "Согласие отозвано");
    says(&NINA, "/wallet");
    told_like(&NINA, "нам нужно ваше согласие");
    presses(&NINA, "Согласен");
    told_like(&NINA, code);
}

static void test_twice_in_a_row(void **state)
{
    (void)state;
    says(&IVAN, "/start");
    presses_twice(&IVAN, "Согласен");
    subscribes(&IVAN);
    told_like(&IVAN, "Ваша скидка");
    told_times(&IVAN, 2); /* the code, the question */
    presses_twice(&IVAN, "Я подписался");
    told_like(&IVAN, "Готово, спасибо");
    told_times(&IVAN, 0); /* not a second code */
    blocks(&IVAN);
    told_nothing(&IVAN);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount d JOIN customer c ON c.id ="
                            " d.customer_id WHERE c.external_id = 5000000004"),
                     1);
}

/* The last one, as the channel stays dark behind it. */
static void test_a_channel_we_cannot_see(void **state)
{
    static const struct person BOSS = {"auth", 6000000009, "Марина", "ru"};

    (void)state;
    hires(&BOSS, "owner", 0);
    says(&BOSS, "/start");
    told_like(&BOSS, "Смена не открыта");
    channel_hidden(true);
    says(&OLEG, "/start");
    presses(&OLEG, "Согласен");
    presses(&OLEG, "Я подписался");
    told_like(&OLEG, "Ваша скидка");
    told_like(&BOSS, "не видит, кто подписан на канал");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_whole_road_in_russian),
        cmocka_unit_test(test_the_whole_road_in_english),
        cmocka_unit_test(test_refused_and_back),
        cmocka_unit_test(test_consent_taken_back),
        cmocka_unit_test(test_twice_in_a_row),
        cmocka_unit_test(test_a_channel_we_cannot_see),
    };

    return cmocka_run_group_tests(tests, stage_begin_real, stage_end);
}
