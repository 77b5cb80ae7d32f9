/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * News of channels: who joined or left ours, and whether we may still look. The channel
 * is learned when somebody who may change settings makes us its admin, and only while
 * none is set: anybody may add a bot to a channel of their own. */
#include "worker/client/client.h"

#include "core/base/log.h"
#include "core/loyalty/follow.h"
#include "core/setting.h"
#include "worker/notice.h"

#include <inttypes.h>
#include <stdio.h>

/* A word of ours to somebody who has not said anything. */
static struct talk talk_to(const struct talk *t, const struct customer *c)
{
    return (struct talk){.s = t->s,
                         .book = &client_book,
                         .shop = t->shop,
                         .now = t->now,
                         .user = c->external_id,
                         .lang = lang_find(c->language),
                         .known = true,
                         .customer = *c};
}

/* Somebody was let in who had asked us for the discount and had nothing to show yet:
 * they need not come back and press a button. */
static enum status let_in(struct talk *t, const struct customer *c)
{
    struct talk to = talk_to(t, c);
    enum status st;

    if (!shop_has_gate(t->shop) || t->shop->set.discount_percent_bp == 0 ||
        c->status != CUSTOMER_ACTIVE)
        return ST_OK;
    st = wallet_any(&to);
    return st == ST_NONE ? discount_give(&to) : st;
}

/* Their discount waits for them: one soft word, at most once a month. Whoever blocked us
 * or took their consent back hears nothing. */
static enum status let_go(struct talk *t, const struct customer *c)
{
    bool today = t->shop->set.unsubscribe_policy == SETTING_LEFT_END_OF_DAY;
    char percent[SHOP_WHEN_BYTES], until[SHOP_WHEN_BYTES];
    struct talk to = talk_to(t, c);
    struct follow_word w;
    struct screen sc;
    enum status st;

    if (!follow_counts(&t->shop->set))
        return ST_OK;
    st = follow_word_due(t->s->db, t->now, c->id, &w);
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    shop_percent(w.percent_bp, to.lang, percent);
    shop_until(t->shop, w.until, to.lang, until);
    screen_open(&sc, to.lang);
    screen_say(&sc, today ? TEXT_LEFT_TODAY : TEXT_LEFT,
               T_TEXT("brand", t->shop->brand), T_TEXT("percent", percent),
               T_TIME("until", until, (w.until - 1) / SECOND));
    gate_ways(&to, &sc);
    return talk_send(&to, &sc, MESSAGE_SERVICE);
}

static enum status member(struct talk *t, bool in)
{
    struct customer c;
    enum status st = customer_find(t->s->db, CHANNEL_MESSENGER, t->up->who, &c);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    if (!c.pd_ok)
        return ST_OK; /* nothing new is kept of who took their consent back */
    st = customer_subscribed(t->s->db, t->now, c.id, in);
    if (st == ST_OK)
        st = in ? let_in(t, &c) : let_go(t, &c);
    return st == ST_NONE ? ST_OK : st;
}

static enum status set(struct talk *t, const struct staff *by, const char *name,
                       const char *value)
{
    char who[32];
    const char *why;
    const struct setting_change change = {.name = name, .value = value, .by = who};
    enum status st;

    snprintf(who, sizeof(who), "staff:%" PRId64, by->id);
    st = setting_set(t->s->db, t->now, &change, &why);
    if (st == ST_BAD || st == ST_NONE) {
        log_warn("channel_not_learned", LOG_TEXT("setting", name),
                 LOG_TEXT("why", why));
        return ST_OK;
    }
    return st;
}

static enum status learn(struct talk *t)
{
    char id[24], url[80];
    struct staff by;
    enum status st = staff_find(t->s->db, CHANNEL_MESSENGER, t->user, &by);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    if (!staff_may(&by, PERM_SETTING_EDIT))
        return ST_OK;
    snprintf(id, sizeof(id), "%" PRId64, t->up->chat);
    st = set(t, &by, "channel_id", id);
    if (st == ST_OK && t->up->chat_title != NULL)
        st = set(t, &by, "channel_title", t->up->chat_title);
    if (st == ST_OK && t->up->chat_username != NULL) {
        snprintf(url, sizeof(url), "https://t.me/%s", t->up->chat_username);
        st = set(t, &by, "channel_url", url);
    }
    log_info("channel_learned", LOG_INT("chat", t->up->chat), LOG_INT("staff", by.id));
    return st;
}

enum status channel_news(struct talk *t)
{
    bool ours = shop_is_channel(t->shop, t->up->chat, t->up->chat_username);

    if (t->book != &client_book)
        return ST_OK;
    if (ours && (t->up->act == ACT_JOINED || t->up->act == ACT_LEFT))
        return member(t, t->up->act == ACT_JOINED);
    if (ours && t->up->act == ACT_CHANNEL_LOST) {
        log_error("channel_rights_lost", LOG_INT("chat", t->up->chat));
        return notice_channel_lost(t);
    }
    if (t->up->act == ACT_CHANNEL_ADMIN && t->shop->set.channel_id[0] == '\0')
        return learn(t);
    return ST_OK;
}
