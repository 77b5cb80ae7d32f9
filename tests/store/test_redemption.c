/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/store/till.h"

#include <stdio.h>

/* ---- the road ----------------------------------------------------------------------
 */

static void test_redeems_once(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);
    struct redeemed r;

    (void)state;
    assert_int_equal(card.verdict, VERDICT_VALID);
    assert_string_equal(card.customer, "Мария К.");
    assert_int_equal(card.discount.percent_bp, 1000);
    assert_int_equal(card.held_until, T0 + 3 * MINUTE);
    assert_int_equal(strlen(card.nonce), NONCE_TEXT);
    assert_int_equal(rows(), 0); /* looking changes nothing */

    r = press(shop.db, 0, card.nonce, T0 + SECOND, 125050);
    assert_int_equal(r.result, REDEEM_DONE);
    assert_int_equal(r.redemption.amount, 125050);
    assert_int_equal(r.redemption.discount, 12505);
    assert_int_equal(r.redemption.receipt_no, 1);
    assert_int_equal(r.redemption.customer_id, maria.id);
    assert_int_equal(live(), 1);
    assert_int_equal(shop_number(shop.db, "SELECT uses_count FROM discount"), 1);
    assert_int_equal(shop_number(shop.db, "SELECT status FROM discount"),
                     DISCOUNT_USED);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM job_open WHERE kind ="
                                          " 'core.discount_redeemed'"),
                     1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM audit WHERE action ="
                                          " 'redemption.confirm'"),
                     1);
}

static void test_what_confirm_answers_is_what_is_stored(void **state)
{
    struct card card = check_by(shop.db, 2, ten.code, T0, false);
    struct redeemed r = press(shop.db, 2, card.nonce, T0, 99999);
    struct redemption stored;

    (void)state;
    assert_int_equal(redemption_load(shop.db, r.redemption.id, &stored), ST_OK);
    assert_int_equal(stored.discount_id, ten.id);
    assert_int_equal(stored.staff_id, shop.cashier[2].id);
    assert_int_equal(stored.store_id, shop.store[0]);
    assert_int_equal(stored.shift_id, shop.shift[2].id);
    assert_int_equal(stored.discount, 9999);
    assert_int_equal(stored.source, r.redemption.source);
    assert_string_equal(stored.store, r.redemption.store);
    assert_string_equal(stored.staff, r.redemption.staff);
    assert_string_equal(stored.customer, r.redemption.customer);
    assert_int_equal(stored.redeemed_at, r.redemption.redeemed_at);
}

static void test_same_press_again_is_the_same_receipt(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);
    struct redeemed first = press(shop.db, 0, card.nonce, T0, -1);

    (void)state;
    for (int i = 0; i < 20; i++) {
        struct redeemed again = press(shop.db, 0, card.nonce, T0 + i * HOUR, -1);

        assert_int_equal(again.result, REDEEM_ALREADY);
        assert_int_equal(again.redemption.id, first.redemption.id);
        assert_int_equal(again.redemption.receipt_no, first.redemption.receipt_no);
    }
    assert_int_equal(rows(), 1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM job_open"), 1);
}

static void test_double_scan_is_one_operation(void **state)
{
    struct card one = check_by(shop.db, 0, ten.code, T0, false);
    struct card two = check_by(shop.db, 0, ten.code, T0 + SECOND, false);

    (void)state;
    assert_string_equal(one.nonce, two.nonce);
    assert_int_equal(press(shop.db, 0, two.nonce, T0 + SECOND, -1).result, REDEEM_DONE);
    assert_int_equal(press(shop.db, 0, one.nonce, T0 + SECOND, -1).result,
                     REDEEM_ALREADY);
}

static void test_by_link_as_by_code(void **state)
{
    struct redemption_ask ask = {.token = ten.token,
                                 .token_n = DISCOUNT_TOKEN,
                                 .staff = &shop.cashier[0],
                                 .shift = &shop.shift[0]};
    struct card card;

    (void)state;
    assert_int_equal(shop_check(shop.db, T0, &ask, &card), ST_OK);
    assert_int_equal(card.verdict, VERDICT_VALID);
    assert_int_equal(card.discount.id, ten.id);
    ask.token_n = 21;
    assert_int_equal(shop_check(shop.db, T0, &ask, &card), ST_OK);
    assert_int_equal(card.verdict, VERDICT_UNKNOWN);
}

static void test_receipts_count_within_a_shift(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        char key[20];

        snprintf(key, sizeof key, "test:%d", i);
        assert_int_equal(redeem(i == 2, shop_discount(&shop, maria.id, key, 1).code, T0)
                             .redemption.receipt_no,
                         i == 2 ? 1 : i + 1);
    }
}

/* ---- verdicts ----------------------------------------------------------------------
 */

