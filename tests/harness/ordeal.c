/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/ordeal.h"

#include "core/base/clock.h"
#include "core/io/verify.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ordeal_open_under(struct ordeal *d, int own, const char *dir)
{
    const char *tmp = getenv("TMPDIR");
    struct config *cfg;

    *d = (struct ordeal){0};
    if (own & ORDEAL_MYSQL)
        d->mysql = server_new_in(SERVER_MYSQL, dir);
    d->redis = server_new_in(SERVER_REDIS, d->mysql ? tmp : dir);
    cfg = d->mysql ? world_config_on(server_socket(d->mysql)) : world_config();
    snprintf(d->url, sizeof d->url, "unix://%s?db=0", server_socket(d->redis));
    cfg->redis_url = cfg->redis_cache_url = cfg->redis_fsm_url = d->url;
    cfg->log_level = "info";
    oracle_open(&d->oracle, cfg);
    world_export(cfg);
}

void ordeal_open(struct ordeal *d, int own)
{
    ordeal_open_under(d, own, getenv("TMPDIR"));
}

/* ---- who works ------------------------------------------------------------------ */

void ordeal_worker(struct ordeal *d, int i, int processes)
{
    char text[12];

    program_end(d->worker[i]);
    snprintf(text, sizeof text, "%d", processes);
    setenv("WORKER_PROCESSES", text, 1);
    d->worker[i] = program_start("dvorik", "worker", NULL);
}

void ordeal_hire(struct ordeal *d, int workers, int processes)
{
    for (int i = 0; i < workers; i++)
        ordeal_worker(d, i, processes);
    program_end(d->scheduler);
    d->scheduler = program_start("dvorik", "scheduler", NULL);
}

pid_t ordeal_child(struct ordeal *d, int i)
{
    pid_t pids[64];
    int n = d->worker[i] ? program_children(d->worker[i], pids, 64) : 0;

    return n > 0 ? pids[dose_random(n)] : 0;
}

static int dismiss(struct program *p)
{
    int status;

    if (p == NULL)
        return 0;
    program_signal(p, SIGTERM);
    status = program_wait(p, 15000);
    if (status != 0)
        fprintf(stderr, "it ended with status %d and had said:\n%s\n", status,
                program_output(p));
    program_end(p);
    return status;
}

void ordeal_close(struct ordeal *d)
{
    int failed = 0;

    for (int i = 0; i < ORDEAL_WORKERS; i++)
        failed += dismiss(d->worker[i]) != 0;
    /* Told to end while it begins, it ends as any program does: by the signal. */
    if (d->scheduler != NULL)
        (void)program_says(d->scheduler, "scheduler ready", 15000);
    failed += dismiss(d->scheduler) != 0;
    failed += dismiss(d->bots) != 0;
    oracle_close(&d->oracle);
    server_free(d->redis);
    server_free(d->mysql);
    assert_int_equal(failed, 0);
}

struct ordeal here;

int ordeal_begin(void **state)
{
    (void)state;
    dose_seed();
    ordeal_open(&here, 0);
    return 0;
}

int ordeal_end(void **state)
{
    (void)state;
    ordeal_close(&here);
    return 0;
}

/* ---- the judgement -------------------------------------------------------------- */

int64_t ordeal_drain(struct ordeal *d, int ms)
{
    int64_t from = clock_mono_ms();

    if (oracle_drained(&d->oracle, ms))
        return clock_mono_ms() - from;
    for (int i = 0; i < ORDEAL_WORKERS; i++)
        if (d->worker[i] != NULL)
            fprintf(stderr, "--- worker %d\n%s\n", i, program_output(d->worker[i]));
    if (d->scheduler != NULL)
        fprintf(stderr, "--- scheduler\n%s\n", program_output(d->scheduler));
    fail_msg("%lld of %lld jobs were done in %d ms", (long long)oracle_done(&d->oracle),
             (long long)d->oracle.jobs, ms);
    return -1;
}

/* What is on its way is found by one pass and not by the next. */
static bool is_whole(void *arg)
{
    struct ordeal *d = arg;
    struct findings f = {0};
    int wrong = 0;

    if (verify_pass(d->oracle.db, d->oracle.queue, clock_now(), &f) != ST_OK)
        wrong = 1;
    snprintf(d->found, sizeof d->found, "verify could not look");
    for (size_t i = 0; i < f.n; i++) {
        if (f.found[i].rule == VERIFY_DRIFT && d->forgetful)
            continue;
        snprintf(d->found, sizeof d->found, "%s: %s: %s", verify_name(f.found[i].rule),
                 f.found[i].what, f.found[i].words);
        wrong++;
    }
    findings_free(&f);
    return wrong == 0;
}

void ordeal_judge(struct ordeal *d)
{
    ordeal_drain(d, ORDEAL_DRAIN_MS);
    oracle_check(&d->oracle);
    if (!until(is_whole, d, 20000))
        fail_msg("the queue is not whole: %s", d->found);
}

/* ---- looking -------------------------------------------------------------------- */

int64_t ordeal_redis(struct ordeal *d, const char *verb, const char *a, const char *b,
                     const char *c)
{
    struct redis_reply *r = NULL;
    int64_t n;

    assert_int_equal(redis_do(queue_redis(d->oracle.queue), &r, verb, a, b, c, NULL),
                     ST_OK);
    n = redis_int(r);
    redis_free(r);
    return n;
}

int64_t ordeal_counter(struct ordeal *d, const char *name)
{
    return ordeal_redis(d, "HGET", "dv:{s0}:a:c", name, NULL);
}

int64_t ordeal_memory(struct ordeal *d)
{
    struct redis_reply *r = NULL;
    const char *at;
    int64_t n;

    assert_int_equal(redis_do(queue_redis(d->oracle.queue), &r, "INFO", "memory", NULL),
                     ST_OK);
    at = redis_text(r, NULL);
    at = at != NULL ? strstr(at, "used_memory:") : NULL;
    assert_non_null(at);
    n = strtoll(strchr(at, ':') + 1, NULL, 10);
    redis_free(r);
    return n;
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

void ordeal_pass(int ms)
{
    until(never, NULL, ms);
}

int ordeal_lines(struct program *p)
{
    int n = 0;

    for (const char *s = program_output(p); (s = strchr(s, '\n')) != NULL; s++)
        n++;
    return n;
}
