/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Templates listed and shown, with their versions. */
#include "api/templates.h"

#include "api/etag.h"
#include "api/list.h"
#include "api/moment.h"
#include "api/users.h"
#include "core/template/own_text.h"
#include "core/template/template.h"

#define N(table) (sizeof(table) / sizeof *(table))
#define VERSIONS_PAGE 20

static const char *const kinds[] = {"message", "text", NULL};
static const char *const purposes[] = {"service", "marketing", NULL};

/* ---- in JSON ---------------------------------------------------------------------- */

static struct json *template_json(const struct template *t)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", t->id);
    json_set_text(o, "kind", template_kind_name(t->kind));
    json_set_text(o, "key", t->key);
    json_set_text(o, "name", t->name);
    json_set_text(o, "purpose", purposes[t->purpose == MESSAGE_MARKETING]);
    json_set_bool(o, "of_discount", t->of_discount);
    json_set_int(o, "newest", t->last_no);
    user_set_id(o, "active", t->active_no);
    json_set_bool(o, "archived", t->archived_at != 0);
    moment_set(o, "archived_at", t->archived_at);
    user_set_id(o, "made_by", t->made_by);
    moment_set(o, "created_at", t->created_at);
    moment_set(o, "updated_at", t->updated_at);
    json_set_int(o, "version", t->version);
    return o;
}

struct json *words_json(const char *ru, const char *en)
{
    struct json *o = json_new_object();

    json_set_text(o, "ru", ru);
    json_set_text(o, "en", en);
    return o;
}

struct json *own_text_json(const struct own_text *t)
{
    struct json *o = json_new_object();

    json_set_text(o, "key", t->key);
    json_set_text(o, "shown_as", own_text_kind_name(t->kind));
    json_set(o, "standard", words_json(t->words.ru, t->words.en));
    json_set_int(o, "most", own_text_most(t));
    json_set_bool(o, "fixed", t->fixed);
    return o;
}

/* Takes the content over. */
static struct json *version_json(struct template_version *v)
{
    struct json *o = json_new_object();

    json_set_int(o, "no", v->no);
    json_set_text(o, "status", template_status_name(v->status));
    user_set_id(o, "made_by", v->made_by);
    moment_set(o, "made_at", v->made_at);
    user_set_id(o, "activated_by", v->activated_by);
    moment_set(o, "activated_at", v->activated_at);
    json_set(o, "content", v->content);
    v->content = NULL;
    return o;
}

/* ---- the list --------------------------------------------------------------------- */

/* GET /api/v1/templates */
enum status templates_get(struct call *c)
{
    static const struct field params[] = {
        {"q", FIELD_TEXT, .min = 1, .max = TEMPLATE_NAME_MAX},
        {"kind", FIELD_WORD, .words = kinds},
        {"purpose", FIELD_WORD, .words = purposes},
        {"archived", FIELD_BOOL},
        {"active", FIELD_BOOL},
        LIST_FIELDS,
    };
    struct template_filter f = {.active = -1};
    struct list list = {0};
    struct template t;
    struct page page;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, template_sorts, TEMPLATE_SORTS, &page);
    if (st != ST_OK)
        return st;
    f.q = given_text(&c->query, "q");
    f.kind = (enum template_kind)(1 + given_int(&c->query, "kind", -1));
    f.purpose = (enum message_purpose)(1 + given_int(&c->query, "purpose", -1));
    f.archived = (int)given_int(&c->query, "archived", 0);
    f.active = (int)given_int(&c->query, "active", -1);
    if (list_wants_total(c))
        st = template_total(c->db, &f, &list.total);
    if (st == ST_OK)
        st = template_search(c->db, &f, &page);
    list.items = json_new_array();
    while (st == ST_OK && (st = template_search_next(c->db, &page, &t)) == ST_OK)
        json_push(list.items, template_json(&t));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* ---- one -------------------------------------------------------------------------- */

static enum status content_set(struct call *c, struct json *o, const char *name,
                               int64_t id, int no)
{
    struct template_version v = {0};
    enum status st = template_version_load(c->db, id, no, &v);

    json_set(o, name, v.content);
    return st;
}

enum status template_answer(struct call *c, int status, int64_t id)
{
    const struct own_text *own;
    struct template t;
    struct json *o;
    enum status st = template_load(c->db, id, &t);

    if (st != ST_OK)
        return st;
    o = template_json(&t);
    st = content_set(c, o, "content", id, 0);
    if (st == ST_OK && t.active_no != 0)
        st = content_set(c, o, "active_content", id, t.active_no);
    else
        json_set_text(o, "active_content", NULL);
    own = t.kind == TEMPLATE_TEXT ? own_text_find(t.key) : NULL;
    if (own != NULL)
        json_set(o, "own_text", own_text_json(own));
    else
        json_set_text(o, "own_text", NULL);
    if (st != ST_OK) {
        json_free(o);
        return st;
    }
    etag_answer(c, t.version);
    answer_json(c, status, o);
    return ST_OK;
}

/* GET /api/v1/templates/{id} */
enum status template_get(struct call *c)
{
    enum status st = query_read(c, NULL, 0);

    return st == ST_OK ? template_answer(c, 200, c->id[0]) : st;
}

/* ---- its versions ----------------------------------------------------------------- */

/* GET /api/v1/templates/{id}/versions */
enum status template_versions_get(struct call *c)
{
    static const struct field params[] = {
        {"before", FIELD_INT, .min = 1, .max = INT32_MAX},
    };
    struct template_version v[VERSIONS_PAGE + 1];
    struct template t;
    struct json *o, *items;
    int n = 0;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = template_load(c->db, c->id[0], &t);
    if (st == ST_OK)
        st = template_versions(c->db, c->id[0], (int)given_int(&c->query, "before", 0),
                               v, VERSIONS_PAGE + 1, &n);
    items = json_new_array();
    for (int i = 0; i < n; i++)
        if (i < VERSIONS_PAGE)
            json_push(items, version_json(&v[i]));
        else
            json_free(v[i].content);
    if (st != ST_OK) {
        json_free(items);
        return st;
    }
    o = json_new_object();
    json_set(o, "items", items);
    if (n > VERSIONS_PAGE)
        json_set_int(o, "before", v[VERSIONS_PAGE - 1].no);
    else
        json_set_text(o, "before", NULL);
    answer_json(c, 200, o);
    return ST_OK;
}
