/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Automations made, changed, switched on and off. */
#include "api/automations.h"

#include "api/content.h"
#include "api/etag.h"
#include "api/users.h"
#include "core/automation/automation.h"

#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

static const struct field trigger_fields[] = {
    {"kind", FIELD_WORD, .required = true, .words = trigger_names},
    {"days", FIELD_INT, .min = 0, .max = 1000},
    {"hours", FIELD_INT, .min = 0, .max = 1000},
};

/* ---- what was said ---------------------------------------------------------------- */

static void wrong(struct call *c, const char *pointer, const char *code,
                  const struct words *w)
{
    call_fault(c, pointer, code, "%s", tell(c, w->ru, w->en));
}

/* Each kind has a number of its own unit, or none. */
static void trigger_read(struct call *c, struct automation_draft *d)
{
    static const struct words needed = {"сколько?", "how many?"},
                              none = {"у этого события такого числа нет",
                                      "this trigger has no such number"},
                              range = {"столько нельзя", "that many is not possible"};
    const struct given *o = given_value(&c->body, "trigger")->object;
    const struct trigger_policy *policy;
    const char *ours, *other;

    if (o == NULL)
        return;
    d->trigger = (enum trigger)(given_int(o, "kind", 0) + 1);
    policy = trigger_policy(d->trigger);
    ours = policy->unit == UNIT_OF_HOURS ? "hours" : "days";
    other = policy->unit == UNIT_OF_HOURS ? "days" : "hours";
    d->number = (int)given_int(o, ours, 0);
    if (given_has(o, other) || (policy->unit == UNIT_NOTHING && given_has(o, ours)))
        wrong(c, "/trigger", "unknown", &none);
    else if (policy->unit != UNIT_NOTHING && !given_has(o, ours))
        wrong(c, "/trigger", "required", &needed);
    else if (!trigger_fits(d->trigger, d->number))
        wrong(c, "/trigger", "range", &range);
}

/* Yours; NULL: it was not said, or a fault was. */
static enum status plan_said(struct call *c, enum trigger trigger,
                             struct automation_plan **out)
{
    struct content_faults faults = {0};
    const struct plan_source from = {.json = given_value(&c->body, "plan")->json,
                                     .trigger = trigger,
                                     .personal = users_unmasked(c)};
    enum status st;

    *out = NULL;
    if (from.json == NULL)
        return ST_OK;
    st = automation_plan_read(c->db, &from, out, &faults);
    if (st == ST_REFUSED)
        content_faults_say(c, "/plan", &faults);
    return st == ST_REFUSED ? ST_OK : st;
}

static enum status faults_told(struct call *c)
{
    return call_faults(c) > 0 ? problem(c, PROBLEM_VALIDATION_FAILED, NULL) : ST_OK;
}

static enum status refused(struct call *c, enum status st, const char *why)
{
    static const struct words name = {"такого названия не бывает", "that is no name"};

    if (st == ST_BAD && strcmp(why, "name") == 0) {
        wrong(c, "/name", "format", &name);
        return faults_told(c);
    }
    if (st != ST_TAKEN)
        return st;
    return problem(c, PROBLEM_CONFLICT, "%s",
                   tell(c, "Так нельзя с автоматизацией в этом состоянии.",
                        "Not with an automation in the state it is in."));
}

/* ---- made and changed ------------------------------------------------------------- */

/* POST /api/v1/automations */
enum status automation_post(struct call *c)
{
    static const struct field body[] = {
        {"name", FIELD_TEXT, .required = true, .min = 1, .max = AUTOMATION_NAME_MAX},
        {"trigger", FIELD_OBJECT, .required = true, .fields = trigger_fields,
         .n = N(trigger_fields)},
        {"plan", FIELD_JSON, .required = true},
    };
    struct automation_draft d = {.staff_id = c->who.staff.id};
    const char *why = "";
    struct automation_plan *plan = NULL;
    char location[60];
    int64_t id = 0;
    enum status st = body_read(c, body, N(body));

