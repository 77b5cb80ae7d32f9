/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A logic child: lease a few jobs, run them one after the other, settle them with the
 * next lease. One job at a time, so that a crash can be blamed on exactly one. */
#include "worker/logic.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/io/ledger.h"
#include "worker/text_own.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A lease holds about this much work: enough to save round trips, too little to hoard,
 * and little enough that who comes now on a hot list is heard within 20 ms, while bulk
 * work keeps all children busy. */
#define LEASE_WORK_US 15000
#define SEVERAL_NAP_MS 20
#define LOCK_WAIT_S 1 /* others of the group, or of the lease, wait with it */
#define GHOST_MS 1500 /* a Redis with the longest ticks ends a sleep in that time */
#define GHOSTS_MAX 16 /* lost sleeps at a time that are looked for */
#define AWAY_MS 1000  /* a store is unreachable: wait this long, blame nobody */

static volatile sig_atomic_t stopping;

/* A second signal leaves now: leases come back by the reaper. But who stops a whole group
 * of processes sends one, and our parent another. */
static void on_stop(int signo)
{
    static volatile int64_t first_ms;
    int64_t now = clock_mono_ms();

    (void)signo;
    if (stopping && now - first_ms > CHILD_SAME_STOP_MS)
        _Exit(1);
    if (!stopping) {
        first_ms = now;
        alarm(CHILD_STOP_S);
    }
    stopping = 1;
}

/* The parent wakes us so: a step that sleeps may look at the board. */
static void on_nudge(int signo)
{
    (void)signo;
}

bool logic_stopping(void)
{
    return stopping;
}

/* ---- a lease of jobs ------------------------------------------------------------ */

static void settle(struct logic *l, const struct job_result *r)
{
    l->results[l->n_results++] = *r;
    board_add(l->child->slot, r);
    crash_point("logic.on_board");
}

/* Not started: back to where it came from, nobody's fault. */
static struct job_result not_begun(struct logic *l, const struct job *j,
                                   enum tally_end how)
{
    struct job_result r = {.outcome = how == TALLY_PARKED ? JOB_DONE : JOB_BACK};

    memcpy(r.id, j->id, sizeof r.id);
    tally_left(&l->child->slot->counts, j->kind, how);
    return r;
}

static bool is_paused(const struct logic *l, const struct job *j)
{
    return pause_holds(&l->child->slot->pauses, j);
}

struct parking {
    const struct pauses *pauses;
    const struct job *jobs;
    int n;
};

static enum status park_work(struct db *db, void *arg)
{
    const struct parking *p = arg;
    enum status st = ST_OK;

    for (int i = 0; i < p->n && st == ST_OK; i++)
        if (kind_policy(p->jobs[i].kind)->class == CLASS_D)
            st = pause_park(db, p->pauses, &p->jobs[i], -1);
    return st;
}

/* The paused ones at the head of these, in one transaction: their rows keep them, or they
 * stay at the heads of their lists. How many those are. */
static int put_off(struct logic *l, const struct job *jobs, int n,
                   struct job_result *out)
{
    struct parking p = {.pauses = &l->child->slot->pauses, .jobs = jobs};
    bool parked;

    while (p.n < n && is_paused(l, &jobs[p.n]))
        p.n++;
    parked = db_tx(l->db, park_work, &p) == ST_OK;
    for (int i = 0; i < p.n; i++) {
        bool kept = parked && kind_policy(jobs[i].kind)->class == CLASS_D;

        out[i] = not_begun(l, &jobs[i], kept ? TALLY_PARKED : TALLY_BACK);
        out[i].wait_ms = PAUSE_BACK_MS;
    }
    return p.n;
}

static void learn(struct logic *l, int64_t us)
{
    l->mean_us += (us - l->mean_us) / 8;
}

/* How many of the next jobs are not paused, nor wait for an earlier one of their list. */
static int free_to_run(const struct logic *l, const struct job *jobs, int n,
                       const bool *held_up)
{
    int free_ones = 0;

    while (free_ones < n && !held_up[jobs[free_ones].list % QUEUE_LISTS] &&
           !is_paused(l, &jobs[free_ones]))
        free_ones++;
    return free_ones;
}

/* The next of the lease, one or several in one transaction; how many those are. */
static int run_some(struct logic *l, const struct job *jobs, int n,
                    struct job_result *out)
{
    int64_t from = clock_now();
    int ran = group_run(l, jobs, n, out);

    if (ran == 0) {
        out[0] = run_alone(l, jobs);
        ran = 1;
        l->alone -= l->alone > 0;
    }
    for (int i = 0; i < ran; i++)
        learn(l, (clock_now() - from) / ran);
    return ran;
}

