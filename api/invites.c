/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Links by which people join: made, listed, taken back. A link is told once, to who made
 * it; only its hash is kept (core/staff/invite.h). */
#include "api/staff.h"

#include "api/list.h"
#include "api/moment.h"
#include "core/base/clock.h"
#include "core/setting.h"
#include "core/staff/invite_search.h"
#include "core/staff/store.h"

#include <stdio.h>

#define N(table) (sizeof(table) / sizeof *(table))

static const char *const states[] = {"open", "used", "expired", "revoked", NULL};

/* ---- showing ---------------------------------------------------------------------- */

static void person_set(struct json *o, const char *key, int64_t id, const char *name)
{
    struct json *who;

    if (id == 0) {
        json_set_text(o, key, NULL);
        return;
    }
    who = json_new_object();
    json_set_int(who, "id", id);
    json_set_text(who, "name", name);
    json_set(o, key, who);
}

static struct json *row_json(const struct invite_row *r)
{
    struct json *o = json_new_object(), *stores = json_new_array();

    json_set_int(o, "id", r->id);
    json_set_text(o, "state", states[r->state - 1]);
    json_set_text(o, "role", r->till ? NULL : role_name(r->role));
    json_set_bool(o, "shared_phone", r->till);
    for (int i = 0; i < r->n_stores; i++)
        json_push_int(stores, r->stores[i]);
    json_set(o, "stores", stores);
    person_set(o, "made_by", r->made_by, r->made_by_name);
    person_set(o, "used_by", r->used_by, r->used_by_name);
    moment_set(o, "created_at", r->created_at);
    moment_set(o, "expires_at", r->expires_at);
    moment_set(o, "used_at", r->used_at);
    moment_set(o, "revoked_at", r->revoked_at);
    return o;
}

/* GET /api/v1/staff/invites */
enum status invites_get(struct call *c)
{
    static const struct field params[] = {
        {"state", FIELD_WORD, .words = states},
        {"role", FIELD_WORD, .words = staff_role_words},
        {"store_id", FIELD_ID},
        LIST_FIELDS,
    };
    struct page page;
    struct list list = {0};
    struct invite_row row;
    struct invite_filter f;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, invite_sorts, INVITE_SORTS, &page);
    if (st != ST_OK)
        return st;
    f = (struct invite_filter){
        .now = c->now,
        .by = &c->who.staff,
        .state = (enum invite_state)(given_int(&c->query, "state", -1) + 1),
        .role = (enum role)(given_int(&c->query, "role", -1) + 1),
        .store_id = given_int(&c->query, "store_id", 0)};
    if (list_wants_total(c))
        st = invite_total(c->db, &f, &list.total);
    list.items = json_new_array();
    if (st == ST_OK)
        st = invite_search(c->db, &f, &page);
    while (st == ST_OK &&
           (st = invite_search_next(c->db, &page, c->now, &row)) == ST_OK)
        json_push(list.items, row_json(&row));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* ---- making ----------------------------------------------------------------------- */

struct invited {
    struct call *c;
    struct invite_more more;
    char token[INVITE_TOKEN + 1];
};

static enum status make(struct db *db, void *arg)
{
    struct invited *i = arg;
    enum status st = who_hold(i->c);

    if (st != ST_OK)
        return st;
    return invite_make_more(db, i->c->now, &i->c->who.staff, &i->more, i->token);
}

/* Roles whose rights end at stores are invited to one; a shared phone stands in one. */
static enum status stores_check(struct call *c, const struct invite_more *m)
{
    bool bound = m->as.till || role_scope(m->as.role, PERM_SHIFT_REPORT) < SCOPE_ALL;
    struct store store;
    char at[40];
    enum status st = ST_OK;

