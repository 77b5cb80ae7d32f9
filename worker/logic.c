/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A logic child: lease a few jobs, run them one after the other, settle them with the
 * next lease. One job at a time, so that a crash can be blamed on exactly one. */
#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/io/ledger.h"
#include "worker/child.h"
#include "worker/kinds.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A lease holds about this much work: enough to save round trips, too little to hoard.
 */
#define LEASE_WORK_US 50000
#define RETRY_BASE_MS 500
#define RETRY_CAP_MS 30000
#define AWAY_MS 1000 /* a store is unreachable: wait this long, blame nobody */

static volatile sig_atomic_t stopping;

static void on_stop(int signo)
{
    (void)signo;
    if (stopping)
        _Exit(1); /* the second signal leaves now: leases come back by the reaper */
    stopping = 1;
}

int64_t backoff_ms(int attempts, int64_t base_ms, int64_t cap_ms)
{
    int64_t top = attempts < 20 ? base_ms << attempts : cap_ms;

    return 1 + (int64_t)secret_random_below((uint64_t)(top < cap_ms ? top : cap_ms));
}

struct logic {
    struct child *child;
    struct db *db;
    struct queue *queue;
    struct redis *cache;
    int64_t mean_us; /* of a job, exponentially weighted */
    struct job jobs[QUEUE_BATCH_MAX];
    struct job_result results[QUEUE_BATCH_MAX];
    int n_results;
};

/* ---- one job -------------------------------------------------------------------- */

struct run {
    struct logic *l;
    struct step step;
    step_fn *fn;
    int64_t started_ms;
    bool already; /* its effect was there before us */
};

static int64_t run_ms(const struct run *r)
{
    return clock_mono_ms() - r->started_ms;
}

/* The transaction of a job of class D or U: the claim, the effect, the history. */
static enum status run_work(struct db *db, void *arg)
{
    struct run *r = arg;
    struct step *s = &r->step;
    struct ledger_run note = {.worker = r->l->child->slot->wid};
    enum status st;

    free(s->after_arg);
    s->after = NULL;
    s->after_arg = NULL;
    s->why[0] = '\0';
    st = ledger_claim(db, s->now, s->job);
    r->already = st == ST_TAKEN;
    crash_point("logic.claimed");
    if (st != ST_OK)
        return st;
    st = r->fn(s);
    crash_point("logic.ran");
    if (st == ST_OK || st == ST_NONE) {
        note.ms = run_ms(r);
        st = ledger_done(db, s->now, s->job, &note);
    }
    return st;
}

static enum status run_step(struct run *r)
{
    enum status st;

    if (kind_policy(r->step.job->kind)->class == CLASS_E)
        st = r->fn(&r->step);
    else
        st = db_tx(r->l->db, run_work, r);
    if (st == ST_TAKEN && r->already)
        st = ST_OK;
    else if ((st == ST_OK || st == ST_NONE) && r->step.after != NULL)
        r->step.after(&r->step);
    free(r->step.after_arg);
    return st == ST_NONE ? ST_OK : st;
}

/* The job failed by its own fault: another try, or the grave. */
static struct job_result run_failed(struct run *r, enum status st)
{
    const struct job *j = r->step.job;
    const struct kind_policy *p = kind_policy(j->kind);
    struct ledger_run note = {.worker = r->l->child->slot->wid, .ms = run_ms(r)};
    struct job_result out = {.outcome = JOB_RETRY};
    int64_t now = clock_now();

    memcpy(out.id, j->id, sizeof out.id);
    note.why = r->step.why[0] ? r->step.why : status_name(st);
    log_warn("job failed", LOG_TEXT("kind", p->name), LOG_TEXT("root", j->root),
             LOG_INT("attempt", j->attempts + 1), LOG_TEXT("why", note.why));
    if (j->kind == KIND_UNKNOWN || j->attempts + 1 >= p->tries) {
        st = ledger_bury(r->l->db, now, j,
                         j->kind == KIND_UNKNOWN ? "unknown" : "tries", &note);
        out.outcome = JOB_DONE;
    } else {
        out.wait_ms = (uint32_t)backoff_ms(j->attempts, RETRY_BASE_MS, RETRY_CAP_MS);
        st = ledger_retry(r->l->db, now, j, now + out.wait_ms * MS, &note);
    }
    if (st != ST_OK) { /* could not be written down: it stays what it was */
        out.outcome = JOB_BACK;
        out.wait_ms = AWAY_MS;
    }
    return out;
}

static struct job_result run_job(struct logic *l, const struct job *j)
{
    const struct kind_policy *p = kind_policy(j->kind);
    struct run r = {.l = l, .fn = kind_step(j->kind), .started_ms = clock_mono_ms()};
    struct job_result out = {.outcome = JOB_DONE};
    enum status st = ST_BROKEN;

