/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Is it in order? GET /live of a worker, and `dvorik jobs verify` of a queue at work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/flow/scene.h"

/* Things move while it looks: what it finds must be true all the same. */
static void verify_finds_nothing_in_a_queue_at_work(void **state)
{
    struct oracle_job hot = {.kind = KIND_TEST_HOT};

    (void)state;
    start("worker");
    for (int i = 0; i < 3; i++) {
        struct program *p;

        oracle_put_as(&scene.oracle, &hot, 1500);
        oracle_put(&scene.oracle, 1500);
        kill_a_child();
        p = program_start("dvorik", "jobs", "verify", NULL);
        if (program_wait(p, SOON_MS) != 0)
            fail_msg("%s", program_output(p));
        program_end(p);
    }
    assert_true(oracle_drained(&scene.oracle, SOON_MS));
    oracle_check(&scene.oracle);
    stop();
}

static void a_worker_with_a_frozen_child_is_not_live(void **state)
{
    struct buf answer = {0};
    pid_t pids[8];

    (void)state;
    start("worker");
    live_soon(200);
    assert_int_equal(program_children(scene.program, pids, 8), 3);
    kill(pids[1], SIGSTOP);
    live_soon(503);
    assert_int_equal(get("/live", NULL, &answer), 503);
    assert_non_null(strstr(web_body(&answer), "without an answer of redis"));
    buf_free(&answer);
    kill(pids[1], SIGCONT);
    live_soon(200);
    stop();
}

static void a_worker_without_redis_is_not_live(void **state)
{
    (void)state;
    cellar_open();
    scene.oracle.cfg->redis_url = cellar.url;
    world_export(scene.oracle.cfg);
    setenv("REDIS_FSM_URL", cellar.url, 1);
    start("worker");
    live_soon(200);
    server_kill(cellar.server, SIGKILL);
    live_soon(503);
    server_start(cellar.server);
    live_soon(200);
    stop();
    cellar_close();
    unsetenv("REDIS_FSM_URL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(verify_finds_nothing_in_a_queue_at_work),
        CASE(a_worker_with_a_frozen_child_is_not_live),
        CASE(a_worker_without_redis_is_not_live),
    };

    return cmocka_run_group_tests_name("worker live", tests, NULL, NULL);
}
