/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Updates into a real Redis: each once, in order, whole, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bots/intake.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/io/queue.h"
#include "tests/harness/server.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_MAX 512

static struct server *server;
static char url[200];
static struct loop *loop;
static struct redis_pipe *pipe_;
static struct intake *in;
static struct redis *redis;
static enum status seen[SEEN_MAX]; /* by the order of putting */
static int n_put, n_done;

/* ---- the place ------------------------------------------------------------------- */

static enum status ask(struct redis_reply **out, const char *verb, const char *a,
                       const char *b, const char *c)
{
    return redis_do(redis, out, verb, a, b, c, NULL);
}

static int64_t ask_int(const char *verb, const char *a, const char *b, const char *c)
{
    struct redis_reply *r = NULL;
    int64_t v;

    assert_int_equal(ask(&r, verb, a, b, c), ST_OK);
    v = redis_int(r);
    redis_free(r);
    return v;
}

static int64_t counter(const char *name)
{
    return ask_int("HGET", "dv:{s0}:a:c", name, NULL);
}

static int place_open(void **state)
{
    struct redis_reply *r = NULL;

    (void)state;
    if (!server)
        server = server_new(SERVER_REDIS);
    snprintf(url, sizeof(url), "unix://%s?db=0", server_socket(server));
    redis = redis_open(url);
    if (!redis || ask(&r, "FLUSHALL", NULL, NULL, NULL) != ST_OK)
        return -1;
    redis_free(r);
    n_put = n_done = 0;
    loop = loop_new();
    in = intake_open(loop);
    pipe_ = redis_pipe_open(loop, url);
    intake_use(in, pipe_);
    return 0;
}

static int place_close(void **state)
{
    (void)state;
    redis_pipe_close(pipe_);
    intake_close(in);
    loop_free(loop);
    redis_close(redis);
    return 0;
}

/* ---- putting and waiting --------------------------------------------------------- */

static void stored(void *arg, enum status st)
{
    *(enum status *)arg = st;
    if (++n_done == n_put)
        loop_stop(loop);
}

static void put(enum tg_bot bot, const char *raw)
{
    assert_true(n_put < SEEN_MAX);
    seen[n_put] = ST_BAD;
    assert_int_equal(intake_put(in, bot, raw, strlen(raw), stored, &seen[n_put]), ST_OK);
    n_put++;
}

/* A text that lives as long as the test program: intake borrows it. */
static const char *update(int64_t id, int64_t who)
{
    char *s = malloc(120);

    snprintf(s, 120, "{\"update_id\":%" PRId64 ",\"message\":{\"from\":{\"id\":%" PRId64
             "}}}", id, who);
    return s;
}

static char *texts[SEEN_MAX * 4];
static int n_texts;

static const char *kept(const char *s)
{
    assert_true(n_texts < SEEN_MAX * 4);
    texts[n_texts++] = (char *)s;
    return s;
}

static void texts_free(void)
{
    while (n_texts > 0)
        free(texts[--n_texts]);
}

static void too_late(void *arg)
{
    (void)arg;
    fail_msg("%d of %d answered", n_done, n_put);
}

static void wait_all(void)
{
    struct loop_timer late = {0};

    if (n_done == n_put)
        return;
    loop_after(loop, &late, 15000, too_late, NULL);
    loop_run(loop);
    loop_cancel(&late);
    assert_int_equal(n_done, n_put);
}

static void idle(void *arg)
{
    (void)arg;
    loop_stop(loop);
}

static void wait_up(bool up)
{
    struct loop_timer t = {0};
    int64_t till = clock_mono_ms() + 15000;

    while (redis_pipe_up(pipe_) != up && clock_mono_ms() < till) {
        loop_after(loop, &t, 5, idle, NULL);
        loop_run(loop);
    }
    assert_int_equal(redis_pipe_up(pipe_), up);
}

static int64_t entries_on_lists(void)
{
    int64_t n = 0;
    char key[32];

    for (int i = 0; i < 16; i++) {
        snprintf(key, sizeof(key), "dv:{s0}:a:%d", i);
        n += ask_int("LLEN", key, NULL, NULL);
    }
    return n;
}

/* The i-th entry of that person's list. Yours. */
static char *entry_of(int64_t who, int i)
{
    struct redis_reply *r = NULL;
    char key[32], at[12], *copy = NULL;
    const char *s;
    size_t n;

    snprintf(key, sizeof(key), "dv:{s0}:a:%d", queue_hot_list(who));
    snprintf(at, sizeof(at), "%d", i);
    assert_int_equal(ask(&r, "LINDEX", key, at, NULL), ST_OK);
    s = redis_text(r, &n);
    if (s) {
        copy = malloc(n + 1);
        memcpy(copy, s, n);
        copy[n] = '\0';
    }
    redis_free(r);
    return copy;
}

