/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What waits in MySQL comes into Redis only while it has room, and a list has room for so
 * many bytes: a Redis of our own, whose memory we call nearly full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/lane.h"
#include "core/io/queue_private.h"
#include "core/io/queue_sums.h"
#include "tests/harness/cellar.h"
#include "tests/store/queue_yard.h"

static int open_here(void **state)
{
    struct yard *y = calloc(1, sizeof *y);

    cellar_open();
    y->cfg = world_config();
    y->cfg->redis_url = cellar.url;
    y->db = db_open(y->cfg);
    y->queue = queue_open(y->cfg);
    queue_bind(y->queue, y->db);
    *state = y;
    return 0;
}

/* Ballast, so that a per cent is more than what a connection needs. */
static void ballast(void)
{
    struct redis_reply *r = NULL;

    assert_int_equal(
        redis_do(cellar.redis, &r, "SETRANGE", "ballast", "30000000", "x", NULL),
        ST_OK);
    redis_free(r);
}

/* So that Redis uses about so many per cent; 0: no bound. */
static void fullness(struct yard *y, int percent)
{
    struct census c = look(y, POOL_LOGIC);
    char bytes[24];

    snprintf(bytes, sizeof bytes, "%lld",
             percent > 0 ? (long long)c.used_bytes * 100 / percent : 0);
    census_free(&c);
    cellar_config("maxmemory", bytes);
}

static void park(struct yard *y, enum kind kind)
{
    assert_int_equal(put(y, kind, 7, 1), ST_OK);
    assert_int_equal(db_exec(y->db, NULL,
                             "UPDATE job_open SET parked = 1,"
                             " run_at = run_at - INTERVAL 1 SECOND"),
                     ST_OK);
}

static void lists_empty(struct yard *y)
{
    struct redis_reply *r = NULL;

    assert_int_equal(redis_do(queue_redis(y->queue), &r, "FLUSHDB", NULL), ST_OK);
    redis_free(r);
}

static int reconcile(struct yard *y)
{
    int n = 0;

    assert_int_equal(ledger_reconcile(y->db, y->queue, AT_LOGIC, clock_now(), &n),
                     ST_OK);
    return n;
}

static void a_fuller_redis_takes_less(void **state)
{
    struct yard *y = *state;

    park(y, KIND_TEST_BULK);
    park(y, KIND_TEST_NOTE);
    park(y, KIND_TEST_HOT);
    lists_empty(y);
    ballast();
    fullness(y, 95);
    assert_int_equal(reconcile(y), 1); /* the hot one */
    fullness(y, 82);
    assert_int_equal(reconcile(y), 1); /* the normal one */
    fullness(y, 82);
    assert_int_equal(reconcile(y), 0); /* bulk still waits */
    fullness(y, 0);
    assert_int_equal(reconcile(y), 1);
}

/* Nothing is queued, and yet there is no room: nobody would guess why the jobs wait. */
static void a_redis_without_room_says_what_to_do(void **state)
{
    struct yard *y = *state;
    struct queue_sums *s = calloc(1, sizeof *s);

    assert_non_null(s);
    ballast();
    fullness(y, 50);
    assert_int_equal(queue_sums(y->queue, s), ST_OK);
    assert_null(queue_sums_advice(s));
    fullness(y, 82);
    assert_int_equal(queue_sums(y->queue, s), ST_OK);
    assert_non_null(strstr(queue_sums_advice(s), "bulk waits in MySQL for ever"));
    fullness(y, 95);
    assert_int_equal(queue_sums(y->queue, s), ST_OK);
    assert_non_null(strstr(queue_sums_advice(s), "all but hot"));
    assert_non_null(strstr(queue_sums_advice(s), "maxmemory"));
    s->pool[POOL_LOGIC].lane[LANE_NORMAL].waiting = 20000; /* its own doing */
    assert_non_null(strstr(queue_sums_advice(s), "more workers"));
    fullness(y, 0);
    assert_int_equal(queue_sums(y->queue, s), ST_OK);
    assert_null(queue_sums_advice(s));
    free(s);
}

/* ---- bytes ------------------------------------------------------------------------- */

#define BULK 18
#define AT_ONCE 200

/* Few entries, but big ones. Answers the letter of the last. */
static char hand_big(struct yard *y, enum queue_fit fit, int n)
{
    struct job_row rows[AT_ONCE] = {0};
    static char body[1000], answers[AT_ONCE];

    memset(body, 'x', sizeof body);
    for (int i = 0; i < n; i++) {
        rows[i] = (struct job_row){
            .at = AT_LOGIC, .list = BULK, .body = body, .body_n = sizeof body};
        ulid_new(clock_now(), rows[i].id);
    }
    assert_int_equal(
        queue_hand(y->queue, AT_LOGIC, fit, &(struct job_rows){rows, n}, answers),
        ST_OK);
    return answers[n - 1];
}

static void big_bodies_fill_a_list_before_its_count(void **state)
{
    struct yard *y = *state;
    int64_t most = lane_policy(LANE_BULK)->most_bytes;
    int n = 0;

    cellar_config("appendonly", "no");
    queue_set_most(y->queue, 1000000);
    for (; n < most / 1200; n += AT_ONCE)
        hand_big(y, QUEUE_FORCE, AT_ONCE);
    assert_int_equal(hand_big(y, QUEUE_REFUSE, 1), '1');
    for (; n < most / 900; n += AT_ONCE)
        hand_big(y, QUEUE_FORCE, AT_ONCE);
    assert_int_equal(hand_big(y, QUEUE_REFUSE, 1), '0');
}

/* ---- order ------------------------------------------------------------------------- */

#define MOST 20

static void run_some(struct yard *y, int n)
{
    struct job_result r[QUEUE_BATCH_MAX];

    assert_int_equal(lease(y, POOL_LOGIC, 0, n), n);
    for (int i = 0; i < n; i++) {
        assert_int_equal(ledger_claim(y->db, clock_now(), &y->jobs[i]), ST_OK);
        r[i] = result(&y->jobs[i], JOB_DONE, 0);
    }
    settle(y, POOL_LOGIC, 0, r, n);
}

/* Some of those kept out are in, others still wait: a late one waits behind them, though
 * the list has room. */
static void a_list_opens_only_when_the_last_one_is_in(void **state)
{
    struct yard *y = *state;
    struct queue *other;

    queue_set_most(y->queue, MOST);
    put_many(y, KIND_TEST_NOTE, 3 * MOST);
    run_some(y, MOST);
    assert_int_equal(reconcile(y), MOST);
    run_some(y, MOST - 5);
    assert_int_equal(waiting(y, POOL_LOGIC), 5);
    other = queue_open(y->cfg); /* a process that has not heard that it is full */
    queue_set_most(other, MOST);
    queue_bind(other, y->db);
    assert_int_equal(put(y, KIND_TEST_NOTE, 0, 1), ST_OK);
    assert_int_equal(waiting(y, POOL_LOGIC), 5);
    queue_close(other);
    queue_bind(y->queue, y->db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_fuller_redis_takes_less, open_here,
                                        close_yard),
        cmocka_unit_test_setup_teardown(a_redis_without_room_says_what_to_do, open_here,
                                        close_yard),
        cmocka_unit_test_setup_teardown(big_bodies_fill_a_list_before_its_count,
                                        open_here, close_yard),
        cmocka_unit_test_setup_teardown(a_list_opens_only_when_the_last_one_is_in,
                                        open_here, close_yard),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    cellar_close();
    return failed;
}
