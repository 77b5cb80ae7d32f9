/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * How a worker goes: asked once, asked twice, asked while it is in the middle of something
 * long, and killed. Nothing is lost, nothing twice, and nobody is blamed for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/dose.h"
#include "tests/harness/oracle.h"
#include "tests/harness/program.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <string.h>

#define DRAIN_MS 40000
#define CHILDREN 8

struct bench {
    struct oracle oracle;
    struct program *worker;
    pid_t child[CHILDREN];
    int n_children;
    char path[40]; /* of what leaves a trace of each job that is begun */
};

static void hire(struct bench *b)
{
    b->worker = program_start("dvorik", "worker", NULL);
    assert_true(program_says(b->worker, "worker ready", 20000));
}

static int open_bench(void **state)
{
    struct bench *b = calloc(1, sizeof *b);

    dose_seed();
    snprintf(b->path, sizeof b->path, "/tmp/dvorik-runs.XXXXXX");
    close(mkstemp(b->path));
    setenv("DVORIK_TEST_RUNS", b->path, 1);
    oracle_stage(&b->oracle, 2);
    *state = b;
    return 0;
}

static int close_bench(void **state)
{
    struct bench *b = *state;

    program_end(b->worker);
    oracle_close(&b->oracle);
    unsetenv("DVORIK_TEST_RUNS");
    unlink(b->path);
    free(b);
    return 0;
}

/* ---- short words ---------------------------------------------------------------- */

static bool some_leased(void *arg)
{
    struct bench *b = arg;
    struct census c;
    bool some;

    assert_int_equal(
        queue_census(b->oracle.queue, (struct queue_at){POOL_LOGIC, 0}, &c), ST_OK);
    some = c.n_workers > 0;
    census_free(&c);
    return some;
}

/* What is leased and not begun goes back at once. */
static bool some_begun(void *arg)
{
    const struct bench *b = arg;
    struct stat s;

    assert_int_equal(stat(b->path, &s), 0);
    return s.st_size > 0;
}

/* ms from the first signal until the program is gone. */
static int64_t stop(struct bench *b, int64_t from)
{
    assert_int_equal(program_wait(b->worker, 15000), 0);
    program_end(b->worker);
    b->worker = NULL;
    return clock_mono_ms() - from;
}

static int64_t ask_to_stop(struct bench *b)
{
    int64_t now = clock_mono_ms();

    program_signal(b->worker, SIGTERM);
    return now;
}

/* What every end has in common: no job counts a failure or a crash. */
static void nobody_is_blamed(struct bench *b)
{
    assert_int_equal(
        oracle_number(&b->oracle,
                      "SELECT COUNT(*) FROM job_hist WHERE outcome <> 'done'"),
        0);
    assert_int_equal(oracle_number(&b->oracle, "SELECT COUNT(*) FROM job_dead"), 0);
    assert_int_equal(
        oracle_number(&b->oracle, "SELECT COUNT(*) FROM job_open WHERE attempts > 0"),
        0);
}

static void finish(struct bench *b)
{
    hire(b);
    assert_true(oracle_drained(&b->oracle, DRAIN_MS));
    nobody_is_blamed(b);
    oracle_check(&b->oracle);
}

/* ---- asked ---------------------------------------------------------------------- */

/* Leases that were not begun go back at once: what the next worker finds is all there. */
static void asked_under_load_it_leaves_nothing_in_its_hands(void **state)
{
    struct bench *b = *state;
    int rounds = dose(12, 100);
    int64_t took[100];

    for (int i = 0; i < rounds; i++) {
        oracle_put(&b->oracle, 150);
        hire(b);
        assert_true(oracle_progress(&b->oracle, 1 + dose_random(80), 10000));
        took[i] = stop(b, ask_to_stop(b));
        assert_false(some_leased(b));
    }
    print_message("stops: %lld ms half of them, %lld ms at most\n",
                  (long long)dose_percentile(took, (size_t)rounds, 50),
                  (long long)dose_percentile(took, (size_t)rounds, 100));
    assert_true(dose_percentile(took, (size_t)rounds, 99) < dose_bound_ms(300));
    finish(b);
}

