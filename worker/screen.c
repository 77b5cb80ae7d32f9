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

/* A button to fill, in a row with room. Lent by the rows; NULL when memory ran out. */
static struct json *button_new(struct screen *sc, const char *label)
{
    struct json *b = json_new_object();

    if (sc->row == NULL || json_count(sc->row) >= SCREEN_ROW) {
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
    if (words.failed || words.len == 0)
        sc->failed = true;
    else
        button_data(sc, button_new(sc, words.s), spot);
    buf_free(&words);
}

void screen_button(struct screen *sc, enum text_key label, const char *screen,
                   const char *action, const char *arg)
{
    struct screen_spot spot = {screen, action, arg};

    button_data(sc, button_new(sc, text_get(sc->lang, label)), spot);
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

void screen_copy(struct screen *sc, enum text_key label, const char *text)
{
    struct json *b = button_new(sc, text_get(sc->lang, label));
    struct json *copy = json_new_object();

    json_set_text(copy, "text", text);
    json_set(b, "copy_text", copy);
}

void screen_qr(struct screen *sc, const char *text)
{
    buf_clear(&sc->qr);
    buf_adds(&sc->qr, text);
}

/* ---- the message ---------------------------------------------------------------- */

static struct json *keyboard(struct screen *sc)
{
    struct json *markup = json_new_object();

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
    } else if (where.caption) {
        json_set_text(o, "method", "editMessageCaption");
        json_set(o, "params", caption_params(sc, &where));
        json_set_bool(o, "only_edit", true);
    } else {
        if (where.on_photo)
            where.message = 0;
        json_set_text(o, "method",
                      where.message != 0 ? "editMessageText" : "sendMessage");
        json_set(o, "params", plain_params(sc, &where));
    }
    if (json_print(o) == NULL) {
        json_free(o);
        return NULL;
    }
    return o;
}
