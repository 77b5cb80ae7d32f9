/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/clock.h"
#include "tests/harness/shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define T0 (SHOP_NOW + HOUR)

static struct shop shop;
static struct customer maria;
static struct discount ten; /* one use, 10 % */

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    maria = shop_customer(&shop, 7000000201, "Мария", "Кузнецова");
    ten = shop_discount(&shop, maria.id, "test:ten", 1);
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

/* ---- what a cashier does -----------------------------------------------------------
 */

static struct card check_by(struct db *db, int cashier, const char *code, int64_t now,
                            bool take)
{
    struct redemption_ask ask = {.code = code,
                                 .staff = &shop.cashier[cashier],
                                 .shift = &shop.shift[cashier],
                                 .take = take};
    struct card card;

    assert_int_equal(shop_check(db, now, &ask, &card), ST_OK);
    return card;
}

static struct redeemed press(struct db *db, int cashier, const char *nonce, int64_t now,
                             int64_t amount)
{
    struct redemption_press p = {.nonce = nonce,
                                 .staff = &shop.cashier[cashier],
                                 .shift = &shop.shift[cashier],
                                 .amount = amount};
    struct redeemed r;

    assert_int_equal(shop_confirm(db, now, &p, &r), ST_OK);
    return r;
}

static struct redeemed redeem(int cashier, const char *code, int64_t now)
{
    struct card card = check_by(shop.db, cashier, code, now, false);

    assert_int_equal(card.verdict, VERDICT_VALID);
    return press(shop.db, cashier, card.nonce, now, -1);
}

static enum void_result undo(const struct staff *who, const struct shift *shift,
                             int64_t id, int64_t now)
{
    struct void_ask ask = {.redemption_id = id,
                           .staff = who,
                           .shift = shift,
                           .reason = VOID_CUSTOMER,
                           .window = 10 * MINUTE};
    enum void_result result = 0;
    struct redemption r;

    assert_int_equal(shop_void(shop.db, now, &ask, &result, &r), ST_OK);
    if (result == VOIDED)
        assert_int_equal(r.voided_at, now);
    return result;
}

static int64_t live(void)
{
    return shop_number(shop.db, "SELECT COUNT(live_use_no) FROM redemption");
}

static int64_t rows(void)
{
    return shop_number(shop.db, "SELECT COUNT(*) FROM redemption");
}

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
    struct card card = check_by(shop.db, 0, ten.code, T0, false);

    (void)state;
    assert_int_equal(press(shop.db, 0, card.nonce, T0, -2).result, REDEEM_BAD_AMOUNT);
    assert_int_equal(
        press(shop.db, 0, card.nonce, T0, REDEMPTION_AMOUNT_MAX + 1).result,
        REDEEM_BAD_AMOUNT);
    assert_int_equal(rows(), 0);
    assert_int_equal(
        press(shop.db, 0, card.nonce, T0, REDEMPTION_AMOUNT_MAX).redemption.discount,
        REDEMPTION_AMOUNT_MAX / 10);
}

static void test_closed_shift_redeems_nothing(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);
    struct redemption_press p = {.nonce = card.nonce,
                                 .staff = &shop.cashier[0],
                                 .shift = &shop.shift[0],
                                 .amount = -1};
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

/* ---- races -------------------------------------------------------------------------
 */

static atomic_int done, already, other, bad;

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
                                     .shift = &shop.shift[cashier],
                                     .amount = -1};
        struct card card;
        struct redeemed r;

        if (shop_check(db, T0, &ask, &card) != ST_OK) {
            bad++;
            continue;
        }
        p.nonce = card.nonce;
        if (card.verdict != VERDICT_VALID)
            other++;
        else if (shop_confirm(db, T0, &p, &r) != ST_OK)
            bad++;
        else if (r.result == REDEEM_DONE)
            done++;
        else if (r.result == REDEEM_ALREADY)
            already++;
        else
            other++;
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
    struct redemption_press p = {.nonce = shared_nonce,
                                 .staff = &shop.cashier[0],
                                 .shift = &shop.shift[0],
                                 .amount = -1};
    struct redeemed r;

    (void)i;
    (void)arg;
    for (int k = 0; k < 20; k++) {
        if (shop_confirm(db, T0, &p, &r) != ST_OK)
            bad++;
        else if (r.result == REDEEM_DONE)
            done++;
        else if (r.result == REDEEM_ALREADY)
            already++;
        else
            other++;
    }
}

