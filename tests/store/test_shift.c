/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/clock.h"
#include "tests/harness/shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <cmocka.h>

static struct shop shop;

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

static void test_one_open_a_person(void **state)
{
    struct shift s;

    (void)state;
    assert_int_equal(shift_open(shop.db, SHOP_NOW, &shop.cashier[0], shop.store[0], &s),
                     ST_TAKEN);
    assert_int_equal(s.id, shop.shift[0].id);
    assert_int_equal(shift_current(shop.db, shop.cashier[0].id, &s), ST_OK);
    assert_string_equal(s.store, "Ленина");
    assert_int_equal(s.closed_at, 0);
    assert_int_equal(db_exec(shop.db, NULL,
                             "INSERT INTO shift (staff_id, store_id, opened_at)"
                             " VALUES (?, ?, ?)",
                             DB_INT(shop.cashier[0].id), DB_INT(shop.store[0]),
                             DB_TIME(SHOP_NOW)),
                     ST_TAKEN);
}

static void test_closing(void **state)
{
    struct shift s;

    (void)state;
    assert_int_equal(
        shift_close(shop.db, SHOP_NOW + HOUR, &shop.cashier[0], shop.shift[0].id),
        ST_OK);
    assert_int_equal(
        shift_close(shop.db, SHOP_NOW + HOUR, &shop.cashier[0], shop.shift[0].id),
        ST_TAKEN);
    assert_int_equal(shift_current(shop.db, shop.cashier[0].id, &s), ST_NONE);
    assert_int_equal(shift_load(shop.db, shop.shift[0].id, &s), ST_OK);
    assert_int_equal(s.closed_at, SHOP_NOW + HOUR);
    assert_int_equal(
        shift_open(shop.db, SHOP_NOW + 2 * HOUR, &shop.cashier[0], shop.store[0], &s),
        ST_OK);
    assert_int_not_equal(s.id, shop.shift[0].id);
}

static void test_who_may_open_and_close(void **state)
{
    struct staff reader = shop.cashier[0];
    struct shift s;

    (void)state;
    assert_int_equal(shift_open(shop.db, SHOP_NOW, &shop.manager, shop.store[1], &s),
                     ST_REFUSED);
    assert_int_equal(shift_open(shop.db, SHOP_NOW, &shop.manager, 999, &s), ST_REFUSED);
    assert_int_equal(shift_close(shop.db, SHOP_NOW, &shop.cashier[1], shop.shift[0].id),
                     ST_REFUSED);
    assert_int_equal(shift_close(shop.db, SHOP_NOW, &shop.cashier[1], 999), ST_REFUSED);
    assert_int_equal(shift_close(shop.db, SHOP_NOW, &shop.manager, shop.shift[0].id),
                     ST_OK);
    reader.role = ROLE_READONLY;
    assert_int_equal(shift_open(shop.db, SHOP_NOW, &reader, shop.store[0], &s),
                     ST_REFUSED);
}

static atomic_int opened, bad;

struct opening {
    struct shift out;
};

static enum status do_open(struct db *db, void *arg)
{
    return shift_open(db, SHOP_NOW, &shop.owner, shop.store[0],
                      &((struct opening *)arg)->out);
}

static void open_race(struct db *db, int i, void *arg)
{
    struct opening o;
    enum status st = db_tx(db, do_open, &o);

    (void)i;
    (void)arg;
    if (st == ST_OK)
        opened++;
    else if (st != ST_TAKEN)
        bad++;
}

static void test_sixteen_open_at_once(void **state)
{
    (void)state;
    opened = bad = 0;
    shop_race(&shop, 16, open_race, NULL);
    assert_int_equal(bad, 0);
    assert_int_equal(opened, 1);
}

/* ---- the report ----------------------------------------------------------------- */

static int64_t sell(const char *key, enum discount_source source, int64_t amount)
{
    int64_t id = shop_number(shop.db, "SELECT id FROM customer");
    struct discount_spec spec = {.customer_id = id,
                                 .source = source,
                                 .issue_key = key,
                                 .percent_bp = 1000,
                                 .valid_from = SHOP_NOW,
                                 .valid_until = SHOP_NOW + DAY};
    struct redemption_ask ask = {.staff = &shop.cashier[0], .shift = &shop.shift[0]};
    struct redemption_press press = {.staff = &shop.cashier[0],
                                     .shift = &shop.shift[0]};
    struct price_ask price = {
        .staff = &shop.cashier[0], .shift = &shop.shift[0], .amount = amount};
    enum price_result priced;
    struct discount d;
    struct card card;
    struct redeemed r;

    assert_int_equal(shop_issue(shop.db, SHOP_NOW, &spec, &d), ST_OK);
    ask.code = d.code;
    assert_int_equal(shop_check(shop.db, SHOP_NOW, &ask, &card), ST_OK);
    price.nonce = card.nonce;
    if (amount >= 0)
        assert_int_equal(shop_price(shop.db, SHOP_NOW, &price, &priced, &card), ST_OK);
    if (amount >= 0)
        assert_int_equal(priced, PRICE_SET);
    press.nonce = card.nonce;
    assert_int_equal(shop_confirm(shop.db, SHOP_NOW, &press, &r), ST_OK);
    assert_int_equal(r.result, REDEEM_DONE);
    return r.redemption.id;
}

static void test_report(void **state)
{
    struct void_ask ask = {.staff = &shop.manager, .reason = VOID_RETURN};
    enum void_result result;
    struct shift_report rep;
    struct redemption r;

    (void)state;
    shop_customer(&shop, 7000000801, "Ann", "");
    sell("a", SOURCE_SUBSCRIPTION, 100000);
    sell("b", SOURCE_SUBSCRIPTION, 50001);
    sell("c", SOURCE_BIRTHDAY, -1);
    ask.redemption_id = sell("d", SOURCE_MANUAL, 700000);
    assert_int_equal(shop_void(shop.db, SHOP_NOW, &ask, &result, &r), ST_OK);
    assert_int_equal(result, VOIDED);

    assert_int_equal(shift_report(shop.db, shop.shift[0].id, &rep), ST_OK);
    assert_int_equal(rep.redeemed, 3);
    assert_int_equal(rep.voided, 1);
    assert_int_equal(rep.with_amount, 2);
    assert_int_equal(rep.amount, 150001);
    assert_int_equal(rep.discount, 15000);
    assert_int_equal(rep.average, 75000);
    assert_int_equal(rep.by_source[SOURCE_SUBSCRIPTION], 2);
    assert_int_equal(rep.by_source[SOURCE_BIRTHDAY], 1);
    assert_int_equal(rep.by_source[SOURCE_MANUAL], 0);
    assert_int_equal(rep.shift.opened_at, SHOP_NOW);

    assert_int_equal(shift_report(shop.db, shop.shift[1].id, &rep), ST_OK);
    assert_int_equal(rep.redeemed + rep.voided, 0);
    assert_int_equal(rep.average, 0);
    assert_int_equal(shift_report(shop.db, 999, &rep), ST_NONE);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_open_a_person),
        TEST(test_closing),
        TEST(test_who_may_open_and_close),
        TEST(test_sixteen_open_at_once),
        TEST(test_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
