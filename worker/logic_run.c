/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/logic.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/io/ledger.h"
#include "worker/kinds.h"

#include <stdlib.h>
#include <string.h>

#define RETRY_BASE_MS 500
#define RETRY_CAP_MS 30000
#define AWAY_MS 1000 /* a store is unreachable: wait this long, blame nobody */
/* A row that another holds for so long is not waited for: the job goes back. */
#define LOCKED_OUT_MS 3000

int64_t backoff_ms(int attempts, int64_t base_ms, int64_t cap_ms)
{
    int64_t top = attempts < 20 ? base_ms << attempts : cap_ms;

    return 1 + (int64_t)secret_random_below((uint64_t)(top < cap_ms ? top : cap_ms));
}

static int64_t run_ms(const struct run *r)
{
    return clock_mono_ms() - r->started_ms;
}

static struct ledger_run note_of(const struct run *r, const char *why)
{
    return (struct ledger_run){
        .worker = r->l->child->slot->wid, .ms = run_ms(r), .why = why};
}

/* ---- on the CPU ----------------------------------------------------------------- */

bool step_should_stop(const struct step *s)
{
    return s->slot != NULL && board_stop(s->slot) != BOARD_GO_ON;
}

void run_begin(struct run *r, struct logic *l, const struct job *j)
{
    const struct kind_policy *p = kind_policy(j->kind);

    *r = (struct run){.l = l, .job = j, .started_ms = clock_mono_ms(), .st = ST_BROKEN};
    r->step = (struct step){.cfg = l->child->cfg,
                            .db = l->db,
                            .queue = l->queue,
                            .cache = l->cache,
                            .job = j,
                            .now = clock_now(),
                            .tries_left = p->tries - j->attempts - 1,
                            .slot = l->child->slot};
    r->expired = j->not_after != 0 && r->step.now > j->not_after;
    board_begin(l->child->slot, j, r->started_ms + p->timeout_s * 1000);
    queue_set_cause(l->queue, j->root, j->id);
    crash_point("logic.begun");
}

void run_pause(struct run *r)
{
    enum board_stop stop = board_stop(r->l->child->slot);

    r->late = stop == BOARD_LATE;
    r->cancelled = stop == BOARD_CANCELLED;
    r->took_us = clock_now() - r->step.now;
    board_end(r->l->child->slot);
    queue_set_cause(r->l->queue, NULL, NULL);
}

/* The step, unless it is too late for it, or not wanted any more. */
static enum status effect(struct run *r)
{
    step_fn *fn = kind_step(r->job->kind);

    if (r->expired || step_should_stop(&r->step))
        return ST_REFUSED; /* not ST_AGAIN, which db_tx would repeat */
    return fn != NULL ? fn(&r->step) : ST_BROKEN;
}

enum status run_work(struct db *db, void *arg)
{
    struct run *r = arg;
    struct step *s = &r->step;
    struct ledger_run note;
    enum status st;

    free(s->after_arg);
    s->after = NULL;
    s->after_arg = NULL;
    s->why[0] = '\0';
    r->already = false;
    /* The repetition of one that waited in vain, or whose time went on that. */
    if (r->passes++ > 0 && (run_ms(r) > LOCKED_OUT_MS || step_should_stop(s)))
        return ST_DOWN;
    st = ledger_claim(db, s->now, r->job);
    r->already = st == ST_TAKEN;
    crash_point("logic.claimed");
    if (st != ST_OK)
        return st;
    st = effect(r);
    crash_point("logic.ran");
    if (st == ST_OK || st == ST_NONE) {
        note = note_of(r, NULL);
        st = ledger_done(db, s->now, r->job, &note);
    }
    return st;
}

/* Those that failed are undone already, and have no part in it. */
void run_commits(const struct run *runs, int n)
{
    struct ledger_proof proofs[BOARD_COMMIT];
    int parts = 0;

    for (int i = 0; i < n && parts < BOARD_COMMIT; i++)
        if (runs[i].st == ST_OK || runs[i].st == ST_NONE || runs[i].already)
            proofs[parts++] = ledger_proof(runs[i].job);
    board_commit(runs->l->child->slot, proofs, parts);
}

static enum status work_alone(struct db *db, void *arg)
{
    struct run *r = arg;

