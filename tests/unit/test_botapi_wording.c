/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Every way a message is worded (worker/wording.h): the method, the body, the answer. */
#include "tests/unit/wording_allowed.h"

/* Exactly that, and allowed. */
static void is(const char *json, const struct wording *w, const char *method,
               const char *body)
{
    assert_int_equal(make(json, w, &maria), ST_OK);
    assert_string_equal(worded.method, method);
    assert_string_equal(worded.body.s, body);
    free(allowed(&worded));
}

#define CHAT "{\"chat_id\":4503599627370495"
#define OFF "[{\"text\":\"Не присылать рассылку\",\"callback_data\":\"v1:bc:off:10\"}]"

static void test_words(void **state)
{
    struct wording w = how();

    (void)state;
    is("{\"ru\":{\"text\":\"<b>{{first_name}}</b>\\n\\\"x\\\" \\\\\"}}", &w,
       "sendMessage",
       CHAT ",\"text\":\"<b>Мария</b>\\n\\\"x\\\" \\\\\",\"parse_mode\":\"HTML\","
            "\"link_preview_options\":{\"is_disabled\":true}}");
    w.silent = w.paid = true;
    is("{\"ru\":{\"text\":\"x\"}}", &w, "sendMessage",
       CHAT
       ",\"disable_notification\":true,\"allow_paid_broadcast\":true,\"text\":\"x\","
       "\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true}}");
}

static void test_buttons(void **state)
{
    struct wording w = how();
    static const char json[] =
        "{\"ru\":{\"text\":\"x\",\"buttons\":["
        "[{\"text\":\"A \\\"q\\\"\",\"url\":\"https://a.ru/?b=c&d=e\"},"
        "{\"text\":\"B\",\"do\":\"wallet\"}],[{\"text\":\"C\",\"do\":\"menu\"}]]}}";

    (void)state;
    is(json, &w, "sendMessage",
       CHAT ",\"text\":\"x\",\"parse_mode\":\"HTML\","
            "\"link_preview_options\":{\"is_disabled\":true},"
            "\"reply_markup\":{\"inline_keyboard\":["
            "[{\"text\":\"A \\\"q\\\"\",\"url\":\"https://a.ru/?b=c&d=e\"},"
            "{\"text\":\"B\",\"callback_data\":\"v1:bc:wallet:10\"}],"
            "[{\"text\":\"C\",\"callback_data\":\"v1:bc:menu:10\"}]]}}");
    w.way_out = true;
    is("{\"ru\":{\"text\":\"x\"}}", &w, "sendMessage",
       CHAT ",\"text\":\"x\",\"parse_mode\":\"HTML\","
            "\"link_preview_options\":{\"is_disabled\":true},"
            "\"reply_markup\":{\"inline_keyboard\":[" OFF "]}}");
    assert_int_equal(make(json, &w, &maria), ST_OK);
    assert_non_null(strstr(worded.body.s, "v1:bc:menu:10\"}]," OFF "]}}"));
    free(allowed(&worded));
    w.lang = LANG_EN;
    assert_int_equal(make(json, &w, &maria), ST_OK);
    assert_non_null(strstr(worded.body.s, "Stop these messages"));
}

static void test_pictures(void **state)
{
    struct wording w = how();

    (void)state;
    w.way_out = true;
    is("{\"ru\":{\"text\":\"x\",\"media\":[1]}}", &w, "sendPhoto",
       CHAT ",\"photo\":\"AgAC1-1-y\",\"caption\":\"x\",\"parse_mode\":\"HTML\","
            "\"reply_markup\":{\"inline_keyboard\":[" OFF "]}}");
    is("{\"ru\":{\"media\":[2]}}", &w, "sendVideo",
       CHAT ",\"video\":\"AgAC1-2-v\","
            "\"reply_markup\":{\"inline_keyboard\":[" OFF "]}}");
    assert_int_equal(worded.files, 0);
    is("{\"ru\":{\"media\":[3]}}", &w, "sendPhoto",
       CHAT ",\"reply_markup\":{\"inline_keyboard\":[" OFF "]}}");
    assert_int_equal(worded.files, 1);
    assert_string_equal(worded.file[0].field, "photo");
    assert_string_equal(worded.file[0].mime, "image/png");
    assert_int_equal(worded.file[0].n, 3);
    assert_int_equal(worded.place[0], 0);
}

