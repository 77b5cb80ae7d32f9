/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Updates into a real Redis: each once, in order, as the queue wants them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/io/queue.h"
#include "tests/harness/inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is stored ------------------------------------------------------------- */

static void an_update_becomes_an_entry_of_the_queue(void **state)
{
    static const char raw[] =
        " {\"update_id\":883120045, \"message\":{\"from\":"
        "{\"id\":5512},\"text\":\"при\\u0432ет \\ud83d\\ude00\"}}\n";
    struct queue_head h;
    struct json *job;
    char *e;

    (void)state;
    inbox_put(TG_AUTH, raw);
    inbox_see_all();
    assert_int_equal(inbox.seen[0], ST_OK);
    e = inbox_entry(5512, 0);
    assert_non_null(e);
    assert_int_equal(queue_head_read(e, QUEUE_HEAD, &h), ST_OK);
    assert_int_equal(h.list, queue_hot_list(5512));
    assert_int_equal(h.attempts + h.crashes, 0);
    assert_true(llabs(h.stamp_ms - clock_now() / 1000) < 10000);
    assert_int_equal(h.number, 0);
    assert_non_null(strstr(e + QUEUE_HEAD, raw)); /* verbatim */
    job = json_parse(e + QUEUE_HEAD, strlen(e + QUEUE_HEAD));
    assert_non_null(job);
    assert_int_equal(json_int_or(job, "v", 0), 1);
    assert_string_equal(json_text(job, "k", NULL), "bot.update");
    assert_string_equal(json_text(job, "root", NULL), "u:auth:883120045");
    assert_string_equal(json_text(job, "a.bot", NULL), "auth");
    assert_int_equal(json_int_or(job, "a.id", 0), 883120045);
    assert_true(llabs(json_int_or(job, "a.at", 0) - clock_now() / 1000) < 10000);
    assert_int_equal(json_int_or(job, "a.u.message.from.id", 0), 5512);
    assert_int_equal(inbox_counter("enq"), 1);
    assert_int_equal(cellar_ask("LLEN", "dv:{s0}:a:bell", NULL, NULL), 1);
    json_free(job);
    free(e);
}

static void the_same_update_is_stored_once(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) /* at once */
        inbox_put_from(TG_CLIENT, 7, 1);
    inbox_see_all();
    inbox_put_from(TG_CLIENT, 7, 1); /* and later */
    inbox_see_all();
    assert_int_equal(inbox.seen[0], ST_OK);
    for (int i = 1; i < 51; i++)
        assert_int_equal(inbox.seen[i], ST_TAKEN);
    assert_int_equal(cellar_updates(), 1);
    assert_int_equal(inbox_counter("enq"), 1);
    assert_int_equal(intake_counts(inbox.intake)->twice, 50);
}

static void the_bots_count_apart(void **state)
{
    (void)state;
    inbox_put_from(TG_CLIENT, 7, 1);
    inbox_put_from(TG_AUTH, 7, 1);
    inbox_see_all();
    assert_int_equal(inbox.seen[0], ST_OK);
    assert_int_equal(inbox.seen[1], ST_OK);
    assert_int_equal(cellar_updates(), 2);
}

/* One batch over three bitmaps of two bots, doubles among them: each verdict belongs to
 * the one that asked. */
static void verdicts_find_their_way_back(void **state)
{
    static const int64_t ids[] = {65535, 65536, 1, 65535, 131072, 65537, 1, 65536};
    static const enum status want[] = {ST_OK, ST_OK, ST_OK,    ST_TAKEN,
                                       ST_OK, ST_OK, ST_TAKEN, ST_TAKEN};

    (void)state;
    for (int i = 0; i < 8; i++)
        inbox_put_from(TG_CLIENT, ids[i], 100 + ids[i]);
    inbox_put_from(TG_AUTH, 1, 1);
    inbox_put_from(TG_AUTH, 1, 1);
    inbox_see_all();
    for (int i = 0; i < 8; i++)
        assert_int_equal(inbox.seen[i], want[i]);
    assert_int_equal(inbox.seen[8], ST_OK);
    assert_int_equal(inbox.seen[9], ST_TAKEN);
    assert_int_equal(cellar_updates(), 6);
    for (int i = 0; i < 3; i++) {
        char key[40];
        snprintf(key, sizeof(key), "dv:{s0}:u:client:%d", i);
        assert_in_range(cellar_ask("TTL", key, NULL, NULL), 90000, 93600);
    }
}

