/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What automations begin by: each trigger enters whom it means, once, by the shop's
 * calendar; and the program's own words step back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/automations.h"

#define HI "Рады вам"

static void born(const char *date)
{
    char sql[200];

    snprintf(sql, sizeof sql,
             "UPDATE customer SET birth_date = '%s', birth_set_at = created_at", date);
    writes(sql);
}

/* ---- facts ------------------------------------------------------------------------ */

static void test_welcome(void **state)
{
    (void)state;
    automation(TRIGGER_WELCOME, 0, PLAN(SEND(HI ", {{first_name}}!")));
    anna_joins();
    wake();
    not_told(&ANNA, HI); /* she may not be written to yet */
    presses(&ANNA, "Хочу получать");
    told_like(&ANNA, HI ", Анна!");
    says(&ANNA, "/stop");
    presses(&ANNA, "Вернуть");
    presses(&ANNA, "Хочу получать");
    wake();
    not_told(&ANNA, HI);
    assert_int_equal(runs("enter_key = 'welcome' AND state = 2"), 1);
}

static void test_who_agreed_before_is_not_welcomed(void **state)
{
    (void)state;
    automation(TRIGGER_WELCOME, 0, PLAN(SEND(HI)));
    says(&ANNA, "/stop");
    presses(&ANNA, "Вернуть");
    presses(&ANNA, "Хочу получать");
    wake();
    not_told(&ANNA, HI);
    assert_int_equal(runs("1 = 1"), 0);
}

static void test_after_visit(void **state)
{
    (void)state;
    automation(TRIGGER_AFTER_VISIT, 24, PLAN(SEND("Спасибо, что зашли")));
    anna_buys();
    wake();
    not_told(&ANNA, "Спасибо, что зашли");
    stage_wait_until(stage.now + 23 * HOUR);
    wake();
    not_told(&ANNA, "Спасибо, что зашли");
    stage_wait_until(stage.now + HOUR);
    wake();
    told_like(&ANNA, "Спасибо, что зашли");
    says(&ANNA, "/menu");
    wake();
    scan();
    not_told(&ANNA, "Спасибо, что зашли");
    assert_int_equal(runs("state = 2 AND enter_key LIKE 'visit:%'"), 1);
}

static void test_no_thanks_for_what_was_undone(void **state)
{
    (void)state;
    automation(TRIGGER_AFTER_VISIT, 1, PLAN(SEND("Спасибо, что зашли")));
    anna_buys();
    writes("UPDATE redemption SET voided_at = redeemed_at, voided_by = staff_id,"
           " void_reason = 1");
    stage_wait_until(stage.now + 2 * HOUR);
    wake();
    not_told(&ANNA, "Спасибо, что зашли");
    assert_int_equal(runs("state = 3 AND why = 7"), 1);
}

/* ---- so long without a purchase --------------------------------------------------- */

static void test_no_visit(void **state)
{
    (void)state;
    automation(TRIGGER_NO_VISIT, 30, PLAN(SEND("Соскучились")));
    writes("UPDATE customer SET last_purchase_at = '2026-09-20 05:00:00'");
    at(2026, 10, 19, 12);
    scan();
    not_told(&ANNA, "Соскучились");
    at(2026, 10, 20, 12);
    scan();
    told_like(&ANNA, "Соскучились");
    at(2026, 10, 20, 18);
    scan();
    at(2026, 10, 21, 12);
    scan();
    not_told(&ANNA, "Соскучились");
    writes("UPDATE customer SET last_purchase_at = '2026-10-21 05:00:00'");
    at(2026, 11, 20, 12);
    scan();
    told_like(&ANNA, "Соскучились");
    assert_int_equal(runs("enter_key LIKE 'novisit:2026%'"), 2);
}

/* The shop's day: 23:30 of the 19th in Vladivostok is 13:30 of the 19th in UTC; 01:00 of
 * the 20th is 15:00 of the 19th. */
