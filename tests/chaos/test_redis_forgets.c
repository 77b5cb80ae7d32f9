/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Redis without its memory (F5) and without its answers (F13), and rows that were never
 * handed over to it: no job lost, none twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/doom.h"
#include "tests/harness/ordeal.h"
#include "tests/harness/proxy.h"
#include "tests/harness/until.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- F5, and crash point 2: committed, never handed over ------------------------ */

static void redis_without_memory_loses_nothing(void **state)
{
    int64_t longest = 0;

    (void)state;
    here.forgetful = true;
    ordeal_hire(&here, 1, 2);
    for (int i = 0; i < dose(2, 20); i++) {
        int64_t ms;

        oracle_put(&here.oracle, 1500);
        oracle_put_silently(&here.oracle, 150);
        assert_true(oracle_progress(&here.oracle, 100, 30000));
        ordeal_redis(&here, "FLUSHALL", NULL, NULL, NULL);
        ms = ordeal_drain(&here, ORDEAL_DRAIN_MS);
        longest = ms > longest ? ms : longest;
    }
    printf("all was done %lld ms after Redis forgot it; %lld jobs were brought back the"
           " last time\n",
           (long long)longest, (long long)ordeal_counter(&here, "reconciled"));
    assert_true(longest <= dose_bound_ms(10000));
    ordeal_judge(&here);
}

/* A scheduler that dies between marking lost rows and handing them over. */
static void rows_marked_and_not_handed_over_come_back(void **state)
{
    (void)state;
    oracle_put_silently(&here.oracle, 200);
    doom_set("reconcile.marked");
    here.scheduler = program_start("dvorik", "scheduler", NULL);
    doom_lift();
    assert_int_equal(program_wait(here.scheduler, 30000), 128 + SIGKILL);
    ordeal_hire(&here, 1, 2);
    ordeal_judge(&here);
}

/* ---- F13: answers that never come ----------------------------------------------- */

/* Whoever puts and whoever works, both have the bad line. */
static void lost_answers_lose_nothing(void **state)
{
    struct proxy *line = proxy_new(server_socket(here.redis), 4);
    const char *good = here.oracle.cfg->redis_url;
    int cuts = dose(100, 5000);
    struct queue *bad;
    char url[200];

    (void)state;
    snprintf(url, sizeof url, "unix://%s?db=0", proxy_socket(line));
    here.oracle.cfg->redis_url = url;
    bad = queue_open(here.oracle.cfg);
    here.oracle.cfg->redis_url = good;
    queue_bind(bad, here.oracle.db);
    setenv("REDIS_URL", url, 1);
    ordeal_worker(&here, 0, 3);
    setenv("REDIS_URL", good, 1);
    here.scheduler = program_start("dvorik", "scheduler", NULL);
    while (proxy_cuts(line) < cuts) {
        oracle_put(&here.oracle, 20);
        assert_true(oracle_progress(&here.oracle, 15, 30000));
    }
    printf("%d answers lost, %lld jobs\n", proxy_cuts(line),
           (long long)here.oracle.jobs);
    proxy_set(line, 0);
    queue_close(bad);
    queue_bind(here.oracle.queue, here.oracle.db);
    ordeal_judge(&here);
    program_end(here.worker[0]); /* it ends before its line does */
    here.worker[0] = NULL;
    proxy_free(line);
}

/* ---- more shards than children -------------------------------------------------- */

static int begin_sharded(void **state)
{
    struct oracle *o = &here.oracle;

    ordeal_begin(state);
    setenv("QUEUE_SHARDS", "2", 1);
    queue_close(o->queue);
    o->cfg->queue_shards = 2;
    o->queue = queue_open(o->cfg);
    queue_bind(o->queue, o->db);
    return o->queue == NULL;
}

static int end_sharded(void **state)
{
    unsetenv("QUEUE_SHARDS");
    return ordeal_end(state);
}

static void put_at(int shard, enum kind kind, int ms)
{
    struct oracle_job j = {.kind = kind, .key = 1, .ms = ms};

    while (queue_shard_of(j.key, 2) != shard)
        j.key++;
    oracle_put_as(&here.oracle, &j, 1);
}

/* As a Redis does that lost its last second: what waits is leased again to who has done
 * with it long ago. */
static void lease_unheard(int shard, int from)
{
    static const char *const script =
        "local wid = redis.call('ZRANGE', KEYS[1], 0, 0)[1]"
        " local at = 'dv:{s' .. ARGV[1] .. '}:a:'"
        " local e = redis.call('LPOP', at .. '16')"
        " redis.call('HSET', at .. 'i:' .. wid, string.sub(e, 2, 17), e)"
        " local now = redis.call('TIME')[1] * 1000"
        " redis.call('ZADD', at .. 'w', now + 15000, wid)"
        " return 1";
    struct redis_reply *r = NULL;
    char w[24], to[12];

    snprintf(w, sizeof w, "dv:{s%d}:a:w", from);
    snprintf(to, sizeof to, "%d", shard);
    assert_int_equal(
        redis_do(queue_redis(here.oracle.queue), &r, "EVAL", script, "1", w, to, NULL),
        ST_OK);
    assert_int_equal(redis_int(r), 1);
    redis_free(r);
}

static bool holds_there(void *arg)
{
    char own[24];

    snprintf(own, sizeof own, "dv:{s%d}:a:own", *(int *)arg);
    return ordeal_redis(&here, "HLEN", own, NULL, NULL) > 0;
}

/* Its line is cut while it is busy, in one shard and then in the other: on the new one it
 * looks in both what it holds. No scheduler here that would help. */
static void each_shard_is_looked_at_on_a_new_line(void **state)
{
    (void)state;
    ordeal_worker(&here, 0, 1);
    for (int busy = 0; busy < 2; busy++) {
        struct redis_reply *r = NULL;

        put_at(busy, KIND_TEST_HOT, 1500);
        assert_true(until(holds_there, &busy, 20000));
        for (int k = 0; k < 2; k++) {
            put_at(k, KIND_TEST_NOTE, 0);
            lease_unheard(k, busy);
        }
        assert_int_equal(redis_do(queue_redis(here.oracle.queue), &r, "CLIENT", "KILL",
                                  "TYPE", "normal", NULL),
                         ST_OK);
        redis_free(r);
        ordeal_drain(&here, 10000);
    }
    assert_true(ordeal_counter(&here, "reaped") > 0);
    ordeal_judge(&here);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ordeal_begin, ordeal_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(redis_without_memory_loses_nothing),
        TEST(rows_marked_and_not_handed_over_come_back),
        TEST(lost_answers_lose_nothing),
        cmocka_unit_test_setup_teardown(each_shard_is_looked_at_on_a_new_line,
                                        begin_sharded, end_sharded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
