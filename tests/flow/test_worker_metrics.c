/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * GET /metrics of a worker: read strictly, and the numbers are those of what happened,
 * whoever dies meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/flow/scene.h"

#define DONE "dvorik_queue_total{kind=\"test.note\",outcome=\"done\"}"
#define RETRY "dvorik_queue_total{kind=\"test.note\",outcome=\"retry\"}"
#define DEAD "dvorik_queue_total{kind=\"test.note\",outcome=\"dead\"}"

static void a_worker_counts_what_it_does(void **state)
{
    (void)state;
    start("worker");
    look();
    shows(DONE, 0);
    oracle_put(&scene.oracle, 120);
    assert_true(oracle_drained(&scene.oracle, SOON_MS));
    shows_soon(DONE, 120);
    shows(DONE, 120);
    shows("dvorik_queue_repeat_total{kind=\"test.note\"}", 0);
    shows("dvorik_queue_run_seconds_count{kind=\"test.note\"}", 120);
    shows("dvorik_queue_pickup_seconds_count{pool=\"logic\",lane=\"normal\"}", 120);
    shows("dvorik_queue_pickup_seconds_count{pool=\"logic\",lane=\"hot\"}", 0);
    shows("dvorik_queue_children{of=\"alive\"}", 3);
    shows("dvorik_queue_fenced_total{pool=\"logic\"}", 0);
    assert_true(value("dvorik_queue_redis_turn_seconds_count{pool=\"logic\"}") > 0);
    assert_true(value("dvorik_queue_redis_turn_seconds_count{pool=\"send\"}") > 0);
    assert_true(value("dvorik_queue_worker_rss_bytes{pool=\"send\",child=\"0\"}") >
                1e6);
    assert_true(value("dvorik_queue_worker_rss_bytes{pool=\"logic\",child=\"2\"}") >
                1e6);
    assert_true(value("dvorik_queue_last_turn_seconds{pool=\"send\",child=\"0\"}") <
                10);
    is_documented();
    live_soon(200);
    assert_int_equal(get("/", NULL, NULL), 404);
    stop();
}

/* The fields that docs/operating.md promises. */
static void line_says(const char *event, const char *kind)
{
    static const char *const field[] = {
        "\"kind\":",    "\"job\":", "\"root\":",  "\"attempt\":",
        "\"wait_ms\":", "\"why\":", "\"worker\":"};
    const char *all = program_output(scene.program), *line, *at;
    size_t n;

    for (line = strstr(all, event); line != NULL; line = strstr(line + 1, event)) {
        n = strcspn(line, "\n");
        at = memmem(line, n, kind, strlen(kind));
        if (at != NULL)
            break;
    }
    if (line == NULL)
        fail_msg("no line %s of %s in %s", event, kind, all);
    for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
        at = memmem(line, n, field[i], strlen(field[i]));
        if (at == NULL)
            fail_msg("%s lacks %s: %.*s", event, field[i], (int)n, line);
    }
}

static void failures_are_counted_and_logged(void **state)
{
    struct oracle_job fails = {.deed = "fail"}, kills = {.deed = "kill"};

    (void)state;
    start("worker");
    oracle_put_as(&scene.oracle, &fails, 1);
    shows_soon(RETRY, 1);
    shows_soon(DEAD, 1);
    shows(RETRY, 4); /* of five tries the last one is the end */
    shows("dvorik_queue_run_seconds_count{kind=\"test.note\"}", 5);
    line_says("\"event\":\"job retried\"", "test.note");
    line_says("\"event\":\"job died\"", "test.note");
    oracle_put_as(&scene.oracle, &kills, 1);
    shows_soon("dvorik_queue_reaped_total{cause=\"died\"}", 2);
    shows_soon("dvorik_queue_worker_deaths_total{cause=\"died\"}", 3);
    line_says("\"event\":\"job reaped\"", "test.note");
    shows(RETRY, 4); /* those who counted it are dead, and their counts live on */
    shows(DEAD, 1);
    stop();
}

/* A count may be lost with who was about to make it; none is taken back. */
static void totals_never_go_back_when_children_die(void **state)
{
    enum { KILLS = 12, EACH = 30 };
    double before = 0;

    (void)state;
    start("worker");
    for (int i = 0; i < KILLS; i++) {
        oracle_put(&scene.oracle, EACH);
        assert_true(oracle_progress(&scene.oracle, 5, SOON_MS));
        kill_a_child();
        look();
        if (value(DONE) < before)
            fail_msg("%s went from %g to %g", DONE, before, value(DONE));
        before = value(DONE);
    }
    assert_true(oracle_drained(&scene.oracle, SOON_MS));
    oracle_check(&scene.oracle);
    shows_soon(DONE, scene.oracle.jobs - KILLS * 20); /* a group may be uncounted */
    assert_true(value(DONE) <= scene.oracle.jobs + KILLS * QUEUE_BATCH_MAX);
    shows_soon("dvorik_queue_children{of=\"alive\"}", 3);
    stop();
}

static void a_door_that_is_taken_is_refused(void **state)
{
    struct program *second;
    char listen[32];

    (void)state;
    start("worker");
    snprintf(listen, sizeof listen, "127.0.0.1:%d", scene.port);
    setenv("WORKER_METRICS_LISTEN", listen, 1);
    second = program_start("dvorik", "worker", NULL);
    assert_int_equal(program_wait(second, SOON_MS), 2);
    assert_true(program_says(second, listen, 1));
    program_end(second);
    setenv("SCHEDULER_METRICS_LISTEN", listen, 1);
    second = program_start("dvorik", "scheduler", NULL);
    assert_int_equal(program_wait(second, SOON_MS), 2);
    assert_true(program_says(second, listen, 1));
    program_end(second);
    stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_worker_counts_what_it_does),
        CASE(failures_are_counted_and_logged),
        CASE(totals_never_go_back_when_children_die),
        CASE(a_door_that_is_taken_is_refused),
    };

    return cmocka_run_group_tests_name("worker metrics", tests, NULL, NULL);
}
