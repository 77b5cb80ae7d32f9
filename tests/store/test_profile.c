/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What customers tell of themselves: three questions one after another, each of which
 * may be skipped, and each line changed or taken away later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"

static const struct person KATE = {"client", 5000000003, "Kate", "en"};
static const struct person SLY = {"client", 5000000004, "t.me/casino 7777777", "ru"};

static void walk_begins(const struct person *p)
{
    says(p, "/start");
    presses(p, strcmp(p->lang, "en") == 0 ? "I agree" : "Согласен");
    says(p, "/profile");
    presses(p, strcmp(p->lang, "en") == 0 ? "Fill in" : "Заполнить");
}

/* ---- the walk ------------------------------------------------------------------- */

static void test_the_whole_walk(void **state)
{
    (void)state;
    anna_joins();
    presses(&ANNA, "Не сейчас");
    says(&ANNA, "/profile");
    told_like(&ANNA, "Имя: <b>Анна (как в Telegram)</b>");
    told_like(&ANNA, "День рождения: <b>пока нет</b>");
    told_like(&ANNA, "ко дню рождения подарим скидку 15");
    told_like(&ANNA, "любой вопрос можно пропустить");
    presses(&ANNA, "Заполнить");
    told_like(&ANNA, "<b>Шаг 1 из 3</b>");
    told_like(&ANNA, "зовём вас так: <b>Анна</b>");
    assert_true(sees_button(&ANNA, "Пропустить"));
    assert_true(sees_button(&ANNA, "Отмена"));
    says(&ANNA, "Анна Мария");
    told_like(&ANNA, "Очень приятно, <b>Анна Мария</b>!");
    told_like(&ANNA, "<b>Шаг 2 из 3</b>");
    says(&ANNA, "29.02.1996");
    told_like(&ANNA, "<b>29 февраля 1996</b> — верно?");
    presses(&ANNA, "Верно");
    told_like(&ANNA, "Записали: <b>29 февраля 1996</b>");
    told_like(&ANNA, "<b>Шаг 3 из 3</b>");
    assert_true(sees_key(&ANNA, "Отправить номер"));
    assert_true(sees_key(&ANNA, "Пропустить"));
    assert_true(sees_key(&ANNA, "Отмена"));
    shares_contact(&ANNA, "79991234567");
    told_like(&ANNA, "Записали номер +7 999 123-45-67");
    told_like(&ANNA, "Спасибо, это всё!");
    told_like(&ANNA, "Имя: <b>Анна Мария</b>\nДень рождения: <b>29 февраля 1996</b>\n"
                     "Телефон: <b>+7 999 123-45-67</b>");
    told_like(&ANNA, "поздравим вас 28 февраля");
    assert_false(sees_key(&ANNA, ""));
    assert_true(sees_button(&ANNA, "Изменить имя"));
    assert_true(sees_button(&ANNA, "Изменить дату"));
    assert_true(sees_button(&ANNA, "Изменить номер"));
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE name = 'Анна Мария'"
                            " AND birth_date = '1996-02-29' AND phone = '+79991234567'"
                            " AND profile_step = 0"),
                     1);
}

static void test_the_walk_in_english(void **state)
{
    (void)state;
    walk_begins(&KATE);
    told_like(&KATE, "<b>Step 1 of 3</b>");
    presses(&KATE, "Keep it");
    told_like(&KATE, "Nice to meet you, <b>Kate</b>!");
    says(&KATE, "March 8, 1990");
    told_like(&KATE, "<b>8 March 1990</b> — is that right?");
    presses(&KATE, "That is right");
    told_like(&KATE, "<b>Step 3 of 3</b>");
    assert_true(sees_key(&KATE, "Share my number"));
    says(&KATE, "Skip");
    told_like(&KATE, "you can add the number later");
    told_like(&KATE, "Phone: <b>not told yet</b>");
    assert_false(sees_key(&KATE, ""));
}

static void test_everything_skipped(void **state)
{
    (void)state;
    walk_begins(&ANNA);
    presses_twice(&ANNA, "Пропустить"); /* one step, whatever the finger does */
    told_like(&ANNA, "<b>Шаг 2 из 3</b>");
    not_told(&ANNA, "<b>Шаг 3 из 3</b>");
    presses(&ANNA, "Пропустить");
    told_like(&ANNA, "Шаг 3 из 3");
    says(&ANNA, "Пропустить");
    told_like(&ANNA, "Спасибо, это всё!");
    assert_false(sees_key(&ANNA, ""));
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE name = ''"
                            " AND birth_date IS NULL AND phone IS NULL"),
                     1);
    says(&ANNA, "Пропустить");
    told_like(&ANNA, "Я понимаю кнопки");
}

