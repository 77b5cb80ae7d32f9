/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/media.h"

#include "api/list.h"
#include "api/moment.h"
#include "api/users.h"
#include "core/template/media.h"

#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

_Static_assert(MEDIA_BODY == MEDIA_MAX, "an upload may be as large as what is kept");

/* ---- in JSON ---------------------------------------------------------------------- */

static void side_set(struct json *o, const char *name, int n)
{
    user_set_id(o, name, n);
}

static struct json *media_json(const struct media *m)
{
    struct json *o = json_new_object();
    char sha256[2 * SHA256_BYTES + 1];

    for (int i = 0; i < SHA256_BYTES; i++)
        snprintf(sha256 + 2 * i, 3, "%02x", m->sha256[i]);
    json_set_int(o, "id", m->id);
    json_set_text(o, "kind", media_kind_name(m->kind));
    json_set_text(o, "mime", m->mime);
    json_set_int(o, "size", m->size);
    side_set(o, "width", m->width);
    side_set(o, "height", m->height);
    json_set_text(o, "sha256", sha256);
    user_set_id(o, "made_by", m->made_by);
    moment_set(o, "created_at", m->created_at);
    return o;
}

/* ---- the list --------------------------------------------------------------------- */

/* GET /api/v1/media */
enum status media_get_all(struct call *c)
{
    static const char *const kinds[] = {"photo", "video", NULL};
    static const struct field params[] = {
        {"kind", FIELD_WORD, .words = kinds},
        LIST_FIELDS,
    };
    struct media_filter f;
    struct list list = {0};
    struct media m;
    struct page page;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, media_sorts, MEDIA_SORTS, &page);
    if (st != ST_OK)
        return st;
    f.kind = (enum media_kind)(1 + given_int(&c->query, "kind", -1));
    if (list_wants_total(c))
        st = media_total(c->db, &f, &list.total);
    if (st == ST_OK)
        st = media_search(c->db, &f, &page);
    list.items = json_new_array();
    while (st == ST_OK && (st = media_search_next(c->db, &page, &m)) == ST_OK)
        json_push(list.items, media_json(&m));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* ---- kept ------------------------------------------------------------------------- */

static const struct {
    const char *why, *code, *ru, *en;
} refusals[] = {
    {"type", "not_one_of", "можно PNG, JPEG, WebP без движения и видео MP4",
     "PNG, JPEG, still WebP and MP4 video are taken"},
    {"broken", "format", "файл повреждён или обрезан", "the file is broken or cut off"},
    {"size", "too_long", "фото до 10 МБ, видео до 20 МБ",
     "a photo of at most 10 MB, a video of at most 20 MB"},
    {"dimensions", "range",
     "ширина и высота вместе до 10 000 точек, стороны отличаются не больше чем в 20 "
     "раз",
     "width and height of at most 10,000 together, one side at most 20 times the "
     "other"},
};

static enum status refused(struct call *c, const char *why)
{
    for (size_t i = 0; i < N(refusals); i++)
        if (strcmp(refusals[i].why, why) == 0)
            call_fault(c, "", refusals[i].code, "%s",
                       tell(c, refusals[i].ru, refusals[i].en));
    return problem(
        c, strcmp(why, "size") == 0 ? PROBLEM_TOO_LARGE : PROBLEM_VALIDATION_FAILED,
        NULL);
}

/* POST /api/v1/media: the body is the bytes themselves. */
enum status media_post(struct call *c)
{
    struct media_add a = {
        .bytes = c->said.body, .n = c->said.body_n, .staff_id = c->who.staff.id};
    char location[60];
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = media_add(c->db, c->now, &a);
    if (a.why != NULL)
        return refused(c, a.why);
    if (st != ST_OK)
        return st;
    snprintf(location, sizeof location, "/api/v1/media/%lld", (long long)a.out.id);
    answer_header(c, "Location", location);
    answer_json(c, a.made ? 201 : 200, media_json(&a.out));
    return ST_OK;
}

/* ---- one -------------------------------------------------------------------------- */

/* GET /api/v1/media/{id}/info */
enum status media_get_info(struct call *c)
{
    struct media m;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = media_load(c->db, c->id[0], &m);
    if (st == ST_OK)
        answer_json(c, 200, media_json(&m));
    return st;
}

/* Types are lent for ever: they come from here. */
static const struct type {
    const char *mime, *ending;
} types[] = {
    {"image/png", "png"},
    {"image/jpeg", "jpg"},
    {"image/webp", "webp"},
    {"video/mp4", "mp4"},
    {"application/octet-stream", "bin"},
};

static const struct type *type_of(const char *mime)
{
    const struct type *t = types;

    while (t < types + N(types) - 1 && strcmp(t->mime, mime) != 0)
        t++;
    return t;
}

/* GET /api/v1/media/{id}: the bytes */
enum status media_get_one(struct call *c)
{
    const struct type *type;
    struct buf body = {0};
    char disposition[80];
    struct media m;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = media_load(c->db, c->id[0], &m);
    if (st == ST_OK)
        st = media_body(c->db, c->id[0], &body);
    if (st != ST_OK) {
        buf_free(&body);
        return st;
    }
    type = type_of(m.mime);
    snprintf(disposition, sizeof disposition, "attachment; filename=\"media-%lld.%s\"",
             (long long)m.id, type->ending);
    answer_header(c, "Content-Disposition", disposition);
    answer_header(c, "Content-Security-Policy", "default-src 'none'; sandbox");
    answer_text(c, 200, type->mime, &body);
    return ST_OK;
}

/* DELETE /api/v1/media/{id} */
enum status media_delete(struct call *c)
{
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = media_remove(c->db, c->now, c->id[0], c->who.staff.id);
    if (st == ST_TAKEN)
        return problem(c, PROBLEM_CONFLICT, "%s",
                       tell(c, "Он стоит в шаблоне, рассылке или автоматизации.",
                            "A template, broadcast or automation brings it."));
    return st;
}