static void test_days_are_the_shops(void **state)
{
    (void)state;
    automation(TRIGGER_NO_VISIT, 30, PLAN(SEND("Соскучились")));
    writes("UPDATE customer SET last_purchase_at = '2026-09-19 15:00:00'");
    at(2026, 10, 19, 23);
    scan();
    assert_int_equal(runs("1 = 1"), 0);
    at(2026, 10, 20, 0);
    scan();
    assert_int_equal(runs("enter_key = 'novisit:20260920'"), 1);
    not_told(&ANNA, "Соскучились"); /* at night */
    at(2026, 10, 20, 9);
    wake();
    told_like(&ANNA, "Соскучились");
}

/* Nothing ran for three days; what came about before it was active is not its matter. */
static void test_what_was_missed(void **state)
{
    (void)state;
    writes("UPDATE customer SET last_purchase_at = '2026-09-10 05:00:00'");
    automation(TRIGGER_NO_VISIT, 5, PLAN(SEND("Соскучились")));
    scan();
    assert_int_equal(runs("1 = 1"), 0);
    writes("UPDATE customer SET last_purchase_at = '2026-09-20 05:00:00'");
    at(2026, 9, 28, 12);
    scan();
    told_like(&ANNA, "Соскучились");
}

/* ---- birthdays -------------------------------------------------------------------- */

static void test_birthday_with_its_gift(void **state)
{
    (void)state;
    automation(TRIGGER_BIRTHDAY, 0,
               PLAN(SEND("С праздником! Подарок {{discount.percent}}")));
    shop_sets("birthday_days_before", "3");
    born("1990-11-10");
    at(2026, 11, 9, 12);
    scan();
    /* The gift is given, and its own word is not said. */
    stage_job(KIND_SCHED_BIRTHDAY_CHECK,
              json_parse("{\"day\":20766}", strlen("{\"day\":20766}")));
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 2"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE purpose = 2"), 0);
    at(2026, 11, 10, 10);
    scan();
    told_like(&ANNA, "С праздником! Подарок ");
    stage_job(KIND_SCHED_BIRTHDAY_CHECK,
              json_parse("{\"day\":20767}", strlen("{\"day\":20767}")));
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 2"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE purpose = 2"), 1);
    at(2026, 11, 11, 10);
    scan();
    assert_int_equal(runs("enter_key = 'bday:2026'"), 1);
}

static void leapling(const char *rule, int month)
{
    automation(TRIGGER_BIRTHDAY, 0, PLAN(SEND("С праздником")));
    shop_sets("birthday_leap", rule);
    born("1996-02-29");
    at(2027, 2, 27, 12);
    scan();
    not_told(&ANNA, "С праздником");
    at(2027, 2, 28, 12);
    scan();
    if (month == 2)
        told_like(&ANNA, "С праздником");
    else
        not_told(&ANNA, "С праздником");
    at(2027, 3, 1, 12);
    scan();
    if (month == 3)
        told_like(&ANNA, "С праздником");
    assert_int_equal(runs("enter_key = 'bday:2027'"), 1);
}

static void test_29_february(void **state)
{
    (void)state;
    leapling("feb28", 2);
    at(2028, 2, 28, 12); /* a leap year keeps the day itself */
    scan();
    not_told(&ANNA, "С праздником");
    at(2028, 2, 29, 12);
    scan();
    told_like(&ANNA, "С праздником");
    assert_int_equal(runs("enter_key = 'bday:2028'"), 1);
}

static void test_29_february_in_march(void **state)
{
    (void)state;
    leapling("mar1", 3);
}

static void test_before_over_new_year(void **state)
{
    (void)state;
    automation(TRIGGER_BIRTHDAY_BEFORE, 5, PLAN(SEND("Скоро праздник")));
    born("1990-01-03");
    at(2026, 12, 28, 12);
    scan();
    not_told(&ANNA, "Скоро праздник");
    at(2026, 12, 29, 12);
    scan();
    told_like(&ANNA, "Скоро праздник");
    at(2027, 1, 2, 12);
    scan();
    not_told(&ANNA, "Скоро праздник");
    assert_int_equal(runs("enter_key = 'bday:2027'"), 1);
    assert_int_equal(runs("1 = 1"), 1);
}