static void test_cancelled_at_each_step(void **state)
{
    (void)state;
    walk_begins(&ANNA);
    presses(&ANNA, "Отмена");
    told_like(&ANNA, "отменили");
    says(&ANNA, "Иван");
    told_like(&ANNA, "Я понимаю кнопки");
    says(&ANNA, "/profile");
    presses(&ANNA, "Заполнить");
    presses(&ANNA, "Оставить");
    presses(&ANNA, "Отмена");
    told_like(&ANNA, "осталось в профиле");
    told_like(&ANNA, "Имя: <b>Анна</b>");
    says(&ANNA, "/profile");
    presses(&ANNA, "Указать номер");
    assert_true(sees_key(&ANNA, "Отправить номер"));
    says(&ANNA, "Отмена");
    told_like(&ANNA, "отменили");
    assert_false(sees_key(&ANNA, ""));
    says(&ANNA, "/profile");
    presses(&ANNA, "Указать номер");
    says(&ANNA, "/cancel");
    told_like(&ANNA, "отменили");
    assert_false(sees_key(&ANNA, ""));
}

/* What was told before is not asked again. */
static void test_only_what_is_missing(void **state)
{
    (void)state;
    walk_begins(&ANNA);
    presses(&ANNA, "Отмена");
    says(&ANNA, "/birthday");
    presses(&ANNA, "Указать дату");
    says(&ANNA, "5 мая 1990");
    presses(&ANNA, "Верно");
    says(&ANNA, "/profile");
    forges(&ANNA, "v1:pr:go:");
    told_like(&ANNA, "Шаг 1 из 3");
    presses(&ANNA, "Оставить");
    told_like(&ANNA, "Шаг 3 из 3");
}

/* A day later nobody knows whether they still mean it. */
static void test_a_day_later(void **state)
{
    (void)state;
    walk_begins(&ANNA);
    presses(&ANNA, "Оставить");
    told_like(&ANNA, "Шаг 2 из 3");
    stage_wait_until(stage.now + 23 * HOUR);
    says(&ANNA, "сколько время");
    told_like(&ANNA, "Не получилось прочитать дату");
    stage_wait_until(stage.now + 25 * HOUR);
    says(&ANNA, "05.05.1990");
    told_like(&ANNA, "Продолжим?");
    presses(&ANNA, "Продолжить");
    told_like(&ANNA, "Шаг 2 из 3");
    says(&ANNA, "05.05.1990");
    presses(&ANNA, "Верно");
    told_like(&ANNA, "Шаг 3 из 3");
    stage_wait_until(stage.now + 25 * HOUR);
    says(&ANNA, "Пропустить");
    told_like(&ANNA, "Продолжим?");
    presses(&ANNA, "Не сейчас");
    told_like(&ANNA, "осталось в профиле");
    assert_false(sees_key(&ANNA, ""));
    says(&ANNA, "Пропустить");
    told_like(&ANNA, "Я понимаю кнопки");
}

/* Who goes to the menu is not answering any more; nothing they write is a name. */
static void test_gone_to_the_menu(void **state)
{
    (void)state;
    walk_begins(&ANNA);
    says(&ANNA, "/menu");
    says(&ANNA, "Привет");
    told_like(&ANNA, "Продолжим?");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE name <> ''"), 0);
    presses(&ANNA, "Продолжить");
    told_like(&ANNA, "Шаг 1 из 3");
    presses(&ANNA, "Пропустить");
    presses(&ANNA, "Пропустить");
    assert_true(sees_key(&ANNA, "Отправить номер"));
    says(&ANNA, "/menu");
    told_like(&ANNA, "номер можно указать потом");
    told_like(&ANNA, "Что показать?");
    assert_false(sees_key(&ANNA, ""));
    says(&ANNA, "/profile");
    presses(&ANNA, "Указать имя"); /* one question alone is over with that */
    says(&ANNA, "/menu");
    says(&ANNA, "Привет");
    told_like(&ANNA, "Я понимаю кнопки");
}

