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

static enum status show_gate(struct talk *t, enum text_key head)
{
    char percent[SHOP_WHEN_BYTES];
    struct screen sc;

    shop_percent(t->shop->set.discount_percent_bp, t->lang, percent);
    screen_open(&sc, t->lang);
    screen_say(&sc, head, T_TEXT("percent", percent), T_TEXT("brand", t->shop->brand));
    channel_button(t->shop, &sc);
    screen_button(&sc, BTN_SUBSCRIBED, "g", "check", NULL);
    screen_row(&sc);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
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

enum status gate_check(struct talk *t, const char *arg)
{
    struct discount d;
    enum status st = discount_best(t->s->db, t->now, t->customer.id, &d);

    (void)arg;
    if (st == ST_OK)
        return t->now - d.created_at < DOUBLE_TAP
                   ? ST_OK /* its picture is on the way */
                   : discount_show(t, &d, CAPTION_DISCOUNT);
    if (st != ST_NONE)
        return st;
    if (!shop_has_gate(t->shop))
        return discount_give(t);
    return ask_telegram(t);
}

/* ---- the answer ----------------------------------------------------------------- */

static enum status on_member(struct talk *t)
{
    enum status st = customer_subscribed(t->s->db, t->now, t->customer.id, true);

    if (st != ST_OK && st != ST_NONE)
        return st;
    return discount_give(t);
}

static enum status on_left(struct talk *t)
{
    enum status st = customer_subscribed(t->s->db, t->now, t->customer.id, false);

    if (st != ST_OK && st != ST_NONE)
        return st;
    return show_gate(t, TEXT_GATE_NOT_YET);
}

/* We may not look, or Telegram did not say in time: an honest customer does not pay for
 * that. Accepted, and flagged for the owner. */
static enum status on_unknown(struct talk *t)
{
    const char *why = json_text(t->s->job->args, "why", NULL);
    enum status st = ST_OK;

    log_warn("channel_not_visible", LOG_INT("customer", t->customer.id),
             LOG_TEXT("why", why));
    if (why != NULL && strcmp(why, "rights") == 0)
        st = notice_channel_lost(t);
    return st == ST_OK ? discount_give(t) : st;
}

static const struct {
    const char *state;
    enum status (*run)(struct talk *t);
} answers[] = {
    {"member", on_member},
    {"left", on_left},
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
