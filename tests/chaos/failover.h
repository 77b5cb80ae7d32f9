/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/chaos/failover.h - workers, a scheduler and the counting oracle on a Redis that
 * will go elsewhere, for the tests of that. */
#ifndef TESTS_CHAOS_FAILOVER_H
#define TESTS_CHAOS_FAILOVER_H

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

#include <stdio.h>
#include <stdlib.h>

#define WORKERS 2
#define PROMOTED_MS 30000
#define RESUMED_MS 5000
#define DRAIN_MS 60000
#define SLICE 20 /* jobs put at once */

static struct oracle oracle;
static struct program *worker[WORKERS], *scheduler, *bots;

/* What the programs have said, where they do not what they should. */
static inline void expect(bool good, const char *what)
{
    if (good)
        return;
    for (int i = 0; i < WORKERS; i++)
        fprintf(stderr, "--- worker %d\n%s\n", i, program_output(worker[i]));
    fail_msg("%s", what);
}

static inline void work_begin(const char *url, int shards)
{
    char text[12];
    struct config *cfg = world_config();

    cfg->redis_url = cfg->redis_cache_url = cfg->redis_fsm_url = url;
    cfg->queue_shards = shards;
    cfg->log_level = "info";
    oracle_open(&oracle, cfg);
    world_export(cfg);
    snprintf(text, sizeof text, "%d", shards);
    setenv("QUEUE_SHARDS", text, 1);
    for (int i = 0; i < WORKERS; i++)
        worker[i] = program_start("dvorik", "worker", NULL);
    scheduler = program_start("dvorik", "scheduler", NULL);
    oracle_put(&oracle, SLICE);
    expect(oracle_progress(&oracle, SLICE, DRAIN_MS), "no work is done");
}

static inline void work_end(void)
{
    expect(oracle_drained(&oracle, DRAIN_MS), "some work is never done");
    oracle_check(&oracle);
    for (int i = 0; i < WORKERS; i++)
        assert_int_equal(program_end(worker[i]), 0);
    assert_int_equal(program_end(scheduler), 0);
    assert_int_equal(program_end(bots), 0);
    bots = NULL;
    oracle_close(&oracle);
}

/* From the moment there is a master to go to. */
static inline void work_resumes(const char *what)
{
    int64_t from = clock_mono_ms();

    oracle_put(&oracle, SLICE);
    expect(oracle_progress(&oracle, SLICE, dose_bound_ms(RESUMED_MS)), what);
    printf("after %s work went on in %d ms\n", what, (int)(clock_mono_ms() - from));
}

#endif