static void test_albums(void **state)
{
    struct wording w = how();

    (void)state;
    is("{\"ru\":{\"text\":\"x\",\"media\":[1,2]}}", &w, "sendMediaGroup",
       CHAT ",\"media\":[{\"type\":\"photo\",\"media\":\"AgAC1-1-y\",\"caption\":\"x\","
            "\"parse_mode\":\"HTML\"},{\"type\":\"video\",\"media\":\"AgAC1-2-v\"}]}");
    w.way_out = true;
    is("{\"ru\":{\"media\":[3,1,4]}}", &w, "sendMediaGroup",
       CHAT ",\"media\":[{\"type\":\"photo\",\"media\":\"attach://m0\",\"caption\":"
            "\"Не присылать рассылку: /stop\",\"parse_mode\":\"HTML\"},"
            "{\"type\":\"photo\",\"media\":\"AgAC1-1-y\"},"
            "{\"type\":\"video\",\"media\":\"attach://m2\"}]}");
    assert_int_equal(worded.files, 2);
    assert_string_equal(worded.file[0].field, "m0");
    assert_string_equal(worded.file[1].field, "m2");
    assert_int_equal(worded.place[1], 2);
    assert_int_equal(worded.file[1].n, 4);
    assert_string_equal(worded.file[1].name, "video.mp4");
}

static void test_posts(void **state)
{
    struct wording w = how();

    (void)state;
    w.way_out = true;
    is("{\"ru\":{\"post\":{\"chat\":-42,\"message\":77}}}", &w, "copyMessage",
       CHAT ",\"from_chat_id\":-42,\"message_id\":77,"
            "\"reply_markup\":{\"inline_keyboard\":[" OFF "]}}");
}

/* The footer is the shop's: plain, whatever stands in it, and on a line of its own. */
static void test_footer(void **state)
{
    struct wording w = how();
    char *seen;

    (void)state;
    w.footer = "Реклама. ООО «A & B» <x>\n\xE2\x80\xAE erid: 2Vt\"z\\";
    w.way_out = true;
    assert_int_equal(make("{\"ru\":{\"text\":\"<i>x</i>\"}}", &w, &maria), ST_OK);
    seen = allowed(&worded);
    assert_string_equal(seen, "x\n\nРеклама. ООО «A & B» <x>\nerid: 2Vt\"z\\");
    free(seen);
    assert_int_equal(make("{\"ru\":{\"media\":[1,2],\"text\":\"x\"}}", &w, &maria),
                     ST_OK);
    seen = allowed(&worded);
    assert_string_equal(seen, "x\n\nРеклама. ООО «A & B» <x>\nerid: 2Vt\"z\\\n"
                              "Не присылать рассылку: /stop");
    free(seen);
    assert_int_equal(make("{\"ru\":{\"media\":[1]}}", &w, &maria), ST_OK);
    seen = allowed(&worded);
    assert_string_equal(seen, "Реклама. ООО «A & B» <x>\nerid: 2Vt\"z\\");
    free(seen);
    /* a post would go without it */
    assert_int_equal(
        make("{\"ru\":{\"post\":{\"chat\":5,\"message\":77}}}", &w, &maria), ST_BAD);
}

static void test_edits(void **state)
{
    struct wording w = how();

    (void)state;
    w.message = 900;
    w.silent = w.paid = true; /* which an edit knows not */
    is("{\"ru\":{\"text\":\"x\"}}", &w, "editMessageText",
       CHAT ",\"message_id\":900,\"text\":\"x\",\"parse_mode\":\"HTML\","
            "\"link_preview_options\":{\"is_disabled\":true},"
            "\"reply_markup\":{\"inline_keyboard\":[]}}");
    w.way_out = true;
    is("{\"ru\":{\"media\":[3],\"text\":\"x\"}}", &w, "editMessageCaption",
       CHAT ",\"message_id\":900,\"caption\":\"x\",\"parse_mode\":\"HTML\","
            "\"reply_markup\":{\"inline_keyboard\":[" OFF "]}}");
    assert_int_equal(worded.files, 0);
    is("{\"ru\":{\"media\":[1,2],\"text\":\"x\"}}", &w, "editMessageCaption",
       CHAT ",\"message_id\":900,\"caption\":\"x\\n\\nНе присылать рассылку: /stop\","
            "\"parse_mode\":\"HTML\"}");
    is("{\"ru\":{\"post\":{\"chat\":5,\"message\":77}}}", &w, "editMessageReplyMarkup",
       CHAT ",\"message_id\":900,\"reply_markup\":{\"inline_keyboard\":[" OFF "]}}");
}

