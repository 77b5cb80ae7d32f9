/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Shared phones and the PINs they are entered by, without a conversation around them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/staff/pin.h"
#include "core/staff/till.h"
#include "tests/harness/shop.h"

#define PHONE 7000000801

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

/* ---- work in a transaction ------------------------------------------------------- */

struct told {
    int64_t now;
    const char *digits; /* NULL: a manager gives them */
    char given[PIN_ONCE_DIGITS + 1];
    struct pin_answer answer;
};

static enum status give_work(struct db *db, void *arg)
{
    struct told *t = arg;

    return pin_reset(db, t->now, shop.cashier[0].id, shop.manager.id, t->given);
}

static enum status check_work(struct db *db, void *arg)
{
    struct told *t = arg;

    return pin_check(db, t->now, shop.cashier[0].id, t->digits, &t->answer);
}

static enum pin_result checks(const char *digits, int64_t now)
{
    struct told t = {.now = now, .digits = digits};

    assert_int_equal(db_tx(shop.db, check_work, &t), ST_OK);
    return t.answer.result;
}

struct moved {
    struct till_spec spec;
    struct till till;
};

static enum status make_work(struct db *db, void *arg)
{
    struct moved *m = arg;

    return till_make(db, SHOP_NOW, &m->spec, &m->till);
}

static enum status enter_work(struct db *db, void *arg)
{
    struct moved *m = arg;

    return till_enter(db, SHOP_NOW, &m->till, &shop.cashier[0]);
}

/* ---- tests ---------------------------------------------------------------------- */

static void test_a_managers_digits_are_good_once(void **state)
{
    struct told t = {.now = SHOP_NOW};

    (void)state;
    assert_int_equal(db_tx(shop.db, give_work, &t), ST_OK);
    assert_int_equal(checks("0000000", SHOP_NOW), PIN_WRONG);
    assert_int_equal(checks(t.given, SHOP_NOW), PIN_CHANGE);
    assert_int_equal(checks(t.given, SHOP_NOW), PIN_NONE);
}

static void test_a_managers_digits_are_good_for_a_day(void **state)
{
    struct told t = {.now = SHOP_NOW};

    (void)state;
    assert_int_equal(db_tx(shop.db, give_work, &t), ST_OK);
    assert_int_equal(pin_has(shop.db, SHOP_NOW, shop.cashier[0].id), ST_OK);
    assert_int_equal(checks(t.given, SHOP_NOW + DAY), PIN_NONE);
    assert_int_equal(pin_has(shop.db, SHOP_NOW + DAY, shop.cashier[0].id), ST_NONE);
    assert_int_equal(checks(t.given, SHOP_NOW + DAY - SECOND), PIN_CHANGE);
}

static void test_a_phone_that_moves_is_nobodys(void **state)
{
    struct moved m = {.spec = {.channel = CHANNEL_MESSENGER,
                               .external_id = PHONE,
                               .store_id = shop.store[0],
                               .by = shop.manager.id}};
    int64_t id;

    (void)state;
    assert_int_equal(db_tx(shop.db, make_work, &m), ST_OK);
    id = m.till.id;
    assert_int_equal(db_tx(shop.db, enter_work, &m), ST_OK);
    assert_int_equal(till_load(shop.db, id, &m.till), ST_OK);
    assert_int_equal(m.till.held_by, shop.cashier[0].id);
    m.spec.store_id = shop.store[1];
    assert_int_equal(db_tx(shop.db, make_work, &m), ST_OK);
    assert_int_equal(m.till.id, id);
    assert_int_equal(m.till.store_id, shop.store[1]);
    assert_int_equal(m.till.held_by, 0);
    /* … and may be held by nobody who does not work there */
    assert_int_equal(db_tx(shop.db, enter_work, &m), ST_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_managers_digits_are_good_once, open_shop,
                                        close_shop),
        cmocka_unit_test_setup_teardown(test_a_managers_digits_are_good_for_a_day,
                                        open_shop, close_shop),
        cmocka_unit_test_setup_teardown(test_a_phone_that_moves_is_nobodys, open_shop,
                                        close_shop),
    };

    return cmocka_run_group_tests_name("till", tests, NULL, NULL);
}
