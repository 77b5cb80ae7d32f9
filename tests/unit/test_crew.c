/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Threads for blocking work: the loop goes on meanwhile and hears of each end once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/crew.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#define TASKS 200

static struct loop *loop;
static struct crew *crew;
static pthread_t loop_thread;
static int done_n, worked[TASKS], hands_seen;
static int gate[2]; /* a pipe: who works waits for a byte */

static int begin(void **state)
{
    (void)state;
    done_n = hands_seen = 0;
    loop_thread = pthread_self();
    loop = loop_new();
    crew = crew_open(loop, 3);
    return crew && pipe(gate) == 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    crew_close(crew);
    loop_free(loop);
    close(gate[0]);
    close(gate[1]);
    return 0;
}

static enum status work(void *arg, int hand)
{
    int *n = arg;

    if (pthread_equal(pthread_self(), loop_thread) || hand < 0 || hand > 2)
        return ST_BROKEN;
    __atomic_or_fetch(&hands_seen, 1 << hand, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(n, 1, __ATOMIC_SEQ_CST);
    return (n - worked) % 2 ? ST_NONE : ST_OK;
}

static void done(void *arg, enum status st)
{
    int *n = arg;

    assert_true(pthread_equal(pthread_self(), loop_thread));
    assert_int_equal(st, (n - worked) % 2 ? ST_NONE : ST_OK);
    assert_int_equal(*n, 1);
    if (++done_n == TASKS)
        loop_stop(loop);
}

static void each_task_is_worked_and_answered_once(void **state)
{
    (void)state;
    for (int i = 0; i < TASKS; i++) {
        worked[i] = 0;
        assert_int_equal(crew_do(crew, work, done, &worked[i]), ST_OK);
    }
    loop_run(loop);
    assert_int_equal(done_n, TASKS);
    assert_true(hands_seen != 0);
}

static enum status wait_at_the_gate(void *arg, int hand)
{
    char c;

    (void)arg;
    (void)hand;
    return read(gate[0], &c, 1) == 1 ? ST_OK : ST_BROKEN;
}

static void through(void *arg, enum status st)
{
    (void)arg;
    assert_int_equal(st, ST_OK);
    done_n++;
    loop_stop(loop);
}

static void open_gate(void *arg)
{
    (void)arg;
    assert_int_equal(done_n, 0); /* the loop ran while the hand was blocked */
    assert_int_equal(write(gate[1], "x", 1), 1);
}

static void the_loop_goes_on_while_a_hand_is_blocked(void **state)
{
    struct loop_timer t = {0};

    (void)state;
    assert_int_equal(crew_do(crew, wait_at_the_gate, through, NULL), ST_OK);
    loop_after(loop, &t, 20, open_gate, NULL);
    loop_run(loop);
    assert_int_equal(done_n, 1);
}

static void never(void *arg, enum status st)
{
    (void)arg;
    (void)st;
    fail_msg("done after the end");
}

static void closing_waits_for_what_is_being_worked_on(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        worked[i] = 0;
        assert_int_equal(crew_do(crew, work, never, &worked[i]), ST_OK);
    }
    crew_close(crew);
    crew = NULL;
    for (int i = 0; i < 10; i++)
        assert_in_range(worked[i], 0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_task_is_worked_and_answered_once, begin,
                                        end),
        cmocka_unit_test_setup_teardown(the_loop_goes_on_while_a_hand_is_blocked, begin,
                                        end),
        cmocka_unit_test_setup_teardown(closing_waits_for_what_is_being_worked_on,
                                        begin, end),
    };

    return cmocka_run_group_tests_name("crew", tests, NULL, NULL);
}
