/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A worker with slow lines to both stores (F14): each way a little later, packets lost
 * and sent again, answers byte by byte. No job lost, none twice, and no lease lapses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/ordeal.h"
#include "tests/harness/slowline.h"

#include <stdio.h>
#include <stdlib.h>

static struct slowline *to_redis, *to_mysql;

static int open_here(void **state)
{
    static char url[160];

    (void)state;
    dose_seed();
    ordeal_open(&here, 0);
    to_redis = slowline_new(server_socket(here.redis));
    to_mysql = slowline_new(harness_mysql_socket());
    snprintf(url, sizeof url, "unix://%s?db=0", slowline_socket(to_redis));
    setenv("REDIS_URL", url, 1);
    setenv("REDIS_CACHE_URL", url, 1);
    setenv("REDIS_FSM_URL", url, 1);
    setenv("DATABASE_SOCKET", slowline_socket(to_mysql), 1);
    ordeal_hire(&here, 1, dose(4, 8));
    return 0;
}

static int close_here(void **state)
{
    (void)state;
    ordeal_close(&here);
    slowline_free(to_redis);
    slowline_free(to_mysql);
    return 0;
}

static const struct weather {
    const char *name;
    struct slowness how;
    int small, full; /* jobs */
} weathers[] = {
    {"1 ms each way", {.delay_ms = 1}, 400, 60000},
    {"10 ms each way", {.delay_ms = 10}, 100, 20000},
    {"200 ms each way", {.delay_ms = 200}, 12, 1000},
    {"one packet in a hundred sent again",
     {.delay_ms = 1, .stall_one_in = 100, .stall_ms = 250},
     150,
     10000},
    {"answers byte by byte", {.drip = true}, 800, 10000},
    {"all of it",
     {.delay_ms = 10, .stall_one_in = 100, .stall_ms = 250, .drip = true},
     60,
     2000},
};

/* Leases that lapsed would have been reaped, and their results refused. */
static void slow_lines_lose_nothing_and_no_lease(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof weathers / sizeof *weathers; i++) {
        const struct weather *w = &weathers[i];
        int jobs = dose(w->small, w->full);
        int64_t took;

        slowline_set(to_redis, &w->how);
        slowline_set(to_mysql, &w->how);
        oracle_put(&here.oracle, jobs);
        took = ordeal_drain(&here, dose(30000, 1200000));
        printf("%s: %d jobs in %lld ms\n", w->name, jobs, (long long)took);
        assert_int_equal(ordeal_counter(&here, "reaped"), 0);
        assert_int_equal(ordeal_counter(&here, "fenced"), 0);
    }
    slowline_set(to_redis, &(struct slowness){0});
    slowline_set(to_mysql, &(struct slowness){0});
    ordeal_judge(&here);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_here, close_here)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(slow_lines_lose_nothing_and_no_lease),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
