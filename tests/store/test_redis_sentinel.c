/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Redis behind Sentinel: the master is found, its fall survived, and nobody else is
 * written to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/liar.h"
#include "tests/harness/pipe_run.h"
#include "tests/harness/sentinel.h"
#include "tests/harness/until.h"

#include <stdio.h>
#include <string.h>

#define BACK_MS 5000
#define PROMOTED_MS 30000
#define TWO_MASTERS_MS 3000

static struct redis *client;

static int open_all(void **state)
{
    (void)state;
    guard_open();
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    guard_close();
    return 0;
}

/* ---- both clients ---------------------------------------------------------------- */

static int clients_open(void **state)
{
    (void)state;
    client = redis_open(guard_url());
    assert_non_null(client);
    pipe_run_open(guard_url(), NULL);
    return 0;
}

static int clients_close(void **state)
{
    (void)state;
    redis_close(client);
    pipe_run_close();
    return 0;
}

static enum status put(struct redis *r, const char *key, const char *value)
{
    struct redis_reply *reply = NULL;
    enum status st = redis_do(r, &reply, "SET", key, value, NULL);

    redis_free(reply);
    return st;
}

static int64_t kept(int server, const char *key)
{
    return redis_node_number(guard_server(server), WORDS("GET", key));
}

static void both_write_to_the_master(void **state)
{
    (void)state;
    assert_int_equal(put(client, "a", "1"), ST_OK);
    assert_true(pipe_run_up(BACK_MS));
    assert_int_equal(pipe_run_ask(WORDS("SET", "b", "2")), ST_OK);
    assert_int_equal(kept(0, "a"), 1);
    assert_int_equal(kept(0, "b"), 2);
}

static void a_database_number_is_chosen(void **state)
{
    char url[300];
    struct redis *r;

    (void)state;
    snprintf(url, sizeof url, "%s/3", guard_url());
    r = redis_open(url);
    assert_int_equal(put(r, "third", "3"), ST_OK);
    redis_close(r);
    assert_int_equal(kept(0, "third"), -1);
}

static void a_wrong_password_is_refused(void **state)
{
    char url[300];
    struct redis *r;

    (void)state;
    snprintf(url, sizeof url, "sentinel://:wrong@127.0.0.1:%d/shop",
             redis_node_port(guard_sentinel(0)));
    r = redis_open(url);
    assert_int_equal(put(r, "x", "1"), ST_DOWN);
    redis_close(r);
    assert_int_equal(kept(0, "x"), -1);
}

static void an_unknown_name_is_nobody(void **state)
{
    char url[300];
    struct redis *r;

    (void)state;
    snprintf(url, sizeof url, "sentinel://127.0.0.1:%d/nobody",
             redis_node_port(guard_sentinel(0)));
    r = redis_open(url);
    assert_int_equal(put(r, "x", "1"), ST_DOWN);
    redis_close(r);
}

/* ---- Sentinels that are away, silent, or wrong ----------------------------------- */

static void writes_past(const char *sentinel, int most_ms)
{
    int64_t from = clock_mono_ms();
    char url[400], key[32];
    struct redis *r;
    static int n;

    snprintf(key, sizeof key, "past:%d", ++n);
    snprintf(url, sizeof url, "sentinel://:%s@%s,127.0.0.1:%d/shop", GUARD_PASSWORD,
             sentinel, redis_node_port(guard_sentinel(1)));
    r = redis_open(url);
    assert_non_null(r);
    assert_int_equal(put(r, key, "7"), ST_OK);
    assert_in_range(clock_mono_ms() - from, 0, most_ms);
    redis_close(r);
    assert_int_equal(kept(0, key), 7);
}

static void the_next_sentinel_is_asked(void **state)
{
    char answer[100], place[64];
    struct liar *liar;

    (void)state;
    snprintf(place, sizeof place, "127.0.0.1:%d", port_free());
    writes_past(place, 1500); /* nobody listens */

    liar = liar_new(NULL);
    snprintf(place, sizeof place, "127.0.0.1:%d", liar_port(liar));
    writes_past(place, 1500); /* never answers */
    liar_free(liar);

    liar = liar_new("*-1\r\n");
    snprintf(place, sizeof place, "127.0.0.1:%d", liar_port(liar));
    writes_past(place, 1500); /* does not know the name */
    liar_free(liar);

    /* Missed a failover: names one that is a replica. */
    snprintf(answer, sizeof answer, "*2\r\n$9\r\n127.0.0.1\r\n$5\r\n%05d\r\n",
             redis_node_port(guard_server(1)));
    liar = liar_new(answer);
    snprintf(place, sizeof place, "127.0.0.1:%d", liar_port(liar));
    writes_past(place, 1500);
    liar_free(liar);
}

