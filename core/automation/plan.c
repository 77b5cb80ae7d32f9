/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/automation/plan.h"

#include "core/loyalty/tag.h"

#include <stdlib.h>

static const char *const kind_names[STEP_KINDS] = {
    [STEP_SEND] = "send",
    [STEP_WAIT] = "wait",
    [STEP_EXIT_IF] = "exit_if",
    [STEP_ADD_TAG] = "add_tag",
    [STEP_REMOVE_TAG] = "remove_tag",
};

const char *step_kind_name(enum step_kind k)
{
    return (unsigned)k < STEP_KINDS ? kind_names[k] : "";
}

void automation_plan_free(struct automation_plan *p)
{
    if (p == NULL)
        return;
    for (int i = 0; i < p->n; i++) {
        content_free(p->step[i].content);
        rule_free(p->step[i].rule);
    }
    rule_free(p->exit);
    free(p);
}

bool automation_plan_personal(const struct automation_plan *p)
{
    bool personal = p->exit != NULL && rule_personal(p->exit);

    for (int i = 0; i < p->n; i++)
        personal |= p->step[i].rule != NULL && rule_personal(p->step[i].rule);
    return personal;
}

/* ---- as JSON ---------------------------------------------------------------------- */

static struct json *rule_json(const struct rule *r)
{
    struct buf text = {0};
    struct json *o;

    rule_canonical(r, &text);
    o = text.failed ? NULL : json_parse(text.s, text.len);
    buf_free(&text);
    return o;
}

static void set_unless_0(struct json *o, const char *name, int64_t v)
{
    if (v != 0)
        json_set_int(o, name, v);
}

static struct json *offer_json(const struct broadcast_offer *f)
{
    struct json *o = json_new_object();

    json_set_int(o, "percent_bp", f->percent_bp);
    json_set_int(o, "days", f->days);
    set_unless_0(o, "uses", f->uses);
    set_unless_0(o, "min_purchase", f->min_purchase);
    set_unless_0(o, "max_amount", f->max_amount);
    set_unless_0(o, "store_id", f->store_id);
    return o;
}

static struct json *step_json(const struct plan_step *s)
{
    struct json *o = json_new_object();
    char span[SPAN_BYTES];

    json_set_text(o, "do", step_kind_name(s->kind));
    if (s->kind == STEP_SEND)
        json_set(o, "content", content_json(s->content));
    if (s->kind == STEP_SEND && s->offer.percent_bp != 0)
        json_set(o, "offer", offer_json(&s->offer));
    if (s->kind == STEP_WAIT) {
        span_print(&s->span, span);
        json_set_text(o, "span", span);
    }
    if (s->kind == STEP_EXIT_IF)
        json_set(o, "rule", rule_json(s->rule));
    if (s->tag[0] != '\0')
        json_set_text(o, "tag", s->tag);
    return o;
}

struct json *automation_plan_json(const struct automation_plan *p)
{
    struct json *o = json_new_object(), *steps = json_new_array(), *goals;

    for (int i = 0; i < p->n; i++)
        json_push(steps, step_json(&p->step[i]));
    json_set(o, "steps", steps);
    if (p->exit != NULL)
        json_set(o, "exit", rule_json(p->exit));
    if (p->goals & GOAL_BOUGHT) {
        goals = json_new_array();
        json_push_text(goals, "bought");
        json_set(o, "goals", goals);
    }
    return o;
}

/* ---- kept ------------------------------------------------------------------------- */

enum status automation_plan_kept(struct db *db, int64_t automation_id, int no,
                                 struct json **out)
{
    enum status st = db_one(
        db, "SELECT body FROM automation_plan WHERE automation_id = ? AND no = ?",
        DB_INT(automation_id), DB_INT(no));
    const char *s;
    size_t n;

    *out = NULL;
    if (st != ST_OK)
        return st;
    s = db_text(db, 0, &n);
    *out = json_parse(s, n);
    return *out != NULL ? ST_OK : ST_BROKEN;
}

enum status automation_plan_load(struct db *db, int64_t automation_id, int no,
                                 enum trigger trigger, struct automation_plan **out)
{
    struct plan_source from = {.trigger = trigger, .personal = true, .kept = true};
    struct content_faults faults = {0};
    struct json *json;
    enum status st = automation_plan_kept(db, automation_id, no, &json);

    *out = NULL;
    if (st != ST_OK)
        return st;
    from.json = json;
    st = automation_plan_read(db, &from, out, &faults);
    json_free(json);
    if (st == ST_OK)
        (*out)->no = no;
    return st == ST_REFUSED ? ST_BROKEN : st;
}

enum status automation_plan_tags_make(struct db *db, int64_t now,
                                      const struct automation_plan *p, int64_t staff_id)
{
    enum status st = ST_OK;
    struct tag tag;
    bool fresh;

    for (int i = 0; i < p->n && st == ST_OK; i++)
        if (p->step[i].kind == STEP_ADD_TAG)
            st = tag_make(db, now, p->step[i].tag, staff_id, &tag, &fresh);
    return st;
}
