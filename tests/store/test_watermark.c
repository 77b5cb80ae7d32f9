/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the watermark must not bring back: what waits in an old list, what is in flight,
 * what a census may have overlooked, and what another reconciler has brought already. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/queue_yard.h"

#include <pthread.h>

#define LIST "dv:{s0}:a:16"

static int reconcile(struct yard *y)
{
    int n = 0;

    assert_int_equal(ledger_reconcile(y->db, y->queue, AT_LOGIC, clock_now(), &n),
                     ST_OK);
    return n;
}

static void age_rows(struct yard *y, int seconds)
{
    assert_int_equal(db_exec(y->db, NULL,
                             "UPDATE job_open SET run_at = run_at - INTERVAL ? SECOND",
                             DB_INT(seconds)),
                     ST_OK);
}

/* Redis forgets what waits. */
static void lose(struct yard *y)
{
    struct redis_reply *r = NULL;

    assert_int_equal(redis_do(queue_redis(y->queue), &r, "DEL", LIST, NULL), ST_OK);
    redis_free(r);
}

static void script(struct yard *y, const char *text, const char *key, const char *arg)
{
    struct redis_reply *r = NULL;

    assert_int_equal(
        redis_do(queue_redis(y->queue), &r, "EVAL", text, "1", key, arg, NULL), ST_OK);
    redis_free(r);
}

/* ---- not lost ---------------------------------------------------------------------- */

/* A list that nobody has come to for half a minute: its head is as old as its rows. */
static void what_waits_in_an_old_list_is_not_lost(void **state)
{
    static const char older[] =
        "for i, e in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do "
        "redis.call('LSET', KEYS[1], i - 1, string.sub(e, 1, 20) .. "
        "struct.pack('>I6', struct.unpack('>I6', e, 21) - ARGV[1]) .. "
        "string.sub(e, 27)) end";
    struct yard *y = *state;

    put_many(y, KIND_TEST_NOTE, 20);
    script(y, older, LIST, "30000");
    age_rows(y, 30);
    assert_int_equal(reconcile(y), 0);
    assert_int_equal(waiting(y, POOL_LOGIC), 20);
}

static void what_is_in_flight_is_not_lost(void **state)
{
    struct yard *y = *state;

    put_many(y, KIND_TEST_NOTE, 10);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 10), 10);
    age_rows(y, 30);
    assert_int_equal(reconcile(y), 0);
}

static void what_is_delayed_is_not_lost(void **state)
{
    struct yard *y = *state;
    struct job_result r;

    put_many(y, KIND_TEST_NOTE, 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    r = result(&y->jobs[0], JOB_RETRY, 50000);
    settle(y, POOL_LOGIC, 0, &r, 1);
    age_rows(y, 30);
    assert_int_equal(reconcile(y), 0);
}

static void what_waits_for_its_grave_is_not_lost(void **state)
{
    struct yard *y = *state;
    struct job_result r;

    put_many(y, KIND_TEST_NOTE, 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    r = result(&y->jobs[0], JOB_BURY, 0);
    settle(y, POOL_LOGIC, 0, &r, 1);
    age_rows(y, 30);
    assert_int_equal(reconcile(y), 0);
}

/* ---- not known --------------------------------------------------------------------- */

static void census_is(struct yard *y, bool complete)
{
    struct census c = look(y, POOL_LOGIC);

    assert_int_equal(c.complete, complete);
    census_free(&c);
}

/* More workers than the census names: one of them may hold what looks lost. */
static void too_many_workers_prove_nothing(void **state)
{
    static const char crowd[] = "for i = 1, ARGV[1] do "
                                "redis.call('ZADD', KEYS[1], 9e15, 'x.' .. i) end";
    struct yard *y = *state;

    put_many(y, KIND_TEST_NOTE, 5);
    lose(y);
    age_rows(y, 30);
    script(y, crowd, "dv:{s0}:a:w", "600");
    census_is(y, false);
    assert_int_equal(reconcile(y), 0);
    script(y, "return redis.call('DEL', KEYS[1])", "dv:{s0}:a:w", "");
    census_is(y, true);
    assert_int_equal(reconcile(y), 5);
}

static void too_many_delayed_prove_nothing(void **state)
{
    static const char crowd[] =
        "for i = 1, ARGV[1] do redis.call('ZADD', KEYS[1], 9e15, "
        "struct.pack('>c1I8I8I3I6I6', '2', 0, i, 1048576, 0, 0) .. '{}') end";
    struct yard *y = *state;

    put_many(y, KIND_TEST_NOTE, 5);
    lose(y);
    age_rows(y, 30);
    script(y, crowd, "dv:{s0}:a:z", "20001");
    census_is(y, false);
    assert_int_equal(reconcile(y), 0);
}

/* ---- not twice --------------------------------------------------------------------- */

#define LOST 300
#define RIVALS 4
#define ROUNDS 8

struct rival {
    struct config *cfg;
    pthread_barrier_t *start;
    pthread_t thread;
    int brought;
    enum status st;
};

static void *rival_run(void *arg)
{
    struct rival *r = arg;
    struct db *db = db_open(r->cfg);
    struct queue *q = queue_open(r->cfg);

    r->st = db_ping(db);
    pthread_barrier_wait(r->start);
    for (int i = 0; i < 3 && r->st == ST_OK; i++) {
        int n = 0;

        r->st = ledger_reconcile(db, q, AT_LOGIC, clock_now(), &n);
        r->brought += n;
    }
    queue_close(q);
    db_close(db);
    return NULL;
}

static void reconcilers_at_once_bring_a_row_back_once(void **state)
{
    struct yard *y = *state;
    pthread_barrier_t start;

    pthread_barrier_init(&start, NULL, RIVALS);
    put_many(y, KIND_TEST_NOTE, LOST);
    for (int round = 0; round < ROUNDS; round++) {
        struct rival rival[RIVALS];
        int brought = 0;

        lose(y);
        age_rows(y, 600);
        for (int i = 0; i < RIVALS; i++) {
            rival[i] = (struct rival){.cfg = y->cfg, .start = &start};
            assert_int_equal(
                pthread_create(&rival[i].thread, NULL, rival_run, &rival[i]), 0);
        }
        for (int i = 0; i < RIVALS; i++) {
            pthread_join(rival[i].thread, NULL);
            assert_int_equal(rival[i].st, ST_OK);
            brought += rival[i].brought;
        }
        assert_int_equal(brought, LOST);
        assert_int_equal(waiting(y, POOL_LOGIC), LOST);
    }
    pthread_barrier_destroy(&start);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_yard, close_yard)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_waits_in_an_old_list_is_not_lost),
        TEST(what_is_in_flight_is_not_lost),
        TEST(what_is_delayed_is_not_lost),
        TEST(what_waits_for_its_grave_is_not_lost),
        TEST(too_many_workers_prove_nothing),
        TEST(too_many_delayed_prove_nothing),
        TEST(reconcilers_at_once_bring_a_row_back_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
