/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Screens as the Bot API will get them, and callback data as strangers will send it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/telegram_profile.h"
#include "worker/books.h"

#include <stdlib.h>
#include <string.h>

/* ---- screens -------------------------------------------------------------------- */

static struct json *made(struct screen *sc, int64_t message, bool on_photo)
{
    const struct screen_place at = {
        .chat = 77, .message = message, .on_photo = on_photo};
    struct json *o = screen_payload(sc, &at);

    screen_close(sc);
    return o;
}

static void test_a_new_message(void **state)
{
    struct screen sc;
    struct json *o;

    (void)state;
    screen_open(&sc, LANG_RU);
    screen_say(&sc, TEXT_MENU, T_TEXT("brand", "Двор & Ко <b>"));
    screen_button(&sc, BTN_HELP, "h", "open", NULL);
    o = made(&sc, 0, false);
    assert_non_null(o);
    assert_string_equal(json_text(o, "method", NULL), "sendMessage");
    assert_int_equal(json_int_or(o, "params.chat_id", 0), 77);
    assert_string_equal(json_text(o, "params.text", NULL),
                        "<b>Двор &amp; Ко &lt;b&gt;</b>\nЧто показать?");
    assert_string_equal(json_text(o, "params.parse_mode", NULL), "HTML");
    assert_null(json_get(o, "params.message_id"));
    assert_null(json_get(o, "qr"));
    json_free(o);
}

static const struct json *button(const struct json *o, size_t row, size_t col)
{
    const struct json *rows = json_get(o, "params.reply_markup.inline_keyboard");

    return json_at(json_at(rows, row), col);
}

static void test_two_buttons_a_row(void **state)
{
    struct screen sc;
    struct json *o;

    (void)state;
    screen_open(&sc, LANG_EN);
    screen_say(&sc, TEXT_LANGUAGE);
    screen_button(&sc, BTN_RUSSIAN, "x", "ru", NULL);
    screen_button(&sc, BTN_ENGLISH, "x", "en", "a1");
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    screen_row(&sc);
    screen_url(&sc, BTN_CHANNEL, "https://t.me/exmpl");
    screen_copy(&sc, BTN_COPY, "7K3F9-9QXA2");
    o = made(&sc, 0, false);
    assert_non_null(o);
    assert_int_equal(json_count(json_get(o, "params.reply_markup.inline_keyboard")), 3);
    assert_string_equal(json_text(button(o, 0, 1), "callback_data", NULL),
                        "v1:x:en:a1");
    assert_string_equal(json_text(button(o, 1, 0), "callback_data", NULL),
                        "v1:m:open:");
    assert_null(button(o, 1, 1));
    assert_string_equal(json_text(button(o, 2, 0), "url", NULL), "https://t.me/exmpl");
    assert_string_equal(json_text(button(o, 2, 1), "copy_text.text", NULL),
                        "7K3F9-9QXA2");
    json_free(o);
}

