/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Killing the worker's children and its parent, at random and at every named point, and
 * counting: no job lost, none twice. The seed of what is random is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/doom.h"
#include "tests/harness/dose.h"
#include "tests/harness/exposition.h"
#include "tests/harness/oracle.h"
#include "tests/harness/program.h"
#include "tests/harness/until.h"
#include "tests/harness/web.h"
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

/* At least n more effects: to wait for something without a clock. */
static void progress(struct oracle *o, int64_t n)
{
    assert_true(oracle_progress(o, n, 30000));
}

/* ---- F1: children --------------------------------------------------------------- */

#define KILLS_MAX 2000

struct dead {
    struct oracle *o;
    pid_t pid;
};

/* Nothing is leased to it any more. */
static bool made_good(void *arg)
{
    const struct dead *d = arg;
    struct census c;
    char pid[24];
    bool found = false;

    assert_int_equal(queue_census(d->o->queue, (struct queue_at){POOL_LOGIC, 0}, &c),
                     ST_OK);
    snprintf(pid, sizeof pid, ".%d.", (int)d->pid);
    for (size_t i = 0; i < c.n_workers; i++)
        found |= strstr(c.worker[i].wid, pid) != NULL;
    census_free(&c);
    return !found;
}

/* Answers how many ms it took to give its jobs to the others. */
static int64_t kill_one_child(struct oracle *o, struct program *w)
{
    pid_t pids[16];
    int n = program_children(w, pids, 16);
    struct dead d = {o, n > 0 ? pids[dose_random(n)] : 0};
    int64_t from = clock_mono_ms();

    if (n == 0 || kill(d.pid, SIGKILL) != 0)
        return 0;
    assert_true(until(made_good, &d, 10000));
    return clock_mono_ms() - from;
}

/* How many runs found that their effect was there already. */
static int repeats(int port)
{
    struct web_ask ask = {.port = port, .method = "GET", .path = "/metrics"};
    struct exposition e;
    struct buf answer = {0};
    double n;

    assert_int_equal(web_ask(&ask, &answer), 200);
    if (!exposition_read(&e, web_body(&answer)))
        fail_msg("%s", e.why);
    n = exposition_sum(&e, "dvorik_queue_repeat_total");
    exposition_free(&e);
    buf_free(&answer);
    return (int)n;
}

static struct program *worker_with_metrics(int *port)
{
    char listen[32];
    struct program *w;

    *port = web_free_port();
    snprintf(listen, sizeof listen, "127.0.0.1:%d", *port);
    setenv("WORKER_METRICS_LISTEN", listen, 1);
    w = worker_start();
    unsetenv("WORKER_METRICS_LISTEN");
    return w;
}

static void dead_children_lose_nothing_and_repeat_nothing(void **state)
{
    static int64_t took[KILLS_MAX];
    struct oracle *o = *state;
    int kills = dose(200, KILLS_MAX), port, again;
    struct program *w;
    int p = dose(90, 99); /* of two hundred the two slowest say little */
    int64_t slow;

    dose_seed();
    setenv("WORKER_PROCESSES", dose_full() ? "8" : "4", 1);
    w = worker_with_metrics(&port);
    oracle_put(o, 500);
    progress(o, 1);
    for (int i = 0; i < kills; i++) {
        oracle_put(o, dose(40, 100));
        took[i] = kill_one_child(o, w);
        progress(o, 1 + dose_random(30));
    }
    assert_true(oracle_drained(o, DRAIN_MS));
    again = repeats(port);
    slow = dose_percentile(took, (size_t)kills, p);
    printf("%d kills, %lld jobs: made good within %lld ms (p50), %lld ms (p%d); %d runs"
           " for nothing\n",
           kills, (long long)o->jobs,
           (long long)dose_percentile(took, (size_t)kills, 50), (long long)slow, p,
           again);
    oracle_check(o);
    assert_true(slow <= dose_bound_ms(20));
    /* Killed while the server commits: what was in that commit is looked at again, and
     * found done. */
    assert_true(again <= kills);
    assert_true(program_lives(w));
    assert_int_equal(program_end(w), 0);
}

/* ---- F3: the parent ------------------------------------------------------------- */

struct orphans {
    pid_t pid[16];
    int n;
};

static bool are_gone(void *arg)
{
    const struct orphans *o = arg;

    for (int i = 0; i < o->n; i++)
        if (kill(o->pid[i], 0) == 0)
            return false;
    return true;
}

static void dead_parents_lose_nothing(void **state)
{
    struct oracle *o = *state;
    int64_t from, gone = 0, resumed = 0;
    struct program *w;

    dose_seed();
    setenv("WORKER_PROCESSES", "2", 1);
    w = worker_start();
    for (int i = 0; i < dose(8, 200); i++) {
        struct orphans left;

        oracle_put(o, 400);
        progress(o, 1 + dose_random(100));
        left.n = program_children(w, left.pid, 16);
        program_signal(w, SIGKILL);
        program_end(w);
        from = clock_mono_ms();
        assert_true(until(are_gone, &left, 12000));
        gone = clock_mono_ms() - from > gone ? clock_mono_ms() - from : gone;
        oracle_put(o, 20);
        w = worker_start();
        from = clock_mono_ms();
        progress(o, 1);
        resumed = clock_mono_ms() - from > resumed ? clock_mono_ms() - from : resumed;
    }
    printf("orphans left within %lld ms, work went on within %lld ms of the start\n",
           (long long)gone, (long long)resumed);
    assert_true(resumed <= dose_bound_ms(2000));
    assert_true(oracle_drained(o, DRAIN_MS));
    oracle_check(o);
    assert_int_equal(program_end(w), 0);
}

/* ---- F2: at every named point --------------------------------------------------- */

static const char *const points[] = {
    "logic.begun:2",     "logic.claimed:3",   "logic.ran:2",       "db.before_commit:4",
    "db.after_commit:2", "logic.committed:3", "logic.on_board:2",  "turn.before:2",
    "turn.after:2",      "logic.claimed:20",  "db.after_commit:7", "turn.after:3",
};

static void dying_at_each_point_loses_nothing(void **state)
{
    struct oracle *o = *state;

    setenv("WORKER_PROCESSES", "1", 1);
    for (size_t k = 0; k < sizeof points / sizeof *points * (size_t)dose(1, 30); k++) {
        size_t i = k % (sizeof points / sizeof *points);
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

/* ---- F18 in short: poison ------------------------------------------------------- */

static enum status poison_work(struct db *db, void *arg)
{
    struct job_spec spec = {.kind = KIND_TEST_NOTE, .args = json_new_object()};

    (void)arg;
    json_set_text(spec.args, "deed", "kill");
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
    /* twice given back and the grave; nobody else used an attempt */
    assert_int_equal(db_int(o->db, 0), QUEUE_CRASHES_MAX);
    oracle_check(o);
    assert_int_equal(program_end(w), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_oracle, close_oracle)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(dead_children_lose_nothing_and_repeat_nothing),
        TEST(dead_parents_lose_nothing),
        TEST(dying_at_each_point_loses_nothing),
        TEST(poison_is_buried_after_three_and_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
