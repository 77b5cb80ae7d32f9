/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Whole workers stopped (SIGSTOP) until their leases have lapsed and their jobs have
 * been given to others, then let go on: two holders of one job, and one effect (F12). */
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
#include <string.h>

#define LAPSE_MS (QUEUE_LEASE_MS + 15000) /* the lease, and who looks for lapsed ones */
#define CHILDREN_MAX 16

/* The parent first, so that it cannot find out about its children. */
static void stop_all(struct program *w, pid_t pids[CHILDREN_MAX], int *n)
{
    program_signal(w, SIGSTOP);
    *n = program_children(w, pids, CHILDREN_MAX);
    for (int i = 0; i < *n; i++)
        kill(pids[i], SIGSTOP);
}

static void go_on(struct program *w, const pid_t *pids, int n)
{
    for (int i = 0; i < n; i++)
        kill(pids[i], SIGCONT);
    program_signal(w, SIGCONT);
}

/* No lease but those of the first worker, which lives. */
static bool lapsed(void *arg)
{
    struct census c;
    bool only_living = true;
    pid_t living[CHILDREN_MAX];
    int n = program_children(here.worker[0], living, CHILDREN_MAX);

    (void)arg;
    assert_int_equal(queue_census(here.oracle.queue, ORDEAL_LOGIC, &c), ST_OK);
    for (size_t i = 0; i < c.n_workers; i++) {
        bool known = false;
        char pid[24];

        for (int k = 0; k < n; k++) {
            snprintf(pid, sizeof pid, ".%d.", (int)living[k]);
            known |= strstr(c.worker[i].wid, pid) != NULL;
        }
        only_living &= known;
    }
    census_free(&c);
    return only_living;
}

static void zombies_come_back_to_nothing(void **state)
{
    int rounds = dose(1, 29), zombies = dose(3, 7), cases = 0;
    pid_t pids[ORDEAL_WORKERS][CHILDREN_MAX];
    int n[ORDEAL_WORKERS];

    (void)state;
    ordeal_hire(&here, 1 + zombies, 2);
    for (int i = 0; i <= zombies; i++)
        assert_true(program_says(here.worker[i], "worker ready", 30000));
    for (int round = 0; round < rounds; round++) {
        oracle_put_as(&here.oracle, &(struct oracle_job){.ms = 3}, 400 * zombies);
        assert_true(oracle_progress(&here.oracle, 1, 30000));
        for (int i = 1; i <= zombies; i++) {
            ordeal_pass(dose_random(100));
            stop_all(here.worker[i], pids[i], &n[i]);
            cases++;
        }
        assert_true(until(lapsed, NULL, LAPSE_MS + 10000));
        if (dose_full())
            ordeal_pass(40000 - QUEUE_LEASE_MS);
        for (int i = 1; i <= zombies; i++)
            go_on(here.worker[i], pids[i], n[i]);
        ordeal_drain(&here, ORDEAL_DRAIN_MS);
    }
    printf("%d workers stopped past their leases; results refused: %lld\n", cases,
           (long long)ordeal_counter(&here, "fenced"));
    ordeal_judge(&here);
    assert_true(ordeal_counter(&here, "reaped") > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ordeal_begin, ordeal_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(zombies_come_back_to_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
