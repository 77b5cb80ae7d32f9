/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The word before a discount runs out: once, to who wants such words, by day, and not of
 * one that was used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/loyalty/reminder.h"
#include "core/message.h"

#include <stdio.h>
#include <string.h>

#define WORDS "скоро закончится"

static int opened(void **state)
{
    (void)state;
    stage_open(how);
    anna_joins();
    presses(&ANNA, "Хочу получать");
    return 0;
}

static void remind(void)
{
    stage_job(KIND_SCHED_DISCOUNT_REMIND, json_new_object());
}

static int64_t reminders(void)
{
    return counts("SELECT COUNT(*) FROM message WHERE payload LIKE '%" WORDS "%'");
}

/* So many days after the beginning, at that hour of the shop's day (it began at ten). */
static void at(int days, int hour)
{
    int64_t joined = counts("SELECT UNIX_TIMESTAMP(MIN(created_at)) FROM customer");

    stage_wait_until((joined / 3600 * 3600 + 60) * SECOND + days * DAY +
                     (hour - 10) * HOUR);
    says(&ANNA, "/menu");
}

static void test_once_three_days_before(void **state)
{
    (void)state;
    at(26, 12); /* four days before */
    remind();
    not_told(&ANNA, WORDS);
    at(27, 12);
    remind();
    told_like(&ANNA, "⏳ Скидка <b>10");
    told_like(&ANNA, "18.10.2026 10:0");
    assert_true(sees_button(&ANNA, "Показать код"));
    assert_true(sees_button(&ANNA, "Отписаться"));
    at(28, 12);
    remind();
    not_told(&ANNA, WORDS);
    assert_int_equal(reminders(), 1);
    assert_int_equal(
        counts("SELECT purpose FROM message WHERE payload LIKE '%" WORDS "%'"),
        MESSAGE_MARKETING);
}

static void test_its_buttons(void **state)
{
    (void)state;
    at(28, 12);
    remind();
    told_like(&ANNA, WORDS);
    presses_twice(&ANNA, "Показать код");
    told_like(&ANNA, "Ваша скидка: <b>10");
    told_times(&ANNA, 1);
    stage_wait_until(stage.now + MINUTE);
    says(&ANNA, "/menu");
    forges_under(&ANNA, WORDS, "v1:n:off:");
    told_like(&ANNA, "рассылки отключены");
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 0);
}

static void test_only_who_agreed(void **state)
{
    (void)state;
    says(&ANNA, "/stop");
    at(28, 12);
    remind();
    not_told(&ANNA, WORDS);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE reminded_at IS NULL"),
                     1);
    presses(&ANNA, "Рассылка");
    presses(&ANNA, "Хочу получать");
    remind(); /* they want it now, and there is time */
    told_like(&ANNA, WORDS);
}

static void test_who_blocked_or_withdrew(void **state)
{
    (void)state;
    blocks(&ANNA);
    stage_wait_until(stage.now + 28 * DAY);
    remind();
    assert_int_equal(reminders(), 0);
    unblocks(&ANNA);
    says(&ANNA, "/privacy");
    presses(&ANNA, "Отозвать согласие");
    presses(&ANNA, "Да, отозвать");
    remind();
    assert_int_equal(reminders(), 0);
}

/* Nine at night to nine: in the morning. */
static void test_not_at_night(void **state)
{
    (void)state;
    at(27, 21);
    remind();
    not_told(&ANNA, WORDS);
    at(28, 3);
    remind();
    not_told(&ANNA, WORDS);
    assert_int_equal(reminders(), 0);
    at(28, 9);
    remind();
    told_like(&ANNA, WORDS);
}

/* Quiet hours within a day, and none at all. */
static void test_other_quiet_hours(void **state)
{
    (void)state;
    shop_sets("quiet_from", "11:00");
    shop_sets("quiet_to", "15:00");
    at(28, 12);
    remind();
    not_told(&ANNA, WORDS);
    shop_sets("quiet_to", "11:00");
    remind();
    told_like(&ANNA, WORDS);
}

