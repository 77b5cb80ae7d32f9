/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The pace of a broadcast against a real Redis: many at once, and slower after a 429. */
#include "core/base/clock.h"
#include "core/io/pace.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct redis *redis;
static int64_t chats[PACE_MANY_MAX];

static int open_world(void **state)
{
    *state = world_config();
    return 0;
}

static int open_redis(void **state)
{
    struct redis_reply *r = NULL;

    redis = redis_open(((struct config *)*state)->redis_url);
    assert_non_null(redis);
    assert_int_equal(redis_do(redis, &r, "FLUSHDB", NULL), ST_OK);
    redis_free(r);
    for (int i = 0; i < PACE_MANY_MAX; i++)
        chats[i] = 1000 + i;
    return 0;
}

static int close_redis(void **state)
{
    (void)state;
    redis_close(redis);
    return 0;
}

static struct pace_many ask_at(int n, int per_s)
{
    struct pace_many p = {.bot = "client", .chats = chats, .n = n, .per_s = per_s};

    assert_int_equal(pace_ask_many(redis, &p), ST_OK);
    return p;
}

static void punish(int64_t chat, int64_t s)
{
    struct pace p = {"client", PACE_BROADCAST, chat};

    assert_int_equal(pace_penalty(redis, &p, s), ST_OK);
}

static int share(void)
{
    struct pace_state s;

    assert_int_equal(pace_state(redis, "client", &s), ST_OK);
    return s.share;
}

/* The first of them, in their order; the others hear when. */
static void test_some_go_and_are_named(void **state)
{
    struct pace_many p = ask_at(50, PACE_BULK_PER_S);

    (void)state;
    assert_int_equal(p.n_go, PACE_BULK_PER_S / 8);
    for (int i = 0; i < p.n; i++)
        assert_int_equal(p.go[i], i < p.n_go);
    assert_in_range(p.wait_ms, 1, 1000 / PACE_BULK_PER_S);
}

/* However often it is asked: never more than the rate and an eighth of a second of it. */
static void never_more(int per_s)
{
    int64_t from = clock_mono_ms(), ms;
    int sent = 0;

    while ((ms = clock_mono_ms() - from) < 500) {
        struct pace_many p = ask_at(PACE_MANY_MAX, per_s);

        sent += p.n_go;
        for (int i = 0; i < PACE_MANY_MAX; i++)
            chats[i] += PACE_MANY_MAX;
    }
    ms = clock_mono_ms() - from;
    assert_in_range(sent, per_s * 4 / 10, per_s / 8 + 2 + ms * per_s / 1000);
}

static void test_the_rate_is_kept(void **state)
{
    (void)state;
    never_more(PACE_BULK_PER_S);
}

static void test_the_paid_rate_is_kept(void **state)
{
    (void)state;
    never_more(PACE_PAID_PER_S);
}

static void test_without_a_rate_all_go(void **state)
{
    (void)state;
    assert_int_equal(ask_at(PACE_MANY_MAX, 0).n_go, PACE_MANY_MAX);
}

/* An answer, or the same broadcast a moment ago: that chat waits, the others do not. */
static void test_a_busy_chat_waits_alone(void **state)
{
    struct pace one = {"client", PACE_INTERACTIVE, 1001};
    struct pace_many p;
    int64_t wait;

    (void)state;
    assert_int_equal(pace_ask(redis, &one, &wait), ST_OK);
    p = ask_at(3, 1000);
    assert_true(p.go[0] && !p.go[1] && p.go[2]);
    p = ask_at(3, 1000);
    assert_int_equal(p.n_go, 0);
    assert_in_range(p.wait_ms, 1, PACE_CHAT_MS);
}

/* A message of a broadcast takes one of the chat's places, not all of them. */
static void test_an_answer_does_not_wait_for_it(void **state)
{
    struct pace one = {"client", PACE_INTERACTIVE, 1000};
    int64_t wait = -1;

    (void)state;
    assert_int_equal(ask_at(1, 1000).n_go, 1);
    assert_int_equal(pace_ask(redis, &one, &wait), ST_OK);
    assert_int_equal(wait, 0);
}

static void test_a_freeze_holds_all_of_them(void **state)
{
    struct pace_many p;

    (void)state;
    punish(7, 30);
    p = ask_at(10, 1000);
    assert_int_equal(p.n_go, 0);
    assert_in_range(p.wait_ms, 29000, 30000);
}

/* Once for all that were under way together; again after the thaw; never to nothing. */
static void test_a_429_halves_the_rate(void **state)
{
    struct redis_reply *r = NULL;

    (void)state;
    assert_int_equal(share(), 1000);
    for (int i = 0; i < 5; i++)
        punish(7, 30);
    assert_in_range(share(), 450, 510);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(redis_do(redis, &r, "DEL", "dv:{s0}:p:client:broadcast", NULL),
                         ST_OK);
        redis_free(r);
        r = NULL;
        punish(7, 1);
    }
    assert_in_range(share(), PACE_LEAST - 5, PACE_LEAST + 10);
}

