/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Clocks that jump (F17): an hour to and fro on the workers' machine, ten seconds on
 * Redis'. No job lost, none twice, none much too early, and nobody is taken for dead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/wrongclock.h"
#include "tests/harness/ordeal.h"
#include "tests/harness/until.h"

#include <signal.h>
#include <stdio.h>

#define HOUR_S 3600
#define REDIS_S 10
#define DUE_MS 1200

static struct wrongclock fake;

static int open_here(void **state)
{
    (void)state;
    dose_seed();
    wrongclock_open(&fake);
    ordeal_open(&here, 0);
    return 0;
}

static int close_here(void **state)
{
    (void)state;
    ordeal_close(&here);
    wrongclock_close(&fake);
    return 0;
}

/* One job for later, of an account of its own. */
#define LATER 9

static enum status put_later(struct db *db, void *arg)
{
    struct job_spec spec = {
        .kind = KIND_TEST_NOTE, .args = json_new_object(), .due = *(int64_t *)arg};

    json_set_int(spec.args, "account", LATER);
    return job_put(db, clock_now(), &spec);
}

struct early {
    int64_t due, points, ran_at;
};

static bool later_ran(void *arg)
{
    struct early *e = arg;

    e->ran_at = clock_now();
    return oracle_points(&here.oracle, LATER) > e->points;
}

/* by_s: what the clock that the delay is kept by has jumped meanwhile, at most. */
static void jump_and_look(int seconds, int by_s)
{
    struct early e = {.due = clock_now() + DUE_MS * MS,
                      .points = oracle_points(&here.oracle, LATER)};
    int64_t from = clock_mono_ms();

    oracle_put_as(&here.oracle,
                  &(struct oracle_job){.account = 1, .spread = true, .ms = 2}, 300);
    assert_int_equal(db_tx(here.oracle.db, put_later, &e.due), ST_OK);
    here.oracle.jobs++;
    assert_true(oracle_progress(&here.oracle, 1 + dose_random(200), 30000));
    wrongclock_jump(&fake, seconds);
    assert_true(until(later_ran, &e, DUE_MS + by_s * 2000 + dose_bound_ms(3000)));
    assert_true(e.ran_at >= e.due - by_s * 2 * SECOND - 50 * MS);
    ordeal_drain(&here, ORDEAL_DRAIN_MS);
    printf("clock %+d s: done in %lld ms, what was due ran %+lld ms late\n", seconds,
           (long long)(clock_mono_ms() - from), (long long)((e.ran_at - e.due) / MS));
}

static void check_nobody_was_taken_for_dead(void)
{
    printf("reaped %lld, refused %lld\n", (long long)ordeal_counter(&here, "reaped"),
           (long long)ordeal_counter(&here, "fenced"));
    assert_int_equal(ordeal_counter(&here, "reaped"), 0);
    assert_int_equal(ordeal_counter(&here, "fenced"), 0);
}

static void the_workers_clock_jumps(void **state)
{
    static const int jumps[] = {HOUR_S, -HOUR_S, HOUR_S, 0};

    (void)state;
    wrongclock_set(&fake);
    ordeal_hire(&here, 2, 2);
    wrongclock_lift();
    for (int i = 0; i < dose(4, 20); i++)
        jump_and_look(jumps[i % 4], 0);
    ordeal_judge(&here);
    check_nobody_was_taken_for_dead();
}

static void the_clock_of_redis_jumps(void **state)
{
    static const int jumps[] = {REDIS_S, 0, -REDIS_S, 0};

    (void)state;
    server_kill(here.redis, SIGKILL);
    wrongclock_serve(&fake, here.redis);
    server_start(here.redis);
    ordeal_hire(&here, 2, 2);
    for (int i = 0; i < dose(4, 20); i++)
        jump_and_look(jumps[i % 4], REDIS_S);
    ordeal_judge(&here);
    check_nobody_was_taken_for_dead();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_here, close_here)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_workers_clock_jumps),
        TEST(the_clock_of_redis_jumps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
