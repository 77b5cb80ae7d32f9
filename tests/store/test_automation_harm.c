/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Automations that were planned carelessly, or overtaken by what happened since: no word
 * too many, no discount too many, and nothing that takes the worker down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/automations.h"

#define GIVES(words, days)                                                             \
    "{\"do\":\"send\",\"content\":{\"ru\":{\"text\":\"" words                          \
    "\"}},\"offer\":{\"percent_bp\":1000,\"days\":" days "}}"

/* More is wrong with a step than there is room to tell of: that the exit cannot be read
 * either is seen all the same, and nothing is said by half a plan. */
static void test_more_is_gone_than_can_be_told(void **state)
{
    struct buf plan = {0};

    (void)state;
    writes("INSERT INTO tag (name, made_at) VALUES ('лето', NOW(6))");
    buf_adds(&plan, "{\"steps\":[" SEND(
                        "Раз") ",{\"do\":\"exit_if\",\"rule\":"
                               "{\"v\":1,\"root\":{\"tags\":{\"none\":[\"лето\"");
    for (int i = 0; i < 20; i++) {
        char name[16];

        snprintf(name, sizeof name, "т%d", i);
        buf_addf(&plan, ",\"%s\"", name);
        assert_int_equal(db_exec(stage.db, NULL,
                                 "INSERT INTO tag (name, made_at) VALUES (?, NOW(6))",
                                 DB_TEXT(name)),
                         ST_OK);
    }
    buf_adds(&plan,
             "]}}}}],\"exit\":{\"v\":1,\"root\":{\"tags\":{\"any\":[\"лето\"]}}}}");
    automation(TRIGGER_NO_VISIT, 30, plan.s);
    buf_free(&plan);
    writes("UPDATE customer SET last_purchase_at = '2026-08-19 05:00:00'");
    writes("DELETE FROM tag");
    scan();
    wake();
    not_told(&ANNA, "Раз");
    assert_int_equal(runs("state = 3 AND why = 10"), 1);
}

/* What it gives ends soon as well: that is no reason to give more. */
static void test_an_offer_brings_no_offer(void **state)
{
    (void)state;
    shop_sets("marketing_weekly_cap", "99");
    automation(TRIGGER_DISCOUNT_EXPIRING, 5, PLAN(GIVES("Ещё одна", "3")));
    automation(TRIGGER_DISCOUNT_EXPIRING, 4, PLAN(GIVES("И ещё одна", "3")));
    for (int day = 12; day < 31; day++) {
        at(2026, 10, day, 12);
        scan();
        wake();
    }
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 4"), 2);
}

/* It waits for room under the cap, and meanwhile she came. */
static void test_nobody_is_missed_who_came(void **state)
{
    (void)state;
    shop_sets("marketing_weekly_cap", "0");
    automation(TRIGGER_NO_VISIT, 30, PLAN(SEND("Соскучились")));
    writes("UPDATE customer SET last_purchase_at = '2026-08-19 05:00:00'");
    scan();
    wake();
    assert_int_equal(runs("state = 1"), 1);
    writes("UPDATE customer SET last_purchase_at = '2026-09-18 05:00:00'");
    shop_sets("marketing_weekly_cap", "9");
    at(2026, 9, 19, 12);
    wake();
    not_told(&ANNA, "Соскучились");
    assert_int_equal(runs("state = 3 AND why = 2"), 1);
}

/* Days are counted by the shop's calendar, by which the wallet and the till tell them: it
 * ends with a day there, and that is the day that is told. */
static void test_an_offer_ends_with_a_day_of_the_shop(void **state)
{
    (void)state;
    writes("UPDATE store SET tz = 'Europe/Kaliningrad'");
    writes("UPDATE customer SET home_store_id = (SELECT MIN(id) FROM store)");
    writes("UPDATE customer SET last_purchase_at = '2026-08-19 05:00:00'");
    automation(TRIGGER_NO_VISIT, 30, PLAN(GIVES("Скидка до {{discount.until}}", "7")));
    scan();
    at(2026, 9, 18, 17); /* nine in the morning there */
    wake();
    told_like(&ANNA, "Скидка до 25 сентября");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 4"
                            " AND valid_until = '2026-09-25 14:00:00'"),
                     1);
}

/* The picture is gone: the words cannot be said, and nothing is given behind their back. */
static void test_what_cannot_be_told_is_not_given(void **state)
{
    (void)state;
    writes("INSERT INTO media (id, sha256, kind, mime, size, created_at) VALUES"
           " (12, REPEAT('x', 32), 1, 'image/png', 5, NOW(6))");
    automation(TRIGGER_NO_VISIT, 30,
               PLAN("{\"do\":\"send\",\"content\":{\"ru\":{\"text\":\"Вот\",\"media\":"
                    "[12]}},\"offer\":{\"percent_bp\":1000,\"days\":7}}"));
    writes("DELETE FROM media WHERE id = 12");
    writes("UPDATE customer SET last_purchase_at = '2026-08-19 05:00:00'");
    scan();
    wake();
    assert_int_equal(runs("state = 2"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM automation_word WHERE why = 10 AND"
                            " message_id IS NULL AND discount_id IS NULL"),
                     1);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM discount WHERE source = 4 AND status = 1"), 0);
}

/* The job lay for days while nothing ran: nobody is welcomed two weeks later. */
static void test_a_fact_of_long_ago(void **state)
{
    struct json *args = json_new_object();

    (void)state;
    automation(TRIGGER_WELCOME, 0, PLAN(SEND("Добро пожаловать")));
    writes("UPDATE automation SET since = '2026-08-01'");
    json_set_int(args, "on", TRIGGER_WELCOME);
    json_set_int(args, "c", counts("SELECT MAX(id) FROM customer"));
    json_set_int(args, "s", 0);
    json_set_int(args, "at", stage.now - 15 * DAY);
    stage_job(KIND_CORE_AUTOMATION_ENTERED, args);
    wake();
    not_told(&ANNA, "Добро пожаловать");
    assert_int_equal(runs("state = 3 AND why = 8"), 1);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, anna_agreed, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_more_is_gone_than_can_be_told),
        A_TEST(test_an_offer_brings_no_offer),
        A_TEST(test_nobody_is_missed_who_came),
        A_TEST(test_what_cannot_be_told_is_not_given),
        A_TEST(test_a_fact_of_long_ago),
        A_TEST(test_an_offer_ends_with_a_day_of_the_shop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
