/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What customers decide and what else they send: birthday, messages, consent taken
 * back, old buttons, foreign links; and what they hear of facts. */
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

static const struct person TRICKY = {"client", 4503599627370495,
                                     "<b>&\"'</b>\xe2\x80\xae", NULL};

/* ---- birthday ------------------------------------------------------------------- */

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
    told_like(&ANNA, "Какой это год?");
    says(&ANNA, "01.01.2030");
    told_like(&ANNA, "ещё не наступила");
    says(&ANNA, "29 февраля 1996");
    told_like(&ANNA, "<b>29 февраля 1996</b> — верно?");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE birth_date IS NOT NULL"), 0);
    presses(&ANNA, "Верно");
    told_like(&ANNA, "Записали");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE birth_date = '1996-02-29'"), 1);
    presses(&ANNA, "Меню");
    presses(&ANNA, "Мой профиль");
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
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE birth_date IS NOT NULL"), 0);
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

/* ---- control -------------------------------------------------------------------- */

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
    static const char *const data[] = {
        "confirm:123", "v9:m:open:", "v1:zz:open:", "v1:m:open:'", "",
        "v1:s:sure:1", "\xff\xfe"};
    size_t i;

    (void)state;
    anna_joins();
    for (i = 0; i < sizeof(data) / sizeof(data[0]); i++) {
        forges(&ANNA, data[i]);
        told_like(&ANNA, "Этот экран устарел");
    }
}

static void test_a_state_that_cannot_be_read(void **state)
{
    (void)state;
    anna_joins();
    spoils_state(&ANNA, "{\"v\":1,\"at\":");
    says(&ANNA, "29.02.1996");
    told_like(&ANNA, "потеряли нить");
    says(&ANNA, "29.02.1996");
    told_like(&ANNA, "Я понимаю кнопки");
    /* A state of a screen that is no more: as if there were none. */
    spoils_state(&ANNA, "{\"v\":1,\"at\":\"bygone\",\"word\":\"\"}");
    says(&ANNA, "29.02.1996");
    told_like(&ANNA, "Я понимаю кнопки");
}

/* ---- facts ---------------------------------------------------------------------- */

static void birthday_round(void)
{
    struct json *args = json_new_object();

    json_set_int(args, "day", (stage.now + 10 * HOUR) / DAY); /* Vladivostok */
    stage_job(KIND_SCHED_BIRTHDAY_CHECK, args);
}

static void test_a_birthday_gift(void **state)
{
    (void)state;
    anna_joins();
    presses(&ANNA, "Хочу получать");
    says(&ANNA, "/birthday");
    presses(&ANNA, "Указать дату");
    says(&ANNA, "1 октября 1990");
    presses(&ANNA, "Верно");
    stage_wait_until(stage.now + 13 * DAY);
    says(&ANNA, "/menu");
    birthday_round();
    told_like(&ANNA, "С днём рождения, Анна!");
    told_like(&ANNA, "скидку <b>15");
    says(&ANNA, "/menu");
    birthday_round();
    told_times(&ANNA, 1); /* the menu: the gift is given once */
    presses(&ANNA, "Показать код");
    told_like(&ANNA, "Ваша скидка: <b>15");
    presses(&ANNA, "Отписаться");
    told_like(&ANNA, "рассылки отключены");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 2);
}

static void anna_has_a_birthday(void)
{
    anna_joins();
    presses(&ANNA, "Хочу получать");
    says(&ANNA, "/birthday");
    presses(&ANNA, "Указать дату");
    says(&ANNA, "1 октября 1990");
    presses(&ANNA, "Верно");
    stage_wait_until(stage.now + 13 * DAY);
    says(&ANNA, "/menu");
}

/* The gift is there at once, the words wait for the end of the quiet hours. */
static void test_a_gift_at_a_quiet_hour(void **state)
{
    (void)state;
    shop_sets("quiet_from", "09:30");
    shop_sets("quiet_to", "15:00");
    anna_has_a_birthday();
    birthday_round();
    not_told(&ANNA, "С днём рождения");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 2);
    stage_wait_until(stage.now + 4 * HOUR);
    says(&ANNA, "/menu");
    not_told(&ANNA, "С днём рождения");
    stage_wait_until(stage.now + HOUR);
    says(&ANNA, "/menu");
    told_like(&ANNA, "С днём рождения, Анна!");
}

static void test_a_gift_above_the_cap(void **state)
{
    (void)state;
    shop_sets("marketing_weekly_cap", "0");
    anna_has_a_birthday();
    birthday_round();
    not_told(&ANNA, "С днём рождения");
    says(&ANNA, "/wallet");
    told_like(&ANNA, "Действуют 2 скидки");
}

