/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/flow/scene.h - one program with a door for metrics, a queue of its own, and short
 * words for what it shows there. Included by the tests of what operators see. */
#ifndef TESTS_FLOW_SCENE_H
#define TESTS_FLOW_SCENE_H

#include "core/base/clock.h"
#include "tests/harness/cellar.h"
#include "tests/harness/exposition.h"
#include "tests/harness/oracle.h"
#include "tests/harness/program.h"
#include "tests/harness/until.h"
#include "tests/harness/web.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOON_MS 30000
#define KEY "internal-key-of-the-tests"

struct scene {
    struct oracle oracle;
    struct program *program;
    int port;
    struct exposition seen; /* by the last look */
};
static struct scene scene;

/* ---- words ---------------------------------------------------------------------- */

static inline int open_scene(void **state)
{
    struct config *cfg = world_config();

    (void)state;
    cfg->log_level = "info";
    cfg->log_format = "json";
    cfg->internal_api_key = KEY;
    cfg->api_listen = "127.0.0.1:0";
    oracle_open(&scene.oracle, cfg);
    world_export(cfg);
    setenv("WORKER_METRICS_LISTEN", "127.0.0.1:0", 1);
    setenv("SCHEDULER_METRICS_LISTEN", "127.0.0.1:0", 1);
    setenv("WORKER_PROCESSES", "2", 1);
    return 0;
}

static inline int close_scene(void **state)
{
    (void)state;
    if (scene.program != NULL)
        program_end(scene.program);
    exposition_free(&scene.seen);
    oracle_close(&scene.oracle);
    scene = (struct scene){0};
    return 0;
}

static inline void start(const char *name)
{
    scene.program = program_start("dvorik", name, NULL);
    scene.port = program_port(scene.program, SOON_MS);
    if (scene.port < 0)
        fail_msg("%s does not listen: %s", name, program_output(scene.program));
}

static inline void stop(void)
{
    assert_int_equal(program_end(scene.program), 0);
    scene.program = NULL;
}

static inline int get(const char *path, const char *headers, struct buf *out)
{
    struct web_ask ask = {
        .port = scene.port, .method = "GET", .path = path, .headers = headers};

    return web_ask(&ask, out);
}

/* Reads /metrics into scene.seen. */
static inline void look_with(const char *headers)
{
    struct buf answer = {0};

    assert_int_equal(get("/metrics", headers, &answer), 200);
    assert_non_null(strstr(answer.s, "text/plain; version=0.0.4"));
    exposition_free(&scene.seen);
    if (!exposition_read(&scene.seen, web_body(&answer)))
        fail_msg("%s in %s", scene.seen.why, answer.s);
    buf_free(&answer);
}

/* Who reads a number finds it in the book. */
static inline void is_documented(void)
{
    static char book[100000];
    char name[220];
    FILE *f = fopen("docs/operating.md", "re");

    assert_non_null(f);
    book[fread(book, 1, sizeof book - 1, f)] = '\0';
    fclose(f);
    for (size_t i = 0; i < scene.seen.n; i++) {
        snprintf(name, sizeof name, "`%s`", exposition_family(&scene.seen.series[i]));
        if (strstr(book, name) == NULL)
            fail_msg("docs/operating.md says nothing of %s", name);
    }
}

static inline void look(void)
{
    look_with(NULL);
}

static inline double value(const char *series)
{
    return exposition_value(&scene.seen, series);
}

static inline void shows(const char *series, double wanted)
{
    if (!exposition_has(&scene.seen, series))
        fail_msg("there is no %s", series);
    if (value(series) != wanted)
        fail_msg("%s is %g, wanted %g", series, value(series), wanted);
}

/* A series that comes to a value within a while. */
struct hope {
    const char *series;
    double least;
};

static inline bool comes(void *arg)
{
    const struct hope *h = arg;

    look();
    return value(h->series) >= h->least;
}

static inline void shows_soon(const char *series, double least)
{
    struct hope h = {series, least};

    if (!until(comes, &h, SOON_MS))
        fail_msg("%s is %g, wanted %g", series, value(series), least);
}

static inline bool live_is(void *arg)
{
    return get("/live", NULL, NULL) == *(int *)arg;
}

static inline void live_soon(int status)
{
    if (!until(live_is, &status, SOON_MS))
        fail_msg("/live is not %d: %s", status, program_output(scene.program));
}

/* ---- a child dies -------------------------------------------------------------- */

static inline void kill_a_child(void)
{
    pid_t pids[8];
    int n = program_children(scene.program, pids, 8);

    if (n > 0)
        kill(pids[random() % n], SIGKILL);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_scene, close_scene)

#endif
