/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The queue as a whole, as scheduler and api show it to Prometheus. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/flow/scene.h"

static void forget_list(const char *what)
{
    char key[QUEUE_KEY_MAX];
    struct redis_reply *r = NULL;

    queue_key(key, (struct queue_at){POOL_LOGIC, 0}, what);
    assert_int_equal(redis_do(queue_redis(scene.oracle.queue), &r, "DEL", key, NULL),
                     ST_OK);
    redis_free(r);
}

static void a_scheduler_shows_the_queue_and_its_clock(void **state)
{
    (void)state;
    oracle_put(&scene.oracle, 3);
    start("scheduler");
    shows_soon("dvorik_queue_leader", 1);
    shows("dvorik_queue_up", 1);
    shows("dvorik_queue_depth{pool=\"logic\",lane=\"normal\"}", 3);
    assert_true(value("dvorik_queue_oldest_seconds{pool=\"logic\",lane=\"normal\"}") >
                0);
    shows("dvorik_queue_inflight{pool=\"logic\"}", 0);
    shows("dvorik_queue_conservation_drift{pool=\"logic\"}", 0);
    shows("dvorik_queue_reconciled_total{pool=\"logic\"}", 0);
    shows("dvorik_queue_rows{state=\"dead\"}", 0);
    shows("dvorik_queue_spilled", 0);
    shows("dvorik_queue_memory_level", 0);
    shows("dvorik_queue_unknown_sends{policy=\"resend\"}", 0);
    assert_true(value("dvorik_queue_cron_late_seconds{of=\"now\"}") < 60);
    assert_true(value("dvorik_queue_rows{state=\"open\"}") >= 3);
    is_documented();
    live_soon(200);
    forget_list("16");
    assert_int_equal(db_exec(scene.oracle.db, NULL,
                             "UPDATE job_open SET run_at = ? WHERE kind = 'test.note'",
                             DB_TIME(clock_now() - MINUTE)),
                     ST_OK);
    shows_soon("dvorik_queue_reconciled_total{pool=\"logic\"}", 3);
    shows("dvorik_queue_conservation_drift{pool=\"logic\"}", 3);
    stop();
}

static void the_api_shows_the_queue_to_who_has_the_key(void **state)
{
    struct buf answer = {0};

    (void)state;
    oracle_put(&scene.oracle, 3);
    start("api");
    assert_true(program_says(scene.program, "api ready", SOON_MS));
    assert_int_equal(get("/metrics", NULL, &answer), 401);
    assert_null(strstr(answer.s, "dvorik_queue"));
    buf_free(&answer);
    assert_int_equal(get("/metrics", "X-API-Key: wrong\r\n", NULL), 401);
    assert_int_equal(get("/metrics", "Authorization: Bearer wrong\r\n", NULL), 401);
    assert_int_equal(get("/metrics", "Authorization: Basic " KEY "\r\n", NULL), 401);
    look_with("X-API-Key: " KEY "\r\n");
    shows("dvorik_queue_depth{pool=\"logic\",lane=\"normal\"}", 3);
    shows("dvorik_queue_rows{state=\"open\"}", 3);
    look_with("Authorization: Bearer " KEY "\r\n");
    shows("dvorik_queue_up", 1);
    /* the bearer opens this address only */
    assert_int_equal(
        get("/internal/webhook-info", "Authorization: Bearer " KEY "\r\n", NULL), 401);
    stop();
    unsetenv("INTERNAL_API_KEY");
    start("api");
    assert_true(program_says(scene.program, "api ready", SOON_MS));
    assert_int_equal(get("/metrics", NULL, NULL), 403);
    stop();
}

/* Several who ask at once get the same answer of one look. */
static void many_ask_the_api_at_once(void **state)
{
    enum { MANY = 20 };
    struct buf answer = {0};
    int fd[MANY];

    (void)state;
    start("api");
    assert_true(program_says(scene.program, "api ready", SOON_MS));
    for (int i = 0; i < MANY; i++)
        fd[i] = web_say(&(struct web_ask){.port = scene.port,
                                          .method = "GET",
                                          .path = "/metrics",
                                          .headers = "X-API-Key: " KEY "\r\n"});
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(web_hear(fd[i], &answer), 200);
        exposition_free(&scene.seen);
        assert_true(exposition_read(&scene.seen, web_body(&answer)));
        shows("dvorik_queue_up", 1);
        buf_free(&answer);
    }
    stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_scheduler_shows_the_queue_and_its_clock),
        CASE(the_api_shows_the_queue_to_who_has_the_key),
        CASE(many_ask_the_api_at_once),
    };

    return cmocka_run_group_tests_name("queue metrics", tests, NULL, NULL);
}
