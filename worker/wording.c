/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/wording.h"

#include "core/base/code.h"
#include "core/base/utf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DATA_MAX 64 /* bytes of callback data */
#define FOOTER_CHARACTERS 300

enum form { FORM_WORDS, FORM_PHOTO, FORM_VIDEO, FORM_ALBUM, FORM_POST };

static const struct form_row {
    const char *send, *edit; /* methods */
    const char *words;       /* the parameter with the text; NULL: it has none */
    const char *file;        /* … with the picture */
    bool buttons;
} forms[] = {
    [FORM_WORDS] = {"sendMessage", "editMessageText", "text", NULL, true},
    [FORM_PHOTO] = {"sendPhoto", "editMessageCaption", "caption", "photo", true},
    [FORM_VIDEO] = {"sendVideo", "editMessageCaption", "caption", "video", true},
    [FORM_ALBUM] = {"sendMediaGroup", "editMessageCaption", "caption", NULL, false},
    [FORM_POST] = {"copyMessage", "editMessageReplyMarkup", NULL, NULL, true},
};

static const struct wording_picture *picture_of(const struct wording *w, int64_t media)
{
    for (int i = 0; i < w->pictures_n; i++)
        if (w->pictures[i].media == media)
            return &w->pictures[i];
    return NULL;
}

static enum form form_of(const struct rendered *r, const struct wording *w)
{
    const struct wording_picture *p;

    if (r->post_message != 0)
        return FORM_POST;
    if (r->media_n == 0)
        return FORM_WORDS;
    if (r->media_n > 1)
        return FORM_ALBUM;
    p = picture_of(w, r->media[0]);
    return p != NULL && p->video ? FORM_VIDEO : FORM_PHOTO;
}

/* ---- JSON, straight ----------------------------------------------------------------- */

/* Text that is UTF-8 already, inside of a string: what needs no escape goes in one run. */
static void run_add(struct buf *b, const char *s, size_t n)
{
    size_t from = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];

        if (c >= ' ' && c != '"' && c != '\\')
            continue;
        buf_add(b, s + from, i - from);
        from = i + 1;
        if (c == '\n')
            buf_add(b, "\\n", 2);
        else if (c < ' ')
            buf_addf(b, "\\u%04x", c);
        else {
            buf_addc(b, '\\');
            buf_addc(b, (char)c);
        }
    }
    buf_add(b, s + from, n - from);
}

static void text_in(struct buf *b, const char *s)
{
    buf_addc(b, '"');
    run_add(b, s, strlen(s));
    buf_addc(b, '"');
}

/* printf's own way costs more than all the rest of a short message. */
static void number_in(struct buf *b, int64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);
    uint64_t left = v < 0 ? -(uint64_t)v : (uint64_t)v;

    do
        digits[--at] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (v < 0)
        buf_addc(b, '-');
    buf_add(b, digits + at, sizeof(digits) - at);
}

/* ,"name": */
static void member_in(struct buf *b, const char *name)
{
    buf_add(b, ",\"", 2);
    buf_adds(b, name);
    buf_add(b, "\":", 2);
}

/* ---- words -------------------------------------------------------------------------- */

/* Line by line: what a line may not hold is dropped, its end stays. */
static void footer_add(struct buf *out, const char *footer)
{
    struct buf line = {0};

    for (const char *s = footer; *s != '\0';) {
        size_t n = strcspn(s, "\n");

        buf_clear(&line);
        utf_add_name(&line, s, n, FOOTER_CHARACTERS);
        buf_adds(out, s != footer ? "\n" : "");
        buf_add_html(out, line.s);
        out->failed |= line.failed;
        s += n + (s[n] == '\n');
    }
    buf_free(&line);
}

/* What stands below the words of an advertisement. */
static void tail_make(const struct rendered *r, const struct wording *w, enum form form,
                      struct worded *out)
{
    const char *gap = r->text.len > 0 ? "\n\n" : "";

    buf_clear(&out->tail);
    if (w->footer != NULL && w->footer[0] != '\0') {
        buf_adds(&out->tail, gap);
        footer_add(&out->tail, w->footer);
        gap = "\n";
    }
    if (w->way_out && form == FORM_ALBUM) {
        buf_adds(&out->tail, gap);
        text_add(&out->tail, w->lang, CAPTION_WAY_OUT);
    }
}

/* ,"caption":"…","parse_mode":"HTML" */
static void words_in(const struct rendered *r, const char *name, struct worded *out)
{
    struct buf *b = &out->body;

    member_in(b, name);
    buf_addc(b, '"');
    run_add(b, r->text.s, r->text.len);
    if (out->tail.len > 0)
        run_add(b, out->tail.s, out->tail.len);
    buf_adds(b, "\",\"parse_mode\":\"HTML\"");
}

