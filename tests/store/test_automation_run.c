/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A person's way through an automation: waits, exits, tags, a discount of their own; what
 * holds a message back; versions, pauses, two at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/automations.h"

static int64_t anna_id(void)
{
    return counts("SELECT MAX(id) FROM customer");
}

/* The newest row there is of her. */
static enum status enter_work(struct db *db, void *arg)
{
    struct run_entry e = {.customer_id = anna_id()};
    struct automation a;
    enum status st = automation_load(db, *(const int64_t *)arg, &a);

    trigger_key(TRIGGER_WELCOME, 0, e.key);
    if (st == ST_OK)
        st = run_enter(db, stage.now, &a, &e);
    return st;
}

/* Anna is in it, from now on. */
static int64_t entered(const char *plan)
{
    int64_t id = automation(TRIGGER_WELCOME, 0, plan);

    assert_int_equal(db_tx(stage.db, enter_work, &id), ST_OK);
    return id;
}

/* ---- steps ------------------------------------------------------------------------ */

static void test_waits_in_the_shops_calendar(void **state)
{
    (void)state;
    shop_sets("marketing_weekly_cap", "9");
    entered(PLAN(SEND("Первое") "," WAIT("P3D") "," SEND("Второе") "," WAIT(
        "PT36H") "," SEND("Третье")));
    wake();
    told_like(&ANNA, "Первое");
    at(2026, 9, 21, 9);
    wake();
    not_told(&ANNA, "Второе");
    at(2026, 9, 21, 11); /* three days after eighteen past ten */
    wake();
    told_like(&ANNA, "Второе");
    at(2026, 9, 22, 21);
    wake();
    not_told(&ANNA, "Третье");
    at(2026, 9, 23, 9); /* at half past ten in the evening nobody is disturbed */
    wake();
    told_like(&ANNA, "Третье");
    assert_int_equal(runs("state = 2"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM automation_word"), 3);
}

/* Clocks that are put forward: a day is a day of the calendar. */
static void test_a_wait_over_a_change_of_clocks(void **state)
{
    struct moment m;
    struct tz *tz = tz_open("Europe/Berlin");
    struct span day;

    (void)state;
    assert_int_equal(span_read("P1D", 3, &day), ST_OK);
    /* 2027-03-27 12:00 in Berlin; the next noon is 23 hours away. */
    m = moment_make(tz_instant(tz, cal_day((struct date){2027, 3, 27}), 12, 0), tz,
                    false);
    assert_int_equal(moment_shift(&m, &day, true) - m.now, 23 * HOUR);
    tz_close(tz);
}

static void test_tags_and_an_exit(void **state)
{
    (void)state;
    writes("INSERT INTO tag (name, made_at) VALUES ('гость', NOW(6))");
    entered(PLAN("{\"do\":\"add_tag\",\"tag\":\"гость\"},"
                 "{\"do\":\"add_tag\",\"tag\":\"ушёл\"},"
                 "{\"do\":\"remove_tag\",\"tag\":\"ушёл\"}," WAIT(
                     "P1D") ",{\"do\":\"exit_if\",\"rule\":{\"v\":1,\"root\":"
                            "{\"tags\":{\"any\":[\"гость\"]}}}}," SEND("Никогда")));
    wake();
    assert_int_equal(counts("SELECT COUNT(*) FROM customer_tag x JOIN tag t ON t.id ="
                            " x.tag_id WHERE t.name = 'гость'"),
                     1);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer_tag"), 1);
    at(2026, 9, 19, 12);
    wake();
    not_told(&ANNA, "Никогда");
    assert_int_equal(runs("state = 3 AND why = 1 AND step = 4"), 1);
}

/* What a rule names is gone: nothing is said by half a rule. */
static void test_a_rule_that_cannot_be_read_any_more(void **state)
{
    (void)state;
    writes("INSERT INTO tag (name, made_at) VALUES ('лето', NOW(6))");
    entered(PLAN("{\"do\":\"exit_if\",\"rule\":{\"v\":1,\"root\":"
                 "{\"tags\":{\"any\":[\"лето\"]}}}}," SEND("Никогда")));
    writes("DELETE FROM tag WHERE name = 'лето'");
    wake();
    not_told(&ANNA, "Никогда");
    assert_int_equal(runs("state = 3 AND why = 10"), 1);
}

static void test_a_discount_of_their_own(void **state)
{
    (void)state;
    entered(
        PLAN("{\"do\":\"send\",\"content\":{\"ru\":{\"text\":\"Вам"
             " {{discount.percent}}: {{discount.code}}\"}},\"offer\":"
             "{\"percent_bp\":1500,\"days\":7,\"uses\":2,\"min_purchase\":50000}}"));
    wake();
    told_like(&ANNA, "Вам 15");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM discount WHERE source = 4 AND percent_bp = 1500"
               " AND uses_allowed = 2 AND min_purchase = 50000"
               " AND issue_key LIKE 'au:%:0'"
               " AND valid_until = '2026-09-25 14:00:00'"),
        1);
    wake();
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE source = 4"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM automation_word w JOIN discount d"
                            " ON d.id = w.discount_id AND d.source = 4"
                            " JOIN message m ON m.id = w.message_id AND m.state = 3"),
                     1);
}

