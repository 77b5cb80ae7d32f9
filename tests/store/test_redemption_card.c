/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a card carries to the press: the sum, the channel's late answer, the only store;
 * and what becomes of it when several do several things at once. */
#include "tests/store/till.h"

#include "core/setting.h"

#include <stdio.h>
#include <stdlib.h>

static struct card open_card(int64_t now)
{
    struct card c = check_by(shop.db, 0, ten.code, now, false);

    assert_int_equal(c.verdict, VERDICT_VALID);
    return c;
}

static void change(const char *sql)
{
    assert_int_equal(db_exec(shop.db, NULL, sql), ST_OK);
}

/* ---- the sum -------------------------------------------------------------------- */

static void test_a_sum_gives_a_fresh_nonce(void **state)
{
    struct card a = open_card(T0), b, c;

    (void)state;
    assert_int_equal(a.amount, -1);
    assert_int_equal(price(shop.db, 0, a.nonce, T0 + SECOND, 100000, &b), PRICE_SET);
    assert_string_not_equal(a.nonce, b.nonce);
    assert_int_equal(b.off, 10000);
    assert_int_equal(b.confirm_until, T0 + SECOND + 5 * MINUTE);
    assert_int_equal(price(shop.db, 0, a.nonce, T0 + SECOND, 1, &c), PRICE_STALE);
    assert_int_equal(press(shop.db, 0, a.nonce, T0 + SECOND, -1).result, REDEEM_STALE);
    assert_int_equal(rows(), 0);
    c = check_by(shop.db, 0, ten.code, T0 + 2 * SECOND, false); /* a double scan */
    assert_string_equal(c.nonce, b.nonce);
    assert_int_equal(c.amount, 100000);
    assert_int_equal(press(shop.db, 0, c.nonce, T0 + 3 * SECOND, -1).redemption.amount,
                     100000);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM redemption_attempt"
                                          " WHERE verdict = 1"),
                     2);
}

static void test_nobody_else_s_card(void **state)
{
    struct card a = open_card(T0), b;

    (void)state;
    assert_int_equal(price(shop.db, 1, a.nonce, T0, 100000, &b), PRICE_STALE);
    assert_int_equal(price(shop.db, 0, "0000000000", T0, 100000, &b), PRICE_STALE);
    assert_int_equal(price(shop.db, 0, "' OR 1=1 -", T0, 100000, &b), PRICE_STALE);
    assert_int_equal(price(shop.db, 0, a.nonce, T0 + 5 * MINUTE, 100000, &b),
                     PRICE_STALE);
    check_by(shop.db, 1, ten.code, T0, true);
    assert_int_equal(price(shop.db, 0, a.nonce, T0, 100000, &b), PRICE_STALE);
    change("UPDATE customer SET pd_ok = 0, marketing_ok = 0");
    a = check_by(shop.db, 1, ten.code, T0, false);
    assert_int_equal(a.verdict, VERDICT_WITHDRAWN);
}

/* Each change comes while the card is open, and its own time is not over. */
static void test_no_sum_for_what_is_over(void **state)
{
    struct card a = open_card(T0), b;

    (void)state;
    change("UPDATE discount SET status = 4 WHERE id = 1");
    assert_int_equal(price(shop.db, 0, a.nonce, T0, 100000, &b), PRICE_STALE);
    change("UPDATE discount SET status = 1 WHERE id = 1");
    change("UPDATE customer SET pd_ok = 0, marketing_ok = 0");
    assert_int_equal(price(shop.db, 0, a.nonce, T0, 100000, &b), PRICE_STALE);
    change("UPDATE customer SET pd_ok = 1");
    change("UPDATE discount SET valid_until = hold_until WHERE id = 1");
    assert_int_equal(price(shop.db, 0, a.nonce, T0 + 4 * MINUTE, 100000, &b),
                     PRICE_STALE);
    assert_int_equal(price(shop.db, 0, a.nonce, T0 + MINUTE, 100000, &b), PRICE_SET);
}

static void test_no_sum_by_who_may_not(void **state)
{
    struct card a = open_card(T0), b;
    struct staff keeper = shop.cashier[0];
    struct price_ask ask = {
        .nonce = a.nonce, .staff = &shop.cashier[0], .amount = 1000};
    enum price_result result;

    (void)state;
    assert_int_equal(shop_price(shop.db, T0, &ask, &result, &b), ST_OK);
    assert_int_equal(result, PRICE_REFUSED);
    assert_int_equal(b.verdict, VERDICT_NO_SHIFT);
    keeper.role = ROLE_STOREKEEPER;
    ask.staff = &keeper;
    ask.shift = &shop.shift[0];
    assert_int_equal(shop_price(shop.db, T0, &ask, &result, &b), ST_OK);
    assert_int_equal(result, PRICE_REFUSED);
    assert_int_equal(b.verdict, VERDICT_NO_RIGHT);
    assert_int_equal(
        shop_number(shop.db, "SELECT COUNT(*) FROM discount WHERE hold_amount > 0"), 0);
}

