/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Redis Cluster: commands go where their keys are, also after a master has died
 * (test_redis_cluster_move.c: while a slot moves). */
#include "tests/store/cluster_yard.h"

#include <stdio.h>

#define PROMOTED_MS 20000

/* ---- commands reach their nodes -------------------------------------------------- */

static void commands_go_to_the_nodes_of_their_keys(void **state)
{
    char key[32];

    (void)state;
    for (int i = 0; i < 60; i++) {
        snprintf(key, sizeof key, "key:%d", i);
        assert_int_equal(say(NULL, "SET", key, "4"), ST_OK);
        assert_int_equal(kept(farm_owner(farm_slot(key)), key), 4);
        assert_int_equal(farm_owner(farm_slot(key)),
                         farm_slot(key) / ((16384 + 2) / 3));
    }
    for (int i = 0; i < FARM_MASTERS; i++)
        assert_true(redis_node_number(farm_node(i), WORDS("DBSIZE")) > 5);
}

static void commands_without_a_key_go_to_any(void **state)
{
    struct redis_reply *r = NULL;

    (void)state;
    assert_int_equal(say(NULL, "PING", NULL, NULL), ST_OK);
    assert_int_equal(redis_do(client, &r, "INFO", "server", NULL), ST_OK);
    assert_non_null(strstr(redis_text(r, NULL), "redis_mode:cluster"));
    redis_free(r);
}

static void keys_of_two_slots_are_our_fault(void **state)
{
    (void)state;
    assert_int_equal(eval(&both_script, "a", "b"), ST_BROKEN);
}

static void waiting_goes_to_the_right_node(void **state)
{
    struct redis_cmd c = {0};
    struct redis_reply *r = NULL;

    (void)state;
    for (int i = 0; i < 6; i++) {
        char bell[32];

        snprintf(bell, sizeof bell, "dv:{s%d}:bell", i);
        assert_int_equal(say(NULL, "RPUSH", bell, "8"), ST_OK);
        redis_arg_text(&c, "BLPOP");
        redis_arg_text(&c, bell);
        redis_arg_text(&c, "1");
        assert_int_equal(redis_call(client, &c, 3000, &r), ST_OK);
        assert_int_equal(redis_int(redis_item(r, 1)), 8);
        redis_free(r);
        redis_cmd_free(&c);
    }
}

static int64_t sleep_at(const char *bell_key, const char *key, int ms)
{
    struct redis_bell bell = {.key = bell_key, .ms = ms};
    struct redis_reply *r = NULL;
    struct redis_cmd c = {0};
    int64_t from = clock_mono_ms();

    redis_arg_text(&c, key);
    assert_int_equal(redis_eval_bell(client, &bell, &count_script, 1, &c, &r), ST_OK);
    redis_free(r);
    redis_cmd_free(&c);
    return clock_mono_ms() - from;
}

/* With one tick a second of theirs, each sleep must be ended through the right node. */
static void sleeps_end_in_time_on_every_node(void **state)
{
    char key[32], bell[32];
    int in_time = 0;

    (void)state;
    for (int i = 0; i < FARM_MASTERS; i++)
        redis_node_number(farm_node(i), WORDS("CONFIG", "SET", "hz", "1"));
    for (int i = 0; i < 12; i++) {
        snprintf(key, sizeof key, "slept:{s%d}", i);
        snprintf(bell, sizeof bell, "bell:{s%d}", i);
        in_time += sleep_at(bell, key, 20) < 150;
        assert_int_equal(kept(farm_owner(farm_slot(key)), key), 1);
    }
    for (int i = 0; i < FARM_MASTERS; i++)
        redis_node_number(farm_node(i), WORDS("CONFIG", "SET", "hz", "10"));
    assert_true(in_time >= 8); /* Redis itself would be in time with one in eight */
    assert_int_equal(say(NULL, "RPUSH", bell, "1"), ST_OK);
    assert_true(sleep_at(bell, key, 30000) < 10000);
}

static void scripts_are_loaded_on_each_node(void **state)
{
    char key[32];

    (void)state;
    for (int round = 1; round <= 2; round++) {
        for (int i = 0; i < 9; i++) {
            snprintf(key, sizeof key, "n:{s%d}", i);
            assert_int_equal(eval(&count_script, key, NULL), ST_OK);
            assert_int_equal(kept(farm_owner(farm_slot(key)), key), round);
        }
        for (int i = 0; i < FARM_MASTERS; i++)
            redis_node_number(farm_node(i), WORDS("SCRIPT", "FLUSH"));
    }
}

static void each_master_is_looked_at(void **state)
{
    const char *why, *warn;

    (void)state;
    assert_int_equal(redis_check(client, &why, &warn), ST_OK);
    assert_null(warn);
    for (int i = 0; i < FARM_MASTERS; i++) {
        struct redis_node *n = farm_node(i);

        redis_node_number(n, WORDS("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"));
        assert_int_equal(redis_check(client, &why, &warn), ST_REFUSED);
        assert_non_null(why);
        redis_node_number(n, WORDS("CONFIG", "SET", "maxmemory-policy", "noeviction"));
        redis_node_number(n, WORDS("CONFIG", "SET", "appendfsync", "everysec"));
        assert_int_equal(redis_check(client, &why, &warn), ST_OK);
        assert_non_null(warn);
        redis_node_number(n, WORDS("CONFIG", "SET", "appendfsync", "always"));
    }
}

