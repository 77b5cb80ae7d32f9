/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The channel first, then the discount. We never wait for Telegram: the question is a
 * job of the send pool, and its answer (bot.member_known) goes on with the
 * conversation. */
#include "worker/client/client.h"

#include "core/base/log.h"
#include "worker/notice.h"
#include "worker/steps.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE "gate" /* its word: the message to edit when the answer is there */

#define CHECK "v1:g:check:" /* what that button carries */

/* A public channel's address follows from its name. */
static void channel_button(const struct shop *shop, struct screen *sc)
{
    char url[80];

    if (shop->set.channel_url[0] != '\0') {
        screen_url(sc, BTN_CHANNEL, shop->set.channel_url);
    } else if (shop->set.channel_id[0] == '@') {
        snprintf(url, sizeof(url), "https://t.me/%s", shop->set.channel_id + 1);
        screen_url(sc, BTN_CHANNEL, url);
    }
}

void gate_ways(const struct talk *t, struct screen *sc)
{
    channel_button(t->shop, sc);
    screen_button(sc, BTN_SUBSCRIBED, "g", "check", NULL);
    screen_row(sc);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

static enum status show(struct talk *t, enum text_key head, int64_t percent_bp)
{
    char percent[SHOP_WHEN_BYTES];
    struct screen sc;

    shop_percent(percent_bp, t->lang, percent);
    screen_open(&sc, t->lang);
    screen_say(&sc, head, T_TEXT("percent", percent), T_TEXT("brand", t->shop->brand));
    gate_ways(t, &sc);
    return talk_show(t, &sc);
}

static enum status show_gate(struct talk *t, enum text_key head)
{
    return show(t, head, t->shop->set.discount_percent_bp);
}

enum status gate_away(struct talk *t, const struct discount *d)
{
    return show(t, TEXT_GATE_AWAY, d->percent_bp);
}

enum status gate_open(struct talk *t, const char *arg)
{
    (void)arg;
    if (!shop_has_gate(t->shop) || t->customer.subscribed ||
        t->shop->set.discount_percent_bp == 0) /* nothing to subscribe for */
        return discount_give(t);
    return show_gate(t, TEXT_GATE);
}

/* One question at a time: a second tap finds the first one open. */
static enum status ask_telegram(struct talk *t)
{
    char idk[40], word[24];
    struct job_spec spec = {.kind = KIND_SEND_MEMBER_CHECK, .key = t->user, .idk = idk};
    enum status st;

    snprintf(idk, sizeof(idk), "member:%" PRId64, t->user);
    snprintf(word, sizeof(word), "%" PRId64, t->up->message);
    spec.args = json_new_object();
    json_set_text(spec.args, "bot", t->book->name);
    json_set_text(spec.args, "chat", t->shop->set.channel_id);
    json_set_int(spec.args, "user", t->user);
    json_set_int(spec.args, "at", t->now / MS);
    st = job_put(t->s->db, t->now, &spec);
    if (st == ST_OK)
        talk_remember(t, STATE, t->up->on_photo ? "0" : word);
    return st == ST_TAKEN ? ST_OK : st;
}

/* The screen with the button to the channel has done its work. */
enum status gate_done(struct talk *t)
{
    struct screen sc;

    if (t->up == NULL || t->up->message == 0 || t->up->on_photo)
        return ST_OK;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_GATE_PASSED);
    return talk_show(t, &sc);
}

/* The channel may have told us first, and the discount come by itself. */
static enum status has_it(struct talk *t, const struct discount *d)
{
    enum status st = gate_done(t);

    if (st != ST_OK || t->now - d->created_at < DOUBLE_TAP)
        return st; /* its picture is on the way */
    return discount_show(t, d, CAPTION_DISCOUNT);
}

enum status gate_check(struct talk *t, const char *arg)
{
    struct best b;
    enum status st = best_load(t, &b);

