/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A worker stopped while Telegram has its requests, until its leases have lapsed and
 * another one has decided what to do; then let go on (F12, sends): marketing was sent
 * once at most, a receipt at least once, and each has one end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/dose.h"
#include "tests/harness/program.h"
#include "tests/harness/sender.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CHAT 810000000000LL
#define CASES_MAX 24
#define CHILDREN_MAX 16

static struct program *zombie, *other, *scheduler;
static int64_t message[CASES_MAX];
static int cases;

static struct program *worker_start(void)
{
    struct program *w = program_start("dvorik", "worker", NULL);

    assert_true(program_says(w, "worker ready", 15000));
    return w;
}

static void put_all(int64_t first)
{
    char form[100];

    snprintf(form, sizeof form, "from=%" PRId64 "&count=%d&started=client", first,
             cases);
    botapi_tell(yard.api, "people/many", form);
    snprintf(form, sizeof form, "kind=slow&delay_ms=4000&method=sendMessage&count=%d",
             cases);
    botapi_tell(yard.api, "faults", form);
    for (int i = 0; i < cases; i++) {
        yard.chat = first + i;
        message[i] = put_text("?", i % 2 ? UNSURE_ASSUME : UNSURE_RESEND);
    }
}

static bool all_called(void *since)
{
    return botapi_count(yard.api, "sendMessage", 0).calls >= *(int *)since + cases;
}

static void signal_all(struct program *w, int signo)
{
    pid_t pids[CHILDREN_MAX];
    int n = program_children(w, pids, CHILDREN_MAX);

    if (signo == SIGSTOP) /* the parent first: it must not see its children stop */
        program_signal(w, signo);
    for (int i = 0; i < n; i++)
        kill(pids[i], signo);
    if (signo != SIGSTOP)
        program_signal(w, signo);
}

static bool all_ended(void *arg)
{
    (void)arg;
    return number("SELECT COUNT(*) FROM message WHERE state IN (1, 2)") == 0;
}

static bool is_quiet(void *arg)
{
    struct census c;
    bool quiet;

    (void)arg;
    assert_int_equal(queue_census(yard.queue, (struct queue_at){POOL_SEND, 0}, &c),
                     ST_OK);
    quiet = c.n_workers == 0;
    census_free(&c);
    return quiet && is_no_job(NULL);
}

static void judge(int64_t first)
{
    for (int i = 0; i < cases; i++) {
        struct botapi_count n = botapi_count(yard.api, "sendMessage", first + i);
        enum message_state s = message_now(message[i]).state;

        if (i % 2) {
            assert_int_equal(n.calls, 1);
            assert_true(s == MESSAGE_UNKNOWN || s == MESSAGE_SENT);
        } else {
            assert_in_range(n.accepted, 1, 2);
            assert_int_equal(s, MESSAGE_SENT);
        }
    }
}

static void round_of(int64_t first)
{
    int before = botapi_count(yard.api, "sendMessage", 0).calls;

    zombie = worker_start();
    put_all(first);
    assert_true(until(all_called, &before, SOON_MS));
    signal_all(zombie, SIGSTOP);
    other = worker_start();
    /* One that was stopped inside a transaction has its row locked until it goes on. */
    if (!until(all_ended, NULL, QUEUE_LEASE_MS + 15000))
        print_message("not all could end while the zombie stood still\n");
    signal_all(zombie, SIGCONT);
    assert_true(until(all_ended, NULL, 60000));
    assert_true(until(is_quiet, NULL, 30000));
    judge(first);
    assert_int_equal(program_end(zombie), 0);
    assert_int_equal(program_end(other), 0);
}

static void sends_of_a_zombie_are_no_surprise(void **state)
{
    int rounds = dose(1, 8);

    (void)state;
    cases = dose(6, CASES_MAX);
    world_export(yard.cfg);
    setenv("WORKER_PROCESSES", "1", 1);
    setenv("LOG_LEVEL", "info", 1);
    scheduler = program_start("dvorik", "scheduler", NULL);
    for (int i = 0; i < rounds; i++)
        round_of(FIRST_CHAT + (int64_t)i * CASES_MAX);
    printf("%d requests of stopped workers, %d ended as unknown\n", rounds * cases,
           (int)number("SELECT COUNT(*) FROM message WHERE state = 6"));
    assert_int_equal(program_end(scheduler), 0);
    assert_int_equal(botapi_violations(yard.api), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_of_a_zombie_are_no_surprise),
    };

    return cmocka_run_group_tests(tests, yard_open, yard_close);
}
