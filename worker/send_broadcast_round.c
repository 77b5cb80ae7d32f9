/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a chain asks of the stores between its messages, in a thread: everything that may
 * take milliseconds. */
#include "worker/send_broadcast.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/setting.h"

#include <stdlib.h>
#include <string.h>

#define KNOWN_MS 5000 /* so old may be what it knows of the pace it is allowed */
#define FILLING_MS 300

struct round {
    struct bulk *b;
    struct bulk_hand *h;
    const struct config *cfg;
    int64_t customer[CHUNK_MAX]; /* may be written to now */
    int n;
    struct chunk chunk;
};

/* ---- settling --------------------------------------------------------------------- */

static enum status settle_work(struct db *db, void *arg)
{
    struct bulk *b = arg;
    struct broadcast_act act = {.id = b->broadcast_id};
    struct broadcast now_is;
    int64_t now = clock_now();
    enum status st = ST_OK;

    if (b->n_settling > 0)
        st = recipients_settle(db, now, b->broadcast_id, b->unit->job.id, b->settling,
                               b->n_settling);
    if (st == ST_OK && b->settle_halt) {
        st = broadcast_pause(db, now, &act, PAUSE_HALT);
        st = st == ST_TAKEN ? ST_OK : st; /* it does not send any more */
    }
    /* Whoever stopped it need not wait for the next claim: what is READY comes back. */
    if (st == ST_OK)
        st = broadcast_load(db, b->broadcast_id, &now_is);
    if (st == ST_OK && now_is.state != BROADCAST_SENDING)
        b->left = BULK_STOPPED;
    crash_point("bulk.settled");
    return st;
}

static enum status settle(struct bulk *b, struct db *db)
{
    enum status st = ST_OK;

    if (b->n_settling == 0 && !b->settle_halt)
        return ST_OK;
    st = db_tx(db, settle_work, b);
    if (st == ST_OK) {
        b->n_settling = 0;
        b->settle_halt = false;
    }
    return st;
}

/* Its messages may have arrived: nobody asks Telegram a second time. */
static enum status lost_work(struct db *db, void *arg)
{
    struct bulk *b = arg;
    int n = 0;

    return recipients_lost(db, clock_now(), b->broadcast_id, b->unit->job.id, &n);
}

/* A content that was checked when it was saved cannot be read: nobody gets anything. */
static enum status unreadable_work(struct db *db, void *arg)
{
    struct bulk *b = arg;
    struct broadcast_act act = {.id = b->broadcast_id};
    enum status st = broadcast_pause(db, clock_now(), &act, PAUSE_ERROR);

    b->left = BULK_STOPPED;
    return st == ST_TAKEN ? ST_OK : st;
}

static enum status unreadable(struct bulk *b, struct bulk_hand *h)
{
    enum status st = db_tx(h->db, unreadable_work, b);

    return st == ST_OK ? ST_NONE : st;
}

/* ST_REFUSED: it cannot be read. */
static enum status speech_read(struct bulk *b, struct db *db, const struct config *cfg)
{
    enum status st = speech_load(db, cfg, b->broadcast_id, &b->speech);

    return st == ST_BAD || st == ST_NONE ? ST_REFUSED : st;
}

static enum status speech(struct bulk *b, struct bulk_hand *h, const struct config *cfg)
{
    enum status st = b->speech == NULL ? speech_read(b, h->db, cfg) : ST_OK;

    return st == ST_REFUSED ? unreadable(b, h) : st;
}

/* ---- who could be next ------------------------------------------------------------ */

static enum status look(struct bulk *b, struct db *db)
{
    struct recipients_look l = {.broadcast_id = b->broadcast_id,
                                .chain = b->chain,
                                .room = LOOK_MAX,
                                .out = b->look};
    enum status st;

    if (b->n_look > 0)
        return ST_OK;
    st = recipients_next(db, clock_now(), &l);
    if (st == ST_OK)
        b->n_look = l.n;
    return st;
}

/* ---- the pace --------------------------------------------------------------------- */

/* A stand-in is measured without a pace; Telegram never is. */
static bool is_unpaced(const struct config *cfg)
{
    const char *wish = getenv("DVORIK_UNPACED");

    return wish != NULL && wish[0] == '1' &&
           strncmp(cfg->telegram_api_base, "http://127.", 11) == 0;
}

static enum status know(struct bulk *b, struct round *r)
{
    int64_t now = clock_mono_ms(), paid = 0;
    struct broadcast now_is;
    enum status st;

    if (b->known_ms != 0 && now - b->known_ms < KNOWN_MS)
        return ST_OK;
    st = broadcast_load(r->h->db, b->broadcast_id, &now_is);
    if (st == ST_OK && now_is.paid)
        st = setting_int(r->h->db, "broadcast_paid", &paid);
    if (st != ST_OK)
        return st;
    b->paid = paid != 0;
    b->per_s = b->paid ? PACE_PAID_PER_S : PACE_BULK_PER_S;
    b->own_per_s = now_is.rate_per_s < b->per_s ? now_is.rate_per_s : 0;
    if (is_unpaced(r->cfg))
        b->per_s = b->own_per_s = 0;
    b->known_ms = now;
    return ST_OK;
}

/* Those who may be written to leave the look; the others stay in it. Who has no chat any
 * more (erased) is not asked for: nothing will leave to them. */
static enum status pace(struct bulk *b, struct round *r)
{
    int64_t chats[PACE_MANY_MAX];
    struct pace_many p = {.bot = "client",
                          .chats = chats,
                          .per_s = b->per_s,
                          .broadcast = b->broadcast_id,
                          .own_per_s = b->own_per_s};
    int n = b->n_look < b->want ? b->n_look : b->want, asked = 0, kept = 0;
    enum status st = ST_OK;

