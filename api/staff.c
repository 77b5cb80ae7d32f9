/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/staff.h"

#include "api/etag.h"
#include "api/list.h"
#include "api/moment.h"
#include "core/base/clock.h"
#include "core/staff/staff_search.h"
#include "core/staff/store.h"
#include "core/staff/team.h"

#include <stdio.h>

#define N(table) (sizeof(table) / sizeof *(table))
#define STORES_MAX 100

const char *const staff_role_words[] = {"owner",    "administrator", "marketing",
                                        "readonly", "manager",       "seller",
                                        "cashier",  "storekeeper",   NULL};
static const char *const states[] = {"active", "dismissed", NULL};

enum status staff_not_yours(struct call *c)
{
    return problem(c, PROBLEM_FORBIDDEN, "%s",
                   tell(c,
                        "Этого человека, роль или магазин вам менять нельзя; последний "
                        "владелец остаётся.",
                        "This person, role or store is not yours to change; the last "
                        "owner stays."));
}

/* ---- showing ---------------------------------------------------------------------- */

static struct json *shift_json(const struct staff_row *r)
{
    struct json *o;

    if (r->shift_id == 0)
        return NULL;
    o = json_new_object();
    json_set_int(o, "id", r->shift_id);
    json_set_int(o, "store_id", r->shift_store);
    return o;
}

static struct json *row_json(const struct staff_row *r)
{
    struct json *o = json_new_object(), *shift = shift_json(r);

    json_set_int(o, "id", r->staff.id);
    json_set_text(o, "name", r->staff.name);
    json_set_text(o, "role", role_name(r->staff.role));
    json_set_text(o, "status", states[r->staff.active ? 0 : 1]);
    json_set(o, "stores", json_new_array());
    json_set_text(o, "language", r->staff.language);
    json_set_bool(o, "messenger", r->staff.channel == CHANNEL_MESSENGER);
    json_set_bool(o, "has_pin", r->has_pin);
    if (shift != NULL)
        json_set(o, "on_shift", shift);
    else
        json_set_text(o, "on_shift", NULL);
    moment_set(o, "created_at", r->created_at);
    moment_set(o, "dismissed_at", r->dismissed_at);
    json_set_int(o, "version", r->version);
    return o;
}

/* The rows that are shown, and where each one's stores belong. */
struct shown {
    int64_t ids[PAGE_LIMIT_MAX];
    struct json *rows[PAGE_LIMIT_MAX]; /* lent */
    size_t n;
};

static void store_add_to(void *arg, int64_t staff_id, int64_t store_id)
{
    struct shown *s = arg;

    for (size_t i = 0; i < s->n; i++)
        if (s->ids[i] == staff_id)
            json_push_int(json_get(s->rows[i], "stores"), store_id);
}

static enum status stores_show(struct call *c, struct shown *s)
{
    return staff_stores_of(c->db, s->ids, s->n, store_add_to, s);
}

/* ---- reading ---------------------------------------------------------------------- */

static enum status page_read(struct call *c, const struct staff_filter *f,
                             struct page *page, struct json *items)
{
    struct shown s = {0};
    struct staff_row row;
    enum status st = staff_search(c->db, f, page);

    while (st == ST_OK && s.n < PAGE_LIMIT_MAX &&
           (st = staff_search_next(c->db, page, c->now, &row)) == ST_OK) {
        s.ids[s.n] = row.staff.id;
        s.rows[s.n] = row_json(&row);
        json_push(items, s.rows[s.n++]);
    }
    if (st == ST_OK) /* as many as there is room: learn whether there are more */
        st = staff_search_next(c->db, page, c->now, &row);
    return st == ST_NONE ? stores_show(c, &s) : st;
}

static size_t roles_read(const struct call *c, int64_t out[ROLE_COUNT])
{
    const struct value *v = given_value(&c->query, "role");

    for (size_t i = 0; v->given && i < v->n && i < ROLE_COUNT; i++)
        out[i] = v->ids[i] + 1;
    return v->given ? v->n : 0;
}

static void filter_read(struct call *c, const int64_t *roles, size_t n,
                        struct staff_filter *f)
{
    const struct given *q = &c->query;

