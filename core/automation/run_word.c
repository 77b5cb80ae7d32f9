/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A step that says something: may it now, and with which discount. */
#include "core/automation/run_private.h"

#include "core/loyalty/birthday.h"
#include "core/loyalty/discount_act.h"
#include "core/loyalty/follow.h"
#include "core/quiet.h"

#include <stdio.h>
#include <string.h>

/* ---- the discount a message speaks of --------------------------------------------- */

static enum status offer_issue(struct going *g, const struct broadcast_offer *f,
                               struct discount *out)
{
    char key[80];
    const struct moment *m = &g->t->calendar->moment;
    struct discount_spec spec = {
        .customer_id = g->customer_id,
        .source = SOURCE_CAMPAIGN,
        .issue_key = key,
        .percent_bp = f->percent_bp,
        .valid_from = g->now,
        .valid_until = tz_instant(m->tz, m->today + f->days + 1, 0, 0),
        .uses = f->uses,
        .store_id = f->store_id,
        .min_purchase = f->min_purchase,
        .max_amount = f->max_amount,
    };
    enum status st;

    snprintf(key, sizeof key, "au:%lld:%lld:%d", (long long)g->t->automation.id,
             (long long)g->id, g->step);
    st = discount_issue(g->t->db, g->now, &spec, out);
    return st == ST_TAKEN ? ST_OK : st;
}

/* This year's gift, given now if its time has come and nobody did it yet: the message of
 * the birthday must not come before its gift. */
static enum status gift_find(struct going *g, struct discount *out)
{
    const struct moment *m = &g->t->calendar->moment;
    struct birthday_round round = {.tz = m->tz, .today = m->today};
    struct birthday_due due = {.customer_id = g->customer_id};
    struct customer c;
    int64_t entered;
    enum status st = customer_load(g->t->db, g->customer_id, &c);

    if (st != ST_OK)
        return st;
    birthday_rules_of(&g->t->calendar->set, &round.rules);
    entered = c.birth_changed_at != 0 ? c.birth_changed_at : c.birth_set_at;
    if (!round.rules.on || !c.has_birth ||
        !birthday_window(c.birth, m->today, &round.rules, &due.celebration) ||
        !birthday_in_time(tz_local(m->tz, entered).day, &due.celebration, &round.rules))
        return ST_OK;
    st = birthday_gift(g->t->db, g->now, &round, &due, out);
    if (st == ST_REFUSED)
        *out = (struct discount){0};
    return st == ST_TAKEN || st == ST_REFUSED ? ST_OK : st;
}

enum status run_discount(struct going *g, const struct plan_step *s,
                         struct run_word *out)
{
    enum trigger t = g->t->automation.trigger;
    enum status st = ST_OK;

    out->of_offer = s->offer.percent_bp != 0;
    if (out->of_offer)
        st = offer_issue(g, &s->offer, &out->discount);
    else if (t == TRIGGER_BIRTHDAY || t == TRIGGER_BIRTHDAY_BEFORE)
        st = gift_find(g, &out->discount);
    else if (t == TRIGGER_DISCOUNT_EXPIRING)
        st = discount_load(g->t->db, g->subject, &out->discount);
    if (st == ST_OK && out->discount.id != 0 &&
        discount_state(&out->discount, g->now) != DISCOUNT_ACTIVE)
        out->discount = (struct discount){0};
    return st;
}

/* The one that ends is good for nothing while they are away from the channel. */
static enum status code_waits(struct going *g, bool *waits)
{
    struct discount d;
    struct customer c;
    enum status st;

    *waits = false;
    if (g->t->automation.trigger != TRIGGER_DISCOUNT_EXPIRING)
        return ST_OK;
    st = discount_load(g->t->db, g->subject, &d);
    if (st == ST_OK)
        st = customer_load(g->t->db, g->customer_id, &c);
    if (st == ST_OK && d.source == SOURCE_SUBSCRIPTION) {
        const struct follower f = {c.subscribed, c.subscribed_at, c.subscribed_at};

        *waits =
            follow_ended(&g->t->calendar->set, &f, g->t->calendar->moment.tz, g->now);
    }
    return st;
}

/* Two automations that wake at once for the same person: the second one counts what the
 * first one has put. Held until the end; behind the run's row. */
static enum status person_hold(struct going *g)
{
    return db_one(g->t->db, "SELECT 1 FROM customer WHERE id = ? FOR UPDATE",
                  DB_INT(g->customer_id));
}

/* ---- may it? ---------------------------------------------------------------------- */

/* The morning after, in their zone. */
static enum status wait_a_day(struct going *g)
{
    int64_t at = tz_instant(g->tz, tz_local(g->tz, g->now).day + 1, 0, 0);
    int64_t loud = quiet_until(&g->t->calendar->set, g->tz, at);

    return run_wait(g, loud != 0 ? loud : at);
}

static enum status word_skip(struct going *g, enum run_why why)
{
    enum status st = db_exec(g->t->db, NULL,
                             "INSERT INTO automation_word (run_id, step,"
                             " automation_id, why, at) VALUES (?, ?, ?, ?, ?)"
                             " ON DUPLICATE KEY UPDATE why = VALUES(why)",
                             DB_INT(g->id), DB_INT(g->step),
                             DB_INT(g->t->automation.id), DB_INT(why), DB_TIME(g->now));

    g->due_at = g->now;
    return st;
}

enum status run_word_may(struct going *g, bool *now_put)
{
    const struct trigger_policy *policy = trigger_policy(g->t->automation.trigger);
    int64_t loud = quiet_until(&g->t->calendar->set, g->tz, g->now);
    const char *why = NULL;
    bool waits = false;
    enum status st = ST_OK;

    *now_put = false;
    if (loud != 0)
        return run_wait(g, loud);
    st = person_hold(g);
    if (st == ST_OK)
        st = discount_word_may(g->t->db, g->now, g->customer_id, &why);
    if (st == ST_OK && why == NULL)
        st = code_waits(g, &waits);
    if (st != ST_OK)
        return st;
    if (why != NULL && strcmp(why, "cap") != 0)
        return run_leave(g, RUN_WHY_OPTED_OUT);
    *now_put = why == NULL && !waits;
    if (*now_put)
        return ST_OK;
    return g->now - g->due_at > policy->stale ? word_skip(g, RUN_WHY_CAP)
                                              : wait_a_day(g);
}
