/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * My data, and the way out: from the moment consent is taken back nothing is sent,
 * given, noted or redeemed; and coming back brings all of it back, bar advertising. */
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

static const struct person JOHN = {"client", 5000000002, "John", "en"};

static char code[CODE_SHOWN + 1];
/* Anna has a discount, wants messages and was born on 1 October. */
static int opened(void **state)
{
    (void)state;
    stage_open(how);
    hires(&OLGA, "cashier", stage.store[0]);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    subscribes(&ANNA);
    says(&ANNA, "/start s_Q7M2KX4P9D");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    snprintf(code, sizeof(code), "%s", last_code(&ANNA));
    presses(&ANNA, "Хочу получать");
    says(&ANNA, "/birthday");
    presses(&ANNA, "Указать дату");
    says(&ANNA, "1.10.1990");
    presses(&ANNA, "Верно");
    return 0;
}

static void anna_leaves(void)
{
    says(&ANNA, "/privacy");
    presses(&ANNA, "Отозвать согласие");
    told_like(&ANNA, "коды ваших скидок перестанут действовать");
    presses(&ANNA, "Да, отозвать");
    told_like(&ANNA, "Согласие отозвано");
    assert_int_equal(counts("SELECT pd_ok + marketing_ok FROM customer"), 0);
}

/* ---- my data -------------------------------------------------------------------- */

/* "/privacy" of somebody with all the names there are. */
static void asks_with_all_names(const struct person *p)
{
    static int64_t id = 700000;
    struct json *u = json_new_object(), *m = json_new_object(),
                *from = json_new_object(), *chat = json_new_object();

    json_set_int(from, "id", p->id);
    json_set_text(from, "first_name", p->name);
    json_set_text(from, "last_name", "Петрова");
    json_set_text(from, "username", "anna_p");
    json_set_int(chat, "id", p->id);
    json_set_text(chat, "type", "private");
    json_set_int(m, "message_id", 77);
    json_set(m, "from", from);
    json_set(m, "chat", chat);
    json_set_text(m, "text", "/privacy");
    json_set_int(u, "update_id", ++id);
    json_set(u, "message", m);
    stage_update(p->bot, u);
}

static void test_the_values_that_are_kept(void **state)
{
    (void)state;
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    says(&ANNA, "/menu");
    asks_with_all_names(&ANNA);
    told_like(&ANNA, "имя: Анна Петрова, @anna_p\n");
    told_like(&ANNA, "номер в Telegram: 5000000001, язык: Русский");
    told_like(&ANNA, "день рождения: 1 октября 1990");
    told_like(&ANNA, "согласие: 18.09.2026 10:00, текст № 1");
    told_like(&ANNA, "подписка на канал: да, рассылка: да");
    told_like(&ANNA, "действуют 0, использованы 1, истекли 0");
    told_like(&ANNA, "пришли: s_Q7M2KX4P9D");
    told_like(&ANNA, "храним 90 дней");
}

static void test_the_values_in_english(void **state)
{
    (void)state;
    shop_sets("channel_id", "");
    says(&JOHN, "/start");
    presses(&JOHN, "I agree");
    says(&JOHN, "/privacy");
    told_like(&JOHN, "name: John\n");
    told_like(&JOHN, "number: 5000000002, language: English");
    told_like(&JOHN, "birthday: —");
    told_like(&JOHN, "in our channel: no, messages: no");
    told_like(&JOHN, "1 active, 0 used, 0 expired");
    told_like(&JOHN, "the link you came by: —");
    told_like(&JOHN, "for 90 days");
}

/* ---- gone ----------------------------------------------------------------------- */

static void test_the_code_is_refused(void **state)
{
    (void)state;
    anna_leaves();
    says(&OLGA, code);
    told_like(&OLGA, "покупатель вышел из программы");
    not_told(&OLGA, "Анна");
    not_told(&OLGA, "10");
    assert_false(sees_button(&OLGA, "Применить"));
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
}

/* The card was open when she left. */
static void test_a_card_that_was_open(void **state)
{
    (void)state;
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    anna_leaves();
    presses(&OLGA, "Применить");
    told_like(&OLGA, "покупатель вышел из программы");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
    assert_int_equal(counts("SELECT uses_count FROM discount"), 0);
}

/* Redeemed before she left: a repeated press still shows the same receipt. */
static void test_redeemed_before(void **state)
{
    (void)state;
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "чек <b>№ 1</b>");
    anna_leaves();
    assert_int_equal(db_one(stage.db, "SELECT op_key FROM redemption"), ST_OK);
    {
        char data[64];

        snprintf(data, sizeof(data), "v1:r:yes:%s", db_text(stage.db, 0, NULL));
        forges(&OLGA, data);
    }
    told_like(&OLGA, "чек <b>№ 1</b>");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 1);
}

