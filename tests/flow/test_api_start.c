/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik api` and the Redis it finds at its start, or later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/config.h"
#include "tests/harness/cellar.h"
#include "tests/harness/program.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define SOON_MS 20000

static int opened(void **state)
{
    struct config *cfg = world_config();

    (void)state;
    cellar_open();
    cfg->redis_url = cellar.url;
    world_export(cfg);
    setenv("LOG_LEVEL", "info", 1);
    return 0;
}

static int closed(void **state)
{
    (void)state;
    cellar_close();
    return 0;
}

static void ends_refused(struct program *p, const char *wants)
{
    if (program_wait(p, SOON_MS) != 2)
        fail_msg("it runs: %s", program_output(p));
    if (strstr(program_output(p), wants) == NULL)
        fail_msg("it does not say %s: %s", wants, program_output(p));
    program_end(p);
}

static void takes_the_queue_for_its_own(void)
{
    struct program *p = program_start("dvorik", "api", NULL);

    assert_true(program_says(p, "api ready", SOON_MS));
    assert_int_equal(program_end(p), 0);
}

static void a_queue_of_other_shards_is_refused(void **state)
{
    (void)state;
    takes_the_queue_for_its_own();
    setenv("QUEUE_SHARDS", "3", 1);
    ends_refused(program_start("dvorik", "api", NULL), "QUEUE_SHARDS is 3");
    unsetenv("QUEUE_SHARDS");
    takes_the_queue_for_its_own();
}

/* It does not wait for a Redis that is away, but looks at it when it comes. */
static void a_redis_that_comes_late_is_looked_at(void **state)
{
    struct program *p;

    (void)state;
    server_kill(cellar.server, SIGTERM);
    setenv("QUEUE_SHARDS", "3", 1);
    p = program_start("dvorik", "api", NULL);
    assert_true(program_says(p, "api ready", SOON_MS));
    assert_true(program_lives(p));
    server_start(cellar.server);
    ends_refused(p, "QUEUE_SHARDS is 3");
    unsetenv("QUEUE_SHARDS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queue_of_other_shards_is_refused),
        cmocka_unit_test(a_redis_that_comes_late_is_looked_at),
    };

    return cmocka_run_group_tests(tests, opened, closed);
}