/* Its bytes go along as long as the messenger has no name for it. */
static void test_a_picture(void **state)
{
    (void)state;
    writes("INSERT INTO media (id, sha256, kind, mime, size, created_at) VALUES"
           " (12, REPEAT('x', 32), 1, 'image/png', 5, NOW(6))");
    writes("INSERT INTO media_part (media_id, part, body) VALUES (12, 0, 'bytes')");
    entered(
        PLAN("{\"do\":\"send\",\"content\":{\"ru\":{\"text\":\"Смотрите\",\"media\":"
             "[12]}}}"));
    wake();
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE purpose = 2 AND"
                            " JSON_EXTRACT(payload, '$.media[0].id') = 12 AND"
                            " payload LIKE '%sendPhoto%'"),
                     1);
    assert_int_equal(runs("state = 2"), 1);
}

/* ---- goals ------------------------------------------------------------------------ */

static void test_who_bought_leaves(void **state)
{
    (void)state;
    entered(
        "{\"steps\":[" WAIT("P1D") "," SEND("Ждём вас") "],\"goals\":[\"bought\"]}");
    wake();
    stage_wait_until(stage.now + MINUTE);
    anna_buys();
    at(2026, 9, 19, 12);
    wake();
    not_told(&ANNA, "Ждём вас");
    assert_int_equal(runs("state = 3 AND why = 2"), 1);
}

