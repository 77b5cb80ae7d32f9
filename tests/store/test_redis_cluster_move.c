/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Redis Cluster while a slot moves or a master hands over: nothing is done twice, left
 * half done, or done in another order, and what was told to be done is there. */
#include "tests/store/cluster_yard.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- a slot moves ------------------------------------------------------------------ */

/* What was told to be done, and what is there in the end. */
struct traffic {
    int asked, sure; /* of the client */
    int piped, transacted, unsure;
    char order[16000]; /* of the pipe's numbers that were told to be stored */
};

static void client_counts(struct traffic *t)
{
    char key[40];

    snprintf(key, sizeof key, TAG "one:%d", t->asked++);
    assert_int_equal(say(NULL, "INCR", TAG "n", NULL), ST_OK);
    assert_int_equal(say(NULL, "INCR", key, NULL), ST_OK); /* a key nobody has yet */
    assert_int_equal(eval(&count_script, TAG "n", NULL), ST_OK);
    t->sure += 2;
}

/* One of a burst that leaves in one write. */
struct push {
    struct traffic *traffic;
    char number[12];
    bool heard;
};

static void pushed(void *arg, enum status st, const struct redis_reply *r)
{
    struct push *p = arg;
    struct traffic *t = p->traffic;
    size_t n = strlen(t->order);

    (void)r;
    p->heard = true;
    if (st == ST_OK)
        snprintf(t->order + n, sizeof t->order - n, "%s ", p->number);
    t->unsure += st == ST_UNSURE;
}

static bool all_heard(const struct push *p, int n)
{
    for (int i = 0; i < n; i++)
        if (!p[i].heard)
            return false;
    return true;
}

static void pipe_pushes(struct traffic *t, int n)
{
    struct push *burst = calloc((size_t)n, sizeof *burst);
    struct redis_cmd c = {0};

    assert_non_null(burst);
    for (int i = 0; i < n; i++) {
        burst[i].traffic = t;
        snprintf(burst[i].number, sizeof burst[i].number, "%d", t->piped++);
        redis_arg_text(&c, "RPUSH");
        redis_arg_text(&c, TAG "list");
        redis_arg_text(&c, burst[i].number);
        redis_pipe_call(pipe_run_pipe(), &c, REDIS_DEADLINE_MS, pushed, &burst[i]);
        c.argc = 0;
    }
    redis_cmd_free(&c);
    while (!all_heard(burst, n))
        pipe_run_for(0);
    free(burst);
}

/* A transaction is done whole or not at all. */
static void pipe_transacts(struct traffic *t)
{
    enum status st = pipe_run_transact(WORDS("RPUSH", TAG "left", "x"),
                                       WORDS("RPUSH", TAG "right", "x"));

    t->transacted += st == ST_OK;
    t->unsure += st == ST_UNSURE;
}

static void traffic(struct traffic *t, int n)
{
    for (int i = 0; i < n; i++) {
        client_counts(t);
        pipe_pushes(t, 5);
        pipe_transacts(t);
    }
}

static void list_is(int node, const char *key, const char *want)
{
    struct redis_reply *r = NULL;
    char text[16000] = "";
    size_t n = 0;

    assert_int_equal(redis_do(redis_node_client(farm_node(node)), &r, "LRANGE", key,
                              "0", "-1", NULL),
                     ST_OK);
    for (size_t i = 0; i < redis_count(r); i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s ",
                              redis_text(redis_item(r, i), NULL));
    redis_free(r);
    assert_string_equal(text, want);
}

static void a_slot_moves_in_the_middle_of_traffic(void **state)
{
    struct traffic t = {0};
    int slot = farm_slot(TAG), from = farm_owner(slot), to = (from + 1) % 3;
    char key[40];

    (void)state;
    assert_true(pipe_run_up(BACK_MS));
    traffic(&t, 20);
    farm_move_begin(slot, from, to);
    traffic(&t, 20); /* old keys here, new ones there: ASK */
    farm_move_key(TAG "n", from, to);
    traffic(&t, 20);
    farm_move_keys(slot, from, to);
    traffic(&t, 20); /* all there, and the slot still here */
    farm_move_end(slot, from, to);
    /* More answers of MOVED than come in one read: the later ones are waited for. */
    pipe_pushes(&t, 2000);
    traffic(&t, 20);
    assert_true(until(pipe_writes, TAG "p", BACK_MS));
    traffic(&t, 20);

    assert_int_equal(kept(to, TAG "n"), t.sure);
    for (int i = 0; i < t.asked; i++) {
        snprintf(key, sizeof key, TAG "one:%d", i);
        assert_int_equal(kept(to, key), 1);
    }
    assert_int_equal(t.unsure, 0);
    list_is(to, TAG "list", t.order);
    assert_true(strlen(t.order) > 600); /* it has worked, before and after */
    assert_int_equal(redis_node_number(farm_node(to), WORDS("LLEN", TAG "left")),
                     t.transacted);
    assert_int_equal(redis_node_number(farm_node(to), WORDS("LLEN", TAG "right")),
                     t.transacted);
    assert_true(t.transacted >= 20);
}

