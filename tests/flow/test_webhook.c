/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The webhooks as Telegram and strangers meet them: who may post, what is kept, what is
 * refused, and how it goes in a crowd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/door.h"
#include "tests/harness/wire.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- who may, and what is kept -------------------------------------------------- */

static void the_right_secret_is_stored_the_wrong_one_is_not(void **state)
{
    const char *client = door.cfg->telegram_webhook_secret;
    const char *auth = door.cfg->telegram_auth_webhook_secret;
    char longer[200], shorter[200];

    (void)state;
    snprintf(longer, sizeof(longer), "%sx", client);
    snprintf(shorter, sizeof(shorter), "%.*s", (int)strlen(client) - 1, client);
    const char *const wrong[] = {NULL, "", "wrong", auth, longer, shorter};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct post p = {"/telegram/client", wrong[i], "application/json", UPDATE(1)};
        assert_int_equal(post(&p), 401);
    }
    assert_int_equal(post(&(struct post){"/telegram/auth", client, NULL, UPDATE(1)}),
                     401);
    assert_int_equal(cellar_updates(), 0);
    assert_int_equal(post_update(UPDATE(1)), 200);
    assert_non_null(strstr(door.answer, "Content-Length: 0"));
    assert_int_equal(post(&(struct post){"/telegram/auth", auth, NULL, UPDATE(1)}),
                     200);
    assert_int_equal(cellar_updates(), 2);
}

static void *post_same(void *arg)
{
    char text[1024], heard[1024];
    int fd = wire_dial(door.port);

    wire_say_n(
        fd, text,
        post_print(text, sizeof(text),
                   &(struct post){"/telegram/client", door.cfg->telegram_webhook_secret,
                                  "application/json", UPDATE(77)}));
    wire_hear(fd, heard, sizeof(heard));
    close(fd);
    *(int *)arg = wire_status(heard);
    return NULL;
}

static void fifty_at_once_of_one_update_are_stored_once(void **state)
{
    pthread_t threads[50];
    int status[50] = {0};

    (void)state;
    for (int i = 0; i < 50; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, post_same, &status[i]), 0);
    for (int i = 0; i < 50; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 50; i++)
        assert_int_equal(status[i], 200);
    assert_int_equal(cellar_updates(), 1);
}

