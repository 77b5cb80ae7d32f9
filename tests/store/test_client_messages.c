/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Messages: on, off, less often; the button under every marketing message; blocked and
 * back; and the evidence that is kept of each yes and no. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/loyalty/consent.h"
#include "core/setting.h"

#include <stdio.h>
#include <string.h>

static int64_t wants(void)
{
    return counts("SELECT marketing_ok FROM customer");
}

/* ---- off, and back ------------------------------------------------------------------ */

static void test_stop_and_back(void **state)
{
    static const char *const ways[] = {"/stop", "/unsubscribe"};

    (void)state;
    anna_joins();
    assert_int_equal(wants(), 0); /* off until asked for */
    presses(&ANNA, "Хочу получать");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(wants(), 1);
        says(&ANNA, ways[i]);
        told_like(&ANNA, "рассылки отключены");
        assert_int_equal(wants(), 0);
        presses(&ANNA, "Вернуть");
        told_like(&ANNA, "Можно иногда писать вам"); /* the text is shown again */
        presses(&ANNA, "Хочу получать");
    }
    assert_int_equal(wants(), 1);
}

/* n:off is under every message of that kind: one press, and the message stays. */
static void test_off_from_the_message_itself(void **state)
{
    struct json *args = json_new_object();

    (void)state;
    anna_joins();
    presses(&ANNA, "Хочу получать");
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE customer SET birth_date = '1990-09-18',"
                             " birth_set_at = ?",
                             DB_TIME(stage.now - 30 * DAY)),
                     ST_OK);
    json_set_int(args, "day", (stage.now + 10 * HOUR) / DAY);
    stage_job(KIND_SCHED_BIRTHDAY_CHECK, args);
    told_like(&ANNA, "С днём рождения, Анна!");
    presses(&ANNA, "Отписаться");
    told_times(&ANNA, 1); /* a new one: the gift is still there to be read */
    told_like(&ANNA, "рассылки отключены");
    assert_int_equal(wants(), 0);
    forges_under(&ANNA, "С днём рождения", "v1:n:off:"); /* years later, again */
    told_times(&ANNA, 1);
    told_like(&ANNA, "рассылки отключены");
}

static void test_off_of_who_has_left(void **state)
{
    (void)state;
    says(&ANNA, "/stop"); /* somebody we never met */
    told_like(&ANNA, "Рассылка вам не приходит");
    forges(&ANNA, "v1:n:off:");
    told_like(&ANNA, "Рассылка вам не приходит");
    anna_joins();
    presses(&ANNA, "Хочу получать");
    says(&ANNA, "/privacy");
    presses(&ANNA, "Отозвать согласие");
    presses(&ANNA, "Да, отозвать");
    forges(&ANNA, "v1:n:off:");
    told_like(&ANNA, "Рассылка вам не приходит");
}

/* ---- less often ------------------------------------------------------------------------ */

static void cap_is(int messages, int days)
{
    struct settings set;
    struct marketing_cap cap;

    assert_int_equal(setting_load(stage.db, &set), ST_OK);
    cap = consent_cap(&set, counts("SELECT marketing_rare FROM customer") != 0);
    assert_int_equal(cap.messages, messages);
    assert_int_equal(cap.days, days);
}

static void test_less_often(void **state)
{
    (void)state;
    anna_joins();
    presses(&ANNA, "Хочу получать");
    says(&ANNA, "/notifications");
    told_like(&ANNA, "Не больше 2 раз в неделю");
    cap_is(2, 7);
    presses(&ANNA, "Реже");
    told_like(&ANNA, "будем писать реже");
    told_like(&ANNA, "Не больше 2 раз в месяц");
    cap_is(2, 30);
    shop_sets("marketing_rare_cap", "1");
    says(&ANNA, "/notifications");
    told_like(&ANNA, "Не больше 1 раза в месяц");
    cap_is(1, 30);
    presses(&ANNA, "Как обычно");
    told_like(&ANNA, "Не больше 2 раз в неделю");
    cap_is(2, 7);
    assert_int_equal(wants(), 1);
}

/* The other way out of a message that was too much: off, and back for a few. */
static void test_less_often_instead_of_off(void **state)
{
    (void)state;
    anna_joins();
    presses(&ANNA, "Хочу получать");
    says(&ANNA, "/stop");
    presses(&ANNA, "Реже");
    told_like(&ANNA, "Не больше 2 раз в месяц");
    assert_int_equal(wants(), 0); /* a yes is a yes to a text that is shown */
    presses(&ANNA, "Хочу получать");
    assert_int_equal(wants(), 1);
    cap_is(2, 30);
}

static void test_less_often_of_who_wants_none(void **state)
{
    (void)state;
    anna_joins();
    forges(&ANNA, "v1:n:rarely:");
    told_like(&ANNA, "Сейчас мы ничего не присылаем");
    assert_int_equal(wants(), 0);
}

/* ---- blocked, and back ------------------------------------------------------------------ */

