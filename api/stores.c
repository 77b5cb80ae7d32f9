/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/stores.h"

#include "api/etag.h"
#include "api/list.h"
#include "core/staff/store_search.h"

static void geo_set(struct json *o, const struct store *s)
{
    struct json *geo;

    if (!s->has_geo) {
        json_set_text(o, "geo", NULL);
        return;
    }
    geo = json_new_object();
    json_set_int(geo, "lat_e6", s->lat_e6);
    json_set_int(geo, "lon_e6", s->lon_e6);
    json_set(o, "geo", geo);
}

struct json *store_json(const struct store *s)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", s->id);
    json_set_text(o, "name", s->name);
    json_set_text(o, "city", s->city);
    json_set_text(o, "address", s->address);
    json_set_text(o, "hours", s->hours);
    json_set_text(o, "timezone", s->tz[0] != '\0' ? s->tz : NULL);
    json_set_bool(o, "open", s->open);
    json_set_bool(o, "training", s->training);
    geo_set(o, s);
    json_set_int(o, "version", s->version);
    return o;
}

static const struct field params[] = {
    {"q", FIELD_TEXT, .min = 1, .max = 64},
    {"city", FIELD_TEXT, .min = 1, .max = 64},
    {"open", FIELD_BOOL},
    LIST_FIELDS,
};

/* GET /api/v1/stores */
enum status stores_get(struct call *c)
{
    struct page page;
    struct list list = {0};
    struct store store;
    struct store_filter filter;
    enum status st = query_read(c, params, sizeof params / sizeof *params);

    if (st == ST_OK)
        st = list_begin(c, store_sorts, STORE_SORTS, &page);
    if (st != ST_OK)
        return st;
    filter = (struct store_filter){.q = given_text(&c->query, "q"),
                                   .city = given_text(&c->query, "city"),
                                   .by_open = given_has(&c->query, "open"),
                                   .open = given_bool(&c->query, "open", false)};
    /* A manager sees the stores they are bound to. */
    if (role_scope(c->who.staff.role, c->route->perm) < SCOPE_ALL)
        filter.staff_id = c->who.staff.id;
    if (list_wants_total(c))
        st = store_total(c->db, &filter, &list.total);
    list.items = json_new_array();
    if (st == ST_OK)
        st = store_search(c->db, &filter, &page);
    while (st == ST_OK && (st = store_search_next(c->db, &page, &store)) == ST_OK)
        json_push(list.items, store_json(&store));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* GET /api/v1/stores/{id} */
enum status store_get(struct call *c)
{
    struct store store;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = staff_may_at(c->db, &c->who.staff, c->route->perm, c->id[0]);
    if (st == ST_REFUSED)
        return problem(c, PROBLEM_NOT_FOUND, NULL);
    if (st == ST_OK)
        st = store_load(c->db, c->id[0], &store);
    if (st == ST_OK) {
        etag_answer(c, store.version);
        answer_json(c, 200, store_json(&store));
    }
    return st;
}
