/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A run goes on: whether it still may, and its next steps. */
#include "core/automation/run_private.h"

#include "core/base/crash.h"
#include "core/loyalty/tag.h"
#include "core/segment/audience.h"

/* A step that begins within this of when it was due counts from then: waits do not drift
 * by the minute that a look at the clock comes late. */
#define ON_TIME HOUR

/* ---- what it is ------------------------------------------------------------------- */

static enum status plan_of(struct run_turn *t, int no,
                           const struct automation_plan **out)
{
    struct automation_plan *p;
    enum status st;

    for (int i = 0; i < t->plans; i++)
        if (t->plan[i]->no == no) {
            *out = t->plan[i];
            return ST_OK;
        }
    st = automation_plan_load(t->db, t->automation.id, no, t->automation.trigger, &p);
    if (st != ST_OK)
        return st == ST_NONE ? ST_BROKEN : st;
    if (t->plans == RUN_PLANS)
        automation_plan_free(t->plan[--t->plans]);
    t->plan[t->plans++] = p;
    *out = p;
    return ST_OK;
}

void run_turn_close(struct run_turn *t)
{
    while (t->plans > 0)
        automation_plan_free(t->plan[--t->plans]);
}

static enum status person_read(struct going *g)
{
    enum status st = db_one(g->t->db,
                            "SELECT c.status, c.pd_ok, c.marketing_ok,"
                            " c.barred_at IS NOT NULL, c.last_purchase_at,"
                            " COALESCE(s.tz, '') FROM customer c"
                            " LEFT JOIN store s ON s.id = c.home_store_id"
                            " WHERE c.id = ?",
                            DB_INT(g->customer_id));

    if (st != ST_OK)
        return st == ST_NONE ? ST_BROKEN : st;
    g->status = db_int(g->t->db, 0);
    g->pd = db_int(g->t->db, 1) != 0;
    g->marketing = db_int(g->t->db, 2) != 0;
    g->barred = db_int(g->t->db, 3) != 0;
    g->last_purchase = db_time(g->t->db, 4);
    g->tz = calendar_zone(g->t->calendar, db_text(g->t->db, 5, NULL));
    return ST_OK;
}

/* ST_NONE: it is not its turn, or somebody else took it. */
static enum status open_run(struct going *g)
{
    struct db *db = g->t->db;
    int no;
    enum status st = db_one(db,
                            "SELECT automation_id, state, plan, step, customer_id,"
                            " subject, wake_at, due_at, entered_at"
                            " FROM automation_run WHERE id = ? FOR UPDATE",
                            DB_INT(g->id));

    if (st != ST_OK)
        return st;
    if (db_int(db, 0) != g->t->automation.id || db_int(db, 1) != RUN_WAITING ||
        db_time(db, 6) > g->now)
        return ST_NONE;
    no = (int)db_int(db, 2);
    g->step = (int)db_int(db, 3);
    g->customer_id = db_int(db, 4);
    g->subject = db_int(db, 5);
    g->wake_at = db_time(db, 6);
    g->due_at = db_time(db, 7);
    g->entered_at = db_time(db, 8);
    st = plan_of(g->t, no, &g->plan);
    return st == ST_OK ? person_read(g) : st;
}

/* ---- what becomes of it ----------------------------------------------------------- */

/* ST_NONE, so that whoever answers with it goes no further. */
static enum status end(struct going *g, enum run_state state, enum run_why why)
{
    enum status st = db_exec(
        g->t->db, NULL,
        "UPDATE automation_run SET state = ?, why = ?, step = ?, ended_at = ?"
        " WHERE id = ?",
        DB_INT(state), DB_INT(why), DB_INT(g->step), DB_TIME(g->now), DB_INT(g->id));

    return st == ST_OK ? ST_NONE : st;
}

enum status run_leave(struct going *g, enum run_why why)
{
    return end(g, RUN_EXITED, why);
}

/* The step stays, and is looked at again then. */
enum status run_wait(struct going *g, int64_t at)
{
    enum status st =
        db_exec(g->t->db, NULL,
                "UPDATE automation_run SET step = ?, wake_at = ?,"
                " due_at = ? WHERE id = ?",
                DB_INT(g->step), DB_TIME(at), DB_TIME(g->due_at), DB_INT(g->id));

    return st == ST_OK ? ST_NONE : st;
}

/* ---- may it go on? ---------------------------------------------------------------- */

/* Is what it is about still so? */
static enum status subject_stands(struct going *g, bool *stands)
{
    struct discount d;
    enum status st = ST_OK;

    *stands = true;
    if (g->t->automation.trigger == TRIGGER_DISCOUNT_EXPIRING) {
        st = discount_load(g->t->db, g->subject, &d);
        *stands = st == ST_OK && discount_state(&d, g->now) == DISCOUNT_ACTIVE;
    } else if (g->t->automation.trigger == TRIGGER_AFTER_VISIT) {
        st = db_one(g->t->db,
                    "SELECT 1 FROM redemption WHERE id = ? AND voided_at IS NULL",
                    DB_INT(g->subject));
        *stands = st == ST_OK;
    }
    return st == ST_NONE ? ST_OK : st;
}

