/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/telegram*.c against a server that is as rude as a network. */
#define _GNU_SOURCE /* memmem */
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/telegram.h"
#include "tests/harness/boor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TOKEN "7100000001:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0"

/* ---- the client ----------------------------------------------------------------- */

static struct client {
    struct loop *loop;
    struct tg *tg;
    bool asking;
    int answers, expected;
    struct tg_verdict verdict;
    struct buf bytes;
    int64_t message;
    bool too_big;
} client;

static void on_done(void *arg, const struct tg_answer *a)
{
    assert_ptr_equal(arg, &client);
    assert_false(client.asking);
    client.verdict = a->verdict;
    client.message = json_int_or(a->result, "message_id", 0);
    client.too_big = a->too_big;
    buf_clear(&client.bytes);
    buf_add(&client.bytes, a->bytes ? a->bytes : "", a->n);
    if (++client.answers == client.expected)
        loop_stop(client.loop);
}

static void client_open(const char *base)
{
    char here[64];
    struct config cfg = {.telegram_api_base = base, .telegram_bot_token = TOKEN};

    snprintf(here, sizeof(here), "http://127.0.0.1:%d/", boor.port);
    if (base == NULL)
        cfg.telegram_api_base = here;
    client = (struct client){.loop = loop_new()};
    client.tg = tg_open(client.loop, &cfg);
    assert_non_null(client.tg);
}

static void client_close(void)
{
    tg_close(client.tg);
    loop_free(client.loop);
    buf_free(&client.bytes);
}

static enum status ask(struct json *params, const struct tg_file *file, int timeout_ms)
{
    struct tg_ask a = {TG_CLIENT,  "sendMessage", params, file,
                       timeout_ms, on_done,       &client};
    enum status st;

    client.asking = true;
    st = tg_call(client.tg, &a);
    client.asking = false;
    json_free(params);
    return st;
}

static void ask_and_wait(struct json *params, const struct tg_file *file,
                         int timeout_ms)
{
    assert_int_equal(ask(params, file, timeout_ms), ST_OK);
    client.expected = client.answers + 1;
    loop_run(client.loop);
    assert_int_equal(tg_pending(client.tg), 0);
}

static struct json *hello(void)
{
    struct json *p = json_new_object(), *markup = json_new_object();

    json_set_int(p, "chat_id", 4503599627370495);
    json_set_text(p, "text", "Привет");
    json_set_bool(markup, "remove_keyboard", true);
    json_set(p, "reply_markup", markup);
    return p;
}

#define FINE                                                                           \
    "200 OK\r\nContent-Type: application/json",                                        \
        "{\"ok\":true,\"result\":{\"message_id\":77}}"

/* One call to a server that does one thing. */
static void ask_once(const struct boor_line *l, int timeout_ms)
{
    boor_start(l, 1);
    client_open(NULL);
    ask_and_wait(hello(), NULL, timeout_ms);
    client_close();
    boor_end();
}

/* ---- tests ---------------------------------------------------------------------- */

static void test_sends_json_and_keeps_the_connection(void **state)
{
    static const struct boor_line script[] = {{ANSWER, FINE}};

    (void)state;
    boor_start(script, 1);
    client_open(NULL);
    for (int i = 0; i < 5; i++) {
        ask_and_wait(hello(), NULL, 0);
        assert_int_equal(client.verdict.fate, TG_SENT);
        assert_int_equal(client.message, 77);
    }
    client_close();
    boor_end();
    assert_int_equal(boor.connections, 1);
    assert_int_equal(boor.requests, 5);
}

static void test_request_is_what_the_api_wants(void **state)
{
    static const struct boor_line script[] = {{ANSWER, FINE}};

    (void)state;
    boor_start(script, 1);
    client_open(NULL);
    ask_and_wait(hello(), NULL, 0);
    assert_non_null(strstr(boor.last.s, "POST /bot" TOKEN "/sendMessage HTTP/1.1\r\n"));
    assert_non_null(strstr(boor.last.s, "Content-Type: application/json\r\n"));
    assert_non_null(strstr(boor.last.s,
                           "\r\n\r\n{\"chat_id\":4503599627370495,\"text\":"
                           "\"Привет\",\"reply_markup\":"
                           "{\"remove_keyboard\":true}}"));
    assert_null(strstr(boor.last.s, "Expect"));
    client_close();
    boor_end();
}

