/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the shop says by itself (core/automation/run.h): who enters, who goes on, and the
 * words of their steps as messages. */
#include "core/automation/fact.h"
#include "core/automation/scan.h"
#include "core/base/log.h"
#include "core/broadcast/restored.h"
#include "worker/automation_word.h"
#include "worker/steps.h"

#define END_SLICE 1000

/* ---- what all of them need -------------------------------------------------------- */

struct work {
    struct step *s;
    struct shop shop;
    struct calendar calendar;
    struct run_turn turn;
    struct spoken spoken;
};

/* ST_NONE: a copy of the database stands still, or there is no such automation. */
static enum status work_open(struct work *w, struct step *s)
{
    bool held = false;
    enum status st = restored_held(s->db, &held);

    w->s = s;
    if (st == ST_OK && held)
        return ST_NONE;
    if (st == ST_OK)
        st = shop_load(s, &w->shop);
    if (st == ST_OK)
        st = calendar_open(s->db, s->now, w->shop.tz, &w->calendar);
    if (st == ST_OK)
        st = automation_hold(s->db, json_int_or(s->job->args, "a", 0),
                             &w->turn.automation);
    w->turn.db = s->db;
    w->turn.calendar = &w->calendar;
    return st;
}

static void work_close(struct work *w)
{
    run_turn_close(&w->turn);
    calendar_close(&w->calendar);
    spoken_free(&w->spoken);
}

/* ---- entering --------------------------------------------------------------------- */

enum status automation_entered_step(struct step *s)
{
    const struct run_fact fact = {
        .trigger = (enum trigger)json_int_or(s->job->args, "on", 0),
        .customer_id = json_int_or(s->job->args, "c", 0),
        .subject = json_int_or(s->job->args, "s", 0),
        .at = json_int_or(s->job->args, "at", 0),
    };
    int n = 0;

    return run_enter_fact(s->db, s->now, &fact, &n);
}

static enum status scan(struct work *w)
{
    struct step *s = w->s;
    struct scan_place place = {
        .day = (int32_t)json_int_or(s->job->args, "day", 0),
        .part = (int)json_int_or(s->job->args, "part", 0),
        .at = json_int_or(s->job->args, "at", 0),
        .after = json_int_or(s->job->args, "after", 0),
    };
    int n = 0;
    enum status st = scan_page(s->db, &w->calendar, &w->turn.automation, &place, &n);

    return st == ST_OK ? scan_put(s->db, s->now, w->turn.automation.id, &place) : st;
}

enum status automation_scan_step(struct step *s)
{
    struct work w = {0};
    enum status st;

    if (json_int_or(s->job->args, "a", 0) == 0)
        return scan_put_all(s->db, s->now);
    st = work_open(&w, s);
    if (st == ST_OK)
        st = scan(&w);
    work_close(&w);
    return st;
}

/* ---- going on --------------------------------------------------------------------- */

struct one {
    struct work *w;
    int64_t run_id;
};

/* What nobody can be told of is not given either. */
static enum status unsaid(struct step *s, struct run_word *word)
{
    enum status st = ST_NONE;

    if (word->of_offer && word->discount.id != 0)
        st = discount_revoke(s->db, s->now, word->discount.id, 0);
    word->of_offer = false;
    return st == ST_NONE ? ST_OK : st;
}

/* Its steps, each message put before the next one is looked at. */
static enum status go(struct db *db, void *arg)
{
    struct one *o = arg;
    struct run_word word;
    enum status st;

    (void)db;
    while ((st = run_go(&o->w->turn, o->run_id, &word)) == ST_OK) {
        int64_t message = 0;
        enum run_why why = RUN_WHY_NONE;

        st =
            spoken_put(o->w->s, &o->w->spoken, &o->w->turn.automation, &word, &message);
        if (st == ST_REFUSED) {
            why = RUN_WHY_BROKEN;
            st = unsaid(o->w->s, &word);
        }
        if (st == ST_OK)
            st = run_said(&o->w->turn, &word, message, why);
        if (st != ST_OK)
            break;
    }
    return st == ST_NONE ? ST_OK : st;
}

/* One that fails is undone alone, and keeps nobody else up. */
static enum status go_alone(struct work *w, int64_t run_id)
{
    struct one o = {w, run_id};
    struct step *s = w->s;
    enum status st = db_tx(s->db, go, &o);

    if (st == ST_OK || db_tx_lost(s->db))
        return st;
    if (st == ST_AGAIN || st == ST_DOWN || st == ST_UNSURE)
        return st;
    log_warn("a run of an automation stumbled", LOG_INT("run", run_id),
             LOG_TEXT("status", status_name(st)));
    return run_stumbled(s->db, s->now, run_id);
}

static enum status page(struct work *w)
{
    int64_t id[RUN_PAGE];
    struct step *s = w->s;
    int64_t a = w->turn.automation.id;
    int n = 0;
    enum status st = run_due(s->db, s->now, a, id, &n);

    for (int i = 0; i < n && st == ST_OK; i++)
        st = step_should_stop(s) ? ST_REFUSED : go_alone(w, id[i]);
    return st == ST_OK && n == RUN_PAGE ? automation_wake_put(s->db, s->now, a) : st;
}

static enum status end_page(struct work *w)
{
    struct step *s = w->s;
    int64_t a = w->turn.automation.id;
    int n = 0;
    enum status st = run_end_all(s->db, s->now, a, END_SLICE, &n);

    return st == ST_OK && n == END_SLICE ? automation_wake_put(s->db, s->now, a) : st;
}

enum status automation_wake_step(struct step *s)
{
    struct work w = {0};
    enum status st;

    if (json_int_or(s->job->args, "a", 0) == 0)
        return run_wake_all(s->db, s->now);
    st = work_open(&w, s);
    if (st == ST_OK && w.turn.automation.state == AUTOMATION_ACTIVE)
        st = page(&w);
    else if (st == ST_OK && w.turn.automation.state == AUTOMATION_ARCHIVED)
        st = end_page(&w);
    work_close(&w);
    return st;
}
