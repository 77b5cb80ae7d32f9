/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/broadcasts_restored.h"

#include "api/moment.h"
#include "core/broadcast/standstill.h"

#define N(table) (sizeof(table) / sizeof *(table))

/* GET /api/v1/broadcasts/confirm-restored */
enum status broadcasts_restored_get(struct call *c)
{
    struct restored r;
    struct json *o;
    bool held = false;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = restored_load(c->db, &r);
    if (st == ST_OK)
        st = restored_held(c->db, &held);
    if (st != ST_OK)
        return st;
    o = json_new_object();
    json_set_bool(o, "held", held);
    json_set_text(o, "why",
                  !held            ? NULL
                  : r.held_at != 0 ? restored_why_name(r.why)
                                   : "unknown");
    moment_set(o, "held_at", r.held_at);
    moment_set(o, "confirmed_at", r.confirmed_at);
    answer_json(c, 200, o);
    return ST_OK;
}

/* POST /api/v1/broadcasts/confirm-restored */
enum status broadcasts_restored_post(struct call *c)
{
    static const char *const words[] = {"go_on", "cancel", NULL};
    static const struct field fields[] = {
        {"broadcasts", FIELD_WORD, .words = words},
    };
    struct standstill_confirm confirm = {.staff_id = c->who.staff.id};
    struct json *o;
    int n = 0;
    enum status st = body_read(c, fields, N(fields));

    if (st != ST_OK)
        return st;
    confirm.cancel = given_int(&c->body, "broadcasts", 0) == 1;
    st = standstill_confirm(c->db, c->now, &confirm, &n);
    if (st != ST_OK && st != ST_NONE)
        return st;
    o = json_new_object();
    json_set_bool(o, "was_held", st == ST_OK);
    json_set_int(o, "broadcasts", n);
    answer_json(c, 200, o);
    return ST_OK;
}
