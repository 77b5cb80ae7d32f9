/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik jobs bench`: measures a running installation, says when nobody works, and
 * keeps its hands off a queue that has work. */
#include "core/base/json.h"
#include "core/io/queue.h"
#include "tests/harness/program.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define SOON_MS 30000

static int open_world(void **state)
{
    struct config *cfg = world_config();

    cfg->log_level = "error";
    world_export(cfg);
    *state = cfg;
    return 0;
}

/* Runs it to its end; the exit status. out: what it said, lent. */
static int bench(const char *n, const char **out)
{
    static struct program *p;
    int status;

    if (p != NULL)
        program_end(p);
    p = n ? program_start("dvorik", "jobs", "bench", n, "--json", NULL) : NULL;
    if (p == NULL)
        return -1;
    status = program_wait(p, SOON_MS);
    *out = program_output(p);
    return status;
}

static int close_world(void **state)
{
    const char *out;

    (void)state;
    bench(NULL, &out);
    return 0;
}

static void test_measures(void **state)
{
    struct program *worker = program_start("dvorik", "worker", NULL);
    const char *out, *at;
    struct json *o;

    (void)state;
    assert_int_equal(bench("500", &out), 0);
    assert_non_null(at = strchr(out, '{'));
    o = json_parse(at, strcspn(at, "\n"));
    assert_int_equal(json_int_or(o, "jobs", 0), 500);
    assert_true(json_int_or(o, "put_us", 0) > 0);
    assert_true(json_int_or(o, "run_us", 0) >= json_int_or(o, "put_us", 0));
    assert_true(json_int_or(o, "pickup_p50_us", 0) > 0);
    assert_true(json_int_or(o, "pickup_p99_us", 0) >=
                json_int_or(o, "pickup_p50_us", 0));
    json_free(o);
    assert_int_equal(program_end(worker), 0);
}

static void test_says_that_nobody_works(void **state)
{
    const char *out;

    (void)state;
    assert_int_equal(bench("100", &out), 1);
    assert_non_null(strstr(out, "dvorik worker"));
}

/* What the test before left waits: whose jobs they are is not asked. */
static void test_leaves_a_busy_queue_alone(void **state)
{
    struct queue *q = queue_open(*state);
    struct queue_at at = {POOL_LOGIC, 0};
    const char *out;
    struct census c;

    assert_int_equal(bench("100", &out), 1);
    assert_non_null(strstr(out, "at work"));
    assert_int_equal(queue_census(q, at, &c), ST_OK);
    assert_int_equal(c.list[16].length, 100); /* and none of its own */
    census_free(&c);
    queue_close(q);
}

static void test_refuses_silly_numbers(void **state)
{
    static const char *const silly[] = {"0", "99", "200001", "-5", "ten", "100x", ""};
    const char *out;

    (void)state;
    for (size_t i = 0; i < sizeof silly / sizeof *silly; i++)
        assert_int_equal(bench(silly[i], &out), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measures),
        cmocka_unit_test(test_says_that_nobody_works),
        cmocka_unit_test(test_leaves_a_busy_queue_alone),
        cmocka_unit_test(test_refuses_silly_numbers),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
