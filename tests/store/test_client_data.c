/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * My data: what is kept, taken home as files, deleted at once or after days to think it
 * over; and what an erased person finds on coming back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/loyalty/quota.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct person JOHN = {"client", 5000000002, "John", "en"};
static char code[CODE_SHOWN + 1];

static int opened(void **state)
{
    (void)state;
    stage_open(how);
    hires(&OLGA, "cashier", stage.store[0]);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    anna_joins();
    snprintf(code, sizeof(code), "%s", last_code(&ANNA));
    presses(&ANNA, "Хочу получать");
    return 0;
}

/* ---- three ways, explained -------------------------------------------------------- */

static void test_three_buttons(void **state)
{
    (void)state;
    says(&ANNA, "/privacy");
    told_like(&ANNA, "<b>Отписаться</b> — не будет рекламы, скидки остаются");
    told_like(&ANNA, "<b>Отозвать согласие</b> — мы перестанем пользоваться");
    told_like(&ANNA, "<b>Удалить</b> — сотрём насовсем");
    assert_true(sees_button(&ANNA, "Отписаться"));
    assert_true(sees_button(&ANNA, "Отозвать согласие"));
    assert_true(sees_button(&ANNA, "Удалить данные"));
    presses(&ANNA, "Отписаться"); /* and nothing else */
    told_like(&ANNA, "рассылки отключены");
    assert_int_equal(counts("SELECT pd_ok * 10 + marketing_ok FROM customer"), 10);
    says(&ANNA, "/privacy");
    assert_false(sees_button(&ANNA, "Отписаться"));
}

/* ---- the files ---------------------------------------------------------------------- */

/* The newest file of that name. Yours. */
static char *file(const char *name)
{
    const char *s;
    char *out;
    size_t n;

    assert_int_equal(db_one(stage.db,
                            "SELECT body FROM document WHERE name = ? ORDER BY id DESC"
                            " LIMIT 1",
                            DB_TEXT(name)),
                     ST_OK);
    s = db_text(stage.db, 0, &n);
    out = malloc(n + 1);
    memcpy(out, s, n);
    out[n] = '\0';
    return out;
}

static void holds(const char *text, const char *words)
{
    if (strstr(text, words) == NULL)
        fail_msg("no «%s» in\n%s", words, text);
}

static void test_export_for_people(void **state)
{
    char *text;

    (void)state;
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    says(&ANNA, "/export");
    told_times(&ANNA, 2);
    told_like(&ANNA, "один файл, чтобы читать");
    text = file("my-data.txt");
    holds(text, "что мы храним о вас");
    holds(text, "Имя: Анна\nНомер в Telegram: 5000000001");
    holds(text, "Скидки\n10");
    holds(text, code);
    holds(text, "Покупки со скидкой\n");
    holds(text, "чек № 1");
    holds(text, "дано, обработка данных, текст № 1 (ru)");
    holds(text, "дано, рассылка, текст № 1 (ru)");
    assert_null(strstr(text, "<b>"));
    free(text);
}

static void test_export_for_programs(void **state)
{
    char *text;
    struct json *o;

    (void)state;
    says(&ANNA, "/privacy");
    presses(&ANNA, "Скачать");
    text = file("my-data.json");
    o = json_parse(text, strlen(text));
    assert_non_null(o);
    assert_string_equal(
        json_text(json_at(json_get(o, "customer"), 0), "first_name", NULL), "Анна");
    assert_int_equal(json_count(json_get(o, "consent")), 2);
    assert_true(json_count(json_get(o, "message")) > 2);
    json_free(o);
    free(text);
    presses(&ANNA, "Мои данные"); /* the files stay */
    told_times(&ANNA, 1);
}

static void test_export_in_english(void **state)
{
    char *text;

    (void)state;
    shop_sets("channel_id", "");
    says(&JOHN, "/start");
    presses(&JOHN, "I agree");
    says(&JOHN, "/export");
    told_like(&JOHN, "one file to read");
    text = file("my-data.txt");
    holds(text, "given, data processing, text No. 1 (en)");
    free(text);
}

