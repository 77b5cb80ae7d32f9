/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A job that ends whoever runs it: by a fault of memory, by never ending, by eating all
 * memory there is (F18). It is dead after exactly three, and of its thousand neighbours
 * none is blamed, none uses up a try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/entry.h"
#include "tests/harness/ordeal.h"
#include "tests/harness/until.h"

#include <stdio.h>
#include <string.h>

/* The entry of the normal list that was blamed for a crash. */
struct blamed {
    bool one;
    uint8_t id[16];
};

static void look_at_blame(struct blamed *b)
{
    struct redis_reply *list = NULL;

    assert_int_equal(redis_do(queue_redis(here.oracle.queue), &list, "LRANGE",
                              "dv:{s0}:a:16", "0", "128", NULL),
                     ST_OK);
    for (size_t i = 0; i < redis_count(list); i++) {
        struct queue_head h = entry_head(redis_item(list, i));

        if (h.crashes == 0)
            continue;
        if (!b->one)
            memcpy(b->id, h.id, sizeof b->id);
        b->one = true;
        if (memcmp(b->id, h.id, sizeof b->id) != 0)
            fail_msg("two are blamed, the second has %d crashes", h.crashes);
    }
    redis_free(list);
}

static bool is_over(void *arg)
{
    look_at_blame(arg);
    return oracle_number(&here.oracle, "SELECT COUNT(*) FROM job_dead") == 1 &&
           oracle_done(&here.oracle) == here.oracle.jobs;
}

static void poison(const char *deed)
{
    int innocents = dose(300, 1000);
    const struct oracle_job bad = {.kind = KIND_TEST_HASTY, .deed = deed};
    struct blamed blamed = {0};

    ordeal_hire(&here, 1, 2);
    oracle_put(&here.oracle, innocents / 2);
    oracle_put_as(&here.oracle, &bad, 1);
    here.oracle.jobs--; /* it will have no effect */
    oracle_put(&here.oracle, innocents / 2);
    if (!until(is_over, &blamed, 40000))
        fail_msg(
            "%s: %lld of %lld are done, %lld dead; the worker said\n%s", deed,
            (long long)oracle_done(&here.oracle), (long long)here.oracle.jobs,
            (long long)oracle_number(&here.oracle, "SELECT COUNT(*) FROM job_dead"),
            program_output(here.worker[0]));
    assert_int_equal(oracle_number(&here.oracle, "SELECT crashes FROM job_dead"),
                     QUEUE_CRASHES_MAX);
    assert_int_equal(
        oracle_number(&here.oracle,
                      "SELECT COUNT(*) FROM job_dead WHERE kind = 'test.hasty'"),
        1);
    /* No try of a neighbour failed: all that history has besides success is the grave. */
    assert_int_equal(
        oracle_number(&here.oracle,
                      "SELECT COUNT(*) FROM job_hist WHERE outcome <> 'done'"
                      " AND kind LIKE 'test.%' AND kind <> 'test.hasty'"),
        0);
    assert_int_equal(oracle_number(&here.oracle, "SELECT COUNT(*) FROM job_open"
                                                 " WHERE kind LIKE 'test.%'"),
                     0);
    oracle_check(&here.oracle);
}

static void a_fault_of_memory(void **state)
{
    (void)state;
    poison("segv");
}

static void an_endless_loop(void **state)
{
    (void)state;
    poison("loop");
}

static void a_hunger_for_memory(void **state)
{
    (void)state;
    poison("eat");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ordeal_begin, ordeal_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_fault_of_memory),
        TEST(an_endless_loop),
        TEST(a_hunger_for_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