static void a_name_with_several_addresses_will_do(void **state)
{
    char place[64];

    (void)state;
    snprintf(place, sizeof place, "localhost:%d", redis_node_port(guard_sentinel(0)));
    writes_past(place, 1500);
}

/* ---- the loop goes on ------------------------------------------------------------- */

/* How long the loop stood still, at worst, while the pipe looked for its way. */
static int64_t longest_turn(int ms)
{
    int64_t before = clock_mono_ms(), till = before + ms, longest = 0, now;

    for (; before < till; before = now) {
        pipe_run_for(1);
        now = clock_mono_ms();
        longest = now - before > longest ? now - before : longest;
    }
    return longest;
}

static void silent_sentinels_do_not_hold_the_loop_up(void **state)
{
    char url[200];
    struct liar *a = liar_new(NULL), *b = liar_new(NULL);
    int tries = 0;

    (void)state;
    snprintf(url, sizeof url, "sentinel://127.0.0.1:%d,127.0.0.1:%d/shop", liar_port(a),
             liar_port(b));
    pipe_run_open(url, NULL);
    /* Dialing takes twice 300 ms, each second; a busy machine may stop us as well. */
    while (longest_turn(1000) > 250)
        assert_true(++tries < 5);
    assert_false(pipe_run_is_up());
    assert_int_equal(pipe_run_ask(WORDS("PING")), ST_DOWN);
    pipe_run_close(); /* while it dials */
    liar_free(a);
    liar_free(b);
}

/* ---- failover -------------------------------------------------------------------- */

static bool client_writes(void *arg)
{
    return put(client, arg, "5") == ST_OK;
}

static bool pipe_writes(void *arg)
{
    return pipe_run_ask(WORDS("SET", arg, "6")) == ST_OK;
}

/* A master again by its own account, until somebody makes it a replica (the Sentinels
 * take ten seconds to): whoever comes now must not find it. */
static void nobody_writes_to(int old, int new)
{
    int64_t till = clock_mono_ms() + TWO_MASTERS_MS, in_old;
    static int number; /* keys that no test had before */
    int first = number;
    bool was = guard_is_master(old); /* unless they were quicker */
    char key[32];

    while (guard_is_master(old) && clock_mono_ms() < till) {
        struct redis *r = redis_open(guard_url());

        snprintf(key, sizeof key, "new:%d", number++);
        assert_int_equal(put(r, key, "9"), ST_OK);
        assert_int_equal(pipe_run_ask(WORDS("SET", "new:pipe", "9")), ST_OK);
        redis_close(r);
        assert_int_equal(kept(new, key), 9);
        in_old = kept(old, key);
        if (guard_is_master(old))
            assert_int_equal(in_old, -1);
    }
    assert_true(number > first || !was);
    guard_follow(old, new);
    /* READONLY */
    assert_int_equal(put(redis_node_client(guard_server(old)), "x", "1"), ST_REFUSED);
}

static void a_killed_master_is_replaced(void **state)
{
    int old = 0, new = 1;

    (void)state;
    assert_true(pipe_run_up(BACK_MS));
    assert_int_equal(put(client, "before", "1"), ST_OK);
    redis_node_kill(guard_server(old));
    assert_int_not_equal(put(client, "between", "1"), ST_OK);
    assert_int_not_equal(guard_wait_master(new, PROMOTED_MS), -1);
    assert_true(until(client_writes, "back:client", BACK_MS));
    assert_true(until(pipe_writes, "back:pipe", BACK_MS));
    assert_int_equal(kept(new, "back:client"), 5);
    assert_int_equal(kept(new, "back:pipe"), 6);
    assert_int_equal(kept(new, "before"), 1);

    redis_node_start(guard_server(old));
    redis_node_wait(guard_server(old));
    nobody_writes_to(old, new);
}

