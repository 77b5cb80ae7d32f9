/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik bots` as its operator meets it: Redis frozen or dead, health, refusals at the
 * start, and how it stops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/queue.h"
#include "tests/harness/door.h"
#include "tests/harness/until.h"
#include "tests/harness/wire.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- Redis away ----------------------------------------------------------------- */

static bool update_is_taken(void *arg)
{
    return post_update(arg) == 200;
}

static bool is_healthy(void *arg)
{
    (void)arg;
    return post_raw("GET /health HTTP/1.1\r\nHost: x\r\n\r\n") == 200;
}

static void a_frozen_redis_is_503_and_heals_by_itself(void **state)
{
    (void)state;
    server_signal(cellar.server, SIGSTOP);
    int status = post_update(UPDATE(9));
    bool later = strstr(door.answer, "Retry-After: 5") != NULL;
    int health = post_raw("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    server_signal(cellar.server, SIGCONT);
    assert_int_equal(status, 503);
    assert_true(later);
    assert_int_equal(health, 503);
    assert_non_null(strstr(door.answer, "\"redis\":\"down\""));
    assert_true(until(update_is_taken, UPDATE(9), SOON_MS));
    assert_int_equal(cellar_updates(), 1); /* however often it was sent */
    assert_true(until(is_healthy, NULL, SOON_MS));
}

static void a_dead_redis_is_503_and_forgets_nothing(void **state)
{
    (void)state;
    assert_int_equal(post_update(UPDATE(10)), 200);
    server_kill(cellar.server, SIGKILL);
    assert_int_equal(post_update(UPDATE(11)), 503);
    assert_non_null(strstr(door.answer, "Retry-After: 5"));
    assert_true(program_says(door.bots, "redis cannot be reached", SOON_MS));
    assert_int_equal(post_raw("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"), 503);
    server_start(cellar.server);
    assert_true(until(update_is_taken, UPDATE(11), SOON_MS));
    assert_int_equal(cellar_updates(), 2);
    assert_int_equal(post_update(UPDATE(10)), 200); /* known */
    assert_int_equal(cellar_updates(), 2);
    assert_true(program_says(door.bots, "redis is back", SOON_MS));
}

/* ---- Redis killed in the middle of everything -------------------------------------
 */

#define POSTERS 4
#define IDS_EACH 150

static int posting; /* threads still at it */

/* One update after the other, each until it is 200, as Telegram does. */
static void *post_all(void *arg)
{
    int first = *(int *)arg, fd = -1;
    char text[1024], heard[1024], body[100];

    for (int id = first; id < first + IDS_EACH;) {
        size_t n;
        if (fd < 0)
            fd = wire_dial(door.port);
        snprintf(body, sizeof(body),
                 "{\"update_id\":%d,\"message\":{\"from\":{\"id\":%d}}}", id, id % 7);
        n = post_print(text, sizeof(text),
                       &(struct post){"/telegram/client",
                                      door.cfg->telegram_webhook_secret, NULL, body});
        wire_say_n(fd, text, n);
        wire_hear(fd, heard, sizeof(heard));
        if (wire_status(heard) == 200) {
            id++;
        } else if (wire_status(heard) != 503) {
            close(fd);
            fd = -1;
        }
    }
    close(fd);
    __atomic_sub_fetch(&posting, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static bool grown(void *arg)
{
    return cellar_updates() > *(int *)arg ||
           !__atomic_load_n(&posting, __ATOMIC_SEQ_CST);
}

static int times_stored(int id)
{
    char want[40];
    int n = 0;

    snprintf(want, sizeof(want), "\"update_id\":%d,", id);
    for (int list = 0; list < 16; list++) {
        struct redis_reply *r = NULL;
        char key[32];
        snprintf(key, sizeof(key), "dv:{s0}:a:%d", list);
        assert_int_equal(redis_do(cellar.redis, &r, "LRANGE", key, "0", "-1", NULL),
                         ST_OK);
        for (size_t i = 0; i < redis_count(r); i++)
            n += strstr(redis_text(redis_item(r, i), NULL) + QUEUE_HEAD, want) != NULL;
        redis_free(r);
    }
    return n;
}

static void what_was_answered_200_is_stored_once_whoever_dies(void **state)
{
    pthread_t threads[POSTERS];
    int first[POSTERS], had;

    (void)state;
    posting = POSTERS;
    for (int i = 0; i < POSTERS; i++) {
        first[i] = 10000 * (i + 1);
        assert_int_equal(pthread_create(&threads[i], NULL, post_all, &first[i]), 0);
    }
    for (int kills = 0; kills < 6; kills++) {
        had = cellar_updates() + 40;
        assert_true(until(grown, &had, SOON_MS));
        server_kill(cellar.server, SIGKILL);
        server_start(cellar.server);
    }
    for (int i = 0; i < POSTERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(cellar_updates(), POSTERS * IDS_EACH);
    for (int i = 0; i < POSTERS; i++)
        for (int id = first[i]; id < first[i] + IDS_EACH; id += 7)
            assert_int_equal(times_stored(id), 1);
}

static bool is_beating(void *arg)
{
    (void)arg;
    return cellar_ask("TTL", "dv:{s0}:live:bots", NULL, NULL) > 0;
}

static void health_tells_of_each_part_and_no_secret(void **state)
{
    (void)state;
    assert_true(until(is_healthy, NULL, SOON_MS));
    assert_non_null(strstr(door.answer, "{\"status\":\"ok\",\"database\":\"ok\","
                                        "\"redis\":\"ok\",\"bots\":\"ok\"}"));
    assert_true(until(is_beating, NULL, SOON_MS));
    assert_null(strstr(program_output(door.bots), door.cfg->telegram_bot_token));
    assert_null(strstr(program_output(door.bots), door.cfg->telegram_webhook_secret));
}

/* ---- starting and stopping ------------------------------------------------------ */

static void refuses_to_start(const char *wants)
{
    struct program *p = program_start("dvorik", "bots", NULL);

    if (program_wait(p, SOON_MS) != 2)
        fail_msg("it starts: %s", program_output(p));
    if (!strstr(program_output(p), wants))
        fail_msg("it does not say %s: %s", wants, program_output(p));
    program_end(p);
}

static void a_redis_unfit_to_keep_updates_is_refused(void **state)
{
    (void)state;
    cellar_config("maxmemory-policy", "allkeys-lru");
    refuses_to_start("CONFIG SET maxmemory-policy noeviction");
    cellar_config("maxmemory-policy", "noeviction");
    cellar_config("appendonly", "no");
    refuses_to_start("CONFIG SET appendonly yes");
    cellar_config("appendonly", "yes");
}

static void a_wrong_setting_is_named_before_anything_starts(void **state)
{
    (void)state;
    setenv("TELEGRAM_AUTH_WEBHOOK_SECRET", door.cfg->telegram_webhook_secret, 1);
    refuses_to_start("TELEGRAM_AUTH_WEBHOOK_SECRET");
    unsetenv("TELEGRAM_BOT_TOKEN");
    refuses_to_start("TELEGRAM_BOT_TOKEN");
    door_export();
    setenv("BOTS_LISTEN", "nonsense", 1);
    refuses_to_start("BOTS_LISTEN");
    door_export();
}

static void the_first_signal_finishes_what_is_under_way(void **state)
{
    char text[1024];
    size_t n =
        post_print(text, sizeof(text),
                   &(struct post){"/telegram/client", door.cfg->telegram_webhook_secret,
                                  NULL, UPDATE(500)});
    int half = wire_dial(door.port), idle = wire_dial(door.port), other;
    char c;

    (void)state;
    wire_say_n(half, text, n - 5);
    /* The head is read once a later connection was served. */
    assert_int_equal(post_update(UPDATE(501)), 200);
    program_signal(door.bots, SIGTERM);
    assert_int_equal(recv(idle, &c, 1, 0), 0);
    wire_say_n(half, text + n - 5, 5);
    wire_hear(half, door.answer, sizeof(door.answer));
    assert_int_equal(wire_status(door.answer), 200);
    assert_int_equal(program_wait(door.bots, SOON_MS), 0);
    assert_int_equal(cellar_updates(), 2);
    close(half);
    close(idle);
    program_end(door.bots);

    door_start(); /* and the second one leaves at once */
    other = wire_dial(door.port);
    wire_say_n(other, text, n - 5);
    assert_int_equal(post_update(UPDATE(502)), 200);
    program_signal(door.bots, SIGTERM);
    assert_true(program_says(door.bots, "bots stopping", SOON_MS));
    program_signal(door.bots, SIGTERM);
    assert_int_equal(program_wait(door.bots, 3000), 1);
    close(other);
    program_end(door.bots);
    door_start();
}

#define TEST(f) cmocka_unit_test_setup(f, door_empty)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_frozen_redis_is_503_and_heals_by_itself),
        TEST(a_dead_redis_is_503_and_forgets_nothing),
        TEST(what_was_answered_200_is_stored_once_whoever_dies),
        TEST(health_tells_of_each_part_and_no_secret),
        TEST(a_redis_unfit_to_keep_updates_is_refused),
        TEST(a_wrong_setting_is_named_before_anything_starts),
        TEST(the_first_signal_finishes_what_is_under_way),
    };

    return cmocka_run_group_tests_name("bots", tests, door_open, door_close);
}
