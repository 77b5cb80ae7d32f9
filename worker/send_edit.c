/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * send.broadcast_edit {"b":broadcast,"n":which edit,"v":variant,"do":"edit"|"delete",
 * "after":customer,"since"}: what was sent gets other words, or is taken back.
 *
 *   edit_start -> a round (thread): the page, whom the pace lets go -> letters ~~> answers
 *                   ^                                                              |
 *                   +---------------- some wait for the pace, or for time <--------+
 *   all have ended -> edit_close: counts, the job of the next page, one transaction
 *
 * A page that is done twice changes nothing: a message that says it already is as good as
 * edited, one that is gone as good as deleted. */
#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/broadcast/edit.h"
#include "worker/send_broadcast.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP (48 * HOUR) /* a bot may delete what is no older */
#define TRIES 5
#define AWAY_MS 500
#define CALLS_MAX 16 /* under way */

enum paper_state { PAPER_WAITS, PAPER_MAY, PAPER_OUT, PAPER_ENDED };

struct paper {
    struct letter l;
    struct edit_work *work;
    enum paper_state state;
};

struct edit_work {
    struct unit *unit;
    struct edit edit;
    struct edit_page page;
    struct speech *speech;
    struct recipient who[EDIT_PAGE];
    struct paper paper[EDIT_PAGE];
    int n_out;
    bool running, read, first;
    int64_t ask_ms; /* monotonic: not before */
    int64_t wait_ms;
    struct loop_timer timer;
};

static void edit_start(struct unit *u);
static void edit_turn(struct unit *u);

static void awake(void *arg)
{
    (void)arg;
}

static int64_t mono(const struct edit_work *w)
{
    return loop_mono_ms(w->unit->send->loop);
}

static int how_many(const struct edit_work *w, enum paper_state s)
{
    int n = 0;

    for (int i = 0; i < w->page.n; i++)
        n += w->paper[i].state == s;
    return n;
}

/* ---- the round, in a thread ------------------------------------------------------- */

static enum status deletion(struct letter *l)
{
    l->worded.method = "deleteMessage";
    l->worded.files = 0;
    buf_clear(&l->worded.body);
    buf_addf(&l->worded.body, "{\"chat_id\":%" PRId64 ",\"message_id\":%" PRId64 "}",
             l->chat, l->edits);
    return l->worded.body.failed ? ST_BROKEN : ST_OK;
}

static enum status compose(struct edit_work *w, const struct broadcast *b, int i)
{
    struct paper *p = &w->paper[i];
    enum status st;

    p->work = w;
    p->l.chat = w->who[i].external_id;
    p->l.edits = w->page.external[i];
    p->l.attempts = 0;
    st = w->edit.does == EDIT_DELETE ? deletion(&p->l)
                                     : speech_compose(w->speech, b, &w->who[i], &p->l);
    p->state = st == ST_OK ? PAPER_WAITS : PAPER_ENDED;
    if (st == ST_NONE)
        w->edit.sums.done++; /* there is nothing to change */
    else if (st != ST_OK)
        w->edit.sums.failed++;
    return st == ST_BROKEN ? st : ST_OK;
}

static enum status page_read(struct edit_work *w, struct bulk_hand *h)
{
    const struct config *cfg = w->unit->send->child->cfg;
    struct broadcast b;
    enum status st = broadcast_load(h->db, w->edit.broadcast_id, &b);

    w->edit.sums = (struct edit_sums){0};
    if (st == ST_OK && w->edit.does == EDIT_WORDS && w->speech == NULL)
        st = speech_load(h->db, cfg, b.id, &w->speech);
    if (st == ST_OK && w->first && w->page.since != 0)
        st = edit_late(h->db, &w->page, &w->edit.sums.late);
    if (st == ST_OK)
        st = edit_next(h->db, &w->page);
    for (int i = 0; i < w->page.n && st == ST_OK; i++)
        st = compose(w, &b, i);
    w->read = st == ST_OK;
    return st;
}

static enum status edit_round(void *arg, int hand)
{
    struct edit_work *w = arg;
    struct bulk_hand *h = &w->unit->send->hand[hand];
    int64_t chats[EDIT_PAGE];
    int at[EDIT_PAGE];
    struct pace_many p = {.bot = "client", .chats = chats, .per_s = PACE_BULK_PER_S};
    enum status st = w->read ? ST_OK : page_read(w, h);