/* Redis may lose what it knows of a conversation: the walk is not there. */
static void test_it_outlives_redis(void **state)
{
    (void)state;
    walk_begins(&ANNA);
    spoils_state(&ANNA, "");
    says(&ANNA, "Анна"); /* unreadable: the one apology */
    says(&ANNA, "Анна Мария");
    told_like(&ANNA, "Очень приятно, <b>Анна Мария</b>!");
    told_like(&ANNA, "Шаг 2 из 3");
    says(&ANNA, "/profile");
    told_like(&ANNA, "Продолжим?");
    presses(&ANNA, "Продолжить");
    told_like(&ANNA, "Шаг 2 из 3");
}

static void test_old_buttons_of_the_walk(void **state)
{
    (void)state;
    walk_begins(&ANNA);
    forges(&ANNA, "v1:pr:skip:3");
    told_like(&ANNA, "Шаг 1 из 3");
    forges(&ANNA, "v1:pr:skip:");
    told_like(&ANNA, "Шаг 1 из 3");
    presses(&ANNA, "Отмена");
    forges(&ANNA, "v1:pr:skip:1");
    told_like(&ANNA, "Ваш профиль");
    forges(&ANNA, "v1:pr:keep:");
    told_like(&ANNA, "Ваш профиль");
    forges(&ANNA, "v1:pr:stop:");
    told_like(&ANNA, "Ваш профиль");
    forges(&ANNA, "v1:pr:sure:external_id");
    told_like(&ANNA, "Ваш профиль");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE name <> ''"), 0);
}

/* ---- the name ------------------------------------------------------------------- */

static void test_what_is_no_name(void **state)
{
    (void)state;
    walk_begins(&ANNA);
    says(&ANNA, "anna@example.com");
    told_like(&ANNA, "Похоже на адрес");
    says(&ANNA, "+7 999 123-45-67");
    told_like(&ANNA, "Похоже на номер");
    says(&ANNA, "<b>Анна</b");
    told_like(&ANNA, "Похоже на адрес");
    says(&ANNA, "Анна & Ко");
    told_like(&ANNA, "буквы, пробел, дефис и апостроф");
    says(&ANNA, "— …");
    told_like(&ANNA, "буквы, пробел");
    says(&ANNA, "- -");
    told_like(&ANNA, "ни одной буквы");
    says(&ANNA, "Анна Анна Анна Анна Анна Анна Анна Анна Анна Анна Анна Анна Анна А");
    told_like(&ANNA, "64 знака");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE name <> ''"), 0);
    says(&ANNA, "д’Артаньян-O'Neil");
    told_like(&ANNA, "Очень приятно, <b>д’Артаньян-O'Neil</b>!");
}

/* What the messenger says is offered only when it is a name. */
static void test_a_strange_first_name_is_not_offered(void **state)
{
    (void)state;
    walk_begins(&SLY);
    told_like(&SLY, "Как к вам обращаться?");
    not_told(&SLY, "casino");
    forges(&SLY, "v1:pr:keep:");
    told_like(&SLY, "Как к вам обращаться?");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE name <> ''"), 0);
}

/* ---- changing, taking away ------------------------------------------------------ */

static void all_told(void)
{
    walk_begins(&ANNA);
    presses(&ANNA, "Оставить");
    says(&ANNA, "5 мая 1990");
    presses(&ANNA, "Верно");
    shares_contact(&ANNA, "79991234567");
    told_like(&ANNA, "Спасибо, это всё!");
}

static void test_each_line_changed(void **state)
{
    (void)state;
    all_told();
    presses(&ANNA, "Изменить имя");
    not_told(&ANNA, "Шаг");
    says(&ANNA, "Аня");
    told_like(&ANNA, "Имя: <b>Аня</b>");
    presses(&ANNA, "Изменить номер");
    told_like(&ANNA, "Сейчас указан номер +7 999 123-45-67");
    shares_contact(&ANNA, "89997654321");
    told_like(&ANNA, "Телефон: <b>+7 999 765-43-21</b>");
    presses(&ANNA, "Изменить дату");
    says(&ANNA, "6 мая 1990");
    presses(&ANNA, "Верно");
    told_like(&ANNA, "День рождения: <b>6 мая 1990</b>");
    presses(&ANNA, "Изменить дату");
    says(&ANNA, "7 мая 1990");
    told_like(&ANNA, "раз в год");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'customer.name'"), 2);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'customer.phone'"), 2);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'customer.birthday'"), 2);
}

static void drops(const char *what, const char *asked)
{
    presses(&ANNA, "Убрать данные");
    told_like(&ANNA, "Что убрать");
    presses(&ANNA, what);
    told_like(&ANNA, asked);
    presses(&ANNA, "Да, убрать");
    told_like(&ANNA, "Готово, убрали");
}

