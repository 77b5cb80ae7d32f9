/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Help, what we know of a person, and the way out. */
#include "worker/client/client.h"

#include "core/loyalty/phone.h"
#include "core/support.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum status help_open(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_HELP, T_TEXT("brand", t->shop->brand));
    screen_gap(&sc);
    screen_say(&sc, TEXT_HELP_CODE);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* ---- my data -------------------------------------------------------------------- */

static const char *yes_no(const struct talk *t, bool yes)
{
    return text_get(t->lang, yes ? TEXT_YES : TEXT_NO);
}

/* "Анна Петрова, @anna"; what they call themselves, and in brackets the messenger's */
static void say_person(struct talk *t, struct screen *sc)
{
    const struct customer *c = &t->customer;
    char name[3 * CONTACT_NAME_BYTES + CUSTOMER_USERNAME_BYTES + 8], id[24];
    char born[SHOP_WHEN_BYTES] = "—", phone[PHONE_SHOWN_BYTES];

    snprintf(name, sizeof(name), "%s%s%s%s%s%s%s%s", c->name,
             c->name[0] != '\0' ? " (" : "", c->first_name,
             c->last_name[0] != '\0' ? " " : "", c->last_name,
             c->username[0] != '\0' ? ", @" : "", c->username,
             c->name[0] != '\0' ? ")" : "");
    snprintf(id, sizeof(id), "%" PRId64, c->external_id);
    if (c->has_birth)
        shop_day(c->birth, t->lang, born);
    screen_say(sc, TEXT_DATA, T_TEXT("brand", t->shop->brand), T_TEXT("name", name),
               T_TEXT("id", id),
               T_TEXT("language",
                      text_get(t->lang, strcmp(c->language, "en") == 0 ? BTN_ENGLISH
                                                                       : BTN_RUSSIAN)),
               T_TEXT("born", born));
    if (c->phone[0] == '\0')
        return;
    phone_show(c->phone, phone);
    screen_say(sc, TEXT_DATA_PHONE, T_TEXT("phone", phone));
}

static enum status say_consent(struct talk *t, struct screen *sc)
{
    const struct customer *c = &t->customer;
    struct consent_proof proof = {0};
    char when[SHOP_WHEN_BYTES];
    enum status st = consent_last(t->s->db, c->id, PURPOSE_PD, &proof);

    if (st != ST_OK && st != ST_NONE)
        return st;
    shop_when(t->shop, proof.at != 0 ? proof.at : c->created_at, t->lang, when);
    screen_say(sc, TEXT_DATA_CONSENT, T_TEXT("when", when),
               T_INT("version", proof.version),
               T_TEXT("messages", yes_no(t, c->marketing_ok)),
               T_TEXT("channel", yes_no(t, c->subscribed)));
    return ST_OK;
}

static enum status count(struct talk *t, enum discount_status state, int *total)
{
    const struct discount_page page = {.customer_id = t->customer.id, .state = state};
    struct discount none;
    int n;

    return discount_list(t->s->db, t->now, &page, &none, &n, total);
}

static enum status say_history(struct talk *t, struct screen *sc)
{
    const struct customer *c = &t->customer;
    char since[SHOP_WHEN_BYTES];
    int active = 0, used = 0, gone = 0;
    enum status st = count(t, DISCOUNT_ACTIVE, &active);

    if (st == ST_OK)
        st = count(t, DISCOUNT_USED, &used);
    if (st == ST_OK)
        st = count(t, DISCOUNT_EXPIRED, &gone);
    shop_when(t->shop, c->created_at, t->lang, since);
    screen_say(sc, TEXT_DATA_HISTORY, T_INT("active", active), T_INT("used", used),
               T_INT("gone", gone), T_TEXT("since", since),
               T_TEXT("source", c->source[0] != '\0' ? c->source : "—"));
    screen_say(sc, TEXT_DATA_TERMS, T_INT("days", t->shop->set.retention_days));
    return st;
}

static enum status say_words(struct talk *t, struct screen *sc)
{
    int64_t n = 0;
    enum status st = support_count(t->s->db, t->customer.id, &n);

    if (st == ST_OK && n > 0)
        screen_say(sc, TEXT_DATA_WORDS, T_INT("n", n));
    return st;
}

/* Their own values, not the names of fields. */
enum status data_say(struct talk *t, struct screen *sc)
{
    enum status st;

