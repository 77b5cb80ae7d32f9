/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Units: from the lease to the result, in the order of their chats. */
#include "worker/send.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/io/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one chat at a time; who is written to faster waits in the rows. */
#define CHAT_UNITS_MAX 12
#define CHAT_PARK_MS 2000
/* A request may leave while so much of the lease is left. */
#define LEASE_LEFT_MS 3000
#define TURN_AWAY_MS 250
#define FULL_MS                                                                        \
    100000 /* so long may all units wait for Telegram, and Redis not be asked */
#define AWAY_MAX 60

/* ---- the list ------------------------------------------------------------------- */

static void append(struct send *s, struct unit *u)
{
    u->earlier = s->last;
    if (s->last != NULL)
        s->last->later = u;
    else
        s->first = u;
    s->last = u;
    s->n_units++;
}

static void unit_free(struct unit *u)
{
    struct send *s = u->send;

    loop_cancel(&u->timer);
    if (u->earlier != NULL)
        u->earlier->later = u->later;
    else
        s->first = u->later;
    if (u->later != NULL)
        u->later->earlier = u->earlier;
    else
        s->last = u->earlier;
    s->n_units--;
    if (u->own != NULL)
        u->kind->own_free(u->own);
    job_free(&u->job);
    free(u);
}

static void settle_in(struct send *s, const uint8_t id[16], enum job_outcome outcome,
                      uint32_t wait_ms)
{
    struct job_result r = {.outcome = outcome, .wait_ms = wait_ms};

    memcpy(r.id, id, sizeof(r.id));
    s->results[s->n_results++] = r;
    board_add(s->child->slot, &r);
    crash_point("send.on_board");
}

static void settle(struct send *s, const uint8_t id[16], enum job_outcome outcome)
{
    settle_in(s, id, outcome, 0);
}

/* Back to the head of its list as if it had never been taken. */
static void give_back(struct unit *u)
{
    tally_left(&u->send->child->slot->counts, u->job.kind, TALLY_BACK);
    settle(u->send, u->job.id, JOB_BACK);
    unit_free(u);
}

/* ---- what becomes of a unit ----------------------------------------------------- */

static void place(struct unit *u, enum unit_place to)
{
    u->send->n_busy += (to == UNIT_BUSY) - (u->place == UNIT_BUSY);
    u->place = to;
}

void unit_busy(struct unit *u)
{
    place(u, UNIT_BUSY);
}

void unit_answered(struct unit *u)
{
    place(u, UNIT_WAITING);
}

void unit_next(struct unit *u, unit_step *next)
{
    place(u, UNIT_WAITING);
    u->next = next;
    next(u);
}

static void on_timer(void *arg)
{
    struct unit *u = arg;

    unit_next(u, u->next);
}

void unit_hold(struct unit *u, int64_t ms, unit_step *next)
{
    place(u, UNIT_HELD);
    u->next = next;
    if (u->send->stopping)
        give_back(u);
    else
        loop_after(u->send->loop, &u->timer, ms, on_timer, u);
}

void unit_done(struct unit *u)
{
    place(u, UNIT_WAITING);
    if (u->job.locked)
        queue_unlock(u->send->queue, &u->job);
    tally_ended(&u->send->child->slot->counts, u->job.kind, u->how,
                (loop_mono_ms(u->send->loop) - u->begun_ms) * MS);
    settle(u->send, u->job.id, JOB_DONE);
    unit_free(u);
}

/* Acknowledged without its row deleted, a job comes back by the reconciler. */
void unit_away(struct unit *u, unit_step *next)
{
    if (++u->away < AWAY_MAX) {
        unit_hold(u, UNIT_AWAY_MS, next);
        return;
    }
    log_error("job left to the reconciler",
              LOG_TEXT("kind", kind_policy(u->job.kind)->name));
    u->how = TALLY_BACK;
    unit_done(u);
}

void unit_park(struct unit *u, int64_t ms)
{
    if (ledger_park(u->send->db, &u->job, clock_now() + ms * MS) != ST_OK) {
        unit_hold(u, UNIT_AWAY_MS, u->next);
        return;
    }
    u->how = TALLY_PARKED;
    unit_done(u);
}

/* ---- the lease ------------------------------------------------------------------ */

static bool lease_lives(const struct send *s)
{
    return clock_mono_ms() - s->child->slot->lease_ms < QUEUE_LEASE_MS - LEASE_LEFT_MS;
}

/* Somebody reaped us: what we hold is theirs. What is under way ends by itself; its
 * result will be refused. */
static void lease_forget(struct send *s)
{
    struct unit *u = s->first, *later;

    log_warn("the lease was lost", LOG_INT("jobs", s->n_units));
    for (; u != NULL; u = later) {
        later = u->later;
        if (u->place != UNIT_BUSY)
            unit_free(u);
    }
}

enum status unit_lease(struct unit *u)
{
    struct send *s = u->send;
    const char *wid = s->child->slot->wid;
    bool gone = false;

