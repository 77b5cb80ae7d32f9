/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/buf.h"
#include "worker/send_patch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* NULL expected: it cannot be mended. */
static void check(const char *payload, enum tg_action action, const char *expected)
{
    struct json *before = json_parse(payload, strlen(payload));
    struct tg_verdict v = {
        .fate = TG_LATER, .action = action, .migrate_to = -1001113717682};
    struct json *after;

    assert_non_null(before);
    after = patch_payload(before, &v);
    if (expected == NULL)
        assert_null(after);
    else
        assert_string_equal(json_print(after), expected);
    assert_string_equal(json_print(before), payload);
    json_free(before);
    json_free(after);
}

static void test_edit_becomes_new(void **state)
{
    (void)state;
    check("{\"method\":\"editMessageText\",\"params\":{\"chat_id\":7,\"message_id\":9,"
          "\"text\":\"a\",\"parse_mode\":\"HTML\",\"reply_markup\":{\"x\":[1]}}}",
          TG_ACT_SEND_NEW,
          "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":7,\"text\":\"a\","
          "\"parse_mode\":\"HTML\",\"reply_markup\":{\"x\":[1]}}}");
    check(
        "{\"method\":\"editMessageCaption\",\"params\":{\"chat_id\":7,\"message_id\":9,"
        "\"caption\":\"b\"}}",
        TG_ACT_SEND_NEW,
        "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":7,\"text\":\"b\"}}");
}

/* A picture's caption that comes too late to be of use. */
static void test_an_edit_or_nothing(void **state)
{
    (void)state;
    check("{\"method\":\"editMessageCaption\",\"params\":{\"chat_id\":7,"
          "\"message_id\":9,\"caption\":\"b\"},\"only_edit\":true}",
          TG_ACT_SEND_NEW, NULL);
}

static void test_buttons_alone_are_no_message(void **state)
{
    (void)state;
    check("{\"method\":\"editMessageReplyMarkup\",\"params\":{\"chat_id\":7,"
          "\"message_id\":9}}",
          TG_ACT_SEND_NEW, NULL);
    check("{\"method\":\"sendMessage\",\"params\":{\"chat_id\":7,\"text\":\"a\"}}",
          TG_ACT_SEND_NEW, NULL);
}

static void test_formatting_goes_the_words_stay(void **state)
{
    (void)state;
    check(
        "{\"method\":\"sendPhoto\",\"qr\":\"q\",\"params\":{\"chat_id\":7,\"caption\":"
        "\"<b>Скидка</b> &lt;10&gt; &amp;amp; "
        "&quot;x&quot;\",\"parse_mode\":\"HTML\"}}",
        TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM,
        "{\"qr\":\"q\",\"method\":\"sendPhoto\",\"params\":{\"chat_id\":7,\"caption\":"
        "\"Скидка <10> &amp; \\\"x\\\"\"}}");
    check("{\"method\":\"sendMessage\",\"params\":{\"text\":\"<b>a</b>\",\"entities\":"
          "[{\"type\":\"bold\"}]}}",
          TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM,
          "{\"method\":\"sendMessage\",\"params\":{\"text\":\"<b>a</b>\"}}");
}

static void test_reply_goes(void **state)
{
    (void)state;
    check("{\"method\":\"sendMessage\",\"params\":{\"text\":\"a\",\"reply_parameters\":"
          "{\"message_id\":3},\"reply_to_message_id\":3}}",
          TG_ACT_RESEND_WITHOUT_REPLY,
          "{\"method\":\"sendMessage\",\"params\":{\"text\":\"a\"}}");
}

static void test_chat_moves(void **state)
{
    (void)state;
    check("{\"method\":\"sendMessage\",\"params\":{\"chat_id\":-5,\"text\":\"a\"}}",
          TG_ACT_REPLACE_CHAT_ID,
          "{\"method\":\"sendMessage\",\"params\":{\"text\":\"a\",\"chat_id\":"
          "-1001113717682}}");
}

/* By the name Telegram gave it a picture is not known any more: its bytes go along. */
static void test_a_picture_is_uploaded_again(void **state)
{
    (void)state;
    check("{\"method\":\"sendPhoto\",\"params\":{\"chat_id\":7,\"photo\":\"A\"},"
          "\"media\":"
          "[{\"id\":3,\"place\":0,\"field\":\"photo\",\"file_id\":\"A\"}]}",
          TG_ACT_REUPLOAD,
          "{\"media\":[{\"id\":3,\"place\":0,\"field\":\"photo\"}],"
          "\"method\":\"sendPhoto\",\"params\":{\"chat_id\":7}}");
    check("{\"method\":\"sendMediaGroup\",\"params\":{\"media\":["
          "{\"type\":\"photo\",\"media\":\"attach://m0\"},"
          "{\"type\":\"video\",\"media\":\"B\"}]},\"media\":["
          "{\"id\":3,\"place\":0,\"field\":\"m0\"},"
          "{\"id\":4,\"place\":1,\"field\":\"m1\",\"file_id\":\"B\"}]}",
          TG_ACT_REUPLOAD,
          "{\"media\":[{\"id\":3,\"place\":0,\"field\":\"m0\"},"
          "{\"id\":4,\"place\":1,\"field\":\"m1\"}],"
          "\"method\":\"sendMediaGroup\",\"params\":{\"media\":["
          "{\"type\":\"photo\",\"media\":\"attach://m0\"},"
          "{\"type\":\"video\",\"media\":\"attach://m1\"}]}}");
    /* all of them have gone as bytes already */
    check("{\"method\":\"sendPhoto\",\"params\":{\"chat_id\":7},\"media\":"
          "[{\"id\":3,\"place\":0,\"field\":\"photo\"}]}",
          TG_ACT_REUPLOAD, NULL);
}