    (void)arg;
    if (st != ST_OK)
        return st;
    if (b.waiting.id != 0) /* they had left: are they back? */
        return ask_telegram(t);
    if (b.n > 0)
        return has_it(t, &b.list[0]);
    if (!shop_has_gate(t->shop))
        return discount_give(t);
    return ask_telegram(t);
}

/* ---- the answer ----------------------------------------------------------------- */

static enum status on_member(struct talk *t)
{
    struct best b;
    enum status st = customer_subscribed(t->s->db, t->now, t->customer.id, true);

    if (st != ST_OK && st != ST_NONE)
        return st;
    t->customer.subscribed = true;
    st = best_load(t, &b);
    if (st != ST_OK)
        return st;
    return b.n > 0 ? has_it(t, &b.list[0]) : discount_give(t);
}

static enum status outside(struct talk *t, enum text_key head)
{
    enum status st = customer_subscribed(t->s->db, t->now, t->customer.id, false);

    if (st != ST_OK && st != ST_NONE)
        return st;
    return show_gate(t, head);
}

static enum status on_left(struct talk *t)
{
    return outside(t, TEXT_GATE_NOT_YET);
}

/* The channel's admins shut them out: to press again would not help. */
static enum status on_barred(struct talk *t)
{
    return outside(t, TEXT_GATE_BARRED);
}

/* We may not look, or Telegram did not say in time: an honest customer does not pay for
 * that. Accepted, and flagged for the owner. */
static enum status on_unknown(struct talk *t)
{
    const char *why = json_text(t->s->job->args, "why", NULL);
    struct best b;
    enum status st = ST_OK;

    log_warn("channel_not_visible", LOG_INT("customer", t->customer.id),
             LOG_TEXT("why", why));
    if (why != NULL && strcmp(why, "rights") == 0)
        st = notice_channel_lost(t);
    if (st == ST_OK)
        st = best_load(t, &b);
    if (st == ST_OK && b.waiting.id != 0) /* all we know is that they left */
        return show_gate(t, TEXT_GATE_NOT_YET);
    return st == ST_OK ? discount_give(t) : st;
}

static const struct {
    const char *state;
    enum status (*run)(struct talk *t);
} answers[] = {
    {"member", on_member},
    {"left", on_left},
    {"barred", on_barred},
    {"unknown", on_unknown},
};

/* The button's message, if the dialogue still knows it, is edited as if the button had
 * just been pressed. */
static void recall(struct talk *t, struct update *up)
{
    if (dialog_load(t->s, t->book->name, t->user, &t->dialog) != ST_OK ||
        strcmp(t->dialog.at, STATE) != 0)
        return;
    *up = (struct update){.act = ACT_BUTTON, .user = t->user, .chat = t->user};
    up->message = strtoll(t->dialog.word, NULL, 10);
    up->data = CHECK; /* so that a second tap is known for what it is */
    up->data_n = strlen(CHECK);
    t->up = up;
    talk_forget(t);
}

enum status member_known_step(struct step *s)
{
    const char *state = json_text(s->job->args, "state", NULL);
    struct talk t = {.s = s, .book = &client_book, .now = s->now};
    struct shop shop;
    struct update up;
    enum status st;
    size_t i;

    if (json_get(s->job->args, "till") != NULL)
        return till_member_known(s); /* a cashier asked, not the customer */
    t.shop = &shop;
    t.user = json_int_or(s->job->args, "user", 0);
    if ((st = shop_load(s, &shop)) != ST_OK)
        return st;
    st = customer_find(s->db, CHANNEL_MESSENGER, t.user, &t.customer);
    if (st == ST_NONE || (st == ST_OK && !t.customer.pd_ok))
        return ST_NONE; /* they withdrew while we asked */
    if (st != ST_OK)
        return st;
    t.known = true;
    t.lang = lang_find(t.customer.language);
    recall(&t, &up);
    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        if (state != NULL && strcmp(answers[i].state, state) == 0)
            return answers[i].run(&t);
    return ST_BAD;
}