static void test_upload_is_multipart(void **state)
{
    static const struct boor_line script[] = {{ANSWER, FINE}};
    static const struct tg_file file = {"photo", "qr.png", "image/png", "\x89PNG\0\r\n",
                                        7};

    (void)state;
    boor_start(script, 1);
    client_open(NULL);
    ask_and_wait(hello(), &file, 0);
    assert_int_equal(client.verdict.fate, TG_SENT);
    assert_non_null(
        strstr(boor.last.s, "Content-Type: multipart/form-data; boundary="));
    assert_non_null(
        strstr(boor.last.s, "name=\"chat_id\"\r\n\r\n4503599627370495\r\n"));
    assert_non_null(strstr(boor.last.s, "name=\"text\"\r\n\r\nПривет\r\n"));
    assert_non_null(strstr(boor.last.s, "{\"remove_keyboard\":true}"));
    assert_non_null(strstr(boor.last.s, "name=\"photo\"; filename=\"qr.png\"\r\n"));
    assert_non_null(memmem(boor.last.s, boor.last.len, "\x89PNG\0\r\n", 7));
    client_close();
    boor_end();
}

/* The body as it was made, and files of an album beside what stands in it. */
static void test_a_body_that_was_made_already(void **state)
{
    static const struct boor_line script[] = {{ANSWER, FINE}};
    static const char body[] = "{\"chat_id\":4503599627370495,\"text\":\"Привет\"}";
    struct tg_ask a = {.bot = TG_CLIENT,
                       .method = "sendMessage",
                       .body = body,
                       .body_n = strlen(body),
                       .done = on_done,
                       .arg = &client};

    (void)state;
    boor_start(script, 1);
    client_open(NULL);
    client.expected = 1;
    assert_int_equal(tg_call(client.tg, &a), ST_OK);
    loop_run(client.loop);
    assert_int_equal(client.verdict.fate, TG_SENT);
    assert_non_null(strstr(boor.last.s, "Content-Type: application/json\r\n"));
    assert_string_equal(strstr(boor.last.s, "\r\n\r\n") + 4, body);
    client_close();
    boor_end();
}

static void test_an_album_brings_several_files(void **state)
{
    static const struct boor_line script[] = {{ANSWER, FINE}, {CLOSE}};
    static const char body[] =
        "{\"chat_id\":7,\"media\":[{\"media\":\"attach://m0\"}]}";
    static const char *const names[] = {"m0", "m1", "m2"};
    static char bytes[3][70000]; /* more than one piece of curl's */
    struct tg_file files[3];
    struct tg_ask a = {.bot = TG_CLIENT,
                       .method = "sendMediaGroup",
                       .body = body,
                       .body_n = strlen(body),
                       .file = files,
                       .files = 3,
                       .done = on_done,
                       .arg = &client};

    (void)state;
    for (int i = 0; i < 3; i++) {
        memset(bytes[i], 'a' + i, sizeof(bytes[i]));
        files[i] = (struct tg_file){names[i], "p.png", "image/png", bytes[i],
                                    sizeof(bytes[i])};
    }
    boor_start(script, 2);
    client_open(NULL);
    client.expected = 1;
    assert_int_equal(tg_call(client.tg, &a), ST_OK);
    loop_run(client.loop);
    assert_int_equal(client.verdict.fate, TG_SENT);
    assert_non_null(strstr(boor.last.s, "name=\"chat_id\"\r\n\r\n7\r\n"));
    assert_non_null(strstr(boor.last.s, "[{\"media\":\"attach://m0\"}]"));
    for (int i = 0; i < 3; i++) {
        char head[64];
        const char *at;

        snprintf(head, sizeof(head), "name=\"m%d\"; filename=\"p.png\"\r\n", i);
        at = strstr(boor.last.s, head);
        assert_non_null(at);
        at = strstr(at, "\r\n\r\n") + 4;
        assert_memory_equal(at, bytes[i], sizeof(bytes[i]));
        assert_memory_equal(at + sizeof(bytes[i]), "\r\n--", 4);
    }
    /* and once more, whose answer is lost: it is not sent again */
    client.expected = 2;
    assert_int_equal(tg_call(client.tg, &a), ST_OK);
    loop_run(client.loop);
    assert_int_equal(client.verdict.fate, TG_UNSURE);
    /* what is no file, and too many of them */
    files[1].n = 0;
    assert_int_equal(tg_call(client.tg, &a), ST_BROKEN);
    files[1].n = 1;
    a.files = TG_FILES_MAX + 1;
    assert_int_equal(tg_call(client.tg, &a), ST_BROKEN);
    client_close();
    boor_end();
    assert_int_equal(boor.requests, 2);
}