    w->wait_ms = 0;
    for (int i = 0; i < w->page.n && st == ST_OK; i++)
        if (w->paper[i].state == PAPER_WAITS && p.n < CALLS_MAX) {
            at[p.n] = i;
            chats[p.n++] = w->paper[i].l.chat;
        }
    if (st != ST_OK || p.n == 0)
        return st;
    st = pace_ask_many(h->redis, &p);
    for (int i = 0; i < p.n && st == ST_OK; i++)
        if (p.go[i])
            w->paper[at[i]].state = PAPER_MAY;
    w->wait_ms = p.wait_ms;
    return st;
}

/* ---- answers ---------------------------------------------------------------------- */

static void again(struct paper *p, int64_t ms)
{
    struct edit_work *w = p->work;

    p->state = PAPER_WAITS;
    if (w->ask_ms < mono(w) + ms)
        w->ask_ms = mono(w) + ms;
}

static void judge(struct paper *p, const struct tg_verdict *v)
{
    struct edit_sums *sums = &p->work->edit.sums;
    bool gone = v->class == TG_CLASS_STALE_MESSAGE || v->class == TG_CLASS_UNREACHABLE;
    bool once_more =
        v->fate == TG_UNSURE || v->fate == TG_HALT || v->action == TG_ACT_RETRY_BACKOFF;

    p->state = PAPER_ENDED;
    if (v->fate == TG_SENT)
        sums->done++;
    else if (gone)
        sums->gone++;
    else if (once_more && ++p->l.attempts < TRIES)
        again(p, backoff_ms(p->l.attempts, 1000, 30000));
    else
        sums->failed++;
}

static void on_answer(void *arg, const struct tg_answer *a)
{
    struct paper *p = arg;
    struct unit *u = p->work->unit;
    struct pace lane = {"client", PACE_BROADCAST, p->l.chat};
    int64_t frozen;

    crash_point("edit.answered");
    bulk_chat_free(u->send, p->l.chat);
    p->work->n_out--;
    frozen = unit_heed(u, &lane, a);
    if (frozen > 0)
        again(p, frozen);
    else
        judge(p, &a->verdict);
}

static void papers_start(struct edit_work *w)
{
    struct send *s = w->unit->send;

    for (int i = 0; i < w->page.n; i++) {
        struct paper *p = &w->paper[i];
        struct tg_ask ask = {.bot = TG_CLIENT,
                             .method = p->l.worded.method,
                             .body = p->l.worded.body.s,
                             .body_n = p->l.worded.body.len,
                             .done = on_answer,
                             .arg = p};

        if (p->state != PAPER_MAY)
            continue;
        if (s->stopping) {
            again(p, AWAY_MS);
            continue;
        }
        if (s->n_bulk == BULK_CALLS_MAX || unit_chat_busy(s, p->l.chat))
            continue;
        if (s->tg == NULL || tg_call(s->tg, &ask) != ST_OK) {
            again(p, AWAY_MS);
            continue;
        }
        bulk_chat_take(s, p->l.chat);
        p->state = PAPER_OUT;
        w->n_out++;
    }
}

/* ---- the end of a page ------------------------------------------------------------ */

static enum status next_put(struct db *db, int64_t now, const struct edit_work *w)
{
    struct job_spec next = {.kind = KIND_SEND_BROADCAST_EDIT,
                            .key = w->edit.broadcast_id,
                            .batch = w->edit.broadcast_id};
    int64_t after = w->who[w->page.n - 1].customer_id;
    char idk[60];

    snprintf(idk, sizeof idk, "bc:%" PRId64 ":%" PRId64 ":%" PRId64,
             w->edit.broadcast_id, w->edit.no, after);
    next.idk = idk;
    next.args = json_copy(w->unit->job.args);
    json_set_int(next.args, "after", after);
    json_set_int(next.args, "since", w->page.since);
    return job_put(db, now, &next);
}

static enum status close_work(struct db *db, void *arg)
{
    struct unit *u = arg;
    struct edit_work *w = u->own;
    struct ledger_run run = unit_run(u, NULL);
    bool ends = w->page.n < EDIT_PAGE;
    int64_t now = clock_now();
    enum status st = ledger_claim(db, now, &u->job);

