/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Does the customer at the till still follow the channel? The card is shown at once and
 * may be confirmed at once; the question is a job of the send pool, which gives up after
 * a second and a half. An answer that comes is written down (redemption_member_known),
 * and the cashier hears of it only when it is a "no". */
#include "worker/cashier/cashier.h"

#include "core/base/log.h"
#include "worker/notice.h"
#include "worker/steps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum status member_ask(struct talk *t, const struct card *c, const char *code)
{
    char idk[60];
    struct job_spec spec = {.kind = KIND_SEND_MEMBER_CHECK, .idk = idk};
    struct customer customer;
    enum status st = customer_load(t->s->db, c->discount.customer_id, &customer);

    if (st != ST_OK || customer.channel != CHANNEL_MESSENGER)
        return st == ST_NONE ? ST_OK : st;
    snprintf(idk, sizeof(idk), "till:%" PRId64 ":%" PRId64, c->discount.id,
             t->staff.id);
    spec.key = customer.external_id;
    spec.args = json_new_object();
    json_set_text(spec.args, "bot", client_book.name);
    json_set_text(spec.args, "chat", t->shop->set.channel_id);
    json_set_int(spec.args, "user", customer.external_id);
    json_set_int(spec.args, "at", t->now / MS);
    json_set_int(spec.args, "till", t->user);
    json_set_int(spec.args, "d", c->discount.id);
    json_set_int(spec.args, "by", t->staff.id);
    /* The card said "not subscribed": a "yes" is news then. */
    if (c->verdict == VERDICT_LEFT)
        json_set_text(spec.args, "code", code);
    st = job_put(t->s->db, t->now, &spec);
    return st == ST_TAKEN ? ST_OK : st; /* one question at a time */
}

/* ---- the answer ----------------------------------------------------------------- */

static enum status say(struct talk *t, enum text_key key, const struct discount *d,
                       const char *code)
{
    char percent[SHOP_WHEN_BYTES];
    struct screen sc;

    shop_percent(d->percent_bp, t->lang, percent);
    screen_open(&sc, t->lang);
    screen_say(&sc, key, T_TEXT("percent", percent));
    if (code != NULL)
        screen_button(&sc, BTN_AGAIN, "r", "again", code);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_show(t, &sc);
}

static enum status tell(struct talk *t, enum member_effect effect, bool follows)
{
    const char *code = json_text(t->s->job->args, "code", NULL);
    struct discount d;
    enum status st = discount_load(t->s->db, json_int_or(t->s->job->args, "d", 0), &d);

    if (st != ST_OK)
        return st;
    if (effect == MEMBER_CARD_ENDED)
        return say(t, CARD_LEFT_NOW, &d, d.code);
    if (effect == MEMBER_TOO_LATE)
        return say(t, TEXT_MEMBER_LATE, &d, NULL);
    return code != NULL && follows ? say(t, TEXT_MEMBER_BACK, &d, d.code) : ST_OK;
}

static enum status on_answer(struct talk *t, bool follows)
{
    const struct json *args = t->s->job->args;
    const struct member_news news = {.discount_id = json_int_or(args, "d", 0),
                                     .staff_id = json_int_or(args, "by", 0),
                                     .state = follows ? MEMBER_YES : MEMBER_LEFT};
    enum member_effect effect;
    enum status st = redemption_member_known(t->s->db, t->now, &news, &effect);

    if (st != ST_OK)
        return st;
    return t->known ? tell(t, effect, follows) : ST_OK;
}

/* No answer in time: what was shown stands, and what was redeemed stays unverified. */
static enum status on_silence(struct talk *t)
{
    const char *why = json_text(t->s->job->args, "why", NULL);

    log_warn("till_member_unknown",
             LOG_INT("staff", json_int_or(t->s->job->args, "by", 0)),
             LOG_TEXT("why", why));
    return why != NULL && strcmp(why, "rights") == 0 ? notice_channel_lost(t) : ST_OK;
}

enum status till_member_known(struct step *s)
{
    const char *state = json_text(s->job->args, "state", NULL);
    struct talk t = {.s = s, .book = &cashier_book, .now = s->now};
    struct shop shop;
    enum status st = shop_load(s, &shop);

    t.shop = &shop;
    t.user = json_int_or(s->job->args, "till", 0);
    if (st == ST_OK)
        st = cashier_open(&t);
    if (st != ST_OK)
        return st;
    if (state == NULL || strcmp(state, "unknown") == 0)
        return on_silence(&t);
    return on_answer(&t, strcmp(state, "member") == 0);
}