/* A gift that comes ahead of the day does not congratulate yet. */
static void test_a_gift_before_the_day(void **state)
{
    (void)state;
    shop_sets("birthday_days_before", "3");
    anna_joins();
    presses(&ANNA, "Хочу получать");
    says(&ANNA, "/birthday");
    told_like(&ANNA, "за 3 дня до него и ещё 7 дней после");
    presses(&ANNA, "Указать дату");
    says(&ANNA, "1.10.1990");
    presses(&ANNA, "Верно");
    stage_wait_until(stage.now + 10 * DAY);
    says(&ANNA, "/menu");
    birthday_round();
    told_like(&ANNA, "Анна, скоро ваш день рождения!");
    told_like(&ANNA, "скидку <b>15");
    not_told(&ANNA, "С днём рождения");
}

/* Nothing is promised that the settings do not give, and no "0 days" is spoken of. */
static void test_birthday_rules_as_they_are(void **state)
{
    (void)state;
    anna_joins();
    shop_sets("birthday_days_after", "0");
    says(&ANNA, "/birthday");
    told_like(&ANNA, "действует в этот день.");
    not_told(&ANNA, "ещё");
    shop_sets("birthday_days_before", "1");
    says(&ANNA, "/birthday");
    told_like(&ANNA, "в этот день и 1 день до него.");
    shop_sets("birthday_percent_bp", "0");
    says(&ANNA, "/birthday");
    not_told(&ANNA, "Скидка");
    presses(&ANNA, "Указать дату");
    says(&ANNA, "1.10.1990");
    presses(&ANNA, "Верно");
    told_like(&ANNA, "Записали");
    not_told(&ANNA, "Подарок");
}

static void test_no_hint_at_a_date_we_know(void **state)
{
    (void)state;
    anna_joins();
    stage_wait_until(stage.now + 31 * DAY);
    says(&ANNA, "/discount");
    told_like(&ANNA, "Укажите день рождения");
    says(&ANNA, "/birthday");
    presses(&ANNA, "Указать дату");
    says(&ANNA, "1.10.1990");
    presses(&ANNA, "Верно");
    says(&ANNA, "/discount");
    told_like(&ANNA, "действующих скидок нет");
    not_told(&ANNA, "Укажите день рождения");
}

/* A shop that gives nothing for joining asks nobody to subscribe for it. */
static void test_no_gate_to_nothing(void **state)
{
    (void)state;
    shop_sets("discount_percent_bp", "0");
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "новых скидок за подписку нет");
    not_told(&ANNA, "Подпишитесь");
}

/* Without consent to marketing the gift lies in the wallet, and nobody is told. */
static void test_a_silent_gift(void **state)
{
    (void)state;
    anna_joins();
    says(&ANNA, "/birthday");
    presses(&ANNA, "Указать дату");
    says(&ANNA, "1.10.1990");
    presses(&ANNA, "Верно");
    stage_wait_until(stage.now + 13 * DAY);
    says(&ANNA, "/menu");
    birthday_round();
    not_told(&ANNA, "С днём рождения");
    says(&ANNA, "/wallet");
    told_like(&ANNA, "Действуют 2 скидки");
    told_like(&ANNA, "день рождения");
}

/* Somebody else's QR stage_is_open in this bot shows nothing of it. */
/* Who went elsewhere writes to the shop no more: their words are what they look like
 * there. */
static void test_another_matter_ends_a_letter(void **state)
{
    static const char *const ways[] = {"/wallet", "/help", "/privacy", "/stores"};

    (void)state;
    anna_joins();
    says(&ANNA, "/menu");
    presses(&ANNA, "Написать магазину");
    says(&ANNA, "Есть ли молоко?");
    told_like(&ANNA, "Передали магазину");
    says(&ANNA, "/profile");
    presses(&ANNA, "Заполнить");
    says(&ANNA, "Аня");
    told_like(&ANNA, "Очень приятно, <b>Аня</b>!");
    presses(&ANNA, "Отмена");
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        says(&ANNA, "/menu");
        presses(&ANNA, "Написать магазину");
        says(&ANNA, ways[i]);
        says(&ANNA, "не туда");
        told_like(&ANNA, "Я понимаю кнопки");
    }
    assert_int_equal(counts("SELECT COUNT(*) FROM support_line"), 1);
}

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

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, stage_is_open, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_birthday_told_and_confirmed),
        A_TEST(test_birthday_forged),
        A_TEST(test_cancel_leaves_the_question),
        A_TEST(test_messages_on_and_off),
        A_TEST(test_consent_withdrawn),
        A_TEST(test_blocked_and_back),
        A_TEST(test_whatever_else_they_send),
        A_TEST(test_old_and_forged_buttons),
        A_TEST(test_a_state_that_cannot_be_read),
        A_TEST(test_a_birthday_gift),
        A_TEST(test_a_gift_at_a_quiet_hour),
        A_TEST(test_a_gift_above_the_cap),
        A_TEST(test_a_gift_before_the_day),
        A_TEST(test_birthday_rules_as_they_are),
        A_TEST(test_no_hint_at_a_date_we_know),
        A_TEST(test_no_gate_to_nothing),
        A_TEST(test_a_silent_gift),
        A_TEST(test_another_matter_ends_a_letter),
        A_TEST(test_links_of_the_other_bot),
        A_TEST(test_a_hostile_name),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
