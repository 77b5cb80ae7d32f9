/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/admins.h"

#include "api/auth.h"
#include "api/etag.h"
#include "api/list.h"
#include "api/moment.h"
#include "core/base/stamp.h"
#include "core/setting.h"
#include "core/staff/account_search.h"
#include "core/staff/invite.h"
#include "core/staff/ownership.h"
#include "core/staff/store.h"
#include "core/staff/team.h"

#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

/* Those that may use the panel; test_api_admins holds it against the table of roles. */
static const char *const roles[] = {"owner",    "administrator", "marketing",
                                    "readonly", "manager",       NULL};

static enum role role_said(const struct given *g)
{
    const char *name = given_text(g, "role");

    return name != NULL ? role_find(name, strlen(name)) : ROLE_UNSET;
}

static struct json *row_json(const struct account_row *r)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", r->staff.id);
    json_set_text(o, "name", r->staff.name);
    json_set_text(o, "role", role_name(r->staff.role));
    json_set_text(o, "email", r->account.email[0] != '\0' ? r->account.email : NULL);
    json_set_bool(o, "has_password", r->has_password);
    json_set_bool(o, "totp", r->account.totp_on);
    json_set_bool(o, "disabled", r->account.disabled);
    json_set_int(o, "version", r->account.epoch);
    return o;
}

/* ---- reading ---------------------------------------------------------------------- */

/* GET /api/v1/admins */
enum status admins_get(struct call *c)
{
    static const struct field params[] = {
        {"q", FIELD_TEXT, .min = 1, .max = 64},
        {"role", FIELD_WORD, .words = roles},
        {"disabled", FIELD_BOOL},
        LIST_FIELDS,
    };
    struct page page;
    struct list list = {0};
    struct account_row row;
    struct account_filter filter;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, account_sorts, ACCOUNT_SORTS, &page);
    if (st != ST_OK)
        return st;
    filter =
        (struct account_filter){.q = given_text(&c->query, "q"),
                                .role = role_said(&c->query),
                                .by_disabled = given_has(&c->query, "disabled"),
                                .disabled = given_bool(&c->query, "disabled", false)};
    if (list_wants_total(c))
        st = account_total(c->db, &filter, &list.total);
    list.items = json_new_array();
    if (st == ST_OK)
        st = account_search(c->db, &filter, &page);
    while (st == ST_OK && (st = account_search_next(c->db, &page, &row)) == ST_OK)
        json_push(list.items, row_json(&row));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

static enum status answer_row(struct call *c)
{
    struct account_row row;
    enum status st = account_row_load(c->db, c->id[0], &row);

    if (st == ST_OK) {
        etag_answer(c, row.account.epoch);
        answer_json(c, 200, row_json(&row));
    }
    return st;
}

/* GET /api/v1/admins/{id} */
enum status admin_get(struct call *c)
{
    enum status st = query_read(c, NULL, 0);

    return st == ST_OK ? answer_row(c) : st;
}

/* ---- inviting --------------------------------------------------------------------- */

struct invited {
    struct call *c;
    struct staff_spec spec;
    char token[INVITE_TOKEN + 1];
};

static enum status invite(struct db *db, void *arg)
{
    struct invited *i = arg;
    enum status st = who_hold(i->c);

    if (st != ST_OK)
        return st;
    return invite_make(db, i->c->now, &i->c->who.staff, &i->spec, i->token);
}

static enum status invite_answer(struct call *c, const struct invited *i)
{
    struct buf bot = {0}, link = {0};
    char until[STAMP_BYTES];
    struct json *o;
    enum status st = setting_text(c->db, "auth_bot_username", &bot);

    if (st == ST_OK) {
        buf_addf(&link, "https://t.me/%s?start=i_%s", bot.s != NULL ? bot.s : "",
                 i->token);
        stamp_print(c->now + INVITE_LIFE_HOURS * HOUR, until);
        o = json_new_object();
        json_set_text(o, "role", role_name(i->spec.role));
        json_set_text(o, "link", bot.len > 0 && !link.failed ? link.s : NULL);
        buf_clear(&link);
        buf_addf(&link, "/start i_%s", i->token);
        json_set_text(o, "command", link.s);
        json_set_text(o, "expires_at", until);
        answer_json(c, 201, o);
    }
    buf_free(&bot);
    buf_free(&link);
    return st;
}

static enum status not_yours(struct call *c)
{
    return problem(c, PROBLEM_FORBIDDEN, "%s",
                   tell(c,
                        "Этого человека или такую роль вам менять нельзя; последний "
                        "владелец остаётся.",
                        "This person or role is not yours to change; the last owner "
                        "stays."));
}

/* A manager needs a store, and whoever is bound to one an open one. */
static enum status store_check(struct call *c, const struct staff_spec *as)
{
    struct store store = {0};
    enum status st =
        as->store_id != 0 ? store_load(c->db, as->store_id, &store) : ST_NONE;

    if (st != ST_OK && st != ST_NONE)
        return st;
    if (as->store_id != 0 && !(st == ST_OK && store.open))
        call_fault(
            c, "/store_id", "not_one_of", "%s",
            tell(c, "такого открытого магазина нет", "there is no such open store"));
    else if (as->store_id == 0 && as->role == ROLE_MANAGER)
        call_fault(c, "/store_id", "required", "%s",
                   tell(c, "управляющему нужен магазин", "a manager needs a store"));
    return call_faults(c) > 0 ? problem(c, PROBLEM_VALIDATION_FAILED, NULL) : ST_OK;
}