    say_person(t, sc);
    st = say_consent(t, sc);
    if (st == ST_OK)
        st = say_words(t, sc);
    return st == ST_OK ? say_history(t, sc) : st;
}

/* To unsubscribe, to withdraw and to delete are three things, and are explained. */
static void data_ways(struct talk *t, struct screen *sc)
{
    screen_gap(sc);
    screen_say(sc, TEXT_DATA_WAYS);
    screen_button(sc, BTN_EXPORT, "e", "send", NULL);
    screen_button(sc, BTN_MOVE, "v", "open", NULL);
    if (t->customer.marketing_ok)
        screen_button(sc, BTN_MESSAGES_STOP, "n", "stop", NULL);
    screen_button(sc, BTN_WITHDRAW, "p", "ask", NULL);
    screen_button(sc, BTN_ERASE, "e", "ask", NULL);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

/* Who took their consent back may still see it, take it home and have it deleted. */
static void ways_back(struct talk *t, struct screen *sc)
{
    screen_gap(sc);
    screen_say(sc, TEXT_DATA_TAKEN_BACK);
    screen_button(sc, BTN_EXPORT, "e", "send", NULL);
    screen_button(sc, BTN_ERASE, "e", "ask", NULL);
    screen_button(sc, BTN_COME_BACK, "w", "lang", lang_code(t->lang));
}

enum status data_none(struct talk *t)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_DATA_NOTHING);
    screen_button(&sc, BTN_COME_BACK, "w", "lang", lang_code(t->lang));
    return talk_show(t, &sc);
}

enum status data_open(struct talk *t, const char *arg)
{
    struct screen sc;
    enum status st;

    (void)arg;
    if (t->customer.id == 0)
        return data_none(t);
    screen_open(&sc, t->lang);
    st = data_say(t, &sc);
    if (st == ST_OK)
        st = erase_say(t, &sc);
    if (st != ST_OK) {
        screen_close(&sc);
        return st;
    }
    if (t->known)
        data_ways(t, &sc);
    else
        ways_back(t, &sc);
    return talk_show(t, &sc);
}

/* Under files, which stay. */
enum status data_new(struct talk *t, const char *arg)
{
    talk_leave(t);
    return data_open(t, arg);
}

enum status data_ask(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_WITHDRAW_ASK);
    screen_button(&sc, BTN_WITHDRAW_SURE, "p", "sure", NULL);
    screen_button(&sc, BTN_STAY, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* From here on nothing is done with their data: no message goes out, no gift is given,
 * their codes are refused at the till. This answer is the one a stranger would get. */
enum status data_withdraw(struct talk *t, const char *arg)
{
    const struct consent_act act = {.customer_id = t->customer.id,
                                    .purpose = PURPOSE_PD,
                                    .update_id = t->up->id,
                                    .via = CHANNEL_MESSENGER};
    struct screen sc;
    enum status st;

    (void)arg;
    talk_forget(t);
    st = consent_revoke(t->s->db, t->now, &act);
    if (st == ST_NONE) /* an older press than their "yes" */
        return client_menu(t, "old");
    if (st != ST_OK)
        return st;
    t->known = false;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_WITHDRAWN);
    screen_button(&sc, BTN_COME_BACK, "w", "lang", lang_code(t->lang));
    screen_button(&sc, BTN_ERASE, "e", "ask", NULL);
    return talk_show(t, &sc);
}

enum status client_cancel(struct talk *t, const char *arg)
{
    (void)arg;
    talk_forget(t);
    if (t->known && t->customer.profile.step != PROFILE_NONE)
        return profile_stop(t, "");
    return client_menu(t, "cancelled");
}

/* ---- they stopped the bot, or are back ------------------------------------------ */

static enum status heard(enum status st)
{
    return st == ST_NONE ? ST_OK : st;
}

enum status client_blocked(struct talk *t, const char *arg)
{
    (void)arg;
    if (!t->known)
        return ST_OK;
    return heard(customer_unreachable(t->s->db, t->now, t->customer.id, t->up->id));
}

/* No word from us: they will press Start, and that is answered; it shall know that they
 * have come back. */
enum status client_unblocked(struct talk *t, const char *arg)
{
    (void)arg;
    if (!t->known)
        return ST_OK;
    talk_remember(t, TALK_BACK, NULL);
    return heard(customer_reachable(t->s->db, t->now, t->customer.id, t->up->id));
}
