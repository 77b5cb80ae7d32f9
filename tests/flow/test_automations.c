/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Automations through all the programs: somebody agrees and is welcomed, buys and is
 * thanked; the worker is killed in between, and nobody hears anything twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/automations.h"

#include "tests/harness/doom.h"
#include "tests/harness/house.h"

#define HI "Рады вам"
#define THANKS "Спасибо, что зашли"

static int opened(void **state)
{
    (void)state;
    stage_open_real(STAGE_DEATHS);
    stage.now = clock_now();
    shop_sets("quiet_from", "00:00"); /* at whatever hour this runs */
    shop_sets("quiet_to", "00:00");
    shop_sets("marketing_weekly_cap", "9");
    return 0;
}

static int64_t said(const char *words)
{
    char sql[200];

    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM message WHERE purpose = 2 AND payload LIKE '%%%s%%'",
             words);
    return counts(sql);
}

static void test_welcomed(void **state)
{
    (void)state;
    automation(TRIGGER_WELCOME, 0,
               PLAN("{\"do\":\"send\",\"content\":{\"ru\":{\"text\":\"" HI
                    ", {{first_name}}! Вам {{discount.percent}}\",\"buttons\":[[{"
                    "\"text\":\"Мои скидки\",\"do\":\"wallet\"}]]}},\"offer\":"
                    "{\"percent_bp\":700,\"days\":5}}"));
    doom_set("automation.said"); /* with the message put, before the commit */
    house_restart(stage_house(), WORKER);
    doom_lift();
    anna_joins();
    presses(&ANNA, "Хочу получать");
    told_like(&ANNA, HI ", Анна! Вам 7");
    comes_to(1, "SELECT COUNT(*) FROM automation_run WHERE state = 2");
    assert_int_equal(said(HI), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 4"), 1);
}

static void test_its_buttons(void **state)
{
    (void)state;
    presses(&ANNA, "Мои скидки");
    told_like(&ANNA, "Действуют 2");
}

static void test_thanked_for_a_visit(void **state)
{
    (void)state;
    automation(TRIGGER_AFTER_VISIT, 0, PLAN(SEND(THANKS)));
    anna_buys();
    told_like(&ANNA, THANKS);
    comes_to(2, "SELECT COUNT(*) FROM automation_run WHERE state = 2");
    assert_int_equal(said(THANKS), 1);
}

static void test_the_way_out(void **state)
{
    (void)state;
    presses(&ANNA, "Не присылать");
    told_like(&ANNA, "рассылки отключены");
    comes_to(0, "SELECT marketing_ok FROM customer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_welcomed),
        cmocka_unit_test(test_its_buttons),
        cmocka_unit_test(test_thanked_for_a_visit),
        cmocka_unit_test(test_the_way_out),
    };

    return cmocka_run_group_tests_name("automations", tests, opened, closed);
}
