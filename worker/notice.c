/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/notice.h"

#include "core/alarm.h"
#include "core/automation/fact.h"
#include "core/base/clock.h"
#include "core/loyalty/birthday.h"
#include "core/loyalty/discount.h"
#include "core/loyalty/redemption.h"
#include "core/loyalty/reminder.h"
#include "core/quiet.h"
#include "worker/client/client.h"
#include "worker/steps.h"

enum status notice_open(struct step *s, int64_t customer_id, struct shop *shop,
                        struct talk *t)
{
    enum status st;

    *t = (struct talk){.s = s, .book = &client_book, .shop = shop, .now = s->now};
    if ((st = shop_load(s, shop)) != ST_OK)
        return st;
    if ((st = customer_load(s->db, customer_id, &t->customer)) != ST_OK)
        return st;
    if (!t->customer.pd_ok || t->customer.channel != CHANNEL_MESSENGER)
        return ST_NONE;
    t->known = true;
    t->user = t->customer.external_id;
    t->lang = lang_find(t->customer.language);
    return ST_OK;
}

/* The redemption a job names, and whom to tell of it. */
static enum status open_redemption(struct step *s, struct shop *shop, struct talk *t,
                                   struct redemption *r)
{
    enum status st = redemption_load(s->db, json_int_or(s->job->args, "r", 0), r);

    return st == ST_OK ? notice_open(s, r->customer_id, shop, t) : st;
}

static void say_fact(struct talk *t, struct screen *sc, enum text_key key,
                     const struct redemption *r)
{
    char percent[SHOP_WHEN_BYTES], when[SHOP_WHEN_BYTES];

    shop_percent(r->percent_bp, t->lang, percent);
    shop_when(t->shop, r->redeemed_at, t->lang, when);
    screen_say(sc, key, T_TEXT("percent", percent), T_TEXT("when", when),
               T_TEXT("store", r->store), T_INT("no", r->receipt_no));
}

/* What it came to, when the cashier entered it. */
static void say_sums(struct talk *t, struct screen *sc, const struct redemption *r)
{
    char amount[SHOP_WHEN_BYTES], off[SHOP_WHEN_BYTES], pay[SHOP_WHEN_BYTES];

    if (r->amount < 0)
        return;
    shop_money(r->amount, t->lang, amount);
    shop_money(r->discount, t->lang, off);
    shop_money(r->amount - r->discount, t->lang, pay);
    screen_say(sc, TEXT_SUMS, T_TEXT("amount", amount), T_TEXT("off", off),
               T_TEXT("pay", pay));
}

/* The shop's own people first, whether or not the customer can be told. */
static enum status look_into(struct step *s, struct redemption *r, bool undo)
{
    enum status st = redemption_load(s->db, json_int_or(s->job->args, "r", 0), r);

    if (st == ST_OK)
        st = notice_suspicions(s, r, 0);
    if (st == ST_OK && undo)
        st = notice_voided(s, r);
    return st;
}

/* Automations thank for it; whoever has none of us to hear it by enters none. */
static enum status visited(struct step *s, const struct redemption *r)
{
    const struct automation_fact fact = {.trigger = TRIGGER_AFTER_VISIT,
                                         .customer_id = r->customer_id,
                                         .subject = r->id,
                                         .at = r->redeemed_at};

    return automation_fact(s->db, s->now, &fact);
}

static void not_me_button(struct screen *sc, int64_t redemption_id)
{
    char id[14];

    base36_print((uint64_t)redemption_id, id);
    screen_button(sc, BTN_NOT_ME, "t", "not", id);
    screen_row(sc);
}

enum status redeemed_step(struct step *s)
{
    struct redemption r;
    struct screen sc;
    struct shop shop;
    struct talk t;
    enum status st = look_into(s, &r, false);

    if (st == ST_OK)
        st = visited(s, &r);
    if (st == ST_OK)
        st = open_redemption(s, &shop, &t, &r);
    if (st != ST_OK)
        return st;
    screen_open(&sc, t.lang);
    say_fact(&t, &sc, TEXT_TOLD_REDEEMED, &r);
    say_sums(&t, &sc, &r);
    screen_say(&sc, TEXT_TOLD_NOT_YOU);
    not_me_button(&sc, r.id);
    screen_button(&sc, BTN_WALLET, "l", "recent", NULL);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    st = talk_send(&t, &sc, MESSAGE_RECEIPT);
    if (st == ST_OK)
        st = reminder_call_off(s->db, s->now, r.discount_id);
    return st == ST_OK ? picture_put_right(&t, r.discount_id, false) : st;
}

enum status voided_step(struct step *s)
{
    struct redemption r;
    struct screen sc;
    struct shop shop;
    struct talk t;
    char id[14];
    enum status st = look_into(s, &r, true);

    if (st == ST_OK)
        st = open_redemption(s, &shop, &t, &r);
    if (st != ST_OK)
        return st;
    base36_print((uint64_t)r.discount_id, id);
    screen_open(&sc, t.lang);
    say_fact(&t, &sc, TEXT_TOLD_VOIDED, &r);
    screen_button(&sc, BTN_SHOW_CODE, "d", "one", id);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    st = talk_send(&t, &sc, MESSAGE_RECEIPT);
    return st == ST_OK ? picture_put_right(&t, r.discount_id, true) : st;
}

