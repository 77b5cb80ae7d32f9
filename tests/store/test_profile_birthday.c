/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The birthday told: every way to write it, the way to pick it, what is refused and why,
 * when the gift comes, and how often it may be changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"

/* Today is 18 September 2026. */
static const struct person JOHN = {"client", 5000000002, "John", "en"};

static void asked(void)
{
    says(&ANNA, "/birthday");
    presses(&ANNA, counts("SELECT COUNT(birth_date) FROM customer") > 0
                       ? "Изменить"
                       : "Указать дату");
}

static void told(const char *date)
{
    asked();
    says(&ANNA, date);
    presses(&ANNA, "Верно");
}

/* ---- typed ---------------------------------------------------------------------- */

static void test_every_spelling(void **state)
{
    static const char *const written[] = {
        "29.02.1996",        "29/02/1996",  "29-02-1996",
        "29 02 1996",        "29.2.1996",   "29 февраля 1996",
        "29 фев 1996 г.",    "1996-02-29",  "29 February 1996",
        "February 29, 1996", "feb 29 1996", "29 ФЕВРАЛЯ 1996 года",
        " 29.02.1996 ",
    };

    (void)state;
    anna_joins();
    asked();
    for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
        says(&ANNA, written[i]);
        told_like(&ANNA, "<b>29 февраля 1996</b> — верно?");
    }
    presses(&ANNA, "Верно");
    told_like(&ANNA, "Записали: <b>29 февраля 1996</b>");
}

static void test_a_year_of_two_digits_is_asked_back(void **state)
{
    (void)state;
    anna_joins();
    asked();
    says(&ANNA, "29.02.96");
    told_like(&ANNA, "Какой это год?");
    assert_true(sees_button(&ANNA, "1996"));
    assert_false(sees_button(&ANNA, "2096"));
    says(&ANNA, "5 мая 20");
    assert_true(sees_button(&ANNA, "1920"));
    assert_true(sees_button(&ANNA, "2020"));
    presses(&ANNA, "2020");
    told_like(&ANNA, "не для такого возраста");
    says(&ANNA, "29.02.97");
    presses(&ANNA, "1997");
    told_like(&ANNA, "в феврале 1997 года 28 дней");
    says(&ANNA, "29.02.96");
    presses(&ANNA, "1996");
    told_like(&ANNA, "<b>29 февраля 1996</b> — верно?");
}

static void test_what_is_refused_says_why(void **state)
{
    (void)state;
    anna_joins();
    asked();
    says(&ANNA, "29.02.2023");
    told_like(&ANNA, "в феврале 2023 года 28 дней");
    says(&ANNA, "31 апреля 1990");
    told_like(&ANNA, "в апреле 1990 года 30 дней");
    says(&ANNA, "32.01.1990");
    told_like(&ANNA, "в январе 1990 года 31 день");
    says(&ANNA, "01.01.2030");
    told_like(&ANNA, "ещё не наступила");
    says(&ANNA, "19.09.2012"); /* fourteen tomorrow */
    told_like(&ANNA, "не для такого возраста");
    says(&ANNA, "18.09.1915");
    told_like(&ANNA, "год написан с ошибкой");
    says(&ANNA, "01.01.1904");
    told_like(&ANNA, "год написан с ошибкой");
    says(&ANNA, "5 мая");
    told_like(&ANNA, "Напишите, пожалуйста, и год");
    says(&ANNA, "вчера");
    told_like(&ANNA, "Не получилось прочитать дату");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE birth_date IS NOT NULL"), 0);
    says(&ANNA, "18.09.2012"); /* fourteen today */
    told_like(&ANNA, "<b>18 сентября 2012</b> — верно?");
    shop_sets("age_min", "18");
    presses(&ANNA, "Верно");
    told_like(&ANNA, "не для такого возраста");
}

/* ---- picked --------------------------------------------------------------------- */

static void test_picked_by_buttons(void **state)
{
    (void)state;
    anna_joins();
    asked();
    presses(&ANNA, "Выбрать кнопками");
    told_like(&ANNA, "В какие годы");
    assert_true(sees_button(&ANNA, "1910-е"));
    assert_false(sees_button(&ANNA, "2020-е"));
    presses(&ANNA, "2010-е");
    assert_true(sees_button(&ANNA, "2012"));
    assert_false(sees_button(&ANNA, "2013"));
    presses(&ANNA, "Назад");
    presses(&ANNA, "1990-е");
    presses(&ANNA, "1996");
    told_like(&ANNA, "Пока так: <b>1996</b>");
    presses(&ANNA, "Фев");
    told_like(&ANNA, "Пока так: <b>Фев 1996</b>");
    assert_false(sees_button(&ANNA, "30"));
    presses(&ANNA, "Назад");
    presses(&ANNA, "Март");
    presses(&ANNA, "Назад");
    presses(&ANNA, "Фев");
    presses(&ANNA, "29");
    told_like(&ANNA, "<b>29 февраля 1996</b> — верно?");
    told_times(&ANNA, 0); /* all of it in one message */
    presses(&ANNA, "Верно");
    told_like(&ANNA, "Записали");
}

