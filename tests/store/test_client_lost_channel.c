/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who leaves the channel: what becomes of the discount for following it, as the shop has
 * chosen; one soft word; and coming back makes it good again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/message.h"

#include <stdio.h>
#include <string.h>

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
    return 0;
}

static int64_t soft_words(void)
{
    return counts("SELECT COUNT(*) FROM message WHERE payload LIKE '%Вы вышли из%'");
}

static void test_at_once(void **state)
{
    (void)state;
    stands(&ANNA, "left");
    told_like(&ANNA, "Вы вышли из канала <b>У Дома</b>. Скидка <b>10");
    told_like(&ANNA, "ждёт вас");
    assert_true(sees_button(&ANNA, "Открыть канал"));
    assert_int_equal(counts("SELECT purpose FROM message WHERE payload LIKE"
                            " '%Вы вышли из%'"),
                     MESSAGE_SERVICE);
    says(&OLGA, code);
    not_told(&OLGA, "✅ Скидка");
    assert_false(sees_button(&OLGA, "Применить"));
}

static void test_their_own_screens_say_so(void **state)
{
    (void)state;
    stands(&ANNA, "left");
    says(&ANNA, "/discount");
    told_like(&ANNA, "за подписку ждёт вас. Вернитесь в канал");
    not_told(&ANNA, code);
    says(&ANNA, "/start");
    told_like(&ANNA, "за подписку ждёт вас. Вернитесь в канал");
    says(&ANNA, "/wallet");
    presses(&ANNA, "Показать 10");
    told_like(&ANNA, "за подписку ждёт вас. Вернитесь в канал");
}

static void test_back_by_the_button(void **state)
{
    (void)state;
    stage_wait_until(stage.now + MINUTE);
    stands(&ANNA, "left");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Пока не вижу подписки"); /* no accusation */
    subscribes(&ANNA); /* the news of it does not come: they press */
    presses_twice(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка: <b>10");
    told_times(&ANNA, 1);
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
}

static void test_back_by_the_channel(void **state)
{
    (void)state;
    stands(&ANNA, "left");
    stands(&ANNA, "member");
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка: <b>10");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
}

/* Another one is good meanwhile, and is the best there is. */
static void test_the_best_of_the_others(void **state)
{
    (void)state;
    assert_int_equal(
        db_exec(
            stage.db, NULL,
            "INSERT INTO discount (customer_id, source, issue_key, percent_bp, code,"
            " token, valid_from, valid_until, created_at) SELECT 1, 3, 'm:1', 500,"
            " '0123456789', '0123456789012345678901', valid_from, valid_until,"
            " created_at FROM discount"),
        ST_OK);
    stands(&ANNA, "left");
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка: <b>5");
    not_told(&ANNA, "не складываются");
    stands(&ANNA, "member");
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка: <b>10");
    told_like(&ANNA, "действует большая: <b>10");
}

static void test_until_the_night(void **state)
{
    (void)state;
    shop_sets("unsubscribe_policy", "end_of_day");
    stands(&ANNA, "left");
    told_like(&ANNA, "действует сегодня до конца дня");
    stage_wait_until(stage.now + 13 * HOUR + 50 * MINUTE); /* ten to midnight */
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка: <b>10");
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    presses(&OLGA, "Отмена");
    stage_wait_until(stage.now + 15 * MINUTE);
    says(&ANNA, "/discount");
    told_like(&ANNA, "ждёт вас. Вернитесь в канал");
    says(&OLGA, code);
    not_told(&OLGA, "✅ Скидка");
    stands(&ANNA, "member");
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
}

/* At the till the day is as long as where it stands: seven hours behind us here. */
static void test_the_night_of_the_store(void **state)
{
    (void)state;
    shop_sets("unsubscribe_policy", "end_of_day");
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE store SET tz = 'Europe/Moscow'"),
                     ST_OK);
    stands(&ANNA, "left");
    stage_wait_until(stage.now + 14 * HOUR + 5 * MINUTE); /* ours is over */
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    presses(&OLGA, "Отмена");
    stage_wait_until(stage.now + 7 * HOUR); /* theirs, too */
    says(&OLGA, code);
    not_told(&OLGA, "✅ Скидка");
}

/* The till hears of it first: today it is good still. */
static void test_the_till_hears_of_it(void **state)
{
    (void)state;
    shop_sets("unsubscribe_policy", "end_of_day");
    unsubscribes(&ANNA); /* the news never came */
    stage_wait_until(stage.now + 2 * HOUR);
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    assert_int_equal(counts("SELECT subscribed FROM customer"), 0);
    presses(&OLGA, "Применить");
    told_like(&OLGA, "✅ Применено");
    assert_int_equal(counts("SELECT unverified FROM redemption"), 0);
}

static void test_kept(void **state)
{
    (void)state;
    shop_sets("unsubscribe_policy", "keep");
    stands(&ANNA, "left");
    told_nothing(&ANNA);
    stage_wait_until(stage.now + 5 * DAY);
    says(&OLGA, code);
    told_like(&OLGA, "✅ Скидка <b>10");
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка: <b>10");
}

static void test_one_word_a_month(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        stands(&ANNA, "left");
        stands(&ANNA, "member");
        stage_wait_until(stage.now + 5 * DAY);
    }
    assert_int_equal(soft_words(), 1);
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE discount SET valid_until = valid_until +"
                             " INTERVAL 60 DAY"),
                     ST_OK);
    stage_wait_until(stage.now + 16 * DAY);
    stands(&ANNA, "left");
    assert_int_equal(soft_words(), 2);
}

static void test_nobody_who_does_not_want_it(void **state)
{
    (void)state;
    blocks(&ANNA);
    stands(&ANNA, "left");
    assert_int_equal(soft_words(), 0);
    stands(&ANNA, "member");
    unblocks(&ANNA);
    says(&ANNA, "/privacy");
    presses(&ANNA, "Отозвать согласие");
    presses(&ANNA, "Да, отозвать");
    stands(&ANNA, "left");
    assert_int_equal(soft_words(), 0);
}

/* Nothing waits for them: nothing to say. */
static void test_used_already(void **state)
{
    (void)state;
    says(&OLGA, code);
    presses(&OLGA, "Применить");
    told_like(&ANNA, "использована");
    stands(&ANNA, "left");
    assert_int_equal(soft_words(), 0);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_at_once),
        A_TEST(test_their_own_screens_say_so),
        A_TEST(test_back_by_the_button),
        A_TEST(test_back_by_the_channel),
        A_TEST(test_the_best_of_the_others),
        A_TEST(test_until_the_night),
        A_TEST(test_the_night_of_the_store),
        A_TEST(test_the_till_hears_of_it),
        A_TEST(test_kept),
        A_TEST(test_one_word_a_month),
        A_TEST(test_nobody_who_does_not_want_it),
        A_TEST(test_used_already),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
