/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What Redis has no room for waits in MySQL and comes when there is room again; nobody
 * overtakes; and how full Redis is decides who may still come in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/lane.h"
#include "tests/store/queue_yard.h"

#define KIND KIND_CORE_BIRTHDAY_GIFTED /* class D, lane normal, list 16 */
#define MOST 20

static int open_narrow(void **state)
{
    struct yard *y;

    open_yard(state);
    y = *state;
    queue_set_most(y->queue, MOST);
    return 0;
}

static int64_t parked(struct yard *y)
{
    assert_int_equal(db_one(y->db, "SELECT COUNT(*) FROM job_open WHERE parked = 1"),
                     ST_OK);
    return db_int(y->db, 0);
}

static int reconcile(struct yard *y)
{
    int n;

    assert_int_equal(ledger_reconcile(y->db, y->queue, AT_LOGIC, clock_now(), &n),
                     ST_OK);
    return n;
}

/* Leases and finishes everything that waits, and checks that it comes in order. */
static int run_all(struct yard *y, int64_t *next)
{
    int n = 0;

    while (lease(y, POOL_LOGIC, 0, QUEUE_BATCH_MAX) > 0) {
        struct job_result r[QUEUE_BATCH_MAX];

        for (int i = 0; i < y->n; i++) {
            assert_int_equal(number(y, i), (*next)++);
            assert_int_equal(ledger_claim(y->db, clock_now(), &y->jobs[i]), ST_OK);
            r[i] = result(&y->jobs[i], JOB_DONE, 0);
        }
        n += y->n;
        settle(y, POOL_LOGIC, 0, r, y->n);
    }
    return n;
}

static void what_does_not_fit_waits_in_mysql_and_comes_in_order(void **state)
{
    struct yard *y = *state;
    int64_t next = 0;
    int done = 0;

    put_many(y, KIND, 95); /* 20 fit */
    assert_int_equal(waiting(y, POOL_LOGIC), MOST);
    assert_int_equal(parked(y), 75);
    assert_int_equal(put(y, KIND, 0, 95), ST_OK); /* there is a queue of others */
    assert_int_equal(waiting(y, POOL_LOGIC), MOST);
    assert_int_equal(reconcile(y), 0); /* still full */
    for (int round = 0; done < 96 && round < 20; round++) {
        done += run_all(y, &next);
        reconcile(y);
        assert_true(waiting(y, POOL_LOGIC) <= MOST);
    }
    assert_int_equal(done, 96);
    assert_int_equal(open_rows(y), 0);
    assert_int_equal(parked(y), 0);
}

/* The list is empty again, but those kept out are not in yet. */
static void a_late_one_does_not_overtake_those_kept_out(void **state)
{
    struct yard *y = *state;
    struct queue *other = queue_open(y->cfg);
    int64_t next = 0;

    put_many(y, KIND, 30);
    assert_int_equal(run_all(y, &next), MOST);
    queue_bind(other, y->db); /* a process that has not heard that it is full */
    assert_int_equal(put(y, KIND, 0, 30), ST_OK);
    assert_int_equal(waiting(y, POOL_LOGIC), 0);
    assert_int_equal(reconcile(y), 11);
    assert_int_equal(run_all(y, &next), 11);
    queue_close(other);
    other = queue_open(y->cfg);
    queue_bind(other, y->db);
    assert_int_equal(put(y, KIND, 0, 31), ST_OK); /* straight in */
    assert_int_equal(waiting(y, POOL_LOGIC), 1);
    queue_close(other);
    queue_bind(y->queue, y->db);
}

static void other_lists_stay_open(void **state)
{
    struct yard *y = *state;

    put_many(y, KIND, 30);
    assert_int_equal(put(y, KIND_SCHED_RETENTION, 0, 0), ST_OK); /* lane low */
    assert_int_equal(waiting(y, POOL_LOGIC), MOST + 1);
}

static void an_ephemeral_job_is_refused_by_a_full_list(void **state)
{
    struct yard *y = *state;
    struct job_spec spec = {.kind = KIND_SEND_CALLBACK_ACK};

    for (int i = 0; i < MOST; i++)
        assert_int_equal(job_put_now(y->queue, clock_now(), &spec), ST_OK);
    assert_int_equal(job_put_now(y->queue, clock_now(), &spec), ST_REFUSED);
}