static void test_refusals(void **state)
{
    static const struct boor_line script[] = {
        {ANSWER, "403 Forbidden",
         "{\"ok\":false,\"error_code\":403,\"description\":\"Forbidden: bot was "
         "blocked "
         "by the user\"}"},
        {ANSWER, "429 Too Many Requests\r\nRetry-After: 11", "{\"ok\":false}"},
        {ANSWER, "502 Bad Gateway", "<html>502</html>"},
        {ANSWER, "302 Found\r\nLocation: http://127.0.0.1:1/", ""},
    };

    (void)state;
    boor_start(script, 4);
    client_open(NULL);
    ask_and_wait(hello(), NULL, 0);
    assert_int_equal(client.verdict.action, TG_ACT_MARK_BLOCKED);
    ask_and_wait(hello(), NULL, 0);
    assert_int_equal(client.verdict.fate, TG_LATER);
    assert_int_equal(client.verdict.wait_s, 11);
    ask_and_wait(hello(), NULL, 0);
    assert_int_equal(client.verdict.fate, TG_UNSURE);
    ask_and_wait(hello(), NULL, 0);
    assert_int_equal(client.verdict.fate, TG_HALT);
    assert_int_equal(client.verdict.code, 302);
    client_close();
    boor_end();
    assert_int_equal(boor.requests, 4);
}

/* The case the library would repeat by itself: a connection that was kept alive dies
 * after it took the request. */
static void test_a_lost_answer_is_never_sent_again(void **state)
{
    static const struct boor_line script[] = {
        {ANSWER, FINE}, {CLOSE}, {ANSWER, FINE}, {CLOSE}, {ANSWER, FINE}};
    static const struct tg_file file = {"photo", "qr.png", "image/png", "bytes", 5};

    (void)state;
    boor_start(script, 5);
    client_open(NULL);
    ask_and_wait(hello(), NULL, 0);
    ask_and_wait(hello(), NULL, 0);
    assert_int_equal(client.verdict.fate, TG_UNSURE);
    assert_int_equal(boor.requests, 2);
    ask_and_wait(hello(), &file, 0);
    assert_int_equal(client.verdict.fate, TG_SENT);
    ask_and_wait(hello(), &file, 0);
    assert_int_equal(client.verdict.fate, TG_UNSURE);
    assert_int_equal(boor.requests, 4);
    client_close();
    boor_end();
    assert_int_equal(boor.requests, 4);
}

static void test_silence_is_unsure_in_time(void **state)
{
    static const struct boor_line script[] = {{SILENT}};
    int64_t from = clock_mono_ms();

    (void)state;
    ask_once(script, 200);
    assert_int_equal(client.verdict.fate, TG_UNSURE);
    assert_in_range(clock_mono_ms() - from, 190, 5000);
}

static void test_cut_and_endless_answers_are_unsure(void **state)
{
    static const struct boor_line cut = {CUT, FINE}, endless = {FLOOD};

    (void)state;
    ask_once(&cut, 0);
    assert_int_equal(client.verdict.fate, TG_UNSURE);
    assert_false(client.too_big);
    ask_once(&endless, 0);
    assert_int_equal(client.verdict.fate, TG_UNSURE);
    assert_true(client.too_big);
}