/* ---- the pipeline ----------------------------------------------------------------- */

static void the_pipe_goes_to_its_slot(void **state)
{
    (void)state;
    assert_true(pipe_run_up(BACK_MS));
    assert_int_equal(pipe_run_ask(WORDS("SET", TAG "p", "3")), ST_OK);
    assert_int_equal(kept(farm_owner(farm_slot(TAG)), TAG "p"), 3);
}

/* Whoever did not say which slot learns it from the first answer. */
static void a_pipe_without_a_key_learns_its_slot(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        char key[32];

        snprintf(key, sizeof key, "dv:{s%d}:learnt", i);
        pipe_run_close();
        pipe_run_open(farm_url(), NULL);
        assert_true(pipe_run_up(BACK_MS));
        assert_true(until(pipe_writes, key, BACK_MS));
        assert_int_equal(kept(farm_owner(farm_slot(key)), key), 6);
    }
}

static bool pipe_evals(void *arg)
{
    return pipe_run_eval(&count_script, arg) == ST_OK;
}

static void the_pipe_teaches_its_node_again(void **state)
{
    int owner = farm_owner(farm_slot(TAG));

    (void)state;
    assert_true(pipe_run_up(BACK_MS));
    assert_int_equal(pipe_run_eval(&count_script, TAG "taught"), ST_OK);
    redis_node_number(farm_node(owner), WORDS("SCRIPT", "FLUSH"));
    assert_int_equal(pipe_run_eval(&count_script, TAG "taught"), ST_REFUSED);
    assert_true(until(pipe_evals, TAG "taught", BACK_MS));
    assert_int_equal(kept(owner, TAG "taught"), 2);
}

/* An address with redis:// in front of it is one server, also if it is a node. */
static void a_node_alone_says_where_else_and_is_not_followed(void **state)
{
    struct redis *alone = redis_node_client(farm_node(0));
    struct redis_reply *r = NULL;
    char key[32];
    int n = 0;

    (void)state;
    do
        snprintf(key, sizeof key, "alone:%d", n++);
    while (farm_owner(farm_slot(key)) == 0);
    assert_int_equal(redis_do(alone, &r, "SET", key, "1", NULL), ST_DOWN);
    assert_int_equal(kept(farm_owner(farm_slot(key)), key), -1);
}

/* ---- a master dies ------------------------------------------------------------------ */

static bool client_writes(void *arg)
{
    return say(NULL, "SET", arg, "5") == ST_OK;
}

static void a_killed_master_is_replaced(void **state)
{
    int slot = farm_slot(TAG), old = farm_owner(slot), new;

    (void)state;
    assert_true(pipe_run_up(BACK_MS));
    assert_int_equal(say(NULL, "SET", TAG "before", "1"), ST_OK);
    redis_node_number(farm_node(old), WORDS("WAIT", "1", "1000"));
    redis_node_kill(farm_node(old));
    assert_int_not_equal(say(NULL, "SET", TAG "between", "1"), ST_OK);
    new = farm_wait_owner(slot, old, PROMOTED_MS);
    assert_int_equal(new, replica_of(old));
    assert_true(until(client_writes, TAG "client", BACK_MS));
    assert_true(until(pipe_writes, TAG "pipe", BACK_MS));
    assert_true(until(pipe_evals, TAG "evals", BACK_MS));
    assert_int_equal(eval(&count_script, TAG "evals", NULL), ST_OK);
    assert_int_equal(kept(new, TAG "client"), 5);
    assert_int_equal(kept(new, TAG "pipe"), 6);
    assert_int_equal(kept(new, TAG "evals"), 2);

    redis_node_start(farm_node(old));
    redis_node_wait(farm_node(old));
    assert_int_equal(say(NULL, "SET", TAG "client", "7"), ST_OK);
    assert_int_equal(pipe_run_ask(WORDS("SET", TAG "pipe", "8")), ST_OK);
    assert_int_equal(kept(new, TAG "client"), 7);
    assert_int_equal(kept(new, TAG "pipe"), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(commands_go_to_the_nodes_of_their_keys),
        CASE(commands_without_a_key_go_to_any),
        CASE(keys_of_two_slots_are_our_fault),
        CASE(waiting_goes_to_the_right_node),
        CASE(sleeps_end_in_time_on_every_node),
        CASE(scripts_are_loaded_on_each_node),
        CASE(each_master_is_looked_at),
        CASE(the_pipe_goes_to_its_slot),
        CASE(a_pipe_without_a_key_learns_its_slot),
        CASE(the_pipe_teaches_its_node_again),
        CASE(a_node_alone_says_where_else_and_is_not_followed),
        CASE(a_killed_master_is_replaced),
    };

    return cmocka_run_group_tests_name("redis_cluster", tests, open_all, close_all);
}