/* Cut off from everybody, with our connections to it open; when it comes back it still
 * takes itself for a master. */
static void a_frozen_master_is_replaced(void **state)
{
    int old = guard_is_master(0) ? 0 : 1, new = !old;

    (void)state;
    assert_true(pipe_run_up(BACK_MS));
    assert_int_equal(put(client, "before", "3"), ST_OK);
    redis_node_freeze(guard_server(old), true);
    assert_int_not_equal(guard_wait_master(new, PROMOTED_MS), -1);
    assert_true(until(client_writes, "thaw:client", BACK_MS));
    assert_true(until(pipe_writes, "thaw:pipe", BACK_MS));
    redis_node_freeze(guard_server(old), false);
    nobody_writes_to(old, new);
    assert_int_equal(kept(new, "thaw:client"), 5);
    assert_int_equal(kept(new, "thaw:pipe"), 6);
}

/* The old master lives on and is made a replica: what was connected to it learns that by
 * READONLY or by being thrown out. */
static void a_planned_change_of_masters(void **state)
{
    int old = guard_is_master(0) ? 0 : 1;

    (void)state;
    assert_true(pipe_run_up(BACK_MS));
    assert_int_equal(put(client, "before", "2"), ST_OK);
    redis_node_number(guard_sentinel(0), WORDS("SENTINEL", "FAILOVER", "shop"));
    assert_int_not_equal(guard_wait_master(!old, PROMOTED_MS), -1);
    assert_true(until(client_writes, "again:client", BACK_MS));
    assert_true(until(pipe_writes, "again:pipe", BACK_MS));
}

/* By hand, with nobody thrown out and Sentinel not knowing: READONLY drops the
 * connection, and what is not a master is not written to. */
static void readonly_makes_both_ask_again(void **state)
{
    char answer[100], url[200];
    struct redis_node *replica = guard_server(guard_is_master(0) ? 1 : 0);
    struct liar *liar;
    struct redis *r;

    (void)state;
    snprintf(answer, sizeof answer, "*2\r\n$9\r\n127.0.0.1\r\n$5\r\n%05d\r\n",
             redis_node_port(replica));
    liar = liar_new(answer);
    snprintf(url, sizeof url, "sentinel://:%s@127.0.0.1:%d/shop", GUARD_PASSWORD,
             liar_port(liar));
    redis_node_number(replica, WORDS("REPLICAOF", "NO", "ONE"));
    r = redis_open(url);
    pipe_run_close();
    pipe_run_open(url, NULL);
    assert_int_equal(put(r, "x", "1"), ST_OK);
    assert_true(pipe_run_up(BACK_MS));
    redis_node_number(replica, WORDS("REPLICAOF", "127.0.0.1", "1"));
    assert_int_equal(put(r, "x", "2"), ST_REFUSED);
    assert_int_equal(put(r, "x", "2"), ST_DOWN); /* asked, and it is no master */
    assert_int_equal(pipe_run_ask(WORDS("SET", "x", "2")), ST_REFUSED);
    assert_false(pipe_run_is_up());
    assert_int_equal(pipe_run_ask(WORDS("SET", "x", "2")), ST_DOWN);
    redis_close(r);
    liar_free(liar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_write_to_the_master, clients_open,
                                        clients_close),
        cmocka_unit_test(a_database_number_is_chosen),
        cmocka_unit_test(a_wrong_password_is_refused),
        cmocka_unit_test(an_unknown_name_is_nobody),
        cmocka_unit_test(the_next_sentinel_is_asked),
        cmocka_unit_test(a_name_with_several_addresses_will_do),
        cmocka_unit_test(silent_sentinels_do_not_hold_the_loop_up),
        cmocka_unit_test_setup_teardown(a_killed_master_is_replaced, clients_open,
                                        clients_close),
        cmocka_unit_test_setup_teardown(a_frozen_master_is_replaced, clients_open,
                                        clients_close),
        cmocka_unit_test_setup_teardown(a_planned_change_of_masters, clients_open,
                                        clients_close),
        cmocka_unit_test_setup_teardown(readonly_makes_both_ask_again, clients_open,
                                        clients_close),
    };

    return cmocka_run_group_tests_name("redis_sentinel", tests, open_all, close_all);
}
