/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Sleeping on a bell in front of a script (redis_eval_bell): who is rung for has the
 * answer, a sleep ends when it is time whatever Redis' ticks are, and nothing that
 * happens in it is fatal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/cellar.h"
#include "tests/harness/dose.h"
#include "tests/harness/until.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#define LONG_MS 30000 /* a sleep that something else must end */
#define SOON_MS 10000
#define NAPS 9

static const char count_source[] = "return redis.call('INCR', KEYS[1])";
static struct redis_script count_script = {"count", count_source,
                                           count_source + sizeof count_source - 1, ""};

static struct redis *client;

static int begin(void **state)
{
    (void)state;
    cellar_open();
    client = redis_open(cellar.url);
    return client == NULL;
}

static int end(void **state)
{
    (void)state;
    redis_close(client);
    cellar_close();
    return 0;
}

/* ---- the sleeper ----------------------------------------------------------------- */

struct slept {
    enum status st;
    int64_t n, ms; /* what the script answered, how long it all took */
};

static struct slept sleep_at(int ms, bool (*stop)(void))
{
    struct redis_bell bell = {"bell", ms, stop};
    struct redis_reply *r = NULL;
    struct redis_cmd c = {0};
    struct slept s;
    int64_t from = clock_mono_ms();

    redis_arg_text(&c, "n");
    s.st = redis_eval_bell(client, &bell, &count_script, 1, &c, &r);
    s.n = redis_int(r);
    s.ms = clock_mono_ms() - from;
    redis_free(r);
    redis_cmd_free(&c);
    return s;
}

/* ---- somebody else, while it sleeps ---------------------------------------------- */

static bool somebody_sleeps(void *arg)
{
    struct redis_reply *r = NULL;
    bool yes = redis_do(arg, &r, "INFO", "clients", NULL) == ST_OK &&
               strstr(redis_text(r, NULL), "blocked_clients:1\r") != NULL;

    redis_free(r);
    return yes;
}

static void say(struct redis *r, const char *verb, const char *a, const char *b)
{
    struct redis_reply *reply = NULL;

    if (redis_do(r, &reply, verb, a, b, NULL) != ST_OK)
        fprintf(stderr, "%s was refused\n", verb);
    redis_free(reply);
}

static void ring(struct redis *r)
{
    say(r, "RPUSH", "bell", "1");
}

static void forget_and_ring(struct redis *r)
{
    say(r, "SCRIPT", "FLUSH", NULL);
    ring(r);
}

static void cut(struct redis *r)
{
    struct redis_reply *reply = NULL;

    if (redis_do(r, &reply, "CLIENT", "KILL", "TYPE", "normal", NULL) != ST_OK)
        fprintf(stderr, "nobody was cut off\n");
    redis_free(reply);
}

struct other {
    pthread_t thread;
    void (*does)(struct redis *r);
    bool slept;
};

static void *live(void *arg)
{
    struct other *o = arg;
    struct redis *r = redis_open(cellar.url);

    o->slept = until(somebody_sleeps, r, SOON_MS);
    o->does(r);
    redis_close(r);
    return NULL;
}

/* Sleeps long, and the other one does that when it does. */
static struct slept sleep_while(void (*does)(struct redis *r))
{
    struct other o = {.does = does};
    struct slept s;

    assert_int_equal(pthread_create(&o.thread, NULL, live, &o), 0);
    s = sleep_at(LONG_MS, NULL);
    pthread_join(o.thread, NULL);
    assert_true(o.slept);
    return s;
}

/* ---- tests ----------------------------------------------------------------------- */

static void who_is_rung_for_has_the_answer(void **state)
{
    struct slept s;

    (void)state;
    for (int i = 1; i <= 3; i++) {
        s = sleep_while(ring);
        assert_int_equal(s.st, ST_OK);
        assert_int_equal(s.n, i);
        assert_true(s.ms < SOON_MS);
        assert_int_equal(cellar_ask("LLEN", "bell", NULL, NULL), 0);
    }
    assert_int_equal(cellar_ask("RPUSH", "bell", "1", NULL), 1);
    assert_true(sleep_at(LONG_MS, NULL).ms < SOON_MS); /* it has rung already */
}

/* With one tick a second, Redis itself would be late by half a second. */
static void a_sleep_ends_when_it_is_time(void **state)
{
    int64_t late[NAPS];

    (void)state;
    cellar_config("hz", "1");
    for (int i = 0; i < NAPS; i++) {
        int ms = 3 + i * i * 4;
        struct slept s = sleep_at(ms, NULL);

        assert_int_equal(s.st, ST_OK);
        assert_int_equal(s.n, i + 1);
        late[i] = s.ms - ms;
        assert_true(late[i] >= -1); /* both clocks are of whole ms */
    }
    printf("late by %lld ms (p50), %lld ms (p90)\n",
           (long long)dose_percentile(late, NAPS, 50),
           (long long)dose_percentile(late, NAPS, 90));
    assert_true(dose_percentile(late, NAPS, 50) <= dose_bound_ms(5));
    cellar_config("hz", "10");
}