static void test_export_three_a_day(void **state)
{
    int n;

    (void)state;
    for (int i = 0; i < 3; i++) {
        says(&ANNA, "/export");
        told_times(&ANNA, 2);
    }
    says(&ANNA, "/export");
    told_like(&ANNA, "Сегодня файлы уже приходили");
    assert_int_equal(counts("SELECT n FROM customer_quota"), 3);
    stage_wait_until(stage.now + DAY);
    says(&ANNA, "/export");
    told_times(&ANNA, 2);
    assert_int_equal(quota_forget(stage.db, (int32_t)(stage.now / DAY), 10, &n), ST_OK);
    assert_int_equal(n, 1); /* yesterday's */
    assert_int_equal(counts("SELECT n FROM customer_quota"), 1);
}

/* ---- deleted ------------------------------------------------------------------------ */

static void asks_to_delete(const struct person *p)
{
    says(p, "/delete");
    told_like(p, "Удалить ваши данные?");
    told_like(p, "Останутся без имени: чеки для учёта");
    assert_true(sees_button(p, "Скачать"));
    presses(p, "Да, удалить");
    told_like(p, "Точно удалить?");
}

static void test_deleted_at_once(void **state)
{
    (void)state;
    asks_to_delete(&ANNA);
    assert_int_equal(counts("SELECT status FROM customer"), 1); /* asked twice */
    presses(&ANNA, "Удалить навсегда");
    told_like(&ANNA, "Ваши данные удалены");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE status = 3 AND"
                            " external_id IS NULL AND first_name = ''"),
                     1);
    assert_int_equal(counts("SELECT COUNT(*) FROM consent WHERE granted = 0 AND"
                            " purpose = 1 AND update_id > 0"),
                     1);
    says(&OLGA, code);
    told_like(&OLGA, "покупатель вышел из программы");
    not_told(&OLGA, "Анна");
}

static void test_the_last_button_is_of_now(void **state)
{
    (void)state;
    says(&ANNA, "/delete");
    presses(&ANNA, "Да, удалить");
    stage_wait_until(stage.now + 11 * MINUTE);
    presses(&ANNA, "Удалить навсегда");
    told_like(&ANNA, "Удалить ваши данные?"); /* asked anew */
    forges(&ANNA, "v1:e:do:zzzzzzzz");
    told_like(&ANNA, "Удалить ваши данные?");
    forges(&ANNA, "v1:e:do:");
    told_like(&ANNA, "Удалить ваши данные?");
    presses(&ANNA, "Не удалять");
    told_like(&ANNA, "Что показать?");
    assert_int_equal(counts("SELECT status FROM customer"), 1);
}

/* Once for life: she is a new customer, without another welcome gift. */
static void test_coming_back_after(void **state)
{
    (void)state;
    asks_to_delete(&ANNA);
    presses(&ANNA, "Удалить навсегда");
    presses(&ANNA, "Вернуться");
    told_like(&ANNA, "нам нужно ваше согласие");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    not_told(&ANNA, "Ваша скидка");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 2);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE person_id IS NOT NULL"
                            " AND first_name = 'Анна' AND marketing_ok = 0"),
                     1);
}

static void born_today(void)
{
    struct json *args = json_new_object();

    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE customer SET birth_date = '1990-09-18',"
                             " birth_set_at = ? WHERE status = 1",
                             DB_TIME(stage.now - 30 * DAY)),
                     ST_OK);
    json_set_int(args, "day", (stage.now + 10 * HOUR) / DAY);
    stage_job(KIND_SCHED_BIRTHDAY_CHECK, args);
}

/* Nor is there a second birthday gift in one year. */
static void test_one_gift_a_year_all_the_same(void **state)
{
    (void)state;
    born_today();
    told_like(&ANNA, "С днём рождения");
    asks_to_delete(&ANNA);
    presses(&ANNA, "Удалить навсегда");
    presses(&ANNA, "Вернуться");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    born_today();
    not_told(&ANNA, "С днём рождения");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 2"), 1);
}

