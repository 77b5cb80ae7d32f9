/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Deploys under load (F19): every few seconds all children, or the whole worker, are
 * told to stop and others take their place. No job lost, none twice, none waits long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/ordeal.h"
#include "tests/harness/until.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define STEP_MS 50
#define DRAIN_MS 10000
#define PIDS_MAX 16

static int per_second;

/* So many jobs a second, from now on for so long. */
static void load(int jobs_per_second, int ms)
{
    int64_t from = clock_mono_ms(), put = 0;

    for (int64_t now = from; now < from + ms; now = clock_mono_ms()) {
        int64_t owed = (now - from + STEP_MS) * jobs_per_second / 1000 - put;

        oracle_put(&here.oracle, (int)owed);
        put += owed;
        ordeal_pass(STEP_MS);
    }
}

struct leaving {
    pid_t pid;
    int children; /* with it */
};

static bool is_replaced(void *arg)
{
    const struct leaving *l = arg;
    pid_t pids[PIDS_MAX];

    return kill(l->pid, 0) != 0 &&
           program_children(here.worker[0], pids, PIDS_MAX) == l->children;
}

/* One after the other, as the next one is at work. */
static void roll_children(void)
{
    pid_t pids[PIDS_MAX];
    int n = program_children(here.worker[0], pids, PIDS_MAX);

    for (int i = 0; i < n; i++) {
        struct leaving l = {pids[i], n};

        kill(pids[i], SIGTERM);
        assert_true(until(is_replaced, &l, DRAIN_MS));
        load(per_second, 300);
    }
}

/* The next version is up before the last one leaves. */
static void roll_worker(int64_t *longest)
{
    struct program *old = here.worker[0];
    int64_t from;

    here.worker[0] = NULL;
    ordeal_worker(&here, 0, 2);
    assert_true(program_says(here.worker[0], "worker ready", 15000));
    from = clock_mono_ms();
    program_signal(old, SIGTERM);
    assert_int_equal(program_wait(old, DRAIN_MS), 0);
    if (clock_mono_ms() - from > *longest)
        *longest = clock_mono_ms() - from;
    assert_int_equal(program_end(old), 0);
}

static void deploys_lose_nothing_and_nobody_waits(void **state)
{
    int rolls = dose(14, 360);
    int64_t longest = 0, p99;

    (void)state;
    per_second = dose(400, 2000);
    ordeal_hire(&here, 1, 2);
    assert_true(program_says(here.worker[0], "worker ready", 30000));
    for (int i = 0; i < rolls; i++) {
        load(per_second, dose(800, 5000));
        if (i % 2 == 0)
            roll_children();
        else
            roll_worker(&longest);
    }
    ordeal_judge(&here);
    p99 = oracle_waited(&here.oracle, KIND_TEST_NOTE, 99);
    printf("%d deploys, %lld jobs: p50 %lld ms, p99 %lld ms; a worker left within %lld"
           " ms\n",
           rolls, (long long)here.oracle.jobs,
           (long long)oracle_waited(&here.oracle, KIND_TEST_NOTE, 50), (long long)p99,
           (long long)longest);
    assert_true(p99 <= dose_bound_ms(100));
    assert_int_equal(ordeal_counter(&here, "reaped"), 0); /* they gave it back */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ordeal_begin, ordeal_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(deploys_lose_nothing_and_nobody_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
