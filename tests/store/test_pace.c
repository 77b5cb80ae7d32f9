/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The pace of a bot against a real Redis: one test a promise of core/io/pace.h. */
#include "core/base/clock.h"
#include "core/io/pace.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct redis *redis;

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
    return 0;
}

static int close_redis(void **state)
{
    (void)state;
    redis_close(redis);
    return 0;
}

static int64_t ask(enum pace_lane lane, int64_t chat)
{
    struct pace p = {"client", lane, chat};
    int64_t wait = -1;

    assert_int_equal(pace_ask(redis, &p, &wait), ST_OK);
    return wait;
}

static void punish(enum pace_lane lane, int64_t chat, int64_t s)
{
    struct pace p = {"client", lane, chat};

    assert_int_equal(pace_penalty(redis, &p, s), ST_OK);
}

static void test_a_chat_has_three_at_once(void **state)
{
    int64_t wait;

    (void)state;
    for (int i = 0; i < PACE_CHAT_BURST; i++)
        assert_int_equal(ask(PACE_INTERACTIVE, 100), 0);
    wait = ask(PACE_INTERACTIVE, 100);
    assert_in_range(wait, 500, 1000);
    assert_in_range(ask(PACE_TRIGGERED, 100), 500, 1000);
    assert_int_equal(ask(PACE_INTERACTIVE, 101), 0);
}

static void test_a_group_has_twenty_a_minute(void **state)
{
    (void)state;
    for (int i = 0; i < PACE_GROUP_BURST; i++)
        assert_int_equal(ask(PACE_INTERACTIVE, -1001113717682), 0);
    assert_in_range(ask(PACE_INTERACTIVE, -1001113717682), 2500, 3000);
}

static bool goes(void *arg)
{
    return ask(PACE_INTERACTIVE, *(int64_t *)arg) == 0;
}

static void test_a_chat_recovers(void **state)
{
    int64_t chat = 7, from;

    (void)state;
    for (int i = 0; i < PACE_CHAT_BURST; i++)
        ask(PACE_INTERACTIVE, chat);
    from = clock_mono_ms();
    assert_true(until(goes, &chat, 5000));
    assert_in_range(clock_mono_ms() - from, 800, 4900);
}

/* As many chats as it likes: never more than the rate and the burst allow. */
static void test_broadcast_is_paced(void **state)
{
    int64_t from = clock_mono_ms(), chat = 1000, ms;
    int sent = 0;

    (void)state;
    while ((ms = clock_mono_ms() - from) < 600)
        sent += ask(PACE_BROADCAST, chat++) == 0;
    assert_in_range(sent, 10, PACE_BULK_BURST + 1 + ms * PACE_BULK_PER_S / 1000);
    assert_int_equal(ask(PACE_TRIGGERED, 1), 0);
}

static void test_a_refused_message_costs_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < PACE_CHAT_BURST; i++)
        assert_int_equal(ask(PACE_BROADCAST, 5), 0);
    for (int i = 0; i < 50; i++)
        assert_true(ask(PACE_BROADCAST, 5) > 0);
    assert_int_equal(ask(PACE_BROADCAST, 6), 0);
}

static void test_penalty_freezes_lane_and_chat(void **state)
{
    (void)state;
    punish(PACE_BROADCAST, 50, 30);
    assert_in_range(ask(PACE_BROADCAST, 51), 29000, 30000);
    assert_in_range(ask(PACE_INTERACTIVE, 50), 29000, 30000);
    assert_int_equal(ask(PACE_INTERACTIVE, 51), 0);
    assert_int_equal(ask(PACE_TRIGGERED, 51), 0);
}

static void test_a_freeze_is_never_shortened(void **state)
{
    (void)state;
    punish(PACE_BROADCAST, 50, 42055);
    punish(PACE_BROADCAST, 50, 1);
    assert_true(ask(PACE_BROADCAST, 51) > 42000000);
    assert_true(ask(PACE_INTERACTIVE, 50) > 42000000);
}

static void test_a_second_chat_freezes_all_but_interactive(void **state)
{
    (void)state;
    punish(PACE_BROADCAST, 50, 20);
    assert_int_equal(ask(PACE_TRIGGERED, 60), 0);
    punish(PACE_BROADCAST, 50, 20);
    assert_int_equal(ask(PACE_TRIGGERED, 60), 0);
    punish(PACE_BROADCAST, 51, 20);
    assert_true(ask(PACE_TRIGGERED, 61) > 19000);
    assert_int_equal(ask(PACE_INTERACTIVE, 60), 0);
}

static void test_a_refused_bot_is_silent_and_alone(void **state)
{
    struct pace other = {"auth", PACE_BROADCAST, 1};
    int64_t wait = -1;

    (void)state;
    assert_int_equal(pace_freeze(redis, "client", 60), ST_OK);
    assert_true(ask(PACE_INTERACTIVE, 1) > 59000);
    assert_true(ask(PACE_TRIGGERED, 1) > 59000);
    assert_true(ask(PACE_BROADCAST, 1) > 59000);
    assert_int_equal(pace_ask(redis, &other, &wait), ST_OK);
    assert_int_equal(wait, 0);
}

static void test_asking_without_a_chat_is_only_frozen(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(ask(PACE_INTERACTIVE, 0), 0);
    punish(PACE_INTERACTIVE, 9, 5);
    assert_true(ask(PACE_INTERACTIVE, 0) > 4000);
}

/* Nothing is left of a chat that has been quiet. */
static bool is_empty(void *arg)
{
    struct redis_reply *r = NULL;
    bool empty;

    (void)arg;
    assert_int_equal(redis_do(redis, &r, "KEYS", "*", NULL), ST_OK);
    empty = redis_count(r) == 0;
    redis_free(r);
    return empty;
}

static void test_keys_go_away(void **state)
{
    (void)state;
    ask(PACE_BROADCAST, 5);
    assert_false(is_empty(NULL));
    assert_true(until(is_empty, NULL, 5000));
}

static void test_redis_away_is_no_go(void **state)
{
    struct redis *nowhere = redis_open("unix:///nonexistent/redis.sock");
    struct pace p = {"client", PACE_INTERACTIVE, 1};
    int64_t wait = 0;

    (void)state;
    assert_non_null(nowhere);
    assert_int_equal(pace_ask(nowhere, &p, &wait), ST_DOWN);
    redis_close(nowhere);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_redis, close_redis)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_chat_has_three_at_once),
        CASE(test_a_group_has_twenty_a_minute),
        CASE(test_a_chat_recovers),
        CASE(test_broadcast_is_paced),
        CASE(test_a_refused_message_costs_nothing),
        CASE(test_penalty_freezes_lane_and_chat),
        CASE(test_a_freeze_is_never_shortened),
        CASE(test_a_second_chat_freezes_all_but_interactive),
        CASE(test_a_refused_bot_is_silent_and_alone),
        CASE(test_asking_without_a_chat_is_only_frozen),
        CASE(test_keys_go_away),
        CASE(test_redis_away_is_no_go),
    };

    return cmocka_run_group_tests(tests, open_world, NULL);
}
