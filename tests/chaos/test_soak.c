/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Everything at random, for as long as there is time (F24): children, Redis and the
 * database killed, answers of Redis lost, jobs all the while. At the end nothing is
 * lost or done twice, who lived through it has not grown, and Redis holds what it held
 * at the beginning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/ordeal.h"
#include "tests/harness/proxy.h"
#include "tests/harness/until.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROWTH_KB 100 /* after an hour; a minute shows only what is allocated once */
#define GROWTH_SHORT_KB 1024
#define BACKLOG 2000

static struct proxy *line; /* between the second worker and Redis */

static int open_here(void **state)
{
    char url[200];

    (void)state;
    dose_seed();
    ordeal_open(&here, ORDEAL_MYSQL);
    line = proxy_new(server_socket(here.redis), 0);
    snprintf(url, sizeof url, "unix://%s?db=0", proxy_socket(line));
    ordeal_hire(&here, 1, 2);
    setenv("REDIS_URL", url, 1);
    ordeal_worker(&here, 1, 2);
    return 0;
}

static int close_here(void **state)
{
    (void)state;
    ordeal_close(&here);
    proxy_free(line);
    return 0;
}

/* ---- what happens --------------------------------------------------------------- */

static void kill_a_child(void)
{
    pid_t pid = ordeal_child(&here, dose_random(2));

    if (pid > 0)
        kill(pid, SIGKILL);
}

static void kill_redis(void)
{
    server_kill(here.redis, SIGKILL);
    ordeal_pass(dose_random(dose(300, 3000)));
    server_start(here.redis);
}

static void kill_mysql(void)
{
    server_kill(here.mysql, SIGKILL);
    ordeal_pass(dose_random(dose(300, 3000)));
    server_start(here.mysql);
}

static void lose_answers(void)
{
    proxy_set(line, 5);
    ordeal_pass(200 + dose_random(dose(300, 2000)));
    proxy_set(line, 0);
}

static void nothing(void)
{
}

static const struct mishap {
    const char *name;
    void (*happens)(void);
    int weight;
} mishaps[] = {{"a child killed", kill_a_child, 10},
               {"redis killed", kill_redis, 2},
               {"database killed", kill_mysql, 1},
               {"answers lost", lose_answers, 3},
               {"nothing", nothing, 4}};
#define MISHAPS (int)(sizeof mishaps / sizeof *mishaps)

static int any_mishap(void)
{
    int total = 0, at;

    for (int i = 0; i < MISHAPS; i++)
        total += mishaps[i].weight;
    at = dose_random(total);
    for (int i = 0; i < MISHAPS; i++)
        if ((at -= mishaps[i].weight) < 0)
            return i;
    return 0;
}

/* ---- jobs ----------------------------------------------------------------------- */

static bool answers(void *arg)
{
    (void)arg;
    return oracle_done(&here.oracle) >= 0;
}

static void put_some(void)
{
    assert_true(until(answers, NULL, 60000));
    if (!oracle_try(&here.oracle, 50 + dose_random(300))) {
        assert_true(until(answers, NULL, 60000));
        oracle_recount(&here.oracle);
    }
    if (here.oracle.jobs - oracle_done(&here.oracle) > BACKLOG)
        assert_true(oracle_progress(&here.oracle, BACKLOG / 2, 60000));
}

static void sum_up(void)
{
    assert_true(until(answers, NULL, 60000));
    oracle_recount(&here.oracle);
    ordeal_judge(&here);
}

/* ---- what has grown ------------------------------------------------------------- */

static int64_t memory_kb(const struct program *p)
{
    char path[40], text[256] = "";
    int64_t kb = -1;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)program_pid(p));
    f = fopen(path, "re");
    assert_non_null(f);
    while (kb < 0 && fgets(text, sizeof text, f) != NULL)
        if (strncmp(text, "Private_Dirty:", 14) == 0)
            kb = strtoll(text + 14, NULL, 10);
    fclose(f);
    assert_true(kb > 0);
    return kb;
}

struct size {
    int64_t parent_kb, scheduler_kb, keys;
};

static struct size size_now(void)
{
    int64_t keys = ordeal_redis(&here, "DBSIZE", NULL, NULL, NULL);

    /* A doorbell that nobody has answered yet is no matter. */
    keys -= ordeal_redis(&here, "EXISTS", "dv:{s0}:a:bell", "dv:{s0}:s:bell", NULL);
    return (struct size){memory_kb(here.worker[0]), memory_kb(here.scheduler), keys};
}

static void check_growth(const struct size *before, const struct size *after)
{
    int kb = dose_soak_ms() >= 3600000 ? GROWTH_KB : GROWTH_SHORT_KB;

    printf("worker's parent %lld -> %lld kB, scheduler %lld -> %lld kB, keys %lld ->"
           " %lld\n",
           (long long)before->parent_kb, (long long)after->parent_kb,
           (long long)before->scheduler_kb, (long long)after->scheduler_kb,
           (long long)before->keys, (long long)after->keys);
    assert_true(after->parent_kb <= before->parent_kb + kb);
    assert_true(after->scheduler_kb <= before->scheduler_kb + kb);
    assert_true(after->keys <= before->keys);
}

/* Each mishap, so that what is allocated at the first time is there already. */
static void warm_up(void)
{
    for (int i = 0; i < MISHAPS * dose(1, 20); i++) {
        put_some();
        mishaps[i % MISHAPS].happens();
    }
    sum_up();
}

static void a_long_bad_day_loses_nothing(void **state)
{
    int64_t ms = dose_soak_ms() > 0 ? dose_soak_ms() : dose(8000, 120000), end;
    int times[MISHAPS] = {0};
    struct size before, after;

    (void)state;
    warm_up();
    before = size_now();
    for (end = clock_mono_ms() + ms; clock_mono_ms() < end;) {
        int i = any_mishap();

        put_some();
        mishaps[i].happens();
        times[i]++;
    }
    sum_up();
    for (int i = 0; i < MISHAPS; i++)
        printf("%s: %d, ", mishaps[i].name, times[i]);
    printf("%lld jobs\n", (long long)here.oracle.jobs);
    after = size_now();
    check_growth(&before, &after);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_here, close_here)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_long_bad_day_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
