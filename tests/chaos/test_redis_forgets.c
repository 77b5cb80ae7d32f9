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

#define TEST(f) cmocka_unit_test_setup_teardown(f, ordeal_begin, ordeal_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(redis_without_memory_loses_nothing),
        TEST(rows_marked_and_not_handed_over_come_back),
        TEST(lost_answers_lose_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
