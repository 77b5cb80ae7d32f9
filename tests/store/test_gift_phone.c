/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * One birthday gift a year for one phone, whoever tells it and whatever races. */
#include "core/base/clock.h"
#include "core/loyalty/birthday.h"
#include "tests/harness/shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <cmocka.h>

#define PAGE 8
#define PHONE "+79991234567"

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

/* Somebody whose birthday is today, told long ago. */
static int64_t born(int64_t external_id)
{
    int64_t id = shop_customer(&shop, external_id, "Гость", "").id;

    assert_int_equal(
        db_exec(shop.db, NULL,
                "UPDATE customer SET birth_date = ?, birth_set_at = ? WHERE id = ?",
                DB_DATE(cal_day((struct date){1990, 9, 18})),
                DB_TIME(SHOP_NOW - 100 * DAY), DB_INT(id)),
        ST_OK);
    return id;
}

struct telling {
    int64_t id;
    const char *phone;
    bool shared;
};

static enum status tell(struct db *db, void *arg)
{
    struct telling *t = arg;

    return customer_phone_set(db, SHOP_NOW, t->id, t->phone, &t->shared);
}

static bool tells(int64_t id, const char *phone)
{
    struct telling t = {.id = id, .phone = phone};

    assert_int_equal(db_tx(shop.db, tell, &t), ST_OK);
    return t.shared;
}

struct gift {
    const struct birthday_round *round;
    const struct birthday_due *who;
    struct discount out;
    enum status st;
};

/* A gift that is withheld is noted, and the note is committed. */
static enum status give(struct db *db, void *arg)
{
    struct gift *g = arg;

    g->st = birthday_gift(db, SHOP_NOW, g->round, g->who, &g->out);
    return g->st == ST_REFUSED ? ST_OK : g->st;
}

/* How many gifts were given now; -1: something else than "given" and "had". */
static int run_round(struct db *db, int32_t day)
{
    struct birthday_round round = {
        .tz = tz,
        .today = day,
        .rules = {.on = true, .after = 7, .lead = 7, .percent_bp = 1500},
        .limit = PAGE};
    struct birthday_due due[PAGE];
    int n, given = 0;
    enum status st;

    while ((st = birthday_due(db, &round, due, &n)) == ST_OK)
        for (int i = 0; i < n; i++) {
            struct gift g = {.round = &round, .who = &due[i]};

            st = db_tx(db, give, &g);
            if (st != ST_OK && st != ST_TAKEN)
                return -1;
            given += st == ST_OK && g.st == ST_OK;
        }
    return st == ST_NONE ? given : -1;
}

static void test_the_first_of_two(void **state)
{
    int64_t a = born(7000000301), b = born(7000000302);

    (void)state;
    assert_false(tells(a, PHONE));
    assert_true(tells(b, PHONE));
    assert_int_equal(run_round(shop.db, today), 1);
    assert_int_equal(run_round(shop.db, today + 1), 0);
    assert_int_equal(shop_number(shop.db, "SELECT customer_id FROM gift_phone"), a);
    assert_int_equal(run_round(shop.db, cal_day((struct date){2027, 9, 18})), 1);
}

/* The gift was had without a phone, which comes to light later. */
static void test_a_gift_before_the_phone(void **state)
{
    int64_t a = born(7000000301), b;

    (void)state;
    assert_int_equal(run_round(shop.db, today), 1);
    tells(a, PHONE);
    b = born(7000000302);
    assert_true(tells(b, PHONE));
    assert_int_equal(run_round(shop.db, today), 0);
    assert_int_equal(shop_number(shop.db, "SELECT MAX(gift_withheld) FROM customer"),
                     2026);
}

/* A new number brings no second gift to the same person, nor to who has it next. */
static void test_a_new_number(void **state)
{
    int64_t a = born(7000000301), b;

    (void)state;
    tells(a, PHONE);
    assert_int_equal(run_round(shop.db, today), 1);
    tells(a, "+79997654321");
    assert_int_equal(run_round(shop.db, today), 0);
    b = born(7000000302);
    assert_false(tells(b, PHONE));
    assert_int_equal(run_round(shop.db, today), 0);
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

static void test_sixteen_rounds_for_one_phone(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        tells(born(7000000301 + i), PHONE);
    given = bad = 0;
    shop_race(&shop, 16, racer, NULL);
    assert_int_equal(bad, 0);
    assert_int_equal(given, 1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount"), 1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM audit WHERE action ="
                                          " 'customer.gift_withheld'"),
                     19);
    assert_int_equal(
        shop_number(shop.db, "SELECT COUNT(*) FROM customer WHERE phone_shared = 1"),
        20);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_first_of_two),
        TEST(test_a_gift_before_the_phone),
        TEST(test_a_new_number),
        TEST(test_sixteen_rounds_for_one_phone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
