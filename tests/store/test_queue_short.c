/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Short turns (core/io/queue.h): they save what a turn costs, and nobody waits for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/queue_yard.h"

#define LONG 3600000
#define HOT 3
#define NORMAL 16
#define LOW 17
#define BULK 20
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_yard, close_yard)

static void fill(struct yard *y, int list, int n)
{
    static const char body[] = "{\"v\":1,\"k\":\"test.note\",\"a\":{}}";
    struct job_row row = {
        .at = AT_LOGIC, .list = list, .body = body, .body_n = sizeof body - 1};

    for (int i = 0; i < n; i++) {
        ulid_new(clock_now(), row.id);
        assert_int_equal(queue_hand_over(y->queue, AT_LOGIC, &row, 1), ST_OK);
    }
}

/* Settles what was leased, leases want, and says of which list the first is; 0 of none
 * is -1. */
static int turn(struct yard *y, enum job_outcome how, int want, bool *was_short)
{
    struct job_result r[QUEUE_BATCH_MAX];
    struct queue_turn t = {.wid = y->wid[0],
                           .at = AT_LOGIC,
                           .results = r,
                           .n_results = y->n,
                           .want = want,
                           .may_be_short = true,
                           .jobs = y->jobs};

    for (int i = 0; i < y->n; i++)
        r[i] = result(&y->jobs[i], how, 0);
    drop_jobs(y);
    assert_int_equal(queue_turn(y->queue, &t), ST_OK);
    assert_int_equal(t.fenced, 0);
    y->n = t.n_jobs;
    *was_short = t.was_short;
    return t.n_jobs > 0 ? y->jobs[0].list : -1;
}

static void turns_are_short_while_only_normal_and_low_have_jobs(void **state)
{
    struct yard *y = *state;
    struct census c;
    bool is_short;

    queue_set_calm(y->queue, LONG);
    fill(y, NORMAL, 5);
    fill(y, LOW, 3);
    assert_int_equal(turn(y, JOB_DONE, 1, &is_short), NORMAL);
    assert_false(is_short); /* the first knows nothing */
    for (int i = 0; i < 7; i++) {
        assert_int_equal(turn(y, JOB_DONE, 1, &is_short) / 2, NORMAL / 2);
        assert_true(is_short);
    }
    assert_int_equal(turn(y, JOB_DONE, 1, &is_short), -1);
    assert_false(is_short); /* nothing there: all lists were looked at */
    c = look(y, POOL_LOGIC);
    assert_int_equal(census_count(&c, "A"), 8);
    assert_int_equal(census_drift(&c), 0);
    assert_int_equal(c.n_workers, 0);
    census_free(&c);
}

/* An hour's trust in an old look: what came since is found when the two lists are dry. */
static void nobody_sleeps_on_what_a_short_turn_left_out(void **state)
{
    static const int other[] = {HOT, BULK};
    struct yard *y = *state;
    bool is_short;

    queue_set_calm(y->queue, LONG);
    for (int i = 0; i < 2; i++) {
        fill(y, NORMAL, 2);
        turn(y, JOB_DONE, 1, &is_short);
        fill(y, other[i], 1);
        assert_int_equal(turn(y, JOB_DONE, 1, &is_short), NORMAL);
        assert_true(is_short);
        assert_int_equal(turn(y, JOB_DONE, 1, &is_short), other[i]);
        assert_false(is_short);
        assert_int_equal(turn(y, JOB_DONE, 1, &is_short), -1);
    }
}

static void no_turn_is_short_while_hot_or_bulk_has_jobs(void **state)
{
    static const int other[] = {HOT, BULK};
    struct yard *y = *state;
    bool is_short;

    queue_set_calm(y->queue, LONG);
    for (int i = 0; i < 2; i++) {
        queue_wid(y->wid[0], 7 + i); /* one that has looked nowhere yet */
        fill(y, NORMAL, 40);
        fill(y, other[i], 3);
        for (int left = 3; left > 0;) {
            left -= turn(y, JOB_DONE, 1, &is_short) == other[i];
            assert_false(is_short);
        }
        while (turn(y, JOB_DONE, 8, &is_short) >= 0)
            ;
    }
}

/* As it is shipped: a moment later a hot job has its turn among a thousand others. */
static void a_hot_job_waits_a_moment_at_most(void **state)
{
    struct yard *y = *state;
    bool is_short;
    int turns = 0, shorts = 0;

    fill(y, NORMAL, 1000);
    turn(y, JOB_DONE, 1, &is_short);
    fill(y, HOT, 1);
    while (turn(y, JOB_DONE, 1, &is_short) != HOT) {
        shorts += is_short;
        assert_in_range(++turns, 1, 900);
    }
    print_message("a hot job came after %d turns, %d of them short\n", turns, shorts);
}

static void what_goes_back_to_its_list_needs_a_whole_turn(void **state)
{
    static const enum job_outcome back[] = {JOB_RETRY, JOB_BACK};
    struct yard *y = *state;
    bool is_short;

    queue_set_calm(y->queue, LONG);
    for (int i = 0; i < 2; i++) {
        fill(y, NORMAL, 2);
        turn(y, JOB_DONE, 1, &is_short);
        assert_int_equal(turn(y, back[i], 1, &is_short), NORMAL);
        assert_false(is_short);
        assert_int_equal(y->jobs[0].attempts, back[i] == JOB_RETRY);
        while (turn(y, JOB_DONE, 1, &is_short) >= 0)
            ;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(turns_are_short_while_only_normal_and_low_have_jobs),
        TEST(nobody_sleeps_on_what_a_short_turn_left_out),
        TEST(no_turn_is_short_while_hot_or_bulk_has_jobs),
        TEST(a_hot_job_waits_a_moment_at_most),
        TEST(what_goes_back_to_its_list_needs_a_whole_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
