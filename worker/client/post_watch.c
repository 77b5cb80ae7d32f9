/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * How far a broadcast is: a message that renews itself, with the brake on it. */
#include "worker/client/post.h"

#include "core/base/clock.h"
#include "core/broadcast/recipient.h"
#include "worker/steps.h"

#include <stdlib.h>

/* Often while somebody looks, rarely of one that takes a day: each edit is a row. */
#define OFTEN (3 * SECOND)
#define SELDOM (30 * SECOND)
#define LOOKED_AT (10 * MINUTE)

/* ---- the words ---------------------------------------------------------------------- */

static const enum text_key paused_words[PAUSES] = {
    [PAUSE_NONE] = TEXT_POST_PAUSED,
    [PAUSE_PERSON] = TEXT_POST_PAUSED,
    [PAUSE_REFUSALS] = TEXT_POST_PAUSED_REFUSALS,
    [PAUSE_ERROR] = TEXT_POST_PAUSED_ERROR,
    [PAUSE_RESTORED] = TEXT_POST_PAUSED_RESTORED,
    [PAUSE_HALT] = TEXT_POST_PAUSED_ERROR,
};

static void rate_say(struct screen *sc, const struct broadcast_progress *p)
{
    struct buf left = {0};

    if (p->eta_s < 0 || p->per_s < 0.5)
        return;
    post_lasts(p->eta_s, sc->lang, &left);
    screen_say(sc, TEXT_POST_RATE, T_INT("rate", (int64_t)(p->per_s + 0.5)),
               T_TEXT("left", left.s));
    buf_free(&left);
}

static void state_say(struct screen *sc, const struct broadcast *b,
                      const struct broadcast_progress *p)
{
    char id[14];

    post_arg(b->id, id);
    if (b->state == BROADCAST_SENDING) {
        if (b->filled_at == 0)
            screen_say(sc, TEXT_POST_GATHERS);
        rate_say(sc, p);
        screen_button(sc, BTN_POST_HALT, "q", "halt", id);
        screen_button(sc, BTN_POST_STOP, "q", "stop", id);
    } else if (b->state == BROADCAST_PAUSED) {
        screen_say(sc, paused_words[(unsigned)b->paused_why < PAUSES ? b->paused_why
                                                                     : PAUSE_NONE]);
        if (b->paused_why != PAUSE_RESTORED)
            screen_button(sc, BTN_POST_GO_ON, "q", "on", id);
        screen_button(sc, BTN_POST_STOP, "q", "stop", id);
    } else if (b->state == BROADCAST_CANCELLED) {
        screen_say(sc, TEXT_POST_CANCELLED);
    } else {
        screen_say(sc, TEXT_POST_FINISHED, T_INT("id", b->id));
    }
}

/* Of those it goes to: who was left out from the start is in no figure here. */
enum status post_progress_say(struct screen *sc, struct step *s,
                              const struct broadcast *b, int64_t *digest)
{
    struct broadcast_progress p = {0};
    struct broadcast_sums *sums = calloc(1, sizeof *sums);
    int64_t all, sent;
    enum status st = sums != NULL ? broadcast_sums(s->db, b->id, 0, sums) : ST_BROKEN;

    if (st == ST_OK)
        st = broadcast_progress(s->db, s->now, b->id, &p);
    if (st == ST_OK) {
        sent = sums->n[RECIPIENT_SENT] + sums->n[RECIPIENT_UNKNOWN];
        all = sent + sums->n[RECIPIENT_FAILED] + sums->n[RECIPIENT_CANCELLED] + p.left;
        screen_say(sc, TEXT_POST_PROGRESS, T_TEXT("name", b->name), T_INT("done", sent),
                   T_INT("all", all), T_INT("failed", sums->n[RECIPIENT_FAILED]));
        state_say(sc, b, &p);
        *digest = (((sent * 31 + p.failed) * 31 + all) * 31 + b->state) * 2 +
                  (b->filled_at != 0);
    }
    free(sums);
    return st;
}

/* ---- by itself ---------------------------------------------------------------------- */

struct watch {
    int64_t broadcast, message, to, shown;
    enum lang lang;
};

static enum status again(struct db *db, int64_t now, const struct watch *w, int64_t in)
{
    struct job_spec job = {.kind = KIND_BOT_POST_PROGRESS,
                           .key = w->to,
                           .args = json_new_object(),
                           .due = now + in};

    json_set_int(job.args, "b", w->broadcast);
    json_set_int(job.args, "m", w->message);
    json_set_int(job.args, "to", w->to);
    json_set_int(job.args, "l", w->lang);
    json_set_int(job.args, "d", w->shown);
    return job_put(db, now, &job);
}