static void test_one_press_delivered_320_times(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);

    (void)state;
    snprintf(shared_nonce, sizeof shared_nonce, "%s", card.nonce);
    done = already = other = bad = 0;
    shop_race(&shop, 16, press_shared, NULL);
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
    struct redemption_press p = {.nonce = card.nonce,
                                 .staff = &shop.cashier[0],
                                 .shift = &shop.shift[0],
                                 .amount = -1};
    struct redeemed r;

    (void)state;
    assert_int_equal(blindly((struct blind){ten.id, maria.id, 1, 1, NULL}), 1);
    assert_int_equal(shop_confirm(shop.db, T0, &p, &r), ST_BROKEN);
    assert_int_equal(rows(), 1);
    assert_int_equal(shop_number(shop.db, "SELECT uses_count FROM discount"), 0);
}

/* ---- undo --------------------------------------------------------------------------
 */

static void test_undo_and_redeem_again(void **state)
{
    int64_t id = redeem(0, ten.code, T0).redemption.id;

    (void)state;
    assert_int_equal(undo(&shop.cashier[0], &shop.shift[0], id, T0 + 10 * MINUTE),
                     VOIDED);
    assert_int_equal(live(), 0);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM job_open WHERE kind ="
                                          " 'core.redemption_voided'"),
                     1);
    assert_int_equal(undo(&shop.cashier[0], &shop.shift[0], id, T0 + 10 * MINUTE),
                     VOID_ALREADY);
    assert_int_equal(redeem(1, ten.code, T0 + HOUR).result, REDEEM_DONE);
    assert_int_equal(live(), 1);
    assert_int_equal(rows(), 2);
    /* The first one stays void for ever. */
    assert_int_equal(undo(&shop.owner, NULL, id, T0 + HOUR), VOID_ALREADY);
}

static void test_undo_has_rules(void **state)
{
    int64_t id = redeem(0, ten.code, T0).redemption.id;
    struct staff stranger = shop.manager;

    (void)state;
    stranger.id = shop.cashier[1].id; /* a manager, but bound elsewhere: to nothing */
    stranger.role = ROLE_MARKETING;
    assert_int_equal(undo(&shop.cashier[1], &shop.shift[1], id, T0), VOID_NOT_YOURS);
    assert_int_equal(undo(&stranger, NULL, id, T0), VOID_NOT_YOURS);
    assert_int_equal(undo(&shop.cashier[0], NULL, id, T0), VOID_TOO_LATE);
    assert_int_equal(undo(&shop.cashier[0], &shop.shift[0], id, T0 + 10 * MINUTE + 1),
                     VOID_TOO_LATE);
    assert_int_equal(undo(&shop.cashier[0], &shop.shift[0], id + 1000, T0),
                     VOID_UNKNOWN);
    assert_int_equal(live(), 1);
    assert_int_equal(undo(&shop.manager, NULL, id, T0 + DAY), VOIDED);
}

static void test_manager_of_another_store_may_not(void **state)
{
    int64_t id = redeem(0, ten.code, T0).redemption.id;

    (void)state;
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE staff_store SET store_id = ? WHERE staff_id = ?",
                             DB_INT(shop.store[1]), DB_INT(shop.manager.id)),
                     ST_OK);
    assert_int_equal(undo(&shop.manager, NULL, id, T0), VOID_NOT_YOURS);
    assert_int_equal(undo(&shop.owner, NULL, id, T0), VOIDED);
}

static void test_undo_in_the_middle_frees_that_slot(void **state)
{
    struct discount three = shop_discount(&shop, maria.id, "test:three", 3);
    int64_t first = redeem(0, three.code, T0).redemption.id;

    (void)state;
    redeem(0, three.code, T0 + MINUTE);
    assert_int_equal(undo(&shop.cashier[0], &shop.shift[0], first, T0 + 2 * MINUTE),
                     VOIDED);
    assert_int_equal(redeem(0, three.code, T0 + 3 * MINUTE).result, REDEEM_DONE);
    assert_int_equal(redeem(0, three.code, T0 + 4 * MINUTE).result, REDEEM_DONE);
    assert_int_equal(check_by(shop.db, 0, three.code, T0 + 5 * MINUTE, false).verdict,
                     VERDICT_USED);
    assert_int_equal(live(), 3);
    assert_int_equal(rows(), 4);
}