static void test_the_sum_is_of_one_purchase(void **state)
{
    struct discount two = shop_discount(&shop, maria.id, "test:two", 2);
    struct card c = check_by(shop.db, 0, two.code, T0, false);

    (void)state;
    assert_int_equal(press(shop.db, 0, c.nonce, T0, 100000).result, REDEEM_DONE);
    c = check_by(shop.db, 0, two.code, T0 + MINUTE, false);
    assert_int_equal(c.amount, -1);
    assert_int_equal(press(shop.db, 0, c.nonce, T0 + MINUTE, -1).redemption.amount, -1);
}

/* Sixteen at once: presses of the old card, sums, presses of what they gave. Whatever
 * wins, one redemption, and its sum is one that was entered. */
static struct card shared;

static void price_and_press(struct db *db, int i, void *arg)
{
    struct price_ask ask = {.nonce = shared.nonce,
                            .staff = &shop.cashier[0],
                            .shift = &shop.shift[0],
                            .amount = 1000 * (i + 1)};
    struct redemption_press p = {.staff = &shop.cashier[0], .shift = &shop.shift[0]};
    enum price_result result;
    struct redeemed r;
    struct card c;

    (void)arg;
    if (shop_price(db, T0, &ask, &result, &c) != ST_OK || result != PRICE_SET)
        return;
    p.nonce = c.nonce;
    assert_int_equal(shop_confirm(db, T0, &p, &r), ST_OK);
    if (r.result == REDEEM_DONE)
        assert_int_equal(r.redemption.amount, ask.amount);
}

static void test_many_sums_at_once(void **state)
{
    (void)state;
    shared = open_card(T0);
    shop_race(&shop, 16, price_and_press, NULL);
    assert_int_equal(rows(), 1);
    assert_int_equal(shop_number(shop.db, "SELECT amount % 1000 FROM redemption"), 0);
    assert_int_equal(shop_number(shop.db, "SELECT discount_amount * 10 = amount"
                                          " FROM redemption"),
                     1);
}

/* ---- the only store ------------------------------------------------------------- */

/* Faulty code asks nothing: the WHERE of the press still does. */
static void test_the_press_asks_for_the_store_too(void **state)
{
    struct card c = open_card(T0);
    char sql[100];

    (void)state;
    snprintf(sql, sizeof sql, "UPDATE discount SET store_id = %lld WHERE id = %lld",
             (long long)shop.store[1], (long long)ten.id);
    change(sql);
    assert_int_equal(press(shop.db, 0, c.nonce, T0, -1).verdict, VERDICT_WRONG_STORE);
    assert_int_equal(rows(), 0);
    c = check_by(shop.db, 0, ten.code, T0, false);
    assert_int_equal(c.verdict, VERDICT_WRONG_STORE);
    assert_string_not_equal(c.store, "");
    change("UPDATE discount SET store_id = 999999 WHERE 1 = 0");
    assert_int_equal(db_exec(shop.db, NULL, "UPDATE discount SET store_id = 999999"),
                     ST_REFUSED);
}

/* ---- the channel ---------------------------------------------------------------- */

static enum status set_work(struct db *db, void *arg)
{
    const char *why;
    const struct setting_change c = {
        .name = "channel_id", .value = "@x_channel", .by = "test"};

    (void)arg;
    return setting_set(db, T0, &c, &why);
}

static void follows_since(int64_t at)
{
    assert_int_equal(db_tx(shop.db, set_work, NULL), ST_OK);
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE customer SET subscribed = 1, subscribed_at = ?",
                             DB_TIME(at)),
                     ST_OK);
    change("UPDATE discount SET source = 1");
}

struct member_call {
    struct member_news news;
    int64_t now;
    enum member_effect effect;
};

static enum status member_work(struct db *db, void *arg)
{
    struct member_call *c = arg;

    return redemption_member_known(db, c->now, &c->news, &c->effect);
}

static enum member_effect known(enum member_state state, int64_t now)
{
    struct member_call c = {{ten.id, shop.cashier[0].id, state}, now, 0};

    assert_int_equal(db_tx(shop.db, member_work, &c), ST_OK);
    return c.effect;
}

static int64_t unverified(void)
{
    return shop_number(shop.db, "SELECT unverified FROM redemption");
}

static void test_asked_only_when_the_answer_is_old(void **state)
{
    (void)state;
    follows_since(T0 - 59 * MINUTE);
    assert_false(open_card(T0).ask_member);
    assert_true(open_card(T0 + 6 * MINUTE).ask_member);
    assert_false(open_card(T0 + 7 * MINUTE).ask_member); /* the question is open */
    change("UPDATE discount SET source = 2"); /* a birthday is for everybody */
    assert_false(open_card(T0 + HOUR).ask_member);
}

static void test_yes_in_time(void **state)
{
    struct card c;

    (void)state;
    follows_since(T0 - DAY);
    c = open_card(T0);
    assert_int_equal(known(MEMBER_YES, T0 + SECOND), MEMBER_CARD_FINE);
    assert_int_equal(press(shop.db, 0, c.nonce, T0 + 2 * SECOND, -1).result,
                     REDEEM_DONE);
    assert_int_equal(unverified(), 0);
    assert_int_equal(known(MEMBER_YES, T0 + 3 * SECOND), MEMBER_NOTHING_OPEN);
}

