/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The stand-in as a program: the Bot API, faults, its state, its page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/harness/wire.h"
#include "tests/unit/botapi_talk.h"

#include <sys/socket.h>

/* ---- the Bot API ---------------------------------------------------------------- */

static void test_tokens_and_methods(void **state)
{
    (void)state;
    says(call("getMe", "{}"), "\"username\":\"dvorik_demo_bot\"");
    says(post("/bot1:wrong/getMe", JSON, "{}"), "\"error_code\":401");
    assert_int_equal(code, 401);
    says(post("/botnonsense/getMe", JSON, "{}"), "\"description\":\"Not Found\"");
    says(call("sendMesage", "{}"), "Not Found: method not found");
    assert_int_equal(code, 404);
    says(tell("violations", NULL), "no such method");
}

static void test_a_person_must_have_pressed_start(void **state)
{
    (void)state;
    says(call("sendMessage", "{\"chat_id\":5123456789,\"text\":\"x\"}"),
         "Forbidden: bot can't initiate conversation with a user");
    says(call("sendMessage", "{\"chat_id\":99,\"text\":\"x\"}"), "chat not found");
    says(call("sendMessage", "{\"chat_id\":7100000002,\"text\":\"x\"}"),
         "bot can't send messages to bots");
    tell("block", "person=" MARIA "&bot=client");
    says(call("sendMessage", "{\"chat_id\":" MARIA ",\"text\":\"x\"}"),
         "bot was blocked by the user");
    tell("unblock", "person=" MARIA "&bot=client");
    says(call("sendMessage", "{\"chat_id\":" MARIA ",\"text\":\"x\"}"), "\"ok\":true");
}

static void test_limits(void **state)
{
    static const char *const cases[][2] = {
        {"\"text\":\"<b>x\",\"parse_mode\":\"HTML\"", "can't parse entities"},
        {"\"text\":\" \"", "message text is empty"},
        {"\"text\":\"x\",\"parse_mode\":\"html5\"", "unsupported parse_mode"},
        {"\"text\":\"x\",\"reply_markup\":{\"inline_keyboard\":[[{\"text\":\"a\","
         "\"callback_data\":"
         "\"0123456789012345678901234567890123456789012345678901234567890"
         "12345\"}]]}",
         "BUTTON_DATA_INVALID"},
        {"\"text\":\"x\",\"reply_markup\":{\"inline_keyboard\":[[{\"text\":\"a\","
         "\"url\":\"ftp://x\"}]]}",
         "BUTTON_URL_INVALID"},
        {"\"text\":\"x\",\"reply_markup\":{\"inline_keyboard\":[[{\"text\":\"a\","
         "\"url\":\"https://t.me/b?start=q.1\"}]]}",
         "start parameter"},
        {"\"text\":\"x\",\"reply_markup\":{\"inline_keyboard\":[[{\"text\":\"a\"}]]}",
         "Text buttons are unallowed"},
        {"\"text\":\"x\",\"reply_parameters\":{\"message_id\":999999}",
         "message to be replied not found"},
    };
    char body[512];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(body, sizeof body, "{\"chat_id\":" MARIA ",%s}", cases[i][0]);
        says(call("sendMessage", body), cases[i][1]);
        assert_int_equal(code, 400);
    }
}

static void test_text_of_4096_units_passes_and_4097_does_not(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_adds(&b, "chat_id=" MARIA "&text=");
    for (int i = 0; i < 2048; i++)
        buf_adds(&b, "%F0%9F%98%80");
    says(post("/bot" CLIENT "/sendMessage", FORM, b.s), "\"ok\":true");
    buf_addc(&b, 'a');
    says(post("/bot" CLIENT "/sendMessage", FORM, b.s), "message is too long");
    buf_free(&b);
}

