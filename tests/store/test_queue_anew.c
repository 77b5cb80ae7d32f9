/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A worker learns that Redis was reached by a new connection: behind it may be one that
 * has forgotten what the worker has given back since (tests/chaos/test_redis_kill.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/queue_yard.h"

static bool turn_is_anew(struct yard *y)
{
    struct queue_turn t = {
        .wid = y->wid[0], .at = AT_LOGIC, .jobs = y->jobs, .want = 0};

    assert_int_equal(queue_turn(y->queue, &t), ST_OK);
    return t.anew;
}

static void cut_the_line_of(struct queue *q, struct yard *y)
{
    struct redis *other = redis_open(y->cfg->redis_url);
    struct redis_reply *r = NULL;
    char id[24];

    assert_int_equal(redis_do(queue_redis(q), &r, "CLIENT", "ID", NULL), ST_OK);
    snprintf(id, sizeof id, "%lld", (long long)redis_int(r));
    redis_free(r);
    assert_int_equal(redis_do(other, &r, "CLIENT", "KILL", "ID", id, NULL), ST_OK);
    assert_int_equal(redis_int(r), 1);
    redis_free(r);
    redis_close(other);
}

static void a_turn_says_that_the_line_is_new(void **state)
{
    struct yard *y = *state;

    assert_true(turn_is_anew(y));
    assert_false(turn_is_anew(y));
    assert_false(turn_is_anew(y));
}

/* The line breaks between two turns and is dialled again without anybody noticing. */
static void a_turn_says_that_the_line_was_cut(void **state)
{
    struct yard *y = *state;

    turn_is_anew(y);
    cut_the_line_of(y->queue, y);
    assert_true(turn_is_anew(y));
    assert_false(turn_is_anew(y));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_yard, close_yard)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_turn_says_that_the_line_is_new),
        TEST(a_turn_says_that_the_line_was_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
