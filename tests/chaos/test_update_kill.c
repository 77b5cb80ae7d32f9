/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Class U: what was answered 200 with appendfsync always survives kill -9 of anything,
 * at any instant: bots, Redis, the worker and its children; and has its effect once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/ordeal.h"
#include "tests/harness/postman.h"

#include <signal.h>
#include <stdio.h>

static struct postman postman;

static void bots_start(void)
{
    program_end(here.bots);
    here.bots = program_start("dvorik", "bots", NULL);
}

static int open_here(void **state)
{
    (void)state;
    dose_seed();
    ordeal_open(&here, 0);
    postman_open(&postman, here.oracle.cfg);
    bots_start();
    assert_true(program_says(here.bots, "bots ready", 15000));
    ordeal_hire(&here, 2, 2);
    return 0;
}

static void kill_bots(void)
{
    program_signal(here.bots, SIGKILL);
    ordeal_pass(dose_random(200));
    bots_start();
}

static void kill_redis(void)
{
    server_kill(here.redis, SIGKILL);
    ordeal_pass(dose_random(500));
    server_start(here.redis);
}

static void kill_worker(void)
{
    program_signal(here.worker[0], SIGKILL);
    ordeal_worker(&here, 0, 2);
}

static void kill_child(void)
{
    pid_t pid = ordeal_child(&here, 1);

    if (pid > 0)
        kill(pid, SIGKILL);
}

static const struct victim {
    const char *name;
    void (*kill)(void);
} victims[] = {{"bots", kill_bots},
               {"redis", kill_redis},
               {"worker", kill_worker},
               {"child", kill_child}};
#define VICTIMS (int)(sizeof victims / sizeof *victims)

static void updates_answered_200_survive_any_death(void **state)
{
    int deaths = dose(24, 600), of[VICTIMS] = {0};

    (void)state;
    postman_start(&postman);
    for (int i = 0; i < deaths; i++) {
        int v = i < VICTIMS ? i : dose_random(VICTIMS); /* each at least once */

        oracle_put(&here.oracle, 20);
        ordeal_pass(dose_random(300));
        victims[v].kill();
        of[v]++;
    }
    postman_stop(&postman);
    for (int v = 0; v < VICTIMS; v++)
        printf("%s killed %d times; ", victims[v].name, of[v]);
    printf("%d updates answered 200, %d refused, %d unanswered\n",
           (int)postman.delivered, (int)postman.refused, (int)postman.unanswered);
    postman_judge(&postman, here.oracle.db, ORDEAL_DRAIN_MS);
    ordeal_judge(&here);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_here, ordeal_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(updates_answered_200_survive_any_death),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