static void test_press_and_answer_once(void **state)
{
    char body[256];
    const char *text;
    int64_t id, query;

    (void)state;
    text =
        call("sendMessage", "{\"chat_id\":" MARIA ",\"text\":\"x\",\"reply_markup\":{"
                            "\"inline_keyboard\":[[{\"text\":\"Yes\","
                            "\"callback_data\":\"v1:a\"}]]}}");
    id = number(text, "message_id");
    says(tell("press", "person=" MARIA "&bot=client&text=No"),
         "no such message or button");
    text = tell("press", "person=" MARIA "&bot=client&text=Yes");
    assert_int_equal(number(text, "message_id"), id);
    query = strtoll(strstr(text, "query_id\":\"") + 11, NULL, 10);
    snprintf(body, sizeof body, "{\"callback_query_id\":\"%lld\",\"text\":\"ok\"}",
             (long long)query);
    says(call("answerCallbackQuery", body), "\"result\":true");
    says(call("answerCallbackQuery", body), "query is too old");
    says(tell("callbacks?person=" MARIA "&bot=client", NULL), "\"answered\":true");
}

static void test_editing(void **state)
{
    char body[256];
    int64_t id;

    (void)state;
    id = number(call("sendMessage", "{\"chat_id\":" MARIA ",\"text\":\"before\"}"),
                "message_id");
    snprintf(body, sizeof body,
             "{\"chat_id\":" MARIA ",\"message_id\":%lld,"
             "\"text\":\"after\"}",
             (long long)id);
    says(call("editMessageText", body), "\"edit_date\"");
    says(call("editMessageText", body), "message is not modified");
    snprintf(body, sizeof body, "{\"chat_id\":" MARIA ",\"message_id\":%lld}",
             (long long)id);
    says(call("deleteMessage", body), "true");
    says(call("deleteMessage", body), "message to delete not found");
    says(call("editMessageText",
              "{\"chat_id\":" MARIA ",\"message_id\":1,\"text\":\"not mine\"}"),
         "message can't be edited");
}

static void test_membership(void **state)
{
    static const char who[] = "{\"chat_id\":\"@dvorik_demo\",\"user_id\":" MARIA "}";

    (void)state;
    says(call("getChatMember", who), "\"status\":\"left\"");
    tell("join", "person=" MARIA);
    says(call("getChatMember", who), "\"status\":\"member\"");
    tell("rights", "person=" MARIA "&status=restricted_out");
    says(call("getChatMember", who), "\"is_member\":false");
    tell("rights", "bot=client&status=member");
    says(call("getChatMember", who), "member list is inaccessible");
    tell("rights", "bot=client&status=administrator");
    tell("leave", "person=" MARIA);
    says(call("getChatMember", who), "\"status\":\"left\"");
}

/* ---- faults --------------------------------------------------------------------- */

static void test_faults_strike_and_end(void **state)
{
    static const char send[] = "{\"chat_id\":" MARIA ",\"text\":\"after\"}";

    (void)state;
    tell("faults", "kind=429&method=sendMessage&retry_after=7");
    says(call("sendMessage", send), "\"retry_after\":7");
    says(answer.s, "Retry-After: 7");
    says(call("sendMessage", send), "\"ok\":true");
    tell("faults", "kind=502&method=send*&chat=" MARIA);
    says(call("sendMessage", send), "<html>");
    assert_int_equal(code, 502);
    tell("faults", "kind=error&code=400&description=Bad Request: CUSTOM");
    says(call("getMe", "{}"), "CUSTOM");
    tell("faults", "kind=reset&method=sendMessage");
    assert_string_equal(call("sendMessage", send), "");
    says(tell("faults", "kind=nonsense"), "unknown kind");
    says(tell("faults", NULL), "\"faults\":[]");
}