/* From a second on its ticks are good enough. */
static void a_long_sleep_is_left_to_redis(void **state)
{
    struct slept s = sleep_at(1000, NULL);

    (void)state;
    assert_int_equal(s.st, ST_OK);
    assert_true(s.ms >= 999 && s.ms < 1000 + SOON_MS);
}

static volatile sig_atomic_t signals;

static void on_signal(int signo)
{
    (void)signo;
    signals++;
}

static bool third_signal(void)
{
    return signals >= 3;
}

/* Those that do not mean a stop disturb nobody. */
static void a_signal_to_stop_ends_a_sleep(void **state)
{
    const struct itimerval each = {{0, 30000}, {0, 30000}}, none = {{0, 0}, {0, 0}};
    struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct slept s;

    (void)state;
    signals = 0;
    sigaction(SIGALRM, &sa, NULL);
    setitimer(ITIMER_REAL, &each, NULL);
    s = sleep_at(LONG_MS, third_signal);
    setitimer(ITIMER_REAL, &none, NULL);
    assert_int_equal(s.st, ST_OK);
    assert_int_equal(s.n, 1);
    assert_true(signals >= 3);
    assert_true(s.ms >= 80 && s.ms < SOON_MS);
    assert_true(sleep_at(LONG_MS, third_signal).ms < SOON_MS); /* it is to stop still */
}

/* Where CLIENT UNBLOCK is forbidden, Redis' own tick ends the sleep. */
static void who_may_not_wake_itself_wakes_later(void **state)
{
    (void)state;
    cellar_ask("ACL", "SETUSER", "default", "-client|unblock");
    for (int i = 1; i <= 3; i++) {
        struct slept s = sleep_at(30, NULL);

        assert_int_equal(s.st, ST_OK);
        assert_int_equal(s.n, i);
        assert_true(s.ms >= 29 && s.ms < SOON_MS);
    }
    cellar_ask("ACL", "SETUSER", "default", "+@all");
}

static void what_was_lost_in_a_sleep_is_unsure(void **state)
{
    struct slept s = sleep_while(cut);

    (void)state;
    assert_int_equal(s.st, ST_UNSURE);
    assert_int_equal(cellar_ask("GET", "n", NULL, NULL), 0);
    s = sleep_at(20, NULL);
    assert_int_equal(s.st, ST_OK);
    assert_int_equal(s.n, 1);
}

static void a_script_forgotten_in_a_sleep_is_loaded_again(void **state)
{
    struct slept s;

    (void)state;
    assert_int_equal(sleep_at(1, NULL).n, 1);
    s = sleep_while(forget_and_ring);
    assert_int_equal(s.st, ST_OK);
    assert_int_equal(s.n, 2);
    assert_true(s.ms < SOON_MS);
}

/* The script has its answer all the same, but nobody spins. */
static void a_bell_that_is_none_lets_nobody_sleep(void **state)
{
    (void)state;
    cellar_ask("SET", "bell", "x", NULL);
    for (int i = 1; i <= 3; i++) {
        struct slept s = sleep_at(LONG_MS, NULL);

        assert_int_equal(s.st, ST_OK);
        assert_int_equal(s.n, i);
        assert_true(s.ms >= 90 && s.ms < SOON_MS);
    }
}

static void a_redis_that_freezes_in_a_sleep_holds_nobody(void **state)
{
    struct slept s;

    (void)state;
    assert_int_equal(sleep_at(1, NULL).st, ST_OK);
    server_signal(cellar.server, SIGSTOP);
    s = sleep_at(50, NULL);
    server_signal(cellar.server, SIGCONT);
    assert_int_equal(s.st, ST_UNSURE);
    assert_true(s.ms < SOON_MS);
    assert_int_equal(sleep_at(1, NULL).st, ST_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_is_rung_for_has_the_answer),
        TEST(a_sleep_ends_when_it_is_time),
        TEST(a_long_sleep_is_left_to_redis),
        TEST(a_signal_to_stop_ends_a_sleep),
        TEST(who_may_not_wake_itself_wakes_later),
        TEST(what_was_lost_in_a_sleep_is_unsure),
        TEST(a_script_forgotten_in_a_sleep_is_loaded_again),
        TEST(a_bell_that_is_none_lets_nobody_sleep),
        TEST(a_redis_that_freezes_in_a_sleep_holds_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