static void test_used_meanwhile(void **state)
{
    (void)state;
    hires(&OLGA, "cashier", stage.store[0]);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    at(26, 12);
    says(&OLGA, last_code(&ANNA));
    presses(&OLGA, "Применить");
    at(28, 12);
    remind();
    not_told(&ANNA, WORDS);
    assert_int_equal(reminders(), 0);
}

/* It waits in the queue while the code is used. */
static enum status put_work(struct db *db, void *arg)
{
    const struct message_spec spec = {.sender = SENDER_CLIENT,
                                      .recipient = ANNA.id,
                                      .customer_id = 1,
                                      .purpose = MESSAGE_MARKETING,
                                      .payload = "{\"a\":1}",
                                      .payload_n = 7,
                                      .due = stage.now + DAY};
    int64_t id;
    enum status st = message_put(db, stage.now, &spec, &id);

    (void)arg;
    return st == ST_OK ? reminder_sent_as(db, 1, id) : st;
}

static void test_called_off(void **state)
{
    (void)state;
    hires(&OLGA, "cashier", stage.store[0]);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    assert_int_equal(db_tx(stage.db, put_work, NULL), ST_OK);
    says(&OLGA, last_code(&ANNA));
    presses(&OLGA, "Применить");
    told_like(&ANNA, "использована");
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE state = 7 AND why ="
                            " 'used'"),
                     1);
}

static void test_switched_off(void **state)
{
    (void)state;
    shop_sets("remind_days_before", "0");
    at(28, 12);
    remind();
    not_told(&ANNA, WORDS);
    shop_sets("remind_days_before", "1");
    remind();
    not_told(&ANNA, WORDS);
    at(29, 12);
    remind();
    told_like(&ANNA, WORDS);
}

/* The promise of "not more than so many a week" holds here, too. */
static void test_the_cap(void **state)
{
    (void)state;
    shop_sets("marketing_weekly_cap", "0");
    at(28, 12);
    remind();
    not_told(&ANNA, WORDS);
    shop_sets("marketing_weekly_cap", "1");
    remind();
    told_like(&ANNA, WORDS);
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE discount SET reminded_at = NULL"),
                     ST_OK);
    says(&ANNA, "/menu");
    remind();
    not_told(&ANNA, WORDS);
}

/* A code that is not good while they are away from the channel. */
static void test_who_left_the_channel(void **state)
{
    (void)state;
    stands(&ANNA, "left");
    told_like(&ANNA, "ждёт вас");
    at(28, 12);
    remind();
    not_told(&ANNA, WORDS);
    stands(&ANNA, "member");
    remind();
    told_like(&ANNA, WORDS);
}

/* Given today: they know. */
static void test_not_on_the_first_day(void **state)
{
    (void)state;
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE discount SET valid_until = created_at +"
                             " INTERVAL 2 DAY"),
                     ST_OK);
    at(0, 12);
    remind();
    not_told(&ANNA, WORDS);
    at(1, 12);
    remind();
    told_like(&ANNA, WORDS);
}

/* ---- many ----------------------------------------------------------------------- */

/* All but the first `fresh` of them have been reminded. */
static void many_customers(int n, int fresh)
{
    for (int i = 0; i < n; i++) {
        int64_t end = stage.now + 30 * DAY;
        char key[24], code[12], token[24];

        assert_int_equal(db_exec(stage.db, NULL,
                                 "INSERT INTO customer (channel, external_id, pd_ok,"
                                 " marketing_ok, last_seen_at, created_at)"
                                 " VALUES (1, ?, 1, 1, ?, ?)",
                                 DB_INT(900000 + i), DB_TIME(stage.now),
                                 DB_TIME(stage.now)),
                         ST_OK);
        snprintf(key, sizeof(key), "m:%d", i);
        snprintf(code, sizeof(code), "%010d", i);
        snprintf(token, sizeof(token), "%022d", i);
        assert_int_equal(
            db_exec(stage.db, NULL,
                    "INSERT INTO discount (customer_id, source, issue_key, percent_bp,"
                    " code, token, valid_from, valid_until, created_at, reminded_at)"
                    " VALUES (?, 3, ?, 1000, ?, ?, ?, ?, ?, ?)",
                    DB_INT(db_last_id(stage.db)), DB_TEXT(key), DB_TEXT(code),
                    DB_TEXT(token), DB_TIME(stage.now), DB_TIME(end),
                    DB_TIME(stage.now), i < fresh ? DB_NULL : DB_TIME(stage.now)),
            ST_OK);
    }
}

