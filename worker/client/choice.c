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

enum status messages_open(struct talk *t, const char *arg)
{
    struct screen sc;
    enum status st = ST_OK;

    (void)arg;
    screen_open(&sc, t->lang);
    if (t->customer.marketing_ok) {
        screen_say(&sc, TEXT_MESSAGES_ON);
        screen_button(&sc, BTN_MESSAGES_OFF, "n", "off", NULL);
    } else
        st = question(t, &sc, TEXT_MESSAGES_OFF);
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
    if (birthday_wanted(t)) {
        screen_say(&sc, TEXT_GIFT_HINT);
        screen_button(&sc, BTN_BIRTHDAY, "b", "open", NULL);
    }
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status messages_off(struct talk *t, const char *arg)
{
    struct consent_act act = act_of(t, 0);
    struct screen sc;
    enum status st;

    (void)arg;
    talk_forget(t);
    st = consent_revoke(t->s->db, t->now, &act);
    if (st != ST_OK && st != ST_NONE)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_MESSAGES_STOPPED);
    screen_button(&sc, BTN_BRING_BACK, "n", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

enum status messages_later(struct talk *t, const char *arg)
{
    (void)arg;
    return talk_say(t, TEXT_MESSAGES_LATER);
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
