/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The database's server killed with kill -9 and started again, under load (F10): no job
 * lost, none twice, and nobody fills the log meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/ordeal.h"

#include <signal.h>
#include <stdio.h>

#define LINES_A_SECOND 5

static int open_here(void **state)
{
    (void)state;
    dose_seed();
    ordeal_open(&here, ORDEAL_MYSQL);
    return 0;
}

/* Each program for itself; the children of one worker share its log. */
static void check_quiet(struct program *p, int before, int64_t ms)
{
    int said = ordeal_lines(p) - before;
    int most = LINES_A_SECOND * (int)(2 + ms / 1000);

    if (said > most)
        fail_msg("%d lines in %lld ms:\n%s", said, (long long)ms, program_output(p));
}

struct outage {
    int64_t from;
    int lines[2];
};

static void outage_begin(struct outage *o)
{
    *o = (struct outage){clock_mono_ms(),
                         {ordeal_lines(here.worker[0]), ordeal_lines(here.scheduler)}};
    server_kill(here.mysql, SIGKILL);
}

static void outage_end(struct outage *o)
{
    check_quiet(here.worker[0], o->lines[0], clock_mono_ms() - o->from);
    check_quiet(here.scheduler, o->lines[1], clock_mono_ms() - o->from);
    server_start(here.mysql);
}

static void a_database_killed_again_and_again_loses_nothing(void **state)
{
    int rounds = dose(3, 30);
    int64_t resumed[32] = {0};

    (void)state;
    ordeal_hire(&here, 1, 4);
    for (int i = 0; i < rounds; i++) {
        struct outage o;

        oracle_put(&here.oracle, 800);
        assert_true(oracle_progress(&here.oracle, 1 + dose_random(400), 30000));
        outage_begin(&o);
        oracle_try(&here.oracle, 50); /* a client that comes meanwhile is told so */
        ordeal_pass(dose(1500, 3000) + dose_random(dose(1000, 5000)));
        outage_end(&o);
        o.from = clock_mono_ms();
        while (oracle_done(&here.oracle) < 0)
            assert_true(clock_mono_ms() - o.from < 30000);
        oracle_recount(&here.oracle);
        assert_true(oracle_progress(&here.oracle, 1, 30000));
        resumed[i] = clock_mono_ms() - o.from;
    }
    printf("database killed %d times; work went on after %lld ms (half), %lld (all)\n",
           rounds, (long long)dose_percentile(resumed, (size_t)rounds, 50),
           (long long)dose_percentile(resumed, (size_t)rounds, 100));
    ordeal_judge(&here);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_here, ordeal_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_database_killed_again_and_again_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