/* A hot list whose head is to be tried again keeps its order only if what was leased
 * behind it goes back too. And what waits behind a job that takes long goes to somebody
 * who has time. */
static void run_lease(struct logic *l, int n)
{
    bool held_up[QUEUE_LISTS] = {false};
    struct job_result r[QUEUE_BATCH_MAX];

    text_own_follow(l->db, clock_mono_ms());
    l->until = clock_now() + LEASE_WORK_US;
    for (int i = 0, ran; i < n; i += ran) {
        const struct job *j = &l->jobs[i];
        int ready = free_to_run(l, j, n - i, held_up);

        ran = 1;
        if (stopping || held_up[j->list % QUEUE_LISTS] ||
            (i > 0 && clock_now() > l->until))
            r[0] = not_begun(l, j, TALLY_BACK);
        else if (ready == 0)
            ran = put_off(l, j, n - i, r);
        else
            ran = run_some(l, j, ready, r);
        for (int k = 0; k < ran; k++) {
            if (r[k].outcome != JOB_DONE && j[k].list < 16)
                held_up[j[k].list] = true;
            settle(l, &r[k]);
            job_free(&l->jobs[i + k]);
        }
    }
    l->alone = 0;
}

static int lease_size(const struct logic *l)
{
    int64_t n = LEASE_WORK_US / (l->mean_us > 0 ? l->mean_us : 1);
    int most = l->child->lease_max ? l->child->lease_max : QUEUE_BATCH_MAX;

    if (stopping)
        return 0;
    return n < 1 ? 1 : n > most ? most : (int)n;
}

/* Pauses without work; a signal ends it. */
static void rest(int ms)
{
    struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

    nanosleep(&ts, NULL);
}

/* What Redis thinks is leased under that name goes back. false: Redis is away. */
static bool give_back(struct logic *l, struct queue_at at, const char *wid)
{
    int moved = 0;
    enum status st = queue_reap(l->queue, at, wid, true, NULL, &moved);

    if (st == ST_OK && moved > 0)
        log_warn("a lost answer of redis: leases given back", LOG_INT("jobs", moved));
    return st == ST_OK || st == ST_NONE;
}

/* ---- names ---------------------------------------------------------------------- */

static void name_print(const struct logic *l, int n, char out[QUEUE_WID_MAX])
{
    if (n == 0)
        snprintf(out, QUEUE_WID_MAX, "%s", l->name);
    else
        snprintf(out, QUEUE_WID_MAX, "%.*s.%d", QUEUE_WID_MAX - 13, l->name, n);
}

/* The answer to a sleep was lost, and Redis may yet lease to who slept, until GHOST_MS
 * after its end. Under another name nobody renews that lease but Redis keeps it apart
 * from ours: we take nothing of a hot list that it holds the head of. We hold nothing, or
 * we would not have slept. */
static void become_another(struct logic *l, const struct queue_turn *t, int64_t until)
{
    l->ghost_ms = until + GHOST_MS;
    l->ghost_shard = t->at.shard; /* always the same: only there we sleep */
    name_print(l, ++l->names, l->child->slot->wid);
}

/* Older ones than GHOSTS_MAX lapse: then they are anybody's to give back. */
static bool ghosts_give_back(struct logic *l, struct queue_at at)
{
    int first = l->names - GHOSTS_MAX;
    char wid[QUEUE_WID_MAX];
    bool all = true;

    for (int i = first > l->ghosts ? first : l->ghosts; i < l->names && all; i++) {
        name_print(l, i, wid);
        all = give_back(l, at, wid);
    }
    return all;
}

/* Whatever we hold ourselves: it is not theirs. */
static void ghosts_end(struct logic *l)
{
    struct queue_at at = {l->child->slot->at.pool, l->ghost_shard};

    if (l->ghost_ms == 0 || clock_mono_ms() < l->ghost_ms || !ghosts_give_back(l, at))
        return;
    l->ghosts = l->names;
    l->ghost_ms = 0;
}

/* After a lost reply nobody knows what we hold, and a Redis that lost its last second
 * thinks we hold what we have settled: what it thinks we hold goes back. */
static void start_over(struct logic *l)
{
    (void)give_back(l, l->child->slot->at, l->child->slot->wid);
    if (l->ghost_ms != 0)
        (void)ghosts_give_back(l, l->child->slot->at);
}

/* ---- more shards than logic children -------------------------------------------- */

static bool several(const struct logic *l)
{
    return l->child->shard_step < l->child->cfg->queue_shards;
}

/* What a child holds is from one shard at a time: it moves on with empty hands. Only
 * one doorbell can be listened to, and none for long: the first one's, after a round. */
