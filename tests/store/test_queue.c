/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The queue against real Redis and MySQL, driven through its own verbs: one test a
 * promise of core/io/queue.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/queue_yard.h"

/* ---- putting -------------------------------------------------------------------- */

static void committed_job_is_row_and_entry(void **state)
{
    struct yard *y = *state;

    assert_int_equal(put(y, KIND_TEST_NOTE, 0, 7), ST_OK);
    assert_int_equal(open_rows(y), 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 5), 1);
    assert_int_equal(y->jobs[0].kind, KIND_TEST_NOTE);
    assert_int_equal(number(y, 0), 7);
    assert_int_equal(lease(y, POOL_LOGIC, 1, 5), 0);
}

static void rolled_back_job_is_nowhere(void **state)
{
    struct yard *y = *state;
    struct put p = {.spec = {.kind = KIND_TEST_NOTE}, .n = 3, .end = ST_REFUSED};

    assert_int_equal(db_tx(y->db, put_work, &p), ST_REFUSED);
    assert_int_equal(open_rows(y), 0);
    assert_int_equal(waiting(y, POOL_LOGIC), 0);
}

static void idk_is_unique_among_open_jobs(void **state)
{
    struct yard *y = *state;
    struct put p = {.spec = {.kind = KIND_TEST_NOTE, .idk = "once"}, .n = 1};

    assert_int_equal(db_tx(y->db, put_work, &p), ST_OK);
    assert_int_equal(db_tx(y->db, put_work, &p), ST_TAKEN);
    assert_int_equal(open_rows(y), 1);
    assert_int_equal(waiting(y, POOL_LOGIC), 1);
}

static void too_big_a_body_is_refused_and_changes_nothing(void **state)
{
    struct yard *y = *state;
    char long_text[QUEUE_BODY_MAX + 1];
    struct job_spec spec = {.kind = KIND_TEST_NOTE, .args = json_new_object()};

    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    json_set_text(spec.args, "t", long_text);
    assert_int_equal(job_put_now(y->queue, clock_now(), &spec), ST_BROKEN);
    assert_int_equal(waiting(y, POOL_LOGIC), 0);
}

/* ---- turns ---------------------------------------------------------------------- */

static void done_job_is_gone(void **state)
{
    struct yard *y = *state;
    struct job_result r;
    struct queue_turn t;
    struct census c;

    put_many(y, KIND_TEST_NOTE, 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 5), 1);
    r = result(&y->jobs[0], JOB_DONE, 0);
    t = settle(y, POOL_LOGIC, 0, &r, 1);
    assert_int_equal(t.fenced, 0);
    c = look(y, POOL_LOGIC);
    assert_int_equal(c.n_workers, 0); /* nothing held: no lease */
    census_free(&c);
    t = settle(y, POOL_LOGIC, 0, &r, 1); /* the same once more: not ours */
    assert_int_equal(t.fenced, 1);
}

static void one_person_is_served_in_order_by_one_worker(void **state)
{
    struct yard *y = *state;
    struct job_result r[4];

    for (int i = 0; i < 6; i++)
        assert_int_equal(put(y, KIND_SEND_MESSAGE, 42, i), ST_OK);
    assert_int_equal(lease(y, POOL_SEND, 0, 8), 4); /* at most four of a list */
    for (int i = 0; i < 4; i++) {
        assert_int_equal(number(y, i), i);
        r[i] = result(&y->jobs[i], JOB_DONE, 0);
    }
    assert_int_equal(lease(y, POOL_SEND, 1, 8), 0); /* the list has an owner */
    settle(y, POOL_SEND, 0, r, 4);
    assert_int_equal(lease(y, POOL_SEND, 1, 8), 2);
    assert_int_equal(number(y, 0), 4);
    assert_int_equal(number(y, 1), 5);
}

static void retry_of_a_head_holds_its_list_up(void **state)
{
    struct yard *y = *state;
    struct job_result r[2];

    put(y, KIND_SEND_MESSAGE, 42, 0);
    put(y, KIND_SEND_MESSAGE, 42, 1);
    assert_int_equal(lease(y, POOL_SEND, 0, 8), 2);
    r[0] = result(&y->jobs[0], JOB_RETRY, 60);
    r[1] = result(&y->jobs[1], JOB_BACK, 0);
    settle(y, POOL_SEND, 0, r, 2);
    assert_int_equal(lease(y, POOL_SEND, 1, 8), 0);
    lease_soon(y, POOL_SEND, 1);
    assert_int_equal(y->n, 2);
    assert_int_equal(number(y, 0), 0);
    assert_int_equal(y->jobs[0].attempts, 1);
    assert_int_equal(number(y, 1), 1);
    assert_int_equal(y->jobs[1].attempts, 0);
}