    if (bound && m->n_stores == 0)
        call_fault(c, "/stores", "required", "%s",
                   tell(c, "назовите магазин", "name a store"));
    if (m->as.till && m->n_stores > 1)
        call_fault(c, "/stores", "too_many", "%s",
                   tell(c, "общий телефон стоит в одном магазине",
                        "a shared phone stands in one store"));
    for (size_t i = 0; i < m->n_stores; i++) {
        st = store_load(c->db, m->stores[i], &store);
        if (st != ST_OK && st != ST_NONE)
            return st;
        snprintf(at, sizeof at, "/stores/%zu", i);
        if (st == ST_NONE || !store.open)
            call_fault(c, at, "not_one_of", "%s",
                       tell(c, "такого открытого магазина нет",
                            "there is no such open store"));
        for (size_t k = 0; k < i; k++)
            if (m->stores[k] == m->stores[i])
                call_fault(c, at, "repeated", "%s",
                           tell(c, "назван дважды", "named twice"));
    }
    return call_faults(c) > 0 ? problem(c, PROBLEM_VALIDATION_FAILED, NULL) : ST_OK;
}

static enum status more_read(struct call *c, struct invite_more *m)
{
    const struct value *stores = given_value(&c->body, "stores");
    bool till = given_bool(&c->body, "shared_phone", false);

    *m = (struct invite_more){
        .as = {.channel = CHANNEL_MESSENGER,
               .till = till,
               .role = (enum role)(given_int(&c->body, "role", -1) + 1)},
        .stores = stores->ids,
        .n_stores = stores->given ? stores->n : 0,
        .hours = given_int(&c->body, "ttl_hours", INVITE_LIFE_HOURS)};
    if (till != (m->as.role == ROLE_UNSET)) {
        call_fault(
            c, "/role", till ? "unknown" : "required", "%s",
            till ? tell(c, "у общего телефона нет роли", "a shared phone has no role")
                 : tell(c, "назовите роль", "name a role"));
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    return stores_check(c, m);
}

static enum status made_answer(struct call *c, const struct invited *i)
{
    struct buf bot = {0}, link = {0}, command = {0};
    struct invite_row row;
    struct json *o;
    enum status st = setting_text(c->db, "auth_bot_username", &bot);

    if (st == ST_OK)
        st = invite_row_load(c->db, c->now, &c->who.staff, i->more.id, &row);
    if (st == ST_OK) {
        buf_addf(&link, "https://t.me/%s?start=i_%s", bot.s != NULL ? bot.s : "",
                 i->token);
        buf_addf(&command, "/start i_%s", i->token);
        o = row_json(&row);
        json_set_text(o, "link", bot.len > 0 && !link.failed ? link.s : NULL);
        json_set_text(o, "command", command.s);
        answer_json(c, 201, o);
    }
    buf_free(&bot);
    buf_free(&link);
    buf_free(&command);
    return st;
}

/* POST /api/v1/staff/invites. Takes no Idempotency-Key: a kept answer would keep the
 * link. */
enum status invite_post(struct call *c)
{
    static const struct field fields[] = {
        {"role", FIELD_WORD, .words = staff_role_words},
        {"shared_phone", FIELD_BOOL},
        {"stores", FIELD_IDS, .most = INVITE_STORES_MAX},
        {"ttl_hours", FIELD_INT, .min = 1, .max = INVITE_LIFE_MAX_HOURS},
    };
    struct invited i = {.c = c};
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = more_read(c, &i.more);
    if (st == ST_OK)
        st = db_tx(c->db, make, &i);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return staff_not_yours(c);
    return st == ST_OK ? made_answer(c, &i) : st;
}

/* DELETE /api/v1/staff/invites/{id} */
enum status invite_delete(struct call *c)
{
    struct invite_row row;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = invite_row_load(c->db, c->now, &c->who.staff, c->id[0], &row);
    if (st == ST_OK)
        st = invite_revoke(c->db, c->now, &c->who.staff, c->id[0]);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return staff_not_yours(c);
    if (st == ST_TAKEN)
        return problem(c, PROBLEM_CONFLICT, "%s",
                       tell(c, "Приглашение уже использовано или отозвано.",
                            "The invitation was used or revoked before."));
    return st;
}
