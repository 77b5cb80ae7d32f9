/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Redis killed with kill -9 (F4), and killed and its append-only file cut short (F6),
 * under load: no job of class D lost, none twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/ordeal.h"
#include "tests/harness/until.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- F4 ------------------------------------------------------------------------- */

/* Now, and after each start to come. */
static void fsync_every_second(void)
{
    ordeal_redis(&here, "CONFIG", "SET", "appendfsync", "everysec");
    server_option(here.redis, "--appendfsync");
    server_option(here.redis, "everysec");
}

static void a_redis_killed_again_and_again_loses_nothing(void **state)
{
    int rounds = dose(3, 50);
    int64_t resumed[64] = {0};

    (void)state;
    fsync_every_second();
    ordeal_hire(&here, 2, 2);
    for (int i = 0; i < rounds; i++) {
        int64_t from;

        oracle_put(&here.oracle, 400);
        assert_true(oracle_progress(&here.oracle, 1 + dose_random(300), 30000));
        server_kill(here.redis, SIGKILL);
        oracle_put(&here.oracle, 100); /* committed, handed over to nobody */
        ordeal_pass(dose_random(dose(2500, 5000)));
        server_start(here.redis);
        from = clock_mono_ms();
        oracle_put(&here.oracle, 20); /* handed over; those before come by MySQL */
        assert_true(oracle_progress(&here.oracle, 1, dose_bound_ms(5000)));
        resumed[i] = clock_mono_ms() - from;
    }
    printf("redis killed %d times; work went on after %lld ms (half), %lld ms (all)\n",
           rounds, (long long)dose_percentile(resumed, (size_t)rounds, 50),
           (long long)dose_percentile(resumed, (size_t)rounds, 100));
    ordeal_judge(&here);
}

/* ---- F6 ------------------------------------------------------------------------- */

/* The last up to 64 KiB of what was appended, wherever that cuts. Answers how many. */
static off_t cut_the_tail(void)
{
    char pattern[128];
    struct stat st;
    off_t cut;
    glob_t g;

    snprintf(pattern, sizeof pattern, "%s/appendonlydir/*.incr.aof",
             server_folder(here.redis));
    assert_int_equal(glob(pattern, 0, NULL, &g), 0);
    assert_int_equal(stat(g.gl_pathv[g.gl_pathc - 1], &st), 0);
    cut = 1 + dose_random(65536);
    cut = cut < st.st_size ? cut : st.st_size / 2;
    assert_int_equal(truncate(g.gl_pathv[g.gl_pathc - 1], st.st_size - cut), 0);
    globfree(&g);
    return cut;
}

static void a_redis_that_lost_its_tail_loses_nothing(void **state)
{
    int rounds = dose(3, 50);
    int64_t bytes = 0;

    (void)state;
    here.forgetful = true;
    ordeal_hire(&here, 2, 2);
    for (int i = 0; i < rounds; i++) {
        oracle_put(&here.oracle, 500);
        assert_true(oracle_progress(&here.oracle, 1 + dose_random(400), 30000));
        server_kill(here.redis, SIGKILL);
        bytes += cut_the_tail();
        server_start(here.redis);
        ordeal_drain(&here, ORDEAL_DRAIN_MS);
    }
    printf("%d tails cut, %lld bytes\n", rounds, (long long)bytes);
    ordeal_judge(&here);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ordeal_begin, ordeal_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_redis_killed_again_and_again_loses_nothing),
        TEST(a_redis_that_lost_its_tail_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