static void one_persons_updates_keep_their_order(void **state)
{
    int64_t before = -1;

    (void)state;
    for (int i = 0; i < 450; i++) /* three batches */
        inbox_put_from(TG_CLIENT, 1000 + i, i % 3 + 1);
    inbox_see_all();
    for (int i = 0, k = 0; i < 450; i++) {
        struct queue_head h;
        char *e, want[40];
        if (queue_hot_list(i % 3 + 1) != queue_hot_list(1))
            continue;
        e = inbox_entry(1, k++);
        snprintf(want, sizeof(want), "\"update_id\":%d,", 1000 + i);
        assert_non_null(strstr(e + QUEUE_HEAD, want));
        assert_int_equal(queue_head_read(e, QUEUE_HEAD, &h), ST_OK);
        assert_true(before < h.number); /* and so do their numbers */
        before = h.number;
        free(e);
    }
    assert_int_equal(cellar_updates(), 450);
    assert_int_equal(cellar_ask("LLEN", "dv:{s0}:a:bell", NULL, NULL), 64);
}

static long long entry_number(int i)
{
    char *e = inbox_entry(1, i);
    struct queue_head h;

    assert_int_equal(queue_head_read(e, QUEUE_HEAD, &h), ST_OK);
    assert_true(llabs(h.stamp_ms - clock_now() / 1000) < 10000);
    assert_non_null(strstr(e + QUEUE_HEAD, "{\"v\":1,"));
    free(e);
    return h.number;
}

/* Numbers are guessed ahead; who puts something in between makes the guess wrong, never
 * the number. */