static void test_used_says_when_where_who(void **state)
{
    struct redeemed r = redeem(0, ten.code, T0);
    struct card card = check_by(shop.db, 1, ten.code, T0 + MINUTE, false);

    (void)state;
    assert_int_equal(card.verdict, VERDICT_USED);
    assert_int_equal(card.used.at, T0);
    assert_int_equal(card.used.id, r.redemption.id);
    assert_string_equal(card.used.store, "Ленина");
    assert_string_equal(card.used.by, shop.cashier[0].name);
    assert_false(card.used.same_staff);
    assert_true(check_by(shop.db, 0, ten.code, T0, false).used.same_staff);
}

static void test_time_decides(void **state)
{
    (void)state;
    assert_int_equal(check_by(shop.db, 0, ten.code, ten.valid_from - 1, false).verdict,
                     VERDICT_NOT_STARTED);
    assert_int_equal(check_by(shop.db, 0, ten.code, ten.valid_until, false).verdict,
                     VERDICT_EXPIRED);
    assert_int_equal(check_by(shop.db, 0, ten.code, ten.valid_until - 1, false).verdict,
                     VERDICT_VALID);
}

static void test_unknown_and_revoked(void **state)
{
    (void)state;
    assert_int_equal(check_by(shop.db, 0, "0000000000", T0, false).verdict,
                     VERDICT_UNKNOWN);
    assert_int_equal(check_by(shop.db, 0, "кодик", T0, false).verdict, VERDICT_UNKNOWN);
    assert_int_equal(check_by(shop.db, 0, "", T0, false).verdict, VERDICT_UNKNOWN);
    assert_int_equal(discount_revoke(shop.db, T0, ten.id, 0), ST_OK);
    assert_int_equal(check_by(shop.db, 0, ten.code, T0, false).verdict,
                     VERDICT_REVOKED);
    assert_int_equal(discount_revoke(shop.db, T0, ten.id, 0), ST_NONE);
}

static void test_own_code_is_refused(void **state)
{
    struct customer self =
        shop_customer(&shop, shop.cashier[0].external_id, "Ольга", "");
    struct discount own = shop_discount(&shop, self.id, "test:own", 1);

    (void)state;
    assert_int_equal(check_by(shop.db, 0, own.code, T0, false).verdict, VERDICT_OWN);
    assert_int_equal(check_by(shop.db, 1, own.code, T0, false).verdict, VERDICT_VALID);
}

static void test_held_by_another(void **state)
{
    struct card a = check_by(shop.db, 0, ten.code, T0, false);
    struct card b = check_by(shop.db, 1, ten.code, T0 + MINUTE, false);

    (void)state;
    assert_int_equal(b.verdict, VERDICT_HELD);
    assert_string_equal(b.held_by, shop.cashier[0].name);
    assert_int_equal(b.held_until, T0 + 3 * MINUTE);
    assert_string_equal(b.nonce, "");

    b = check_by(shop.db, 1, ten.code, T0 + 3 * MINUTE, false);
    assert_int_equal(b.verdict, VERDICT_VALID);
    assert_string_not_equal(a.nonce, b.nonce);
    assert_int_equal(press(shop.db, 0, a.nonce, T0 + 3 * MINUTE, -1).result,
                     REDEEM_STALE);
    assert_int_equal(press(shop.db, 1, b.nonce, T0 + 3 * MINUTE, -1).result,
                     REDEEM_DONE);
}

static void test_release_ends_a_hold(void **state)
{
    struct card a = check_by(shop.db, 0, ten.code, T0, false);

    (void)state;
    assert_int_equal(redemption_release(shop.db, a.nonce, shop.cashier[1].id), ST_NONE);
    assert_int_equal(redemption_release(shop.db, a.nonce, shop.cashier[0].id), ST_OK);
    assert_int_equal(redemption_release(shop.db, a.nonce, shop.cashier[0].id), ST_NONE);
    assert_int_equal(press(shop.db, 0, a.nonce, T0, -1).result, REDEEM_STALE);
    assert_int_equal(check_by(shop.db, 1, ten.code, T0, false).verdict, VERDICT_VALID);
}

static void test_guessing_is_locked(void **state)
{
    struct card card;

    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(
            check_by(shop.db, 0, "0000000000", T0 + i * SECOND, false).verdict,
            VERDICT_UNKNOWN);
    card = check_by(shop.db, 0, ten.code, T0 + MINUTE, false);
    assert_int_equal(card.verdict, VERDICT_LOCKED);
    assert_int_equal(card.discount.id, 0); /* nothing leaks */
    assert_int_equal(card.held_until, T0 + 5 * MINUTE);
    assert_int_equal(check_by(shop.db, 1, ten.code, T0 + MINUTE, false).verdict,
                     VERDICT_VALID);
    assert_int_equal(
        check_by(shop.db, 0, ten.code, T0 + 5 * MINUTE + SECOND, false).verdict,
        VERDICT_VALID);
}

