/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The stand-in as a program: Mini Apps, who is let into the channel, contacts, reply
 * keyboards. What it signs is read by the product's own eye: the two were written apart
 * from one another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/io/init_data.h"
#include "tests/unit/botapi_talk.h"

#define PAGE "https://shop.example/scan"
#define WHO "person=" MARIA "&bot=client"

/* ---- Mini Apps ------------------------------------------------------------------- */

static void shows_button(const char *kind, const char *url, const char *wanted)
{
    char body[400];

    snprintf(body, sizeof(body),
             "{\"chat_id\":" MARIA ",\"text\":\"x\",\"reply_markup\":{\"%s\":[[{"
             "\"text\":\"Scan\",\"web_app\":{\"url\":\"%s\"}}]]}}",
             kind, url);
    says(call("sendMessage", body), wanted);
}

static struct json *launched(const char *form)
{
    const char *text = tell("app", form);
    struct json *o = json_parse(text, strlen(text));

    assert_int_equal(code, 200);
    assert_non_null(o);
    return o;
}

static enum init_fault read_launch(const struct json *o, const char *token,
                                   struct init_data *out)
{
    const struct init_ask ask = {token, clock_now(), 3600};
    size_t n;
    const char *s = json_text(o, "init_data", &n);

    assert_non_null(s);
    return init_data_check(&ask, s, n, out);
}

static void test_addresses_of_apps(void **state)
{
    (void)state;
    shows_button("inline_keyboard", "http://shop.example/scan", "Only HTTPS links");
    shows_button("inline_keyboard", "ftp://x", "Only HTTPS links");
    shows_button("keyboard", "http://shop.example/scan", "Only HTTPS links");
    shows_button("inline_keyboard", "http://127.0.0.1:8000/scan", "\"ok\":true");
    shows_button("inline_keyboard", PAGE, "\"ok\":true");
    says(call("setChatMenuButton", "{\"menu_button\":{\"type\":\"web_app\",\"text\":"
                                   "\"S\",\"web_app\":{\"url\":\"http://x.y\"}}}"),
         "Only HTTPS links");
    says(call("setChatMenuButton", "{\"menu_button\":{\"type\":\"banana\"}}"), "400");
}

static void test_a_launch_is_signed(void **state)
{
    struct init_data d = {0};
    struct json *o;

    (void)state;
    shows_button("inline_keyboard", PAGE, "\"ok\":true");
    o = launched(WHO "&text=Scan");
    assert_string_equal(json_text(o, "url", NULL), PAGE);
    assert_int_equal(read_launch(o, CLIENT, &d), INIT_FINE);
    assert_int_equal(d.user, 7012345678);
    assert_int_equal(read_launch(o, AUTH, &d), INIT_FORGED);
    json_free(o);

    o = launched(WHO "&text=Scan&age=4000");
    assert_int_equal(read_launch(o, CLIENT, &d), INIT_OLD);
    json_free(o);
    says(tell("app", WHO "&text=Other"), "no such message or button");
    assert_int_equal(code, 404);
}

/* From the keyboard below the chat a page learns nobody's name. */
static void test_a_reply_keyboard_signs_nothing(void **state)
{
    struct json *o;

    (void)state;
    says(post("/control/start", FORM, "person=5123456789&bot=client"), "true");
    says(call("sendMessage",
              "{\"chat_id\":5123456789,\"text\":\"x\",\"reply_markup\":{\"keyboard\":"
              "[[{\"text\":\"Scan\",\"web_app\":{\"url\":\"" PAGE "\"}}]]}}"),
         "\"ok\":true");
    o = launched("person=5123456789&bot=client&text=Scan");
    assert_string_equal(json_text(o, "init_data", NULL), "");
    json_free(o);
}

static void test_the_menu_button(void **state)
{
    struct init_data d = {0};
    struct json *o;

    (void)state;
    says(tell("app", "person=5123456789&bot=client&menu=true"), "no such");
    says(call("setChatMenuButton",
              "{\"chat_id\":" MARIA ",\"menu_button\":{\"type\":\"web_app\",\"text\":"
              "\"Scan\",\"web_app\":{\"url\":\"" PAGE "\"}}}"),
         "true");
    o = launched(WHO "&menu=true");
    assert_int_equal(read_launch(o, CLIENT, &d), INIT_FINE);
    json_free(o);
    says(tell("app", "person=5123456789&bot=client&menu=true"), "no such");
}

