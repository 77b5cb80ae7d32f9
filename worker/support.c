/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/support.h"

#include "core/loyalty/redemption.h"
#include "worker/books.h"
#include "worker/client/client.h"
#include "worker/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STAFF_MAX 20

/* ---- to the staff ---------------------------------------------------------------- */

struct question {
    const struct support_thread *thread;
    const char *words; /* ends with a NUL */
    const struct support_photo *photo;
};

/* What a "this was not me" is about. */
static enum status say_about(struct talk *t, struct screen *sc,
                             const struct support_thread *thread)
{
    char when[SHOP_WHEN_BYTES];
    struct redemption r;
    enum status st;

    if (thread->redemption_id == 0)
        return ST_OK;
    st = redemption_load(t->s->db, thread->redemption_id, &r);
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    shop_when(t->shop, r.redeemed_at, t->lang, when);
    screen_say(sc, TEXT_SUPPORT_ABOUT, T_INT("no", r.receipt_no),
               T_TEXT("store", r.store), T_TEXT("when", when));
    return ST_OK;
}

static void buttons(struct screen *sc, const struct support_thread *thread)
{
    char id[14];

    base36_print((uint64_t)thread->id, id);
    screen_button(sc, BTN_REPLY, "y", "reply", id);
    screen_button(sc, BTN_CLOSE_TALK, "y", "close", id);
    screen_button(sc, BTN_BLOCK, "y", "block", id);
}

static enum status fill(struct talk *t, struct screen *sc, const struct question *q,
                        bool group)
{
    enum status st;

    screen_say(sc, TEXT_SUPPORT_NEW, T_TEXT("name", q->thread->name),
               T_INT("no", q->thread->id));
    if (q->words[0] != '\0')
        screen_say_own(sc, q->words);
    st = say_about(t, sc, q->thread);
    screen_say(sc, group ? TEXT_SUPPORT_HOW_GROUP : TEXT_SUPPORT_HOW);
    if (q->photo != NULL)
        (q->photo->shown ? screen_photo : screen_document)(sc, q->photo->document);
    if (!group) /* buttons in a group would be anybody's */
        buttons(sc, q->thread);
    return st;
}

static enum status put_tied(struct talk *t, struct screen *sc,
                            const struct support_thread *thread)
{
    enum status st = talk_send(t, sc, MESSAGE_SERVICE);

    return st == ST_OK && t->last != 0 ? support_tie(t->s->db, t->last, thread->id)
                                       : st;
}

static enum status tell_one(struct talk *t, const struct question *q, bool group)
{
    struct screen sc;
    enum status st;

    screen_open(&sc, t->lang);
    st = fill(t, &sc, q, group);
    if (st != ST_OK) {
        screen_close(&sc);
        return st;
    }
    return put_tied(t, &sc, q->thread);
}

static struct talk to_staff(const struct talk *t)
{
    return (struct talk){
        .s = t->s, .book = &cashier_book, .shop = t->shop, .now = t->now + t->put};
}

/* "-100…" or "-100…/topic" */
static enum status tell_group(const struct talk *t, const struct question *q)
{
    const char *chat = t->shop->set.support_chat, *slash = strchr(chat, '/');
    struct talk to = to_staff(t);

    to.user = strtoll(chat, NULL, 10);
    to.topic = slash != NULL ? strtoll(slash + 1, NULL, 10) : 0;
    return tell_one(&to, q, true);
}

static enum status tell_each(const struct talk *t, const struct question *q)
{
    struct staff who[STAFF_MAX];
    int i, n = 0;
    enum status st = staff_with(t->s->db, PERM_SUPPORT, who, STAFF_MAX, &n);

    for (i = 0; i < n && st == ST_OK; i++) {
        struct talk to = to_staff(t);

        to.user = who[i].external_id;
        to.lang = lang_find(who[i].language);
        st = tell_one(&to, q, false);
    }
    return st;
}

enum status support_tell_staff(struct talk *t, const struct support_thread *thread,
                               const struct support_words *w,
                               const struct support_photo *photo)
{
    struct buf words = {0};
    struct question q = {.thread = thread, .photo = photo};
    enum status st;

    for (size_t i = 0; i < w->n; i++) /* a NUL would end it */
        buf_addc(&words, w->words[i] != '\0' ? w->words[i] : ' ');
    q.words = words.s != NULL ? words.s : "";
    if (words.failed)
        st = ST_BROKEN;
    else if (t->shop->set.support_chat[0] != '\0')
        st = tell_group(t, &q);
    else
        st = tell_each(t, &q);
    buf_free(&words);
    return st;
}

/* ---- to the customer -------------------------------------------------------------- */

static enum status open_customer(const struct talk *t,
                                 const struct support_thread *thread, struct talk *to)
{
    enum status st;

    *to =
        (struct talk){.s = t->s, .book = &client_book, .shop = t->shop, .now = t->now};
    st = customer_load(t->s->db, thread->customer_id, &to->customer);
    if (st != ST_OK)
        return st;
    to->known = true;
    to->user = to->customer.external_id;
    to->lang = lang_find(to->customer.language);
    return ST_OK;
}

/* "Dvorik", or "Марина, Dvorik" where the shop wants names. */
static void who_answers(const struct talk *t,
                        char out[SETTING_LINE + CONTACT_NAME_BYTES])
{
    bool named = t->shop->set.support_names && t->staff.name[0] != '\0';

    snprintf(out, SETTING_LINE + CONTACT_NAME_BYTES, "%s%s%s",
             named ? t->staff.name : "", named ? ", " : "", t->shop->brand);
}

enum status support_tell_customer(struct talk *t, const struct support_thread *thread,
                                  const char *words, size_t n)
{
    char who[SETTING_LINE + CONTACT_NAME_BYTES];
    struct buf said = {0};
    struct screen sc;
    struct talk to;
    enum status st = open_customer(t, thread, &to);

    if (st != ST_OK)
        return st;
    for (size_t i = 0; i < n; i++)
        buf_addc(&said, words[i] != '\0' ? words[i] : ' ');
    who_answers(t, who);
    screen_open(&sc, to.lang);
    screen_say(&sc, TEXT_SUPPORT_ANSWER, T_TEXT("who", who), T_TEXT("words", said.s));
    sc.failed |= said.failed;
    screen_button(&sc, BTN_REPLY, "t", "write", NULL);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    buf_free(&said);
    return put_tied(&to, &sc, thread);
}

enum status support_tell_closed(struct talk *t, const struct support_thread *thread)
{
    struct screen sc;
    struct talk to;
    enum status st = open_customer(t, thread, &to);

    if (st != ST_OK || !to.customer.pd_ok)
        return st;
    screen_open(&sc, to.lang);
    screen_say(&sc, TEXT_SUPPORT_DONE);
    screen_button(&sc, BTN_SUPPORT, "t", "write", NULL);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_send(&to, &sc, MESSAGE_SERVICE);
}

/* A file that was fetched is a photo for whoever sent it: of the guests' bot, words to
 * the shop; of the cashiers', a code. */
enum status fetched_step(struct step *s)
{
    const char *bot = json_text(s->job->args, "bot", NULL);

    return bot != NULL && strcmp(bot, client_book.name) == 0 ? support_fetched(s)
                                                             : file_fetched_step(s);
}
