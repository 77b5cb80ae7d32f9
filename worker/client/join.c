/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * /start, and the one question before anything is kept: may we? Until the answer is yes
 * the conversation lives in its buttons: language and the text that was shown travel in
 * their data. */
#include "worker/client/client.h"

#include <stdio.h>
#include <string.h>

#define STATE "welcome" /* its word: where the person came from */

/* The text in force; published from the settings if nobody has done that yet. */
enum status join_paper(struct talk *t, enum purpose purpose, struct consent_text *out,
                       struct buf *body)
{
    const char *code = lang_code(t->lang);
    enum status st = consent_text_current(t->s->db, purpose, code, out, body);

    if (st != ST_NONE)
        return st;
    if ((st = consent_text_sync(t->s->db, t->now)) != ST_OK)
        return st;
    st = consent_text_current(t->s->db, purpose, code, out, body);
    return st == ST_NONE ? ST_BROKEN : st;
}

/* "<text>.<language>": what was agreed to, and in which language we go on. */
static void paper_arg(const struct talk *t, int64_t text, char out[32])
{
    char id[14];

    base36_print((uint64_t)text, id);
    snprintf(out, 32, "%s.%s", id, lang_code(t->lang));
}

enum status join_ask(struct talk *t)
{
    struct consent_text paper;
    struct screen sc;
    struct buf body = {0};
    char arg[32];
    enum status st = join_paper(t, PURPOSE_PD, &paper, &body);

    if (st != ST_OK) {
        buf_free(&body);
        return st;
    }
    paper_arg(t, paper.id, arg);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_WELCOME, T_TEXT("brand", t->shop->brand));
    screen_gap(&sc);
    screen_say_own(&sc, body.s);
    sc.failed |= body.failed;
    if (t->shop->set.consent_url[0] != '\0') {
        screen_url(&sc, BTN_WHOLE_TEXT, t->shop->set.consent_url);
        screen_row(&sc);
    }
    screen_button(&sc, BTN_AGREE, "w", "yes", arg);
    screen_button(&sc, BTN_DISAGREE, "w", "no", lang_code(t->lang));
    screen_button(&sc, BTN_OTHER_LANGUAGE, "w", "lang",
                  lang_code(t->lang == LANG_RU ? LANG_EN : LANG_RU));
    buf_free(&body);
    return talk_show(t, &sc);
}

/* Back again: the discount if there is one, the way to it if there never was. */
static enum status welcome_back(struct talk *t)
{
    struct best b;
    enum status st = best_load(t, &b);

    if (st == ST_OK && b.n > 0)
        return discount_show(t, &b.list[0], CAPTION_DISCOUNT);
    if (st == ST_OK && b.waiting.id != 0)
        return gate_away(t, &b.waiting);
    if (st == ST_OK)
        st = wallet_any(t);
    if (st == ST_NONE)
        return gate_open(t, "");
    return st == ST_OK ? client_menu(t, "") : st;
}

/* They had blocked us. The news that they let us in again may have come before. */
static bool is_back(struct talk *t)
{
    return t->back || (dialog_load(t->s, t->book->name, t->user, &t->dialog) == ST_OK &&
                       strcmp(t->dialog.at, TALK_BACK) == 0);
}

enum status join_start(struct talk *t, const char *arg)
{
    bool back = t->known && is_back(t);
    enum status st = ST_OK;

    (void)arg;
    talk_forget(t);
    if (back)
        st = messages_back(t);
    if (st != ST_OK)
        return st;
    return t->known ? welcome_back(t) : join_ask(t);
}

/* /start s_<store>, c_<campaign>, r_<referrer>: remembered until they agree, as nothing
 * of a person may be kept before. */
enum status join_source(struct talk *t, const char *arg)
{
    char word[SCREEN_DATA_MAX + 1];

    (void)arg;
    if (t->known)
        return welcome_back(t);
    if (talk_word(t->up->args, t->up->args_n, false, word) &&
        strlen(word) < CUSTOMER_SOURCE_BYTES)
        talk_remember(t, STATE, word);
    return join_ask(t);
}

enum status join_language(struct talk *t, const char *arg)
{
    t->lang = lang_find(arg);
    return t->known ? client_menu(t, "") : join_ask(t);
}

/* The row, the evidence and the first screen in one transaction. */
static enum status join(struct talk *t, int64_t text)
{
    struct contact who = talk_contact(t);
    struct consent_act act = {.purpose = PURPOSE_PD,
                              .text_id = text,
                              .update_id = t->up->id,
                              .via = CHANNEL_MESSENGER};
    enum status st;

    if (dialog_load(t->s, t->book->name, t->user, &t->dialog) == ST_OK &&
        strcmp(t->dialog.at, STATE) == 0 && t->dialog.word[0] != '\0')
        who.source = t->dialog.word;
    st = customer_meet(t->s->db, t->now, &who, &t->customer);
    if (st != ST_OK)
        return st;
    act.customer_id = t->customer.id;
    return consent_grant(t->s->db, t->now, &act);
}

/* What the evidence made of it: an older press than their own withdrawal changes
 * nothing. Somebody who comes back may have chosen another language this time. */
static enum status joined(struct talk *t)
{
    struct customer *c = &t->customer;
    enum status st = customer_load(t->s->db, c->id, c);

    if (st != ST_OK)
        return st;
    t->known = c->pd_ok;
    if (!t->known || strcmp(c->language, lang_code(t->lang)) == 0)
        return ST_OK;
    return customer_language(t->s->db, t->now, c->id, lang_code(t->lang));
}

enum status join_yes(struct talk *t, const char *arg)
{
    const char *code;
    int64_t text = talk_id(arg, &code);
    struct consent_text paper;
    enum status st;

    if (t->known)
        return welcome_back(t);
    t->lang = lang_find(code);
    if ((st = join_paper(t, PURPOSE_PD, &paper, NULL)) != ST_OK)
        return st;
    /* A forged button, or a text that has been replaced since: they read the new one.
     */
    if (text != paper.id)
        return join_ask(t);
    if ((st = join(t, text)) != ST_OK && st != ST_NONE)
        return st;
    talk_forget(t);
    if ((st = joined(t)) != ST_OK)
        return st;
    return t->known ? welcome_back(t) : join_ask(t);
}

enum status join_no(struct talk *t, const char *arg)
{
    struct screen sc;

    if (t->known)
        return client_menu(t, "");
    t->lang = lang_find(arg);
    screen_open(&sc, t->lang);
    /* Of who was here before, something is kept: the proof that they took it back. */
    screen_say(&sc, t->customer.id != 0 ? TEXT_WITHDRAWN : TEXT_REFUSED);
    screen_button(&sc, BTN_THINK_AGAIN, "w", "lang", lang_code(t->lang));
    return talk_show(t, &sc);
}