/* ---- what is stored -------------------------------------------------------------- */

static void an_update_becomes_an_entry_of_the_queue(void **state)
{
    static const char raw[] = " {\"update_id\":883120045, \"message\":{\"from\":"
                              "{\"id\":5512},\"text\":\"при\\u0432ет \\ud83d\\ude00\"}}\n";
    struct json *job;
    char *e;

    (void)state;
    wait_up(true);
    put(TG_AUTH, raw);
    wait_all();
    assert_int_equal(seen[0], ST_OK);
    e = entry_of(5512, 0);
    assert_non_null(e);
    assert_memory_equal(e + 26, "000", 3);
    assert_int_equal((e[29] - '0') * 10 + e[30] - '0', queue_hot_list(5512));
    assert_true(llabs(strtoll((char[14]){e[31], e[32], e[33], e[34], e[35], e[36], e[37],
                                         e[38], e[39], e[40], e[41], e[42], e[43], 0},
                              NULL, 10) -
                      clock_now() / 1000) < 10000);
    assert_memory_equal(e + 44, "0000000000", 10);
    assert_non_null(strstr(e, raw)); /* verbatim */
    job = json_parse(e + QUEUE_HEAD, strlen(e + QUEUE_HEAD));
    assert_non_null(job);
    assert_int_equal(json_int_or(job, "v", 0), 1);
    assert_string_equal(json_text(job, "k", NULL), "bot.update");
    assert_string_equal(json_text(job, "root", NULL), "u:auth:883120045");
    assert_string_equal(json_text(job, "a.bot", NULL), "auth");
    assert_int_equal(json_int_or(job, "a.id", 0), 883120045);
    assert_true(llabs(json_int_or(job, "a.at", 0) - clock_now() / 1000) < 10000);
    assert_int_equal(json_int_or(job, "a.u.message.from.id", 0), 5512);
    assert_int_equal(counter("enq"), 1);
    assert_int_equal(ask_int("LLEN", "dv:{s0}:a:bell", NULL, NULL), 1);
    json_free(job);
    free(e);
}

static void the_same_update_is_stored_once(void **state)
{
    (void)state;
    wait_up(true);
    for (int i = 0; i < 50; i++) /* at once */
        put(TG_CLIENT, kept(update(7, 1)));
    wait_all();
    put(TG_CLIENT, kept(update(7, 1))); /* and later */
    wait_all();
    assert_int_equal(seen[0], ST_OK);
    for (int i = 1; i < 51; i++)
        assert_int_equal(seen[i], ST_TAKEN);
    assert_int_equal(entries_on_lists(), 1);
    assert_int_equal(counter("enq"), 1);
    assert_int_equal(intake_counts(in)->twice, 50);
}

static void the_bots_count_apart(void **state)
{
    (void)state;
    wait_up(true);
    put(TG_CLIENT, kept(update(7, 1)));
    put(TG_AUTH, kept(update(7, 1)));
    wait_all();
    assert_int_equal(seen[0], ST_OK);
    assert_int_equal(seen[1], ST_OK);
    assert_int_equal(entries_on_lists(), 2);
}

/* One batch over three bitmaps of two bots, doubles among them: each verdict belongs to
 * the one that asked. */
static void verdicts_find_their_way_back(void **state)
{
    static const int64_t ids[] = {65535, 65536, 1, 65535, 131072, 65537, 1, 65536};
    static const enum status want[] = {ST_OK, ST_OK, ST_OK,    ST_TAKEN,
                                       ST_OK, ST_OK, ST_TAKEN, ST_TAKEN};

    (void)state;
    wait_up(true);
    for (int i = 0; i < 8; i++)
        put(TG_CLIENT, kept(update(ids[i], 100 + ids[i])));
    put(TG_AUTH, kept(update(1, 1)));
    put(TG_AUTH, kept(update(1, 1)));
    wait_all();
    for (int i = 0; i < 8; i++)
        assert_int_equal(seen[i], want[i]);
    assert_int_equal(seen[8], ST_OK);
    assert_int_equal(seen[9], ST_TAKEN);
    assert_int_equal(entries_on_lists(), 6);
    for (int i = 0; i < 3; i++) {
        char key[40];
        snprintf(key, sizeof(key), "dv:{s0}:u:client:%d", i);
        assert_in_range(ask_int("TTL", key, NULL, NULL), 90000, 93600);
    }
}