static void test_consent_taken_back_midway(void **state)
{
    (void)state;
    entered(PLAN(SEND("Первое") "," WAIT(
        "P1D") ",{\"do\":\"add_tag\",\"tag\":\"дошла\"}," SEND("Второе")));
    wake();
    told_like(&ANNA, "Первое");
    presses(&ANNA, "Не присылать"); /* the way out below the message itself */
    assert_int_equal(counts("SELECT marketing_ok FROM customer"), 0);
    at(2026, 9, 19, 12);
    wake();
    not_told(&ANNA, "Второе");
    assert_int_equal(runs("state = 3 AND why = 3"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer_tag"), 0);
    presses(&ANNA, "Рассылка");
    presses(&ANNA, "Хочу получать");
    wake();
    not_told(&ANNA, "Второе");
}

static void test_who_blocked_us_leaves(void **state)
{
    (void)state;
    entered(PLAN(WAIT("P1D") "," SEND("Второе")));
    wake();
    blocks(&ANNA);
    stage_wait_until(stage.now + 26 * HOUR);
    wake();
    assert_int_equal(runs("state = 3 AND why IN (3, 4)"), 1);
}

/* ---- what holds it back ----------------------------------------------------------- */

static void test_above_the_cap_it_waits(void **state)
{
    (void)state;
    shop_sets("marketing_weekly_cap", "1");
    entered(PLAN(SEND("Первое") "," SEND("Второе")));
    wake();
    told_like(&ANNA, "Первое");
    not_told(&ANNA, "Второе");
    at(2026, 9, 19, 12);
    wake();
    not_told(&ANNA, "Второе");
    assert_int_equal(runs("state = 1 AND step = 1"), 1);
    for (int day = 20; day <= 26; day++) {
        at(2026, 9, day, 12);
        wake();
    }
    assert_int_equal(runs("state = 2"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE purpose = 2"), 2);
}

/* They never get any: the word is given up once it is not worth waiting for. */
static void test_above_the_cap_for_ever(void **state)
{
    (void)state;
    shop_sets("marketing_weekly_cap", "0");
    entered(PLAN(SEND("Первое") ",{\"do\":\"add_tag\",\"tag\":\"дошёл\"}"));
    for (int day = 18; day <= 30; day++) {
        at(2026, 9, day, 12);
        wake();
    }
    assert_int_equal(runs("state = 1"), 1);
    for (int day = 1; day <= 5; day++) {
        at(2026, 10, day, 12);
        wake();
    }
    assert_int_equal(runs("state = 2"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM automation_word WHERE why = 9"
                            " AND message_id IS NULL"),
                     1);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer_tag"), 1);
}

/* The morning of their own town: Kaliningrad is eight hours behind the shop. */
static void test_quiet_hours_are_the_persons(void **state)
{
    (void)state;
    writes("UPDATE store SET tz = 'Europe/Kaliningrad'");
    writes("UPDATE customer SET home_store_id = (SELECT MIN(id) FROM store)");
    entered(PLAN(SEND("Доброе утро")));
    wake(); /* ten in Vladivostok, two at night there */
    not_told(&ANNA, "Доброе утро");
    at(2026, 9, 18, 16);
    wake();
    not_told(&ANNA, "Доброе утро");
    at(2026, 9, 18, 17); /* nine there */
    wake();
    told_like(&ANNA, "Доброе утро");
}

static void test_too_late_for_its_occasion(void **state)
{
    (void)state;
    entered(PLAN(WAIT("P1D") "," SEND("Поздно")));
    wake();
    at(2026, 10, 18, 12); /* nothing ran for a month */
    wake();
    not_told(&ANNA, "Поздно");
    assert_int_equal(runs("state = 3 AND why = 8"), 1);
}

/* ---- its life --------------------------------------------------------------------- */

static void test_a_run_keeps_its_version(void **state)
{
    int64_t id;

    (void)state;
    id = entered(PLAN(WAIT("P1D") "," SEND("Прежнее")));
    wake();
    replan(id, TRIGGER_WELCOME, PLAN(WAIT("P1D") "," SEND("Новое")));
    at(2026, 9, 19, 12);
    wake();
    told_like(&ANNA, "Прежнее");
    not_told(&ANNA, "Новое");
    assert_int_equal(counts("SELECT plan FROM automation"), 2);
    assert_int_equal(runs("plan = 1"), 1);
}

static void test_paused_and_gone_on(void **state)
{
    int64_t id;

    (void)state;
    id = entered(PLAN(WAIT("P1D") "," SEND("Второе")));
    wake();
    assert_int_equal(moves(id, automation_pause), ST_OK);
    assert_int_equal(moves(id, automation_pause), ST_OK);
    at(2026, 9, 19, 12);
    wake();
    not_told(&ANNA, "Второе");
    assert_int_equal(moves(id, automation_activate), ST_OK);
    wake();
    told_like(&ANNA, "Второе");
}

static void test_archived(void **state)
{
    int64_t id;

    (void)state;
    id = entered(PLAN(WAIT("P1D") "," SEND("Второе")));
    wake();
    assert_int_equal(moves(id, automation_archive), ST_OK);
    at(2026, 9, 19, 12); /* its job has run by now */
    wake();
    not_told(&ANNA, "Второе");
    assert_int_equal(runs("state = 4"), 1);
    assert_int_equal(moves(id, automation_activate), ST_TAKEN);
    assert_int_equal(moves(id, automation_pause), ST_TAKEN);
    assert_int_equal(moves(id + 1, automation_pause), ST_NONE);
}

/* ---- once ------------------------------------------------------------------------- */

static void test_nobody_enters_twice(void **state)
{
    int64_t id;

    (void)state;
    id = entered(PLAN(SEND("Раз")));
    assert_int_equal(db_tx(stage.db, enter_work, &id), ST_TAKEN);
    /* Erased, and back under another row: the same person. */
    writes("INSERT INTO customer (channel, external_id, person_id, pd_ok, marketing_ok,"
           " last_seen_at, created_at) SELECT 1, 77, id, 1, 1, NOW(6), NOW(6)"
           " FROM customer");
    writes("UPDATE automation_run SET customer_id = 999999");
    assert_int_equal(db_tx(stage.db, enter_work, &id), ST_TAKEN);
}

/* A step that fails is undone alone, tried later, and given up in the end. */
static void test_one_that_fails_keeps_nobody_up(void **state)
{
    (void)state;
    entered(PLAN(SEND("Раз")));
    writes("INSERT INTO automation_word (run_id, step, automation_id, at)"
           " SELECT id, 0, automation_id, NOW(6) FROM automation_run");
    for (int i = 0; i < RUN_TRIES; i++) {
        wake();
        assert_int_equal(counts("SELECT tries FROM automation_run"), i + 1);
        stage_wait_until(stage.now + 3 * HOUR / 2);
    }
    not_told(&ANNA, "Раз");
    assert_int_equal(runs("state = 5"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE purpose = 2"), 0);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, anna_agreed, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_waits_in_the_shops_calendar),
        cmocka_unit_test(test_a_wait_over_a_change_of_clocks),
        A_TEST(test_tags_and_an_exit),
        A_TEST(test_a_rule_that_cannot_be_read_any_more),
        A_TEST(test_a_discount_of_their_own),
        A_TEST(test_a_picture),
        A_TEST(test_who_bought_leaves),
        A_TEST(test_consent_taken_back_midway),
        A_TEST(test_who_blocked_us_leaves),
        A_TEST(test_above_the_cap_it_waits),
        A_TEST(test_above_the_cap_for_ever),
        A_TEST(test_quiet_hours_are_the_persons),
        A_TEST(test_too_late_for_its_occasion),
        A_TEST(test_a_run_keeps_its_version),
        A_TEST(test_paused_and_gone_on),
        A_TEST(test_archived),
        A_TEST(test_nobody_enters_twice),
        A_TEST(test_one_that_fails_keeps_nobody_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