static void test_no_word_reaches_her(void **state)
{
    (void)state;
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    anna_leaves();
    says(&OLGA, "/undo"); /* the books are put right, and nobody is told */
    presses(&OLGA, "Возврат");
    told_like(&OLGA, "Чек № 1 отменён");
    told_nothing(&ANNA);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE customer_id IS NOT NULL"
                            " AND state < 3"),
                     0);
    assert_int_equal(counts("SELECT COUNT(*) FROM job_open"), 0);
}

/* What was put before she left and is still waiting stays unsent. */
static void test_a_message_on_its_way(void **state)
{
    int64_t row;

    (void)state;
    says(&ANNA, "/menu");
    row = counts("SELECT MAX(id) FROM message WHERE customer_id IS NOT NULL");
    anna_leaves();
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE message SET state = 1, external_id = NULL,"
                             " sent_at = NULL WHERE id = ?",
                             DB_INT(row)),
                     ST_OK);
    {
        struct json *args = json_new_object();

        json_set_int(args, "m", row);
        says(&OLGA, "/menu");
        stage_job(KIND_SEND_MESSAGE, args);
    }
    told_nothing(&ANNA);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE state = 5 AND why ="
                            " 'withdrawn'"),
                     1);
}

static void birthday_round(void)
{
    struct json *args = json_new_object();

    json_set_int(args, "day", (stage.now + 10 * HOUR) / DAY); /* Vladivostok */
    stage_job(KIND_SCHED_BIRTHDAY_CHECK, args);
}

static void test_no_gift(void **state)
{
    (void)state;
    anna_leaves();
    stage_wait_until(stage.now + 13 * DAY);
    birthday_round();
    not_told(&ANNA, "С днём рождения");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

/* The channel says that she has left it. */
static struct json *left_the_channel(void)
{
    static int64_t id = 710000;
    char text[600];

    snprintf(
        text, sizeof(text),
        "{\"update_id\":%lld,\"chat_member\":{\"chat\":{\"id\":-1001987654321,"
        "\"title\":\"x\",\"type\":\"channel\"},\"from\":{\"id\":5000000001,"
        "\"is_bot\":false,\"first_name\":\"A\"},\"date\":1784000100,"
        "\"old_chat_member\":{\"user\":{\"id\":5000000001,\"is_bot\":false,"
        "\"first_name\":\"A\"},\"status\":\"member\"},\"new_chat_member\":{\"user\":"
        "{\"id\":5000000001,\"is_bot\":false,\"first_name\":\"A\"},\"status\":"
        "\"left\"}}}",
        (long long)++id);
    return json_parse(text, strlen(text));
}

/* Nothing new is noted of her: neither a name nor that she left the channel. */
static void test_nothing_new_is_kept(void **state)
{
    static const struct person RENAMED = {"client", 5000000001, "Аннушка", "en"};
    int64_t seen;

    (void)state;
    anna_leaves();
    seen = counts("SELECT CAST(UNIX_TIMESTAMP(last_seen_at) AS SIGNED) FROM customer");
    stage_wait_until(stage.now + DAY);
    says(&RENAMED, "/start");
    told_like(&RENAMED, "нам нужно ваше согласие");
    blocks(&RENAMED);
    stage_update("client", left_the_channel());
    assert_int_equal(counts("SELECT subscribed FROM customer"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE first_name = 'Анна'"
                            " AND status = 1"),
                     1);
    assert_int_equal(
        counts("SELECT CAST(UNIX_TIMESTAMP(last_seen_at) AS SIGNED) FROM customer"),
        seen);
}

/* ---- and back ------------------------------------------------------------------- */

static void test_coming_back(void **state)
{
    (void)state;
    anna_leaves();
    presses(&ANNA, "Вернуться");
    told_like(&ANNA, "нам нужно ваше согласие");
    presses(&ANNA, "Не согласен"); /* of who was here, it is not said that nothing is */
    told_like(&ANNA, "Согласие отозвано");
    not_told(&ANNA, "ничего о вас не сохранили");
    presses(&ANNA, "Прочитать ещё раз");
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "Ваша скидка: <b>10");
    told_like(&ANNA, code);
    assert_int_equal(counts("SELECT pd_ok FROM customer"), 1);
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 0);
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "чек <b>№ 1</b>");
    told_like(&ANNA, "использована");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_the_values_that_are_kept), A_TEST(test_the_values_in_english),
        A_TEST(test_the_code_is_refused),      A_TEST(test_a_card_that_was_open),
        A_TEST(test_redeemed_before),          A_TEST(test_no_word_reaches_her),
        A_TEST(test_a_message_on_its_way),     A_TEST(test_no_gift),
        A_TEST(test_nothing_new_is_kept),      A_TEST(test_coming_back),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