static struct json *lets_in(int64_t who)
{
    static int64_t id = 600000;
    char text[400];

    snprintf(
        text, sizeof(text),
        "{\"update_id\":%lld,\"my_chat_member\":{\"chat\":{\"id\":%lld,\"type\":"
        "\"private\"},\"from\":{\"id\":%lld,\"is_bot\":false,\"first_name\":"
        "\"Анна\"},\"date\":1784000100,\"old_chat_member\":{\"status\":\"kicked\"},"
        "\"new_chat_member\":{\"status\":\"member\"}}}",
        (long long)++id, (long long)who, (long long)who);
    return json_parse(text, strlen(text));
}

static void anna_blocks(void)
{
    anna_joins();
    presses(&ANNA, "Хочу получать");
    blocks(&ANNA);
    assert_int_equal(counts("SELECT status FROM customer"), 2);
    assert_int_equal(wants(), 0);
}

static void is_greeted(void)
{
    told_like(&ANNA, "С возвращением! Рассылка сейчас выключена");
    told_like(&ANNA, "Ваша скидка");
    assert_int_equal(counts("SELECT status FROM customer"), 1);
    assert_int_equal(wants(), 0);
    says(&ANNA, "/start"); /* once is enough */
    not_told(&ANNA, "С возвращением");
}

static void test_back_by_start_alone(void **state)
{
    (void)state;
    anna_blocks();
    says(&ANNA, "/start");
    is_greeted();
}

/* The messenger tells us first that we are let in; or the other way round. */
static void test_back_with_the_news_first(void **state)
{
    (void)state;
    anna_blocks();
    stage_update("client", lets_in(ANNA.id));
    told_times(&ANNA, 0);
    assert_int_equal(wants(), 0);
    says(&ANNA, "/start");
    is_greeted();
}

static void test_nothing_is_sent_to_who_blocked(void **state)
{
    struct json *args = json_new_object();

    (void)state;
    anna_joins();
    presses(&ANNA, "Хочу получать");
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE customer SET birth_date = '1990-09-18',"
                             " birth_set_at = ?",
                             DB_TIME(stage.now - 30 * DAY)),
                     ST_OK);
    blocks(&ANNA);
    json_set_int(args, "day", (stage.now + 10 * HOUR) / DAY);
    stage_job(KIND_SCHED_BIRTHDAY_CHECK, args);
    told_nothing(&ANNA);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE state < 3"), 0);
}

/* ---- the evidence ------------------------------------------------------------------------ */

#define EVIDENCE                                                                       \
    "SELECT COUNT(*) FROM consent c JOIN consent_text t ON t.id = c.text_id"           \
    " WHERE c.granted = 1 AND c.update_id > 0 AND c.via = 1 AND t.version = 1"         \
    " AND HEX(t.body_sha256) = SHA2(t.body, 256) AND t.purpose = c.purpose"            \
    " AND c.at >= '2026-09-18 00:00:00' AND c.at < '2026-09-18 00:10:00'"

static void test_evidence_of_each_yes_and_no(void **state)
{
    static const struct person JOHN = {"client", 5000000002, "John", "en"};

    (void)state;
    anna_joins();
    assert_int_equal(counts(EVIDENCE " AND c.purpose = 1 AND t.language = 'ru'"), 1);
    assert_int_equal(counts(EVIDENCE " AND c.purpose = 2"), 0);
    presses(&ANNA, "Хочу получать");
    assert_int_equal(counts(EVIDENCE " AND c.purpose = 2 AND t.language = 'ru'"), 1);
    says(&ANNA, "/stop");
    assert_int_equal(counts("SELECT COUNT(*) FROM consent WHERE granted = 0 AND"
                            " purpose = 2 AND update_id > 0 AND via = 1"),
                     1);
    shop_sets("channel_id", "");
    says(&JOHN, "/start");
    presses(&JOHN, "I agree");
    assert_int_equal(counts(EVIDENCE " AND c.purpose = 1 AND t.language = 'en'"), 1);
    says(&ANNA, "/privacy");
    presses(&ANNA, "Отозвать согласие");
    presses(&ANNA, "Да, отозвать");
    assert_int_equal(counts("SELECT COUNT(*) FROM consent WHERE granted = 0 AND"
                            " purpose = 1 AND update_id > 0 AND via = 1"),
                     1);
    assert_int_equal(counts("SELECT COUNT(*) FROM consent"), 5);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, stage_is_open, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_stop_and_back),
        A_TEST(test_off_from_the_message_itself),
        A_TEST(test_off_of_who_has_left),
        A_TEST(test_less_often),
        A_TEST(test_less_often_instead_of_off),
        A_TEST(test_less_often_of_who_wants_none),
        A_TEST(test_back_by_start_alone),
        A_TEST(test_back_with_the_news_first),
        A_TEST(test_nothing_is_sent_to_who_blocked),
        A_TEST(test_evidence_of_each_yes_and_no),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