/* Waiting for the doorbell is not waited for. */
static void asked_while_idle_it_goes_at_once(void **state)
{
    struct bench *b = *state;
    int64_t most = 0;

    for (int i = 0; i < 4; i++) {
        int64_t took;

        hire(b);
        oracle_put(&b->oracle, 1);
        assert_true(oracle_drained(&b->oracle, 10000));
        took = stop(b, ask_to_stop(b));
        most = took > most ? took : most;
    }
    print_message("idle stops: %lld ms at most\n", (long long)most);
    assert_true(most < dose_bound_ms(150));
}

static void asked_in_the_middle_it_finishes_what_it_does(void **state)
{
    struct bench *b = *state;
    const struct oracle_job slow = {.kind = KIND_TEST_NOTE, .ms = 1500};
    int64_t took;

    oracle_put_as(&b->oracle, &slow, 2);
    oracle_put(&b->oracle, 50);
    hire(b);
    assert_true(until(some_begun, b, 5000));
    took = stop(b, ask_to_stop(b));
    assert_true(took > 500 && took < dose_bound_ms(2500));
    assert_false(some_leased(b));
    assert_true(oracle_done(&b->oracle) >= 1);
    finish(b);
}

static void asked_twice_it_leaves_now(void **state)
{
    struct bench *b = *state;
    const struct oracle_job slow = {.kind = KIND_TEST_NOTE, .ms = 8000};
    int64_t from;

    oracle_put_as(&b->oracle, &slow, 1);
    hire(b);
    assert_true(until(some_begun, b, 5000));
    from = ask_to_stop(b);
    assert_int_equal(program_wait(b->worker, 300), -1);
    ask_to_stop(b);
    assert_true(stop(b, from) < dose_bound_ms(1000));
    assert_int_equal(oracle_done(&b->oracle), 0);
    finish(b);
}

/* Longer than the ten seconds that a stop may take: killed, and not its fault. */
static void who_does_not_come_to_an_end_is_killed(void **state)
{
    struct bench *b = *state;
    const struct oracle_job slow = {.kind = KIND_TEST_NOTE, .ms = 60000};
    int64_t took;

    oracle_put_as(&b->oracle, &slow, 1);
    hire(b);
    assert_true(until(some_begun, b, 5000));
    took = stop(b, ask_to_stop(b));
    assert_in_range(took, 9500, 12500);
    nobody_is_blamed(b);
    assert_int_equal(oracle_number(&b->oracle, "SELECT COUNT(*) FROM job_open"), 1);
}

/* ---- killed --------------------------------------------------------------------- */

static bool children_gone(void *arg)
{
    struct bench *b = arg;

    for (int i = 0; i < b->n_children; i++)
        if (kill(b->child[i], 0) == 0)
            return false;
    return true;
}

/* Its children finish, settle and go; the next parent takes over what is left. */
static void a_killed_parent_is_replaced(void **state)
{
    struct bench *b = *state;
    const struct oracle_job slow = {.kind = KIND_TEST_NOTE, .ms = 1200};
    int rounds = dose(4, 40);

    for (int i = 0; i < rounds; i++) {
        int64_t from;

        oracle_put_as(&b->oracle, &slow, 2);
        oracle_put(&b->oracle, 300);
        hire(b);
        assert_true(oracle_progress(&b->oracle, 1 + dose_random(100), 10000));
        b->n_children = program_children(b->worker, b->child, CHILDREN);
        assert_true(b->n_children >= 2);
        program_signal(b->worker, SIGKILL);
        assert_int_equal(program_wait(b->worker, 5000), 128 + SIGKILL);
        program_end(b->worker);

        from = clock_mono_ms();
        hire(b);
        assert_true(oracle_progress(&b->oracle, 1, dose_bound_ms(2000)));
        assert_true(until(children_gone, b, 12000));
        assert_true(clock_mono_ms() - from < 12000);
        assert_true(oracle_drained(&b->oracle, DRAIN_MS));
        stop(b, ask_to_stop(b));
    }
    nobody_is_blamed(b);
    oracle_check(&b->oracle);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asked_under_load_it_leaves_nothing_in_its_hands),
        TEST(asked_while_idle_it_goes_at_once),
        TEST(asked_in_the_middle_it_finishes_what_it_does),
        TEST(asked_twice_it_leaves_now),
        TEST(who_does_not_come_to_an_end_is_killed),
        TEST(a_killed_parent_is_replaced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