static void test_rights_and_shift(void **state)
{
    struct redemption_ask ask = {.code = ten.code, .staff = &shop.cashier[0]};
    struct staff gone = shop.cashier[0];
    struct staff keeper = shop.cashier[0];
    struct card card;

    (void)state;
    assert_int_equal(shop_check(shop.db, T0, &ask, &card), ST_OK);
    assert_int_equal(card.verdict, VERDICT_NO_SHIFT);
    ask.shift = &shop.shift[1]; /* somebody else's */
    assert_int_equal(shop_check(shop.db, T0, &ask, &card), ST_OK);
    assert_int_equal(card.verdict, VERDICT_NO_SHIFT);
    gone.active = false;
    ask = (struct redemption_ask){
        .code = ten.code, .staff = &gone, .shift = &shop.shift[0]};
    assert_int_equal(shop_check(shop.db, T0, &ask, &card), ST_OK);
    assert_int_equal(card.verdict, VERDICT_NO_RIGHT);
    keeper.role = ROLE_STOREKEEPER;
    ask.staff = &keeper;
    assert_int_equal(shop_check(shop.db, T0, &ask, &card), ST_OK);
    assert_int_equal(card.verdict, VERDICT_NO_RIGHT);
}

static void test_attempts_are_kept_without_live_codes(void **state)
{
    (void)state;
    check_by(shop.db, 0, ten.code, T0, false);
    check_by(shop.db, 0, "0000000000", T0, false);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM redemption_attempt"),
                     2);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM redemption_attempt a"
                                          " JOIN discount d ON a.code_seen = d.code"),
                     0);
    assert_int_equal(
        shop_number(shop.db, "SELECT COUNT(*) FROM redemption_attempt WHERE verdict = 6"
                             " AND code_seen = '0000000000'"),
        1);
}

/* ---- confirming --------------------------------------------------------------------
 */

static void test_five_minutes(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);

    (void)state;
    assert_int_equal(press(shop.db, 0, card.nonce, T0 + 5 * MINUTE, -1).result,
                     REDEEM_STALE);
    assert_int_equal(rows(), 0);
    card = check_by(shop.db, 0, ten.code, T0 + 6 * MINUTE, false);
    assert_int_equal(press(shop.db, 0, card.nonce, T0 + 11 * MINUTE - 1, -1).result,
                     REDEEM_DONE);
}

static void test_nonce_is_bound_to_the_cashier(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);

    (void)state;
    assert_int_equal(press(shop.db, 1, card.nonce, T0, -1).result, REDEEM_STALE);
    assert_int_equal(press(shop.db, 1, "NOSUCHNONC", T0, -1).result, REDEEM_STALE);
    assert_int_equal(press(shop.db, 1, "нетакого", T0, -1).result, REDEEM_STALE);
    assert_int_equal(press(shop.db, 1, "", T0, -1).result, REDEEM_STALE);
    assert_int_equal(redemption_release(shop.db, "нетакого", shop.cashier[1].id),
                     ST_NONE);
    assert_int_equal(press(shop.db, 0, card.nonce, T0, -1).result, REDEEM_DONE);
    /* Another's receipt is not shown either. */
    assert_int_equal(press(shop.db, 1, card.nonce, T0, -1).result, REDEEM_STALE);
}

static void test_revoked_or_expired_meanwhile(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, ten.valid_until - 1, false);
    struct redeemed r = press(shop.db, 0, card.nonce, ten.valid_until, -1);

    (void)state;
    assert_int_equal(r.result, REDEEM_REFUSED);
    assert_int_equal(r.verdict, VERDICT_EXPIRED);
    card = check_by(shop.db, 0, ten.code, T0, false);
    assert_int_equal(discount_revoke(shop.db, T0, ten.id, 0), ST_OK);
    r = press(shop.db, 0, card.nonce, T0, -1);
    assert_int_equal(r.result, REDEEM_REFUSED);
    assert_int_equal(r.verdict, VERDICT_REVOKED);
    assert_int_equal(rows(), 0);
}

static void test_renewed_code_kills_the_card(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);
    struct discount fresh;

    (void)state;
    assert_int_equal(discount_renew(shop.db, T0, ten.id, maria.id, &fresh), ST_OK);
    assert_int_equal(press(shop.db, 0, card.nonce, T0, -1).result, REDEEM_STALE);
    assert_int_equal(check_by(shop.db, 0, ten.code, T0, false).verdict,
                     VERDICT_UNKNOWN);
    assert_int_equal(check_by(shop.db, 0, fresh.code, T0, false).verdict,
                     VERDICT_VALID);
}

