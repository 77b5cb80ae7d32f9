/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What staff do to discounts by hand, in the core: rights, limits, what is written down;
 * a sum said together with the press; and what a discount's track tells of it. */
#include "tests/store/till.h"

#include "core/loyalty/discount_act.h"
#include "core/loyalty/quota.h"
#include "core/loyalty/track.h"
#include "core/setting.h"

#include <stdatomic.h>
#include <stdio.h>

static struct discount_order order_of(const struct staff *by)
{
    return (struct discount_order){.by = by,
                                   .customer_id = maria.id,
                                   .percent_bp = 1500,
                                   .valid_from = T0,
                                   .valid_until = T0 + DAY,
                                   .day = 20000};
}

struct grant {
    struct discount_order order;
    struct granted out;
};

static enum status grant_work(struct db *db, void *arg)
{
    struct grant *g = arg;

    return discount_grant(db, T0, &g->order, &g->out);
}

static struct granted gives(const struct discount_order *o, enum status want)
{
    struct grant g = {.order = *o};

    assert_int_equal(db_tx(shop.db, grant_work, &g), want);
    return g.out;
}

static void sets(const char *name, const char *value)
{
    const struct setting_change change = {name, value, "test"};
    const char *why;

    assert_int_equal(setting_set(shop.db, T0, &change, &why), ST_OK);
}

/* ---- rights and stores ------------------------------------------------------------ */

static void test_who_may_and_where(void **state)
{
    struct discount_order o = order_of(&shop.cashier[0]);
    struct staff gone = shop.owner;

    (void)state;
    (void)gives(&o, ST_REFUSED); /* a cashier redeems what others gave */
    gone.active = false;
    o.by = &gone;
    (void)gives(&o, ST_REFUSED);
    o.by = &shop.owner;
    assert_int_equal(gives(&o, ST_OK).discount.store_id, 0);
    o.by = &shop.manager;
    assert_int_equal(gives(&o, ST_OK).discount.store_id, shop.store[0]);
    o.store_id = shop.store[1];
    assert_int_equal(gives(&o, ST_OK).result, GRANT_STORE);
    o.by = &shop.owner;
    assert_int_equal(gives(&o, ST_OK).discount.store_id, shop.store[1]);
    o.store_id = 999999;
    assert_int_equal(gives(&o, ST_OK).result, GRANT_STORE);
    o = order_of(&shop.owner);
    o.percent_bp = 10001;
    (void)gives(&o, ST_BAD);
    o = order_of(&shop.owner);
    o.valid_until = T0;
    (void)gives(&o, ST_BAD);
}

/* The manager of two stores must say which. */
static void test_one_of_two_stores(void **state)
{
    struct discount_order o = order_of(&shop.manager);

    (void)state;
    assert_int_equal(db_exec(shop.db, NULL,
                             "INSERT INTO staff_store (staff_id, store_id)"
                             " VALUES (?, ?)",
                             DB_INT(shop.manager.id), DB_INT(shop.store[1])),
                     ST_OK);
    assert_int_equal(gives(&o, ST_OK).result, GRANT_STORE);
    o.store_id = shop.store[1];
    assert_int_equal(gives(&o, ST_OK).result, GRANTED);
}

/* ---- limits ----------------------------------------------------------------------- */

static atomic_int let, refused;

static enum status take_work(struct db *db, void *arg)
{
    (void)arg;
    return quota_take_staff(db, &(struct staff_quota_ask){.staff_id = shop.manager.id,
                                                          .what = STAFF_QUOTA_ISSUE,
                                                          .day = 20001,
                                                          .limit = 7});
}

static void take(struct db *db, int i, void *arg)
{
    (void)i;
    (void)arg;
    for (int k = 0; k < 4; k++) {
        enum status st = db_tx(db, take_work, NULL);

        let += st == ST_OK;
        refused += st == ST_REFUSED;
    }
}

static void test_a_limit_holds_in_a_race(void **state)
{
    (void)state;
    let = refused = 0;
    shop_race(&shop, 8, take, NULL);
    assert_int_equal(let, 7);
    assert_int_equal(refused, 25);
}

