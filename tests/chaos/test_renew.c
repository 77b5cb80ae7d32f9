/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a parent does for its children: who works long keeps its lease, and what the dead
 * had finished is settled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/doom.h"
#include "tests/harness/ordeal.h"
#include "tests/harness/until.h"

#define LONG_MS 5000 /* the parent renews each second at first */
#define SOON_MS 20000

/* Until when the lease of the one that holds something lasts; 0: nobody does. */
static int64_t lease_end(void)
{
    struct census c;
    int64_t end = 0;

    assert_int_equal(queue_census(here.oracle.queue, ORDEAL_LOGIC, &c), ST_OK);
    for (size_t i = 0; i < c.n_workers; i++)
        if (c.worker[i].held > 0)
            end = c.now_ms + c.worker[i].ms_left;
    census_free(&c);
    return end;
}

static bool is_leased(void *arg)
{
    return (*(int64_t *)arg = lease_end()) != 0;
}

struct renewal {
    int64_t first, then;
};

/* It lasts longer, or there is none any more. */
static bool is_renewed(void *arg)
{
    struct renewal *r = arg;

    r->then = lease_end();
    return r->then == 0 || r->then > r->first + 500;
}

static bool is_over(void *arg)
{
    (void)arg;
    return oracle_done(&here.oracle) == 1 && ordeal_counter(&here, "lease") > 0 &&
           lease_end() == 0;
}

static void a_long_job_keeps_its_lease(void **state)
{
    struct renewal r;

    (void)state;
    oracle_put_as(&here.oracle,
                  &(struct oracle_job){.kind = KIND_TEST_NOTE, .ms = LONG_MS}, 1);
    ordeal_hire(&here, 1, 1);
    assert_true(until(is_leased, &r.first, SOON_MS));
    assert_true(until(is_renewed, &r, SOON_MS));
    assert_true(r.then > r.first);                  /* renewed, not ended … */
    assert_true(r.then < r.first + LONG_MS - 1000); /* … while the job ran */
    ordeal_drain(&here, SOON_MS);
    ordeal_judge(&here);
}

/* Killed when its result is on the board: its parent settles that, and nothing of it is
 * given back to run again. */
static void what_is_on_the_board_does_not_come_back(void **state)
{
    (void)state;
    oracle_put_as(&here.oracle, &(struct oracle_job){.kind = KIND_TEST_NOTE}, 1);
    doom_set("logic.on_board:1");
    ordeal_hire(&here, 1, 1);
    doom_lift();
    assert_true(until(is_over, NULL, SOON_MS));
    assert_true(doom_struck());
    assert_int_equal(ordeal_counter(&here, "reaped"), 0);
    ordeal_judge(&here);
}

/* Not when the lease of the dead one lapses. */
static void what_the_dead_left_comes_back_at_once(void **state)
{
    (void)state;
    oracle_put_as(&here.oracle, &(struct oracle_job){.kind = KIND_TEST_NOTE}, 1);
    doom_set("logic.claimed:1");
    ordeal_hire(&here, 1, 1);
    doom_lift();
    assert_true(until(is_over, NULL, QUEUE_LEASE_MS * 2 / 3));
    assert_true(doom_struck());
    ordeal_judge(&here);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_long_job_keeps_its_lease, ordeal_begin,
                                        ordeal_end),
        cmocka_unit_test_setup_teardown(what_is_on_the_board_does_not_come_back,
                                        ordeal_begin, ordeal_end),
        cmocka_unit_test_setup_teardown(what_the_dead_left_comes_back_at_once,
                                        ordeal_begin, ordeal_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