static void level_set(struct yard *y, int64_t used)
{
    struct census seen = {.used_bytes = used, .max_bytes = 100};
    bool none[1] = {false};

    assert_int_equal(queue_gate(y->queue, AT_LOGIC, &seen, none), ST_OK);
}

static void a_full_redis_takes_only_hot_jobs(void **state)
{
    struct yard *y = *state;

    level_set(y, 91);
    assert_int_equal(put(y, KIND, 0, 0), ST_OK);
    assert_int_equal(waiting(y, POOL_LOGIC), 0);
    assert_int_equal(put(y, KIND_BOT_MEMBER_KNOWN, 7, 0), ST_OK);
    assert_int_equal(waiting(y, POOL_LOGIC), 1);
    level_set(y, 50);
    assert_int_equal(reconcile(y), 1); /* Redis has room: the level was ours alone */
    assert_int_equal(waiting(y, POOL_LOGIC), 2);
}

static void levels_are_at_three_quarters_and_nine_tenths(void **state)
{
    (void)state;
    assert_int_equal(lane_level(1000, 0), LANE_ALL);
    assert_int_equal(lane_level(749, 1000), LANE_ALL);
    assert_int_equal(lane_level(750, 1000), LANE_NO_BULK);
    assert_int_equal(lane_level(899, 1000), LANE_NO_BULK);
    assert_int_equal(lane_level(900, 1000), LANE_ONLY_HOT);
    assert_int_equal(lane_level(2000, 1000), LANE_ONLY_HOT);
}

/* ---- unique jobs ---------------------------------------------------------------- */

static void a_unique_job_is_put_once_until_it_is_over(void **state)
{
    struct yard *y = *state;
    struct job_spec spec = {
        .kind = KIND_SEND_CALLBACK_ACK, .idk = "of:7", .lock_ms = 60000};
    struct job_spec other = spec;
    struct job_result r;

    other.idk = "of:8";
    assert_int_equal(job_put_now(y->queue, clock_now(), &spec), ST_OK);
    assert_int_equal(job_put_now(y->queue, clock_now(), &spec), ST_TAKEN);
    assert_int_equal(job_put_now(y->queue, clock_now(), &other), ST_OK);
    assert_int_equal(lease(y, POOL_SEND, 0, 1), 1);
    assert_true(y->jobs[0].locked);
    assert_int_equal(job_put_now(y->queue, clock_now(), &spec), ST_TAKEN);
    r = result(&y->jobs[0], JOB_DONE, 0);
    settle(y, POOL_SEND, 0, &r, 1);
    queue_unlock(y->queue, &y->jobs[0]);
    assert_int_equal(job_put_now(y->queue, clock_now(), &spec), ST_OK);
    queue_unlock(y->queue, &y->jobs[0]); /* not its lock any more */
    assert_int_equal(job_put_now(y->queue, clock_now(), &spec), ST_TAKEN);
}

static bool lapsed(void *arg)
{
    struct yard *y = arg;
    struct job_spec spec = {
        .kind = KIND_SEND_CALLBACK_ACK, .idk = "short", .lock_ms = 60000};

    return job_put_now(y->queue, clock_now(), &spec) == ST_OK;
}

static void a_lock_lapses(void **state)
{
    struct yard *y = *state;
    struct job_spec spec = {
        .kind = KIND_SEND_CALLBACK_ACK, .idk = "short", .lock_ms = 30};

    assert_int_equal(job_put_now(y->queue, clock_now(), &spec), ST_OK);
    assert_true(until(lapsed, y, 5000));
}

int main(void)
{
#define NARROW(t) cmocka_unit_test_setup_teardown(t, open_narrow, close_yard)
    const struct CMUnitTest tests[] = {
        NARROW(what_does_not_fit_waits_in_mysql_and_comes_in_order),
        NARROW(a_late_one_does_not_overtake_those_kept_out),
        NARROW(other_lists_stay_open),
        NARROW(an_ephemeral_job_is_refused_by_a_full_list),
        NARROW(a_full_redis_takes_only_hot_jobs),
        cmocka_unit_test(levels_are_at_three_quarters_and_nine_tenths),
        NARROW(a_unique_job_is_put_once_until_it_is_over),
        NARROW(a_lock_lapses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
