/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/compose.c - the parts a message is made of: text and file. */
#include "core/base/utf.h"
#include "tests/botapi/call.h"
#include "tests/botapi/file.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 4096
#define CAPTION_MAX 1024
#define PHOTO_BYTES_MAX (10u * 1024 * 1024)
#define FILE_BYTES_MAX (50u * 1024 * 1024)

static bool mode_is(const struct text_source *s, const char *mode)
{
    return s->mode_n == strlen(mode) && strncasecmp(s->mode, mode, s->mode_n) == 0;
}

static bool parse(struct call *c, const struct text_source *s, struct text *t)
{
    struct buf why = {0};
    bool ok = false;

    if (s->n > 0 && !utf_valid(s->s, s->n))
        call_violate(c, "Bad Request: strings must be encoded in UTF-8");
    else if (s->mode_n == 0)
        ok = text_given(t, s->s, s->n, s->entities, &why);
    else if (mode_is(s, "HTML"))
        ok = text_html(t, s->s, s->n, &why);
    else if (mode_is(s, "MarkdownV2") || mode_is(s, "Markdown"))
        call_violate(c, "Bad Request: the stand-in reads no Markdown");
    else
        call_violate(c, "Bad Request: unsupported parse_mode");
    if (!ok)
        call_violate(c, "Bad Request: can't parse entities: %s", why.s ? why.s : "");
    buf_free(&why);
    return ok;
}

bool call_text_from(struct call *c, const struct text_source *s, struct text *t)
{
    if (!parse(c, s, t))
        return false;
    text_clean(t);
    text_find(t);
    if (text_units(t) > s->limit)
        call_violate(c, s->limit == TEXT_MAX
                            ? "Bad Request: message is too long"
                            : "Bad Request: message caption is too long");
    if (t->s.len == 0 && s->limit == TEXT_MAX)
        call_violate(c, "Bad Request: message text is empty");
    if (t->s.failed)
        call_refuse(c, 500, "Internal Server Error");
    return call_ok(c);
}

bool call_text(struct call *c, const char *param, struct text *t)
{
    bool caption = strcmp(param, "caption") == 0;
    const struct arg *a = form_get(&c->form, param);
    const struct arg *mode = form_get(&c->form, "parse_mode");
    struct text_source s = {
        .s = a != NULL ? a->s : "",
        .n = a != NULL ? a->n : 0,
        .mode = mode != NULL ? mode->s : "",
        .mode_n = mode != NULL ? mode->n : 0,
        .entities = form_json(&c->form, caption ? "caption_entities" : "entities"),
        .limit = caption ? CAPTION_MAX : TEXT_MAX,
    };

    return call_ok(c) && call_text_from(c, &s, t);
}

void message_take_text(struct message *m, struct text *t)
{
    struct buf entities = {0};

    free(m->text);
    free(m->entities);
    m->text = t->s.s != NULL ? t->s.s : strdup("");
    m->text_n = t->s.len;
    m->entities = NULL;
    if (t->n > 0) {
        text_entities_json(t, &entities);
        m->entities = entities.s;
    }
    t->s = (struct buf){0};
    text_free(t);
}

/* ---- files ---------------------------------------------------------------------- */

static void photo_check(struct call *c, const struct file *f)
{
    int64_t w = f->width, h = f->height;

    if (w == 0 || h == 0)
        call_violate(c, "Bad Request: IMAGE_PROCESS_FAILED");
    else if (w + h > 10000 || w > h * 20 || h > w * 20)
        call_violate(c, "Bad Request: PHOTO_INVALID_DIMENSIONS");
}

static int64_t upload(struct call *c, const struct arg *a, enum media media)
{
    struct file *f;

    if (a->n == 0)
        call_violate(c, "Bad Request: file must be non-empty");
    else if (media == MEDIA_PHOTO && a->n > PHOTO_BYTES_MAX)
        call_violate(c, "Bad Request: file is too big for a photo");
    else if (a->n > FILE_BYTES_MAX)
        call_violate(c, "Bad Request: file is too big");
    if (!call_ok(c))
        return 0;
    f = file_add(c->w->files, a->s, a->n);
    if (f == NULL)
        call_refuse(c, 500, "Internal Server Error");
    else if (media == MEDIA_PHOTO)
        photo_check(c, f);
    return call_ok(c) ? f->number : 0;
}

int64_t call_file_from(struct call *c, const char *s, size_t n, enum media media)
{
    char name[128];
    const struct arg *part;
    struct file *f;

    if (n > 9 && n < sizeof(name) && memcmp(s, "attach://", 9) == 0) {
        memcpy(name, s + 9, n - 9);
        name[n - 9] = '\0';
        part = form_get(&c->form, name);
        if (part != NULL && part->kind == ARG_FILE)
            return upload(c, part, media);
        call_violate(c, "Bad Request: wrong file attachment %s", name);
        return 0;
    }
    if (n > 7 && (memcmp(s, "http://", 7) == 0 || memcmp(s, "https:/", 7) == 0)) {
        call_refuse(c, 400, "Bad Request: failed to get HTTP URL content");
        return 0;
    }
    f = file_by_id(c->w->files, c->bot->id, s, n);
    if (f == NULL)
        call_refuse(c, 400,
                    "Bad Request: wrong file_id or the file is temporarily "
                    "unavailable");
    else if (media == MEDIA_PHOTO)
        photo_check(c, f);
    return call_ok(c) ? f->number : 0;
}

int64_t call_file(struct call *c, const char *param, enum media media)
{
    const struct arg *a = form_get(&c->form, param);

    if (!call_ok(c))
        return 0;
    return a->kind == ARG_FILE ? upload(c, a, media)
                               : call_file_from(c, a->s, a->n, media);
}