    *f = (struct staff_filter){
        .now = c->now,
        .q = given_text(q, "q"),
        .roles = roles,
        .n_roles = n,
        .store_id = given_int(q, "store_id", 0),
        .by_active = given_has(q, "status"),
        .active = given_int(q, "status", 0) == 0,
        .by_pin = given_has(q, "has_pin"),
        .has_pin = given_bool(q, "has_pin", false),
        .by_shift = given_has(q, "on_shift"),
        .on_shift = given_bool(q, "on_shift", false),
    };
    if (role_scope(c->who.staff.role, PERM_STAFF_VIEW) < SCOPE_ALL)
        f->seer = c->who.staff.id;
}

/* GET /api/v1/staff */
enum status staff_get_all(struct call *c)
{
    static const struct field params[] = {
        {"q", FIELD_TEXT, .min = 1, .max = 64},
        {"role", FIELD_WORDS, .words = staff_role_words},
        {"store_id", FIELD_ID},
        {"status", FIELD_WORD, .words = states},
        {"has_pin", FIELD_BOOL},
        {"on_shift", FIELD_BOOL},
        LIST_FIELDS,
    };
    int64_t roles[ROLE_COUNT];
    struct page page;
    struct list list = {0};
    struct staff_filter filter;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, staff_sorts, STAFF_SORTS, &page);
    if (st != ST_OK)
        return st;
    filter_read(c, roles, roles_read(c, roles), &filter);
    if (list_wants_total(c))
        st = staff_total(c->db, &filter, &list.total);
    list.items = json_new_array();
    if (st == ST_OK)
        st = page_read(c, &filter, &page, list.items);
    if (st == ST_OK)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* Whom the caller sees, as they are now. ST_NONE: nobody such. */
static enum status row_see(struct call *c, bool held, struct staff_row *row)
{
    enum status st = staff_row_load(c->db, c->now, c->id[0], held, row);

    if (st == ST_OK)
        st = team_sees(c->db, &c->who.staff, &row->staff);
    return st == ST_REFUSED ? ST_NONE : st;
}

static enum status row_answer(struct call *c)
{
    struct staff_row row;
    struct shown s = {.n = 1};
    enum status st = staff_row_load(c->db, c->now, c->id[0], false, &row);

    if (st != ST_OK)
        return st;
    s.ids[0] = row.staff.id;
    s.rows[0] = row_json(&row);
    st = stores_show(c, &s);
    if (st != ST_OK) {
        json_free(s.rows[0]);
        return st;
    }
    etag_answer(c, row.version);
    answer_json(c, 200, s.rows[0]);
    return ST_OK;
}

/* GET /api/v1/staff/{id} */
enum status staff_get_one(struct call *c)
{
    struct staff_row row;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = row_see(c, false, &row);
    return st == ST_OK ? row_answer(c) : st;
}

/* ---- changing --------------------------------------------------------------------- */

