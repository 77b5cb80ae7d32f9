/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A master behind Sentinel is killed, or cut off from everybody while it lives on and
 * nobody is told (F7), under load: no job of class D is lost, none has its effect twice,
 * and work goes on within five seconds of the new master. */
#include "tests/chaos/failover.h"
#include "tests/harness/sentinel.h"

static bool never(void *arg)
{
    (void)arg;
    return false;
}

static bool put_until_master(void *arg)
{
    oracle_put(&oracle, 1);
    return guard_is_master(*(int *)arg);
}

static void master_lost(bool killed)
{
    int old = guard_is_master(0) ? 0 : 1, new = !old;

    oracle_put(&oracle, 10 * SLICE);
    if (killed)
        redis_node_kill(guard_server(old));
    else
        guard_cut(old, SLOWLINE_ALL);
    assert_true(until(put_until_master, &new, PROMOTED_MS));
    work_resumes(killed ? "a killed master" : "a master that was cut off");
    if (killed)
        redis_node_start(guard_server(old));
    else
        guard_cut(old, SLOWLINE_WHOLE);
    /* For a while there are two by their own account. */
    oracle_put(&oracle, 10 * SLICE);
    guard_follow(old, new);
}

static void a_master_behind_sentinel_is_lost(void **state)
{
    (void)state;
    dose_seed();
    guard_open_behind_lines();
    work_begin(guard_url(), 1);
    for (int i = 0, n = dose(1, 15); i < n; i++) {
        master_lost(false);
        master_lost(true);
    }
    work_end();
    guard_close();
}

/* ---- cut off together with its clients ------------------------------------------- */

/* Those that were connected work on with the old master until it is made a replica, and
 * forgets what it took meanwhile; newcomers go to the new one. */
static void two_masters_at_once(int i)
{
    int old = guard_is_master(0) ? 0 : 1, new = !old;

    oracle_put(&oracle, 10 * SLICE);
    guard_cut(old, SLOWLINE_PEERS);
    assert_true(until(put_until_master, &new, PROMOTED_MS));
    assert_true(guard_is_master(old));
    oracle_put(&oracle, 10 * SLICE);
    expect(oracle_progress(&oracle, SLICE, dose_bound_ms(RESUMED_MS)), "two masters");
    if (i % 2 == 0) /* one of the workers is new */
        expect(program_end(worker[0]) == 0 &&
                   (worker[0] = program_start("dvorik", "worker", NULL)) != NULL,
               "a worker does not leave");
    oracle_put(&oracle, 10 * SLICE);
    guard_cut(old, SLOWLINE_WHOLE);
    guard_follow(old, new);
    oracle_put(&oracle, SLICE);
    /* What the old one took is forgotten, and the watermark waits five seconds. */
    expect(oracle_progress(&oracle, SLICE, dose_bound_ms(2 * RESUMED_MS)),
           "one master again");
}

static void clients_stay_with_a_master_that_was_replaced(void **state)
{
    (void)state;
    dose_seed();
    guard_open_behind_lines();
    work_begin(guard_url(), 1);
    for (int i = 0, n = dose(1, 10); i < n; i++)
        two_masters_at_once(i);
    work_end();
    guard_close();
}

#define LAG_S "2"
#define LAG_MS 2000
#define NOTICED_MS 2000 /* Redis looks once a second, and so do replicas */
#define WRITES_MAX 2000

static void lag_limit(int i)
{
    redis_node_number(guard_server(i),
                      WORDS("CONFIG", "SET", "min-replicas-max-lag", LAG_S));
    redis_node_number(guard_server(i),
                      WORDS("CONFIG", "SET", "min-replicas-to-write", "1"));
}

static bool write_down(struct redis *client, int what)
{
    struct redis_reply *reply = NULL;
    char text[16];
    enum status st;

    snprintf(text, sizeof text, "%d", what);
    st = redis_do(client, &reply, "SADD", "written", text, NULL);
    redis_free(reply);
    return st == ST_OK;
}

static bool is_written(int server, int what)
{
    char text[16];

    snprintf(text, sizeof text, "%d", what);
    return redis_node_number(guard_server(server),
                             WORDS("SISMEMBER", "written", text)) == 1;
}

/* When each write was acknowledged; 0: it was not. */
static int write_for(struct redis *client, int64_t ms, int64_t *when)
{
    int64_t till = clock_mono_ms() + ms;
    int n = 0;

    while (n < WRITES_MAX && clock_mono_ms() < till) {
        when[n] = write_down(client, n) ? clock_mono_ms() : 0;
        n++;
        until(never, NULL, 10);
    }
    return n;
}

static bool takes_writes(void *arg)
{
    return write_down(arg, WRITES_MAX);
}

/* With min-replicas-to-write the time is bounded in which an old master acknowledges
 * what will be forgotten. (The new one has no replica either until the old one is back,
 * and takes nothing: who wants to go on meanwhile has two.) */
static void a_master_without_its_replica_takes_nothing_for_long(void **state)
{
    static int64_t when[WRITES_MAX];
    struct redis *client;
    int64_t cut, last = 0;
    int n, lost = 0;

    (void)state;
    guard_open_behind_lines();
    lag_limit(0);
    lag_limit(1);
    client = redis_open(guard_url());
    assert_true(write_down(client, WRITES_MAX + 1));
    cut = clock_mono_ms();
    guard_cut(0, SLOWLINE_PEERS);
    n = write_for(client, LAG_MS + NOTICED_MS + 2000, when);
    assert_int_not_equal(guard_wait_master(1, PROMOTED_MS), -1);
    guard_cut(0, SLOWLINE_WHOLE);
    guard_follow(0, 1);
    assert_true(until(takes_writes, client, PROMOTED_MS));
    for (int i = 0; i < n; i++) {
        if (when[i] == 0 || is_written(1, i))
            continue;
        lost++;
        last = when[i] - cut;
    }
    printf(
        "%d writes, %d of them acknowledged and lost, the last %lld ms after the cut\n",
        n, lost, (long long)last);
    assert_true(lost > 0); /* or the old one was not alone */
    assert_true(last <= LAG_MS + NOTICED_MS);
    redis_close(client);
    guard_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_master_behind_sentinel_is_lost),
        cmocka_unit_test(clients_stay_with_a_master_that_was_replaced),
        cmocka_unit_test(a_master_without_its_replica_takes_nothing_for_long),
    };

    return cmocka_run_group_tests_name("failover", tests, NULL, NULL);
}
