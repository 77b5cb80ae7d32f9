/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A queue of several shards: a person stays in one, all are reached, none mixes with
 * another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/queue_yard.h"

#define SHARDS 5
#define PEOPLE 200

static int open_sharded(void **state)
{
    struct yard *y;

    open_yard(state);
    y = *state;
    queue_close(y->queue);
    y->cfg->queue_shards = SHARDS;
    y->queue = queue_open(y->cfg);
    queue_bind(y->queue, y->db);
    return 0;
}

static void places_are_visited_once_each(void **state)
{
    struct yard *y = *state;
    bool seen[POOL_COUNT + 1][SHARDS] = {0};
    int n = 0;

    QUEUE_EACH(at, y->queue) {
        assert_in_range(at.pool, POOL_LOGIC, POOL_COUNT);
        assert_in_range(at.shard, 0, SHARDS - 1);
        assert_false(seen[at.pool][at.shard]);
        seen[at.pool][at.shard] = true;
        n++;
    }
    assert_int_equal(n, POOL_COUNT * SHARDS);
}

static void lanes_name_shard_pool_and_list(void **state)
{
    (void)state;
    for (int shard = 0; shard < QUEUE_SHARDS_MAX; shard++)
        for (int list = 0; list < QUEUE_LISTS; list++) {
            struct queue_at at = {POOL_SEND, shard}, back;
            int lane = queue_lane(at, list);

            assert_true(lane <= INT16_MAX);
            back = queue_lane_at(lane);
            assert_int_equal(back.pool, POOL_SEND);
            assert_int_equal(back.shard, shard);
            assert_int_equal(lane % 100, list);
        }
}

static int drain(struct yard *y, struct queue_at at, int64_t *sum)
{
    int n = 0;
    struct queue_turn t = {
        .wid = y->wid[0], .at = at, .jobs = y->jobs, .want = QUEUE_BATCH_MAX};

    for (;;) {
        drop_jobs(y);
        assert_int_equal(queue_turn(y->queue, &t), ST_OK);
        y->n = t.n_jobs;
        if (y->n == 0)
            return n;
        n += y->n;
        for (int i = 0; i < y->n; i++) {
            struct job_result r = result(&y->jobs[i], JOB_DONE, 0);
            struct queue_turn s = {
                .wid = y->wid[0], .at = at, .results = &r, .n_results = 1};

            assert_int_equal(y->jobs[i].shard, at.shard);
            *sum += number(y, i);
            assert_int_equal(queue_turn(y->queue, &s), ST_OK);
        }
    }
}

static void each_person_has_a_shard_and_every_job_is_found(void **state)
{
    struct yard *y = *state;
    int64_t sum = 0;
    int total = 0, busy = 0;

    for (int i = 0; i < PEOPLE; i++)
        assert_int_equal(put(y, KIND_BOT_MEMBER_KNOWN, 1000 + i, i), ST_OK);
    QUEUE_EACH(at, y->queue) {
        int n = drain(y, at, &sum);

        busy += n > 0;
        total += n;
    }
    assert_int_equal(total, PEOPLE);
    assert_int_equal(sum, PEOPLE * (PEOPLE - 1) / 2);
    assert_int_equal(busy, SHARDS);
}

static void what_a_shard_lost_is_brought_back_to_it(void **state)
{
    struct yard *y = *state;
    struct redis_reply *r = NULL;
    int64_t later = clock_now() + 10 * SECOND, sum = 0;
    int total = 0, n;

    for (int i = 0; i < PEOPLE; i++)
        assert_int_equal(put(y, KIND_BOT_MEMBER_KNOWN, 1000 + i, i), ST_OK);
    assert_int_equal(redis_do(queue_redis(y->queue), &r, "FLUSHDB", NULL), ST_OK);
    redis_free(r);
    assert_int_equal(db_exec(y->db, NULL, "UPDATE job_open SET run_at = ?",
                             DB_TIME(later - 20 * SECOND)),
                     ST_OK);
    QUEUE_EACH(at, y->queue) {
        assert_int_equal(ledger_reconcile(y->db, y->queue, at, later, &n), ST_OK);
        assert_int_equal(drain(y, at, &sum), n);
        total += n;
    }
    assert_int_equal(total, PEOPLE);
}

static void the_number_of_shards_is_kept(void **state)
{
    struct yard *y = *state;
    struct redis *r = queue_redis(y->queue);
    const char *why = NULL;

    assert_int_equal(queue_shards_check(r, SHARDS, &why), ST_OK);
    assert_int_equal(queue_shards_check(r, SHARDS, &why), ST_OK);
    assert_int_equal(queue_shards_check(r, 1, &why), ST_REFUSED);
    assert_non_null(strstr(why, "QUEUE_SHARDS is 1"));
    assert_non_null(strstr(why, "queue of 5"));
}

/* Entries of another form would be lost on us: who wrote them must run them first. */
static void the_queue_of_another_version_is_not_touched(void **state)
{
    static const char *const others[] = {"5", "5:1", "5:9", "", "5:22"};
    struct yard *y = *state;
    struct redis *r = queue_redis(y->queue);
    struct redis_reply *reply;
    const char *why = NULL;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(redis_do(r, &reply, "SET", "dv:{s0}:shards", others[i], NULL),
                         ST_OK);
        redis_free(reply);
        assert_int_equal(queue_shards_check(r, SHARDS, &why), ST_REFUSED);
        assert_non_null(strstr(why, "another version"));
        assert_non_null(strstr(why, "`dvorik jobs drain`"));
    }
    assert_int_equal(redis_do(r, &reply, "DEL", "dv:{s0}:shards", NULL), ST_OK);
    redis_free(reply);
    assert_int_equal(queue_shards_check(r, SHARDS, &why), ST_OK);
}

int main(void)
{
#define SHARDED(t) cmocka_unit_test_setup_teardown(t, open_sharded, close_yard)
    const struct CMUnitTest tests[] = {
        SHARDED(places_are_visited_once_each),
        cmocka_unit_test(lanes_name_shard_pool_and_list),
        SHARDED(each_person_has_a_shard_and_every_job_is_found),
        SHARDED(the_number_of_shards_is_kept),
        SHARDED(the_queue_of_another_version_is_not_touched),
        SHARDED(what_a_shard_lost_is_brought_back_to_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
