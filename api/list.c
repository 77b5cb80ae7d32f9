/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/list.h"

#include "api/cursor.h"
#include "api/routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what was asked -------------------------------------------------------------- */

/* "-created_at", and the id behind it if somebody likes to say so. */
static const struct page_sort *sort_find(const struct page_sort *sorts, size_t n,
                                         const char *text, bool *descending)
{
    size_t len;

    *descending = *text == '-';
    text += *descending;
    len = strcspn(text, ",");
    if (text[len] == ',' && strcmp(text + len, ",id") != 0 &&
        strcmp(text + len, ",-id") != 0)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (strlen(sorts[i].name) == len && memcmp(sorts[i].name, text, len) == 0)
            return &sorts[i];
    return NULL;
}

/* Not every list has all of LIST_FIELDS. */
static bool offers(const struct call *c, const char *name)
{
    for (size_t i = 0; i < c->query.n; i++)
        if (strcmp(c->query.values[i].field->name, name) == 0)
            return true;
    return false;
}

static void sort_read(struct call *c, const struct page_sort *sorts, size_t n,
                      struct page *out)
{
    const char *text = offers(c, "sort") ? given_text(&c->query, "sort") : NULL;
    struct buf all = {0};

    out->sort = &sorts[0];
    if (text == NULL)
        return;
    out->sort = sort_find(sorts, n, text, &out->descending);
    if (out->sort != NULL)
        return;
    for (size_t i = 0; i < n; i++)
        buf_addf(&all, "%s%s, -%s", i > 0 ? ", " : "", sorts[i].name, sorts[i].name);
    call_fault(c, "?sort", "not_one_of", tell(c, "одно из: %s", "one of: %s"),
               all.s != NULL ? all.s : "");
    buf_free(&all);
}

