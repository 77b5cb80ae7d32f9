/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Children that sleep on the doorbell, and Redis rings for them and leases them jobs
 * without knowing that they do not hear it: they were stopped, or have lost their line and
 * are back on another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/ordeal.h"
#include "tests/harness/proxy.h"
#include "tests/harness/until.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHILDREN 3 /* of a worker: two for logic, one to send */

static struct redis *look;

static int begin(void **state)
{
    ordeal_begin(state);
    look = redis_open(here.url);
    return look == NULL;
}

static int end(void **state)
{
    redis_close(look);
    return ordeal_end(state);
}

/* Connections that sleep at our Redis. */
static int sleepers(void)
{
    struct redis_reply *r = NULL;
    const char *at = NULL;
    int n = 0;

    if (redis_do(look, &r, "INFO", "clients", NULL) == ST_OK)
        at = strstr(redis_text(r, NULL), "blocked_clients:");
    if (at != NULL)
        n = (int)strtol(strchr(at, ':') + 1, NULL, 10);
    redis_free(r);
    return n;
}

static bool that_many_sleep(void *arg)
{
    return sleepers() >= *(int *)arg;
}

static bool anything_leased(void *arg)
{
    (void)arg;
    return ordeal_redis(&here, "ZCARD", "dv:{s0}:a:w", NULL, NULL) > 0;
}

/* Their parent lives, and does not renew their leases. */
static void jobs_of_stopped_sleepers_go_to_others(void **state)
{
    pid_t pids[8];
    int all = 2 * CHILDREN;

    (void)state;
    ordeal_hire(&here, 2, 2);
    assert_true(until(that_many_sleep, &all, 30000));
    assert_int_equal(program_children(here.worker[1], pids, 8), CHILDREN);
    for (int i = 0; i < CHILDREN; i++)
        kill(pids[i], SIGSTOP);
    for (int i = 0; i < 4; i++) /* each ring wakes another one */
        oracle_put(&here.oracle, 1);
    assert_true(until(anything_leased, NULL, 10000));
    ordeal_drain(&here, QUEUE_LEASE_MS + 25000);
    assert_true(ordeal_counter(&here, "reaped") > 0);
    for (int i = 0; i < CHILDREN; i++)
        kill(pids[i], SIGCONT);
    ordeal_judge(&here);
}

/* They are asleep again on new lines while, for a second at most, Redis still takes the
 * old ones for theirs, and rings for those first. */
static bool put_while_deserted(struct proxy *line)
{
    int before = CHILDREN, both;

    assert_true(until(that_many_sleep, &before, 30000));
    both = sleepers() + CHILDREN;
    proxy_desert(line);
    if (!until(that_many_sleep, &both, 1500))
        return false;
    oracle_put(&here.oracle, 1);
    oracle_put(&here.oracle, 1);
    return true;
}

static void jobs_of_deserted_sleepers_come_back(void **state)
{
    struct proxy *line = proxy_new(server_socket(here.redis), 0);
    int rounds = dose(4, 40), times = 0;
    char url[200];

    (void)state;
    snprintf(url, sizeof url, "unix://%s?db=0", proxy_socket(line));
    setenv("REDIS_URL", url, 1);
    ordeal_worker(&here, 0, 2);
    setenv("REDIS_URL", here.url, 1);
    here.scheduler = program_start("dvorik", "scheduler", NULL);
    for (int i = 0; i < rounds * 4 && times < rounds; i++) {
        times += put_while_deserted(line);
        ordeal_drain(&here, 10000);
    }
    printf("deserted %d times; given back by sleepers: %lld\n", times,
           (long long)ordeal_counter(&here, "reaped"));
    assert_true(times > 0);
    ordeal_judge(&here);
    program_end(here.worker[0]); /* it ends before its line does */
    here.worker[0] = NULL;
    proxy_free(line);
}

/* ---- what is held under the name of a child that knows nothing of it ------------- */

#define PERSON 4711

static const struct oracle_job of_person = {
    .kind = KIND_TEST_HOT, .key = PERSON, .account = 1};

static bool person_is_held(void *arg)
{
    (void)arg;
    return ordeal_redis(&here, "HLEN", "dv:{s0}:a:own", NULL, NULL) > 0;
}

/* The first job is leased to a line that is gone, and the second one rings for the same
 * child on its new line. false: it was too late for that. */
static bool put_two_while_deserted(struct proxy *line)
{
    int one = 1, both = 2;

    assert_true(until(that_many_sleep, &one, 30000));
    proxy_desert(line);
    if (!until(that_many_sleep, &both, 1500))
        return false;
    oracle_put_as(&here.oracle, &of_person, 1);
    if (!until(person_is_held, NULL, 200))
        return false;
    oracle_put_as(&here.oracle, &of_person, 1);
    return true;
}

static void a_ghost_holds_back_what_is_behind_it(void **state)
{
    struct proxy *line = proxy_new(server_socket(here.redis), 0);
    int rounds = dose(2, 20), times = 0;
    char url[200];

    (void)state;
    snprintf(url, sizeof url, "unix://%s?db=0", proxy_socket(line));
    setenv("REDIS_URL", url, 1);
    ordeal_worker(&here, 0, 1);
    setenv("REDIS_URL", here.url, 1);
    for (int i = 0; i < rounds * 4 && times < rounds; i++) {
        times += put_two_while_deserted(line);
        ordeal_drain(&here, 10000);
    }
    assert_true(times > 0);
    assert_true(ordeal_counter(&here, "reaped") > 0);
    assert_int_equal(
        oracle_number(&here.oracle,
                      "SELECT COUNT(*) FROM job_hist a JOIN job_hist b"
                      " ON a.id < b.id AND a.at > b.at WHERE a.kind = 'test.hot'"
                      " AND b.kind = 'test.hot'"),
        0);
    ordeal_judge(&here);
    program_end(here.worker[0]); /* it ends before its line does */
    here.worker[0] = NULL;
    proxy_free(line);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(jobs_of_stopped_sleepers_go_to_others),
        TEST(jobs_of_deserted_sleepers_come_back),
        TEST(a_ghost_holds_back_what_is_behind_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