static void numbers_go_up_whoever_else_puts(void **state)
{
    static const long long want[] = {0, 1, 9, 10};

    (void)state;
    for (int i = 0; i < 4; i++) {
        if (i == 2)
            cellar_ask("HINCRBY", "dv:{s0}:a:c", "seq", "7");
        inbox_put_from(TG_CLIENT, i, 1);
        inbox_see_all();
        assert_int_equal(inbox.seen[i], ST_OK);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(entry_number(i), want[i]);
}

/* ---- what is not ---------------------------------------------------------------- */

static void never(void *arg, enum status st)
{
    (void)arg;
    fail_msg("it was answered %s", status_name(st));
}

static void what_can_never_run_is_counted_and_not_stored(void **state)
{
    static char big[QUEUE_UPDATE_MAX + 2];
    static const char *const bad[] = {
        "", "{", "{}", "[]", "{\"update_id\":\"1\"}", "{\"update_id\":-1}"};

    (void)state;
    for (int i = 0; i < 6; i++)
        assert_int_equal(
            intake_put(inbox.intake, TG_CLIENT, bad[i], strlen(bad[i]), never, NULL),
            ST_BAD);
    memset(big, ' ', sizeof(big));
    memcpy(big, "{\"update_id\":1}", 15);
    assert_int_equal(
        intake_put(inbox.intake, TG_CLIENT, big, QUEUE_UPDATE_MAX + 1, never, NULL),
        ST_REFUSED);
    big[QUEUE_UPDATE_MAX] = '\0';
    inbox_put(TG_CLIENT, big);
    inbox_see_all();
    assert_int_equal(inbox.seen[0], ST_OK);
    assert_int_equal(cellar_updates(), 1);
    assert_int_equal(inbox_counter("malformed"), 6);
    assert_int_equal(inbox_counter("too_big"), 1);
    assert_int_equal(intake_counts(inbox.intake)->malformed, 6);
}

static void fill(int list, int n)
{
    struct redis_reply *r = NULL;
    char key[32], number[16];

    snprintf(key, sizeof(key), "dv:{s0}:a:%d", list);
    snprintf(number, sizeof(number), "%d", n);
    assert_int_equal(
        redis_do(cellar.redis, &r, "EVAL",
                 "for i = 1, ARGV[1] do redis.call('RPUSH', KEYS[1], 'x') end", "1",
                 key, number, NULL),
        ST_OK);
    redis_free(r);
}

static void a_full_list_refuses_and_forgets_that_it_was_asked(void **state)
{
    int list = queue_hot_list(1);

    (void)state;
    fill(list, INTAKE_LIST_MAX - 2);
    for (int i = 0; i < 4; i++)
        inbox_put_from(TG_CLIENT, 10 + i, 1);
    for (int64_t who = 2;; who++)
        if (queue_hot_list(who) != list) {
            inbox_put_from(TG_CLIENT, 20, who);
            break;
        }
    inbox_see_all();
    assert_int_equal(inbox.seen[0], ST_OK);
    assert_int_equal(inbox.seen[1], ST_OK);
    assert_int_equal(inbox.seen[2], ST_REFUSED);
    assert_int_equal(inbox.seen[3], ST_REFUSED);
    assert_int_equal(inbox.seen[4], ST_OK); /* another list has room */
    char *e = inbox_entry(1, -1);
    assert_non_null(strstr(e + QUEUE_HEAD, "\"update_id\":11,"));
    free(e);
    char key[32];
    snprintf(key, sizeof(key), "dv:{s0}:a:%d", list);
    assert_int_equal(cellar_ask("LLEN", key, NULL, NULL), INTAKE_LIST_MAX);
    assert_int_equal(inbox_counter("enq"), 3);
    assert_int_equal(cellar_ask("LPOP", key, NULL, NULL), 0); /* room for one again */
    inbox_put_from(TG_CLIENT, 12, 1);
    inbox_see_all();
    assert_int_equal(inbox.seen[5], ST_OK); /* it was not known */
}

/* Few entries, but big ones. */
static void bytes_fill_a_list_too(void **state)
{
    size_t n = 1024 * 1024;
    char *big = malloc(n + 1), key[32];

    (void)state;
    assert_non_null(big);
    memset(big, 'x', n);
    big[n] = '\0';
    snprintf(key, sizeof(key), "dv:{s0}:a:%d", queue_hot_list(1));
    for (int i = 0; i <= INTAKE_BYTES_MAX / (1024 * 1024); i++)
        cellar_ask("RPUSH", key, big, NULL);
    inbox_put_from(TG_CLIENT, 10, 1);
    inbox_see_all();
    assert_int_equal(inbox.seen[0], ST_REFUSED);
    assert_int_equal(inbox_counter("enq"), 0);
    for (int i = 0; i < 3; i++)
        cellar_ask("LPOP", key, NULL, NULL);
    inbox_put_from(TG_CLIENT, 10, 1); /* it was not known */
    inbox_see_all();
    assert_int_equal(inbox.seen[1], ST_OK);
    free(big);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, inbox_open, inbox_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_update_becomes_an_entry_of_the_queue),
        TEST(the_same_update_is_stored_once),
        TEST(the_bots_count_apart),
        TEST(verdicts_find_their_way_back),
        TEST(bytes_fill_a_list_too),
        TEST(one_persons_updates_keep_their_order),
        TEST(numbers_go_up_whoever_else_puts),
        TEST(what_can_never_run_is_counted_and_not_stored),
        TEST(a_full_list_refuses_and_forgets_that_it_was_asked),
    };
    int failed = cmocka_run_group_tests_name("intake", tests, NULL, NULL);

    cellar_close();
    return failed;
}