static void job_given_back_uses_no_attempt(void **state)
{
    struct yard *y = *state;
    struct job_result r;

    put_many(y, KIND_TEST_NOTE, 1);
    lease(y, POOL_LOGIC, 0, 1);
    r = result(&y->jobs[0], JOB_BACK, 0);
    settle(y, POOL_LOGIC, 0, &r, 1);
    assert_int_equal(lease(y, POOL_LOGIC, 1, 1), 1);
    assert_int_equal(y->jobs[0].attempts, 0);
}

static void delayed_job_comes_when_due(void **state)
{
    struct yard *y = *state;
    struct put p = {.spec = {.kind = KIND_TEST_NOTE, .due = clock_now() + SECOND},
                    .n = 1};

    assert_int_equal(db_tx(y->db, put_work, &p), ST_OK);
    if (lease(y, POOL_LOGIC, 0, 5) == 0) /* else putting it took that long */
        lease_soon(y, POOL_LOGIC, 0);
    assert_true(clock_now() >= p.spec.due);
}

/* Of 32 leases with every lane full: 16 hot, 8 normal, 4 low (4 bulk share among the
 * others here, as no kind of this version is bulk). */
static void lanes_are_weighted_and_none_starves(void **state)
{
    struct yard *y = *state;
    int by_lane[3] = {0};

    for (int i = 0; i < 64; i++)
        put(y, KIND_BOT_MEMBER_KNOWN, i, i);
    put_many(y, KIND_TEST_NOTE, 64);
    put_many(y, KIND_SCHED_RETENTION, 64);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 28), 28);
    for (int i = 0; i < y->n; i++)
        by_lane[y->jobs[i].list < 16 ? 0 : y->jobs[i].list - 15]++;
    assert_int_equal(by_lane[0], 16);
    assert_int_equal(by_lane[1], 8);
    assert_int_equal(by_lane[2], 4);
}

/* ---- leases --------------------------------------------------------------------- */

static void reaped_jobs_keep_their_order_and_one_is_blamed(void **state)
{
    struct yard *y = *state;
    uint8_t blamed[16];
    int moved;

    for (int i = 0; i < 4; i++)
        put(y, KIND_SEND_MESSAGE, 42, i);
    assert_int_equal(lease(y, POOL_SEND, 0, 8), 4);
    memcpy(blamed, y->jobs[1].id, 16);
    assert_int_equal(queue_reap(y->queue, AT_SEND, y->wid[0], false, NULL, &moved),
                     ST_NONE); /* the lease lives */
    assert_int_equal(queue_reap(y->queue, AT_SEND, y->wid[0], true, blamed, &moved),
                     ST_OK);
    assert_int_equal(moved, 4);
    assert_int_equal(lease(y, POOL_SEND, 1, 8), 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(number(y, i), i);
        assert_int_equal(y->jobs[i].crashes, i == 1);
        assert_int_equal(y->jobs[i].attempts, 0);
    }
}