    if (lease_lives(s))
        return ST_OK;
    if (queue_renew(s->queue, s->child->slot->at, &wid, 1, &gone) != ST_OK)
        return ST_DOWN;
    if (gone)
        return ST_TAKEN;
    s->child->slot->lease_ms = clock_mono_ms();
    return ST_OK;
}

bool unit_fresh(struct unit *u, unit_step *next)
{
    enum status st = unit_lease(u);

    if (st == ST_TAKEN)
        lease_forget(u->send);
    else if (st != ST_OK)
        unit_hold(u, UNIT_AWAY_MS, next);
    return st == ST_OK;
}

void unit_lost(struct unit *u)
{
    log_warn("a job is another's now",
             LOG_TEXT("kind", kind_policy(u->job.kind)->name));
    place(u, UNIT_WAITING);
    unit_free(u);
}

static bool unit_add(struct send *s, struct job *j)
{
    struct unit *u = calloc(1, sizeof(*u));

    if (u == NULL)
        return false;
    u->send = s;
    u->job = *j;
    u->kind = send_kind_find(j->kind);
    u->begun_ms = loop_mono_ms(s->loop);
    tally_begun(&s->child->slot->counts, j, loop_now(s->loop));
    if (u->kind != NULL) {
        u->next = u->kind->start;
        u->chat = u->kind->chat != NULL ? u->kind->chat(j) : 0;
    }
    append(s, u);
    *j = (struct job){0};
    return true;
}

/* A kind of a newer program: kept for it, among the dead. */
static void bury_unknown(struct unit *u)
{
    struct ledger_run run = unit_run(u, "a kind this program does not know");

    if (ledger_bury(u->send->db, clock_now(), &u->job, "unknown", &run) != ST_OK)
        unit_hold(u, UNIT_AWAY_MS, bury_unknown);
    else
        u->how = TALLY_DEAD, unit_done(u);
}

/* ---- not to be begun ------------------------------------------------------------ */

bool unit_paused(const struct unit *u)
{
    const struct pauses *p = &u->send->child->slot->pauses;

    return pause_holds(p, &u->job) ||
           (u->kind->bot != NULL && (p->bots & (1u << u->kind->bot(&u->job))));
}

void unit_wait(struct unit *u, unit_step *start)
{
    place(u, UNIT_WAITING);
    u->next = start;
}

static void put_off(struct unit *u);

static void park_paused(struct unit *u)
{
    int bot = u->kind->bot != NULL ? (int)u->kind->bot(&u->job) : -1;

    if (pause_park(u->send->db, &u->send->child->slot->pauses, &u->job, bot) != ST_OK) {
        unit_hold(u, UNIT_AWAY_MS, put_off);
        return;
    }
    u->how = TALLY_PARKED;
    unit_done(u);
}

static void put_off(struct unit *u)
{
    if (kind_policy(u->job.kind)->class == CLASS_D) {
        park_paused(u);
        return;
    }
    tally_left(&u->send->child->slot->counts, u->job.kind, TALLY_BACK);
    settle_in(u->send, u->job.id, JOB_BACK, PAUSE_BACK_MS);
    unit_free(u);
}

static bool is_expired(const struct unit *u)
{
    return u->job.not_after != 0 && clock_now() > u->job.not_after;
}

static void drop_expired(struct unit *u)
{
    struct ledger_run run = unit_run(u, NULL);

    if (ledger_drop(u->send->db, clock_now(), &u->job, "expired", &run) != ST_OK)
        unit_hold(u, UNIT_AWAY_MS, drop_expired);
    else
        u->how = TALLY_CANCELLED, unit_done(u);
}

/* ---- the lease, again ----------------------------------------------------------- */

static bool known(const struct send *s, const uint8_t id[16])
{
    for (const struct unit *u = s->first; u != NULL; u = u->later)
        if (memcmp(u->job.id, id, sizeof(u->job.id)) == 0)
            return true;
    return false;
}

/* The answer to a turn was lost, or Redis has forgotten its last second: it may count as
 * ours what we never heard of or are through with. Those go back; what is under way
 * stays. */
static enum status find_lost(struct send *s)
{
    struct redis_reply *r = NULL;
    char key[QUEUE_KEY_MAX], what[QUEUE_WID_MAX + 2];
    int most = BOARD_RESULTS - UNITS_MAX; /* the rest at the next turn */
    enum status st;

    snprintf(what, sizeof(what), "i:%s", s->child->slot->wid);
    queue_key(key, s->child->slot->at, what);
    st = redis_do(queue_redis(s->queue), &r, "HKEYS", key, NULL);
    for (size_t i = 0; st == ST_OK && i < redis_count(r); i++) {
        uint8_t id[16];
        size_t n = 0;
        const char *text = redis_text(redis_item(r, i), &n);

        if (n != sizeof(id))
            continue;
        memcpy(id, text, sizeof(id));
        if (known(s, id))
            continue;
        if (s->n_results >= most)
            st = ST_AGAIN;
        else
            settle(s, id, JOB_BACK);
    }
    redis_free(r);
    return st;
}

