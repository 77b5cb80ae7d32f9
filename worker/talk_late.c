/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * When not to answer. While the shop is closed for repairs, and after an outage: whoever
 * wrote five times to a bot that was away is answered once, not five times. */
#include "worker/talk.h"

#include "worker/books.h"

#define LATE (10 * MINUTE)        /* from writing to answering */
#define CLOSED_AGAIN (5 * MINUTE) /* that we are closed is not said at every line */

const char *talk_closed(const struct talk *t)
{
    return t->shop->set.maintenance && t->book == &client_book
               ? text_get(t->lang, ALERT_REPAIR)
               : NULL;
}

/* Was this person answered since? */
static enum status heard(struct talk *t, int64_t since)
{
    int64_t at;
    enum status st = message_last(t->s->db, t->book->sender, t->user, &at);

    if (st != ST_OK)
        return st;
    return at > since ? ST_OK : ST_NONE;
}

static enum status refused(enum status st)
{
    return st == ST_OK ? ST_REFUSED : st;
}

static enum status say_closed(struct talk *t)
{
    struct screen sc;
    enum status st;

    if (t->up->callback != NULL)
        return ST_REFUSED; /* the press was answered */
    if ((st = heard(t, t->now - CLOSED_AGAIN)) != ST_NONE)
        return refused(st);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_REPAIR);
    return refused(talk_show(t, &sc));
}

/* A command says what it wants, so the first one is carried out; what belonged to a
 * conversation that is over is not. */
enum status talk_late(struct talk *t)
{
    int64_t written = t->up->date * SECOND;
    enum status st;

    if (talk_closed(t) != NULL)
        return say_closed(t);
    if (written <= 0 || t->now - written < LATE)
        return ST_OK;
    if ((st = heard(t, written)) != ST_NONE)
        return refused(st);
    if (t->up->act == ACT_COMMAND)
        return ST_OK;
    talk_forget(t);
    return refused(t->book->menu(t, "were"));
}
