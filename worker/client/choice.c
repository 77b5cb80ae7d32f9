/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the customer decides: messages on or off, the language. */
#include "worker/client/client.h"

#include <string.h>

/* ---- messages ------------------------------------------------------------------- */

/* The button that says yes carries the text that was shown above it. */
static enum status yes_button(struct talk *t, struct screen *sc, struct buf *body)
{
    struct consent_text paper;
    char id[14];
    enum status st = join_paper(t, PURPOSE_MARKETING, &paper, body);

    if (st != ST_OK)
        return st;
    base36_print((uint64_t)paper.id, id);
    screen_button(sc, BTN_WANT, "n", "on", id);
    return ST_OK;
}

static enum status question(struct talk *t, struct screen *sc, enum text_key head)
{
    struct buf body = {0};
    enum status st = yes_button(t, sc, &body);

    if (st == ST_OK) {
        screen_say(sc, head);
        screen_say_own(sc, body.s);
        sc->failed |= body.failed;
    }
    buf_free(&body);
    return st;
}

/* The second question, apart from the first and after the discount: off unless wanted.
 */
enum status messages_ask(struct talk *t)
{
    struct screen sc;
    enum status st;

    screen_open(&sc, t->lang);
    if ((st = question(t, &sc, TEXT_MESSAGES_ASK)) != ST_OK) {
        screen_close(&sc);
        return st;
    }
    screen_button(&sc, BTN_NOT_NOW, "n", "later", NULL);
    return talk_send(t, &sc, MESSAGE_SERVICE);
}

/* How often, in the words of their choice. */
static void say_cap(struct talk *t, struct screen *sc)
{
    bool rare = t->customer.marketing_rare;
    struct marketing_cap cap = consent_cap(&t->shop->set, rare);

    screen_say(sc, rare ? TEXT_MESSAGES_MONTH : TEXT_MESSAGES_WEEK,
               T_INT("n", cap.messages));
}

static void rate_button(struct talk *t, struct screen *sc)
{
    if (t->customer.marketing_rare)
        screen_button(sc, BTN_USUAL, "n", "usual", NULL);
    else
        screen_button(sc, BTN_RARELY, "n", "rarely", NULL);
}

enum status messages_open(struct talk *t, const char *arg)
{
    struct screen sc;
    enum status st = ST_OK;

    (void)arg;
    screen_open(&sc, t->lang);
    if (t->customer.marketing_ok) {
        screen_say(&sc, TEXT_MESSAGES_ON);
        say_cap(t, &sc);
        rate_button(t, &sc);
        screen_button(&sc, BTN_MESSAGES_OFF, "n", "stop", NULL);
    } else {
        st = question(t, &sc, TEXT_MESSAGES_OFF);
        say_cap(t, &sc);
    }
    if (st != ST_OK) {
        screen_close(&sc);
        return st;
    }
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static struct consent_act act_of(const struct talk *t, int64_t text)
{
    return (struct consent_act){.customer_id = t->customer.id,
                                .purpose = PURPOSE_MARKETING,
                                .text_id = text,
                                .update_id = t->up->id,
                                .via = CHANNEL_MESSENGER};
}

enum status messages_on(struct talk *t, const char *arg)
{
    struct consent_text paper;
    struct consent_act act = act_of(t, talk_id(arg, NULL));
    struct screen sc;
    enum status st = join_paper(t, PURPOSE_MARKETING, &paper, NULL);

    if (st != ST_OK)
        return st;
    if (act.text_id != paper.id) /* forged, or the text is another one by now */
        return messages_open(t, "");
    if (!t->customer.marketing_ok) {
        st = consent_grant(t->s->db, t->now, &act);
        if (st == ST_NONE) /* an older press than a "stop" */
            return talk_say(t, TEXT_MESSAGES_STOPPED);
        if (st != ST_OK)
            return st;
    }
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MESSAGES_THANKS);
    profile_offer(t, &sc);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* The route n:off is under every marketing message there ever was: it needs nothing,
 * asks nothing, and the message stays as it is. */
enum status messages_off(struct talk *t, const char *arg)
{
    talk_leave(t);
    return messages_stop(t, arg);
}

enum status messages_stop(struct talk *t, const char *arg)
{
    struct consent_act act = act_of(t, 0);
    struct screen sc;
    enum status st;

    (void)arg;
    talk_forget(t);
    if (!t->known) /* they get none: no consent, or nobody we know */
        return talk_say(t, TEXT_MESSAGES_NONE);
    st = consent_revoke(t->s->db, t->now, &act);
    if (st != ST_OK && st != ST_NONE)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MESSAGES_STOPPED);
    screen_button(&sc, BTN_BRING_BACK, "n", "open", NULL);
    if (!t->customer.marketing_rare)
        screen_button(&sc, BTN_RARELY, "n", "rarely", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static enum status choose_rate(struct talk *t, bool rarely)
{
    enum status st = consent_rarely(t->s->db, t->now, t->customer.id, rarely);
    struct screen sc;

    if (st != ST_OK && st != ST_NONE)
        return st;
    t->customer.marketing_rare = rarely;
    if (!t->customer.marketing_ok) /* a button of an old screen */
        return messages_open(t, "");
    screen_open(&sc, t->lang);
    screen_say(&sc, rarely ? TEXT_MESSAGES_RARER : TEXT_MESSAGES_USUAL);
    say_cap(t, &sc);
    rate_button(t, &sc);
    screen_button(&sc, BTN_MESSAGES_OFF, "n", "stop", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status messages_rarely(struct talk *t, const char *arg)
{
    (void)arg;
    return choose_rate(t, true);
}

enum status messages_usual(struct talk *t, const char *arg)
{
    (void)arg;
    return choose_rate(t, false);
}

enum status messages_later(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MESSAGES_LATER);
    profile_offer(t, &sc);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

/* They had blocked us: advertising stays off until they ask for it. */
enum status messages_back(struct talk *t)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_BACK);
    screen_button(&sc, BTN_MESSAGES, "n", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_send(t, &sc, MESSAGE_SERVICE);
}

/* ---- language ------------------------------------------------------------------- */

enum status language_open(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    if (!t->known) /* there is nobody to keep it for yet: the first screen has it */
        return join_ask(t);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_LANGUAGE);
    screen_button(&sc, BTN_RUSSIAN, "x", "ru", NULL);
    screen_button(&sc, BTN_ENGLISH, "x", "en", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static enum status choose(struct talk *t, enum lang lang)
{
    enum status st =
        customer_language(t->s->db, t->now, t->customer.id, lang_code(lang));

    if (st != ST_OK && st != ST_NONE)
        return st;
    t->lang = lang;
    return client_menu(t, "");
}

enum status language_ru(struct talk *t, const char *arg)
{
    (void)arg;
    return choose(t, LANG_RU);
}

enum status language_en(struct talk *t, const char *arg)
{
    (void)arg;
    return choose(t, LANG_EN);
}