    r->st = run_work(db, r);
    if (r->st == ST_OK)
        run_commits(r, 1);
    return r->st;
}

/* ---- what becomes of it --------------------------------------------------------- */

static struct job_result answer(struct run *r, enum tally_end how, int64_t wait_ms)
{
    static const enum job_outcome outcomes[TALLY_ENDS] = {
        [TALLY_DONE] = JOB_DONE, [TALLY_RETRY] = JOB_RETRY,    [TALLY_BACK] = JOB_BACK,
        [TALLY_DEAD] = JOB_DONE, [TALLY_CANCELLED] = JOB_DONE,
    };
    struct job_result out = {.outcome = outcomes[how], .wait_ms = (uint32_t)wait_ms};

    r->how = how;
    memcpy(out.id, r->job->id, sizeof out.id);
    return out;
}

/* What could not be written down has not happened: the job stays what it was. */
static struct job_result written(struct run *r, enum status st, enum tally_end how,
                                 int64_t wait_ms)
{
    return st == ST_OK ? answer(r, how, wait_ms) : answer(r, TALLY_BACK, AWAY_MS);
}

/* The job failed by its own fault: another try, or the grave. */
static struct job_result failed(struct run *r)
{
    const struct job *j = r->job;
    const struct kind_policy *p = kind_policy(j->kind);
    struct ledger_run note = note_of(r, r->step.why);
    const char *reason = j->kind == KIND_UNKNOWN ? "unknown"
                         : r->late               ? "timeout"
                                                 : "tries";
    int64_t now = clock_now(), wait_ms;

    if (r->late)
        note.why = "took too long";
    else if (note.why[0] == '\0')
        note.why = status_name(r->st);
    if (j->kind == KIND_UNKNOWN || j->attempts + 1 >= p->tries)
        return written(r, ledger_bury(r->l->db, now, j, reason, &note), TALLY_DEAD, 0);
    wait_ms = backoff_ms(j->attempts, RETRY_BASE_MS, RETRY_CAP_MS);
    return written(r, ledger_retry(r->l->db, now, j, now + wait_ms * MS, &note),
                   TALLY_RETRY, wait_ms);
}

/* It is not to be run any more, and that is all. */
static struct job_result dropped(struct run *r, const char *why)
{
    struct ledger_run note = note_of(r, NULL);

    log_info("job dropped", LOG_TEXT("kind", kind_policy(r->job->kind)->name),
             LOG_TEXT("root", r->job->root), LOG_TEXT("outcome", why));
    return written(r, ledger_drop(r->l->db, clock_now(), r->job, why, &note),
                   TALLY_CANCELLED, 0);
}

static struct job_result outcome(struct run *r)
{
    if (r->already || r->st == ST_OK || r->st == ST_NONE) {
        if (!r->already && r->step.after != NULL)
            r->step.after(&r->step);
        return answer(r, TALLY_DONE, 0);
    }
    if (r->expired)
        return dropped(r, "expired");
    if (r->cancelled)
        return dropped(r, "cancelled");
    if (r->st == ST_AGAIN || r->st == ST_DOWN || r->st == ST_UNSURE)
        return answer(r, TALLY_BACK, AWAY_MS);
    return failed(r);
}

static void count(const struct run *r)
{
    struct board_counts *c = &r->l->child->slot->counts;

    tally_begun(c, r->job, r->step.now);
    tally_ended(c, r->job->kind, r->how, r->took_us);
    if (r->already)
        tally_repeat(c, r->job->kind);
}

struct job_result run_end(struct run *r)
{
    struct job_result out;

    queue_set_cause(r->l->queue, r->job->root, r->job->id);
    out = outcome(r);
    queue_set_cause(r->l->queue, NULL, NULL);
    if (r->job->locked && out.outcome == JOB_DONE)
        queue_unlock(r->l->queue, r->job);
    count(r);
    free(r->step.after_arg);
    r->step.after_arg = NULL;
    return out;
}

struct job_result run_alone(struct logic *l, const struct job *j)
{
    struct run r;

    run_begin(&r, l, j);
    if (kind_policy(j->kind)->class == CLASS_E)
        r.st = effect(&r);
    else
        r.st = db_tx(l->db, work_alone, &r);
    crash_point("logic.committed");
    run_pause(&r);
    return run_end(&r);
}
