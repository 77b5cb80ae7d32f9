/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * sched.discount_remind: who has a discount that runs out soon hears of it, once, page by
 * page. In the quiet hours nobody is looked for: the round after them finds them. While an
 * automation speaks of discounts that end, this says nothing. */
#include "worker/client/client.h"

#include "core/automation/fact.h"
#include "core/loyalty/reminder.h"
#include "core/quiet.h"
#include "worker/notice.h"
#include "worker/steps.h"

#define PAGE 100

/* One round at a time: another one ends where its next page would begin. */
static enum status put_next_page(struct step *s, const struct reminder_round *round)
{
    struct job_spec next = {.kind = KIND_SCHED_DISCOUNT_REMIND,
                            .idk = "next page",
                            .args = json_new_object()};
    enum status st;

    json_set_int(next.args, "end", round->after_end);
    json_set_int(next.args, "after", round->after_id);
    st = job_put(s->db, s->now, &next);
    return st == ST_TAKEN ? ST_OK : st;
}

static enum status tell(struct talk *t, const struct discount *d)
{
    char percent[SHOP_WHEN_BYTES], until[SHOP_WHEN_BYTES], id[14];
    struct screen sc;
    enum status st;

    shop_percent(d->percent_bp, t->lang, percent);
    shop_until(t->shop, d->valid_until, t->lang, until);
    base36_print((uint64_t)d->id, id);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_TOLD_REMIND, T_TEXT("percent", percent),
               T_TEXT("what", wallet_what(t->lang, d->source)),
               T_TIME("until", until, (d->valid_until - 1) / SECOND));
    screen_button(&sc, BTN_SHOW_CODE, "d", "one", id);
    screen_button(&sc, BTN_MESSAGES_STOP, "n", "off", NULL);
    st = talk_send(t, &sc, MESSAGE_MARKETING);
    return st == ST_OK ? reminder_sent_as(t->s->db, d->id, t->last) : st;
}

/* Whom it does not suit now is passed over, and looked at again by a later round. */
static enum status remind(struct step *s, const struct reminder_due *due)
{
    struct discount d;
    struct shop shop;
    struct talk t;
    enum status st = notice_open(s, due->customer_id, &shop, &t);

    if (st == ST_OK)
        st = reminder_room(s->db, s->now, &shop.set, due->customer_id);
    if (st == ST_OK)
        st = discount_lock(s->db, due->discount_id, &d);
    if (st == ST_OK && best_waits(&t, &d))
        st = ST_NONE;
    if (st == ST_OK)
        st = reminder_take(s->db, s->now, d.id);
    if (st == ST_OK)
        st = tell(&t, &d);
    return st == ST_NONE ? ST_OK : st;
}

static enum status page(struct step *s, struct reminder_round *round)
{
    struct reminder_due due[PAGE];
    int n = 0;
    enum status st = reminder_due(s->db, s->now, round, due, &n);

    for (int i = 0; i < n && st == ST_OK; i++)
        st = step_should_stop(s) ? ST_REFUSED : remind(s, &due[i]);
    return st == ST_OK && n == PAGE ? put_next_page(s, round) : st;
}

enum status discount_remind_step(struct step *s)
{
    struct reminder_round round = {
        .after_end = json_int_or(s->job->args, "end", 0),
        .after_id = json_int_or(s->job->args, "after", 0),
        .limit = PAGE,
    };
    struct shop shop;
    bool otherwise = false;
    enum status st = automation_wanted(s->db, TRIGGER_DISCOUNT_EXPIRING, &otherwise);

    if (st == ST_OK && otherwise)
        return ST_NONE;
    if (st == ST_OK)
        st = shop_load(s, &shop);
    if (st != ST_OK)
        return st;
    round.days = shop.set.remind_days_before;
    return quiet_until(&shop.set, shop.tz, s->now) != 0 ? ST_NONE : page(s, &round);
}
