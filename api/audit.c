/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/audit.h"

#include "api/list.h"
#include "core/audit_search.h"
#include "core/base/stamp.h"

#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))
#define VERIFY_ROWS 200000 /* of one request: well below a second */

/* ---- rows ------------------------------------------------------------------------ */

/* "birth_date:1f..>9c..,phone": the names; the hashes say nothing to people. */
static struct json *fields_json(const char *s)
{
    struct json *a = json_new_array(), *o;

    while (*s != '\0') {
        size_t all = strcspn(s, ","), name = strcspn(s, ",:");
        char text[AUDIT_FIELDS_BYTES];

        o = json_new_object();
        snprintf(text, sizeof text, "%.*s", (int)name, s);
        json_set_text(o, "name", text);
        json_set_bool(o, "hashed", name < all);
        json_push(a, o);
        s += all + (s[all] == ',');
    }
    return a;
}

static void name_set(struct json *o, const char *key, const char *name, bool may)
{
    json_set_text(o, key, may && *name != '\0' ? name : NULL);
}

/* Customers are people of the shop's, named to those who may see them. */
static struct json *row_json(const struct audit_row *r, bool customers)
{
    struct json *o = json_new_object();
    char at[STAMP_BYTES];

    stamp_print(r->at, at);
    json_set_int(o, "id", r->id);
    json_set_text(o, "at", at);
    json_set_text(o, "actor", actor_name(r->actor));
    if (r->actor_id != 0)
        json_set_int(o, "actor_id", r->actor_id);
    else
        json_set_text(o, "actor_id", NULL);
    name_set(o, "actor_name", r->actor_name, r->actor != ACTOR_CUSTOMER || customers);
    json_set_text(o, "action", r->action);
    json_set_text(o, "entity", r->entity);
    json_set_int(o, "entity_id", r->entity_id);
    name_set(o, "entity_name", r->entity_name,
             strcmp(r->entity, "customer") != 0 || customers);
    json_set(o, "fields", fields_json(r->fields));
    json_set_text(o, "request_id", r->request_id[0] != '\0' ? r->request_id : NULL);
    return o;
}

static const char *const actors[] = {"system",  "customer", "staff",
                                     "command", "api",      NULL};

static const struct field params[] = {
    {"actor", FIELD_WORDS, .words = actors},
    {"actor_id", FIELD_ID},
    {"action", FIELD_TEXT, .min = 3, .max = AUDIT_ACTION_BYTES - 1},
    {"entity", FIELD_TEXT, .min = 1, .max = AUDIT_ACTION_BYTES - 1},
    {"entity_id", FIELD_ID},
    {"from", FIELD_TIME},
    {"to", FIELD_TIME},
    {"request_id", FIELD_TEXT, .min = 1, .max = AUDIT_REQUEST_BYTES - 1},
    LIST_FIELDS,
};

/* What is no ASCII is in no column of ours, and the database would refuse to compare. */
static const char *word(struct call *c, const char *name)
{
    const char *s = given_text(&c->query, name);

    for (const char *p = s; p != NULL && *p != '\0'; p++)
        if ((unsigned char)*p >= 0x80) {
            char at[40];

            snprintf(at, sizeof at, "?%s", name);
            call_fault(c, at, "format", "%s", tell(c, "только латиница", "ASCII only"));
            return NULL;
        }
    return s;
}

static struct audit_filter filter_of(struct call *c, int64_t kinds[N(actors)])
{
    const struct value *v = given_value(&c->query, "actor");
    bool all = role_scope(c->who.staff.role, PERM_AUDIT_VIEW) == SCOPE_ALL;
    struct audit_filter f = {.actors = kinds,
                             .n_actors = v->given ? v->n : 0,
                             .by_actor_id = given_has(&c->query, "actor_id"),
                             .by_entity_id = given_has(&c->query, "entity_id"),
                             .actor_id = given_int(&c->query, "actor_id", 0),
                             .entity_id = given_int(&c->query, "entity_id", 0),
                             .action = word(c, "action"),
                             .entity = word(c, "entity"),
                             .request_id = word(c, "request_id"),
                             .from = given_int(&c->query, "from", 0),
                             .to = given_int(&c->query, "to", 0),
                             .own = all ? 0 : c->who.staff.id};

