/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The statistics of discounts come to what the documented formula counts, whether days are
 * added up or not, and whatever changed before or after. */
#include "tests/store/many.h"

#include "core/loyalty/discount_act.h"
#include "core/loyalty/discount_search.h"
#include "core/loyalty/discount_tally.h"
#include "core/stat.h"

#define SPAN (2 * DAY) /* most of them are in it */

static struct tz *tz;

struct round {
    int64_t now;
    struct stat_rolled days;
    struct discount_rolled tally;
};

static int open_tally(void **state)
{
    tz = tz_open("Asia/Vladivostok");
    assert_non_null(tz);
    return open_many(state);
}

static int close_tally(void **state)
{
    tz_close(tz);
    return close_shop(state);
}

/* ---- statistics ------------------------------------------------------------------- */

/* As docs/api.md has it, straight from the rows. */
static void formula(int64_t now, int64_t from, int64_t until)
{
    const struct discount_span span = {
        .tz = tz, .now = now, .from = from, .until = until};
    struct discount_tally by[SOURCE_COUNT];

    assert_int_equal(discount_stats(shop.db, &span, by), ST_OK);
    for (int s = 1; s < SOURCE_COUNT; s++) {
        int64_t sum = 0;

        assert_int_equal(
            db_one(shop.db,
                   "SELECT COUNT(*), SUM(d.status = 1 AND d.valid_until > ?),"
                   " SUM(d.status = 3 OR (d.status = 1 AND d.valid_until <= ?))"
                   " FROM discount d JOIN customer c ON c.id = d.customer_id"
                   " WHERE c.left_out = 0 AND d.source = ? AND d.created_at >= ?"
                   " AND d.created_at < ?",
                   DB_TIME(span.now), DB_TIME(span.now), DB_INT(s), DB_TIME(span.from),
                   DB_TIME(span.until)),
            ST_OK);
        assert_int_equal(by[s].issued, db_int(shop.db, 0));
        assert_int_equal(by[s].by_status[DISCOUNT_ACTIVE], db_int(shop.db, 1));
        assert_int_equal(by[s].by_status[DISCOUNT_EXPIRED], db_int(shop.db, 2));
        for (int k = DISCOUNT_ACTIVE; k <= DISCOUNT_REVOKED; k++)
            sum += by[s].by_status[k];
        assert_int_equal(sum, by[s].issued);
        assert_int_equal(
            db_one(shop.db,
                   "SELECT SUM(r.voided_at IS NULL), SUM(r.voided_at IS NOT NULL),"
                   " SUM(IF(r.voided_at IS NULL, r.amount, 0)) FROM redemption r"
                   " JOIN discount d ON d.id = r.discount_id"
                   " JOIN customer c ON c.id = r.customer_id"
                   " WHERE c.left_out = 0 AND d.source = ? AND r.redeemed_at >= ?"
                   " AND r.redeemed_at < ?",
                   DB_INT(s), DB_TIME(span.from), DB_TIME(span.until)),
            ST_OK);
        assert_int_equal(by[s].redeemed, db_int(shop.db, 0));
        assert_int_equal(by[s].voided, db_int(shop.db, 1));
        assert_int_equal(by[s].amount, db_int(shop.db, 2));
        if (s != SOURCE_CAMPAIGN && until - from == SPAN) /* none is a campaign's */
            assert_true(by[s].issued > 500 && by[s].redeemed > 300);
    }
}

/* Long, short, on a day's end, beyond both ends. */
static void formula_holds(int64_t now)
{
    int64_t day = OLD / DAY * DAY;

    formula(now, OLD + HOUR, OLD + HOUR + SPAN);
    formula(now, day, day + 4 * DAY);
    formula(now, day + DAY, day + 2 * DAY);
    formula(now, day + DAY + 1, day + 2 * DAY - 1);
    formula(now, OLD + 5 * HOUR, OLD + 6 * HOUR);
    formula(now, OLD - 20 * DAY, now + DAY);
    formula(now, -25 * DAY, 4 * DAY); /* of 1970 */
}

static enum status round_work(struct db *db, void *arg)
{
    struct round *r = arg;
    enum status st = stat_roll(db, tz, r->now, &r->days);

    return st == ST_OK ? discount_tally_roll(db, r->now, &r->tally) : st;
}

/* Until there is nothing more to do; what was found to be wrong. */
static int roll_all(int64_t now)
{
    struct round r = {.now = now};
    int wrong = 0;

    do {
        assert_int_equal(db_tx(shop.db, round_work, &r), ST_OK);
        wrong += r.tally.wrong;
    } while (r.days.more || r.tally.more);
    return wrong;
}