/* Nobody likes to be congratulated too early: the gift may come some days ahead. */
static bool birthday_ahead(const struct talk *t)
{
    int32_t today = shop_today(t->shop, t->due != 0 ? t->due : t->now);
    bool leap = t->shop->set.birthday_leap == SETTING_MAR1;
    int year = cal_date(today).year;
    int32_t next;

    if (!t->customer.has_birth)
        return false;
    next = cal_day(cal_birthday_in(t->customer.birth, year, leap));
    /* Far behind: this year's is over, and the gift is for the next one. */
    if (next < today - BIRTHDAY_WINDOW_MAX)
        next = cal_day(cal_birthday_in(t->customer.birth, year + 1, leap));
    return next > today && next - today <= BIRTHDAY_WINDOW_MAX;
}

/* An automation of birthdays says it instead, in the shop's own words: one message. */
static enum status said_otherwise(struct step *s, bool *otherwise)
{
    enum status st = automation_wanted(s->db, TRIGGER_BIRTHDAY, otherwise);

    if (st == ST_OK && !*otherwise)
        st = automation_wanted(s->db, TRIGGER_BIRTHDAY_BEFORE, otherwise);
    return st;
}

/* It is advertising, too: not at night, and no more than was promised. The gift lies in
 * the wallet whether or not they hear of it. */
enum status gifted_step(struct step *s)
{
    char percent[SHOP_WHEN_BYTES], until[SHOP_WHEN_BYTES], id[14];
    struct discount d;
    struct screen sc;
    struct shop shop;
    struct talk t;
    bool otherwise = false;
    enum status st = said_otherwise(s, &otherwise);

    if (st == ST_OK && otherwise)
        return ST_NONE;
    if (st == ST_OK)
        st = discount_load(s->db, json_int_or(s->job->args, "d", 0), &d);
    if (st == ST_OK)
        st = notice_open(s, d.customer_id, &shop, &t);
    if (st == ST_OK)
        st = reminder_room(s->db, s->now, &shop.set, d.customer_id);
    if (st != ST_OK)
        return st;
    t.due = quiet_until(&shop.set, shop.tz, s->now);
    shop_percent(d.percent_bp, t.lang, percent);
    shop_until(&shop, d.valid_until, t.lang, until);
    base36_print((uint64_t)d.id, id);
    screen_open(&sc, t.lang);
    screen_say(&sc, birthday_ahead(&t) ? TEXT_TOLD_GIFT_AHEAD : TEXT_TOLD_GIFT,
               T_TEXT("brand", shop.brand),
               T_TEXT("name", customer_called(&t.customer)), T_TEXT("percent", percent),
               T_TEXT("until", until));
    screen_button(&sc, BTN_SHOW_CODE, "d", "one", id);
    screen_button(&sc, BTN_MESSAGES_STOP, "n", "off", NULL);
    return talk_send(&t, &sc, MESSAGE_MARKETING);
}

enum status notice_reissued(struct step *s, const struct discount *d)
{
    char percent[SHOP_WHEN_BYTES], until[SHOP_WHEN_BYTES], id[14];
    struct screen sc;
    struct shop shop;
    struct talk t;
    enum status st = notice_open(s, d->customer_id, &shop, &t);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    shop_percent(d->percent_bp, t.lang, percent);
    shop_until(&shop, d->valid_until, t.lang, until);
    base36_print((uint64_t)d->id, id);
    screen_open(&sc, t.lang);
    screen_say(&sc, TEXT_TOLD_REISSUED, T_TEXT("percent", percent),
               T_TEXT("until", until));
    screen_button(&sc, BTN_SHOW_CODE, "d", "one", id);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_send(&t, &sc, MESSAGE_SERVICE);
}

/* ---- to the owners -------------------------------------------------------------- */

#define OWNERS_MAX 8
#define CHANNEL_LOST_EVERY HOUR

static enum status tell_owner(const struct talk *of, const struct staff *owner)
{
    const char *title = of->shop->set.channel_title;
    struct talk t = {.s = of->s,
                     .book = &cashier_book,
                     .shop = of->shop,
                     .now = of->now,
                     .user = owner->external_id,
                     .lang = lang_find(owner->language)};
    struct screen sc;

    screen_open(&sc, t.lang);
    screen_say(&sc, TEXT_TOLD_CHANNEL,
               T_TEXT("channel", title[0] != '\0' ? title : of->shop->set.channel_id));
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_send(&t, &sc, MESSAGE_SERVICE);
}

enum status notice_channel_lost(const struct talk *t)
{
    struct staff owners[OWNERS_MAX];
    int i, n = 0;
    enum status st = alarm_due(t->s->db, t->now, "channel_rights", CHANNEL_LOST_EVERY);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    st = staff_owners(t->s->db, owners, OWNERS_MAX, &n);
    for (i = 0; i < n && st == ST_OK; i++)
        st = tell_owner(t, &owners[i]);
    return st;
}
