/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Killing the worker's children, its parent, Redis' memory and its answers, and
 * counting: no job lost, none twice. The seed of what is random is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/oracle.h"
#include "tests/harness/program.h"
#include "tests/harness/proxy.h"
#include "tests/harness/server.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRAIN_MS 60000

static int open_oracle(void **state)
{
    struct oracle *o = calloc(1, sizeof *o);

    oracle_open(o, world_config());
    world_export(o->cfg);
    *state = o;
    return 0;
}

static int close_oracle(void **state)
{
    oracle_close(*state);
    free(*state);
    return 0;
}

static struct program *worker_start(void)
{
    struct program *w = program_start("dvorik", "worker", NULL);

    setenv("LOG_LEVEL", "info", 1);
    return w;
}

static void seed(void)
{
    unsigned s = (unsigned)(clock_now() / 1000);

    if (getenv("DVORIK_TEST_SEED") != NULL)
        s = (unsigned)strtoul(getenv("DVORIK_TEST_SEED"), NULL, 10);
    printf("seed %u\n", s);
    srandom(s);
}

static bool some_done(void *arg)
{
    int64_t *want = ((void **)arg)[1];

    return oracle_done(((void **)arg)[0]) >= *want;
}

/* Waits until at least n more effects are there: progress, without a clock. */
static void progress(struct oracle *o, int64_t n)
{
    int64_t want = oracle_done(o) + n;
    void *both[2] = {o, &want};

    if (want > o->jobs)
        want = o->jobs;
    assert_true(until(some_done, both, 30000));
}

/* ---- F1: children
 * ------------------------------------------------------------------------ */

static void kill_one_child(struct program *w)
{
    pid_t pids[16];
    int n = program_children(w, pids, 16);

    if (n > 0)
        kill(pids[random() % n], SIGKILL);
}

static void two_hundred_dead_children_lose_nothing(void **state)
{
    struct oracle *o = *state;
    struct program *w;

    seed();
    setenv("WORKER_PROCESSES", "4", 1);
    w = worker_start();
    oracle_put(o, 500);
    progress(o, 1);
    for (int kills = 0; kills < 200; kills++) {
        oracle_put(o, 40);
        kill_one_child(w);
        progress(o, 1 + random() % 30);
    }
    assert_true(oracle_drained(o, DRAIN_MS));
    oracle_check(o);
    assert_true(program_lives(w));
    assert_int_equal(program_end(w), 0);
}

/* ---- F3 in short: the parent
 * ----------------------------------------------------------------- */

static void dead_parents_lose_nothing(void **state)
{
    struct oracle *o = *state;

    seed();
    setenv("WORKER_PROCESSES", "2", 1);
    for (int i = 0; i < 8; i++) {
        struct program *w = worker_start();

        oracle_put(o, 400);
        progress(o, 1 + random() % 100);
        program_signal(w, SIGKILL);
        program_end(w);
    }
    struct program *w = worker_start();

    assert_true(oracle_drained(o, DRAIN_MS));
    oracle_check(o);
    assert_int_equal(program_end(w), 0);
}

/* ---- F2: at every named point
 * ------------------------------------------------------------------- */

static const char *const points[] = {
    "logic.begun:2",      "logic.claimed:3",    "logic.ran:2",
    "db.before_commit:4", "db.after_commit:2",  "logic.committed:3",
    "logic.on_board:2",   "turn.before:2",      "turn.after:2",
    "logic.claimed:20",   "db.after_commit:17", "turn.after:3",
};

static void dying_at_each_point_loses_nothing(void **state)
{
    struct oracle *o = *state;
    char once[] = "/tmp/dvorik-crash.XXXXXX";
    int fd;

    setenv("WORKER_PROCESSES", "1", 1);
    fd = mkstemp(once);
    close(fd);
    setenv("DVORIK_CRASH_ONCE", once, 1);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        struct program *w;

        unlink(once);
        oracle_put(o, 150);
        setenv("DVORIK_CRASH", points[i], 1);
        w = worker_start();
        unsetenv("DVORIK_CRASH"); /* it is for the worker, not for us */
        if (!oracle_drained(o, DRAIN_MS))
            fail_msg("%s: jobs are left; the worker said:\n%s", points[i],
                     program_output(w));
        if (access(once, F_OK) != 0)
            fail_msg("%s was never passed", points[i]);
        oracle_check(o);
        assert_int_equal(program_end(w), 0);
    }
    unsetenv("DVORIK_CRASH_ONCE");
    unlink(once);
}

/* ---- F5, and crash point 2: committed, never handed over
 * --------------------------------------------- */

static void flush(struct oracle *o)
{
    struct redis_reply *r = NULL;

    assert_int_equal(redis_do(queue_redis(o->queue), &r, "FLUSHDB", NULL), ST_OK);
    redis_free(r);
}

static void redis_without_memory_loses_nothing(void **state)
{
    struct oracle *o = *state;
    struct program *s, *w;

    setenv("WORKER_PROCESSES", "2", 1);
    w = worker_start();
    s = program_start("dvorik", "scheduler", NULL);
    for (int i = 0; i < 2; i++) {
        oracle_put(o, 1500);
        oracle_put_silently(o, 150);
        progress(o, 100);
        flush(o);
        assert_true(oracle_drained(o, DRAIN_MS));
    }
    oracle_check(o);
    assert_int_equal(program_end(s), 0);
    assert_int_equal(program_end(w), 0);
}

/* ---- F13: answers that never come
 * ----------------------------------------------------------------- */

static void lost_answers_lose_nothing(void **state)
{
    struct oracle *o = *state;
    struct proxy *p = proxy_new(harness_redis_socket(), 4);
    char url[200];
    struct program *w;

    snprintf(url, sizeof url, "unix://%s%s", proxy_socket(p),
             strchr(o->cfg->redis_url, '?') ? strchr(o->cfg->redis_url, '?') : "");
    setenv("WORKER_PROCESSES", "3", 1);
    setenv("REDIS_URL", url, 1);
    w = worker_start();
    for (int i = 0; i < 2000 && proxy_cuts(p) < 200; i++) {
        oracle_put(o, 20);
        progress(o, 15);
    }
    printf("answers lost: %d\n", proxy_cuts(p));
    assert_true(proxy_cuts(p) >= 200);
    proxy_set(p, 0);
    assert_true(oracle_drained(o, DRAIN_MS));
    oracle_check(o);
    assert_int_equal(program_end(w), 0);
    proxy_free(p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_oracle, close_oracle)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_hundred_dead_children_lose_nothing),
        TEST(dead_parents_lose_nothing),
        TEST(dying_at_each_point_loses_nothing),
        TEST(redis_without_memory_loses_nothing),
        TEST(lost_answers_lose_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