    for (int i = 0; i < n; i++)
        if (b->look[i][1] != 0)
            chats[p.n++] = b->look[i][1];
    if (p.n > 0)
        st = pace_ask_many(r->h->redis, &p);
    if (st != ST_OK)
        return st;
    for (int i = 0; i < b->n_look; i++) {
        if (i < n && (b->look[i][1] == 0 || p.go[asked++])) {
            r->customer[r->n++] = b->look[i][0];
            continue;
        }
        memmove(b->look[kept++], b->look[i], sizeof b->look[0]);
    }
    b->n_look = kept;
    b->wait_ms = p.wait_ms;
    return ST_OK;
}

/* ---- taking in hand --------------------------------------------------------------- */

/* It was reworded while it was sent: whoever is in hand now gets the new words. */
static enum status speech_fresh(struct round *r, struct db *db)
{
    struct bulk *b = r->b;
    enum status st = ST_OK;

    if (speech_version(b->speech) != r->chunk.b.version)
        st = speech_read(b, db, r->cfg);
    return st == ST_OK ? speech_look(db, b->speech) : st;
}

/* Without words for them nobody is taken in hand. */
static enum status claim_work(struct db *db, void *arg)
{
    struct round *r = arg;
    enum status st;

    r->chunk.n = 0;
    r->chunk.next_due = 0;
    st = recipients_claim(db, clock_now(), &r->chunk, r->customer, r->n);
    if (st == ST_OK && r->chunk.n > 0)
        st = speech_fresh(r, db);
    crash_point("bulk.claiming");
    return st;
}

/* Nobody was there to be asked for: when will be? */
static void wait_for(struct bulk *b, const struct chunk *c)
{
    int64_t ms = (c->next_due - clock_now()) / MS;

    if (c->next_due != 0 && (c->b.filled_at != 0 || ms < FILLING_MS)) {
        b->left = BULK_LATER;
        b->wait_ms = ms < 1 ? 1 : ms;
    } else if (c->b.filled_at == 0) {
        b->left = BULK_LATER;
        b->wait_ms = FILLING_MS;
    } else {
        b->left = BULK_NOBODY;
    }
}

static void compose(struct bulk *b, const struct broadcast *now_is,
                    const struct recipient *who)
{
    struct letter *l = b->composed[b->n_composed++];
    enum status st;

    l->customer_id = who->customer_id;
    l->chat = who->external_id;
    l->message_id = who->message_id;
    l->variant = who->variant;
    l->attempts = who->attempts;
    st = speech_compose(b->speech, now_is, who, l);
    l->unmade = st == ST_BROKEN;
    l->blank = st != ST_OK && !l->unmade;
}

static enum status claim(struct bulk *b, struct round *r)
{
    enum status st = ST_OK;

    r->chunk = (struct chunk){.broadcast_id = b->broadcast_id,
                              .job = b->unit->job.id,
                              .room = b->want,
                              .chain = b->chain,
                              .tz = speech_zone(b->speech),
                              .r = b->who};
    st = db_tx(r->h->db, claim_work, r);
    if (st == ST_NONE) {
        b->left = BULK_STOPPED;
        return ST_OK;
    }
    if (st == ST_REFUSED) {
        st = unreadable(b, r->h);
        return st == ST_NONE ? ST_OK : st;
    }
    if (st == ST_UNSURE)
        b->rerun = true; /* it may have: they are nobody's, but for this job */
    if (st != ST_OK)
        return st;
    crash_point("bulk.claimed");
    if (r->n == 0 && r->chunk.n == 0)
        wait_for(b, &r->chunk);
    r->chunk.b.paid = b->paid;
    for (int i = 0; i < r->chunk.n; i++)
        compose(b, &r->chunk.b, &b->who[i]);
    return ST_OK;
}

/* What was learned of the pictures, before the next ones are composed with them. */
static enum status learn(struct bulk *b, struct db *db)
{
    enum status st = ST_OK;

    while (b->speech != NULL && st == ST_OK && b->n_learn > 0)
        if ((st = speech_learn(db, b->speech, &b->learn[b->n_learn - 1])) == ST_OK)
            b->n_learn--;
    if (b->speech != NULL && st == ST_OK && b->unlearn != 0 &&
        (st = speech_unlearn(db, b->speech, b->unlearn)) == ST_OK)
        b->unlearn = 0;
    return st;
}

/* ---- the round -------------------------------------------------------------------- */

enum status bulk_round(struct bulk *b, struct bulk_hand *h, const struct config *cfg)
{
    struct round r = {.b = b, .h = h, .cfg = cfg};
    enum status st;

    b->n_composed = 0;
    b->left = BULK_MORE;
    b->wait_ms = 0;
    st = settle(b, h->db);
    if (st == ST_OK && b->rerun && b->want > 0) {
        st = db_tx(h->db, lost_work, b);
        b->rerun = st != ST_OK;
    }
    if (st == ST_OK)
        st = learn(b, h->db);
    if (st != ST_OK || b->want == 0 || b->left == BULK_STOPPED)
        return st;
    st = speech(b, h, cfg);
    if (st == ST_NONE)
        return ST_OK;
    if (st == ST_OK)
        st = know(b, &r);
    if (st == ST_OK)
        st = look(b, h->db);
    if (st == ST_OK && b->n_look > 0)
        st = pace(b, &r);
    if (st == ST_OK && (r.n > 0 || b->n_look == 0))
        st = claim(b, &r);
    return st;
}
