/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What is in a segment: how many, who, and why. */
#include "api/list.h"
#include "api/segments.h"
#include "api/segments_said.h"
#include "api/users.h"

#include <stdlib.h>

#define N(table) (sizeof(table) / sizeof *(table))

#define SAMPLE_SAID 10
#define AGE_MAX_SAID 86400 /* seconds */

static bool sees_customers(const struct call *c)
{
    return role_may(c->who.staff.role, PERM_CUSTOMER_VIEW);
}

static enum status sight_checked(struct call *c)
{
    return sees_customers(c) ? ST_OK : problem(c, PROBLEM_FORBIDDEN, NULL);
}

/* Those of the ids that are still there, in their order. */
static enum status users_add(struct call *c, const int64_t *ids, int n,
                             struct json *items)
{
    struct customer_row row;
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < n; i++) {
        st = customer_row_load(c->db, ids[i], 0, &row);
        if (st == ST_OK && row.state != STATE_ERASED)
            json_push(items, user_json(&row, users_unmasked(c)));
        st = st == ST_NONE ? ST_OK : st;
    }
    return st;
}

/* GET /api/v1/segments/fields */
enum status segments_fields_get(struct call *c)
{
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        answer_json(c, 200, segments_fields());
    return st;
}

/* ---- numbers ---------------------------------------------------------------------- */

static enum status preview_which(struct call *c, struct segments_preview *p)
{
    p->rule = given_value(&c->body, "rule")->json;
    p->id = given_int(&c->body, "segment_id", 0);
    p->most = sees_customers(c) ? (int)given_int(&c->body, "sample", SAMPLE_SAID) : 0;
    if ((p->rule != NULL) != (p->id != 0))
        return ST_OK;
    call_fault(c, "/rule", "required", "%s",
               tell(c, "либо rule, либо segment_id", "either rule or segment_id"));
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

/* POST /api/v1/segments/preview */
enum status segment_preview_post(struct call *c)
{
    static const struct field body[] = {
        {"rule", FIELD_JSON},
        {"segment_id", FIELD_ID},
        {"sample", FIELD_INT, .min = 0, .max = SEGMENTS_SAMPLE_MAX},
    };
    struct segments_ask ask = segments_asked(c);
    struct segments_preview p = {0};
    struct json *o = NULL, *sample;
    enum status st = body_read(c, body, N(body));

    if (st == ST_OK)
        st = preview_which(c, &p);
    if (st == ST_OK)
        st = segments_preview(&ask, &p, &o);
    if (st == ST_OK) {
        sample = json_new_array();
        st = users_add(c, p.sample, p.n, sample);
        json_set(o, "sample", sample);
    }
    if (st == ST_OK)
        answer_json(c, 200, o);
    else
        json_free(o);
    return segments_end(c, &ask, st);
}

/* GET /api/v1/segments/{id}/count */
enum status segment_count_get(struct call *c)
{
    static const struct field params[] = {
        {"reachable", FIELD_BOOL},
        {"max_age", FIELD_INT, .min = 0, .max = AGE_MAX_SAID},
    };
    struct segments_ask ask = segments_asked(c);
    struct segments_count what = {.id = c->id[0]};
    struct json *o;
    enum status st = query_read(c, params, N(params));

    if (st != ST_OK)
        return st;
    what.reachable = given_bool(&c->query, "reachable", false);
    what.max_age = given_int(&c->query, "max_age", 0);
    st = segments_count(&ask, &what, &o);
    if (st == ST_OK)
        answer_json(c, 200, o);
    return segments_end(c, &ask, st);
}

/* ---- customers -------------------------------------------------------------------- */

/* By number, and only onwards: a rule is asked from a customer on. */
static enum status users_page(struct call *c, struct segments_ask *ask, struct page *p,
                              struct json *items)
{
    int64_t ids[PAGE_LIMIT_MAX + 1];
    struct segments_walk w = {.id = c->id[0],
                              .after_id = p->placed ? p->place.id : 0,
                              .customers = ids,
                              .room = p->limit + 1};
    enum status st = segments_walk(ask, &w);

    p->placed = false; /* there is no way back */
    if (st != ST_OK || w.n == 0)
        return st;
    p->more = w.n > p->limit;
    p->rows = p->more ? p->limit : w.n;
    p->last.id = p->last.number = ids[p->rows - 1];
    return users_add(c, ids, p->rows, items);
}

/* GET /api/v1/segments/{id}/users */
enum status segment_users_get(struct call *c)
{
    static const struct page_sort sorts[] = {{"id", "c.id", PAGE_INT}};
    static const struct field params[] = {
        {"limit", FIELD_INT, .min = 1, .max = PAGE_LIMIT_MAX},
        {"cursor", FIELD_TEXT, .min = 1, .max = LIST_CURSOR_MAX},
    };
    struct segments_ask ask = segments_asked(c);
    struct list list = {0};
    struct page page;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = sight_checked(c);
    if (st == ST_OK)
        st = list_begin(c, sorts, N(sorts), &page);
    if (st != ST_OK)
        return st;
    list.items = json_new_array();
    st = users_page(c, &ask, &page, list.items);
    if (st == ST_OK)
        st = list_answer(c, &page, &list);
    else
        json_free(list.items);
    return segments_end(c, &ask, st);
}

/* GET /api/v1/segments/{id}/explain */
enum status segment_explain_get(struct call *c)
{
    static const struct field params[] = {
        {"customer_id", FIELD_ID, .required = true},
    };
    struct segments_ask ask = segments_asked(c);
    struct json *o;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = sight_checked(c);
    if (st != ST_OK)
        return st;
    st = segments_explain(&ask, c->id[0], given_int(&c->query, "customer_id", 0), &o);
    if (st == ST_OK)
        answer_json(c, 200, o);
    return segments_end(c, &ask, st);
}