static bool has_words(const struct rendered *r, const struct worded *out)
{
    return r->text.len > 0 || out->tail.len > 0;
}

/* ---- buttons ------------------------------------------------------------------------ */

static bool data_in(struct buf *b, const struct wording *w, const char *action)
{
    char data[DATA_MAX + 1], number[14];
    int n;

    base36_print((uint64_t)w->number, number);
    n = snprintf(data, sizeof(data), "v1:%s:%s:%s", w->screen, action, number);
    member_in(b, "callback_data");
    text_in(b, data);
    return n > 0 && n <= DATA_MAX;
}

static bool button_in(struct buf *b, const struct wording *w,
                      const struct rendered_button *from)
{
    bool fine = true;

    buf_adds(b, "{\"text\":");
    text_in(b, from->text);
    if (from->does == CONTENT_DO_URL) {
        member_in(b, "url");
        text_in(b, from->url);
    } else
        fine = data_in(b, w, content_do_name(from->does));
    buf_addc(b, '}');
    return fine;
}

/* ,"reply_markup":{"inline_keyboard":[[…],[…]]}; an edit without any takes away those that
 * were. */
static bool buttons_in(const struct rendered *r, const struct wording *w, struct buf *b)
{
    bool fine = true;

    if (r->buttons == 0 && !w->way_out && w->message == 0)
        return true;
    member_in(b, "reply_markup");
    buf_adds(b, "{\"inline_keyboard\":[");
    for (int i = 0; i < r->buttons; i++) {
        bool begins = i == 0 || r->button[i].row != r->button[i - 1].row;

        if (i > 0)
            buf_adds(b, begins ? "]," : ",");
        if (begins)
            buf_addc(b, '[');
        fine = button_in(b, w, &r->button[i]) && fine;
    }
    if (r->buttons > 0)
        buf_adds(b, w->way_out ? "]," : "]");
    if (w->way_out) {
        buf_adds(b, "[{\"text\":");
        text_in(b, text_get(w->lang, BTN_WAY_OUT));
        fine = data_in(b, w, "off") && fine;
        buf_adds(b, "}]");
    }
    buf_adds(b, "]}");
    return fine;
}

/* ---- pictures ----------------------------------------------------------------------- */

static bool known(const struct wording_picture *p)
{
    return p->file_id != NULL && p->file_id[0] != '\0';
}

static const char *file_name(const struct wording_picture *p)
{
    return p->video ? "video.mp4" : "picture";
}

static const char *mime_of(const struct wording_picture *p)
{
    return p->mime != NULL ? p->mime : p->video ? "video/mp4" : "image/jpeg";
}

/* Of a picture among n: the field its bytes go in. */
static void field_name(int n, const struct wording_picture *p, int place, char out[16])
{
    if (n > 1)
        snprintf(out, 16, "m%d", place);
    else
        snprintf(out, 16, "%s", p->video ? "video" : "photo");
}

/* The bytes of the picture at that place go along. */
static bool file_add(struct worded *out, const struct rendered *r,
                     const struct wording_picture *p, int place)
{
    char *field = out->field[out->files];

    if (p->bytes == NULL || p->n == 0)
        return false;
    field_name(r->media_n, p, place, field);
    out->file[out->files] =
        (struct tg_file){field, file_name(p), mime_of(p), p->bytes, p->n};
    out->place[out->files++] = place;
    return true;
}

static const struct wording_picture *
picture_next(const struct rendered *r, const struct wording *w, struct worded *out)
{
    const struct wording_picture *p = picture_of(w, r->media[out->pictures]);

    if (p != NULL)
        out->picture[out->pictures++] = p;
    return p;
}

/* {"type":"photo","media":"…"[,"caption":…]} for each */
static bool album_in(const struct rendered *r, const struct wording *w,
                     struct worded *out)
{
    struct buf *b = &out->body;

    member_in(b, "media");
    for (int i = 0; i < r->media_n; i++) {
        const struct wording_picture *p = picture_next(r, w, out);

        if (p == NULL)
            return false;
        buf_adds(b, i == 0 ? "[{\"type\":" : ",{\"type\":");
        text_in(b, p->video ? "video" : "photo");
        member_in(b, "media");
        if (known(p))
            text_in(b, p->file_id);
        else if (file_add(out, r, p, i))
            buf_addf(b, "\"attach://%s\"", out->file[out->files - 1].field);
        else
            return false;
        if (i == 0 && has_words(r, out))
            words_in(r, "caption", out);
        buf_addc(b, '}');
    }
    buf_addc(b, ']');
    return true;
}