    memcpy(out.id, j->id, sizeof out.id);
    r.step = (struct step){.cfg = l->child->cfg,
                           .db = l->db,
                           .queue = l->queue,
                           .cache = l->cache,
                           .job = j,
                           .now = clock_now(),
                           .tries_left = p->tries - j->attempts - 1};
    board_begin(l->child->slot, j->id, r.started_ms + p->timeout_s * 1000);
    queue_set_cause(l->queue, j->root, j->id);
    crash_point("logic.begun");
    if (r.fn != NULL)
        st = run_step(&r);
    crash_point("logic.committed");
    if (st == ST_AGAIN || st == ST_DOWN || st == ST_UNSURE) {
        out.outcome = JOB_BACK;
        out.wait_ms = AWAY_MS;
    } else if (st != ST_OK) {
        out = run_failed(&r, st);
    }
    queue_set_cause(l->queue, NULL, NULL);
    board_end(l->child->slot);
    return out;
}

/* ---- a lease of jobs ------------------------------------------------------------ */

static void settle(struct logic *l, const struct job_result *r)
{
    l->results[l->n_results++] = *r;
    board_add(l->child->slot, r);
    crash_point("logic.on_board");
}

/* Not started: back to where it came from, nobody's fault. */
static struct job_result give_back(const struct job *j)
{
    struct job_result r = {.outcome = JOB_BACK};

    memcpy(r.id, j->id, sizeof r.id);
    return r;
}

static void learn(struct logic *l, int64_t us)
{
    l->mean_us += (us - l->mean_us) / 8;
}

/* A hot list whose head is to be tried again keeps its order only if what was leased
 * behind it goes back too. */
static void run_lease(struct logic *l, int n)
{
    bool held_up[QUEUE_LISTS] = {false};

    for (int i = 0; i < n; i++) {
        struct job *j = &l->jobs[i];
        struct job_result r;
        int64_t from = clock_now();

        if (stopping || held_up[j->list % QUEUE_LISTS]) {
            r = give_back(j);
        } else {
            r = run_job(l, j);
            learn(l, clock_now() - from);
        }
        if (r.outcome != JOB_DONE && j->list < 16)
            held_up[j->list] = true;
        settle(l, &r);
        job_free(j);
    }
}

static int lease_size(const struct logic *l)
{
    int64_t n = LEASE_WORK_US / (l->mean_us > 0 ? l->mean_us : 1);

    if (stopping)
        return 0;
    return n < 1 ? 1 : n > QUEUE_BATCH_MAX ? QUEUE_BATCH_MAX : (int)n;
}

/* Pauses without work; a signal ends it. */
static void rest(int ms)
{
    struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

    nanosleep(&ts, NULL);
}

/* After a lost reply nobody knows what we hold: what Redis thinks we hold goes back. */
static void start_over(struct logic *l)
{
    int moved = 0;

    if (queue_reap(l->queue, POOL_LOGIC, l->child->slot->wid, true, NULL, &moved) ==
            ST_OK &&
        moved > 0)
        log_warn("a lost answer of redis: leases given back", LOG_INT("jobs", moved));
}

static void wait_for_work(struct logic *l, int nap_ms)
{
    enum status st = queue_wait(l->queue, POOL_LOGIC, nap_ms);

    if (st == ST_OK && stopping)
        st = queue_ring(l->queue, POOL_LOGIC); /* it rang for somebody who stays */
    else if (st == ST_DOWN)
        rest(AWAY_MS / 4);
}

static void turn_once(struct logic *l, bool *lost)
{
    struct queue_turn t = {.wid = l->child->slot->wid,
                           .pool = POOL_LOGIC,
                           .results = l->results,
                           .n_results = l->n_results,
                           .jobs = l->jobs,
                           .want = lease_size(l)};
    enum status st;

    if (*lost)
        t.want = 0; /* settle first, then look what else is ours */
    st = queue_turn(l->queue, &t);
    if (st != ST_OK) {
        *lost = *lost || st == ST_UNSURE;
        rest(AWAY_MS / 4);
        return;
    }
    board_clear(l->child->slot);
    l->n_results = 0;
    if (*lost)
        start_over(l);
    *lost = false;
    if (t.n_jobs > 0)
        run_lease(l, t.n_jobs);
    else if (!stopping)
        wait_for_work(l, t.nap_ms);
}

static void on_signals(void)
{
    struct sigaction sa = {.sa_handler = on_stop};
    sigset_t term;

    sigaction(SIGTERM, &sa, NULL);
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
    l->mean_us = 2000;
    l->db = db_open(c->cfg);
    l->queue = queue_open(c->cfg);
    l->cache = redis_open(c->cfg->redis_fsm_url);
    on_signals();
    if (l->db == NULL || l->queue == NULL || l->cache == NULL)
        return 1;
    queue_bind(l->queue, l->db);
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