static bool among(const int64_t *ids, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* What is said is all of them: new ones given, then others taken away; the other way round
 * somebody would stand between two stores, in nobody's reach but an owner's. */
static enum status change_stores(struct call *c, const struct team_act *act)
{
    const struct value *said = given_value(&c->body, "stores");
    int64_t theirs[STORES_MAX];
    int n = 0;
    enum status st =
        said->given ? staff_stores(c->db, act->who, theirs, STORES_MAX, &n) : ST_OK;

    for (size_t i = 0; st == ST_OK && said->given && i < said->n; i++)
        if (!among(theirs, (size_t)n, said->ids[i]) &&
            !among(said->ids, i, said->ids[i]))
            st = team_bind(c->db, c->now, act, said->ids[i], true);
    for (int i = 0; st == ST_OK && i < n; i++)
        if (!among(said->ids, said->n, theirs[i]))
            st = team_bind(c->db, c->now, act, theirs[i], false);
    return st;
}

/* A store that does not exist is the caller's mistake, not a right they lack. */
static enum status stores_known(struct call *c)
{
    const struct value *said = given_value(&c->body, "stores");
    struct store store;
    enum status st = ST_OK;

    for (size_t i = 0; said->given && i < said->n; i++) {
        char pointer[40];

        st = store_load(c->db, said->ids[i], &store);
        if (st != ST_OK && st != ST_NONE)
            return st;
        snprintf(pointer, sizeof pointer, "/stores/%zu", i);
        if (st == ST_NONE)
            call_fault(c, pointer, "not_one_of", "%s",
                       tell(c, "такого магазина нет", "there is no such store"));
    }
    return call_faults(c) > 0 ? problem(c, PROBLEM_VALIDATION_FAILED, NULL) : ST_OK;
}

static enum status change_name(struct call *c, const struct team_act *act)
{
    const char *name = given_text(&c->body, "name");
    enum status st = name != NULL ? team_rename(c->db, c->now, act, name) : ST_OK;

    if (st != ST_BAD)
        return st;
    call_fault(c, "/name", "format", "%s",
               tell(c, "в имени нет ни одной буквы", "no letter of it can be seen"));
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

/* Back first, gone last: in between they can be changed. */
static enum status change(struct call *c)
{
    const struct team_act act = {.by = &c->who.staff, .who = c->id[0]};
    const struct given *b = &c->body;
    bool status = given_has(b, "status"), gone = given_int(b, "status", 0) == 1;
    struct staff out;
    enum status st = ST_OK;

    if (status && !gone)
        st = team_return(c->db, c->now, &act, &out);
    if (st == ST_OK)
        st = change_name(c, &act);
    if (st == ST_OK && given_has(b, "role"))
        st = team_role(c->db, c->now, &act, (enum role)(given_int(b, "role", 0) + 1),
                       &out);
    if (st == ST_OK)
        st = change_stores(c, &act);
    if (st == ST_OK && gone)
        st = team_dismiss(c->db, c->now, &act, &out);
    return st;
}

/* Somebody who left can only come back: the rest is for who works here. */
static enum status still_gone(struct call *c)
{
    return problem(
        c, PROBLEM_CONFLICT, "%s",
        tell(c, "Этот человек здесь не работает. Сначала верните: status=active.",
             "They do not work here any more. Bring them back first:"
             " status=active."));
}

/* PATCH /api/v1/staff/{id} */
enum status staff_patch(struct call *c)
{
    static const struct field fields[] = {
        {"name", FIELD_TEXT, .min = 1, .max = 64},
        {"role", FIELD_WORD, .words = staff_role_words},
        {"stores", FIELD_IDS, .most = STORES_MAX},
        {"status", FIELD_WORD, .words = states},
    };
    struct staff_row row;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = row_see(c, true, &row);
    if (st == ST_OK)
        st = etag_check(c, row.version, true);
    if (st == ST_OK && !row.staff.active &&
        (!given_has(&c->body, "status") || given_int(&c->body, "status", 0) != 0))
        return still_gone(c);
    if (st == ST_OK)
        st = stores_known(c);
    if (st == ST_OK)
        st = change(c);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return staff_not_yours(c);
    return st == ST_OK ? row_answer(c) : st;
}

/* DELETE /api/v1/staff/{id}: gone from this very moment. */
enum status staff_delete(struct call *c)
{
    const struct team_act act = {.by = &c->who.staff, .who = c->id[0]};
    struct staff_row row;
    struct staff out;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = row_see(c, true, &row);
    if (st == ST_OK && !row.staff.active)
        st = ST_NONE;
    if (st == ST_OK)
        st = etag_check(c, row.version, false);
    if (st == ST_OK)
        st = team_dismiss(c->db, c->now, &act, &out);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return staff_not_yours(c);
    return st;
}

/* ---- a PIN ------------------------------------------------------------------------ */

struct pin_given {
    struct call *c;
    char digits[PIN_ONCE_DIGITS + 1];
};

static enum status pin_give(struct db *db, void *arg)
{
    struct pin_given *p = arg;
    const struct team_act act = {.by = &p->c->who.staff, .who = p->c->id[0]};
    struct staff_row row;
    enum status st = who_hold(p->c);

    if (st == ST_OK)
        st = row_see(p->c, true, &row);
    return st == ST_OK ? team_pin_give(db, p->c->now, &act, p->digits) : st;
}

/* POST /api/v1/staff/{id}/pin: told once, by word of mouth. Its row takes no
 * Idempotency-Key: a kept answer would keep the digits. */
enum status staff_pin_post(struct call *c)
{
    struct pin_given p = {.c = c};
    struct json *o;
    enum status st = body_read(c, NULL, 0);

    if (st == ST_OK)
        st = db_tx(c->db, pin_give, &p);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return staff_not_yours(c);
    if (st != ST_OK)
        return st;
    o = json_new_object();
    json_set_text(o, "pin", p.digits);
    moment_set(o, "expires_at", c->now + PIN_ONCE_HOURS * HOUR);
    answer_json(c, 201, o);
    return ST_OK;
}
