/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * When not to answer: after an outage, and while the shop is closed for repairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "tests/harness/stage.h"

static const struct person ANNA = {"client", 8201, "Анна", "ru"};
static const struct person OLEG = {"auth", 8202, "Олег", "ru"};

static int open_shop(void **state)
{
    (void)state;
    stage_open(0);
    shop_sets("subscription_gate", "0");
    return 0;
}

/* A line that was written `ago` and comes only now. */
static void wrote(const struct person *p, int64_t ago, const char *text)
{
    static int64_t id = 800000;
    struct json *u = json_new_object(), *m = json_new_object(), *o;

    o = json_new_object();
    json_set_int(o, "id", p->id);
    json_set_text(o, "type", "private");
    json_set(m, "chat", o);
    o = json_new_object();
    json_set_int(o, "id", p->id);
    json_set_text(o, "first_name", p->name);
    json_set_text(o, "language_code", p->lang);
    json_set(m, "from", o);
    json_set_int(m, "message_id", 9000 + id % 1000);
    json_set_int(m, "date", (stage.now - ago) / SECOND);
    json_set_text(m, "text", text);
    json_set_int(u, "update_id", ++id);
    json_set(u, "message", m);
    stage_update(p->bot, u);
}

static int64_t messages(void)
{
    return counts("SELECT COUNT(*) FROM message");
}

static void anna_joins(void)
{
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "Ваша скидка");
    stage_wait_until(stage.now + DAY);
}

/* Five lines into the silence, one answer. */
static void test_one_answer_after_an_outage(void **state)
{
    int64_t before;

    (void)state;
    anna_joins();
    before = messages();
    wrote(&ANNA, 3 * HOUR, "Вы здесь?");
    told_like(&ANNA, "нас не было на связи");
    wrote(&ANNA, 2 * HOUR, "Ау");
    wrote(&ANNA, 2 * HOUR, "/discount");
    wrote(&ANNA, HOUR, "/help");
    assert_int_equal(messages(), before + 1);
    says(&ANNA, "/help");
    assert_int_equal(messages(), before + 2);
}

/* What the shop did by itself meanwhile answered nobody: a picture put right, a receipt. */
static void test_a_picture_put_right_is_no_answer(void **state)
{
    int64_t before;

    (void)state;
    anna_joins();
    before = messages();
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE discount SET valid_until = ?",
                             DB_TIME(stage.now - MINUTE)),
                     ST_OK);
    stage_job(KIND_SCHED_DISCOUNT_EXPIRE, json_new_object());
    assert_true(messages() > before);
    wrote(&ANNA, HOUR, "Вы здесь?");
    told_like(&ANNA, "нас не было на связи");
    before = messages();
    wrote(&ANNA, HOUR / 2, "Ау");
    assert_int_equal(messages(), before);
}

static void test_the_first_command_is_carried_out(void **state)
{
    int64_t before;

    (void)state;
    anna_joins();
    before = messages();
    wrote(&ANNA, 3 * HOUR, "/discount");
    told_like(&ANNA, "Ваша скидка");
    wrote(&ANNA, 2 * HOUR, "/discount");
    assert_int_equal(messages(), before + 1);
}

/* A stranger presses Start again and again. */
static void test_a_stranger_after_an_outage(void **state)
{
    (void)state;
    for (int i = 5; i > 0; i--)
        wrote(&ANNA, i * HOUR, "/start");
    assert_int_equal(messages(), 1);
    told_like(&ANNA, "согласие");
}

/* Whoever said no is obeyed, and hears that it was. */
static void test_a_no_is_never_too_late(void **state)
{
    (void)state;
    anna_joins();
    says(&ANNA, "/notifications");
    presses(&ANNA, "Хочу получать");
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 1);
    stage_wait_until(stage.now + DAY);
    wrote(&ANNA, 5 * HOUR, "Вы здесь?");
    wrote(&ANNA, 4 * HOUR, "/stop");
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 0);
}

/* What was being asked is forgotten: yesterday's line is no answer to it. */
static void test_a_conversation_is_over(void **state)
{
    (void)state;
    anna_joins();
    wrote(&ANNA, 3 * HOUR, "12.05.1990");
    told_like(&ANNA, "нас не было на связи");
    assert_int_equal(counts("SELECT COUNT(birth_date) FROM customer"), 0);
}

/* The till: a code of an hour ago brings no card. */
static void test_the_till_after_an_outage(void **state)
{
    (void)state;
    hires(&OLEG, "cashier", stage.store[0]);
    says(&OLEG, "/start");
    stage_wait_until(stage.now + DAY);
    wrote(&OLEG, HOUR, "7K3F9-QXA2B");
    told_like(&OLEG, "нас не было на связи");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption_attempt"), 0);
}

static void test_closed_for_repairs(void **state)
{
    int64_t before;

    (void)state;
    anna_joins();
    hires(&OLEG, "cashier", stage.store[0]);
    shop_sets("maintenance", "1");
    before = messages();
    says(&ANNA, "/discount");
    told_like(&ANNA, "ненадолго закрылись");
    says(&ANNA, "Когда откроетесь?");
    presses(&ANNA, "Меню");
    assert_int_equal(messages(), before + 1);
    says(&ANNA, "/stop"); /* obeyed at any time */
    told_like(&ANNA, "рассылки отключены");
    says(&OLEG, "/start"); /* the till goes on */
    told_like(&OLEG, "Смена");
    shop_sets("maintenance", "0");
    says(&ANNA, "/discount");
    told_like(&ANNA, "Ваша скидка");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_answer_after_an_outage, open_shop,
                                        stage_end),
        cmocka_unit_test_setup_teardown(test_a_picture_put_right_is_no_answer,
                                        open_shop, stage_end),
        cmocka_unit_test_setup_teardown(test_the_first_command_is_carried_out,
                                        open_shop, stage_end),
        cmocka_unit_test_setup_teardown(test_a_stranger_after_an_outage, open_shop,
                                        stage_end),
        cmocka_unit_test_setup_teardown(test_a_no_is_never_too_late, open_shop,
                                        stage_end),
        cmocka_unit_test_setup_teardown(test_a_conversation_is_over, open_shop,
                                        stage_end),
        cmocka_unit_test_setup_teardown(test_the_till_after_an_outage, open_shop,
                                        stage_end),
        cmocka_unit_test_setup_teardown(test_closed_for_repairs, open_shop, stage_end),
    };

    return cmocka_run_group_tests_name("client_late", tests, NULL, NULL);
}
