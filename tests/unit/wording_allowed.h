/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/unit/wording_allowed.h - a message that is worded, held against the stand-in's own
 * checks: the table of the Bot API's document, the reading of HTML, lengths, keyboards. */
#ifndef TESTS_UNIT_WORDING_ALLOWED_H
#define TESTS_UNIT_WORDING_ALLOWED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/utf.h"
#include "tests/botapi/call.h"
#include "tests/botapi/check.h"
#include "worker/wording.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct rendered rendered;
static struct worded worded;

static inline int setup(void **state)
{
    (void)state;
    return check_open() == ST_OK ? 0 : -1;
}

static inline int teardown(void **state)
{
    (void)state;
    check_close();
    rendered_free(&rendered);
    worded_free(&worded);
    return 0;
}

/* ---- held against the stand-in ------------------------------------------------------ */

/* Yours: the words that people see. */
static inline char *words_checked(struct call *c, const char *param, const char *s,
                                  size_t n)
{
    struct text_source src = {.s = s, .n = n, .mode = "HTML", .mode_n = 4};
    struct text t = {0};
    char *seen;

    src.limit = strcmp(param, "text") == 0 ? 4096 : 1024;
    if (!call_text_from(c, &src, &t))
        fail_msg("%s: %s", c->description.s, s);
    seen = strdup(t.s.s != NULL ? t.s.s : "");
    text_free(&t);
    return seen;
}

static inline char *caption_of_album(struct call *c)
{
    struct jv_walk w = jv_begin(form_json(&c->form, "media"));
    struct buf caption = {0};
    char *seen;

    assert_true(jv_step(&w));
    jv_text(jv_get(w.value, "caption"), &caption);
    seen = words_checked(c, "caption", caption.s != NULL ? caption.s : "", caption.len);
    buf_free(&caption);
    return seen;
}

/* What was worded is a call that the document allows. Yours: what people read. */
static inline char *allowed(const struct worded *w)
{
    char *body = strndup(w->body.s, w->body.len), *seen = NULL;
    char type[] = "application/json", query[] = "";
    struct req r = {
        .query = query, .content_type = type, .body = body, .body_n = w->body.len};
    struct call c = {.code = 200, .method = w->method};
    struct markup markup = {0};
    struct buf why = {0};

    c.m = check_find(w->method);
    assert_non_null(c.m);
    if (!form_read(&r, &c.form))
        fail_msg("%s: %s", c.form.why, w->body.s);
    for (int i = 0; i < w->files; i++) /* as the multipart body has it */
        if (strcmp(w->method, "sendMediaGroup") != 0)
            c.form.arg[c.form.n++] = (struct arg){
                .name = w->file[i].field, .s = "x", .n = 1, .kind = ARG_FILE};
    if (!check_call(c.m, &c.form, &why))
        fail_msg("%s %s: %s", w->method, why.s, w->body.s);
    limits_check(&c);
    markup_read(&c, true, &markup);
    if (form_get(&c.form, "text") != NULL)
        seen = words_checked(&c, "text", form_get(&c.form, "text")->s,
                             form_get(&c.form, "text")->n);
    else if (form_get(&c.form, "caption") != NULL)
        seen = words_checked(&c, "caption", form_get(&c.form, "caption")->s,
                             form_get(&c.form, "caption")->n);
    else if (form_get(&c.form, "media") != NULL)
        seen = caption_of_album(&c);
    if (!call_ok(&c))
        fail_msg("%s %s: %.300s", w->method, c.description.s, w->body.s);
    free(markup.json);
    buf_free(&why);
    buf_free(&c.description);
    free(body);
    return seen != NULL ? seen : strdup("");
}

/* ---- making ------------------------------------------------------------------------- */

static const struct content_person maria = {.first_name = "Мария",
                                            .brand = "Дворик",
                                            .percent_bp = 1000,
                                            .code = "7K3F9-9QXAF"};

static inline struct content *content_of(const char *json)
{
    struct json *o = json_parse(json, strlen(json));
    struct content_faults faults;
    struct content *c = NULL;

    assert_non_null(o);
    if (content_read(o, true, &c, &faults) != ST_OK)
        fail_msg("%s at %s: %.200s", faults.fault[0].code, faults.fault[0].pointer,
                 json);
    json_free(o);
    return c;
}

static const struct wording_picture pictures[] = {
    {.media = 1, .file_id = "AgAC1-1-y"},
    {.media = 2, .video = true, .file_id = "AgAC1-2-v"},
    {.media = 3, .mime = "image/png", .bytes = "png", .n = 3},
    {.media = 4, .video = true, .mime = "video/mp4", .bytes = "mp4!", .n = 4},
};

static inline struct wording how(void)
{
    return (struct wording){.chat = 4503599627370495,
                            .screen = "bc",
                            .number = 36,
                            .pictures = pictures,
                            .pictures_n = COUNT(pictures)};
}

static inline enum status make(const char *json, const struct wording *w,
                               const struct content_person *who)
{
    struct content *c = content_of(json);
    enum status st;

    assert_int_equal(content_render(c, who, NULL, &rendered), ST_OK);
    st = wording_make(&rendered, w, &worded);
    content_free(c);
    return st;
}

#endif