    if (st == ST_OK)
        st = edit_note(db, now, &w->edit, ends);
    if (st == ST_OK && !ends)
        st = next_put(db, now, w);
    if (st == ST_OK)
        st = ledger_done(db, now, &u->job, &run);
    crash_point("edit.closed");
    return st;
}

static void edit_close(struct unit *u)
{
    enum status st = db_tx(u->send->db, close_work, u);

    if (st == ST_OK || st == ST_TAKEN)
        unit_done(u);
    else
        unit_away(u, edit_close);
}

/* ---- turns ------------------------------------------------------------------------ */

static void on_round(void *arg, enum status st)
{
    struct edit_work *w = arg;

    w->running = false;
    if (st != ST_OK)
        w->wait_ms = AWAY_MS;
    if (w->ask_ms < mono(w) + w->wait_ms)
        w->ask_ms = mono(w) + w->wait_ms;
    edit_turn(w->unit);
}

static void edit_turn(struct unit *u)
{
    struct edit_work *w = u->own;
    struct send *s = u->send;
    int64_t wait;

    unit_busy(u);
    if (w->running)
        return;
    papers_start(w);
    wait = w->ask_ms - mono(w);
    /* What may leave but finds its chat busy is looked at each turn (papers_start). */
    if (w->n_out + how_many(w, PAPER_MAY) > 0 &&
        (how_many(w, PAPER_WAITS) == 0 || wait > 0 || s->stopping)) {
        loop_after(s->loop, &w->timer, wait > 0 ? wait : AWAY_MS, awake, w);
    } else if (w->read && how_many(w, PAPER_ENDED) == w->page.n) {
        unit_next(u, edit_close);
    } else if (s->stopping || wait > 0) {
        if (wait > UNIT_HOLD_MS)
            unit_park(u, wait);
        else
            unit_hold(u, wait > 0 ? wait : 0, edit_turn);
    } else {
        w->running = crew_do(s->crew, edit_round, on_round, w) == ST_OK;
        if (!w->running)
            unit_hold(u, AWAY_MS, edit_turn);
    }
}

/* ---- its beginning ---------------------------------------------------------------- */

static void edit_free(void *own)
{
    struct edit_work *w = own;

    loop_cancel(&w->timer);
    speech_free(w->speech);
    for (int i = 0; i < EDIT_PAGE; i++)
        worded_free(&w->paper[i].l.worded);
    free(w);
}

static struct edit_work *edit_new(struct unit *u)
{
    struct edit_work *w = calloc(1, sizeof *w);
    const char *does = json_text(u->job.args, "do", NULL);

    if (w == NULL)
        return NULL;
    w->unit = u;
    w->edit.broadcast_id = json_int_or(u->job.args, "b", 0);
    w->edit.no = json_int_or(u->job.args, "n", 0);
    w->edit.variant = (int)json_int_or(u->job.args, "v", 0);
    w->edit.does =
        does != NULL && strcmp(does, "delete") == 0 ? EDIT_DELETE : EDIT_WORDS;
    w->page = (struct edit_page){.broadcast_id = w->edit.broadcast_id,
                                 .variant = w->edit.variant,
                                 .after = json_int_or(u->job.args, "after", 0),
                                 .since = json_int_or(u->job.args, "since", 0),
                                 .r = w->who};
    w->first = w->page.after == 0;
    if (w->edit.does == EDIT_DELETE && w->page.since == 0)
        w->page.since = clock_now() - KEEP;
    return w;
}

static void edit_start(struct unit *u)
{
    if (u->own == NULL && (u->own = edit_new(u)) == NULL)
        unit_away(u, edit_start);
    else if (unit_fresh(u, edit_start))
        edit_turn(u);
}

static enum tg_bot edit_bot(const struct job *j)
{
    (void)j;
    return TG_CLIENT;
}

const struct send_kind send_edit_kind = {.kind = KIND_SEND_BROADCAST_EDIT,
                                         .start = edit_start,
                                         .own_free = edit_free,
                                         .bot = edit_bot,
                                         .turn = edit_turn};