/* POST /api/v1/admins */
enum status admin_invite(struct call *c)
{
    static const struct field fields[] = {
        {"role", FIELD_WORD, .required = true, .words = roles},
        {"store_id", FIELD_ID},
    };
    struct invited i = {.c = c};
    enum status st = body_read(c, fields, N(fields));

    if (st != ST_OK)
        return st;
    i.spec = (struct staff_spec){.channel = CHANNEL_MESSENGER,
                                 .role = role_said(&c->body),
                                 .store_id = given_int(&c->body, "store_id", 0)};
    st = store_check(c, &i.spec);
    if (st == ST_OK)
        st = db_tx(c->db, invite, &i);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return not_yours(c);
    return st == ST_OK ? invite_answer(c, &i) : st;
}

/* ---- changing --------------------------------------------------------------------- */

static enum status change_role(struct call *c)
{
    const struct team_act act = {.by = &c->who.staff, .who = c->id[0]};
    struct staff out;

    if (!given_has(&c->body, "role"))
        return ST_OK;
    return team_role(c->db, c->now, &act, role_said(&c->body), &out);
}

static enum status change_switch(struct call *c)
{
    const struct account_act act = {.by = &c->who.staff,
                                    .who = c->id[0],
                                    .disable = given_bool(&c->body, "disabled", false)};

    return given_has(&c->body, "disabled") ? account_switch(c->db, c->now, &act)
                                           : ST_OK;
}

/* ST_OK: there is such an admin, at the version that was seen. */
static enum status seen(struct call *c)
{
    struct account_row row;
    struct account a;
    enum status st = account_row_load(c->db, c->id[0], &row);

    if (st == ST_OK)
        st = account_lock(c->db, c->now, c->id[0], &a);
    return st == ST_OK ? etag_check(c, a.epoch, true) : st;
}

/* PATCH /api/v1/admins/{id} */
enum status admin_patch(struct call *c)
{
    static const struct field fields[] = {
        {"role", FIELD_WORD, .words = roles},
        {"disabled", FIELD_BOOL},
    };
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = seen(c);
    if (st == ST_OK)
        st = change_role(c);
    if (st == ST_OK)
        st = change_switch(c);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return not_yours(c);
    return st == ST_OK ? answer_row(c) : st;
}

/* DELETE /api/v1/admins/{id}: they work here no more, at all. */
enum status admin_delete(struct call *c)
{
    const struct team_act act = {.by = &c->who.staff, .who = c->id[0]};
    struct staff out;
    enum status st = seen(c);

    if (st == ST_OK)
        st = team_dismiss(c->db, c->now, &act, &out);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return not_yours(c);
    return st;
}

/* ---- the shop changes hands ------------------------------------------------------- */

static const char *const offer_states[OWNERSHIP_STATES] = {
    [OWNERSHIP_OPEN] = "open",         [OWNERSHIP_ACCEPTED] = "accepted",
    [OWNERSHIP_DECLINED] = "declined", [OWNERSHIP_WITHDRAWN] = "withdrawn",
    [OWNERSHIP_EXPIRED] = "expired",
};

static struct json *offer_person(int64_t id, const char *name)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", id);
    json_set_text(o, "name", name);
    return o;
}

static struct json *offer_json(const struct ownership *o)
{
    struct json *j = json_new_object();

    json_set_int(j, "id", o->id);
    json_set(j, "from", offer_person(o->from_id, o->from));
    json_set(j, "to", offer_person(o->to_id, o->to));
    json_set_text(j, "state", offer_states[o->state]);
    moment_set(j, "made_at", o->made_at);
    moment_set(j, "expires_at", o->expires_at);
    return j;
}

struct offering {
    struct call *c;
    struct ownership out;
};

static enum status offer(struct db *db, void *arg)
{
    struct offering *o = arg;
    struct call *c = o->c;
    enum status st = who_hold(c);

    if (st != ST_OK)
        return st;
    return ownership_offer(db, c->now, &c->who.staff, c->id[0], &o->out);
}

/* POST /api/v1/admins/{id}/ownership: it passes once they say yes in the staff's bot. */
enum status admin_ownership(struct call *c)
{
    static const struct field fields[] = {
        {"password", FIELD_TEXT, .min = 1, .max = 200},
    };
    struct offering o = {.c = c};
    struct account a;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK && c->who.staff.role != ROLE_OWNER)
        return not_yours(c);
    if (st == ST_OK)
        st = account_load(c->db, c->who.staff.id, &a);
    if (st == ST_OK)
        st = auth_prove(c, &a, given_text(&c->body, "password"));
    if (st == ST_OK)
        st = db_tx(c->db, offer, &o);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return not_yours(c);
    if (st == ST_TAKEN)
        return problem(c, PROBLEM_CONFLICT, "%s",
                       tell(c, "Магазин уже предложен другому. Сначала отзовите то.",
                            "The shop is offered to somebody already. Withdraw that"
                            " first."));
    if (st == ST_OK)
        answer_json(c, 202, offer_json(&o.out));
    return st;
}

/* GET /api/v1/admins/ownership: the offer that is open. */
enum status ownership_get(struct call *c)
{
    struct ownership o;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = ownership_current(c->db, c->now, &o);
    if (st == ST_OK)
        answer_json(c, 200, offer_json(&o));
    return st;
}

/* DELETE /api/v1/admins/ownership */
enum status ownership_delete(struct call *c)
{
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = ownership_withdraw(c->db, c->now, &c->who.staff);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return not_yours(c);
    return st;
}