static void test_what_waits_is_never_sent(void **state)
{
    int64_t row;

    (void)state;
    says(&ANNA, "/menu");
    row = counts("SELECT MAX(id) FROM message WHERE customer_id IS NOT NULL");
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE message SET state = 1, external_id = NULL,"
                             " sent_at = NULL WHERE id = ?",
                             DB_INT(row)),
                     ST_OK);
    asks_to_delete(&ANNA);
    presses(&ANNA, "Удалить навсегда");
    {
        struct json *args = json_new_object();

        json_set_int(args, "m", row);
        says(&OLGA, "/menu");
        stage_job(KIND_SEND_MESSAGE, args);
    }
    told_nothing(&ANNA);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM message WHERE state = 7 AND payload = '{}'"), 1);
}

/* Who took their consent back need not give it again to take their data or delete it. */
static void test_of_who_withdrew(void **state)
{
    char *text;

    (void)state;
    says(&ANNA, "/privacy");
    presses(&ANNA, "Отозвать согласие");
    presses(&ANNA, "Да, отозвать");
    assert_true(sees_button(&ANNA, "Удалить данные"));
    says(&ANNA, "/privacy");
    told_like(&ANNA, "имя: Анна");
    told_like(&ANNA, "Согласие отозвано, и мы этим не пользуемся");
    assert_false(sees_button(&ANNA, "Переезд"));
    presses(&ANNA, "Скачать");
    told_times(&ANNA, 2);
    text = file("my-data.txt");
    holds(text, "отозвано, обработка данных");
    free(text);
    asks_to_delete(&ANNA);
    presses(&ANNA, "Удалить навсегда");
    told_like(&ANNA, "Ваши данные удалены");
    assert_int_equal(counts("SELECT status FROM customer"), 3);
    assert_int_equal(counts("SELECT COUNT(*) FROM document"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE recipient ="
                            " 5000000001"),
                     1); /* the farewell */
}

static void test_of_who_was_never_here(void **state)
{
    static const char *const ways[] = {"/privacy", "/export", "/delete"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        says(&JOHN, ways[i]);
        told_like(&JOHN, "We keep nothing about you");
    }
    forges(&JOHN, "v1:e:do:1");
    told_like(&JOHN, "We keep nothing about you");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 1);
}

/* ---- days to think it over ------------------------------------------------------------ */

static void erasures_are_due(void)
{
    stage_job(KIND_SCHED_ERASE_DUE, json_new_object());
}

static void test_after_some_days(void **state)
{
    (void)state;
    shop_sets("erase_grace_days", "3");
    says(&ANNA, "/delete");
    presses(&ANNA, "Да, удалить");
    told_like(&ANNA, "через 3 дня");
    presses(&ANNA, "Удалить навсегда");
    told_like(&ANNA, "удалим данные 21.09.2026");
    erasures_are_due();
    assert_int_equal(counts("SELECT status FROM customer"), 1);
    says(&ANNA, "/privacy");
    told_like(&ANNA, "Данные будут удалены 21.09.2026");
    stage_wait_until(stage.now + 3 * DAY);
    erasures_are_due();
    told_like(&ANNA, "Ваши данные удалены");
    assert_int_equal(counts("SELECT status FROM customer"), 3);
    assert_int_equal(counts("SELECT COUNT(*) FROM erasure_due"), 0);
}

static void test_thought_better_of_it(void **state)
{
    (void)state;
    shop_sets("erase_grace_days", "3");
    says(&ANNA, "/delete");
    presses(&ANNA, "Да, удалить");
    presses(&ANNA, "Удалить навсегда");
    says(&ANNA, "/privacy");
    presses(&ANNA, "Не удалять");
    told_like(&ANNA, "ничего не удаляем");
    stage_wait_until(stage.now + 4 * DAY);
    erasures_are_due();
    assert_int_equal(counts("SELECT status FROM customer"), 1);
    says(&ANNA, "/privacy");
    not_told(&ANNA, "будут удалены");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_three_buttons),
        A_TEST(test_export_for_people),
        A_TEST(test_export_for_programs),
        A_TEST(test_export_in_english),
        A_TEST(test_export_three_a_day),
        A_TEST(test_deleted_at_once),
        A_TEST(test_the_last_button_is_of_now),
        A_TEST(test_coming_back_after),
        A_TEST(test_one_gift_a_year_all_the_same),
        A_TEST(test_what_waits_is_never_sent),
        A_TEST(test_of_who_withdrew),
        A_TEST(test_of_who_was_never_here),
        A_TEST(test_after_some_days),
        A_TEST(test_thought_better_of_it),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