static void test_undo_of_one_that_ran_out_gives_a_day(void **state)
{
    int64_t at = ten.valid_until - MINUTE;
    int64_t id = redeem(0, ten.code, at).redemption.id;
    struct discount d;

    (void)state;
    assert_int_equal(undo(&shop.cashier[0], &shop.shift[0], id, at + 5 * MINUTE),
                     VOIDED);
    assert_int_equal(discount_load(shop.db, ten.id, &d), ST_OK);
    assert_int_equal(d.valid_until, at + 5 * MINUTE + DAY);
    assert_int_equal(redeem(0, ten.code, at + HOUR).result, REDEEM_DONE);
}

static void test_undo_keeps_a_revoked_one_revoked(void **state)
{
    struct discount two = shop_discount(&shop, maria.id, "test:two", 2);
    int64_t id = redeem(0, two.code, T0).redemption.id;

    (void)state;
    assert_int_equal(discount_revoke(shop.db, T0, two.id, shop.owner.id), ST_OK);
    assert_int_equal(undo(&shop.cashier[0], &shop.shift[0], id, T0), VOIDED);
    assert_int_equal(check_by(shop.db, 0, two.code, T0, false).verdict,
                     VERDICT_REVOKED);
}

static atomic_int undone;

static void undo_race(struct db *db, int i, void *arg)
{
    struct void_ask ask = {.redemption_id = *(int64_t *)arg,
                           .staff = i % 2 ? &shop.manager : &shop.owner,
                           .reason = VOID_OTHER,
                           .note = "передумали",
                           .window = MINUTE};
    enum void_result result = 0;
    struct redemption r;

    if (shop_void(db, T0, &ask, &result, &r) != ST_OK)
        bad++;
    else if (result == VOIDED)
        undone++;
}

static void test_sixteen_undo_at_once(void **state)
{
    int64_t id = redeem(0, ten.code, T0).redemption.id;

    (void)state;
    undone = bad = 0;
    shop_race(&shop, 16, undo_race, &id);
    assert_int_equal(bad, 0);
    assert_int_equal(undone, 1);
    assert_int_equal(shop_number(shop.db, "SELECT uses_count FROM discount"), 0);
}

static void test_last_of_a_shift(void **state)
{
    struct redemption r;
    int64_t id;

    (void)state;
    assert_int_equal(redemption_last(shop.db, shop.shift[0].id, &r), ST_NONE);
    id = redeem(0, ten.code, T0).redemption.id;
    assert_int_equal(redemption_last(shop.db, shop.shift[0].id, &r), ST_OK);
    assert_int_equal(r.id, id);
    assert_int_equal(r.amount, -1);
    assert_int_equal(undo(&shop.cashier[0], &shop.shift[0], id, T0), VOIDED);
    assert_int_equal(redemption_last(shop.db, shop.shift[0].id, &r), ST_NONE);
}

static void test_attempts_are_forgotten(void **state)
{
    int n;

    (void)state;
    check_by(shop.db, 0, ten.code, T0, false);
    check_by(shop.db, 0, ten.code, T0 + DAY, false);
    assert_int_equal(redemption_attempt_forget(shop.db, T0 + 1, 100, &n), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM redemption_attempt"),
                     1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

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
        TEST(test_loser_is_told_who),
        TEST(test_five_hundred_attempts_one_redemption),
        TEST(test_one_press_delivered_320_times),
        TEST(test_database_refuses_blind_inserts),
        TEST(test_database_refuses_a_fourth_use),
        TEST(test_database_refuses_a_widened_limit),
        TEST(test_database_refuses_a_wrong_holder),
        TEST(test_database_refuses_the_same_operation),
        TEST(test_database_pins_what_was_redeemed),
        TEST(test_blind_row_does_not_pass),
        TEST(test_undo_and_redeem_again),
        TEST(test_undo_has_rules),
        TEST(test_manager_of_another_store_may_not),
        TEST(test_undo_in_the_middle_frees_that_slot),
        TEST(test_undo_of_one_that_ran_out_gives_a_day),
        TEST(test_undo_keeps_a_revoked_one_revoked),
        TEST(test_sixteen_undo_at_once),
        TEST(test_last_of_a_shift),
        TEST(test_attempts_are_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