static void test_amounts(void **state)
{
    static const int64_t bad[] = {INT64_MIN, -2, -1, 0, 10000001, INT64_MAX};
    struct card card = check_by(shop.db, 0, ten.code, T0, false), priced;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(price(shop.db, 0, card.nonce, T0, bad[i], &priced), PRICE_BAD);
    assert_int_equal(price(shop.db, 0, card.nonce, T0, 10000000, &priced), PRICE_SET);
    assert_int_equal(priced.off, 1000000);
    assert_int_equal(rows(), 0);
    assert_int_equal(press(shop.db, 0, priced.nonce, T0, -1).redemption.discount,
                     1000000);
}

static void test_closed_shift_redeems_nothing(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);
    struct redemption_press p = {
        .nonce = card.nonce, .staff = &shop.cashier[0], .shift = &shop.shift[0]};
    struct redeemed r;

    (void)state;
    /* Closed behind the back of one who still holds the old row: no transaction of it
     * may succeed, and nothing may stay changed. */
    assert_int_equal(shift_close(shop.db, T0, &shop.cashier[0], shop.shift[0].id),
                     ST_OK);
    assert_int_equal(shop_confirm(shop.db, T0, &p, &r), ST_AGAIN);
    assert_int_equal(rows(), 0);
    assert_int_equal(shop_number(shop.db, "SELECT uses_count FROM discount"), 0);
    assert_int_equal(shift_load(shop.db, shop.shift[0].id, &shop.shift[0]), ST_OK);
    assert_int_equal(shop_confirm(shop.db, T0, &p, &r), ST_OK);
    assert_int_equal(r.result, REDEEM_REFUSED);
    assert_int_equal(r.verdict, VERDICT_NO_SHIFT);
}

/* Whoever lost the answer asks once more, and their shift is over by then. */
static void test_the_same_press_after_the_shift(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);
    struct redemption_press p = {.nonce = card.nonce, .staff = &shop.cashier[0]};
    struct redeemed first = press(shop.db, 0, card.nonce, T0, -1), r;

    (void)state;
    assert_int_equal(shift_close(shop.db, T0, &shop.cashier[0], shop.shift[0].id),
                     ST_OK);
    assert_int_equal(shop_confirm(shop.db, T0, &p, &r), ST_OK);
    assert_int_equal(r.result, REDEEM_ALREADY);
    assert_int_equal(r.redemption.id, first.redemption.id);
    p.staff = &shop.cashier[1]; /* another's press stays theirs */
    assert_int_equal(shop_confirm(shop.db, T0, &p, &r), ST_OK);
    assert_int_equal(r.result, REDEEM_REFUSED);
    assert_int_equal(r.verdict, VERDICT_NO_SHIFT);
    assert_int_equal(r.redemption.id, 0);
}

static void test_loser_is_told_who(void **state)
{
    struct card a = check_by(shop.db, 0, ten.code, T0, false);
    struct card b = check_by(shop.db, 1, ten.code, T0, true);
    struct redeemed r;

    (void)state;
    assert_int_equal(b.verdict, VERDICT_VALID);
    assert_int_equal(press(shop.db, 1, b.nonce, T0 + SECOND, -1).result, REDEEM_DONE);
    r = press(shop.db, 0, a.nonce, T0 + 2 * SECOND, -1);
    assert_int_equal(r.result, REDEEM_LOST);
    assert_string_equal(r.lost.by, shop.cashier[1].name);
    assert_string_equal(r.lost.store, "Ленина");
    assert_int_equal(r.lost.at, T0 + SECOND);
    assert_int_equal(rows(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_redeems_once),
        TEST(test_what_confirm_answers_is_what_is_stored),
        TEST(test_same_press_again_is_the_same_receipt),
        TEST(test_double_scan_is_one_operation),
        TEST(test_by_link_as_by_code),
        TEST(test_receipts_count_within_a_shift),
        TEST(test_used_says_when_where_who),
        TEST(test_time_decides),
        TEST(test_unknown_and_revoked),
        TEST(test_own_code_is_refused),
        TEST(test_held_by_another),
        TEST(test_release_ends_a_hold),
        TEST(test_guessing_is_locked),
        TEST(test_rights_and_shift),
        TEST(test_attempts_are_kept_without_live_codes),
        TEST(test_five_minutes),
        TEST(test_nonce_is_bound_to_the_cashier),
        TEST(test_revoked_or_expired_meanwhile),
        TEST(test_renewed_code_kills_the_card),
        TEST(test_amounts),
        TEST(test_closed_shift_redeems_nothing),
        TEST(test_the_same_press_after_the_shift),
        TEST(test_loser_is_told_who),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