/* The discount and redemption of row i of the fill. */
static int64_t filled(const char *sql, int i)
{
    char key[24];

    snprintf(key, sizeof key, "%s:%d", strstr(sql, "issue_key") ? "fill" : "sold", i);
    assert_int_equal(db_one(shop.db, sql, DB_TEXT(key)), ST_OK);
    return db_int(shop.db, 0);
}

static enum status undo_work(struct db *db, void *arg)
{
    struct void_ask ask = {.redemption_id = *(int64_t *)arg,
                           .staff = &shop.owner,
                           .reason = VOID_CUSTOMER,
                           .grace = DAY};
    enum void_result result = 0;
    struct redemption r;
    enum status st = redemption_void(db, T0, &ask, &result, &r);

    assert_int_equal(result, VOIDED);
    return st;
}

static enum status changes_work(struct db *db, void *arg)
{
    struct discount_act act = {.by = &shop.owner};
    struct discount d;
    int n = 0;
    enum status st = discount_revoke(db, T0, *(int64_t *)arg, shop.owner.id);

    if (st == ST_OK)
        st = discount_expire_due(db, T0, NULL, 500, &n);
    assert_int_equal(n, 500);
    act.id = filled("SELECT id FROM discount WHERE status = 3 AND issue_key > ?"
                    " ORDER BY id LIMIT 1",
                    0);
    return st == ST_OK ? discount_extend(db, T0, &act, T0 + DAY, &d) : st;
}

static void test_the_formula(void **state)
{
    (void)state;
    assert_int_equal(db_exec(shop.db, NULL, "UPDATE customer SET created_at = ?",
                             DB_TIME(OLD - DAY)),
                     ST_OK);
    formula_holds(SHOP_NOW);
}

/* Added up or not, changed before or after, the figures are those of the rows. */
static void test_the_formula_of_days(void **state)
{
    int64_t open = filled("SELECT id FROM discount WHERE issue_key = ?", 17), sold;
    struct card card;

    (void)state;
    assert_int_equal(roll_all(SHOP_NOW), 0);
    assert_true(shop_number(shop.db, "SELECT SUM(n) FROM discount_tally") >= MANY);
    formula_holds(SHOP_NOW);
    assert_int_equal(db_tx(shop.db, changes_work, &open), ST_OK);
    sold = filled("SELECT id FROM redemption WHERE op_key = ?", 10);
    assert_int_equal(db_tx(shop.db, undo_work, &sold), ST_OK);
    card = check_by(shop.db, 0, "0000004002", T0, false);
    assert_int_equal(press(shop.db, 0, card.nonce, T0, -1).result, REDEEM_DONE);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount_turn"), 504);
    formula_holds(T0); /* what changed is not added up yet */
    assert_int_equal(roll_all(T0 + 20 * MINUTE), 0);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount_turn"), 0);
    formula_holds(T0 + 20 * MINUTE);
    for (int i = 0; i < 120; i++) /* and each day is what it says */
        assert_int_equal(roll_all(T0 + (i + 1) * 20 * MINUTE), 0);
}

static enum status revoke_meanwhile(struct db *db, void *arg)
{
    struct db *other = db_open(shop.cfg);
    struct round r = {.now = *(int64_t *)arg};
    int64_t id = filled("SELECT id FROM discount WHERE issue_key = ?", 4003);
    enum status st = discount_revoke(db, r.now - HOUR, id, shop.owner.id);

    assert_int_equal(db_exec(other, NULL, "SET innodb_lock_wait_timeout = 1"), ST_OK);
    assert_int_equal(db_tx(other, round_work, &r), ST_OK);
    assert_int_equal(r.tally.wrong, 0);
    db_close(other);
    return st;
}

/* A round waits for nobody who is changing one, and loses nothing of it. */
static void test_a_change_under_way(void **state)
{
    int64_t now = T0 + 2 * DAY;

    (void)state;
    roll_all(now);
    assert_int_equal(db_tx(shop.db, revoke_meanwhile, &now), ST_OK);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount_turn"), 1);
    formula_holds(now);
    assert_int_equal(roll_all(now), 0);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM discount_turn"), 0);
    formula_holds(now);
}

/* Somebody changes a row and does not say so: seen, and put right. */
static void test_a_wrong_tally(void **state)
{
    int wrong = 0;

    (void)state;
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE discount SET status = 4 WHERE issue_key ="
                             " 'fill:19'"),
                     ST_OK);
    for (int i = 0; i < 110; i++)
        wrong += roll_all(T0 + 3 * DAY + i * 20 * MINUTE);
    assert_int_equal(wrong, 1);
    formula_holds(T0 + 5 * DAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_formula),
        cmocka_unit_test(test_the_formula_of_days),
        cmocka_unit_test(test_a_change_under_way),
        cmocka_unit_test(test_a_wrong_tally),
    };

    return cmocka_run_group_tests_name("discount tally", tests, open_tally,
                                       close_tally);
}
