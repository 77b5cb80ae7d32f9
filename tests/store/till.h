/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/till.h - what a cashier does, for the tests of redemption: each file of
 * them has a shop of its own, with Maria, who holds one discount of 10 % for one use.
 */
#ifndef TESTS_STORE_TILL_H
#define TESTS_STORE_TILL_H

#include "core/base/clock.h"
#include "tests/harness/shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#define T0 (SHOP_NOW + HOUR)

static struct shop shop;
static struct customer maria;
static struct discount ten; /* one use, 10 % */

static inline int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    maria = shop_customer(&shop, 7000000201, "Мария", "Кузнецова");
    ten = shop_discount(&shop, maria.id, "test:ten", 1);
    return 0;
}

static inline int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

/* ---- what a cashier does -----------------------------------------------------------
 */

static inline struct card check_by(struct db *db, int cashier, const char *code,
                                   int64_t now, bool take)
{
    struct redemption_ask ask = {.code = code,
                                 .staff = &shop.cashier[cashier],
                                 .shift = &shop.shift[cashier],
                                 .take = take};
    struct card card;

    assert_int_equal(shop_check(db, now, &ask, &card), ST_OK);
    return card;
}

/* The sum of the purchase, for an open card. */
static inline enum price_result price(struct db *db, int cashier, const char *nonce,
                                      int64_t now, int64_t amount, struct card *card)
{
    struct price_ask ask = {.nonce = nonce,
                            .staff = &shop.cashier[cashier],
                            .shift = &shop.shift[cashier],
                            .amount = amount};
    enum price_result result = 0;

    assert_int_equal(shop_price(db, now, &ask, &result, card), ST_OK);
    return result;
}

/* amount -1: none was entered. */
static inline struct redeemed press(struct db *db, int cashier, const char *nonce,
                                    int64_t now, int64_t amount)
{
    struct redemption_press p = {
        .nonce = nonce, .staff = &shop.cashier[cashier], .shift = &shop.shift[cashier]};
    struct redeemed r;
    struct card card;

    if (amount != -1) {
        assert_int_equal(price(db, cashier, nonce, now, amount, &card), PRICE_SET);
        p.nonce = card.nonce;
    }

    assert_int_equal(shop_confirm(db, now, &p, &r), ST_OK);
    return r;
}

static inline struct redeemed redeem(int cashier, const char *code, int64_t now)
{
    struct card card = check_by(shop.db, cashier, code, now, false);

    assert_int_equal(card.verdict, VERDICT_VALID);
    return press(shop.db, cashier, card.nonce, now, -1);
}

static inline enum void_result undo(const struct staff *who, const struct shift *shift,
                                    int64_t id, int64_t now)
{
    struct void_ask ask = {.redemption_id = id,
                           .staff = who,
                           .shift = shift,
                           .reason = VOID_CUSTOMER,
                           .window = 10 * MINUTE,
                           .grace = DAY};
    enum void_result result = 0;
    struct redemption r;

    assert_int_equal(shop_void(shop.db, now, &ask, &result, &r), ST_OK);
    if (result == VOIDED)
        assert_int_equal(r.voided_at, now);
    return result;
}

static inline int64_t live(void)
{
    return shop_number(shop.db, "SELECT COUNT(live_use_no) FROM redemption");
}

static inline int64_t rows(void)
{
    return shop_number(shop.db, "SELECT COUNT(*) FROM redemption");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

#endif
