/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/clock.h"
#include "core/loyalty/birthday.h"
#include "tests/harness/shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <cmocka.h>

#define PAGE 8

static struct shop shop;
static struct tz *tz;
static int32_t today; /* 18 September 2026 in Vladivostok */

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    tz = tz_open("Asia/Vladivostok");
    assert_non_null(tz);
    today = tz_local(tz, SHOP_NOW).day;
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    tz_close(tz);
    shop_close(&shop);
    return 0;
}

static int64_t born(int64_t external_id, int32_t day, int32_t entered)
{
    int64_t id = shop_customer(&shop, external_id, "Гость", "").id;

    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE customer SET birth_date = ?, birth_set_at = ?"
                             " WHERE id = ?",
                             DB_DATE(day), DB_TIME(tz_instant(tz, entered, 12, 0)),
                             DB_INT(id)),
                     ST_OK);
    return id;
}

static struct birthday_round round_of(int32_t day)
{
    return (struct birthday_round){
        .tz = tz,
        .today = day,
        .rules = {.on = true, .after = 7, .lead = 7, .percent_bp = 1500},
        .limit = PAGE};
}

struct gift {
    const struct birthday_round *round;
    const struct birthday_due *who;
    struct discount out;
};

static enum status give(struct db *db, void *arg)
{
    struct gift *g = arg;

    return birthday_gift(db, SHOP_NOW, g->round, g->who, &g->out);
}

/* A whole round; how many gifts were given now. */
static int run_round(struct db *db, int32_t day)
{
    struct birthday_round round = round_of(day);
    struct birthday_due due[PAGE];
    int n, given = 0;
    enum status st;

    while ((st = birthday_due(db, &round, due, &n)) == ST_OK)
        for (int i = 0; i < n; i++) {
            struct gift g = {.round = &round, .who = &due[i]};

            st = db_tx(db, give, &g);
            if (st != ST_OK && st != ST_TAKEN)
                return -1;
            given += st == ST_OK;
        }
    return st == ST_NONE ? given : -1;
}

/* The one discount that somebody has. */
static struct discount gift_of(int64_t customer_id)
{
    const struct discount_page page = {
        .customer_id = customer_id, .state = DISCOUNT_ACTIVE, .limit = 2};
    struct discount d[2];
    int n, total;

    assert_int_equal(discount_list(shop.db, SHOP_NOW, &page, d, &n, &total), ST_OK);
    assert_int_equal(n, 1);
    return d[0];
}

static void test_gift_of_the_day(void **state)
{
    int32_t birthday = cal_day((struct date){1990, 9, 18});
    int64_t id = born(7000000301, birthday, today - 100);
    struct discount gift;
    char key[40];

    (void)state;
    assert_int_equal(run_round(shop.db, today), 1);
    gift = gift_of(id);
    assert_int_equal(gift.source, SOURCE_BIRTHDAY);
    assert_int_equal(gift.percent_bp, 1500);
    /* From midnight to midnight of the shop's calendar, which is not UTC's. */
    assert_int_equal(gift.valid_from, tz_instant(tz, today, 0, 0));
    assert_int_equal(gift.valid_until, tz_instant(tz, today + 8, 0, 0));
    assert_int_equal(gift.valid_from % DAY, 14 * HOUR);
    birthday_key(id, 2026, key);
    assert_int_equal(
        db_one(shop.db, "SELECT id FROM discount WHERE issue_key = ?", DB_TEXT(key)),
        ST_OK);
}

static void test_only_those_in_the_window(void **state)
{
    (void)state;
    born(7000000301, cal_day((struct date){1990, 9, 17}), today - 100);
    born(7000000302, cal_day((struct date){1990, 9, 11}), today - 100);
    born(7000000303, cal_day((struct date){1990, 9, 10}),
         today - 100); /* too long ago */
    born(7000000304, cal_day((struct date){1990, 9, 19}), today - 100); /* tomorrow */
    born(7000000305, cal_day((struct date){1990, 9, 18}),
         today - 6); /* told too late */
    born(7000000306, cal_day((struct date){1990, 9, 18}), today - 7);
    assert_int_equal(run_round(shop.db, today), 3);
}