/* An answer withheld: the message is in the chat all the same. */
static void test_lost_answers_keep_their_effect(void **state)
{
    static const char *const kinds[] = {"reset_after", "half", "timeout_after"};
    char form[96], body[96];

    (void)state;
    for (int i = 0; i < 3; i++) {
        int fd;

        snprintf(form, sizeof form, "kind=%s&method=sendMessage", kinds[i]);
        tell("faults", form);
        snprintf(body, sizeof body, "{\"chat_id\":" MARIA ",\"text\":\"lost %s\"}",
                 kinds[i]);
        fd = ask("/bot" CLIENT "/sendMessage", JSON, body, strlen(body));
        if (i < 2)
            hear(fd);
        snprintf(body, sizeof body, "\"text\":\"lost %s\"", kinds[i]);
        says(tell("messages?person=" MARIA "&bot=client", NULL), body);
        if (i == 2)
            close(fd);
    }
    says(tell("calls?method=sendMessage", NULL), "\"fault\":\"timeout_after\"");
}

/* ---- the rest ------------------------------------------------------------------- */

static void test_redelivered_and_made_up_updates(void **state)
{
    char form[96];
    const char *text;
    int64_t id;

    (void)state;
    id = number(tell("say", "person=" MARIA "&bot=auth&text=again"), "update_id");
    snprintf(form, sizeof form, "bot=auth&update_id=%lld&times=2", (long long)id);
    says(tell("redeliver", form), "\"ok\":true");
    says(post("/control/update", JSON,
              "{\"bot\":\"auth\",\"update\":{\"message\":{\"chat\":{\"id\":5}}}}"),
         "\"update_id\":");
    text = tell("updates?bot=auth", NULL);
    assert_int_equal(number(text, "pending"), 4);
    snprintf(form, sizeof form, "\"update_id\":%lld,\"message\":{\"chat\":{\"id\":5}}",
             (long long)id + 1);
    says(text, form);
}

static void test_state_survives_a_restart(void **state)
{
    (void)state;
    says(call("sendMessage", "{\"chat_id\":" MARIA ",\"text\":\"kept <&> \\u0444\"}"),
         "\"ok\":true");
    assert_int_equal(program_end(server), 0);
    start_server(NULL);
    says(tell("messages?person=" MARIA "&bot=client", NULL), "kept <&> ф");
    says(tell("updates?bot=auth", NULL), "\"pending\":4");
    says(call("sendMessage", "{\"chat_id\":" MARIA ",\"text\":\"goes on\"}"),
         "\"ok\":true");
}

static void test_the_page_is_served(void **state)
{
    static const char *const files[] = {"/",          "/chat.css", "/chat.js",
                                        "/render.js", "/sheet.js", "/split.js",
                                        "/camera.js"};

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_true(strlen(hear(ask(files[i], FORM, NULL, 0))) > 100);
        assert_int_equal(code, 200);
    }
    hear(ask("/../main.c", FORM, NULL, 0));
    assert_int_equal(code, 404);
}

/* Bytes that are no request, a request cut short, a body that never comes. */
static void test_nonsense_does_no_harm(void **state)
{
    static const char *const nonsense[] = {
        "\x16\x03\x01\x02",
        "GET\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab",
        "POST /bot" CLIENT
        "/sendMessage HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        "GET /bot HTTP/1.1\r\n\r\n",
        "GET /control/ HTTP/1.1\r\n\r\n",
        "GET /control/messages?person=x&bot=%zz HTTP/1.1\r\n\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        int fd = wire_dial(port);

        send(fd, nonsense[i], strlen(nonsense[i]), MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        hear(fd);
    }
    says(call("getMe", "{}"), "\"ok\":true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens_and_methods),
        cmocka_unit_test(test_a_person_must_have_pressed_start),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_text_of_4096_units_passes_and_4097_does_not),
        cmocka_unit_test(test_press_and_answer_once),
        cmocka_unit_test(test_editing),
        cmocka_unit_test(test_membership),
        cmocka_unit_test(test_faults_strike_and_end),
        cmocka_unit_test(test_lost_answers_keep_their_effect),
        cmocka_unit_test(test_redelivered_and_made_up_updates),
        cmocka_unit_test(test_state_survives_a_restart),
        cmocka_unit_test(test_the_page_is_served),
        cmocka_unit_test(test_nonsense_does_no_harm),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
