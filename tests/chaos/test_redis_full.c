/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Redis filled to the brim (F15): what does not fit is refused and stays in MySQL, what
 * is there is drained, and all of it is done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/ordeal.h"

#include <stdio.h>

#define ROOM (4 << 20)

static void a_full_redis_refuses_and_is_drained(void **state)
{
    const struct oracle_job fat = {.pad = 800};
    int most = dose(20000, 60000), step = most / 20;
    int64_t full_at = 0, waiting = 0, handed;
    char limit[32];

    (void)state;
    snprintf(limit, sizeof limit, "%lld",
             (long long)(ordeal_memory(&here) + ROOM * (int64_t)dose(1, 3)));
    ordeal_redis(&here, "CONFIG", "SET", "maxmemory", limit);
    while (here.oracle.jobs < most &&
           (full_at == 0 || here.oracle.jobs < full_at * 2)) {
        oracle_put_as(&here.oracle, &fat,
                      step); /* the facts are committed whatever Redis says */
        handed = waiting;
        waiting = ordeal_redis(&here, "LLEN", "dv:{s0}:a:16", NULL, NULL);
        if (full_at == 0 && waiting < here.oracle.jobs)
            full_at = waiting;
        assert_true(waiting >= handed);
    }
    assert_true(full_at > 0); /* it was full, and twice as much was put */
    assert_int_equal(waiting < here.oracle.jobs, 1);
    printf("%lld jobs fit, %lld were put\n", (long long)waiting,
           (long long)here.oracle.jobs);
    ordeal_hire(&here, 1, 4);
    assert_true(oracle_progress(&here.oracle, 1, dose_bound_ms(5000)));
    ordeal_drain(&here, ORDEAL_DRAIN_MS * 2);
    ordeal_judge(&here);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ordeal_begin, ordeal_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_full_redis_refuses_and_is_drained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