/* A port that was free a moment ago; nobody listens there. */
static void test_nobody_there_is_later(void **state)
{
    static const struct boor_line script[] = {{SILENT}};
    char base[64];

    (void)state;
    boor_start(script, 1);
    boor_end();
    snprintf(base, sizeof(base), "http://127.0.0.1:%d", boor.port);
    client_open(base);
    ask_and_wait(hello(), NULL, 0);
    assert_int_equal(client.verdict.fate, TG_LATER);
    assert_int_equal(client.verdict.wait_s, TG_UNSENT_WAIT_S);
    assert_null(strstr(client.verdict.description, "AAHfiqks"));
    client_close();
}

static void test_token_does_not_leak(void **state)
{
    static const struct boor_line script[] = {
        {ANSWER, "400 Bad Request",
         "{\"ok\":false,\"error_code\":400,\"description\":\"no /bot" TOKEN
         "/ here\"}"},
    };

    (void)state;
    ask_once(script, 0);
    assert_non_null(strstr(client.verdict.description, "no /bot***"));
    assert_null(strstr(client.verdict.description, TOKEN));
}

static void download(const char *path, size_t max)
{
    struct tg_ask a = {TG_CLIENT, path, NULL, NULL, 0, on_done, &client};

    assert_int_equal(tg_download(client.tg, &a, max), ST_OK);
    client.expected = client.answers + 1;
    loop_run(client.loop);
}

static void test_download(void **state)
{
    static const struct boor_line script[] = {
        {ANSWER, "200 OK", "a JPEG, let us say"},
        {ANSWER, "404 Not Found",
         "{\"ok\":false,\"error_code\":404,\"description\":\"Not Found\"}"},
        {ANSWER, "200 OK", "a JPEG, let us say"},
    };
    struct tg_ask odd = {TG_CLIENT, "../../getMe", NULL, NULL, 0, on_done, &client};

    (void)state;
    boor_start(script, 3);
    client_open(NULL);
    download("photos/file_1.jpg", 100);
    assert_non_null(
        strstr(boor.last.s, "GET /file/bot" TOKEN "/photos/file_1.jpg HTTP/1.1\r\n"));
    assert_int_equal(client.verdict.fate, TG_SENT);
    assert_string_equal(client.bytes.s, "a JPEG, let us say");
    download("photos/file_1.jpg", 100);
    assert_int_equal(client.verdict.fate, TG_HALT);
    download("photos/file_1.jpg", 5);
    assert_true(client.too_big);
    assert_int_equal(client.verdict.fate, TG_LATER);
    assert_int_equal(tg_download(client.tg, &odd, 100), ST_BAD);
    client_close();
    boor_end();
}

static void test_wrong_asking_sends_nothing(void **state)
{
    struct tg_ask none = {TG_AUTH, "getMe", NULL, NULL, 0, on_done, &client};
    struct tg_ask odd = {TG_CLIENT, "getMe?x=1", NULL, NULL, 0, on_done, &client};

    (void)state;
    client_open("http://127.0.0.1:1");
    assert_int_equal(tg_call(client.tg, &none), ST_BAD);
    assert_int_equal(tg_call(client.tg, &odd), ST_BAD);
    client_close();
    assert_int_equal(client.answers, 0);
}

static void test_close_ends_what_is_under_way(void **state)
{
    static const struct boor_line script[] = {{SILENT}};

    (void)state;
    boor_start(script, 1);
    client_open(NULL);
    for (int i = 0; i < 40; i++)
        assert_int_equal(ask(hello(), NULL, 0), ST_OK);
    assert_int_equal(tg_pending(client.tg), 40);
    client_close();
    assert_int_equal(client.answers, 40);
    boor_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sends_json_and_keeps_the_connection),
        cmocka_unit_test(test_request_is_what_the_api_wants),
        cmocka_unit_test(test_upload_is_multipart),
        cmocka_unit_test(test_a_body_that_was_made_already),
        cmocka_unit_test(test_an_album_brings_several_files),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_a_lost_answer_is_never_sent_again),
        cmocka_unit_test(test_silence_is_unsure_in_time),
        cmocka_unit_test(test_cut_and_endless_answers_are_unsure),
        cmocka_unit_test(test_nobody_there_is_later),
        cmocka_unit_test(test_token_does_not_leak),
        cmocka_unit_test(test_download),
        cmocka_unit_test(test_wrong_asking_sends_nothing),
        cmocka_unit_test(test_close_ends_what_is_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