    if (st != ST_OK)
        return st;
    trigger_read(c, &d);
    st = plan_said(c, d.trigger, &plan);
    if (st == ST_OK)
        st = faults_told(c);
    d.name = given_text(&c->body, "name");
    d.plan = plan;
    if (st == ST_OK)
        st = refused(c, automation_add(c->db, c->now, &d, &why, &id), why);
    automation_plan_free(plan);
    if (st != ST_OK)
        return st;
    snprintf(location, sizeof location, "/api/v1/automations/%lld", (long long)id);
    answer_header(c, "Location", location);
    return automation_answer(c, 201, id);
}

/* Which version they saw. The row is not held: who changes it is told that version, and
 * finds out whether it still is the one. */
static enum status seen(struct call *c, bool needed, struct automation *out)
{
    enum status st = automation_load(c->db, c->id[0], out);

    return st == ST_OK ? etag_check(c, out->version, needed) : st;
}

/* The plan speaks of the trigger's discount: with another trigger it is read anew. */
static enum status change(struct call *c, const struct automation *was)
{
    struct automation_draft d = {.name = given_text(&c->body, "name"),
                                 .staff_id = c->who.staff.id};
    const char *why = "";
    struct automation_plan *plan = NULL;
    enum status st;

    trigger_read(c, &d);
    st = plan_said(c, d.trigger != 0 ? d.trigger : was->trigger, &plan);
    if (st == ST_OK && d.trigger != 0 && d.trigger != was->trigger &&
        given_value(&c->body, "plan")->json == NULL) {
        static const struct words needed = {"с новым событием нужны и шаги",
                                            "another trigger needs its steps, too"};

        wrong(c, "/plan", "required", &needed);
    }
    if (st == ST_OK)
        st = faults_told(c);
    d.plan = plan;
    if (st == ST_OK && (d.name != NULL || d.trigger != 0 || d.plan != NULL))
        st = refused(
            c, automation_change(c->db, c->now, was->id, was->version, &d, &why), why);
    automation_plan_free(plan);
    return st;
}

/* PATCH /api/v1/automations/{id} */
enum status automation_patch(struct call *c)
{
    static const struct field body[] = {
        {"name", FIELD_TEXT, .min = 1, .max = AUTOMATION_NAME_MAX},
        {"trigger", FIELD_OBJECT, .fields = trigger_fields, .n = N(trigger_fields)},
        {"plan", FIELD_JSON},
    };
    struct automation was;
    enum status st = body_read(c, body, N(body));

    if (st == ST_OK)
        st = seen(c, true, &was);
    if (st == ST_OK)
        st = change(c, &was);
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        st = problem(c, PROBLEM_VERSION_MISMATCH, NULL);
    return st == ST_OK ? automation_answer(c, 200, c->id[0]) : st;
}

/* DELETE /api/v1/automations/{id} */
enum status automation_delete(struct call *c)
{
    struct automation was;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = seen(c, false, &was);
    if (st == ST_OK)
        st = refused(
            c, automation_remove(c->db, c->now, c->id[0], was.version, c->who.staff.id),
            "");
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        st = problem(c, PROBLEM_VERSION_MISMATCH, NULL);
    return st;
}

/* ---- moved ------------------------------------------------------------------------ */

typedef enum status move_fn(struct db *db, int64_t now,
                            const struct automation_act *act);

static enum status move(struct call *c, move_fn *fn)
{
    struct automation was;
    struct automation_act act = {.id = c->id[0], .staff_id = c->who.staff.id};
    enum status st = body_read(c, NULL, 0);

    if (st == ST_OK)
        st = seen(c, false, &was);
    if (st == ST_OK) {
        act.version = c->said.if_match != NULL ? was.version : 0;
        st = refused(c, fn(c->db, c->now, &act), "");
    }
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        st = problem(c, PROBLEM_VERSION_MISMATCH, NULL);
    return st == ST_OK ? automation_answer(c, 200, c->id[0]) : st;
}

/* POST /api/v1/automations/{id}/activate */
enum status automation_activate_post(struct call *c)
{
    return move(c, automation_activate);
}

/* POST /api/v1/automations/{id}/pause */
enum status automation_pause_post(struct call *c)
{
    return move(c, automation_pause);
}

/* POST /api/v1/automations/{id}/archive */
enum status automation_archive_post(struct call *c)
{
    return move(c, automation_archive);
}