static bool of_the_place(const char *name)
{
    static const char *const names[] = {"limit",    "cursor",        "page",
                                        "per_page", "include_total", NULL};

    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void value_add(struct buf *out, const struct value *v)
{
    if (v->ids != NULL || v->texts != NULL)
        for (size_t i = 0; i < v->n; i++)
            buf_addf(out, "%lld:%s,", (long long)v->ids[i],
                     v->texts[i] != NULL && v->field->kind == FIELD_TEXTS ? v->texts[i]
                                                                          : "");
    else
        buf_addf(out, "%lld:%s", (long long)v->number, v->text != NULL ? v->text : "");
}

/* The list's path, filters and order in one text: what a cursor is good for. */
static void name_add(const struct call *c, struct buf *out)
{
    buf_adds(out, c->route->path);
    for (int i = 0; i < CALL_IDS; i++)
        buf_addf(out, "/%lld", (long long)c->id[i]);
    buf_adds(out, c->key);
    for (size_t i = 0; i < c->query.n; i++) {
        const struct value *v = &c->query.values[i];

        if (!v->given || of_the_place(v->field->name))
            continue;
        buf_addf(out, "&%s=", v->field->name);
        value_add(out, v);
    }
}

static enum status place_read(struct call *c, const char *text, struct page *out)
{
    struct cursor_key key;
    struct buf name = {0};
    struct cursor at = {0};
    enum status st = cursor_key_make(&key, c->cfg->jwt_secret_key);

    name_add(c, &name);
    at.list = name.s;
    if (st == ST_OK)
        st = name.failed ? ST_BROKEN : cursor_read(&key, text, &at);
    buf_free(&name);
    if (st == ST_BAD) {
        call_fault(c, "?cursor", "format", "%s",
                   tell(c, "этот курсор не от такого списка, начните сначала",
                        "this cursor is not of such a list, begin anew"));
        return ST_OK;
    }
    out->placed = true;
    out->backwards = at.backwards;
    out->place = at.place;
    return st;
}

static void number_read(struct call *c, struct page *out)
{
    int64_t page = given_int(&c->query, "page", 1);

    out->limit = (int)given_int(&c->query, "per_page", out->limit);
    out->offset = (page - 1) * out->limit;
    if (given_has(&c->query, "cursor"))
        call_fault(c, "?page", "unknown", "%s",
                   tell(c, "либо page, либо cursor", "either page or cursor"));
    if (out->offset > PAGE_OFFSET_MAX)
        call_fault(c, "?page", "range",
                   tell(c, "страницы есть до строки %d, дальше ведёт cursor",
                        "pages reach row %d, cursor goes on from there"),
                   PAGE_OFFSET_MAX);
}

static bool numbered(const struct call *c)
{
    return offers(c, "page") &&
           (given_has(&c->query, "page") || given_has(&c->query, "per_page"));
}

enum status list_begin(struct call *c, const struct page_sort *sorts, size_t n,
                       struct page *out)
{
    const char *cursor = given_text(&c->query, "cursor");
    enum status st = ST_OK;

    *out = (struct page){.limit = (int)given_int(&c->query, "limit", LIST_LIMIT)};
    sort_read(c, sorts, n, out);
    if (numbered(c))
        number_read(c, out);
    else if (cursor != NULL && call_faults(c) == 0)
        st = place_read(c, cursor, out);
    if (st != ST_OK)
        return st;
    return call_faults(c) > 0 ? problem(c, PROBLEM_VALIDATION_FAILED, NULL) : ST_OK;
}

bool list_wants_total(const struct call *c)
{
    return offers(c, "include_total") &&
           (given_bool(&c->query, "include_total", false) ||
            (c->said.prefer != NULL &&
             strstr(c->said.prefer, "return=total-count") != NULL));
}

/* ---- the answer ------------------------------------------------------------------ */

static void cursor_set(struct call *c, struct json *page, const char *name,
                       const struct page_place *place)
{
    struct cursor at = {.backwards = *name == 'p', .place = *place};
    struct cursor_key key;
    struct buf list = {0}, text = {0};

    name_add(c, &list);
    at.list = list.s;
    if (list.failed || cursor_key_make(&key, c->cfg->jwt_secret_key) != ST_OK)
        text.failed = true;
    else
        cursor_print(&key, &at, &text);
    if (text.failed)
        json_set(page, name, NULL);
    else
        json_set_text(page, name, text.s);
    buf_free(&list);
    buf_free(&text);
}

static struct json *page_of(struct call *c, const struct page *p, const struct list *l)
{
    struct json *o = json_new_object();
    bool by_number = numbered(c);
    bool next = p->backwards ? p->placed : p->more;
    bool prev = p->backwards ? p->more : p->placed || p->offset > 0;

    json_set_text(o, "next", NULL);
    json_set_text(o, "prev", NULL);
    if (next && (p->rows > 0 || p->cut) && !by_number)
        cursor_set(c, o, "next", p->backwards ? &p->first : &p->last);
    if (prev && (p->rows > 0 || p->cut) && !by_number)
        cursor_set(c, o, "prev", p->backwards ? &p->last : &p->first);
    json_set_int(o, "limit", p->limit);
    json_set_bool(o, "has_next", next);
    json_set_bool(o, "has_prev", prev);
    if (p->cut)
        json_set_bool(o, "partial", true);
    if (by_number)
        json_set_int(o, "number", p->offset / p->limit + 1);
    if (list_wants_total(c)) {
        json_set_int(o, "total", l->total > PAGE_TOTAL_MAX ? PAGE_TOTAL_MAX : l->total);
        json_set_bool(o, "total_is_capped",
                      l->total_is_capped || l->total > PAGE_TOTAL_MAX);
    }
    return o;
}

static struct json *list_of(const struct value *v)
{
    struct json *a = json_new_array(), *o;

    for (size_t i = 0; i < v->n; i++) {
        if (v->field->kind == FIELD_TEXTS) {
            json_push_text(a, v->texts[i]);
        } else if (v->field->kind == FIELD_WORDS) {
            json_push_text(a, v->field->words[v->ids[i]]);
        } else {
            o = json_new_object();
            json_set_int(o, "id", v->ids[i]);
            json_push(a, json_copy(json_get(o, "id")));
            json_free(o);
        }
    }
    return a;
}

static void query_set(struct json *o, const struct value *v)
{
    if (v->ids != NULL)
        json_set(o, v->field->name, list_of(v));
    else if (v->field->kind == FIELD_BOOL)
        json_set_bool(o, v->field->name, v->number != 0);
    else if (v->text != NULL)
        json_set_text(o, v->field->name, v->text);
    else
        json_set_int(o, v->field->name, v->number);
}

static struct json *query_of(const struct call *c)
{
    struct json *o = json_new_object();

    for (size_t i = 0; i < c->query.n; i++)
        if (c->query.values[i].given && !of_the_place(c->query.values[i].field->name))
            query_set(o, &c->query.values[i]);
    return o;
}

static struct json *turned(struct json *items)
{
    struct json *a = json_new_array();

    for (size_t i = json_count(items); i > 0; i--)
        json_push(a, json_copy(json_at(items, i - 1)));
    json_free(items);
    return a;
}

enum status list_answer(struct call *c, const struct page *p, const struct list *l)
{
    struct json *o = json_new_object();

    json_set(o, "items", p->backwards ? turned(l->items) : l->items);
    json_set(o, "page", page_of(c, p, l));
    json_set(o, "query", query_of(c));
    answer_json(c, 200, o);
    return ST_OK;
}
