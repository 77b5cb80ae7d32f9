/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/store/till.h"

#include <stdatomic.h>

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
    struct staff stranger = shop.manager, keeper = shop.cashier[0];
    struct shift closed = shop.shift[0];

    (void)state;
    closed.closed_at = T0;
    assert_int_equal(undo(&shop.cashier[0], &closed, id, T0), VOID_TOO_LATE);
    keeper.role = ROLE_STOREKEEPER; /* their own, but no more theirs to undo */
    assert_int_equal(undo(&keeper, &shop.shift[0], id, T0), VOID_NOT_YOURS);
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

static void test_a_new_shift_cannot_undo_the_last_one(void **state)
{
    int64_t id = redeem(0, ten.code, T0).redemption.id;
    struct shift next;

    (void)state;
    assert_int_equal(shift_close(shop.db, T0, &shop.cashier[0], shop.shift[0].id),
                     ST_OK);
    assert_int_equal(
        shift_open(shop.db, T0 + 1, &shop.cashier[0], shop.store[0], &next), ST_OK);
    assert_int_equal(undo(&shop.cashier[0], &next, id, T0 + 2), VOID_TOO_LATE);
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

/* An hour was left of it, and an hour it gets back. */
static void test_undo_of_one_with_time_left_gives_none(void **state)
{
    int64_t at = ten.valid_until - HOUR;
    int64_t id = redeem(0, ten.code, at).redemption.id;
    struct discount d;

    (void)state;
    assert_int_equal(undo(&shop.cashier[0], &shop.shift[0], id, at + MINUTE), VOIDED);
    assert_int_equal(discount_load(shop.db, ten.id, &d), ST_OK);
    assert_int_equal(d.valid_until, ten.valid_until);
}

/* Its holder got another one for it meanwhile: not two of them. */
static void test_undo_of_one_given_once_more(void **state)
{
    struct discount two = shop_discount(&shop, maria.id, "test:two", 2), d, again;
    int64_t at = two.valid_until - MINUTE;
    int64_t id = redeem(0, two.code, at).redemption.id;

    (void)state;
    assert_int_equal(db_exec(shop.db, NULL,
                             "INSERT INTO settings (name, value, version, updated_at,"
                             " updated_by) VALUES ('reissue_days', '5', 1, ?, 't')",
                             DB_TIME(T0)),
                     ST_OK);
    assert_int_equal(
        discount_reissue(shop.db, at + 2 * MINUTE, two.id, &shop.owner, &again), ST_OK);
    assert_int_equal(undo(&shop.cashier[0], &shop.shift[0], id, at + 5 * MINUTE),
                     VOIDED);
    assert_int_equal(discount_load(shop.db, two.id, &d), ST_OK);
    assert_int_equal(d.valid_until, two.valid_until);
    assert_int_equal(d.uses_count, 0);
    assert_int_equal(check_by(shop.db, 0, two.code, at + 6 * MINUTE, false).verdict,
                     VERDICT_EXPIRED);
    assert_int_equal(check_by(shop.db, 0, again.code, at + 6 * MINUTE, false).verdict,
                     VERDICT_VALID);
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

static atomic_int undone, bad;

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
    shop_race_behind(&shop, "SELECT id FROM discount FOR UPDATE", 16, undo_race, &id);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_undo_and_redeem_again),
        TEST(test_undo_has_rules),
        TEST(test_a_new_shift_cannot_undo_the_last_one),
        TEST(test_manager_of_another_store_may_not),
        TEST(test_undo_in_the_middle_frees_that_slot),
        TEST(test_undo_of_one_that_ran_out_gives_a_day),
        TEST(test_undo_of_one_with_time_left_gives_none),
        TEST(test_undo_of_one_given_once_more),
        TEST(test_undo_keeps_a_revoked_one_revoked),
        TEST(test_sixteen_undo_at_once),
        TEST(test_last_of_a_shift),
        TEST(test_attempts_are_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
