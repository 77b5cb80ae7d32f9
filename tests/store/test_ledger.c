/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The queue's side in MySQL: the claim, the dead, and the watermark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/queue_yard.h"
#include "tests/harness/entry.h"

/* ---- the claim ------------------------------------------------------------------ */

struct claim {
    struct job *job;
    enum status st;
};

static enum status claim_work(struct db *db, void *arg)
{
    struct claim *c = arg;

    c->st = ledger_claim(db, clock_now(), c->job);
    return c->st;
}

static void job_is_claimed_once(void **state)
{
    struct yard *y = *state;
    struct claim c;

    put_many(y, KIND_TEST_NOTE, 1);
    lease(y, POOL_LOGIC, 0, 1);
    c.job = &y->jobs[0];
    assert_int_equal(db_tx(y->db, claim_work, &c), ST_OK);
    assert_int_equal(db_tx(y->db, claim_work, &c), ST_TAKEN);
}

/* ---- the watermark -------------------------------------------------------------- */

static int reconcile(struct yard *y, int64_t now)
{
    int n = 0;

    assert_int_equal(ledger_reconcile(y->db, y->queue, AT_LOGIC, now, &n), ST_OK);
    return n;
}

/* Makes all open rows older than the margin, as if put half a minute ago. */
static void age_rows(struct yard *y)
{
    assert_int_equal(
        db_exec(y->db, NULL,
                "UPDATE job_open SET run_at = run_at - INTERVAL 30 SECOND"),
        ST_OK);
}

static void flushed_redis_gets_everything_back_once(void **state)
{
    struct yard *y = *state;
    struct redis_reply *r = NULL;

    put_many(y, KIND_TEST_NOTE, 300);
    assert_int_equal(redis_do(queue_redis(y->queue), &r, "FLUSHDB", NULL), ST_OK);
    redis_free(r);
    assert_int_equal(reconcile(y, clock_now()), 0); /* too young to be called lost */
    age_rows(y);
    assert_int_equal(reconcile(y, clock_now()), 300);
    assert_int_equal(reconcile(y, clock_now()), 0);
    assert_int_equal(waiting(y, POOL_LOGIC), 300);
}

/* The row of an entry made older than the watermark of a list that moved on. */
static void age_row_of(struct yard *y, const struct redis_reply *entry)
{
    struct queue_head h = entry_head(entry);
    int64_t n = 0;

    assert_int_equal(db_exec(y->db, &n,
                             "UPDATE job_open SET run_at = run_at - INTERVAL 30 SECOND"
                             " WHERE id = ?",
                             DB_BYTES(h.id, 16)),
                     ST_OK);
    assert_int_equal(n, 1);
}

/* F9: entries vanish from the middle of a list that is not empty. */
static void entries_lost_from_a_full_list_come_back(void **state)
{
    struct yard *y = *state;
    struct redis_reply *list = NULL;
    int removed = 0;

    put_many(y, KIND_TEST_NOTE, 1000);
    assert_int_equal(redis_do(queue_redis(y->queue), &list, "LRANGE", "dv:{s0}:a:16",
                              "0", "-1", NULL),
                     ST_OK);
    for (size_t i = 3; i < redis_count(list); i += 17, removed++) {
        entry_tell(queue_redis(y->queue), "LREM", "dv:{s0}:a:16", "1",
                   redis_item(list, i));
        age_row_of(y, redis_item(list, i));
    }
    redis_free(list);
    assert_int_equal(waiting(y, POOL_LOGIC), 1000 - removed);
    assert_int_equal(reconcile(y, clock_now()), removed); /* those, and no other */
    assert_int_equal(reconcile(y, clock_now()), 0);
    assert_int_equal(waiting(y, POOL_LOGIC), 1000);
}

static void waiting_and_leased_rows_are_left_alone(void **state)
{
    struct yard *y = *state;

    put_many(y, KIND_TEST_NOTE, 40);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 10), 10);
    assert_int_equal(reconcile(y, clock_now()), 0);
    assert_int_equal(waiting(y, POOL_LOGIC), 30);
}

static void row_of_the_far_future_waits_in_mysql(void **state)
{
    struct yard *y = *state;
    struct put p = {.spec = {.kind = KIND_TEST_NOTE, .due = clock_now() + HOUR},
                    .n = 1};

    assert_int_equal(db_tx(y->db, put_work, &p), ST_OK);
    assert_int_equal(waiting(y, POOL_LOGIC), 0);
    assert_int_equal(reconcile(y, clock_now()), 0);
    assert_int_equal(db_exec(y->db, NULL, "UPDATE job_open SET run_at = ?",
                             DB_TIME(clock_now() - SECOND)),
                     ST_OK);
    assert_int_equal(reconcile(y, clock_now()),
                     1); /* at its time, not five seconds on */
    assert_int_equal(reconcile(y, clock_now()), 0);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
}

/* Parked while it is still in somebody's hands: brought when they let go of it. */
static void parked_job_in_flight_is_left_until_it_is_free(void **state)
{
    struct yard *y = *state;
    struct job_result r;

    put_many(y, KIND_TEST_NOTE, 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    y->jobs[0].attempts = 3;
    assert_int_equal(ledger_park(y->db, &y->jobs[0], clock_now() - SECOND), ST_OK);
    assert_int_equal(reconcile(y, clock_now()), 0);
    r = result(&y->jobs[0], JOB_DONE, 0);
    settle(y, POOL_LOGIC, 0, &r, 1);
    assert_int_equal(reconcile(y, clock_now()), 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    assert_int_equal(y->jobs[0].attempts, 3);
}

static void forgotten_scripts_are_taught_again(void **state)
{
    struct yard *y = *state;
    struct redis_reply *r = NULL;

    put_many(y, KIND_TEST_NOTE, 1);
    assert_int_equal(redis_do(queue_redis(y->queue), &r, "SCRIPT", "FLUSH", NULL),
                     ST_OK);
    redis_free(r);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_yard, close_yard)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(job_is_claimed_once),
        TEST(flushed_redis_gets_everything_back_once),
        TEST(entries_lost_from_a_full_list_come_back),
        TEST(waiting_and_leased_rows_are_left_alone),
        TEST(row_of_the_far_future_waits_in_mysql),
        TEST(parked_job_in_flight_is_left_until_it_is_free),
        TEST(forgotten_scripts_are_taught_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
