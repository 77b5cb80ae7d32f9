/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/screen.h"

#include "core/base/utf.h"

#include <stdio.h>
#include <string.h>

#define LABEL_MAX 40 /* characters of a label that is not ours */

void screen_open(struct screen *sc, enum lang lang)
{
    *sc = (struct screen){.lang = lang, .rows = json_new_array()};
    sc->failed = sc->rows == NULL;
}

void screen_close(struct screen *sc)
{
    buf_free(&sc->text);
    buf_free(&sc->qr);
    json_free(sc->rows);
    json_free(sc->keys);
    *sc = (struct screen){0};
}

static void new_line(struct screen *sc)
{
    if (sc->text.len > 0)
        buf_addc(&sc->text, '\n');
}

void screen_say_args(struct screen *sc, enum text_key key, const struct text_arg *args,
                     size_t n)
{
    new_line(sc);
    text_add_args(&sc->text, sc->lang, key, args, n);
}

void screen_say_own(struct screen *sc, const char *words)
{
    new_line(sc);
    buf_add_html(&sc->text, words);
}

void screen_gap(struct screen *sc)
{
    new_line(sc);
}

/* ---- buttons -------------------------------------------------------------------- */

void screen_row(struct screen *sc)
{
    sc->row = NULL;
}

static size_t row_room(const struct screen *sc)
{
    return (size_t)(sc->wide > 0 ? sc->wide : SCREEN_ROW);
}

void screen_wide(struct screen *sc, int n)
{
    sc->wide = n;
    screen_row(sc);
}

/* A button to fill, in a row with room. Lent by the rows; NULL when memory ran out. */
static struct json *button_new(struct screen *sc, const char *label)
{
    struct json *b = json_new_object();

    if (sc->row == NULL || json_count(sc->row) >= row_room(sc)) {
        struct json *row = json_new_array();

        json_push(sc->rows, row);
        sc->row = row;
    }
    json_set_text(b, "text", label);
    json_push(sc->row, b);
    if (b == NULL || sc->row == NULL)
        sc->failed = true;
    return b;
}

/* The one to press is green, the one that takes something away is red. Older apps show
 * neither: the words say it as well. */
static const struct {
    enum text_key label;
    const char *style;
} styles[] = {
    {BTN_AGREE, "success"},        {BTN_SUBSCRIBED, "success"},
    {BTN_DISCOUNT, "success"},     {BTN_RIGHT, "success"},
    {BTN_APPLY, "success"},        {BTN_OPEN_SHIFT, "success"},
    {BTN_ACCEPT, "success"},       {BTN_LOGIN_YES, "success"},
    {BTN_SCAN, "success"},         {BTN_MOVE_SURE, "success"},
    {BTN_WITHDRAW_SURE, "danger"}, {BTN_CLOSE_SURE, "danger"},
    {BTN_UNDO, "danger"},          {BTN_ERASE_SURE, "danger"},
    {BTN_FIRE_SURE, "danger"},     {BTN_DROP_SURE, "danger"},
    {BTN_BLOCK, "danger"},
};

static void button_style(struct json *b, enum text_key label)
{
    for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
        if (styles[i].label == label)
            json_set_text(b, "style", styles[i].style);
}

static void button_data(struct screen *sc, struct json *b, struct screen_spot at)
{
    char data[SCREEN_DATA_MAX + 1];
    int n = snprintf(data, sizeof(data), "v1:%s:%s:%s", at.screen, at.action,
                     at.arg != NULL ? at.arg : "");

    if (n < 0 || n > SCREEN_DATA_MAX)
        sc->failed = true;
    else
        json_set_text(b, "callback_data", data);
}

void screen_button_args(struct screen *sc, enum text_key label, struct screen_spot spot,
                        const struct text_arg *args, size_t n)
{
    struct buf words = {0};

    text_add_plain_args(&words, sc->lang, label, args, n);
    if (words.failed || words.len == 0) {
        sc->failed = true;
    } else {
        struct json *b = button_new(sc, words.s);

        button_style(b, label);
        button_data(sc, b, spot);
    }
    buf_free(&words);
}

void screen_button(struct screen *sc, enum text_key label, const char *screen,
                   const char *action, const char *arg)
{
    struct screen_spot spot = {screen, action, arg};
    struct json *b = button_new(sc, text_get(sc->lang, label));

    button_style(b, label);
    button_data(sc, b, spot);
}

void screen_choice(struct screen *sc, const char *label, const char *screen,
                   const char *action, const char *arg)
{
    struct screen_spot spot = {screen, action, arg};
    struct buf words = {0};

    utf_add_name(&words, label, strlen(label), LABEL_MAX);
    if (words.failed)
        sc->failed = true;
    else
        button_data(sc, button_new(sc, words.len > 0 ? words.s : "·"), spot);
    buf_free(&words);
}

void screen_url(struct screen *sc, enum text_key label, const char *url)
{
    struct json *b = button_new(sc, text_get(sc->lang, label));

    json_set_text(b, "url", url);
}

void screen_link(struct screen *sc, const char *label, const char *url)
{
    struct buf words = {0};

    utf_add_name(&words, label, strlen(label), LABEL_MAX);
    if (words.failed || words.len == 0)
        sc->failed = true;
    else
        json_set_text(button_new(sc, words.s), "url", url);
    buf_free(&words);
}

void screen_copy(struct screen *sc, enum text_key label, const char *text)
{
    struct json *b = button_new(sc, text_get(sc->lang, label));
    struct json *copy = json_new_object();

    json_set_text(copy, "text", text);
    json_set(b, "copy_text", copy);
}

