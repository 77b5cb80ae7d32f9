/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A master behind Sentinel is killed or cut off under load (F7): no job of class D is
 * lost, none has its effect twice, and work goes on within five seconds of the new
 * master. */
#include "tests/chaos/failover.h"
#include "tests/harness/sentinel.h"

static bool put_until_master(void *arg)
{
    oracle_put(&oracle, 1);
    return guard_is_master(*(int *)arg);
}

static void master_lost(bool killed)
{
    int old = guard_is_master(0) ? 0 : 1, new = !old;

    oracle_put(&oracle, 10 * SLICE);
    if (killed)
        redis_node_kill(guard_server(old));
    else
        redis_node_freeze(guard_server(old), true);
    assert_true(until(put_until_master, &new, PROMOTED_MS));
    work_resumes(killed ? "a killed master" : "a master that was cut off");
    if (killed)
        redis_node_start(guard_server(old));
    else
        redis_node_freeze(guard_server(old), false);
    /* For a while there are two by their own account. */
    oracle_put(&oracle, 10 * SLICE);
    guard_follow(old, new);
}

static void a_master_behind_sentinel_is_lost(void **state)
{
    (void)state;
    dose_seed();
    guard_open();
    work_begin(guard_url(), 1);
    for (int i = 0, n = dose(1, 15); i < n; i++) {
        master_lost(false);
        master_lost(true);
    }
    work_end();
    guard_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_master_behind_sentinel_is_lost),
    };

    return cmocka_run_group_tests_name("failover", tests, NULL, NULL);
}
