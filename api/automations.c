/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Automations listed and shown. */
#include "api/automations.h"

#include "api/etag.h"
#include "api/list.h"
#include "api/moment.h"
#include "core/automation/automation.h"

#define N(table) (sizeof(table) / sizeof *(table))

static const char *unit_word(enum trigger_unit unit)
{
    return unit == UNIT_OF_DAYS ? "days" : unit == UNIT_OF_HOURS ? "hours" : NULL;
}

static struct json *automation_json(const struct automation *a)
{
    const struct trigger_policy *policy = trigger_policy(a->trigger);
    struct json *o = json_new_object(), *trigger = json_new_object();

    json_set_int(o, "id", a->id);
    json_set_text(o, "name", a->name);
    json_set_text(o, "state", automation_state_names[a->state - 1]);
    json_set_text(trigger, "kind", policy->name);
    if (policy->unit != UNIT_NOTHING)
        json_set_int(trigger, unit_word(policy->unit), a->number);
    json_set(o, "trigger", trigger);
    json_set_int(o, "plan_version", a->plan);
    moment_set(o, "active_since", a->since);
    if (a->made_by != 0)
        json_set_int(o, "made_by", a->made_by);
    else
        json_set_text(o, "made_by", NULL);
    moment_set(o, "created_at", a->created_at);
    moment_set(o, "updated_at", a->updated_at);
    json_set_int(o, "version", a->version);
    return o;
}

/* GET /api/v1/automations */
enum status automations_get(struct call *c)
{
    static const struct field params[] = {
        {"q", FIELD_TEXT, .min = 1, .max = AUTOMATION_NAME_MAX},
        {"state", FIELD_WORDS, .words = automation_state_names},
        {"trigger", FIELD_WORD, .words = trigger_names},
        LIST_FIELDS,
    };
    struct automation_filter filter;
    struct list list = {0};
    struct automation a;
    struct page page;
    const struct value *states;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, automation_sorts, AUTOMATION_SORTS, &page);
    if (st != ST_OK)
        return st;
    filter = (struct automation_filter){
        .q = given_text(&c->query, "q"),
        .trigger = (enum trigger)(given_int(&c->query, "trigger", -1) + 1)};
    states = given_value(&c->query, "state");
    for (size_t i = 0; states->given && i < states->n; i++)
        filter.states |= 1u << (states->ids[i] + 1);
    if (list_wants_total(c))
        st = automation_total(c->db, &filter, &list.total);
    list.items = json_new_array();
    if (st == ST_OK)
        st = automation_search(c->db, &filter, &page);
    while (st == ST_OK && (st = automation_search_next(c->db, &page, &a)) == ST_OK)
        json_push(list.items, automation_json(&a));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

enum status automation_answer(struct call *c, int status, int64_t id)
{
    struct automation a;
    struct json *o, *plan = NULL;
    enum status st = automation_load(c->db, id, &a);

    if (st == ST_OK)
        st = automation_plan_kept(c->db, id, a.plan, &plan);
    if (st != ST_OK)
        return st;
    o = automation_json(&a);
    json_set(o, "plan", plan);
    etag_answer(c, a.version);
    answer_json(c, status, o);
    return ST_OK;
}

/* GET /api/v1/automations/{id} */
enum status automation_get(struct call *c)
{
    enum status st = query_read(c, NULL, 0);

    return st == ST_OK ? automation_answer(c, 200, c->id[0]) : st;
}