static void test_picked_in_the_walk(void **state)
{
    (void)state;
    anna_joins();
    says(&ANNA, "/profile");
    presses(&ANNA, "Заполнить");
    presses(&ANNA, "Пропустить");
    presses(&ANNA, "Выбрать кнопками");
    presses(&ANNA, "1990-е");
    assert_true(sees_button(&ANNA, "Пропустить"));
    presses(&ANNA, "1996");
    presses(&ANNA, "Май");
    presses(&ANNA, "17");
    presses(&ANNA, "Верно");
    told_like(&ANNA, "Шаг 3 из 3");
}

static void test_forged_picks(void **state)
{
    static const char *const forged[] = {
        "v1:b:year:1800",  "v1:b:year:",      "v1:b:year:19x0",  "v1:b:month:1896",
        "v1:b:month:2025", "v1:b:month:1904", "v1:b:day:199613", "v1:b:day:199600",
        "v1:b:day:190401", "v1:b:day:-19961",
    };

    (void)state;
    anna_joins();
    for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
        forges(&ANNA, forged[i]);
        told_like(&ANNA, "В какие годы");
    }
    forges(&ANNA, "v1:b:is:19960231");
    told_like(&ANNA, "в феврале 1996 года 29 дней");
    forges(&ANNA, "v1:b:is:19961301");
    told_like(&ANNA, "Напишите дату");
    forges(&ANNA, "v1:b:yes:19040501"); /* the year may not be left out here */
    told_like(&ANNA, "год написан с ошибкой");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE birth_date IS NOT NULL"), 0);
}

/* ---- without a year ------------------------------------------------------------- */

static void test_the_year_may_be_left_out(void **state)
{
    (void)state;
    shop_sets("birthday_year", "нет");
    anna_joins();
    asked();
    told_like(&ANNA, "день и месяц");
    says(&ANNA, "31 июня");
    told_like(&ANNA, "в июне всего 30 дней");
    says(&ANNA, "29 февраля");
    told_like(&ANNA, "<b>29 февраля</b> — верно?");
    presses(&ANNA, "Верно");
    told_like(&ANNA, "День рождения: <b>29 февраля</b>\n");
    assert_int_equal(counts("SELECT birth_md FROM customer"), 229);
    presses(&ANNA, "Убрать данные");
    presses(&ANNA, "Убрать дату");
    presses(&ANNA, "Да, убрать");
    presses(&ANNA, "Указать дату");
    presses(&ANNA, "Выбрать кнопками");
    presses(&ANNA, "Без года");
    presses(&ANNA, "Фев");
    presses(&ANNA, "29");
    told_like(&ANNA, "<b>29 февраля</b> — верно?");
}

/* ---- the days of the gift ------------------------------------------------------- */

static void test_29_february_as_the_shop_keeps_it(void **state)
{
    (void)state;
    anna_joins();
    told("29.02.1996");
    told_like(&ANNA, "поздравим вас 28 февраля");
    shop_sets("birthday_leap", "mar1");
    says(&ANNA, "/profile");
    told_like(&ANNA, "поздравим вас 1 марта");
}

static void round_of(int64_t local_midnight)
{
    struct json *args = json_new_object();

    json_set_int(args, "day", local_midnight);
    stage_job(KIND_SCHED_BIRTHDAY_CHECK, args);
}

static int64_t today(void)
{
    return (stage.now + 10 * HOUR) / DAY; /* Vladivostok */
}

/* Told too late for this year's, or in its days: it is said, and it is so. */
static void test_too_late_for_this_time(void **state)
{
    (void)state;
    anna_joins();
    told("20.09.1990");
    told_like(&ANNA, "первый подарок будет в 2027 году");
    stage_wait_until(stage.now + 2 * DAY);
    round_of(today());
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 2"), 0);
    stage_wait_until(stage.now + 365 * DAY);
    round_of(today());
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 2"), 1);
}

static void test_in_time_for_this_time(void **state)
{
    (void)state;
    anna_joins();
    told("25.09.1990");
    told_like(&ANNA, "Подарок появится");
    stage_wait_until(stage.now + 7 * DAY);
    round_of(today());
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 2"), 1);
}

/* What was given stays as it was given, whatever the settings become; over New Year,
 * from midnight to midnight of the shop. */
