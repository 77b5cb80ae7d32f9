/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/users_tags.h"

#include "api/list.h"
#include "api/users.h"
#include "core/loyalty/customer_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

static struct json *tag_json(const struct tag *t, const char *since)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", t->id);
    json_set_text(o, "name", t->name);
    user_set_time(o, since, t->made_at);
    return o;
}

static enum status no_name(struct call *c, const char *pointer)
{
    call_fault(c, pointer, "format", "%s",
               tell(c, "до 40 знаков, без пробелов по краям и подряд",
                    "up to 40 characters, no blanks around them or in a row"));
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

/* ---- by themselves ---------------------------------------------------------------- */

/* GET /api/v1/tags */
enum status tags_get(struct call *c)
{
    static const struct field params[] = {
        {"q", FIELD_TEXT, .min = 1, .max = TAG_NAME_MAX},
        LIST_FIELDS,
    };
    struct page page;
    struct list list = {0};
    struct tag tag;
    const char *q;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, tag_sorts, TAG_SORTS, &page);
    if (st != ST_OK)
        return st;
    q = given_text(&c->query, "q");
    if (list_wants_total(c))
        st = tag_total(c->db, q, &list.total);
    list.items = json_new_array();
    if (st == ST_OK)
        st = tag_search(c->db, q, &page);
    while (st == ST_OK && (st = tag_search_next(c->db, &page, &tag)) == ST_OK)
        json_push(list.items, tag_json(&tag, "created_at"));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* POST /api/v1/tags: 200 when there was one of that name. */
enum status tags_post(struct call *c)
{
    static const struct field fields[] = {
        {"name", FIELD_TEXT, .required = true, .min = 1, .max = TAG_NAME_MAX},
    };
    struct tag tag;
    bool fresh;
    enum status st = body_read(c, fields, N(fields));

    if (st != ST_OK)
        return st;
    st = tag_make(c->db, c->now, given_text(&c->body, "name"), c->who.staff.id, &tag,
                  &fresh);
    if (st == ST_BAD)
        return no_name(c, "/name");
    if (st == ST_OK)
        answer_json(c, fresh ? 201 : 200, tag_json(&tag, "created_at"));
    return st;
}

/* DELETE /api/v1/tags/{id} */
enum status tag_delete(struct call *c)
{
    return tag_remove(c->db, c->now, c->id[0], c->who.staff.id);
}

/* ---- of one customer -------------------------------------------------------------- */

static enum status answer_tags(struct call *c)
{
    struct tag *tags = calloc(CUSTOMER_TAGS_MAX, sizeof *tags);
    struct json *o, *items;
    int n = 0;
    enum status st = tags == NULL ? ST_BROKEN : tag_list(c->db, c->id[0], tags, &n);

    if (st == ST_OK) {
        o = json_new_object();
        items = json_new_array();
        for (int i = 0; i < n; i++)
            json_push(items, tag_json(&tags[i], "since"));
        json_set(o, "items", items);
        answer_json(c, 200, o);
    }
    free(tags);
    return st;
}

/* GET /api/v1/users/{id}/tags */
enum status user_tags_get(struct call *c)
{
    struct customer_row row;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = user_seen(c, &row);
    return st == ST_OK ? answer_tags(c) : st;
}

static enum status give(struct call *c, const char *name, size_t at)
{
    struct tag_act act = {.customer_id = c->id[0], .staff_id = c->who.staff.id};
    struct tag tag;
    bool fresh;
    char pointer[32];
    enum status st = tag_make(c->db, c->now, name, c->who.staff.id, &tag, &fresh);

    snprintf(pointer, sizeof pointer, "/tags/%zu", at);
    if (st == ST_BAD)
        return no_name(c, pointer);
    act.tag_id = tag.id;
    if (st == ST_OK)
        st = tag_give(c->db, c->now, &act);
    if (st == ST_REFUSED)
        return problem(
            c, PROBLEM_LIMIT_REACHED, "%s",
            tell(c, "У клиента уже 50 меток.", "The customer has 50 tags already."));
    return st == ST_NONE ? ST_OK : st;
}

/* POST /api/v1/users/{id}/tags */
enum status user_tags_post(struct call *c)
{
    static const struct field fields[] = {
        {"tags", FIELD_TEXTS, .required = true, .min = 1, .max = TAG_NAME_MAX,
         .most = CUSTOMER_TAGS_MAX},
    };
    const struct value *tags;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = customer_lock(c->db, c->id[0]);
    if (st != ST_OK)
        return st;
    tags = given_value(&c->body, "tags");
    for (size_t i = 0; i < tags->n && st == ST_OK; i++)
        st = give(c, tags->texts[i], i);
    return st == ST_OK ? answer_tags(c) : st;
}

/* DELETE /api/v1/users/{id}/tags/{key}: the tag's number. */
enum status user_tag_delete(struct call *c)
{
    size_t digits = strspn(c->key, "0123456789");
    int64_t tag_id = strtoll(c->key, NULL, 10);
    enum status st = ST_NONE;

    if (c->key[digits] == '\0' && digits < 19)
        st = customer_lock(c->db, c->id[0]);
    if (st == ST_OK)
        st = tag_take(c->db, c->now,
                      &(struct tag_act){.customer_id = c->id[0],
                                        .staff_id = c->who.staff.id,
                                        .tag_id = tag_id});
    return st;
}