static void test_limits_of_roles_and_days(void **state)
{
    struct discount_order o = order_of(&shop.manager);
    int n = 0;

    (void)state;
    sets("issue_daily_manager", "2");
    assert_int_equal(gives(&o, ST_OK).result, GRANTED);
    assert_int_equal(gives(&o, ST_OK).result, GRANTED);
    assert_int_equal(gives(&o, ST_OK).result, GRANT_LIMIT);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount"), 3);
    o.day++;
    assert_int_equal(gives(&o, ST_OK).result, GRANTED);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM staff_quota"), 2);
    assert_int_equal(quota_forget(shop.db, o.day, 10, &n), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM staff_quota"), 1);
}

/* ---- afterwards ------------------------------------------------------------------- */

struct deed {
    struct discount_act act;
    int64_t until, now;
    struct discount out;
};

static enum status deed_work(struct db *db, void *arg)
{
    struct deed *d = arg;

    return d->until == 0 ? discount_withdraw(db, d->now, &d->act, &d->out)
                         : discount_extend(db, d->now, &d->act, d->until, &d->out);
}

static enum status does(const struct staff *by, int64_t now, int64_t until,
                        struct discount *out)
{
    struct deed d = {.act = {.by = by, .id = ten.id, .reason = " так\nвышло "},
                     .until = until,
                     .now = now};
    enum status st = db_tx(shop.db, deed_work, &d);

    *out = d.out;
    return st;
}

/* A card that stands open at a till is over with the discount. */
static void test_revoked_under_a_card(void **state)
{
    struct card card = check_by(shop.db, 0, ten.code, T0, false);
    struct discount d;
    struct redeemed r;

    (void)state;
    assert_int_equal(does(&shop.manager, T0, 0, &d), ST_REFUSED);
    assert_int_equal(does(&shop.owner, T0, 0, &d), ST_OK);
    assert_int_equal(d.status, DISCOUNT_REVOKED);
    assert_int_equal(d.version, ten.version + 1);
    r = press(shop.db, 0, card.nonce, T0, -1);
    assert_int_equal(r.result, REDEEM_REFUSED);
    assert_int_equal(r.verdict, VERDICT_REVOKED);
    assert_int_equal(does(&shop.owner, T0, 0, &d), ST_TAKEN);
    assert_int_equal(does(&shop.owner, T0, T0 + 90 * DAY, &d), ST_TAKEN);
    assert_int_equal(
        shop_number(shop.db,
                    "SELECT COUNT(*) FROM discount_deed WHERE reason = 'так вышло'"),
        1);
    assert_int_equal(live(), 0);
}

static void test_extended_when_it_is_not_over_for_good(void **state)
{
    struct discount d;
    int64_t later = ten.valid_until + 3 * DAY;

    (void)state;
    assert_int_equal(does(&shop.owner, T0, ten.valid_until, &d), ST_BAD);
    assert_int_equal(does(&shop.owner, later, later, &d), ST_BAD);
    assert_int_equal(does(&shop.owner, later, later + DAY, &d), ST_OK);
    assert_int_equal(discount_state(&d, later), DISCOUNT_ACTIVE);
    /* The day on which it had run out is counted once more. */
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM stat_late"), 1);
    assert_int_equal(check_by(shop.db, 1, ten.code, later, false).verdict,
                     VERDICT_VALID);
    redeem(1, ten.code, later);
    assert_int_equal(does(&shop.owner, later, later + 9 * DAY, &d), ST_TAKEN);
    assert_int_equal(d.status, DISCOUNT_USED);
}

/* It has run out for whoever asks, long before its row says so. */
static void test_what_ran_out_is_not_revoked(void **state)
{
    struct discount d;

    (void)state;
    assert_int_equal(does(&shop.owner, ten.valid_until, 0, &d), ST_TAKEN);
    assert_int_equal(discount_state(&d, ten.valid_until), DISCOUNT_EXPIRED);
}

static enum status extend_and_again(struct db *db, void *arg)
{
    struct db *other = db_open(shop.cfg);
    struct discount_act act = {.by = &shop.owner, .id = ten.id};
    int64_t *now = arg;
    struct discount d;
    enum status st = discount_extend(db, *now, &act, *now + DAY, &d);

    assert_int_equal(db_exec(other, NULL, "SET innodb_lock_wait_timeout = 1"), ST_OK);
    assert_int_equal(discount_again(other, *now, ten.id, maria.id, &d), ST_AGAIN);
    assert_int_equal(discount_reissue(other, *now, ten.id, &shop.owner, &d), ST_AGAIN);
    db_close(other);
    return st;
}

/* Its holder asks for it once more in the very moment it is extended: one is good. */
static void test_extended_or_given_again(void **state)
{
    int64_t now = ten.valid_until + HOUR;
    struct discount d;

    (void)state;
    sets("reissue_days", "7");
    assert_int_equal(db_tx(shop.db, extend_and_again, &now), ST_OK);
    assert_int_equal(discount_again(shop.db, now, ten.id, maria.id, &d), ST_REFUSED);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount"), 1);
}

/* ---- a sum said with the press ---------------------------------------------------- */

static struct redeemed press_with(const char *nonce, int64_t amount)
{
    const struct redemption_press p = {.nonce = nonce,
                                       .staff = &shop.cashier[0],
                                       .shift = &shop.shift[0],
                                       .amount = amount};
    struct redeemed r;

    assert_int_equal(shop_confirm(shop.db, T0, &p, &r), ST_OK);
    return r;
}

static void test_a_sum_with_the_press(void **state)
{
    struct card card;
    struct redeemed r;

    (void)state;
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE discount SET min_purchase = 50000,"
                             " max_amount = 7000"),
                     ST_OK);
    card = check_by(shop.db, 0, ten.code, T0, false);
    assert_int_equal(card.amount_mode, AMOUNT_REQUIRED);
    assert_int_equal(press_with(card.nonce, 0).result, REDEEM_NO_AMOUNT);
    r = press_with(card.nonce, 49999);
    assert_int_equal(r.result, REDEEM_BAD_AMOUNT);
    assert_int_equal(r.price, PRICE_SMALL);
    r = press_with(card.nonce, INT64_MAX);
    assert_int_equal(r.result, REDEEM_BAD_AMOUNT);
    assert_int_equal(r.price, PRICE_BAD);
    assert_int_equal(rows(), 0);
    r = press_with(card.nonce, 100000);
    assert_int_equal(r.result, REDEEM_DONE);
    assert_int_equal(r.redemption.discount, 7000);
    r = press_with(card.nonce, 100000); /* the nonce is the same operation still */
    assert_int_equal(r.result, REDEEM_ALREADY);
    assert_int_equal(r.redemption.amount, 100000);
    assert_int_equal(rows(), 1);
}

