/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/send_patch.h"

#include "core/base/buf.h"

#include <string.h>

/* ---- parts ---------------------------------------------------------------------- */

struct copying {
    struct json *to;
    const char *const *without; /* ends with NULL */
};

static void copy_member(void *arg, const char *key, struct json *v)
{
    struct copying *c = arg;

    for (const char *const *p = c->without; *p != NULL; p++)
        if (strcmp(*p, key) == 0)
            return;
    if (v == NULL)
        json_set_text(c->to, key, NULL);
    else
        json_set(c->to, key, json_copy(v));
}

static struct json *copy_without(const struct json *o, const char *const *without)
{
    struct copying c = {json_new_object(), without};

    json_each(o, copy_member, &c);
    return c.to;
}

/* The payload with other params, which are taken over. */
static struct json *with_params(const struct json *payload, const char *method,
                                struct json *params)
{
    static const char *const without[] = {"method", "params", NULL};
    struct json *o = copy_without(payload, without);

    json_set_text(o, "method", method);
    json_set(o, "params", params);
    return o;
}

static struct json *without(const struct json *payload, const char *const *keys)
{
    return with_params(payload, json_text(payload, "method", NULL),
                       copy_without(json_get(payload, "params"), keys));
}

/* ---- the words of a text -------------------------------------------------------- */

static size_t add_entity(struct buf *out, const char *s, size_t n)
{
    static const struct {
        const char *name, *is;
    } named[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", "\""}};

    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        size_t len = strlen(named[i].name);

        if (n >= len && memcmp(s, named[i].name, len) == 0) {
            buf_adds(out, named[i].is);
            return len;
        }
    }
    buf_addc(out, '&');
    return 1;
}

/* A < that no > follows is a word like any other. */
void patch_html_words(struct buf *out, const char *html, size_t n)
{
    for (size_t i = 0; i < n;) {
        const char *end = html[i] == '<' ? memchr(html + i, '>', n - i) : NULL;

        if (end != NULL) {
            i = (size_t)(end - html) + 1;
        } else if (html[i] == '&') {
            i += add_entity(out, html + i, n - i);
        } else {
            buf_addc(out, html[i++]);
        }
    }
}

static void set_words(struct json *params, const char *key)
{
    size_t n = 0;
    const char *html = json_text(params, key, &n);
    struct buf words = {0};

    if (html == NULL)
        return;
    patch_html_words(&words, html, n);
    if (!words.failed && words.len > 0)
        json_set_text_n(params, key, words.s, words.len);
    buf_free(&words);
}

/* ---- patches -------------------------------------------------------------------- */

/* Formatting went wrong: the same words without it. */
static struct json *patch_plain(const struct json *payload, const struct tg_verdict *v)
{
    static const char *const keys[] = {"parse_mode", "entities", "caption_entities",
                                       NULL};
    const char *mode = json_text(payload, "params.parse_mode", NULL);
    struct json *o = without(payload, keys);

    (void)v;
    if (mode != NULL && strcmp(mode, "HTML") == 0) {
        set_words(json_get(o, "params"), "text");
        set_words(json_get(o, "params"), "caption");
    }
    return o;
}

static struct json *patch_no_reply(const struct json *payload,
                                   const struct tg_verdict *v)
{
    static const char *const keys[] = {"reply_parameters", "reply_to_message_id", NULL};

    (void)v;
    return without(payload, keys);
}

static struct json *patch_chat(const struct json *payload, const struct tg_verdict *v)
{
    static const char *const keys[] = {"chat_id", NULL};
    struct json *o = v->migrate_to != 0 ? without(payload, keys) : NULL;

    if (o != NULL)
        json_set_int(json_get(o, "params"), "chat_id", v->migrate_to);
    return o;
}

/* The message to edit is gone: its text as a new one. Buttons alone are no message, and
 * what is an edit or nothing ("only_edit") becomes none. */