/* As if it had been that long ago. */
static void was(int from, int64_t ago_s)
{
    struct redis_reply *r = NULL;
    char text[60];

    snprintf(text, sizeof text, "%d:%lld", from,
             (long long)(clock_now() - ago_s * SECOND));
    assert_int_equal(redis_do(redis, &r, "SET", "dv:{s0}:p:client:slow", text, NULL),
                     ST_OK);
    redis_free(r);
}

static void test_it_grows_back(void **state)
{
    (void)state;
    was(500, PACE_REGROW_S / 2);
    assert_in_range(share(), 745, 755);
    was(500, PACE_REGROW_S * 2);
    assert_int_equal(share(), 1000);
}

static int sent_in_half_a_second(void)
{
    int64_t from = clock_mono_ms();
    int sent = 0;

    while (clock_mono_ms() - from < 500) {
        sent += ask_at(PACE_MANY_MAX, 1000).n_go;
        for (int i = 0; i < PACE_MANY_MAX; i++)
            chats[i] += PACE_MANY_MAX;
    }
    return sent;
}

/* A share of 100 of a thousand: the burst, and 100 a second. */
static void test_what_is_left_of_it_is_what_goes(void **state)
{
    (void)state;
    was(100, 0);
    assert_in_range(sent_in_half_a_second(), 140, 260);
}

/* Letters one by one are as slow. */
static void test_the_single_ones_are_slowed_too(void **state)
{
    int64_t from = clock_mono_ms(), wait;
    int sent = 0;

    (void)state;
    was(100, 0);
    while (clock_mono_ms() - from < 600) {
        struct pace p = {"client", PACE_BROADCAST, 5000 + sent};

        assert_int_equal(pace_ask(redis, &p, &wait), ST_OK);
        sent += wait == 0;
    }
    assert_in_range(sent, PACE_BULK_BURST, PACE_BULK_BURST + 3);
}

/* One that was told to be slow is, and leaves the others what it does not use. */
static void test_a_slow_broadcast_holds_nobody_up(void **state)
{
    static int64_t others[PACE_MANY_MAX];
    struct pace_many slow = {.bot = "client",
                             .chats = chats,
                             .n = PACE_MANY_MAX,
                             .per_s = PACE_BULK_PER_S,
                             .broadcast = 7,
                             .own_per_s = 5};
    struct pace_many other = {.bot = "client",
                              .chats = others,
                              .n = PACE_MANY_MAX,
                              .per_s = PACE_BULK_PER_S,
                              .broadcast = 8};
    int64_t from = clock_mono_ms();
    int sent_slow = 0, sent_other = 0;

    (void)state;
    for (int i = 0; i < PACE_MANY_MAX; i++)
        others[i] = 900000 + i;
    while (clock_mono_ms() - from < 1000) {
        assert_int_equal(pace_ask_many(redis, &slow), ST_OK);
        assert_int_equal(pace_ask_many(redis, &other), ST_OK);
        sent_slow += slow.n_go;
        sent_other += other.n_go;
        for (int i = 0; i < PACE_MANY_MAX; i++) {
            chats[i] += PACE_MANY_MAX;
            others[i] += PACE_MANY_MAX;
        }
    }
    assert_in_range(sent_slow, 4, 2 + 5 + 1);
    assert_in_range(sent_other, PACE_BULK_PER_S - 10, PACE_BULK_PER_S);
}

static void test_redis_away_is_no_go(void **state)
{
    struct redis *nowhere = redis_open("unix:///nonexistent/redis.sock");
    struct pace_many p = {.bot = "client", .chats = chats, .n = 3, .per_s = 25};

    (void)state;
    memset(p.go, 1, sizeof p.go);
    assert_int_equal(pace_ask_many(nowhere, &p), ST_DOWN);
    assert_int_equal(p.n_go, 0);
    assert_false(p.go[0]);
    redis_close(nowhere);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_redis, close_redis)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_some_go_and_are_named),
        CASE(test_the_rate_is_kept),
        CASE(test_the_paid_rate_is_kept),
        CASE(test_without_a_rate_all_go),
        CASE(test_a_busy_chat_waits_alone),
        CASE(test_an_answer_does_not_wait_for_it),
        CASE(test_a_freeze_holds_all_of_them),
        CASE(test_a_429_halves_the_rate),
        CASE(test_it_grows_back),
        CASE(test_what_is_left_of_it_is_what_goes),
        CASE(test_the_single_ones_are_slowed_too),
        CASE(test_a_slow_broadcast_holds_nobody_up),
        CASE(test_redis_away_is_no_go),
    };

    return cmocka_run_group_tests(tests, open_world, NULL);
}
