/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Guests' questions answered: by a reply to the message that brought one, in the private
 * chat or in the shop's group, or by its button. */
#include "worker/cashier/cashier.h"

#include "core/loyalty/code_text.h"
#include "worker/support.h"

#include <stdlib.h>
#include <string.h>

#define STATE "support" /* its word: the thread */

static enum status say(struct talk *t, enum text_key key,
                       const struct support_thread *thread)
{
    struct screen sc;
    enum status st;

    screen_open(&sc, t->lang);
    screen_say(&sc, key, T_TEXT("name", thread->name), T_INT("no", thread->id),
               T_INT("n", SUPPORT_WORDS_MAX));
    if (t->topic == 0 && t->up->chat == t->user)
        screen_button(&sc, BTN_MENU, "m", "new", NULL);
    st = talk_show(t, &sc);
    if (st != ST_OK || t->last == 0 || thread->id == 0)
        return st;
    return support_tie(t->s->db, t->last, thread->id); /* one may reply to this, too */
}

/* The thread of a button. ST_NONE: there is none, and the menu was shown. */
static enum status thread_of(struct talk *t, const char *arg,
                             struct support_thread *out)
{
    enum status st = support_load(t->s->db, talk_id(arg, NULL), out);

    talk_leave(t); /* the question stays in the chat */
    if (st != ST_NONE)
        return st;
    st = cashier_menu(t, "old");
    return st == ST_OK ? ST_NONE : st;
}

static enum status heard(enum status st)
{
    return st == ST_NONE ? ST_OK : st;
}

/* ---- answering -------------------------------------------------------------------- */

static enum status answer(struct talk *t, int64_t thread_id)
{
    const struct support_words w = {.words = t->up->text, .n = t->up->text_n};
    struct support_thread thread = {0};
    enum status st =
        support_answer(t->s->db, t->now, thread_id, t->staff.id, &w, &thread);

    talk_forget(t);
    if (st == ST_BAD)
        return say(t, TEXT_SUPPORT_TOO_LONG, &thread);
    if (st == ST_REFUSED || st == ST_NONE)
        return say(t, TEXT_SUPPORT_GONE, &thread);
    if (st == ST_OK)
        st = support_tell_customer(t, &thread, t->up->text, t->up->text_n);
    return st == ST_OK ? say(t, TEXT_SUPPORT_REPLIED, &thread) : st;
}

enum status support_reply(struct talk *t, const char *arg)
{
    struct support_thread thread;
    struct screen sc;
    enum status st = thread_of(t, arg, &thread);

    if (st != ST_OK)
        return heard(st);
    talk_remember(t, STATE, arg);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_SUPPORT_REPLY, T_TEXT("name", thread.name),
               T_INT("no", thread.id));
    screen_button(&sc, BTN_CANCEL, "y", "drop", NULL);
    return talk_show(t, &sc);
}

/* A code is for the till, never for whoever was about to be answered. */
enum status support_typed(struct talk *t, const char *arg)
{
    char code[CODE_TEXT_BYTES];

    (void)arg;
    if (code_text_read(t->up->text, t->up->text_n, code, NULL) == CODE_FINE) {
        talk_forget(t);
        return code_typed(t, "");
    }
    return answer(t, talk_id(t->dialog.word, NULL));
}

/* ---- closing, blocking ------------------------------------------------------------- */

static enum status close_it(struct talk *t, const struct support_thread *thread)
{
    enum status st = support_close(t->s->db, t->now, thread->id, t->staff.id);

    if (st == ST_OK)
        st = support_tell_closed(t, thread);
    return heard(st) == ST_OK ? say(t, TEXT_SUPPORT_CLOSED, thread) : st;
}

static enum status block_it(struct talk *t, const struct support_thread *thread,
                            bool block)
{
    enum status st =
        support_block(t->s->db, t->now, thread->customer_id, t->staff.id, block);
    struct screen sc;
    char id[14];

    if (heard(st) != ST_OK)
        return st;
    if (!block || t->up->act == ACT_GROUP_REPLY)
        return say(t, block ? TEXT_SUPPORT_BLOCKED : TEXT_SUPPORT_UNBLOCKED, thread);
    base36_print((uint64_t)thread->id, id);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_SUPPORT_BLOCKED, T_TEXT("name", thread->name));
    screen_button(&sc, BTN_UNBLOCK, "y", "unblock", id);
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_show(t, &sc);
}

enum status support_shut(struct talk *t, const char *arg)
{
    struct support_thread thread;
    enum status st = thread_of(t, arg, &thread);

    return st == ST_OK ? close_it(t, &thread) : heard(st);
}

enum status support_bar(struct talk *t, const char *arg)
{
    struct support_thread thread;
    enum status st = thread_of(t, arg, &thread);

    return st == ST_OK ? block_it(t, &thread, true) : heard(st);
}

enum status support_unbar(struct talk *t, const char *arg)
{
    struct support_thread thread;
    enum status st = thread_of(t, arg, &thread);

    return st == ST_OK ? block_it(t, &thread, false) : heard(st);
}

/* ---- a reply ---------------------------------------------------------------------- */

static enum status command(struct talk *t, int64_t thread_id)
{
    struct support_thread thread;
    enum status st = support_load(t->s->db, thread_id, &thread);

    if (st != ST_OK)
        return heard(st);
    if (strcmp(t->up->command, "close") == 0)
        return close_it(t, &thread);
    if (strcmp(t->up->command, "block") == 0)
        return block_it(t, &thread, true);
    return strcmp(t->up->command, "unblock") == 0 ? block_it(t, &thread, false) : ST_OK;
}

/* In the group the answer goes to the group: no customer is named there but by the first
 * name that stands above. */
enum status support_replied(struct talk *t, const char *arg)
{
    int64_t chat = t->up->chat, thread = 0;
    enum status st;

    (void)arg;
    if (!t->known || !staff_may(&t->staff, PERM_SUPPORT))
        return ST_NONE;
    st = support_find(t->s->db, t->book->sender, chat, t->up->reply, &thread);
    if (st != ST_OK)
        return st;
    if (chat != t->user) {
        const char *slash = strchr(t->shop->set.support_chat, '/');

        t->user = chat;
        t->topic = slash != NULL ? strtoll(slash + 1, NULL, 10) : 0;
    }
    return t->up->command[0] != '\0' ? command(t, thread) : answer(t, thread);
}