static void look_further(struct logic *l, int nap_ms)
{
    int shards = (int)l->child->cfg->queue_shards, step = l->child->shard_step;
    int shard = l->child->slot->at.shard + step;

    if (l->round_ms > nap_ms)
        l->round_ms = nap_ms;
    if (shard >= shards) { /* nowhere anything: round_ms is 0 where there was */
        shard %= step;
        l->nap_ms = l->round_ms;
        l->round_ms = SEVERAL_NAP_MS;
    }
    l->child->slot->at.shard = shard;
}

/* ---- the turns ------------------------------------------------------------------ */

/* Nothing was to be had: the next turn sleeps first, until the doorbell rings. Who is
 * rung for has its lease with the same answer, so a job is begun one round trip after it
 * was put. */
static void go_on(struct logic *l, const struct queue_turn *t)
{
    if (several(l))
        look_further(l, t->nap_ms);
    else if (t->want > 0)
        l->nap_ms = t->nap_ms + l->child->later_ms;
}

/* Should we never wake, our parent must not renew what was leased to us. And a Redis that
 * has not noticed that our connection is gone turns for us when the sleep is over. */
static enum status ask(struct logic *l, struct queue_turn *t)
{
    struct board_slot *s = l->child->slot;
    int64_t until = clock_mono_ms() + t->wait_ms;
    enum status st;

    s->asleep_ms = t->wait_ms > 0 ? until : 0;
    st = queue_turn(l->queue, t);
    s->asleep_ms = 0;
    if (st == ST_UNSURE && t->wait_ms > 0)
        become_another(l, t, until);
    return st;
}

static void turn_once(struct logic *l, bool *lost)
{
    struct queue_turn t = {.wid = l->child->slot->wid,
                           .at = l->child->slot->at,
                           .results = l->results,
                           .n_results = l->n_results,
                           .jobs = l->jobs,
                           .lanes_off = l->child->slot->pauses.lanes,
                           .want = lease_size(l),
                           .may_be_short = true,
                           .stop = logic_stopping};
    int64_t from = clock_now();
    enum status st;

    ghosts_end(l);
    if (*lost || (several(l) && l->n_results > 0))
        t.want = 0; /* settle first, then look what else is ours, or elsewhere */
    else if (l->n_results == 0 && !stopping)
        t.wait_ms = l->nap_ms;
    l->nap_ms = 0;
    st = ask(l, &t);
    if (st != ST_OK) {
        *lost = *lost || st == ST_UNSURE;
        rest(AWAY_MS / 4);
        return;
    }
    board_turned(l->child->slot, t.wait_ms > 0 ? -1 : clock_now() - from, t.fenced);
    board_clear(l->child->slot);
    l->n_results = 0;
    if (*lost)
        start_over(l);
    *lost = t.anew && !*lost;
    if (t.n_jobs == 0) {
        if (!*lost) /* else the next turn looks here what is ours */
            go_on(l, &t);
        return;
    }
    l->round_ms = 0;
    run_lease(l, t.n_jobs);
}

static void on_signals(void)
{
    struct sigaction sa = {.sa_handler = on_stop};
    sigset_t term;

    sigaction(SIGTERM, &sa, NULL);
    sa.sa_handler = on_nudge;
    sa.sa_flags = SA_RESTART; /* what the database is asked goes on */
    sigaction(SIGUSR1, &sa, NULL);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_UNBLOCK, &term, NULL); /* the parent blocked it until here */
    sa.sa_handler = SIG_IGN;
    sigaction(SIGINT, &sa, NULL); /* a terminal's Ctrl-C is the parent's to pass on */
    sigaction(SIGPIPE, &sa, NULL);
}

int logic_child(struct child *c)
{
    struct logic *l = calloc(1, sizeof *l);
    bool lost = false;

    if (l == NULL)
        return 1;
    l->child = c;
    memcpy(l->name, c->slot->wid, sizeof l->name);
    l->mean_us = 2000;
    l->round_ms = SEVERAL_NAP_MS;
    l->db = db_open(c->cfg);
    l->queue = queue_open(c->cfg);
    l->cache = redis_open(c->cfg->redis_fsm_url);
    on_signals();
    if (l->db == NULL || l->queue == NULL || l->cache == NULL)
        return 1;
    queue_bind(l->queue, l->db);
    db_lock_wait(l->db, LOCK_WAIT_S);
    while (!stopping)
        turn_once(l, &lost);
    if (l->n_results > 0)
        turn_once(l, &lost);

    queue_close(l->queue);
    db_close(l->db);
    redis_close(l->cache);
    free(l);
    return 0;
}