static void one_persons_updates_keep_their_order(void **state)
{
    char before[27] = "";

    (void)state;
    wait_up(true);
    for (int i = 0; i < 450; i++) /* three batches */
        put(TG_CLIENT, kept(update(1000 + i, i % 3 + 1)));
    wait_all();
    for (int i = 0, k = 0; i < 450; i++) {
        char *e, want[40];
        if (queue_hot_list(i % 3 + 1) != queue_hot_list(1))
            continue;
        e = entry_of(1, k++);
        snprintf(want, sizeof(want), "\"update_id\":%d,", 1000 + i);
        assert_non_null(strstr(e, want));
        assert_true(memcmp(before, e, 26) < 0 || !before[0]); /* ids too */
        memcpy(before, e, 26);
        free(e);
    }
    assert_int_equal(entries_on_lists(), 450);
    assert_int_equal(ask_int("LLEN", "dv:{s0}:a:bell", NULL, NULL), 64);
}

/* ---- what is not ----------------------------------------------------------------- */

static void what_can_never_run_is_counted_and_not_stored(void **state)
{
    static char big[QUEUE_UPDATE_MAX + 2];
    static const char *const bad[] = {"", "{", "{}", "[]", "{\"update_id\":\"1\"}",
                                      "{\"update_id\":-1}"};

    (void)state;
    wait_up(true);
    for (int i = 0; i < 6; i++)
        assert_int_equal(
            intake_put(in, TG_CLIENT, bad[i], strlen(bad[i]), stored, &seen[0]), ST_BAD);
    memset(big, ' ', sizeof(big));
    memcpy(big, "{\"update_id\":1}", 15);
    assert_int_equal(
        intake_put(in, TG_CLIENT, big, QUEUE_UPDATE_MAX + 1, stored, &seen[0]),
        ST_REFUSED);
    assert_int_equal(intake_put(in, TG_CLIENT, big, QUEUE_UPDATE_MAX, stored, &seen[0]),
                     ST_OK);
    n_put++;
    wait_all();
    assert_int_equal(seen[0], ST_OK);
    assert_int_equal(entries_on_lists(), 1);
    assert_int_equal(counter("malformed"), 6);
    assert_int_equal(counter("too_big"), 1);
    assert_int_equal(intake_counts(in)->malformed, 6);
}

static void fill(int list, int n)
{
    struct redis_reply *r = NULL;
    char key[32], number[16];

    snprintf(key, sizeof(key), "dv:{s0}:a:%d", list);
    snprintf(number, sizeof(number), "%d", n);
    assert_int_equal(redis_do(redis, &r, "EVAL",
                              "for i = 1, ARGV[1] do redis.call('RPUSH', KEYS[1], 'x') end",
                              "1", key, number, NULL),
                     ST_OK);
    redis_free(r);
}

static void a_full_list_refuses_and_forgets_that_it_was_asked(void **state)
{
    int list = queue_hot_list(1);

    (void)state;
    wait_up(true);
    fill(list, INTAKE_LIST_MAX - 2);
    for (int i = 0; i < 4; i++)
        put(TG_CLIENT, kept(update(10 + i, 1)));
    for (int64_t who = 2;; who++)
        if (queue_hot_list(who) != list) {
            put(TG_CLIENT, kept(update(20, who)));
            break;
        }
    wait_all();
    assert_int_equal(seen[0], ST_OK);
    assert_int_equal(seen[1], ST_OK);
    assert_int_equal(seen[2], ST_REFUSED);
    assert_int_equal(seen[3], ST_REFUSED);
    assert_int_equal(seen[4], ST_OK); /* another list has room */
    char *e = entry_of(1, -1);
    assert_non_null(strstr(e, "\"update_id\":11,"));
    free(e);
    char key[32];
    snprintf(key, sizeof(key), "dv:{s0}:a:%d", list);
    assert_int_equal(ask_int("LLEN", key, NULL, NULL), INTAKE_LIST_MAX);
    assert_int_equal(counter("enq"), 3);
    assert_int_equal(ask_int("LPOP", key, NULL, NULL), 0); /* room for one again */
    put(TG_CLIENT, kept(update(12, 1)));
    wait_all();
    assert_int_equal(seen[5], ST_OK); /* it was not known */
}

/* ---- Redis mistreated ------------------------------------------------------------ */