static void test_colours_of_labels(void **state)
{
    struct screen sc;
    struct json *o;

    (void)state;
    screen_open(&sc, LANG_RU);
    screen_say(&sc, TEXT_LANGUAGE);
    screen_button(&sc, BTN_AGREE, "w", "yes", NULL);
    screen_button(&sc, BTN_WITHDRAW_SURE, "p", "sure", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    o = made(&sc, 0, false);
    assert_string_equal(json_text(button(o, 0, 0), "style", NULL), "success");
    assert_string_equal(json_text(button(o, 0, 1), "style", NULL), "danger");
    assert_null(json_get(button(o, 1, 0), "style"));
    json_free(o);
}

static void test_a_page_behind_a_button(void **state)
{
    struct screen sc;
    struct json *o;

    (void)state;
    screen_open(&sc, LANG_RU);
    screen_say(&sc, TEXT_LANGUAGE);
    screen_web_app(&sc, BTN_SCAN, "https://shop.example/scan");
    o = made(&sc, 0, false);
    assert_string_equal(json_text(button(o, 0, 0), "text", NULL), "📷 Сканировать");
    assert_string_equal(json_text(button(o, 0, 0), "web_app.url", NULL),
                        "https://shop.example/scan");
    assert_null(json_get(button(o, 0, 0), "callback_data"));
    json_free(o);
}

static struct json *simple(int64_t message, bool on_photo)
{
    struct screen sc;

    screen_open(&sc, LANG_RU);
    screen_say(&sc, TEXT_CANCELLED);
    return made(&sc, message, on_photo);
}

/* A keyboard under the chat is sent, whatever was pressed; and so is its end. */
static void test_keys_under_the_chat(void **state)
{
    const struct json *rows, *key;
    struct screen sc;
    struct json *o;

    (void)state;
    screen_open(&sc, LANG_RU);
    screen_say(&sc, TEXT_PHONE_ASK);
    screen_key_contact(&sc, BTN_SHARE_PHONE);
    screen_key(&sc, BTN_SKIP);
    screen_key(&sc, BTN_CANCEL);
    o = made(&sc, 12, false);
    assert_non_null(o);
    assert_string_equal(json_text(o, "method", NULL), "sendMessage");
    assert_null(json_get(o, "params.message_id"));
    assert_null(json_get(o, "params.reply_markup.inline_keyboard"));
    assert_true(json_bool_or(o, "params.reply_markup.resize_keyboard", false));
    rows = json_get(o, "params.reply_markup.keyboard");
    assert_int_equal(json_count(rows), 2);
    assert_int_equal(json_count(json_at(rows, 0)), 1);
    assert_int_equal(json_count(json_at(rows, 1)), 2);
    key = json_at(json_at(rows, 0), 0);
    assert_string_equal(json_text(key, "text", NULL), "📱 Отправить номер");
    assert_true(json_bool_or(key, "request_contact", false));
    assert_null(json_get(json_at(json_at(rows, 1), 0), "request_contact"));
    json_free(o);
    screen_open(&sc, LANG_RU);
    screen_say(&sc, TEXT_PHONE_LATER);
    screen_keys_away(&sc);
    o = made(&sc, 12, false);
    assert_non_null(o);
    assert_string_equal(json_text(o, "method", NULL), "sendMessage");
    assert_true(json_bool_or(o, "params.reply_markup.remove_keyboard", false));
    json_free(o);
}

static void test_edited_in_place(void **state)
{
    struct json *o = simple(5, false);

    (void)state;
    assert_string_equal(json_text(o, "method", NULL), "editMessageText");
    assert_int_equal(json_int_or(o, "params.message_id", 0), 5);
    json_free(o);
    /* A picture does not become text: a new message follows it. */
    o = simple(5, true);
    assert_string_equal(json_text(o, "method", NULL), "sendMessage");
    assert_null(json_get(o, "params.message_id"));
    json_free(o);
}

static void test_a_code_is_a_photo(void **state)
{
    struct screen sc;
    struct json *o;

    (void)state;
    screen_open(&sc, LANG_RU);
    screen_say(&sc, CAPTION_RETIRED);
    screen_qr(&sc, "https://t.me/till_bot?start=q_abc");
    o = made(&sc, 5, false);
    assert_string_equal(json_text(o, "method", NULL), "sendPhoto");
    assert_string_equal(json_text(o, "qr", NULL), "https://t.me/till_bot?start=q_abc");
    assert_true(json_bool_or(o, "params.protect_content", false));
    assert_non_null(json_text(o, "params.caption", NULL));
    assert_null(json_get(o, "params.message_id"));
    json_free(o);
}

static void test_words_under_a_picture(void **state)
{
    const struct screen_place at = {
        .chat = 7, .message = 9, .on_photo = true, .caption = true};
    struct screen sc;
    struct json *o;

    (void)state;
    screen_open(&sc, LANG_EN);
    screen_say(&sc, CAPTION_RETIRED);
    o = screen_payload(&sc, &at);
    screen_close(&sc);
    assert_string_equal(json_text(o, "method", NULL), "editMessageCaption");
    assert_int_equal(json_int_or(o, "params.message_id", 0), 9);
    assert_string_equal(json_text(o, "params.caption", NULL),
                        text_get(LANG_EN, CAPTION_RETIRED));
    assert_true(
        json_bool_or(o, "only_edit", false)); /* never as a message of its own */
    json_free(o);
}

/* 64 bytes are the limit: one more makes the whole screen fail, loudly. */
static void test_data_of_64_bytes(void **state)
{
    char arg[64];
    struct screen sc;
    struct json *o;

    (void)state;
    memset(arg, 'a', sizeof(arg));
    arg[64 - strlen("v1:m:open:")] = '\0';
    screen_open(&sc, LANG_RU);
    screen_say(&sc, TEXT_CANCELLED);
    screen_button(&sc, BTN_MENU, "m", "open", arg);
    o = made(&sc, 0, false);
    assert_int_equal(strlen(json_text(button(o, 0, 0), "callback_data", NULL)), 64);
    json_free(o);

    screen_open(&sc, LANG_RU);
    screen_say(&sc, TEXT_CANCELLED);
    screen_button(&sc, BTN_MENU, "menu", "open", arg);
    assert_null(made(&sc, 0, false));
}

static void test_a_screen_without_words_is_none(void **state)
{
    struct screen sc;

    (void)state;
    screen_open(&sc, LANG_RU);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    assert_null(made(&sc, 0, false));
}

static void test_a_store_with_a_terrible_name(void **state)
{
    struct screen sc;
    struct json *o;

    (void)state;
    screen_open(&sc, LANG_RU);
    screen_say(&sc, TEXT_CHOOSE_STORE);
    screen_choice(&sc, "\xe2\x80\xaeтсерк <b>", "s", "open", "1.");
    screen_row(&sc);
    screen_choice(&sc, "\xe3\x85\xa4", "s", "open", "2.");
    o = made(&sc, 0, false);
    assert_string_equal(json_text(button(o, 0, 0), "text", NULL), "тсерк <b>");
    assert_string_equal(json_text(button(o, 1, 0), "text", NULL), "·");
    json_free(o);
}

/* ---- callback data -------------------------------------------------------------- */

static bool reads(const char *data, const char *route, const char *arg)
{
    struct callback c;

    return callback_read(data, strlen(data), &c) && strcmp(c.route, route) == 0 &&
           strcmp(c.arg, arg) == 0;
}

static void test_callbacks_that_are_ours(void **state)
{
    (void)state;
    assert_true(reads("v1:m:open:", "m:open", ""));
    assert_true(reads("v1:r:yes:0123456789", "r:yes", "0123456789"));
    assert_true(reads("v1:s:open:1c.A-b_9", "s:open", "1c.A-b_9"));
}

static void test_callbacks_that_are_not(void **state)
{
    static const char *const alien[] = {
        "",
        "v1",
        "v1:",
        "v1::",
        "v1:m",
        "v1:m:open",
        "v1::open:",
        "v1:m::",
        "v2:m:open:",
        "m:open:",
        "v1:m:open:a b",
        "v1:m:open:' OR 1=1",
        "v1:m:open:ы",
        "confirm:123",
        "V1:m:open:",
        "v1:m:open:a:b",
        "v1:m:open:"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    struct callback c;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(alien) / sizeof(alien[0]); i++)
        if (callback_read(alien[i], strlen(alien[i]), &c))
            fail_msg("taken: %s", alien[i]);
    assert_false(callback_read(NULL, 0, &c));
    assert_false(callback_read("v1:m:op\0en:", 11, &c) &&
                 strcmp(c.route, "m:open") == 0);
}

/* Every cut and every changed byte of a good one: no crash, and never more than it
 * says. */
static void test_callbacks_mutated(void **state)
{
    static const char good[] = "v1:u:do:1z141z4.3";
    size_t n = sizeof(good) - 1, i;
    int b;

    (void)state;
    for (i = 0; i <= n; i++)
        for (b = 0; b < 256; b++) {
            char *copy = malloc(n);
            struct callback c;

            memcpy(copy, good, n);
            if (i < n)
                copy[i] = (char)b;
            if (callback_read(copy, n - (b == 255 ? i : 0), &c))
                assert_true(strlen(c.route) >= 3 && strlen(c.arg) < n);
            free(copy);
        }
}

static void test_ids_in_args(void **state)
{
    const char *rest;

    (void)state;
    assert_int_equal(talk_id("1z", NULL), 71);
    assert_int_equal(talk_id("1z.ru", &rest), 71);
    assert_string_equal(rest, "ru");
    assert_int_equal(talk_id("1y2p0ij32e8e7", &rest), INT64_MAX);
    assert_string_equal(rest, "");
    assert_int_equal(talk_id("1y2p0ij32e8e8", NULL), 0); /* one above int64 */
    assert_int_equal(talk_id("", &rest), 0);
    assert_string_equal(rest, "");
    assert_int_equal(talk_id(".x", &rest), 0);
    assert_int_equal(talk_id("-5", NULL), 0);
    assert_int_equal(talk_id("zzzzzzzzzzzzzzzzz", NULL), 0);
}

/* ---- tables --------------------------------------------------------------------- */

static enum status nothing(struct talk *t, const char *arg)
{
    (void)t;
    (void)arg;
    return ST_OK;
}

static bool row_fits(struct talk_row row)
{
    const struct talk_table table = {&row, 1};

    return talk_table_whole(&table);
}

static void test_a_row_without_a_need_stops_the_program(void **state)
{
    (void)state;
    assert_true(row_fits((struct talk_row){"a:b", nothing, NEED_NOTHING, PERM_UNSET}));
    assert_true(row_fits((struct talk_row){"a:b", nothing, NEED_STAFF, PERM_SHIFT}));
    assert_false(row_fits((struct talk_row){"a:b", nothing, NEED_UNSET, PERM_UNSET}));
    assert_false(row_fits((struct talk_row){"a:b", nothing, NEED_STAFF, PERM_UNSET}));
    assert_false(row_fits((struct talk_row){"a:b", nothing, NEED_NOTHING, PERM_SHIFT}));
    assert_false(row_fits((struct talk_row){"a:b", NULL, NEED_NOTHING, PERM_UNSET}));
    assert_false(row_fits((struct talk_row){"", nothing, NEED_NOTHING, PERM_UNSET}));
    assert_true(talk_books_whole());
}

static void test_rows_are_found_whole(void **state)
{
    const char *rest = NULL;

    (void)state;
    assert_non_null(talk_find(&client_book.screens, "d:open"));
    assert_null(talk_find(&client_book.screens, "d:ope"));
    assert_null(talk_find(&client_book.screens, "d:open2"));
    assert_null(talk_find(&client_book.screens, "s:sure")); /* the other bot's */
    assert_non_null(talk_find_prefix(&cashier_book.links, "q_abc", &rest));
    assert_string_equal(rest, "abc");
    assert_null(talk_find_prefix(&cashier_book.links, "Q_abc", &rest));
}

/* What the menu of commands offers, the conversation understands. Takes o over. */
static int offered(struct json *o, const struct talk_book *book)
{
    const struct json *list = json_get(o, "commands");
    int n = (int)json_count(list);

    for (size_t k = 0; k < json_count(list); k++)
        if (talk_find(&book->commands, json_text(json_at(list, k), "command", NULL)) ==
            NULL)
            fail_msg("%s does not understand /%s", book->name,
                     json_text(json_at(list, k), "command", NULL));
    json_free(o);
    return n;
}

static void test_offered_commands_are_understood(void **state)
{
    const struct profile_words words = {"One", ""};
    const char *method;
    struct json *o;
    int client = 0;

    (void)state;
    for (int i = 0; (o = profile_call(TG_CLIENT, i, &words, &method)) != NULL; i++)
        client += offered(o, &client_book);
    assert_true(client >= 2 * 8);
    for (int i = 0; (o = profile_call(TG_AUTH, i, &words, &method)) != NULL; i++)
        (void)offered(o, &cashier_book);
    assert_true(offered(profile_staff(1, true, "ru", &method), &cashier_book) >= 7);
    assert_true(offered(profile_staff(1, true, "en", &method), &cashier_book) >= 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_message),
        cmocka_unit_test(test_two_buttons_a_row),
        cmocka_unit_test(test_colours_of_labels),
        cmocka_unit_test(test_a_page_behind_a_button),
        cmocka_unit_test(test_keys_under_the_chat),
        cmocka_unit_test(test_edited_in_place),
        cmocka_unit_test(test_a_code_is_a_photo),
        cmocka_unit_test(test_words_under_a_picture),
        cmocka_unit_test(test_data_of_64_bytes),
        cmocka_unit_test(test_a_screen_without_words_is_none),
        cmocka_unit_test(test_a_store_with_a_terrible_name),
        cmocka_unit_test(test_callbacks_that_are_ours),
        cmocka_unit_test(test_callbacks_that_are_not),
        cmocka_unit_test(test_callbacks_mutated),
        cmocka_unit_test(test_ids_in_args),
        cmocka_unit_test(test_a_row_without_a_need_stops_the_program),
        cmocka_unit_test(test_rows_are_found_whole),
        cmocka_unit_test(test_offered_commands_are_understood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
