/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * How often somebody bought and what they paid is what the books say, after every
 * redemption and every undo, in whatever order and by however many at once. */
#include "tests/store/till.h"

#include <stdio.h>

static int64_t of_maria(const char *column)
{
    char sql[120];

    snprintf(sql, sizeof sql, "SELECT %s FROM customer WHERE id = %lld", column,
             (long long)maria.id);
    return shop_number(shop.db, sql);
}

static void as_the_books_say(void)
{
    assert_int_equal(
        shop_number(
            shop.db,
            "SELECT COUNT(*) FROM customer c LEFT JOIN (SELECT customer_id,"
            " COUNT(*) AS n, SUM(COALESCE(amount - discount_amount, 0)) AS paid,"
            " MAX(redeemed_at) AS latest FROM redemption WHERE voided_at IS NULL"
            " GROUP BY customer_id) r ON r.customer_id = c.id"
            " WHERE c.purchases <> COALESCE(r.n, 0)"
            " OR c.spent_total <> COALESCE(r.paid, 0)"
            " OR c.last_purchase_at <> COALESCE(r.latest, '1970-01-01')"),
        0);
}

static int64_t buys(int cashier, const char *code, int64_t now, int64_t amount)
{
    struct card card = check_by(shop.db, cashier, code, now, false);
    struct redeemed out = press(shop.db, cashier, card.nonce, now, amount);

    assert_int_equal(out.result, REDEEM_DONE);
    as_the_books_say();
    return out.redemption.id;
}

static void test_a_purchase_counts(void **state)
{
    struct discount many = shop_discount(&shop, maria.id, "test:many", 9);
    int64_t first, second;

    (void)state;
    as_the_books_say();
    first = buys(0, many.code, T0, 100000);
    assert_int_equal(of_maria("purchases"), 1);
    assert_int_equal(of_maria("spent_total"), 90000);
    assert_int_equal(of_maria("home_store_id"), shop.store[0]);
    second = buys(1, many.code, T0 + MINUTE, -1); /* no sum */
    assert_int_equal(of_maria("purchases"), 2);
    assert_int_equal(of_maria("spent_total"), 90000);
    buys(2, many.code, T0 + 2 * MINUTE, 5000);
    assert_int_equal(undo(&shop.cashier[0], &shop.shift[0], first, T0 + 3 * MINUTE),
                     VOIDED);
    as_the_books_say();
    assert_int_equal(of_maria("spent_total"), 4500);
    assert_int_equal(undo(&shop.owner, NULL, second, T0 + HOUR), VOIDED);
    as_the_books_say();
    assert_int_equal(of_maria("home_store_id"), shop.store[0]);
}

static void test_none_is_left(void **state)
{
    int64_t id = buys(0, ten.code, T0, 100000);

    (void)state;
    assert_int_equal(undo(&shop.owner, NULL, id, T0 + MINUTE), VOIDED);
    as_the_books_say();
    assert_int_equal(of_maria("purchases"), 0);
    assert_int_equal(of_maria("last_purchase_at = '1970-01-01'"), 1);
}

static void test_training_counts_nothing(void **state)
{
    struct card card;

    (void)state;
    shop.shift[0].training = true;
    card = check_by(shop.db, 0, ten.code, T0, false);
    if (card.verdict == VERDICT_VALID)
        press(shop.db, 0, card.nonce, T0, -1);
    shop.shift[0].training = false;
    assert_int_equal(of_maria("purchases"), 0);
    as_the_books_say();
}

#define RACERS 6
static struct discount cards[RACERS];

static void racer(struct db *db, int i, void *arg)
{
    struct card card = check_by(db, i, cards[i].code, T0 + i, false);

    (void)arg;
    press(db, i, card.nonce, T0 + i, 1000 * (i + 1));
}

/* Six discounts of one person at six tills. */
static void test_many_at_once(void **state)
{
    char key[24];

    (void)state;
    for (int i = 0; i < RACERS; i++) {
        snprintf(key, sizeof key, "test:race%d", i);
        cards[i] = shop_discount(&shop, maria.id, key, 1);
    }
    shop_race(&shop, RACERS, racer, NULL);
    assert_int_equal(of_maria("purchases"), RACERS);
    as_the_books_say();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_purchase_counts),
        TEST(test_none_is_left),
        TEST(test_training_counts_nothing),
        TEST(test_many_at_once),
    };

    return cmocka_run_group_tests_name("purchase", tests, NULL, NULL);
}