static void config(const char *name, const char *value)
{
    struct redis_reply *r = NULL;

    assert_int_equal(redis_do(redis, &r, "CONFIG", "SET", name, value, NULL), ST_OK);
    redis_free(r);
}

static void a_redis_without_memory_stores_nothing(void **state)
{
    (void)state;
    wait_up(true);
    config("maxmemory", "1");
    put(TG_CLIENT, kept(update(7, 1)));
    put(TG_CLIENT, kept(update(8, 2)));
    wait_all();
    config("maxmemory", "0");
    assert_int_equal(seen[0], ST_DOWN);
    assert_int_equal(seen[1], ST_DOWN);
    assert_int_equal(entries_on_lists(), 0);
    put(TG_CLIENT, kept(update(7, 1)));
    wait_all();
    assert_int_equal(seen[2], ST_OK);
}

static void a_redis_that_forgot_the_script_is_taught_again(void **state)
{
    struct redis_reply *r = NULL;

    (void)state;
    wait_up(true);
    put(TG_CLIENT, kept(update(7, 1)));
    wait_all();
    assert_int_equal(redis_do(redis, &r, "SCRIPT", "FLUSH", NULL), ST_OK);
    redis_free(r);
    for (int i = 0; i < 20; i++) { /* the first may be told to come again */
        put(TG_CLIENT, kept(update(8, 1)));
        wait_all();
        if (seen[n_put - 1] == ST_OK)
            break;
        assert_int_equal(seen[n_put - 1], ST_DOWN);
    }
    assert_int_equal(seen[n_put - 1], ST_OK);
    assert_int_equal(entries_on_lists(), 2);
}

static void a_redis_that_is_gone_is_told_at_once_and_comes_back(void **state)
{
    (void)state;
    wait_up(true);
    put(TG_CLIENT, kept(update(7, 1)));
    wait_all();
    server_kill(server, SIGKILL);
    wait_up(false);
    int64_t from = clock_mono_ms();
    put(TG_CLIENT, kept(update(8, 1)));
    wait_all();
    assert_true(clock_mono_ms() - from < 1000);
    assert_true(seen[1] == ST_DOWN || seen[1] == ST_UNSURE);
    server_start(server);
    wait_up(true);
    put(TG_CLIENT, kept(update(7, 1))); /* what it had acknowledged it still has */
    put(TG_CLIENT, kept(update(8, 1)));
    wait_all();
    assert_int_equal(seen[2], ST_TAKEN);
    assert_int_equal(seen[3], ST_OK);
    assert_int_equal(entries_on_lists(), 2);
}

static void a_redis_that_is_frozen_is_given_up_and_doubles_nothing(void **state)
{
    pid_t pid;

    (void)state;
    wait_up(true);
    struct redis_reply *r = NULL;
    assert_int_equal(redis_do(redis, &r, "INFO", "server", NULL), ST_OK);
    pid = (pid_t)strtol(strstr(redis_text(r, NULL), "process_id:") + 11, NULL, 10);
    redis_free(r);
    assert_true(pid > 1);
    kill(pid, SIGSTOP);
    int64_t from = clock_mono_ms();
    put(TG_CLIENT, kept(update(7, 1)));
    wait_all();
    int64_t took = clock_mono_ms() - from;
    kill(pid, SIGCONT);
    assert_int_equal(seen[0], ST_UNSURE);
    assert_in_range(took, REDIS_DEADLINE_MS - 500, REDIS_DEADLINE_MS + 2000);
    wait_up(true);
    put(TG_CLIENT, kept(update(7, 1))); /* Telegram sends it again */
    wait_all();
    assert_true(seen[1] == ST_TAKEN || seen[1] == ST_OK);
    assert_int_equal(entries_on_lists(), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_update_becomes_an_entry_of_the_queue),
        TEST(the_same_update_is_stored_once),
        TEST(the_bots_count_apart),
        TEST(verdicts_find_their_way_back),
        TEST(one_persons_updates_keep_their_order),
        TEST(what_can_never_run_is_counted_and_not_stored),
        TEST(a_full_list_refuses_and_forgets_that_it_was_asked),
        TEST(a_redis_without_memory_stores_nothing),
        TEST(a_redis_that_forgot_the_script_is_taught_again),
        TEST(a_redis_that_is_gone_is_told_at_once_and_comes_back),
        TEST(a_redis_that_is_frozen_is_given_up_and_doubles_nothing),
    };
    int failed = cmocka_run_group_tests_name("intake", tests, NULL, NULL);

    texts_free();
    server_free(server);
    return failed;
}