/* ---- TRYAGAIN ---------------------------------------------------------------------- */

static int64_t errors_of(int node)
{
    static const char name[] = "errorstat_TRYAGAIN:count=";
    struct redis_reply *r = NULL;
    const char *s = NULL;
    int64_t n = 0;

    if (redis_do(redis_node_client(farm_node(node)), &r, "INFO", "errorstats", NULL) ==
        ST_OK)
        s = strstr(redis_text(r, NULL), name);
    if (s != NULL)
        n = strtoll(s + strlen(name), NULL, 10);
    redis_free(r);
    return n;
}

struct move {
    int slot, from, to;
    int64_t errors; /* TRYAGAIN answered so far */
};

static bool asked_again(void *arg)
{
    struct move *m = arg;

    return errors_of(m->from) + errors_of(m->to) >= m->errors + 3;
}

static void *finish_the_move(void *arg)
{
    struct move *m = arg;

    if (until(asked_again, m, BACK_MS)) {
        farm_move_keys(m->slot, m->from, m->to);
        farm_move_end(m->slot, m->from, m->to);
    }
    return NULL;
}

/* A script whose keys are torn apart waits until they are together again. */
static void a_torn_script_waits(void **state)
{
    struct move m = {.slot = farm_slot(TAG)};
    pthread_t thread;

    (void)state;
    m.from = farm_owner(m.slot);
    m.to = (m.from + 1) % 3;
    assert_int_equal(eval(&both_script, TAG "first", TAG "second"), ST_OK);
    farm_move_begin(m.slot, m.from, m.to);
    farm_move_key(TAG "first", m.from, m.to);
    assert_int_equal(eval(&both_script, TAG "first", TAG "second"), ST_REFUSED);
    m.errors = errors_of(m.from) + errors_of(m.to);
    assert_int_equal(pthread_create(&thread, NULL, finish_the_move, &m), 0);
    assert_int_equal(eval(&both_script, TAG "first", TAG "second"), ST_OK);
    pthread_join(thread, NULL);
    assert_int_equal(kept(m.to, TAG "first"), 2);
    assert_int_equal(kept(m.to, TAG "second"), 2);
}

/* ---- a master hands over ------------------------------------------------------------ */

static void a_master_hands_over_in_the_middle_of_traffic(void **state)
{
    struct traffic t = {0};
    int slot = farm_slot(TAG), old = farm_owner(slot), new = replica_of(old);

    (void)state;
    (void)say(NULL, "DEL", TAG "n", NULL);
    (void)say(NULL, "DEL", TAG "list", NULL);
    for (int i = 0; i < 500; i++) { /* keys of the tests before */
        char key[40];

        snprintf(key, sizeof key, TAG "one:%d", i);
        (void)say(NULL, "DEL", key, NULL);
    }
    assert_true(pipe_run_up(BACK_MS));
    client_counts(&t);
    pipe_pushes(&t, 5);
    redis_node_number(farm_node(new), WORDS("CLUSTER", "FAILOVER"));
    for (int64_t till = clock_mono_ms() + BACK_MS; farm_owner(slot) != new;) {
        client_counts(&t);
        pipe_pushes(&t, 5);
        assert_true(clock_mono_ms() < till);
    }
    assert_true(until(pipe_writes, TAG "p", BACK_MS));
    client_counts(&t);
    pipe_pushes(&t, 5);
    assert_int_equal(kept(new, TAG "n"), t.sure);
    assert_int_equal(t.unsure, 0);
    list_is(new, TAG "list", t.order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_slot_moves_in_the_middle_of_traffic),
        CASE(a_torn_script_waits),
        CASE(a_master_hands_over_in_the_middle_of_traffic),
    };

    return cmocka_run_group_tests_name("redis_cluster_move", tests, open_all,
                                       close_all);
}