static void test_page_by_page(void **state)
{
    (void)state;
    many_customers(230, 230); /* all end at the same instant */
    at(28, 12);
    remind();
    assert_int_equal(reminders(), 231);
    assert_int_equal(counts("SELECT COUNT(DISTINCT customer_id) FROM message"
                            " WHERE payload LIKE '%" WORDS "%'"),
                     231);
    remind();
    assert_int_equal(reminders(), 231);
}

/* A round is under way: another one leaves the rest to it. */
static enum status put_page(struct db *db, void *arg)
{
    const struct job_spec page = {.kind = KIND_SCHED_DISCOUNT_REMIND,
                                  .idk = "next page",
                                  .due = stage.now + HOUR};

    (void)arg;
    return job_put(db, stage.now, &page);
}

static void test_one_round_at_a_time(void **state)
{
    (void)state;
    many_customers(230, 230);
    at(28, 12);
    assert_int_equal(db_tx(stage.db, put_page, NULL), ST_OK);
    remind();
    assert_int_equal(reminders(), 100);
    stage_wait_until(stage.now + HOUR);
    says(&ANNA, "/menu");
    assert_int_equal(reminders(), 231);
}

/* They fill no pages. */
static void test_who_wants_none_is_passed_over(void **state)
{
    struct reminder_round round = {.days = 3, .limit = 10};
    struct reminder_due due[10];
    int n;

    (void)state;
    at(28, 12);
    assert_int_equal(reminder_due(stage.db, stage.now, &round, due, &n), ST_OK);
    assert_int_equal(n, 1);
    says(&ANNA, "/stop");
    round = (struct reminder_round){.days = 3, .limit = 10};
    assert_int_equal(reminder_due(stage.db, stage.now, &round, due, &n), ST_NONE);
}

static void test_reads_along_an_index(void **state)
{
    char chosen[4000] = "";
    enum status st;

    (void)state;
    many_customers(600, 4);
    assert_int_equal(db_one(stage.db, "ANALYZE TABLE discount"), ST_OK);
    st = db_select(stage.db, "EXPLAIN " REMINDER_DUE, DB_TIME(stage.now + 28 * DAY),
                   DB_TIME(stage.now + 31 * DAY), DB_TIME(stage.now), DB_TIME(0),
                   DB_TIME(0), DB_INT(0), DB_INT(100));
    /* A row a table; MySQL 8 has a column "partitions" before the key, MariaDB has not,
     * and MySQL 9 tells it all in one. */
    for (int row = 0; st == ST_OK && (st = db_next(stage.db)) == ST_OK; row++) {
        bool tree = db_text(stage.db, 1, NULL) == NULL;

        for (int col = tree ? 0 : 5; col <= (tree ? 0 : 6) && row == 0; col++)
            if (db_text(stage.db, col, NULL) != NULL)
                snprintf(chosen + strlen(chosen), sizeof(chosen) - strlen(chosen),
                         " %s", db_text(stage.db, col, NULL));
    }
    assert_int_equal(st, ST_NONE);
    if (strstr(chosen, " ix_discount_remind") == NULL)
        fail_msg("chosen:%s", chosen);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_once_three_days_before), A_TEST(test_its_buttons),
        A_TEST(test_only_who_agreed),        A_TEST(test_who_blocked_or_withdrew),
        A_TEST(test_not_at_night),           A_TEST(test_other_quiet_hours),
        A_TEST(test_used_meanwhile),         A_TEST(test_called_off),
        A_TEST(test_switched_off),           A_TEST(test_the_cap),
        A_TEST(test_who_left_the_channel),   A_TEST(test_not_on_the_first_day),
        A_TEST(test_page_by_page),           A_TEST(test_reads_along_an_index),
        A_TEST(test_one_round_at_a_time),    A_TEST(test_who_wants_none_is_passed_over),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