static void what_can_never_run_is_200_and_not_stored(void **state)
{
    static const char *const bad[] = {
        "", "hello", "{}", "[1]", "{\"update_id\":\"1\"}", "{\"update_id\":1"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(post_update(bad[i]), 200);
    assert_int_equal(cellar_updates(), 0);
    assert_true(program_says(door.bots, "malformed update", SOON_MS));
    assert_true(cellar_ask("HGET", "dv:{s0}:a:c", "malformed", NULL) >= 6);
}

static void what_is_no_update_is_refused(void **state)
{
    const char *secret = door.cfg->telegram_webhook_secret;
    char text[1024];

    (void)state;
    assert_int_equal(post(&(struct post){"/telegram/other", secret, NULL, "{}"}), 404);
    assert_int_equal(post(&(struct post){"/telegram/clientx", secret, NULL, "{}"}),
                     404);
    assert_int_equal(post(&(struct post){"/", secret, NULL, "{}"}), 404);
    assert_int_equal(
        post(&(struct post){"/telegram/client", secret, "text/plain", "{}"}), 415);
    assert_int_equal(post(&(struct post){"/telegram/client", secret,
                                         "Application/JSON; charset=utf-8", UPDATE(3)}),
                     200);
    assert_int_equal(post_raw("GET /telegram/client HTTP/1.1\r\nHost: x\r\n\r\n"), 405);
    assert_non_null(strstr(door.answer, "Allow: POST"));
    assert_int_equal(post_raw("DELETE /health HTTP/1.1\r\nHost: x\r\n\r\n"), 405);
    snprintf(text, sizeof(text),
             "POST /telegram/client HTTP/1.1\r\nHost: x\r\n"
             "X-Telegram-Bot-Api-Secret-Token: %s\r\n\r\n",
             secret);
    assert_int_equal(post_raw(text), 411);
    snprintf(text, sizeof(text),
             "POST /telegram/client HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n"
             "X-Telegram-Bot-Api-Secret-Token: %s\r\n\r\n",
             secret);
    assert_int_equal(post_raw(text), 413); /* and not a byte was sent */
    assert_int_equal(post_raw("POST /telegram/client HTTP/1.1\r\nHost: x\r\n"
                              "Content-Length: 1000000\r\n\r\n"),
                     401);
    assert_int_equal(post_raw("POST /telegram/client HTTP/1.1\r\nHost: x\r\n"
                              "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
                     400);
    assert_int_equal(cellar_updates(), 1);
}

static void a_big_update_is_taken_a_bigger_one_is_dropped(void **state)
{
    static const size_t sizes[] = {200 * 1024, 900 * 1024};
    static char body[1000 * 1024];
    char head[512];

    (void)state;
    for (int i = 0; i < 2; i++) {
        int fd = wire_dial(door.port);
        memset(body, ' ', sizeof(body));
        memcpy(body, UPDATE(5), strlen(UPDATE(5)));
        wire_say_n(fd, head,
                   (size_t)snprintf(head, sizeof(head),
                                    "POST /telegram/client HTTP/1.1\r\nHost: x\r\n"
                                    "X-Telegram-Bot-Api-Secret-Token: %s\r\n"
                                    "Content-Length: %zu\r\n\r\n",
                                    door.cfg->telegram_webhook_secret, sizes[i]));
        wire_say_n(fd, body, sizes[i]);
        wire_hear(fd, door.answer, sizeof(door.answer));
        assert_int_equal(wire_status(door.answer), 200);
        close(fd);
    }
    assert_int_equal(cellar_updates(), 1);
    assert_true(program_says(door.bots, "update too big", SOON_MS));
}

static void updates_in_one_breath_are_answered_in_order(void **state)
{
    char text[8192];
    size_t n = 0;
    int fd = wire_dial(door.port);

    (void)state;
    for (int i = 0; i < 10; i++) {
        char body[100];
        snprintf(body, sizeof(body), "{\"update_id\":%d}", 100 + i);
        n += post_print(text + n, sizeof(text) - n,
                        &(struct post){i == 4 ? "/telegram/nobody" : "/telegram/client",
                                       door.cfg->telegram_webhook_secret, NULL, body});
    }
    wire_say_n(fd, text, n);
    for (int i = 0; i < 4; i++) {
        wire_hear(fd, door.answer, 1 + strlen("HTTP/1.1 200 OK\r\n"));
        assert_int_equal(wire_status(door.answer), 200);
        while (strstr(door.answer, "\r\n\r\n") == NULL) { /* the rest of this head */
            memmove(door.answer, door.answer + 1, strlen(door.answer));
            size_t have = strlen(door.answer);
            if (recv(fd, door.answer + have, 1, 0) != 1)
                fail_msg("the answers end early");
            door.answer[have + 1] = '\0';
        }
    }
    wire_hear(fd, door.answer,
              sizeof(door.answer)); /* refused with its body unread, so closed */
    assert_int_equal(wire_status(door.answer), 404);
    close(fd);
    assert_int_equal(cellar_updates(), 4);
}

static void five_hundred_slow_ones_keep_nobody_waiting(void **state)
{
    static int slow[500];
    int64_t from;

    (void)state;
    wire_many_descriptors();
    for (int i = 0; i < 500; i++) {
        slow[i] = wire_dial(door.port);
        wire_say(slow[i], "POST /telegram/client HTTP/1.1\r\nHost: x\r\n");
    }
    from = clock_mono_ms();
    for (int i = 0; i < 50; i++) {
        char body[100];
        snprintf(body, sizeof(body), "{\"update_id\":%d}", 1000 + i);
        assert_int_equal(post_update(body), 200);
    }
    assert_true(clock_mono_ms() - from < 5000);
    assert_int_equal(cellar_updates(), 50);
    for (int i = 0; i < 500; i++)
        close(slow[i]);
}

#define TEST(f) cmocka_unit_test_setup(f, door_empty)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_right_secret_is_stored_the_wrong_one_is_not),
        TEST(fifty_at_once_of_one_update_are_stored_once),
        TEST(what_can_never_run_is_200_and_not_stored),
        TEST(what_is_no_update_is_refused),
        TEST(a_big_update_is_taken_a_bigger_one_is_dropped),
        TEST(updates_in_one_breath_are_answered_in_order),
        TEST(five_hundred_slow_ones_keep_nobody_waiting),
    };

    return cmocka_run_group_tests_name("webhook", tests, door_open, door_close);
}
