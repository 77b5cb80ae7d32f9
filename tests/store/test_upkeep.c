/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The steps of what the scheduler puts: what is old goes and what is young stays, what
 * is overdue expires, and a slice that was not enough puts the next one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "core/base/clock.h"
#include "tests/harness/shop.h"
#include "worker/upkeep.h"

#define NOW SHOP_NOW
#define KEEP (90 * DAY)     /* the default of retention_days */
#define KEEP_SEEN (8 * DAY) /* of update_seen_days */

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

static enum status step_work(struct db *db, void *arg)
{
    step_fn *const *fn = arg;
    struct json *args = json_new_object();
    struct job job = {.args = args};
    struct step s = {.cfg = shop.cfg, .db = db, .job = &job, .now = NOW};
    enum status st = (*fn)(&s);

    json_free(args);
    return st;
}

static void run(step_fn *fn)
{
    assert_int_equal(db_tx(shop.db, step_work, &fn), ST_OK);
}

static int64_t count(const char *sql)
{
    return shop_number(shop.db, sql);
}

/* ---- retention --------------------------------------------------------------------
 */

static void put_seen(int64_t at)
{
    static int64_t update_id;

    assert_int_equal(db_exec(shop.db, NULL,
                             "INSERT INTO update_seen (bot, update_id, at)"
                             " VALUES ('client', ?, ?)",
                             DB_INT(++update_id), DB_TIME(at)),
                     ST_OK);
}

static void put_tick(int64_t at)
{
    assert_int_equal(db_exec(shop.db, NULL,
                             "INSERT INTO cron_tick (schedule, due, fired_at)"
                             " VALUES ('t', ?, ?)",
                             DB_TIME(at), DB_TIME(at)),
                     ST_OK);
}

static void put_message(int64_t at, int state)
{
    assert_int_equal(db_exec(shop.db, NULL,
                             "INSERT INTO message (state, sender, recipient, purpose,"
                             " on_unsure, payload, created_at, sent_at)"
                             " VALUES (?, 1, 1, 1, 1, '{}', ?, ?)",
                             DB_INT(state), DB_TIME(at), DB_TIME(at)),
                     ST_OK);
}

static void put_attempt(int64_t at)
{
    assert_int_equal(db_exec(shop.db, NULL,
                             "INSERT INTO redemption_attempt (at, staff_id, verdict)"
                             " VALUES (?, ?, 6)",
                             DB_TIME(at), DB_INT(shop.cashier[0].id)),
                     ST_OK);
}

static int64_t rows(void)
{
    return count("SELECT (SELECT COUNT(*) FROM update_seen) + (SELECT COUNT(*) FROM"
                 " cron_tick) + (SELECT COUNT(*) FROM message) + (SELECT COUNT(*) FROM"
                 " redemption_attempt)");
}

static void what_is_a_second_too_old_goes_and_the_rest_stays(void **state)
{
    (void)state;
    for (int young = 0; young < 2; young++) {
        int64_t shift = young ? SECOND : -SECOND;

        put_seen(NOW - KEEP_SEEN + shift);
        put_tick(NOW - KEEP + shift);
        put_message(NOW - KEEP + shift, 3);
        put_attempt(NOW - KEEP + shift);
    }
    put_message(NOW - 2 * KEEP, 1); /* still queued: never forgotten */
    assert_int_equal(rows(), 9);
    run(retention_step);
    assert_int_equal(rows(), 5);
    assert_int_equal(count("SELECT COUNT(*) FROM message WHERE state = 1"), 1);
    assert_int_equal(
        count("SELECT COUNT(*) FROM job_open WHERE kind = 'sched.retention'"),
        1); /* something went: there may be more */
    run(retention_step);
    assert_int_equal(rows(), 5);
    assert_int_equal(
        count("SELECT COUNT(*) FROM job_open WHERE kind = 'sched.retention'"),
        1); /* nothing went: that was all */
}

/* ---- expiry -------------------------------------------------------------------------
 */

static enum status many_work(struct db *db, void *arg)
{
    const struct customer *c = arg;
    enum status st = ST_OK;

    for (int i = 0; i < 101 && st == ST_OK; i++) {
        char key[32];
        struct discount out;
        struct discount_spec spec = {.customer_id = c->id,
                                     .source = SOURCE_MANUAL,
                                     .issue_key = key,
                                     .percent_bp = 500,
                                     .valid_from = NOW - 2 * DAY,
                                     .valid_until = NOW - DAY,
                                     .reason = "test"};

        snprintf(key, sizeof key, "m:%d", i);
        st = discount_issue(db, NOW - 2 * DAY, &spec, &out);
    }
    return st;
}

static void overdue_discounts_expire_slice_by_slice(void **state)
{
    struct customer anna = shop_customer(&shop, 9001, "Анна", "К");

    (void)state;
    shop_discount(&shop, anna.id, "live", 1);
    assert_int_equal(db_tx(shop.db, many_work, &anna), ST_OK);
    run(discount_expire_step);
    assert_int_equal(count("SELECT COUNT(*) FROM discount WHERE status = 3"), 100);
    assert_int_equal(
        count("SELECT COUNT(*) FROM job_open WHERE kind = 'sched.discount_expire'"), 1);
    run(discount_expire_step);
    assert_int_equal(count("SELECT COUNT(*) FROM discount WHERE status = 3"), 101);
    assert_int_equal(count("SELECT COUNT(*) FROM discount WHERE status = 1"), 1);
    assert_int_equal(
        count("SELECT COUNT(*) FROM job_open WHERE kind = 'sched.discount_expire'"), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_a_second_too_old_goes_and_the_rest_stays),
        TEST(overdue_discounts_expire_slice_by_slice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