static void on_nap(void *arg)
{
    struct send *s = arg;

    s->rung = true;
}

/* Messages of a broadcast wait here for its pace, seconds each. A third of the places is
 * never theirs: an answer to a tap finds one free. */
#define BULK_UNITS_MAX (UNITS_MAX / 3 * 2)

static void ask_for(const struct send *s, struct queue_turn *t)
{
    int room = UNITS_MAX - s->n_units, bulk = BULK_UNITS_MAX;

    for (const struct unit *u = s->first; u != NULL; u = u->later)
        bulk -= lane_of_list(u->job.list) == LANE_BULK;
    if (bulk <= 0)
        t->lanes_off |= 1U << LANE_BULK;
    else if (bulk < room)
        room = bulk;
    t->want = s->stopping || s->lost ? 0 : room;
}

/* false: Redis is away. */
static bool turn(struct send *s)
{
    struct job jobs[UNITS_MAX];
    struct queue_turn t = {.wid = s->child->slot->wid,
                           .at = s->child->slot->at,
                           .results = s->results,
                           .n_results = s->n_results,
                           .lanes_off = s->child->slot->pauses.lanes,
                           .jobs = jobs};
    int64_t from = clock_mono_ms(), from_us = clock_now();
    bool was_lost = s->lost;
    enum status st;

    ask_for(s, &t);
    crash_point("send.turn");
    st = queue_turn(s->queue, &t);
    if (st != ST_OK) {
        s->lost = s->lost || st == ST_UNSURE;
        return false;
    }
    s->child->slot->lease_ms = from;
    board_turned(s->child->slot, clock_now() - from_us, t.fenced);
    board_clear(s->child->slot);
    s->n_results = 0;
    if (was_lost && find_lost(s) != ST_OK)
        return false;
    s->lost = t.anew && !was_lost;
    s->rung = was_lost || t.n_jobs > 0; /* where there was one, there may be more */
    if (t.fenced > 0)
        log_warn("results refused: the jobs were no longer ours",
                 LOG_INT("jobs", t.fenced));
    loop_after(s->loop, &s->nap, t.nap_ms, on_nap, s);
    for (int i = 0; i < t.n_jobs; i++)
        if (!unit_add(s, &jobs[i])) {
            settle(s, jobs[i].id, JOB_BACK);
            job_free(&jobs[i]);
        }
    return true;
}

/* ---- whose turn it is ----------------------------------------------------------- */

static int earlier_of_chat(const struct unit *u)
{
    int n = 0;

    for (const struct unit *e = u->earlier; u->chat != 0 && e != NULL; e = e->earlier)
        n += e->chat == u->chat;
    return n;
}

/* A step may free its unit and no other, but for a lost lease: so look again from the
 * start after each. */
static bool start_one(struct send *s)
{
    for (struct unit *u = s->first; u != NULL; u = u->later) {
        int n;

        if (u->place != UNIT_WAITING)
            continue;
        n = earlier_of_chat(u);
        if (u->kind == NULL)
            bury_unknown(u);
        else if (is_expired(u))
            drop_expired(u);
        else if (unit_paused(u))
            put_off(u);
        else if (n == 0)
            unit_next(u, u->next);
        else if (n >= CHAT_UNITS_MAX)
            unit_park(u, CHAT_PARK_MS * n);
        else
            continue;
        return true;
    }
    return false;
}

/* A unit ends its own and no other. */
static void busy_turn(struct send *s)
{
    struct unit *u = s->first, *later;

    for (; u != NULL; u = later) {
        later = u->later;
        if (u->place == UNIT_BUSY && u->kind != NULL && u->kind->turn != NULL)
            u->kind->turn(u);
    }
}

static bool has_room(const struct send *s)
{
    return !s->stopping && s->rung && s->n_units < UNITS_MAX;
}

void units_turn(struct send *s)
{
    bool fine = true;

    while (start_one(s))
        ;
    busy_turn(s);
    if (s->n_results > 0 || s->lost || has_room(s)) {
        fine = turn(s);
        while (fine && start_one(s))
            ;
    }
    if (s->n_units == UNITS_MAX)
        s->child->slot->full_ms = loop_mono_ms(s->loop) + FULL_MS;
    if (s->stopping && s->n_units == 0 && s->n_results == 0)
        loop_stop(s->loop);
    else if (!fine)
        loop_after(s->loop, &s->nap, TURN_AWAY_MS, on_nap, s);
    else if (s->n_results > 0 || has_room(s))
        loop_after(s->loop, &s->nap, 0, on_nap, s);
}

void units_stop(struct send *s)
{
    struct unit *u = s->first, *later;

    for (; u != NULL; u = later) {
        later = u->later;
        if (u->place != UNIT_BUSY)
            give_back(u);
    }
}
