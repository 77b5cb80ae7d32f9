/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * How much a child takes: many short jobs, one long one, and never a long one in front of
 * what others could do; and that a person's jobs keep their order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/dose.h"
#include "tests/harness/oracle.h"
#include "tests/harness/program.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <stdlib.h>

struct bench {
    struct oracle oracle;
    struct program *worker;
    int64_t most; /* held by one child, of all looks */
    int64_t done; /* looked at only from so many jobs done on */
};

static int open_bench(void **state)
{
    struct bench *b = calloc(1, sizeof *b);

    oracle_open(&b->oracle, world_config());
    b->oracle.cfg->log_level = "info";
    world_export(b->oracle.cfg);
    *state = b;
    return 0;
}

static int close_bench(void **state)
{
    struct bench *b = *state;

    assert_int_equal(program_end(b->worker), 0);
    oracle_check(&b->oracle);
    oracle_close(&b->oracle);
    free(b);
    return 0;
}

static void look(struct bench *b)
{
    struct census c;

    assert_int_equal(
        queue_census(b->oracle.queue, (struct queue_at){POOL_LOGIC, 0}, &c), ST_OK);
    for (size_t i = 0; i < c.n_workers; i++)
        b->most = c.worker[i].held > b->most ? c.worker[i].held : b->most;
    census_free(&c);
}

static bool looked_until_done(void *arg)
{
    struct bench *b = arg;
    int64_t done = oracle_done(&b->oracle);

    if (done >= b->done)
        look(b);
    return done == b->oracle.jobs;
}

static void hire(struct bench *b, const char *children)
{
    setenv("WORKER_PROCESSES", children, 1);
    b->worker = program_start("dvorik", "worker", NULL);
}

static void short_jobs_come_by_the_dozen(void **state)
{
    struct bench *b = *state;

    oracle_put(&b->oracle, 3000);
    hire(b, "1");
    assert_true(until(looked_until_done, b, 40000));
    print_message("short jobs: up to %lld in a lease\n", (long long)b->most);
    assert_true(b->most >= 30);
}

/* A child does not know before it has met them; then it takes them one by one. */
static void long_jobs_come_one_by_one(void **state)
{
    struct bench *b = *state;

    oracle_put_as(&b->oracle, &(struct oracle_job){.ms = 100}, 50);
    hire(b, "2");
    b->done = 20;
    assert_true(until(looked_until_done, b, 40000));
    print_message("long jobs: up to %lld in a lease\n", (long long)b->most);
    assert_int_equal(b->most, 1);
}

static bool looked_between_the_two(void *arg)
{
    struct bench *b = arg;
    int64_t before = b->most, done = oracle_done(&b->oracle);

    if (done == 1) {
        look(b);
        if (oracle_done(&b->oracle) != 1)
            b->most = before; /* what was seen may be from later */
    }
    return done == b->oracle.jobs;
}

/* All come in one lease, as a fresh child believes in short jobs. After the first of the
 * long ones it holds the second, and nothing that others could do meanwhile. */
static void what_waits_behind_a_long_job_goes_to_others(void **state)
{
    struct bench *b = *state;

    oracle_put_as(&b->oracle, &(struct oracle_job){.ms = 1500}, 2);
    oracle_put(&b->oracle, 20);
    hire(b, "1");
    assert_true(until(looked_between_the_two, b, 40000));
    assert_int_equal(b->most, 1);
}

/* ---- in what order -------------------------------------------------------------- */

static bool one_is_dead(void *arg)
{
    struct bench *b = arg;

    return oracle_number(&b->oracle, "SELECT COUNT(*) FROM job_dead") == 1 &&
           oracle_done(&b->oracle) == b->oracle.jobs;
}

/* What a person did later waits for what they did before, as long as that is tried. */
static void a_persons_jobs_keep_their_order(void **state)
{
    struct bench *b = *state;
    struct oracle_job like = {.kind = KIND_TEST_HOT, .key = 4711, .deed = "fail"};

    oracle_put_as(&b->oracle, &like, 1);
    b->oracle.jobs--; /* it will have no effect */
    like.deed = NULL;
    oracle_put_as(&b->oracle, &like, 5);
    hire(b, "2");
    assert_true(until(one_is_dead, b, 40000));
    assert_int_equal(
        oracle_number(&b->oracle,
                      "SELECT COUNT(*) FROM job_hist WHERE outcome = 'retry'"),
        4);
    assert_int_equal(
        oracle_number(
            &b->oracle,
            "SELECT COUNT(*) FROM job_hist d, job_hist h"
            " WHERE d.outcome = 'dead' AND h.outcome = 'done' AND h.at < d.at"),
        0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(short_jobs_come_by_the_dozen),
        TEST(long_jobs_come_one_by_one),
        TEST(what_waits_behind_a_long_job_goes_to_others),
        TEST(a_persons_jobs_keep_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
