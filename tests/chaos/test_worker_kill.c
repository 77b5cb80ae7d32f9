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
#include "tests/harness/doom.h"
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

#define DRAIN_MS 60000

static int open_oracle(void **state)
{
    struct oracle *o = calloc(1, sizeof *o);

    oracle_open(o, world_config());
    o->cfg->log_level = "info";
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
    return program_start("dvorik", "worker", NULL);
}

static void seed(void)
{
    unsigned s = (unsigned)(clock_now() / 1000);

    if (getenv("DVORIK_TEST_SEED") != NULL)
        s = (unsigned)strtoul(getenv("DVORIK_TEST_SEED"), NULL, 10);
    printf("seed %u\n", s);
    srandom(s);
}

/* At least n more effects: to wait for something without a clock. */
static void progress(struct oracle *o, int64_t n)
{
    assert_true(oracle_progress(o, n, 30000));
}

/* ---- F1: children --------------------------------------------------------------- */

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

/* ---- F3 in short: the parent ---------------------------------------------------- */

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

/* ---- F2: at every named point --------------------------------------------------- */

static const char *const points[] = {
    "logic.begun:2",      "logic.claimed:3",    "logic.ran:2",
    "db.before_commit:4", "db.after_commit:2",  "logic.committed:3",
    "logic.on_board:2",   "turn.before:2",      "turn.after:2",
    "logic.claimed:20",   "db.after_commit:17", "turn.after:3",
};

static void dying_at_each_point_loses_nothing(void **state)
{
    struct oracle *o = *state;

    setenv("WORKER_PROCESSES", "1", 1);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        struct program *w;

        oracle_put(o, 150);
        doom_set(points[i]);
        w = worker_start();
        doom_lift();
        if (!oracle_drained(o, DRAIN_MS))
            fail_msg("%s: jobs are left; the worker said:\n%s", points[i],
                     program_output(w));
        if (!doom_struck())
            fail_msg("%s was never passed", points[i]);
        oracle_check(o);
        assert_int_equal(program_end(w), 0);
    }
}

/* ---- F5, and crash point 2: committed, never handed over ------------------------ */

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

/* A scheduler that dies between marking lost rows and handing them over. */
static void rows_marked_and_not_handed_over_come_back(void **state)
{
    struct oracle *o = *state;
    struct program *s, *w;

    oracle_put_silently(o, 200);
    doom_set("reconcile.marked");
    s = program_start("dvorik", "scheduler", NULL);
    doom_lift();
    assert_int_equal(program_wait(s, 30000), 128 + SIGKILL);
    program_end(s);
    s = program_start("dvorik", "scheduler", NULL);
    w = worker_start();
    assert_true(oracle_drained(o, DRAIN_MS));
    oracle_check(o);
    assert_int_equal(program_end(s), 0);
    assert_int_equal(program_end(w), 0);
}

/* ---- F18 in short: poison ------------------------------------------------------- */

static enum status poison_work(struct db *db, void *arg)
{
    struct job_spec spec = {.kind = KIND_TEST_NOTE, .args = json_new_object()};

    (void)arg;
    json_set_bool(spec.args, "poison", true);
    return job_put(db, clock_now(), &spec);
}

static bool buried(void *arg)
{
    struct oracle *o = arg;

    assert_int_equal(db_one(o->db, "SELECT COUNT(*) FROM job_dead"), ST_OK);
    return db_int(o->db, 0) == 1;
}

static bool innocents_done(void *arg)
{
    struct oracle *o = arg;

    return oracle_done(o) == o->jobs;
}

/* It kills three children, its neighbours in the lease are neither blamed nor lost; and
 * the parent dies between writing it down and crossing it off. */
static void poison_is_buried_after_three_and_alone(void **state)
{
    struct oracle *o = *state;
    struct program *w;

    oracle_put(o, 100);
    assert_int_equal(db_tx(o->db, poison_work, NULL), ST_OK);
    oracle_put(o, 100);
    setenv("WORKER_PROCESSES", "2", 1);
    doom_set("dead.written");
    w = program_start("dvorik", "worker", NULL);
    doom_lift();
    assert_int_equal(program_wait(w, 30000), 128 + SIGKILL);
    program_end(w);
    w = worker_start();
    assert_true(until(buried, o, 30000));
    assert_true(until(innocents_done, o, DRAIN_MS));
    assert_int_equal(db_one(o->db, "SELECT reason, crashes FROM job_dead"), ST_OK);
    assert_string_equal(db_text(o->db, 0, NULL), "poison");
    assert_int_equal(db_int(o->db, 1), QUEUE_CRASHES_MAX);
    assert_int_equal(db_one(o->db, "SELECT COUNT(*) FROM job_hist"
                                   " WHERE outcome <> 'done' AND kind = 'test.note'"),
                     ST_OK);
    assert_int_equal(db_int(o->db, 0), 1); /* the grave; nobody else used an attempt */
    oracle_check(o);
    assert_int_equal(program_end(w), 0);
}

/* ---- F13: answers that never come ----------------------------------------------- */

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
        TEST(rows_marked_and_not_handed_over_come_back),
        TEST(poison_is_buried_after_three_and_alone),
        TEST(lost_answers_lose_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