/* Not before it has been sent itself (*early), and only what has changed. */
static enum status renew(struct step *s, struct watch *w, const struct broadcast *b,
                         bool *early)
{
    struct talk t = {.s = s, .book = &client_book, .now = s->now, .user = w->to};
    struct message m = {0};
    struct screen sc;
    int64_t digest = 0;
    enum status st = message_load(s->db, w->message, &m);
    int64_t place = m.external_id;

    *early = st == ST_OK && !message_final(m.state);
    message_free(&m);
    if (st != ST_OK || place == 0)
        return st == ST_NONE ? ST_OK : st;
    screen_open(&sc, w->lang);
    st = post_progress_say(&sc, s, b, &digest);
    if (st != ST_OK || digest == w->shown) {
        screen_close(&sc);
        return st;
    }
    w->shown = digest;
    return talk_renew(&t, &sc, place);
}

enum status post_progress_step(struct step *s)
{
    const struct json *a = s->job->args;
    struct watch w = {.broadcast = json_int_or(a, "b", 0),
                      .message = json_int_or(a, "m", 0),
                      .to = json_int_or(a, "to", 0),
                      .shown = json_int_or(a, "d", 0),
                      .lang = json_int_or(a, "l", 0) == LANG_EN ? LANG_EN : LANG_RU};
    struct broadcast b;
    bool early = false;
    enum status st = broadcast_load(s->db, w.broadcast, &b);

    if (st == ST_OK)
        st = renew(s, &w, &b, &early);
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    if (b.state != BROADCAST_SENDING && !early)
        return ST_OK; /* who lets it go on starts the watch anew */
    return again(s->db, s->now, &w, s->now - b.started_at < LOOKED_AT ? OFTEN : SELDOM);
}

enum status post_watch(struct talk *t, int64_t id)
{
    struct watch w = {.broadcast = id, .to = t->user, .lang = t->lang};
    struct broadcast b;
    struct screen sc;
    enum status st = broadcast_load(t->s->db, id, &b);

    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    st = post_progress_say(&sc, t->s, &b, &w.shown);
    if (st == ST_OK)
        st = talk_send(t, &sc, MESSAGE_SERVICE);
    else
        screen_close(&sc);
    w.message = t->last;
    return st == ST_OK && w.message != 0 ? again(t->s->db, t->now, &w, OFTEN) : st;
}

/* ---- the brake ---------------------------------------------------------------------- */

/* The pressed message shows what it is now. */
static enum status show_now(struct talk *t, int64_t id)
{
    struct broadcast b;
    struct screen sc;
    int64_t digest;
    enum status st = broadcast_load(t->s->db, id, &b);

    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    st = post_progress_say(&sc, t->s, &b, &digest);
    if (st == ST_OK)
        return talk_show(t, &sc);
    screen_close(&sc);
    return st;
}

typedef enum status act_fn(struct db *db, int64_t now, const struct broadcast_act *act);

static enum status pause_it(struct db *db, int64_t now, const struct broadcast_act *act)
{
    return broadcast_pause(db, now, act, PAUSE_PERSON);
}

/* ST_TAKEN: it has gone on meanwhile; the message says to what. */
static enum status act(struct talk *t, const char *arg, act_fn *fn)
{
    const struct broadcast_act a = {.id = talk_id(arg, NULL), .staff_id = t->staff.id};
    enum status st = a.id != 0 ? fn(t->s->db, t->now, &a) : ST_NONE;

    if (st == ST_NONE)
        return talk_say(t, TEXT_POST_GONE);
    return st == ST_TAKEN ? ST_OK : st;
}

enum status post_halt(struct talk *t, const char *arg)
{
    enum status st = act(t, arg, pause_it);

    return st == ST_OK && !t->edited ? show_now(t, talk_id(arg, NULL)) : st;
}

/* A new message, at the end of the chat: the old one may be far up. */
enum status post_go_on(struct talk *t, const char *arg)
{
    enum status st = act(t, arg, broadcast_resume);

    if (st != ST_OK || t->edited)
        return st;
    talk_leave(t);
    return post_watch(t, talk_id(arg, NULL));
}

/* Apart from the message, which would be written over by itself. */
enum status post_stop(struct talk *t, const char *arg)
{
    struct broadcast b;
    struct screen sc;
    int64_t id = talk_id(arg, NULL);
    enum status st = id != 0 ? broadcast_load(t->s->db, id, &b) : ST_NONE;

    if (st == ST_NONE)
        return talk_say(t, TEXT_POST_GONE);
    if (st != ST_OK)
        return st;
    talk_leave(t);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_POST_STOP, T_TEXT("name", b.name));
    screen_button(&sc, BTN_POST_STOP_SURE, "q", "sure", arg);
    screen_button(&sc, BTN_POST_KEEP, "m", "open", NULL);
    return talk_send(t, &sc, MESSAGE_SERVICE);
}

enum status post_stop_sure(struct talk *t, const char *arg)
{
    enum status st = act(t, arg, broadcast_cancel);

    return st == ST_OK && !t->edited ? show_now(t, talk_id(arg, NULL)) : st;
}
