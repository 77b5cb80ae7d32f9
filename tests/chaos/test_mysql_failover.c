/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The database fails over to a copy that lacks its last second (F11), under load. What was
 * committed in that second is gone, with the facts and the effects alike; the queue must
 * come to rest all the same: of each job whose row is there the effect is there, once. */
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
#include <string.h>
#include <unistd.h>

#define LOST_MS 1000
#define CONVERGED_MS 30000

/* Ids of jobs, a line for each run (worker/trial.c). */
static char runs_path[] = "/tmp/dvorik-runs.XXXXXX";

static int open_here(void **state)
{
    (void)state;
    dose_seed();
    ordeal_open(&here, ORDEAL_MYSQL);
    close(mkstemp(runs_path));
    setenv("DVORIK_TEST_RUNS", runs_path, 1);
    return 0;
}

static int close_here(void **state)
{
    unsetenv("DVORIK_TEST_RUNS");
    unlink(runs_path);
    return ordeal_end(state);
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

struct sum {
    int64_t runs, jobs; /* jobs: different ones */
};

static struct sum runs_sum(void)
{
    struct sum s = {0};
    FILE *f = fopen(runs_path, "re");
    uint8_t(*id)[16];

    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    s.runs = ftell(f) / 16;
    rewind(f);
    id = malloc((size_t)s.runs * 16 + 1);
    assert_non_null(id);
    assert_int_equal(fread(id, 16, (size_t)s.runs, f), s.runs);
    fclose(f);
    qsort(id, (size_t)s.runs, 16, by_bytes);
    for (int64_t i = 0; i < s.runs; i++)
        s.jobs += i == 0 || memcmp(id[i], id[i - 1], 16) != 0;
    free(id);
    return s;
}

static bool answers_again(void *arg)
{
    (void)arg;
    return oracle_done(&here.oracle) >= 0;
}

/* Answers how many effects were lost with their second. */
static int64_t fail_over(void)
{
    int64_t until_ms, before;

    server_remember(here.mysql);
    until_ms = clock_mono_ms() + LOST_MS;
    while (clock_mono_ms() < until_ms) {
        oracle_put(&here.oracle, 20);
        ordeal_pass(50);
    }
    before = oracle_done(&here.oracle);
    server_kill(here.mysql, SIGKILL);
    server_go_back(here.mysql);
    server_start(here.mysql);
    assert_true(until(answers_again, NULL, 30000));
    oracle_recount(&here.oracle);
    return before - oracle_done(&here.oracle);
}

static void a_copy_that_lacks_a_second_takes_over(void **state)
{
    int rounds = dose(2, 10);
    int64_t lost = 0, longest = 0;
    struct sum sum;

    (void)state;
    ordeal_hire(&here, 1, 2);
    for (int i = 0; i < rounds; i++) {
        int64_t ms;

        oracle_put(&here.oracle, 400);
        assert_true(oracle_progress(&here.oracle, 1 + dose_random(200), 30000));
        lost += fail_over();
        oracle_put(&here.oracle, 20);
        ms = ordeal_drain(&here, CONVERGED_MS);
        longest = ms > longest ? ms : longest;
    }
    ordeal_judge(&here);
    sum = runs_sum();
    printf(
        "%d failovers, each a second back: %lld effects were lost with it; %lld runs"
        " were repeats, %lld jobs had run and are gone with their facts; all was done"
        " %lld ms later at most\n",
        rounds, (long long)lost, (long long)(sum.runs - sum.jobs),
        (long long)(sum.jobs - here.oracle.jobs), (long long)longest);
    assert_true(lost > 0); /* there was something to lose */
    assert_true(sum.runs > here.oracle.jobs);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_here, close_here)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_copy_that_lacks_a_second_takes_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