static struct json *patch_new(const struct json *payload, const struct tg_verdict *v)
{
    static const char *const keys[] = {"message_id", "inline_message_id", "caption",
                                       "show_caption_above_media", NULL};
    const struct json *params = json_get(payload, "params");
    const char *words = json_text(params, "text", NULL);
    struct json *fresh;

    (void)v;
    if (words == NULL)
        words = json_text(params, "caption", NULL);
    if (words == NULL || json_get(params, "message_id") == NULL ||
        json_bool_or(payload, "only_edit", false))
        return NULL;
    fresh = copy_without(params, keys);
    json_set_text(fresh, "text", words);
    return with_params(payload, "sendMessage", fresh);
}

/* Parameters whose caption is their text, now. */
static struct json *caption_as_text(const struct json *payload)
{
    static const char *const keys[] = {"caption", "show_caption_above_media", NULL};
    const struct json *params = json_get(payload, "params");
    size_t n = 0;
    const char *words = json_text(params, "caption", &n);
    struct json *o = words != NULL ? copy_without(params, keys) : NULL;

    if (o != NULL)
        json_set_text_n(o, "text", words, n);
    return o;
}

/* A photo that is none to the messenger (too long, too thin) is a file still. */
static struct json *photo_as_file(const struct json *payload)
{
    const char *method = json_text(payload, "method", NULL);

    if (method == NULL || strcmp(method, "sendPhoto") != 0)
        return NULL;
    return with_params(payload, "sendDocument", json_copy(json_get(payload, "params")));
}

struct json *patch_picture(const struct json *payload)
{
    struct json *words, *bare = NULL, *params;

    if (json_get(payload, "document") != NULL)
        return photo_as_file(payload);
    params = caption_as_text(payload);
    if (params != NULL && json_get(payload, "qr") != NULL) {
        static const char *const keys[] = {"qr", NULL};

        words = with_params(payload, "sendMessage", params);
        bare = copy_without(words, keys);
        json_free(words);
    } else {
        json_free(params);
    }
    return bare;
}

struct json *patch_caption(const struct json *payload)
{
    const char *method = json_text(payload, "method", NULL);
    struct json *params;

    if (method == NULL || strcmp(method, "editMessageCaption") != 0)
        return NULL;
    params = caption_as_text(payload);
    return params != NULL ? with_params(payload, "editMessageText", params) : NULL;
}

/* Telegram knows a picture no more by the name it gave it: all that have one go as bytes
 * again, from core/template/media.h. */
static struct json *patch_upload(const struct json *payload, const struct tg_verdict *v)
{
    static const char *const named[] = {"photo", "video", NULL};
    static const char *const known[] = {"file_id", NULL};
    const struct json *media = json_get(payload, "media");
    struct json *o = without(payload, named), *list = json_new_array();
    struct json *album = json_get(o, "params.media");
    bool mended = false;

    (void)v;
    for (size_t i = 0; i < json_count(media); i++) {
        const struct json *one = json_at(media, i);
        struct buf address = {0};

        buf_adds(&address, "attach://");
        buf_adds(&address, json_text(one, "field", NULL));
        mended |= json_get(one, "file_id") != NULL;
        json_push(list, copy_without(one, known));
        if (album != NULL)
            json_set_text(json_at(album, i), "media", address.s);
        buf_free(&address);
    }
    json_set(o, "media", list);
    if (mended)
        return o;
    json_free(o);
    return NULL;
}

static struct json *(*const patches[TG_ACT_COUNT])(const struct json *payload,
                                                   const struct tg_verdict *v) = {
    [TG_ACT_SEND_NEW] = patch_new,
    [TG_ACT_RESEND_WITHOUT_REPLY] = patch_no_reply,
    [TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM] = patch_plain,
    [TG_ACT_REPLACE_CHAT_ID] = patch_chat,
    [TG_ACT_REUPLOAD] = patch_upload,
};

struct json *patch_payload(const struct json *payload, const struct tg_verdict *v)
{
    if ((unsigned)v->action >= TG_ACT_COUNT || patches[v->action] == NULL)
        return NULL;
    return patches[v->action](payload, v);
}
