/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who is under way in an automation, what it came to, and who would enter. */
#include "api/automations.h"

#include "api/list.h"
#include "api/moment.h"
#include "api/users.h"
#include "core/automation/scan.h"

#define N(table) (sizeof(table) / sizeof *(table))

/* ---- runs ------------------------------------------------------------------------- */

static void why_set(struct json *o, enum run_why why)
{
    json_set_text(o, "why", why != RUN_WHY_NONE ? run_why_name(why) : NULL);
}

static struct json *run_json(const struct call *c, const struct run_row *r)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", r->id);
    json_set_int(o, "user_id", r->customer_id);
    json_set_text(o, "user_name", users_unmasked(c) ? r->name : NULL);
    json_set_text(o, "entered_for", r->key);
    json_set_text(o, "state", run_state_names[r->state - 1]);
    why_set(o, r->why);
    json_set_int(o, "plan_version", r->plan);
    json_set_int(o, "step", r->step);
    json_set_int(o, "tries", r->tries);
    moment_set(o, "wakes_at", r->state == RUN_WAITING ? r->wake_at : 0);
    moment_set(o, "entered_at", r->entered_at);
    moment_set(o, "ended_at", r->ended_at);
    return o;
}

/* Who left by a rule about personal data tells it: of any version, as each has people. */
static enum status personal_checked(struct call *c, const struct automation *a)
{
    struct automation_plan *p = NULL;
    bool personal = false;
    enum status st = ST_OK;

    for (int no = users_unmasked(c) ? 0 : a->plan; no > 0 && st == ST_OK && !personal;
         no--) {
        st = automation_plan_load(c->db, a->id, no, a->trigger, &p);
        personal = st == ST_OK && automation_plan_personal(p);
        automation_plan_free(p);
    }
    if (st != ST_OK || !personal)
        return st;
    return problem(c, PROBLEM_FORBIDDEN, "%s",
                   tell(c, "Шаги спрашивают о личных данных, а вам они закрыты.",
                        "Its steps ask for personal data, which you may not see."));
}

/* GET /api/v1/automations/{id}/runs */
enum status automation_runs_get(struct call *c)
{
    static const struct field params[] = {
        {"state", FIELD_WORDS, .words = run_state_names},
        LIST_FIELDS,
    };
    struct automation a;
    struct list list = {0};
    struct run_row run;
    struct page page;
    const struct value *said;
    unsigned states = 0;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, run_sorts, RUN_SORTS, &page);
    if (st == ST_OK)
        st = automation_load(c->db, c->id[0], &a);
    if (st == ST_OK)
        st = personal_checked(c, &a);
    if (st != ST_OK)
        return st;
    said = given_value(&c->query, "state");
    for (size_t i = 0; said->given && i < said->n; i++)
        states |= 1u << (said->ids[i] + 1);
    if (list_wants_total(c))
        st = run_total(c->db, a.id, states, &list.total);
    list.items = json_new_array();
    if (st == ST_OK)
        st = run_search(c->db, a.id, states, &page);
    while (st == ST_OK && (st = run_search_next(c->db, &page, &run)) == ST_OK)
        json_push(list.items, run_json(c, &run));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* ---- figures ---------------------------------------------------------------------- */

static struct json *messages_json(const struct run_sums *s)
{
    struct json *o = json_new_object();

    for (int i = 1; i < MESSAGE_STATES; i++)
        json_set_int(o, message_state_name((enum message_state)i), s->message[i]);
    json_set_int(o, "none", s->message[0]);
    return o;
}

static struct json *why_json(const struct run_sums *s)
{
    struct json *o = json_new_object();

    for (int i = 1; i < RUN_WHYS; i++)
        if (s->why[i] > 0)
            json_set_int(o, run_why_name((enum run_why)i), s->why[i]);
    return o;
}

/* GET /api/v1/automations/{id}/stats */
enum status automation_stats_get(struct call *c)
{
    struct automation a;
    struct run_sums s;
    struct json *o, *d;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = automation_load(c->db, c->id[0], &a);
    if (st == ST_OK)
        st = run_sums(c->db, a.id, &s);
    if (st != ST_OK)
        return st;
    o = json_new_object();
    json_set_int(o, "automation_id", a.id);
    json_set_int(o, "entered", s.entered);
    for (int i = 1; i < RUN_STATES; i++)
        json_set_int(o, run_state_names[i - 1], s.n[i]);
    json_set(o, "exited_why", why_json(&s));
    json_set(o, "messages", messages_json(&s));
    d = json_new_object();
    json_set_int(d, "issued", s.issued);
    json_set_int(d, "redeemed", s.redeemed);
    json_set_int(d, "revenue", s.revenue);
    json_set_int(d, "discount_amount", s.off);
    json_set(o, "discounts", d);
    answer_json(c, 200, o);
    return ST_OK;
}

/* ---- who would enter -------------------------------------------------------------- */

/* POST /api/v1/automations/{id}/preview */
enum status automation_preview_post(struct call *c)
{
    struct tz *tz = tz_open(c->cfg->timezone);
    struct calendar calendar = {0};
    struct automation a;
    struct json *o;
    int64_t n = 0;
    bool guess = false;
    enum status st = tz == NULL ? ST_BROKEN : body_read(c, NULL, 0);

    if (st == ST_OK)
        st = automation_load(c->db, c->id[0], &a);
    if (st == ST_OK)
        st = calendar_open(c->db, c->now, tz, &calendar);
    if (st == ST_OK)
        st = scan_preview(c->db, &calendar, a.trigger, a.number, &n, &guess);
    calendar_close(&calendar);
    tz_close(tz);
    if (st != ST_OK)
        return st;
    o = json_new_object();
    json_set_int(o, "automation_id", a.id);
    json_set_int(o, "days", 7);
    json_set_int(o, "count", n);
    json_set_text(o, "basis", guess ? "last_week" : "calendar");
    answer_json(c, 200, o);
    return ST_OK;
}
