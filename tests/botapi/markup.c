/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/markup.c - keyboards: what Telegram refuses about them. Types and names
 * of fields were checked against the document already (check.c). */
#include "core/base/utf.h"
#include "tests/botapi/app.h"
#include "tests/botapi/call.h"

#include <stdlib.h>
#include <string.h>

#define BUTTONS_MAX 100
#define ROW_MAX 8
#define MARKUP_BYTES_MAX 10240

static size_t units(struct jv v)
{
    struct buf b = {0};
    size_t n;

    if (!jv_text(v, &b))
        return 0;
    n = utf16_len(b.s, b.len);
    buf_free(&b);
    return n;
}

static size_t bytes(struct jv v)
{
    struct buf b = {0};
    size_t n;

    if (!jv_text(v, &b))
        return 0;
    n = b.len;
    buf_free(&b);
    return n;
}

static bool url_fine(struct jv v)
{
    static const char *const starts[] = {"http://", "https://", "tg://"};
    struct buf b = {0};
    bool fine = false;

    jv_text(v, &b);
    for (size_t i = 0; i < 3; i++)
        if (b.s != NULL && strncmp(b.s, starts[i], strlen(starts[i])) == 0 &&
            strpbrk(b.s, " \n\"<>") == NULL && b.len > strlen(starts[i]) &&
            b.len <= 2048)
            fine = true;
    buf_free(&b);
    return fine;
}

/* The payload of t.me/<bot>?start=… : what Telegram would not pass on. */
static bool deep_link_fine(struct jv v)
{
    struct buf b = {0};
    const char *p;
    bool fine = true;

    jv_text(v, &b);
    p = b.s != NULL ? strstr(b.s, "?start=") : NULL;
    if (p != NULL && strstr(b.s, "t.me/") != NULL) {
        size_t n = strcspn(p + 7, "&#");
        size_t word =
            strspn(p + 7, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                          "0123456789_-");

        fine = n > 0 && n <= 64 && word >= n;
    }
    buf_free(&b);
    return fine;
}

static void app_check(struct call *c, struct jv button)
{
    struct jv app = jv_get(button, "web_app");

    if (app.s != NULL && !app_address_fine(jv_get(app, "url")))
        call_violate(c, "Bad Request: keyboard button Web App URL is invalid: Only "
                        "HTTPS links are allowed");
}

static void style_check(struct call *c, struct jv button)
{
    struct jv style = jv_get(button, "style");

    if (style.s != NULL && !jv_equals(style, "danger") &&
        !jv_equals(style, "success") && !jv_equals(style, "primary"))
        call_violate(c, "Bad Request: invalid button style specified");
}

static void inline_button(struct call *c, struct jv b)
{
    static const char *const actions[] = {"url",
                                          "callback_data",
                                          "web_app",
                                          "login_url",
                                          "switch_inline_query",
                                          "copy_text",
                                          "switch_inline_query_current_chat",
                                          "switch_inline_query_chosen_chat",
                                          "callback_game",
                                          "pay"};
    struct jv data = jv_get(b, "callback_data"), url = jv_get(b, "url");
    struct jv copy = jv_get(jv_get(b, "copy_text"), "text");
    int n = 0;

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        n += jv_kind(jv_get(b, actions[i])) > JV_NULL;
    if (units(jv_get(b, "text")) == 0)
        call_violate(c, "Bad Request: can't parse inline keyboard button: Text must be "
                        "non-empty");
    if (n != 1)
        call_violate(
            c, "Bad Request: can't parse inline keyboard button: Text buttons are "
               "unallowed in the inline keyboard");
    if (data.s != NULL && (bytes(data) < 1 || bytes(data) > 64))
        call_violate(c, "Bad Request: BUTTON_DATA_INVALID");
    if (url.s != NULL && !url_fine(url))
        call_violate(c, "Bad Request: BUTTON_URL_INVALID");
    if (url.s != NULL && !deep_link_fine(url))
        call_violate(c, "Bad Request: BUTTON_URL_INVALID: start parameter");
    if (copy.s != NULL && (units(copy) < 1 || units(copy) > 256))
        call_violate(c, "Bad Request: BUTTON_COPY_TEXT_INVALID");
    app_check(c, b);
    style_check(c, b);
}

static void reply_button(struct call *c, struct jv b)
{
    struct jv text = jv_kind(b) == JV_STRING ? b : jv_get(b, "text");

    if (units(text) == 0)
        call_violate(
            c, "Bad Request: can't parse keyboard button: Text must be non-empty");
    app_check(c, b);
    style_check(c, b);
}

static void rows_check(struct call *c, struct jv rows,
                       void (*button)(struct call *c, struct jv b))
{
    struct jv_walk row = jv_begin(rows);
    int all = 0;

    while (jv_step(&row) && call_ok(c)) {
        struct jv_walk b = jv_begin(row.value);
        int n = 0;

        while (jv_step(&b) && call_ok(c)) {
            button(c, b.value);
            n++;
        }
        all += n;
        if (n > ROW_MAX || all > BUTTONS_MAX)
            call_violate(c, "Bad Request: reply markup is too long");
    }
}

static void keyboard_check(struct call *c, struct jv v)
{
    struct jv hint = jv_get(v, "input_field_placeholder");

    rows_check(c, jv_get(v, "keyboard"), reply_button);
    if (hint.s != NULL && (units(hint) < 1 || units(hint) > 64))
        call_violate(c, "Bad Request: input field placeholder is too long");
}

void markup_read(struct call *c, bool inline_only, struct markup *out)
{
    struct jv v = form_json(&c->form, "reply_markup");
    struct buf b = {0};

    *out = (struct markup){0};
    if (v.s == NULL || !call_ok(c))
        return;
    if (v.n > MARKUP_BYTES_MAX)
        call_violate(c, "Bad Request: reply markup is too long");
    out->is_inline = jv_get(v, "inline_keyboard").s != NULL;
    out->remove = jv_true(jv_get(v, "remove_keyboard"));
    if (out->is_inline)
        rows_check(c, jv_get(v, "inline_keyboard"), inline_button);
    else if (inline_only)
        call_violate(c, "Bad Request: inline keyboard expected");
    else
        keyboard_check(c, v);
    if (!call_ok(c) || out->remove)
        return;
    /* An inline keyboard without buttons is none. */
    if (out->is_inline &&
        !jv_step(&(struct jv_walk){jv_get(v, "inline_keyboard").s + 1,
                                   jv_get(v, "inline_keyboard").s +
                                       jv_get(v, "inline_keyboard").n - 1,
                                   {0},
                                   {0}}))
        return;
    jv_minify(v, &b);
    out->json = b.s;
}