static void three_crashes_are_poison_for_the_blamed_alone(void **state)
{
    struct yard *y = *state;
    uint8_t poison[16];
    int n;

    put_many(y, KIND_TEST_NOTE, 5);
    for (int i = 0; i < QUEUE_CRASHES_MAX; i++) {
        assert_int_equal(lease(y, POOL_LOGIC, 0, 8), 5);
        memcpy(poison, y->jobs[0].id, 16);
        assert_int_equal(queue_reap(y->queue, AT_LOGIC, y->wid[0], true, poison, NULL),
                         ST_OK);
    }
    assert_int_equal(waiting(y, POOL_LOGIC), 4);
    assert_int_equal(ledger_drain_dead(y->db, y->queue, AT_LOGIC, clock_now(), &n),
                     ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(db_one(y->db, "SELECT id, reason, crashes FROM job_dead"), ST_OK);
    assert_memory_equal(db_text(y->db, 0, NULL), poison, 16);
    assert_string_equal(db_text(y->db, 1, NULL), "poison");
    assert_int_equal(open_rows(y), 4);
    assert_int_equal(lease(y, POOL_LOGIC, 1, 8), 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(y->jobs[i].crashes, 0);
}

static void dead_job_can_be_revived(void **state)
{
    struct yard *y = *state;
    struct ledger_run run = {.worker = "w", .why = "tries used up"};
    struct job_result r;
    uint8_t id[16];

    put_many(y, KIND_TEST_NOTE, 1);
    lease(y, POOL_LOGIC, 0, 1);
    memcpy(id, y->jobs[0].id, 16);
    y->jobs[0].attempts = 4;
    assert_int_equal(ledger_bury(y->db, clock_now(), &y->jobs[0], "tries", &run),
                     ST_OK);
    assert_int_equal(ledger_bury(y->db, clock_now(), &y->jobs[0], "tries", &run),
                     ST_OK);
    r = result(&y->jobs[0], JOB_DONE, 0);
    settle(y, POOL_LOGIC, 0, &r, 1);
    assert_int_equal(open_rows(y), 0);
    assert_int_equal(ledger_revive(y->db, y->queue, clock_now(), id), ST_OK);
    assert_int_equal(ledger_revive(y->db, y->queue, clock_now(), id), ST_NONE);
    assert_int_equal(open_rows(y), 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 4), 1);
    assert_memory_equal(y->jobs[0].id, id, 16);
    assert_int_equal(y->jobs[0].attempts, 0);
}

static void lease_is_renewed_only_where_there_is_one(void **state)
{
    struct yard *y = *state;
    const char *wids[2] = {y->wid[0], y->wid[1]};
    bool gone[2];

    put_many(y, KIND_TEST_NOTE, 1);
    lease(y, POOL_LOGIC, 0, 1);
    assert_int_equal(queue_renew(y->queue, AT_LOGIC, wids, 2, gone), ST_OK);
    assert_false(gone[0]);
    assert_true(gone[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_yard, close_yard)

/* Rubbish, and what an older Dvorik wrote: set aside for a person to look at. */
static void what_is_no_entry_stops_nobody(void **state)
{
    static const char *const strange[] = {
        "", "rubbish", "01M7WBWQS7WZ2MWPJBP1P82YSQ00016176365000000000000000ab{}"};
    struct yard *y = *state;
    struct redis *redis = queue_redis(y->queue);
    struct redis_reply *r = NULL;
    struct job_result done;
    struct census c;
    int moved;

    put_many(y, KIND_TEST_NOTE, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(
            redis_do(redis, &r, "ZADD", "dv:{s0}:a:z", "1", strange[i], NULL), ST_OK);
        redis_free(r);
        assert_int_equal(redis_do(redis, &r, "LPUSH", "dv:{s0}:a:16", strange[i], NULL),
                         ST_OK);
        redis_free(r);
    }
    c = look(y, POOL_LOGIC);
    census_free(&c);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 5), 2); /* and holds the strange ones */
    done = result(&y->jobs[0], JOB_DONE, 0);
    assert_int_equal(settle(y, POOL_LOGIC, 0, &done, 1).fenced, 0);
    assert_int_equal(
        queue_reap(y->queue, AT_LOGIC, y->wid[0], true, y->jobs[1].id, &moved), ST_OK);
    assert_int_equal(waiting(y, POOL_LOGIC), 2);
    assert_int_equal(lease(y, POOL_LOGIC, 1, 5), 2);
    assert_int_equal(redis_do(redis, &r, "LLEN", "dv:{s0}:a:d", NULL), ST_OK);
    assert_in_range(redis_int(r), 5, 6); /* two without an id are as one */
    redis_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(committed_job_is_row_and_entry),
        TEST(rolled_back_job_is_nowhere),
        TEST(idk_is_unique_among_open_jobs),
        TEST(too_big_a_body_is_refused_and_changes_nothing),
        TEST(done_job_is_gone),
        TEST(one_person_is_served_in_order_by_one_worker),
        TEST(retry_of_a_head_holds_its_list_up),
        TEST(job_given_back_uses_no_attempt),
        TEST(delayed_job_comes_when_due),
        TEST(lanes_are_weighted_and_none_starves),
        TEST(reaped_jobs_keep_their_order_and_one_is_blamed),
        TEST(three_crashes_are_poison_for_the_blamed_alone),
        TEST(dead_job_can_be_revived),
        TEST(lease_is_renewed_only_where_there_is_one),
        TEST(what_is_no_entry_stops_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
