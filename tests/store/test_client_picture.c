/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The QR picture: one for a double tap; and its words follow what becomes of the code:
 * spent, given back, renewed. */
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

static int opened(void **state)
{
    (void)state;
    stage_open(how);
    hires(&OLGA, "cashier", stage.store[0]);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    anna_joins();
    return 0;
}

static void is_redeemed(void)
{
    says(&OLGA, last_code(&ANNA));
    presses(&OLGA, "Применить");
    told_like(&OLGA, "Применено");
}

static int64_t pictures(void)
{
    return counts("SELECT COUNT(*) FROM message WHERE payload LIKE '%sendPhoto%'");
}

static int64_t edits(const char *words)
{
    char sql[200];

    snprintf(sql, sizeof(sql),
             "SELECT COUNT(*) FROM message WHERE payload LIKE '%%editMessageCaption%%'"
             " AND payload LIKE '%%%s%%'",
             words);
    return counts(sql);
}

/* ---- double taps ---------------------------------------------------------------- */

static void test_my_discount_pressed_twice(void **state)
{
    int64_t before;

    (void)state;
    says(&ANNA, "/menu");
    before = pictures();
    presses_twice(&ANNA, "Моя скидка");
    told_like(&ANNA, "Ваша скидка");
    told_times(&ANNA, 1);
    assert_int_equal(pictures(), before + 1);
    stage_wait_until(stage.now + 10 * SECOND);
    presses(&ANNA, "Моя скидка"); /* later it is wanted again */
    told_like(&ANNA, "Ваша скидка");
    assert_int_equal(pictures(), before + 2);
}

static void test_the_command_sent_twice(void **state)
{
    int64_t before = pictures();

    (void)state;
    says(&ANNA, "/discount");
    says(&ANNA, "/discount");
    told_nothing(&ANNA);
    assert_int_equal(pictures(), before + 1);
    says(&ANNA, "/start"); /* another wish, another answer */
    told_like(&ANNA, "Ваша скидка");
}

/* One that could not be sent is no answer: the next tap sends it. */
static void test_a_picture_that_did_not_arrive(void **state)
{
    int64_t before;

    (void)state;
    says(&ANNA, "/discount");
    before = pictures();
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE message SET state = 4"), ST_OK);
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка");
    assert_int_equal(pictures(), before + 1);
}

/* The second press comes from the picture that the first one has just retired. */
static void test_renewed_by_a_double_tap(void **state)
{
    char first[CODE_SHOWN + 1];

    (void)state;
    snprintf(first, sizeof(first), "%s", last_code(&ANNA));
    presses_twice(&ANNA, "Обновить код");
    told_like(&ANNA, "Этот код заменён новым");
    told_times(&ANNA, 1);
    assert_string_not_equal(first, last_code(&ANNA));
    assert_int_equal(counts("SELECT COUNT(*) FROM audit WHERE action ="
                            " 'discount.renew'"),
                     1);
    says(&OLGA, last_code(&ANNA));
    told_like(&OLGA, "✅ Скидка <b>10");
}

/* A press under a picture whose code is gone shows the one there is. */
static void test_an_outdated_picture(void **state)
{
    char second[CODE_SHOWN + 1];

    (void)state;
    presses(&ANNA, "Обновить код");
    snprintf(second, sizeof(second), "%s", last_code(&ANNA));
    stage_wait_until(stage.now + MINUTE);
    forges_under(&ANNA, "заменён новым", "v1:d:fresh:1");
    told_like(&ANNA, second);
    assert_int_equal(counts("SELECT COUNT(*) FROM audit WHERE action ="
                            " 'discount.renew'"),
                     1);
}

/* All pictures of the dead code say so, not only the one that was pressed. */
static void test_every_picture_is_retired(void **state)
{
    (void)state;
    says(&ANNA, "/discount");
    presses(&ANNA, "Обновить код");
    told_like(&ANNA, "Этот код заменён");
    assert_int_equal(edits("Этот код заменён"), 2);
}

/* ---- spent, given back ---------------------------------------------------------- */

static void test_spent_and_given_back(void **state)
{
    (void)state;
    is_redeemed();
    told_like(&ANNA, "✅ Использовано 18.09.2026 10:00, Ленина, 5, 10");
    told_like(&ANNA, "использована: Ленина, 5"); /* and the notice */
    assert_false(sees_button(&ANNA, "Обновить код"));
    assert_false(sees_button(&ANNA, "Скопировать код"));
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Возврат");
    told_like(&ANNA, "Ваша скидка: <b>10");
    told_like(&ANNA, "снова действует");
    assert_true(sees_button(&ANNA, "Обновить код"));
    is_redeemed(); /* by the code of the picture that is good again */
    assert_int_equal(edits("Использовано"), 2);
}

static void test_every_picture_says_used(void **state)
{
    (void)state;
    says(&ANNA, "/discount");
    stage_wait_until(stage.now + MINUTE);
    says(&ANNA, "/discount");
    is_redeemed();
    assert_int_equal(edits("Использовано"), 3);
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Возврат");
    assert_int_equal(edits("Ваша скидка"), 3);
}

/* Long use leaves many pictures: the newest five are enough. */
static void test_not_more_than_five(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 8; i++) {
        stage_wait_until(stage.now + MINUTE);
        says(&ANNA, "/discount");
    }
    is_redeemed();
    assert_int_equal(edits("Использовано"), 5);
}

/* Of a code for three, the picture is good until the last one. */
static void test_one_use_of_three(void **state)
{
    int i;

    (void)state;
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE discount SET uses_allowed = 3"),
                     ST_OK);
    for (i = 1; i <= 3; i++) {
        assert_int_equal(edits(""), 0);
        is_redeemed();
    }
    assert_int_equal(edits("Использовано"), 1);
}

/* The undo came before the news of the redemption was told: what is true now counts. */
static void test_news_out_of_order(void **state)
{
    struct json *args = json_new_object();

    (void)state;
    is_redeemed();
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Возврат");
    told_like(&ANNA, "Ваша скидка: <b>10");
    json_set_int(args, "r", counts("SELECT id FROM redemption"));
    says(&ANNA, "/menu");
    stage_job(KIND_CORE_DISCOUNT_REDEEMED, args);
    not_told(&ANNA, "Использовано");
    assert_true(sees_button(&ANNA, "Обновить код"));
}

/* A picture we lost sight of: the notice alone. */
static void test_no_picture_known(void **state)
{
    (void)state;
    assert_int_equal(db_exec(stage.db, NULL, "DELETE FROM discount_shown"), ST_OK);
    is_redeemed();
    told_like(&ANNA, "использована: Ленина, 5");
    not_told(&ANNA, "Использовано");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_my_discount_pressed_twice),
        A_TEST(test_the_command_sent_twice),
        A_TEST(test_a_picture_that_did_not_arrive),
        A_TEST(test_renewed_by_a_double_tap),
        A_TEST(test_an_outdated_picture),
        A_TEST(test_every_picture_is_retired),
        A_TEST(test_spent_and_given_back),
        A_TEST(test_every_picture_says_used),
        A_TEST(test_not_more_than_five),
        A_TEST(test_one_use_of_three),
        A_TEST(test_news_out_of_order),
        A_TEST(test_no_picture_known),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