void screen_web_app(struct screen *sc, enum text_key label, const char *url)
{
    struct json *b = button_new(sc, text_get(sc->lang, label));
    struct json *app = json_new_object();

    json_set_text(app, "url", url);
    json_set(b, "web_app", app);
}

/* ---- keys ----------------------------------------------------------------------- */

/* Lent by the keys; NULL when memory ran out. */
static struct json *key_new(struct screen *sc, enum text_key label)
{
    struct json *key = json_new_object();

    if (sc->keys == NULL)
        sc->keys = json_new_array();
    if (sc->key_row == NULL || json_count(sc->key_row) >= SCREEN_ROW) {
        struct json *row = json_new_array();

        json_push(sc->keys, row);
        sc->key_row = row;
    }
    json_set_text(key, "text", text_get(sc->lang, label));
    json_push(sc->key_row, key);
    if (key == NULL || sc->key_row == NULL || sc->keys == NULL)
        sc->failed = true;
    return key;
}

void screen_key(struct screen *sc, enum text_key label)
{
    key_new(sc, label);
}

void screen_key_contact(struct screen *sc, enum text_key label)
{
    sc->key_row = NULL;
    json_set_bool(key_new(sc, label), "request_contact", true);
    sc->key_row = NULL;
}

void screen_keys_away(struct screen *sc)
{
    sc->keys_away = true;
}

void screen_qr(struct screen *sc, const char *text)
{
    buf_clear(&sc->qr);
    buf_adds(&sc->qr, text);
}

void screen_document(struct screen *sc, int64_t id)
{
    sc->document = id;
}

void screen_photo(struct screen *sc, int64_t id)
{
    sc->document = id;
    sc->photo = true;
}

/* ---- the message ---------------------------------------------------------------- */

static struct json *keyboard(struct screen *sc)
{
    struct json *markup = json_new_object();

    if (sc->keys_away)
        json_set_bool(markup, "remove_keyboard", true);
    else if (sc->keys != NULL) {
        json_set(markup, "keyboard", json_copy(sc->keys));
        json_set_bool(markup, "resize_keyboard", true);
        json_set_bool(markup, "one_time_keyboard", true);
    } else
        json_set(markup, "inline_keyboard", json_copy(sc->rows));
    return markup;
}

static struct json *plain_params(struct screen *sc, const struct screen_place *at)
{
    struct json *p = json_new_object(), *preview = json_new_object();

    json_set_int(p, "chat_id", at->chat);
    if (at->message != 0)
        json_set_int(p, "message_id", at->message);
    json_set_text_n(p, "text", sc->text.s, sc->text.len);
    json_set_text(p, "parse_mode", "HTML");
    json_set_bool(preview, "is_disabled", true);
    json_set(p, "link_preview_options", preview);
    json_set(p, "reply_markup", keyboard(sc));
    return p;
}

static struct json *caption_params(struct screen *sc, const struct screen_place *at)
{
    struct json *p = json_new_object();

    json_set_int(p, "chat_id", at->chat);
    json_set_int(p, "message_id", at->message);
    json_set_text_n(p, "caption", sc->text.s, sc->text.len);
    json_set_text(p, "parse_mode", "HTML");
    json_set(p, "reply_markup", keyboard(sc));
    return p;
}

/* A code shown to its holder alone: nobody forwards or saves it by mistake. */
static struct json *photo_params(struct screen *sc, int64_t chat)
{
    struct json *p = json_new_object();

    json_set_int(p, "chat_id", chat);
    json_set_text_n(p, "caption", sc->text.s, sc->text.len);
    json_set_text(p, "parse_mode", "HTML");
    json_set_bool(p, "protect_content", true);
    json_set(p, "reply_markup", keyboard(sc));
    return p;
}

static struct json *document_params(struct screen *sc, int64_t chat)
{
    struct json *p = json_new_object();

    json_set_int(p, "chat_id", chat);
    json_set_text_n(p, "caption", sc->text.s, sc->text.len);
    json_set_text(p, "parse_mode", "HTML");
    if (json_count(sc->rows) > 0)
        json_set(p, "reply_markup", keyboard(sc));
    return p;
}

struct json *screen_payload(struct screen *sc, const struct screen_place *at)
{
    struct screen_place where = *at;
    struct json *o;

    if (sc->failed || sc->text.failed || sc->qr.failed || sc->text.len == 0)
        return NULL;
    o = json_new_object();
    if (sc->qr.len > 0) {
        json_set_text(o, "method", "sendPhoto");
        json_set(o, "params", photo_params(sc, where.chat));
        json_set_text_n(o, "qr", sc->qr.s, sc->qr.len);
    } else if (sc->document != 0) {
        json_set_text(o, "method", sc->photo ? "sendPhoto" : "sendDocument");
        json_set(o, "params", document_params(sc, where.chat));
        json_set_int(o, "document", sc->document);
    } else if (where.caption) {
        json_set_text(o, "method", "editMessageCaption");
        json_set(o, "params", caption_params(sc, &where));
        json_set_bool(o, "only_edit", true);
    } else {
        if (where.on_photo || sc->keys != NULL || sc->keys_away)
            where.message = 0;
        json_set_text(o, "method",
                      where.message != 0 ? "editMessageText" : "sendMessage");
        json_set(o, "params", plain_params(sc, &where));
        if (where.only)
            json_set_bool(o, "only_edit", true);
    }
    if (json_print(o) == NULL) {
        json_free(o);
        return NULL;
    }
    return o;
}