    for (size_t i = 0; i < f.n_actors && i < N(actors); i++)
        kinds[i] = ACTOR_SYSTEM + v->ids[i];
    return f;
}

/* GET /api/v1/audit */
enum status audit_get(struct call *c)
{
    bool customers = staff_may(&c->who.staff, PERM_CUSTOMER_VIEW);
    int64_t kinds[N(actors)];
    struct page page;
    struct list list = {0};
    struct audit_row row;
    struct audit_filter filter;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK) {
        filter = filter_of(c, kinds);
        st = list_begin(c, audit_sorts, AUDIT_SORTS, &page);
    }
    if (st != ST_OK)
        return st;
    if (!given_has(&c->query, "sort"))
        page.descending = true; /* the newest first */
    if (list_wants_total(c))
        st = audit_total(c->db, &filter, &list.total);
    list.items = json_new_array();
    if (st == ST_OK)
        st = audit_search(c->db, &filter, &page);
    while (st == ST_OK && (st = audit_search_next(c->db, &page, &row)) == ST_OK)
        json_push(list.items, row_json(&row, customers));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* ---- are they whole? ------------------------------------------------------------- */

static struct json *block_json(const struct audit_block *b)
{
    struct json *o = json_new_object();
    char hex[2 * SHA256_BYTES + 1], at[STAMP_BYTES];

    for (size_t i = 0; i < sizeof b->hash; i++)
        snprintf(hex + 2 * i, 3, "%02x", b->hash[i]);
    stamp_print(b->sealed_at, at);
    json_set_int(o, "block", b->id);
    json_set_int(o, "from_id", b->from);
    json_set_int(o, "to_id", b->to);
    json_set_int(o, "rows", b->n);
    json_set_text(o, "hash", hex);
    json_set_text(o, "sealed_at", at);
    return o;
}

/* One that was taken out has nothing but a number. */
static struct json *broken_json(const struct audit_block *b)
{
    struct json *o = json_new_object();

    json_set_int(o, "block", b->id);
    json_set_int(o, "from_id", b->from);
    if (b->to != 0)
        json_set_int(o, "to_id", b->to);
    else
        json_set_text(o, "to_id", NULL);
    json_set_bool(o, "seal_missing", b->to == 0);
    return o;
}

static enum status walk_answer(struct call *c, const struct audit_walk *w, bool broken)
{
    struct json *o = json_new_object();
    struct audit_block last;
    int64_t unsealed = 0;
    enum status st = audit_unsealed(c->db, &unsealed);

    if (st == ST_OK)
        st = audit_last(c->db, &last);
    json_set_bool(o, "whole", !broken);
    json_set_int(o, "blocks", w->blocks);
    json_set_int(o, "rows", w->rows);
    if (w->over)
        json_set_text(o, "next_block", NULL);
    else
        json_set_int(o, "next_block", w->block);
    json_set_text(o, "broken", NULL);
    if (broken)
        json_set(o, "broken", broken_json(&w->broken));
    json_set_text(o, "newest", NULL);
    if (st == ST_OK)
        json_set(o, "newest", block_json(&last));
    json_set_int(o, "unsealed", unsealed);
    if (st == ST_OK || st == ST_NONE) {
        answer_json(c, 200, o);
        return ST_OK;
    }
    json_free(o);
    return st;
}

/* GET /api/v1/audit/verify: a stretch of blocks a request; next_block goes on. */
enum status audit_verify_get(struct call *c)
{
    static const struct field walk_params[] = {
        {"from_block", FIELD_INT, .min = 1, .max = INT32_MAX}};
    struct audit_walk w = {.most = VERIFY_ROWS};
    enum status st = query_read(c, walk_params, N(walk_params));

    if (st == ST_OK && role_scope(c->who.staff.role, PERM_AUDIT_VIEW) != SCOPE_ALL)
        return problem(c, PROBLEM_FORBIDDEN, NULL);
    if (st != ST_OK)
        return st;
    w.block = given_int(&c->query, "from_block", 1);
    st = audit_walk(c->db, &w);
    return st == ST_OK || st == ST_REFUSED ? walk_answer(c, &w, st == ST_REFUSED) : st;
}
