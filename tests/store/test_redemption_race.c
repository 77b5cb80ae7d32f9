/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/store/till.h"

#include <stdatomic.h>
#include <stdio.h>

/* ---- races -------------------------------------------------------------------------
 */

static atomic_int done, already, other, bad;

static void press_and_count(struct db *db, const struct redemption_press *p)
{
    struct redeemed r;

    if (shop_confirm(db, T0, p, &r) != ST_OK)
        bad++;
    else if (r.result == REDEEM_DONE)
        done++;
    else if (r.result == REDEEM_ALREADY)
        already++;
    else
        other++;
}

static void scan_and_press(struct db *db, int i, void *arg)
{
    int cashier = i % SHOP_CASHIERS;

    (void)arg;
    for (int k = 0; k < 20; k++) {
        struct redemption_ask ask = {.code = ten.code,
                                     .staff = &shop.cashier[cashier],
                                     .shift = &shop.shift[cashier],
                                     .take = true};
        struct redemption_press p = {.staff = &shop.cashier[cashier],
                                     .shift = &shop.shift[cashier]};
        struct card card;

        if (shop_check(db, T0, &ask, &card) != ST_OK) {
            bad++;
            continue;
        }
        p.nonce = card.nonce;
        if (card.verdict != VERDICT_VALID)
            other++;
        else
            press_and_count(db, &p);
    }
}

static void test_five_hundred_attempts_one_redemption(void **state)
{
    (void)state;
    done = already = other = bad = 0;
    shop_race(&shop, 25, scan_and_press, NULL);
    assert_int_equal(done, 1);
    assert_int_equal(bad, 0);
    assert_int_equal(done + already + other, 500);
    assert_int_equal(rows(), 1);
    assert_int_equal(live(), 1);
    assert_int_equal(shop_number(shop.db, "SELECT uses_count FROM discount"), 1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM job_open"), 1);
}

static char shared_nonce[NONCE_TEXT + 1];

static void press_shared(struct db *db, int i, void *arg)
{
    struct redemption_press p = {
        .nonce = shared_nonce, .staff = &shop.cashier[0], .shift = &shop.shift[0]};

    (void)i;
    (void)arg;
    for (int k = 0; k < 20; k++) {
        press_and_count(db, &p);
    }
}

static void test_one_press_delivered_320_times(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);

    (void)state;
    snprintf(shared_nonce, sizeof shared_nonce, "%s", card.nonce);
    done = already = other = bad = 0;
    shop_race_behind(&shop, "SELECT id FROM discount FOR UPDATE", 16, press_shared,
                     NULL);
    assert_int_equal(done, 1);
    assert_int_equal(already, 319);
    assert_int_equal(rows(), 1);
}

/* ---- callers who know no manners ---------------------------------------------------
 */

struct blind {
    int64_t discount_id, customer_id;
    int allowed;     /* what the caller claims */
    int slots;       /* it writes into 1..slots at random */
    const char *key; /* NULL: a new one each time */
};

static atomic_int serial, accepted;

static void insert_blindly(struct db *db, int i, void *arg)
{
    const struct blind *b = arg;
    char key[40];

    for (int k = 0; k < 20; k++) {
        int no = ++serial;
        enum status st;

        snprintf(key, sizeof key, "blind:%d", no);
        do
            st = db_exec(
                db, NULL,
                "INSERT INTO redemption (discount_id, customer_id, uses_allowed,"
                " use_no, op_key, staff_id, store_id, shift_id, receipt_no,"
                " redeemed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                DB_INT(b->discount_id), DB_INT(b->customer_id), DB_INT(b->allowed),
                DB_INT(1 + (no * 7 + i) % b->slots),
                DB_TEXT(b->key != NULL ? b->key : key), DB_INT(shop.cashier[0].id),
                DB_INT(shop.store[0]), DB_INT(shop.shift[0].id), DB_INT(1000 + no),
                DB_TIME(T0));
        while (st == ST_AGAIN);
        if (st == ST_OK)
            accepted++;
        else if (st != ST_TAKEN && st != ST_REFUSED)
            bad++;
    }
}

static int blindly(struct blind b)
{
    accepted = bad = 0;
    shop_race(&shop, 16, insert_blindly, &b);
    assert_int_equal(bad, 0);
    return accepted;
}

static void test_database_refuses_blind_inserts(void **state)
{
    struct blind b = {ten.id, maria.id, 1, 1, NULL};

    (void)state;
    assert_int_equal(blindly(b), 1);
    assert_int_equal(rows(), 1);
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE redemption SET voided_at = ?, voided_by = ?,"
                             " void_reason = 1",
                             DB_TIME(T0), DB_INT(shop.manager.id)),
                     ST_OK);
    assert_int_equal(blindly(b), 1);
    assert_int_equal(rows(), 2);
    assert_int_equal(live(), 1);
}

static void test_database_refuses_a_fourth_use(void **state)
{
    struct discount three = shop_discount(&shop, maria.id, "test:three", 3);

    (void)state;
    assert_int_equal(blindly((struct blind){three.id, maria.id, 3, 6, NULL}), 3);
}

static void test_database_refuses_a_widened_limit(void **state)
{
    (void)state;
    assert_int_equal(blindly((struct blind){ten.id, maria.id, 9, 9, NULL}), 0);
}

static void test_database_refuses_a_wrong_holder(void **state)
{
    struct customer boris = shop_customer(&shop, 7000000202, "Борис", "");

    (void)state;
    assert_int_equal(blindly((struct blind){ten.id, boris.id, 1, 1, NULL}), 0);
}

static void test_database_refuses_the_same_operation(void **state)
{
    struct discount many = shop_discount(&shop, maria.id, "test:many", 400);

    (void)state;
    assert_int_equal(blindly((struct blind){many.id, maria.id, 400, 400, "op"}), 1);
}

static void test_database_pins_what_was_redeemed(void **state)
{
    (void)state;
    redeem(0, ten.code, T0);
    assert_int_equal(db_exec(shop.db, NULL, "UPDATE discount SET uses_allowed = 2"),
                     ST_REFUSED);
    assert_int_equal(db_exec(shop.db, NULL, "UPDATE discount SET uses_count = 2"),
                     ST_REFUSED);
    assert_int_equal(db_exec(shop.db, NULL, "DELETE FROM discount"), ST_REFUSED);
    assert_int_equal(db_exec(shop.db, NULL, "UPDATE redemption SET use_no = 2"),
                     ST_REFUSED);
}

/* A row written past us, the count untouched: our own code must not break over it. */
static void test_blind_row_does_not_pass(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);
    struct redemption_press p = {
        .nonce = card.nonce, .staff = &shop.cashier[0], .shift = &shop.shift[0]};
    struct redeemed r;

    (void)state;
    assert_int_equal(blindly((struct blind){ten.id, maria.id, 1, 1, NULL}), 1);
    assert_int_equal(shop_confirm(shop.db, T0, &p, &r), ST_BROKEN);
    assert_int_equal(rows(), 1);
    assert_int_equal(shop_number(shop.db, "SELECT uses_count FROM discount"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_five_hundred_attempts_one_redemption),
        TEST(test_one_press_delivered_320_times),
        TEST(test_database_refuses_blind_inserts),
        TEST(test_database_refuses_a_fourth_use),
        TEST(test_database_refuses_a_widened_limit),
        TEST(test_database_refuses_a_wrong_holder),
        TEST(test_database_refuses_the_same_operation),
        TEST(test_database_pins_what_was_redeemed),
        TEST(test_blind_row_does_not_pass),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