static void test_what_cannot_be_said(void **state)
{
    struct wording w = how();

    (void)state;
    assert_int_equal(make("{\"ru\":{\"media\":[9]}}", &w, &maria), ST_BAD);
    assert_int_equal(make("{\"ru\":{\"media\":[1,9]}}", &w, &maria), ST_BAD);
    w.pictures_n = 0;
    assert_int_equal(make("{\"ru\":{\"media\":[1]}}", &w, &maria), ST_BAD);
    w.pictures = &(struct wording_picture){.media = 1, .file_id = ""};
    w.pictures_n = 1;
    assert_int_equal(make("{\"ru\":{\"media\":[1]}}", &w, &maria), ST_BAD);
    /* without the discount it was written for */
    assert_int_equal(make("{\"ru\":{\"text\":\"{{discount.code}}\"}}", &w,
                          &(struct content_person){0}),
                     ST_BAD);
    w.screen = "a_screen_with_a_name_that_is_much_too_long_for_callback_data";
    w.way_out = true;
    assert_int_equal(make("{\"ru\":{\"text\":\"x\"}}", &w, &maria), ST_BAD);
    w.way_out = false;
    assert_int_equal(make("{\"ru\":{\"text\":\"x\"}}", &w, &maria), ST_OK);
}

/* ---- afterwards --------------------------------------------------------------------- */

static void test_payload_of_a_message(void **state)
{
    struct wording w = how();
    struct json *o;

    (void)state;
    assert_int_equal(make("{\"ru\":{\"text\":\"x\"}}", &w, &maria), ST_OK);
    o = worded_payload(&worded);
    assert_string_equal(json_text(o, "method", NULL), "sendMessage");
    assert_int_equal(json_int_or(o, "params.chat_id", 0), w.chat);
    assert_string_equal(json_text(o, "params.text", NULL), "x");
    json_free(o);
    assert_int_equal(make("{\"ru\":{\"media\":[3]}}", &w, &maria), ST_OK);
    o = worded_payload(&worded);
    assert_string_equal(json_print(o),
                        "{\"method\":\"sendPhoto\",\"params\":" CHAT "},"
                        "\"media\":[{\"id\":3,\"place\":0,\"field\":\"photo\","
                        "\"name\":\"picture\",\"mime\":\"image/png\"}]}");
    json_free(o);
}

static void test_what_the_answer_says(void **state)
{
    static const char one[] = "{\"message_id\":7,\"photo\":[{\"file_id\":\"s\"},"
                              "{\"file_id\":\"L\"}]}";
    static const char album[] = "[{\"message_id\":8,\"photo\":[{\"file_id\":\"p\"}]},"
                                "{\"message_id\":9,\"video\":{\"file_id\":\"v\"}}]";
    struct json *o = json_parse(one, strlen(one));

    (void)state;
    assert_int_equal(wording_message(o), 7);
    assert_string_equal(wording_file_id(o, 0), "L");
    json_free(o);
    o = json_parse(album, strlen(album));
    assert_int_equal(wording_message(o), 8);
    assert_string_equal(wording_file_id(o, 0), "p");
    assert_string_equal(wording_file_id(o, 1), "v");
    assert_null(wording_file_id(o, 2));
    json_free(o);
    assert_int_equal(wording_message(NULL), 0);
    assert_null(wording_file_id(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_buttons),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_albums),
        cmocka_unit_test(test_posts),
        cmocka_unit_test(test_footer),
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_what_cannot_be_said),
        cmocka_unit_test(test_payload_of_a_message),
        cmocka_unit_test(test_what_the_answer_says),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