/* Those nobody can switch off come first. */
static enum run_why plain_why(const struct going *g, bool stands)
{
    const struct trigger_policy *policy = trigger_policy(g->t->automation.trigger);
    /* Nobody hears that they were missed when they were here yesterday. */
    bool ends =
        (g->plan->goals & GOAL_BOUGHT) || g->t->automation.trigger == TRIGGER_NO_VISIT;
    const struct {
        bool so;
        enum run_why why;
    } all[] = {
        {g->status == 3, RUN_WHY_ERASED},
        {!g->pd || !g->marketing, RUN_WHY_OPTED_OUT},
        {g->status != 1, RUN_WHY_BLOCKED},
        {g->barred, RUN_WHY_BARRED},
        {!stands, RUN_WHY_GONE},
        {ends && g->last_purchase > g->entered_at, RUN_WHY_BOUGHT},
        {g->now - g->wake_at > policy->stale, RUN_WHY_LATE},
        {g->plan->exit_broken, RUN_WHY_BROKEN},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].so)
            return all[i].why;
    return RUN_WHY_NONE;
}

/* ST_OK: it may. ST_NONE: it has left. */
static enum status may_go(struct going *g)
{
    enum run_why why;
    bool stands;
    enum status st = subject_stands(g, &stands);

    if (st != ST_OK)
        return st;
    why = plain_why(g, stands);
    if (why != RUN_WHY_NONE)
        return run_leave(g, why);
    if (g->plan->exit == NULL)
        return ST_OK;
    st = audience_has(g->t->db, g->plan->exit, &g->t->calendar->moment, g->customer_id);
    if (st == ST_OK)
        return run_leave(g, RUN_WHY_RULE);
    return st == ST_NONE ? ST_OK : st;
}

/* ---- the steps -------------------------------------------------------------------- */

/* ST_OK: on to the next one. ST_NONE: it waits, or is over. */

static enum status wait_step(struct going *g, const struct plan_step *s)
{
    struct moment m = g->t->calendar->moment;

    m.now = g->now - g->due_at <= ON_TIME ? g->due_at : g->now;
    g->due_at = moment_shift(&m, &s->span, true);
    g->step++;
    if (g->due_at > g->now)
        return run_wait(g, g->due_at);
    g->step--; /* whoever called moves on */
    return ST_OK;
}

static enum status exit_step(struct going *g, const struct plan_step *s)
{
    enum status st =
        audience_has(g->t->db, s->rule, &g->t->calendar->moment, g->customer_id);

    if (st == ST_OK)
        return run_leave(g, RUN_WHY_RULE);
    return st == ST_NONE ? ST_OK : st;
}

/* A tag that is gone, or has no room, is no reason not to go on. */
static enum status tag_step(struct going *g, const struct plan_step *s)
{
    struct tag_act act = {.customer_id = g->customer_id};
    struct tag tag;
    enum status st = tag_find(g->t->db, s->tag, &tag);

    if (st == ST_OK) {
        act.tag_id = tag.id;
        st = s->kind == STEP_ADD_TAG ? tag_give(g->t->db, g->now, &act)
                                     : tag_take(g->t->db, g->now, &act);
    }
    return st == ST_NONE || st == ST_REFUSED ? ST_OK : st;
}

static enum status (*const steps[STEP_KINDS])(struct going *g,
                                              const struct plan_step *s) = {
    [STEP_WAIT] = wait_step,
    [STEP_EXIT_IF] = exit_step,
    [STEP_ADD_TAG] = tag_step,
    [STEP_REMOVE_TAG] = tag_step,
};

/* Steps up to one that says something: *says. */
static enum status walk(struct going *g, bool *says)
{
    enum status st = ST_OK;

    for (*says = false; st == ST_OK && g->step < g->plan->n; g->step++) {
        const struct plan_step *s = &g->plan->step[g->step];

        if (s->broken && s->kind != STEP_ADD_TAG && s->kind != STEP_REMOVE_TAG)
            return run_leave(g, RUN_WHY_BROKEN);
        if (s->kind != STEP_SEND) {
            st = steps[s->kind](g, s);
            continue;
        }
        st = run_word_may(g, says);
        if (st == ST_OK && *says)
            return ST_OK;
    }
    return st == ST_OK ? end(g, RUN_DONE, RUN_WHY_NONE) : st;
}

enum status run_go(struct run_turn *t, int64_t run_id, struct run_word *out)
{
    struct going g = {.t = t, .now = t->calendar->moment.now, .id = run_id};
    bool says = false;
    enum status st = open_run(&g);

    *out = (struct run_word){0};
    if (st == ST_OK)
        st = may_go(&g);
    if (st == ST_OK)
        st = walk(&g, &says);
    if (st != ST_OK)
        return st;
    *out = (struct run_word){.run_id = run_id,
                             .customer_id = g.customer_id,
                             .step = g.step,
                             .content = g.plan->step[g.step].content};
    return run_discount(&g, &g.plan->step[g.step], out);
}

enum status run_said(struct run_turn *t, const struct run_word *w, int64_t message_id,
                     enum run_why why)
{
    int64_t now = t->calendar->moment.now;
    int64_t offer = w->of_offer ? w->discount.id : 0;
    enum status st =
        db_exec(t->db, NULL,
                "INSERT INTO automation_word (run_id, step,"
                " automation_id, message_id, discount_id, why, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                DB_INT(w->run_id), DB_INT(w->step), DB_INT(t->automation.id),
                DB_INT_OR_NULL(message_id != 0, message_id),
                DB_INT_OR_NULL(offer != 0, offer), DB_INT(why), DB_TIME(now));

    crash_point("automation.said");
    if (st == ST_OK)
        st =
            db_exec(t->db, NULL,
                    "UPDATE automation_run SET step = ?, tries = 0, wake_at = ?,"
                    " due_at = ? WHERE id = ?",
                    DB_INT(w->step + 1), DB_TIME(now), DB_TIME(now), DB_INT(w->run_id));
    crash_point("automation.moved");
    return st;
}
