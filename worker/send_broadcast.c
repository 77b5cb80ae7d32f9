/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * send.broadcast_chunk {"b":broadcast,"c":chain}: the messages of a broadcast, many under
 * way at a time (send_broadcast.h).
 *
 *   chunk_start -> chunk_turn --> a round, letters, rounds … --> chunk_end      over
 *                     ^                                      |-> unit_park      all wait
 *                     +------------------ unit_hold <--------+                  a moment
 *
 * A turn is taken after each turn of the loop: it starts what may leave, and a round when
 * there is something to settle or somebody to claim. */
#include "worker/send_broadcast.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 64      /* ended, or free to be claimed: worth a round */
#define SETTLE_MS 100 /* who ended waits no longer for one */
#define DENSE_MS 1000 /* Telegram counts by the second … */
#define DENSE_MORE 2  /* … and the pace is below what it allows */
#define STARTS 16     /* a turn of the loop: the rest at the next */
#define AWAY_MS 500   /* a store, or the lease, is away */
#define UNSENT_CAP_MS 60000
#define PARK_MS 60000 /* and looks again, as somebody may have stopped it */

static void chunk_start(struct unit *u);
static void chunk_turn(struct unit *u);

static const struct pace lane = {"client", PACE_BROADCAST, 0};

static int in_hand(const struct bulk *b)
{
    return b->n_ready + b->n_out;
}

static int64_t mono(const struct bulk *b)
{
    return loop_mono_ms(b->unit->send->loop);
}

/* The turn after the timers does what there is to do. */
static void awake(void *arg)
{
    (void)arg;
}

/* ---- taken back ------------------------------------------------------------------- */

/* The lane is frozen: whatever this child has in hand of it stays here. */
static void freeze(struct send *s, int64_t ms)
{
    for (struct unit *u = s->first; u != NULL; u = u->later) {
        struct bulk *b = u->own;

        if (u->kind != &send_chunk_kind || b == NULL)
            continue;
        letters_return(b, clock_now() + ms * MS);
        if (b->ask_ms < mono(b) + ms)
            b->ask_ms = mono(b) + ms;
    }
}

/* One chain has heard that it was stopped: the others need not find out themselves. */
static void stopped(const struct bulk *heard)
{
    for (struct unit *u = heard->unit->send->first; u != NULL; u = u->later) {
        struct bulk *b = u->own;

        if (u->kind == &send_chunk_kind && b != NULL &&
            b->broadcast_id == heard->broadcast_id)
            letters_return(b, clock_now());
    }
}

/* ---- the answer ------------------------------------------------------------------- */

static void hear_pictures(struct bulk *b, const struct letter *l,
                          const struct tg_answer *a)
{
    for (int i = 0; i < l->worded.files && b->n_heard < CONTENT_MEDIA_MAX; i++) {
        const char *id = wording_file_id(a->result, l->worded.place[i]);
        struct bulk_media *m = &b->heard[b->n_heard];

        if (id == NULL || strlen(id) >= sizeof m->file_id)
            continue;
        m->media = l->media[i];
        memcpy(m->file_id, id, strlen(id) + 1);
        b->n_heard++;
    }
}

/* The house is cut off, or comes back: as long as nothing gets out, little is tried. */
static void note_line(struct bulk *b, const struct tg_verdict *v)
{
    bool unsent = v->fate == TG_LATER && v->code == 0;
    int64_t wait;

    b->unsent = unsent ? b->unsent + 1 : 0;
    if (!unsent)
        return;
    wait = backoff_ms(b->unsent / BATCH, v->wait_s * 1000, UNSENT_CAP_MS);
    if (b->ask_ms < mono(b) + wait)
        b->ask_ms = mono(b) + wait;
    letters_return(b, clock_now() + wait * MS);
}

static void on_answer(void *arg, const struct tg_answer *a)
{
    struct letter *l = arg;
    struct bulk *b = l->bulk;
    struct send *s = b->unit->send;
    struct pace p = {lane.bot, lane.lane, l->chat};
    int64_t frozen;

    crash_point("bulk.answered");
    bulk_chat_free(s, l->chat);
    b->n_out--;
    b->uploads -= l->worded.files > 0;
    frozen = unit_heed(b->unit, &p, a);
    if (a->verdict.fate == TG_SENT)
        hear_pictures(b, l, a);
    if (a->verdict.action == TG_ACT_REUPLOAD)
        b->spoilt = l->variant;
    b->halt |= a->verdict.fate == TG_HALT;
    if (a->verdict.fate == TG_UNSURE)
        tally_unsure(&s->child->slot->counts, false);
    letter_end(b, l, letter_fate(l, a, clock_now(), frozen));
    if (frozen > 0)
        freeze(s, frozen);
    note_line(b, &a->verdict);
}