/* A day told yesterday brings no gift this year (birthday_lead_days), and no greeting
 * with one. */
static void test_told_too_late(void **state)
{
    (void)state;
    automation(TRIGGER_BIRTHDAY, 0, PLAN(SEND("С праздником")));
    born("1990-11-10");
    writes("UPDATE customer SET birth_set_at = '2026-11-09 00:00:00'");
    at(2026, 11, 10, 12);
    scan();
    not_told(&ANNA, "С праздником");
}

/* ---- a discount that ends --------------------------------------------------------- */

static void test_one_word_of_a_discount_that_ends(void **state)
{
    (void)state;
    automation(TRIGGER_DISCOUNT_EXPIRING, 5,
               PLAN(SEND("Успейте: {{discount.code}} до {{discount.until}}")));
    at(2026, 10, 12, 12);
    scan();
    not_told(&ANNA, "Успейте");
    at(2026, 10, 13, 12);
    scan();
    told_like(&ANNA, "Успейте: ");
    told_like(&ANNA, last_code(&ANNA));
    at(2026, 10, 16, 12); /* the program's own comes three days before */
    stage_job(KIND_SCHED_DISCOUNT_REMIND, json_new_object());
    scan();
    wake();
    not_told(&ANNA, "скоро закончится");
    not_told(&ANNA, "Успейте");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE reminded_at IS NOT"
                            " NULL AND reminder_id IS NULL"),
                     1);
    assert_int_equal(moves(counts("SELECT id FROM automation"), automation_pause),
                     ST_OK);
    stage_job(KIND_SCHED_DISCOUNT_REMIND, json_new_object());
    not_told(&ANNA, "скоро закончится");
}

static void test_what_the_program_said_is_not_said_again(void **state)
{
    (void)state;
    at(2026, 10, 16, 12);
    stage_job(KIND_SCHED_DISCOUNT_REMIND, json_new_object());
    told_like(&ANNA, "скоро закончится");
    automation(TRIGGER_DISCOUNT_EXPIRING, 5, PLAN(SEND("Успейте")));
    scan();
    not_told(&ANNA, "Успейте");
    assert_int_equal(runs("1 = 1"), 0);
}

static void test_of_a_used_one_nothing_is_said(void **state)
{
    (void)state;
    automation(TRIGGER_DISCOUNT_EXPIRING, 5, PLAN(SEND("Успейте")));
    at(2026, 10, 13, 22); /* quiet: the word waits for the morning */
    scan();
    assert_int_equal(runs("state = 1"), 1);
    writes("UPDATE discount SET status = 2, uses_count = 1");
    at(2026, 10, 14, 9);
    wake();
    not_told(&ANNA, "Успейте");
    assert_int_equal(runs("state = 3 AND why = 7"), 1);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, anna_agreed, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_welcome, stage_is_open, closed),
        A_TEST(test_who_agreed_before_is_not_welcomed),
        A_TEST(test_after_visit),
        A_TEST(test_no_thanks_for_what_was_undone),
        A_TEST(test_no_visit),
        A_TEST(test_days_are_the_shops),
        A_TEST(test_what_was_missed),
        A_TEST(test_birthday_with_its_gift),
        A_TEST(test_29_february),
        A_TEST(test_29_february_in_march),
        A_TEST(test_before_over_new_year),
        A_TEST(test_told_too_late),
        A_TEST(test_one_word_of_a_discount_that_ends),
        A_TEST(test_what_the_program_said_is_not_said_again),
        A_TEST(test_of_a_used_one_nothing_is_said),
    };
    /* Every update delivered a second time, of those that are conversations. */
    const struct CMUnitTest again[] = {
        cmocka_unit_test_setup_teardown(test_welcome, stage_is_open, closed),
        A_TEST(test_after_visit),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(again, NULL, NULL);
}