/* The bot's way to the same: the sum on the card. */
static void test_a_sum_on_the_card(void **state)
{
    struct card card;

    (void)state;
    sets("amount_mode", "off");
    card = check_by(shop.db, 0, ten.code, T0, false);
    assert_int_equal(price(shop.db, 0, card.nonce, T0, 60000, &card), PRICE_REFUSED);
    assert_int_equal(db_exec(shop.db, NULL, "UPDATE discount SET min_purchase = 50000"),
                     ST_OK);
    card = check_by(shop.db, 0, ten.code, T0, false);
    assert_int_equal(card.amount_mode, AMOUNT_REQUIRED);
    assert_int_equal(price(shop.db, 0, card.nonce, T0, 40000, &card), PRICE_SMALL);
    assert_int_equal(card.discount.min_purchase, 50000);
    card = check_by(shop.db, 0, ten.code, T0, false);
    assert_int_equal(price(shop.db, 0, card.nonce, T0, 60000, &card), PRICE_SET);
    assert_int_equal(card.off, 6000);
    assert_int_equal(press(shop.db, 0, card.nonce, T0, -1).result, REDEEM_DONE);
}

/* ---- the track -------------------------------------------------------------------- */

static void test_all_that_happened(void **state)
{
    static const enum track_kind want[] = {TRACK_ISSUED,  TRACK_HELD,   TRACK_REDEEMED,
                                           TRACK_CHECKED, TRACK_VOIDED, TRACK_EXTENDED,
                                           TRACK_REVOKED};
    static struct track_event list[TRACK_MAX];
    struct discount d;
    struct redeemed r;
    int n;

    (void)state;
    r = redeem(0, ten.code, T0);
    assert_int_equal(check_by(shop.db, 1, ten.code, T0 + MINUTE, false).verdict,
                     VERDICT_USED);
    assert_int_equal(undo(&shop.manager, NULL, r.redemption.id, T0 + 2 * MINUTE),
                     VOIDED);
    assert_int_equal(does(&shop.owner, T0 + 3 * MINUTE, ten.valid_until + DAY, &d),
                     ST_OK);
    assert_int_equal(does(&shop.owner, T0 + 4 * MINUTE, 0, &d), ST_OK);
    assert_int_equal(track_load(shop.db, ten.id, list, &n), ST_OK);
    assert_int_equal(n, sizeof want / sizeof *want);
    for (int i = 0; i < n; i++)
        if (list[i].kind != want[i])
            fail_msg("%d: %s, wanted %s", i, track_name(list[i].kind),
                     track_name(want[i]));
    assert_int_equal(list[2].number, r.redemption.id);
    assert_string_equal(list[2].store, "Ленина");
    assert_int_equal(list[3].number, VERDICT_USED);
    assert_int_equal(list[4].staff_id, shop.manager.id);
    assert_int_equal(list[5].number, ten.valid_until + DAY);
    assert_string_equal(list[6].words, "так вышло");
    assert_int_equal(list[6].staff_id, shop.owner.id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_who_may_and_where),
        TEST(test_one_of_two_stores),
        TEST(test_a_limit_holds_in_a_race),
        TEST(test_limits_of_roles_and_days),
        TEST(test_revoked_under_a_card),
        TEST(test_extended_when_it_is_not_over_for_good),
        TEST(test_what_ran_out_is_not_revoked),
        TEST(test_extended_or_given_again),
        TEST(test_a_sum_with_the_press),
        TEST(test_a_sum_on_the_card),
        TEST(test_all_that_happened),
    };

    return cmocka_run_group_tests_name("discount act", tests, NULL, NULL);
}