static void test_the_rest_is_not_mended(void **state)
{
    static const char payload[] =
        "{\"method\":\"sendMessage\",\"params\":{\"text\":\"a\"}}";

    (void)state;
    check(payload, TG_ACT_SPLIT_OR_LOG, NULL);
    check(payload, TG_ACT_REUPLOAD, NULL);
    check(payload, TG_ACT_NONE, NULL);
    check(payload, TG_ACT_COUNT, NULL);
}

static void test_words(void **state)
{
    static const struct {
        const char *html, *words;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"<a href=\"x\">y</a>", "y"},
        {"1 < 2", "1 < 2"},
        {"a & b &amp; c &", "a & b & c &"},
        {"&lt;b&gt;", "<b>"},
        {"&amp;lt;", "&lt;"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf b = {0};

        patch_html_words(&b, rows[i].html, strlen(rows[i].html));
        assert_string_equal(b.s ? b.s : "", rows[i].words);
        buf_free(&b);
    }
}

static void mends(struct json *(*patch)(const struct json *), const char *payload,
                  const char *expected)
{
    struct json *before = json_parse(payload, strlen(payload)), *after;

    assert_non_null(before);
    after = patch(before);
    if (expected == NULL)
        assert_null(after);
    else
        assert_string_equal(json_print(after), expected);
    assert_string_equal(json_print(before), payload);
    json_free(before);
    json_free(after);
}

/* A code that cannot be shown is told, and stays as protected as it was. */
static void test_a_picture_becomes_words(void **state)
{
    (void)state;
    mends(
        patch_picture,
        "{\"method\":\"sendPhoto\",\"params\":{\"chat_id\":7,\"caption\":\"<b>a</b>\","
        "\"parse_mode\":\"HTML\",\"protect_content\":true,\"reply_markup\":{\"x\":[1]}}"
        ","
        "\"qr\":\"https://t.me/x\"}",
        "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":7,\"parse_mode\":\"HTML\","
        "\"protect_content\":true,\"reply_markup\":{\"x\":[1]},\"text\":\"<b>a</"
        "b>\"}}");
    mends(patch_picture,
          "{\"method\":\"sendPhoto\",\"params\":{\"chat_id\":7,\"caption\":\"a\"}}",
          NULL);
    mends(patch_picture,
          "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":7,\"text\":\"a\"}}",
          NULL);
    mends(patch_picture, "{\"method\":\"sendPhoto\",\"params\":{},\"qr\":\"x\"}", NULL);
}

static void test_a_photo_becomes_a_file(void **state)
{
    (void)state;
    mends(patch_picture,
          "{\"method\":\"sendPhoto\",\"params\":{\"chat_id\":7,\"caption\":\"a\"},"
          "\"document\":5}",
          "{\"document\":5,\"method\":\"sendDocument\",\"params\":{\"chat_id\":7,"
          "\"caption\":\"a\"}}");
    mends(patch_picture,
          "{\"method\":\"sendDocument\",\"params\":{\"chat_id\":7},\"document\":5}",
          NULL); /* which it is already */
}

static void test_a_caption_becomes_the_text(void **state)
{
    (void)state;
    mends(
        patch_caption,
        "{\"method\":\"editMessageCaption\",\"params\":{\"chat_id\":7,"
        "\"message_id\":9,\"caption\":\"b\"},\"only_edit\":true}",
        "{\"only_edit\":true,\"method\":\"editMessageText\",\"params\":{\"chat_id\":7,"
        "\"message_id\":9,\"text\":\"b\"}}");
    mends(
        patch_caption,
        "{\"method\":\"editMessageText\",\"params\":{\"message_id\":9,\"text\":\"b\"}}",
        NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edit_becomes_new),
        cmocka_unit_test(test_an_edit_or_nothing),
        cmocka_unit_test(test_buttons_alone_are_no_message),
        cmocka_unit_test(test_formatting_goes_the_words_stay),
        cmocka_unit_test(test_reply_goes),
        cmocka_unit_test(test_chat_moves),
        cmocka_unit_test(test_a_picture_is_uploaded_again),
        cmocka_unit_test(test_the_rest_is_not_mended),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_a_picture_becomes_words),
        cmocka_unit_test(test_a_photo_becomes_a_file),
        cmocka_unit_test(test_a_caption_becomes_the_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
