/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/send_attach.h"

#include "core/document.h"
#include "core/io/qr.h"
#include "core/template/media.h"
#include "worker/wording.h"

#include <string.h>

static enum status call_with(struct send *s, struct tg_ask *ask,
                             const struct tg_file *file, int files)
{
    ask->file = file;
    ask->files = files;
    return tg_call(s->tg, ask);
}

static enum status call_with_qr(struct send *s, struct tg_ask *ask, const char *text,
                                size_t n)
{
    struct tg_file file = {"photo", "qr.png", "image/png", NULL, 0};
    struct buf png = {0};
    enum status st = qr_png(text, n, &png);

    file.bytes = png.s;
    file.n = png.len;
    if (st == ST_OK)
        st = call_with(s, ask, &file, 1);
    buf_free(&png);
    return st;
}

static enum status call_with_document(struct send *s, struct tg_ask *ask, int64_t id)
{
    bool photo = strcmp(ask->method, "sendPhoto") == 0;
    struct document d = {0};
    struct tg_file file = {.field = photo ? "photo" : "document"};
    enum status st = document_load(s->db, id, &d);

    file.name = d.name;
    file.mime = d.mime;
    file.bytes = d.body.s;
    file.n = d.body.len;
    if (st == ST_OK)
        st = call_with(s, ask, &file, 1);
    else if (st == ST_NONE)
        st = ST_BAD; /* it waited longer than a document lives */
    document_free(&d);
    return st;
}

static const char *text_of(const struct json *o, const char *key)
{
    const char *text = json_text(o, key, NULL);

    return text != NULL ? text : "";
}

static enum status call_with_media(struct send *s, struct tg_ask *ask,
                                   const struct json *list)
{
    struct tg_file file[TG_FILES_MAX];
    struct buf body[TG_FILES_MAX] = {0};
    int n = 0;
    enum status st = json_count(list) <= TG_FILES_MAX ? ST_OK : ST_BAD;

    for (size_t i = 0; st == ST_OK && i < json_count(list); i++) {
        const struct json *one = json_at(list, i);

        if (json_get(one, "file_id") != NULL)
            continue;
        st = media_body(s->db, json_int_or(one, "id", 0), &body[n]);
        file[n] = (struct tg_file){text_of(one, "field"), text_of(one, "name"),
                                   text_of(one, "mime"), body[n].s, body[n].len};
        n++;
    }
    if (st == ST_OK)
        st = call_with(s, ask, n > 0 ? file : NULL, n);
    else if (st == ST_NONE)
        st = ST_BAD; /* it was taken away meanwhile */
    for (int i = 0; i < n; i++)
        buf_free(&body[i]);
    return st;
}

enum status attached_call(struct send *s, const struct json *payload,
                          struct tg_ask *ask)
{
    const struct json *media = json_get(payload, "media");
    int64_t document = json_int_or(payload, "document", 0);
    size_t n = 0;
    const char *qr = json_text(payload, "qr", &n);

    if (document != 0)
        return call_with_document(s, ask, document);
    if (qr != NULL)
        return call_with_qr(s, ask, qr, n);
    return json_count(media) > 0 ? call_with_media(s, ask, media)
                                 : call_with(s, ask, NULL, 0);
}

/* ---- what they are called from now on ------------------------------------------------ */

struct json *attached_learnt(const struct json *payload, const struct json *result)
{
    const struct json *list = json_get(payload, "media");
    struct json *learnt = json_count(list) > 0 ? json_new_array() : NULL;

    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *one = json_at(list, i);
        int place = (int)json_int_or(one, "place", 0);
        struct json *o;

        if (json_get(one, "file_id") != NULL)
            continue;
        o = json_new_object();
        json_set_int(o, "id", json_int_or(one, "id", 0));
        json_set_text(o, "file_id", wording_file_id(result, place));
        json_push(learnt, o);
    }
    return learnt;
}

enum status attached_keep(struct db *db, enum message_sender bot,
                          const struct json *learnt)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < json_count(learnt); i++) {
        const struct json *one = json_at(learnt, i);
        const char *name = json_text(one, "file_id", NULL);

        if (name != NULL)
            st = media_file_put(db, json_int_or(one, "id", 0), bot, name);
        if (st == ST_NONE || st == ST_BAD)
            st = ST_OK;
    }
    return st;
}