/* ---- asking ----------------------------------------------------------------------- */

static bool letter_ask(struct bulk *b, struct letter *l)
{
    struct send *s = b->unit->send;
    struct tg_ask ask = {.bot = TG_CLIENT,
                         .method = l->worded.method,
                         .body = l->worded.body.s,
                         .body_n = l->worded.body.len,
                         .file = l->worded.files > 0 ? l->worded.file : NULL,
                         .files = l->worded.files,
                         .done = on_answer,
                         .arg = l};

    if (s->tg == NULL || tg_call(s->tg, &ask) != ST_OK)
        return false;
    bulk_chat_take(s, l->chat);
    s->bulk_left[s->n_left++ % BULK_LEFT_MAX] = mono(b);
    b->n_out++;
    b->uploads += l->worded.files > 0;
    crash_point("bulk.asked");
    return true;
}

/* One whose picture is on its way up with another: it comes again when that has a name. */
static bool must_wait(const struct bulk *b, const struct letter *l)
{
    return l->worded.files > 0 && (b->uploads > 0 || b->n_heard > 0 || b->spoilt != 0);
}

static void letter_start(struct bulk *b, struct letter *l)
{
    struct recipient_fate bad = letter_back(l, 0);

    if (l->unmade) {
        bad.attempt = true;
        bad.due = clock_now() + AWAY_MS * MS;
        letter_end(b, l, bad);
    } else if (l->blank) {
        log_error("a broadcast cannot be said to somebody",
                  LOG_INT("broadcast", b->broadcast_id),
                  LOG_INT("customer", l->customer_id));
        bad.to = RECIPIENT_FAILED;
        bad.why = WHY_REFUSED;
        bad.bug = true;
        letter_end(b, l, bad);
    } else if (must_wait(b, l)) {
        letter_end(b, l, letter_back(l, clock_now() + AWAY_MS * MS));
        b->ask_ms = mono(b) + AWAY_MS;
    } else if (!letter_ask(b, l)) {
        letter_end(b, l, letter_back(l, clock_now() + AWAY_MS * MS));
    }
}

/* The pace counts when it says go; when the stores are slow, what it let go in two seconds
 * would leave in one. 0: one more may leave now; else in so many ms. */
static int64_t too_dense(const struct bulk *b)
{
    const struct send *s = b->unit->send;
    unsigned most = b->dense > 0 ? (unsigned)b->dense + DENSE_MORE : 0;
    int64_t gone;

    if (most == 0 || most > BULK_LEFT_MAX || s->n_left < most)
        return 0;
    gone = mono(b) - s->bulk_left[(s->n_left - most) % BULK_LEFT_MAX];
    return gone < DENSE_MS ? DENSE_MS - gone : 0;
}

/* One message under way to a chat at a time: who is being answered waits. After how many
 * ms there may be more to do. */
static int64_t letters_start(struct bulk *b)
{
    struct send *s = b->unit->send;
    struct letter **at = &b->ready;
    int started = 0;

    while (*at != NULL && s->n_bulk < BULK_CALLS_MAX && started < STARTS) {
        int64_t wait = too_dense(b);

        if (wait > 0)
            return wait < SETTLE_MS ? wait : SETTLE_MS;
        if (unit_chat_busy(s, (*at)->chat)) {
            at = &(*at)->next;
            continue;
        }
        letter_start(b, letter_take(b, at));
        started++;
    }
    return started == STARTS && *at != NULL ? 0 : SETTLE_MS;
}

/* ---- rounds ----------------------------------------------------------------------- */

static void letters_done(struct bulk *b)
{
    for (int i = 0; i < b->n_empty; i++) {
        struct letter *l = b->composed[i];

        if (i < b->n_composed)
            letter_ready(b, l);
        else
            letter_put_back(b, l);
    }
    b->n_empty = b->n_composed = 0;
}