static void test_no_in_time_ends_the_card(void **state)
{
    struct card c, priced;

    (void)state;
    follows_since(T0 - DAY);
    c = open_card(T0);
    assert_int_equal(price(shop.db, 0, c.nonce, T0, 5000, &priced), PRICE_SET);
    assert_int_equal(known(MEMBER_LEFT, T0 + SECOND), MEMBER_CARD_ENDED);
    assert_int_equal(press(shop.db, 0, priced.nonce, T0 + SECOND, -1).verdict,
                     VERDICT_LEFT);
    assert_int_equal(rows(), 0);
    c = check_by(shop.db, 0, ten.code, T0 + 2 * SECOND, false);
    assert_int_equal(c.verdict, VERDICT_LEFT);
    assert_true(c.ask_member);
}

/* The till never waits: redeemed meanwhile stays redeemed, and says what is known. */
static void test_an_answer_after_the_press(void **state)
{
    struct card c;

    (void)state;
    follows_since(T0 - DAY);
    c = open_card(T0);
    assert_int_equal(press(shop.db, 0, c.nonce, T0 + SECOND, -1).redemption.unverified,
                     MEMBER_ASKED);
    assert_int_equal(unverified(), MEMBER_ASKED);
    assert_int_equal(known(MEMBER_LEFT, T0 + 2 * SECOND), MEMBER_TOO_LATE);
    assert_int_equal(unverified(), MEMBER_LEFT);
    assert_int_equal(live(), 1);
}

static void test_a_good_answer_after_the_press(void **state)
{
    struct card c;

    (void)state;
    follows_since(T0 - DAY);
    c = open_card(T0);
    assert_int_equal(press(shop.db, 0, c.nonce, T0 + SECOND, -1).result, REDEEM_DONE);
    assert_int_equal(known(MEMBER_YES, T0 + 2 * SECOND), MEMBER_NOTHING_OPEN);
    assert_int_equal(unverified(), 0);
}

/* ---- training is switched --------------------------------------------------------- */

static int64_t rows_scanned(void)
{
    assert_int_equal(
        db_one(shop.db, "SHOW SESSION STATUS LIKE 'Handler_read_rnd_next'"), ST_OK);
    return strtoll(db_text(shop.db, 1, NULL), NULL, 10);
}

static void turn(int64_t now, bool on)
{
    struct training_switch sw = {
        .store_id = shop.store[0], .by = shop.manager.id, .on = on};

    assert_int_equal(training_set(shop.db, now, &sw), ST_OK);
}

/* However long ago it was checked, and however many other discounts there are. */
static void test_the_switch_finds_open_cards_alone(void **state)
{
    struct card a = open_card(T0), b;
    char key[24];
    int64_t before;

    (void)state;
    assert_int_equal(price(shop.db, 0, a.nonce, T0 + 4 * MINUTE, 100000, &b),
                     PRICE_SET);
    for (int i = 0; i < 200; i++) {
        snprintf(key, sizeof key, "test:other %d", i);
        shop_discount(&shop, maria.id, key, 1);
    }
    before = rows_scanned();
    turn(T0 + 8 * MINUTE, true);
    assert_true(rows_scanned() - before < 200);
    assert_int_equal(press(shop.db, 0, b.nonce, T0 + 8 * MINUTE, -1).result,
                     REDEEM_STALE);
    assert_int_equal(rows(), 0);
}

/* More of them than are read at a time; the other store's stay. */
static void test_the_switch_ends_every_open_card(void **state)
{
    struct discount d;
    struct card c;
    char key[24];

    (void)state;
    for (int i = 0; i < 140; i++) {
        snprintf(key, sizeof key, "test:many %d", i);
        d = shop_discount(&shop, maria.id, key, 1);
        c = check_by(shop.db, i % 2, d.code, T0, false);
        assert_int_equal(c.verdict, VERDICT_VALID);
    }
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount"
                                          " WHERE confirm_until IS NOT NULL"),
                     140);
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE shift SET store_id = ? WHERE staff_id = ?",
                             DB_INT(shop.store[1]), DB_INT(shop.cashier[1].id)),
                     ST_OK);
    turn(T0 + MINUTE, true);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount"
                                          " WHERE confirm_until IS NOT NULL"),
                     70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_sum_gives_a_fresh_nonce),
        TEST(test_nobody_else_s_card),
        TEST(test_no_sum_for_what_is_over),
        TEST(test_no_sum_by_who_may_not),
        TEST(test_the_sum_is_of_one_purchase),
        TEST(test_many_sums_at_once),
        TEST(test_the_press_asks_for_the_store_too),
        TEST(test_asked_only_when_the_answer_is_old),
        TEST(test_yes_in_time),
        TEST(test_no_in_time_ends_the_card),
        TEST(test_an_answer_after_the_press),
        TEST(test_a_good_answer_after_the_press),
        TEST(test_the_switch_finds_open_cards_alone),
        TEST(test_the_switch_ends_every_open_card),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