static bool picture_in(const struct rendered *r, const struct wording *w,
                       const char *field, struct worded *out)
{
    const struct wording_picture *p = picture_next(r, w, out);

    if (p == NULL)
        return false;
    if (!known(p))
        return file_add(out, r, p, 0);
    member_in(&out->body, field);
    text_in(&out->body, p->file_id);
    return true;
}

/* ---- the whole ---------------------------------------------------------------------- */

static bool sent_in(const struct rendered *r, const struct wording *w, enum form form,
                    struct worded *out)
{
    struct buf *b = &out->body;
    bool fine = true;

    if (form == FORM_POST) {
        member_in(b, "from_chat_id");
        number_in(b, r->post_chat);
        member_in(b, "message_id");
        number_in(b, r->post_message);
    } else if (form == FORM_ALBUM)
        fine = album_in(r, w, out);
    else if (form != FORM_WORDS)
        fine = picture_in(r, w, forms[form].file, out);
    if (w->silent)
        buf_adds(b, ",\"disable_notification\":true");
    if (w->paid)
        buf_adds(b, ",\"allow_paid_broadcast\":true");
    return fine;
}

enum status wording_make(const struct rendered *r, const struct wording *w,
                         struct worded *out)
{
    enum form form = form_of(r, w);
    const struct form_row *row = &forms[form];
    struct buf *b = &out->body;
    bool edit = w->message != 0, fine = true;

    out->method = edit ? row->edit : row->send;
    out->files = out->pictures = 0;
    buf_clear(b);
    tail_make(r, w, form, out);
    buf_adds(b, "{\"chat_id\":");
    number_in(b, w->chat);
    if (edit) {
        member_in(b, "message_id");
        number_in(b, w->message);
    } else
        fine = sent_in(r, w, form, out);
    if (row->words != NULL && (edit || form != FORM_ALBUM) &&
        (edit || has_words(r, out)))
        words_in(r, row->words, out);
    if (form == FORM_WORDS)
        buf_adds(b, ",\"link_preview_options\":{\"is_disabled\":true}");
    if (row->buttons)
        fine = buttons_in(r, w, b) && fine;
    buf_addc(b, '}');
    if (b->failed || out->tail.failed)
        return ST_BROKEN;
    if (form == FORM_WORDS && !has_words(r, out))
        fine = false;
    if (form == FORM_POST && out->tail.len > 0) /* it would go without its mark */
        fine = false;
    return fine ? ST_OK : ST_BAD;
}

void worded_free(struct worded *w)
{
    buf_free(&w->body);
    buf_free(&w->tail);
    *w = (struct worded){0};
}

/* What is uploaded has no file_id. */
static struct json *media_list(const struct worded *w)
{
    struct json *list = json_new_array();

    for (int i = 0; i < w->pictures; i++) {
        const struct wording_picture *p = w->picture[i];
        char field[16];
        struct json *one = json_new_object();

        field_name(w->pictures, p, i, field);
        json_set_int(one, "id", p->media);
        json_set_int(one, "place", i);
        json_set_text(one, "field", field);
        json_set_text(one, "name", file_name(p));
        json_set_text(one, "mime", mime_of(p));
        if (known(p))
            json_set_text(one, "file_id", p->file_id);
        json_push(list, one);
    }
    return list;
}

struct json *worded_payload(const struct worded *w)
{
    struct json *o, *params = json_parse(w->body.s, w->body.len);

    if (params == NULL)
        return NULL;
    o = json_new_object();
    json_set_text(o, "method", w->method);
    json_set(o, "params", params);
    if (w->pictures > 0)
        json_set(o, "media", media_list(w));
    return o;
}

/* ---- the answer --------------------------------------------------------------------- */

int64_t wording_message(const struct json *result)
{
    if (json_is_array(result))
        result = json_at(result, 0);
    return json_int_or(result, "message_id", 0);
}

/* Of a photo there are several sizes; the last one is the largest. */
const char *wording_file_id(const struct json *result, int place)
{
    const struct json *m =
        json_is_array(result) ? json_at(result, (size_t)place) : result;
    const struct json *sizes = json_get(m, "photo");
    size_t n = json_count(sizes);

    if (n > 0)
        return json_text(json_at(sizes, n - 1), "file_id", NULL);
    return json_text(m, "video.file_id", NULL);
}