static void on_round(void *arg, enum status st)
{
    struct bulk *b = arg;

    b->running = false;
    b->dense = b->per_s == 0 ? 0 : b->paid ? PACE_PAID_PER_S : PACE_BULK_PER_S;
    letters_done(b);
    if (st != ST_OK)
        b->wait_ms = AWAY_MS;
    if (b->ask_ms < mono(b) + b->wait_ms)
        b->ask_ms = mono(b) + b->wait_ms;
    if (st != ST_OK) {
        if (st != ST_DOWN && st != ST_AGAIN && st != ST_UNSURE)
            log_warn("a broadcast waits", LOG_INT("broadcast", b->broadcast_id),
                     LOG_TEXT("status", status_name(st)));
        b->left = BULK_MORE;
    }
    /* Who is in hand may have to come back: nobody else looks after this chain. */
    if (b->left == BULK_NOBODY && in_hand(b) + b->n_fates > 0) {
        b->left = BULK_LATER;
        b->ask_ms = mono(b) + SETTLE_MS;
    }
    b->over |= b->left == BULK_STOPPED || b->left == BULK_NOBODY;
    if (b->left == BULK_STOPPED)
        stopped(b);
    if (b->unit->send->stopping)
        letters_return(b, clock_now());
    chunk_turn(b->unit);
}

/* What the round is given: the loop does not touch it until it is over. */
static void round_fill(struct bulk *b, int want)
{
    memcpy(&b->settling[b->n_settling], b->fate,
           (size_t)b->n_fates * sizeof b->fate[0]);
    b->n_settling += b->n_fates;
    b->n_fates = 0;
    memcpy(&b->learn[b->n_learn], b->heard, (size_t)b->n_heard * sizeof b->heard[0]);
    b->n_learn += b->n_heard;
    b->n_heard = 0;
    b->settle_halt |= b->halt;
    b->halt = false;
    if (b->spoilt != 0) {
        b->unlearn = b->spoilt;
        b->spoilt = 0;
    }
    b->want = want;
    for (b->n_empty = 0; b->n_empty < want; b->n_empty++) {
        b->composed[b->n_empty] = b->free;
        b->free = b->free->next;
    }
}

static enum status round_work(void *arg, int hand)
{
    struct bulk *b = arg;
    struct send *s = b->unit->send;

    return bulk_round(b, &s->hand[hand], s->child->cfg);
}

/* How many more may be taken in hand now. */
static int wanted(struct bulk *b)
{
    struct unit *u = b->unit;
    int room = CHUNK_MAX - in_hand(b) - b->n_fates - b->n_settling;

    if (u->send->stopping || b->lost || b->over || b->halt || b->n_learn > 0 ||
        b->n_settling > 0 || unit_paused(u) || mono(b) < b->ask_ms)
        return 0;
    if (b->rerun && in_hand(b) + b->n_fates > 0)
        return 0;
    if (b->uploads > 0)
        return 0;
    return room >= BATCH || in_hand(b) == 0 ? room : 0;
}

static bool must_settle(const struct bulk *b)
{
    bool old = b->n_fates > 0 && mono(b) - b->fate_ms >= SETTLE_MS;

    return b->n_settling > 0 || b->n_fates >= BATCH || old || b->halt ||
           b->spoilt != 0 || b->n_heard > 0 || (b->n_fates > 0 && in_hand(b) == 0);
}

static void round_start(struct bulk *b, int want)
{
    struct send *s = b->unit->send;
    enum status st;

    if (s->crew == NULL || (b->n_settling > 0 && mono(b) < b->ask_ms))
        return;
    if (want > 0 && (st = unit_lease(b->unit)) != ST_OK) {
        b->lost = st == ST_TAKEN;
        b->ask_ms = mono(b) + AWAY_MS;
        want = 0;
    }
    round_fill(b, want);
    b->running = crew_do(s->crew, round_work, on_round, b) == ST_OK;
    if (!b->running) { /* no memory: what was filled stays for the next one */
        letters_done(b);
        b->ask_ms = mono(b) + AWAY_MS;
    }
}

/* ---- its end ---------------------------------------------------------------------- */

/* Whoever let it go on meanwhile found this job still there, and put no other. */
static enum status end_work(struct db *db, void *arg)
{
    struct unit *u = arg;
    struct bulk *b = u->own;
    struct ledger_run run = unit_run(u, NULL);
    struct broadcast now_is;
    int64_t now = clock_now();
    enum status st = ledger_claim(db, now, &u->job);