/* ---- who is let in --------------------------------------------------------------- */

static const char *standing(void)
{
    return call("getChatMember",
                "{\"chat_id\":\"@dvorik_demo\",\"user_id\":" MARIA "}");
}

static const char *request(const char *method)
{
    return call(method, "{\"chat_id\":\"@dvorik_demo\",\"user_id\":" MARIA "}");
}

static void test_let_in_one_by_one(void **state)
{
    (void)state;
    says(tell("channel", "by_request=true"), "true");
    says(request("approveChatJoinRequest"), "HIDE_REQUESTER_MISSING");
    says(tell("join", "person=" MARIA), "true");
    says(tell("updates?bot=client", NULL), "\"chat_join_request\"");
    says(tell("updates?bot=client", NULL), "\"user_chat_id\":" MARIA);
    says(standing(), "\"status\":\"left\"");
    says(request("declineChatJoinRequest"), "true");
    says(standing(), "\"status\":\"left\"");
    tell("join", "person=" MARIA);
    says(request("approveChatJoinRequest"), "true");
    says(standing(), "\"status\":\"member\"");
    tell("leave", "person=" MARIA);
    tell("channel", "by_request=false");
    tell("join", "person=" MARIA);
    says(standing(), "\"status\":\"member\"");
}

static void test_thrown_out_and_restricted(void **state)
{
    (void)state;
    tell("rights", "person=" MARIA "&status=kicked");
    says(standing(), "\"status\":\"kicked\"");
    says(tell("join", "person=" MARIA), "thrown out");
    assert_int_equal(code, 409);
    tell("rights", "person=" MARIA "&status=restricted_out");
    says(standing(), "\"is_member\":false");
    tell("join", "person=" MARIA);
    says(standing(), "\"is_member\":true");
    tell("rights", "person=" MARIA "&status=left");
    says(standing(), "\"status\":\"left\"");
}

/* ---- contacts and keyboards ------------------------------------------------------- */

static void newest_is(const char *part)
{
    says(tell("messages?person=" MARIA "&bot=client", NULL), part);
}

static void test_contacts(void **state)
{
    (void)state;
    tell("contact", WHO "&phone=%2B79990001122");
    newest_is("\"phone_number\":\"+79990001122\",\"first_name\":\"Мария\","
              "\"user_id\":" MARIA);
    tell("contact", WHO "&of=5123456789&phone=79021234567");
    newest_is("\"phone_number\":\"79021234567\",\"first_name\":\"Сергей\","
              "\"user_id\":5123456789");
    tell("contact", WHO "&of=0&phone=79995554433");
    newest_is("\"phone_number\":\"79995554433\",\"first_name\":\"Контакт\"}");
}

static void test_a_keyboard_comes_and_goes(void **state)
{
    (void)state;
    says(call("sendMessage",
              "{\"chat_id\":" MARIA ",\"text\":\"phone?\",\"reply_markup\":{"
              "\"keyboard\":[[{\"text\":\"Mine\",\"request_contact\":true}]],"
              "\"resize_keyboard\":true,\"one_time_keyboard\":true}}"),
         "\"ok\":true");
    newest_is("\"request_contact\":true");
    says(call("sendMessage", "{\"chat_id\":" MARIA ",\"text\":\"thanks\","
                             "\"reply_markup\":{\"remove_keyboard\":true}}"),
         "\"ok\":true");
    newest_is("\"keyboard\":null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_of_apps),
        cmocka_unit_test(test_a_launch_is_signed),
        cmocka_unit_test(test_a_reply_keyboard_signs_nothing),
        cmocka_unit_test(test_the_menu_button),
        cmocka_unit_test(test_let_in_one_by_one),
        cmocka_unit_test(test_thrown_out_and_restricted),
        cmocka_unit_test(test_contacts),
        cmocka_unit_test(test_a_keyboard_comes_and_goes),
    };

    return cmocka_run_group_tests_name("botapi_app", tests, setup, teardown);
}