static void test_once_a_year_whatever_runs(void **state)
{
    (void)state;
    born(7000000301, cal_day((struct date){1990, 9, 18}), today - 100);
    for (int32_t d = today - 3; d < today + 12; d++)
        assert_int_equal(run_round(shop.db, d), d == today);
    assert_int_equal(run_round(shop.db, cal_day((struct date){2027, 9, 20})), 1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount"), 2);
}

static void test_over_new_year(void **state)
{
    struct birthday_round round = round_of(cal_day((struct date){2027, 1, 3}));
    struct birthday_due due[PAGE];
    int n;

    (void)state;
    born(7000000301, cal_day((struct date){1990, 12, 30}), today - 100);
    born(7000000302, cal_day((struct date){1990, 1, 2}), today - 100);
    assert_int_equal(birthday_due(shop.db, &round, due, &n), ST_OK);
    assert_int_equal(n, 2);
    assert_int_equal(due[0].celebration.year, 2026);
    assert_int_equal(due[1].celebration.year, 2027);
    assert_int_equal(birthday_due(shop.db, &round, due, &n), ST_NONE);
}

static void test_pages_miss_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 3 * PAGE + 1; i++)
        born(7000000301 + i, cal_day((struct date){1980 + i % 20, 9, 18}), today - 100);
    assert_int_equal(run_round(shop.db, today), 3 * PAGE + 1);
    assert_int_equal(run_round(shop.db, today), 0);
}

static void consent(int64_t id)
{
    assert_int_equal(consent_grant(shop.db, SHOP_NOW,
                                   &(struct consent_act){.customer_id = id,
                                                         .purpose = PURPOSE_MARKETING,
                                                         .text_id = shop.marketing.id,
                                                         .update_id = 2,
                                                         .via = CHANNEL_MESSENGER}),
                     ST_OK);
}

static void test_told_only_with_consent(void **state)
{
    int32_t birthday = cal_day((struct date){1990, 9, 18});
    int64_t silent = born(7000000301, birthday, today - 100);
    int64_t told = born(7000000302, birthday, today - 100);
    int64_t blocked = born(7000000303, birthday, today - 100);

    (void)state;
    consent(told);
    consent(blocked);
    assert_int_equal(customer_unreachable(shop.db, SHOP_NOW, blocked, 3), ST_OK);
    assert_int_equal(run_round(shop.db, today), 3);
    (void)gift_of(silent);
    (void)gift_of(blocked);
    (void)gift_of(told);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM job_open WHERE kind ="
                                          " 'core.birthday_gifted'"),
                     1);
}

static void test_without_consent_to_data_nothing(void **state)
{
    int64_t id = born(7000000301, cal_day((struct date){1990, 9, 18}), today - 100);

    (void)state;
    assert_int_equal(consent_revoke(shop.db, SHOP_NOW,
                                    &(struct consent_act){.customer_id = id,
                                                          .purpose = PURPOSE_PD,
                                                          .update_id = 9,
                                                          .via = CHANNEL_MESSENGER}),
                     ST_OK);
    assert_int_equal(run_round(shop.db, today), 0);
}

static void test_switched_off(void **state)
{
    struct birthday_round round = round_of(today);
    struct birthday_due due[PAGE];
    int n;

    (void)state;
    born(7000000301, cal_day((struct date){1990, 9, 18}), today - 100);
    round.rules.on = false;
    assert_int_equal(birthday_due(shop.db, &round, due, &n), ST_NONE);
    assert_int_equal(n, 0);
}

static atomic_int given, bad;

static void racer(struct db *db, int i, void *arg)
{
    int n = run_round(db, today);

    (void)i;
    (void)arg;
    if (n < 0)
        bad++;
    else
        given += n;
}

static void test_sixteen_rounds_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        consent(born(7000000301 + i, cal_day((struct date){1990, 9, 18}), today - 100));
    given = bad = 0;
    shop_race(&shop, 16, racer, NULL);
    assert_int_equal(bad, 0);
    assert_int_equal(given, 20);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount"), 20);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM job_open"), 20);
}

static void test_rules_come_from_the_settings(void **state)
{
    struct birthday_rules r;
    struct birthday_limits l;

    (void)state;
    assert_int_equal(birthday_rules_load(shop.db, &r), ST_OK);
    assert_true(r.on);
    assert_int_equal(r.before, 0);
    assert_int_equal(r.after, 7);
    assert_int_equal(r.lead, 7);
    assert_false(r.leap_to_march);
    assert_int_equal(birthday_limits_load(shop.db, &l), ST_OK);
    assert_int_equal(l.age_min, 14);
    assert_int_equal(l.change_days, 365);
    assert_int_equal(
        db_exec(shop.db, NULL,
                "INSERT INTO settings (name, value, version, updated_at,"
                " updated_by) VALUES ('birthday_percent_bp', '0', 1, ?, 't')",
                DB_TIME(SHOP_NOW)),
        ST_OK);
    assert_int_equal(birthday_rules_load(shop.db, &r), ST_OK);
    assert_false(r.on);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_gift_of_the_day),
        TEST(test_only_those_in_the_window),
        TEST(test_once_a_year_whatever_runs),
        TEST(test_over_new_year),
        TEST(test_pages_miss_nobody),
        TEST(test_told_only_with_consent),
        TEST(test_without_consent_to_data_nothing),
        TEST(test_switched_off),
        TEST(test_sixteen_rounds_at_once),
        TEST(test_rules_come_from_the_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