static void test_each_line_taken_away(void **state)
{
    (void)state;
    all_told();
    drops("Убрать имя", "Убрать имя?");
    told_like(&ANNA, "Имя: <b>Анна (как в Telegram)</b>");
    drops("Убрать номер", "Убрать номер телефона?");
    told_like(&ANNA, "Телефон: <b>пока нет</b>");
    drops("Убрать дату", "Подарка тогда не будет");
    told_like(&ANNA, "День рождения: <b>пока нет</b>");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE name = ''"
                            " AND birth_date IS NULL AND phone IS NULL"),
                     1);
    forges(&ANNA, "v1:pr:sure:phone"); /* pressed again */
    told_like(&ANNA, "Ваш профиль");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'customer.phone'"), 2);
}

/* Fields and hashes; never what was told. */
static void test_the_audit_holds_no_value(void **state)
{
    (void)state;
    all_told();
    drops("Убрать номер", "Убрать номер");
    assert_true(counts("SELECT COUNT(*) FROM audit WHERE fields LIKE 'phone:%'") == 2);
    assert_int_equal(counts("SELECT COUNT(*) FROM audit WHERE fields LIKE '%999123%'"
                            " OR HEX(fields) LIKE CONCAT('%', HEX('Анна'), '%')"
                            " OR fields LIKE '%1990%'"),
                     0);
}

/* ---- where it is found ---------------------------------------------------------- */

/* The code first: nobody has to tell anything to get it. */
static void test_the_discount_comes_first(void **state)
{
    (void)state;
    anna_joins();
    not_told(&ANNA, "Шаг 1");
    assert_true(last_code(&ANNA)[0] != '\0');
    presses(&ANNA, "Хочу получать");
    told_like(&ANNA, "ко дню рождения подарим скидку 15"); /* an offer, no wall */
    presses(&ANNA, "Меню");
    presses(&ANNA, "Мой профиль");
    told_like(&ANNA, "Ваш профиль");
}

static void test_offered_when_messages_are_not_wanted(void **state)
{
    (void)state;
    anna_joins();
    presses(&ANNA, "Не сейчас");
    told_like(&ANNA, "ко дню рождения подарим скидку 15");
    presses(&ANNA, "Заполнить");
    told_like(&ANNA, "Шаг 1 из 3");
}

static void birthday_round(void)
{
    struct json *args = json_new_object();

    json_set_int(args, "day", (stage.now + 10 * HOUR) / DAY);
    stage_job(KIND_SCHED_BIRTHDAY_CHECK, args);
}

static void test_called_by_their_own_name(void **state)
{
    (void)state;
    anna_joins();
    presses(&ANNA, "Хочу получать");
    presses(&ANNA, "Заполнить");
    says(&ANNA, "Анна Мария");
    says(&ANNA, "1 октября 1990");
    presses(&ANNA, "Верно");
    says(&ANNA, "Пропустить");
    stage_wait_until(stage.now + 13 * DAY);
    says(&ANNA, "/menu"); /* with the messenger's name again */
    birthday_round();
    told_like(&ANNA, "С днём рождения, Анна Мария!");
}

static void test_strangers_are_asked_first(void **state)
{
    (void)state;
    says(&ANNA, "/profile");
    told_like(&ANNA, "нам нужно ваше согласие");
    shares_contact(&ANNA, "79991234567");
    told_like(&ANNA, "нам нужно ваше согласие");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 0);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, stage_is_open, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_the_whole_walk),
        A_TEST(test_the_walk_in_english),
        A_TEST(test_everything_skipped),
        A_TEST(test_cancelled_at_each_step),
        A_TEST(test_only_what_is_missing),
        A_TEST(test_a_day_later),
        A_TEST(test_gone_to_the_menu),
        A_TEST(test_it_outlives_redis),
        A_TEST(test_old_buttons_of_the_walk),
        A_TEST(test_what_is_no_name),
        A_TEST(test_a_strange_first_name_is_not_offered),
        A_TEST(test_each_line_changed),
        A_TEST(test_each_line_taken_away),
        A_TEST(test_the_audit_holds_no_value),
        A_TEST(test_the_discount_comes_first),
        A_TEST(test_offered_when_messages_are_not_wanted),
        A_TEST(test_called_by_their_own_name),
        A_TEST(test_strangers_are_asked_first),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed +
           cmocka_run_group_tests_name("every update twice", tests, NULL, NULL);
}