static void test_the_days_are_kept_with_the_gift(void **state)
{
    (void)state;
    shop_sets("birthday_days_before", "3");
    anna_joins();
    told("1 января 1990");
    stage_wait_until(1798588800000000LL); /* 30 December 2026, 10:00 in Vladivostok */
    round_of(today());
    shop_sets("birthday_days_before", "0");
    shop_sets("birthday_days_after", "0");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 2"
                            " AND valid_from = '2026-12-28 14:00:00'"
                            " AND valid_until = '2027-01-08 14:00:00'"
                            " AND issue_key LIKE 'bday:%:2027'"),
                     1);
    stage_wait_until(stage.now + 5 * DAY);
    round_of(today());
    says(&ANNA, "/wallet");
    told_like(&ANNA, "день рождения · до 08.01.2027");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 2"), 1);
}

/* ---- how often ------------------------------------------------------------------ */

static void test_changed_once_in_twelve_months(void **state)
{
    (void)state;
    anna_joins();
    told("5 мая 1990");
    told("6 мая 1990"); /* the first change is free */
    told_like(&ANNA, "Записали");
    asked();
    says(&ANNA, "7 мая 1990");
    told_like(&ANNA, "раз в год");
    stage_wait_until(stage.now + 364 * DAY);
    asked();
    says(&ANNA, "7 мая 1990");
    told_like(&ANNA, "раз в год");
    stage_wait_until(stage.now + 2 * DAY);
    told("7 мая 1990");
    told_like(&ANNA, "Записали");
}

/* Taking it away and telling it again is a change like any other. */
static void test_no_way_round_by_taking_away(void **state)
{
    (void)state;
    anna_joins();
    told("5 мая 1990");
    told("6 мая 1990");
    presses(&ANNA, "Убрать данные");
    presses(&ANNA, "Убрать дату");
    presses(&ANNA, "Да, убрать");
    asked();
    says(&ANNA, "7 мая 1990");
    told_like(&ANNA, "раз в год");
    forges(&ANNA, "v1:b:yes:19900507");
    told_like(&ANNA, "раз в год");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE birth_date IS NOT NULL"), 0);
}

/* Not within thirty days of the days of the gift, of the old date or the new. */
static void test_not_near_the_gift(void **state)
{
    (void)state;
    anna_joins();
    told("5 мая 1990");
    asked();
    says(&ANNA, "17.10.1990"); /* in 29 days */
    told_like(&ANNA, "дату менять нельзя");
    asked();
    says(&ANNA, "13.08.1990"); /* its days ended 20 August, 29 days ago */
    told_like(&ANNA, "дату менять нельзя");
    asked();
    says(&ANNA, "12.08.1990");
    told_like(&ANNA, "верно?");
    asked();
    says(&ANNA, "18.10.1990"); /* in 30 */
    told_like(&ANNA, "верно?");
    stage_wait_until(stage.now + 200 * DAY); /* April: the old one is near */
    asked();
    says(&ANNA, "18.10.1990");
    told_like(&ANNA, "дату менять нельзя");
}

static void test_the_same_again(void **state)
{
    (void)state;
    anna_joins();
    asked();
    says(&ANNA, "5 мая 1990");
    presses_twice(&ANNA, "Верно");
    told_like(&ANNA, "Ваш профиль");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'customer.birthday'"), 1);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM customer WHERE birth_changed_at IS NULL"), 1);
}

static void test_in_english(void **state)
{
    (void)state;
    says(&JOHN, "/start");
    presses(&JOHN, "I agree");
    says(&JOHN, "/birthday");
    presses(&JOHN, "Enter");
    says(&JOHN, "29.02.2023");
    told_like(&JOHN, "February 2023 has 28 days");
    presses(&JOHN, "Pick by buttons");
    presses(&JOHN, "1990s");
    presses(&JOHN, "1996");
    presses(&JOHN, "Feb");
    presses(&JOHN, "29");
    told_like(&JOHN, "<b>29 February 1996</b> — is that right?");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, stage_is_open, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_every_spelling),
        A_TEST(test_a_year_of_two_digits_is_asked_back),
        A_TEST(test_what_is_refused_says_why),
        A_TEST(test_picked_by_buttons),
        A_TEST(test_picked_in_the_walk),
        A_TEST(test_forged_picks),
        A_TEST(test_the_year_may_be_left_out),
        A_TEST(test_29_february_as_the_shop_keeps_it),
        A_TEST(test_too_late_for_this_time),
        A_TEST(test_in_time_for_this_time),
        A_TEST(test_the_days_are_kept_with_the_gift),
        A_TEST(test_changed_once_in_twelve_months),
        A_TEST(test_no_way_round_by_taking_away),
        A_TEST(test_not_near_the_gift),
        A_TEST(test_the_same_again),
        A_TEST(test_in_english),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