    if (st == ST_OK)
        st = broadcast_load(db, b->broadcast_id, &now_is);
    if (st == ST_OK && b->left != BULK_NOBODY && now_is.state == BROADCAST_SENDING)
        return ST_REFUSED;
    if (st == ST_OK && b->left == BULK_NOBODY)
        st = broadcast_finish(db, now, b->broadcast_id);
    if (st == ST_OK || st == ST_NONE)
        st = ledger_done(db, now, &u->job, &run);
    crash_point("bulk.ended");
    return st;
}

static void chunk_end(struct unit *u)
{
    struct bulk *b = u->own;
    enum status st = db_tx(u->send->db, end_work, u);

    if (st == ST_OK || st == ST_TAKEN) {
        unit_done(u);
    } else if (st == ST_REFUSED) {
        b->over = false;
        b->left = BULK_MORE;
        unit_hold(u, 0, chunk_turn);
    } else {
        unit_away(u, chunk_end);
    }
}

/* Nothing is in hand and nothing is under way: may the unit end, wait, or rest? */
static void chunk_rest(struct unit *u)
{
    struct bulk *b = u->own;
    int64_t wait = b->ask_ms - mono(b);

    if (b->lost) {
        unit_lost(u);
    } else if (b->over) {
        unit_next(u, chunk_end);
    } else if (unit_paused(u)) {
        unit_wait(u, chunk_start);
    } else if (wait > UNIT_HOLD_MS) {
        unit_park(u, wait < PARK_MS ? wait : PARK_MS);
    } else {
        unit_hold(u, wait > 0 ? wait : 0, chunk_turn);
    }
}

static void chunk_turn(struct unit *u)
{
    struct bulk *b = u->own;
    int64_t now = mono(b), again;
    int want;

    unit_busy(u);
    if (u->send->stopping || b->lost || b->over || unit_paused(u))
        letters_return(b, clock_now());
    again = now + letters_start(b);
    if (again < now + SETTLE_MS)
        loop_after(u->send->loop, &b->timer, again - now, awake, b);
    if (b->running)
        return;
    want = wanted(b);
    if (want > 0 || must_settle(b))
        round_start(b, want);
    if (b->running)
        return;
    if (in_hand(b) + b->n_fates + b->n_settling == 0) {
        chunk_rest(u);
        return;
    }
    if (b->ask_ms > now && b->ask_ms < again)
        again = b->ask_ms;
    loop_after(u->send->loop, &b->timer, again - now, awake, b);
}

/* ---- its beginning ---------------------------------------------------------------- */

static void chunk_free(void *own)
{
    struct bulk *b = own;

    loop_cancel(&b->timer);
    speech_free(b->speech);
    for (int i = 0; i < CHUNK_MAX; i++)
        worded_free(&b->letter[i].worded);
    free(b->who);
    free(b);
}

static struct bulk *chunk_new(struct unit *u)
{
    struct bulk *b = calloc(1, sizeof *b);

    if (b == NULL || (b->who = calloc(CHUNK_MAX, sizeof *b->who)) == NULL) {
        free(b);
        return NULL;
    }
    b->unit = u;
    b->broadcast_id = json_int_or(u->job.args, "b", 0);
    b->chain = (int)json_int_or(u->job.args, "c", 0) % BROADCAST_CHAINS;
    b->ready_end = &b->ready;
    b->rerun = true; /* of whoever had this job before */
    for (int i = 0; i < CHUNK_MAX; i++) {
        b->letter[i].bulk = b;
        letter_put_back(b, &b->letter[i]);
    }
    return b;
}

static void chunk_start(struct unit *u)
{
    if (u->own == NULL && (u->own = chunk_new(u)) == NULL)
        unit_away(u, chunk_start);
    else if (unit_fresh(u, chunk_start))
        chunk_turn(u);
}

static enum tg_bot chunk_bot(const struct job *j)
{
    (void)j;
    return TG_CLIENT;
}

const struct send_kind send_chunk_kind = {.kind = KIND_SEND_BROADCAST_CHUNK,
                                          .start = chunk_start,
                                          .own_free = chunk_free,
                                          .bot = chunk_bot,
                                          .turn = chunk_turn};
