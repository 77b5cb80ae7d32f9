/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The death of a child: what it had finished is settled from the board, the rest given
 * back, and the job that was on the CPU is blamed, unless it is not to blame. */
#include "worker/parent_private.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/base/log.h"
#include "core/io/job_log.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* ---- who is to blame ------------------------------------------------------------ */

/* Nobody is for the end that we, or who stops us, put to it; and a job is not for a
 * database that did not answer in all its time. */
static bool is_to_blame(const struct nursery *n, const struct death *d)
{
    int signo = WIFSIGNALED(d->status) ? WTERMSIG(d->status) : 0;

    if (n->slot->deadline_ms == 0 || n->innocent)
        return false;
    return !n->parent->stopping ||
           (signo != 0 && signo != SIGKILL && signo != SIGALRM && signo != SIGTERM);
}

static void tell_why(struct mourning *m, const struct death *d)
{
    long long mb = d->rss_kb / 1024, ms = m->ran_ms;

    if (m->late)
        snprintf(m->why, sizeof m->why,
                 "took too long: killed (signal %d) after %lld ms, with %lld MB of"
                 " memory",
                 SIGKILL, ms, mb);
    else if (WIFSIGNALED(d->status))
        snprintf(m->why, sizeof m->why,
                 "its worker died of signal %d (%s) after %lld ms, with %lld MB of"
                 " memory",
                 WTERMSIG(d->status), strsignal(WTERMSIG(d->status)), ms, mb);
    else
        snprintf(
            m->why, sizeof m->why,
            "its worker ended with status %d after %lld ms, with %lld MB of memory",
            WEXITSTATUS(d->status), ms, mb);
}

static void tell_log(const struct nursery *n, const struct death *d)
{
    const struct mourning *m = &n->mourning;
    char id[ULID_TEXT + 1] = "";

    if (m->blame)
        ulid_print(m->blamed.id, id);
    log_warn("a child died",
             LOG_TEXT("pool", m->at.pool == POOL_SEND ? "send" : "logic"),
             LOG_INT("signal", WIFSIGNALED(d->status) ? WTERMSIG(d->status) : 0),
             LOG_INT("status", WIFEXITED(d->status) ? WEXITSTATUS(d->status) : 0),
             LOG_INT("rss_kb", d->rss_kb), LOG_INT("timed_out", n->timed_out),
             LOG_TEXT("job", id),
             LOG_TEXT("kind", m->blame ? kind_policy(m->blamed.kind)->name : ""),
             LOG_TEXT("root", m->blame ? m->blamed.root : ""),
             LOG_INT("crashes", m->blame ? m->blamed.crashes + 1 : 0),
             LOG_INT("ran_ms", m->blame ? m->ran_ms : 0));
}

void death_note(struct nursery *n, const struct death *d)
{
    const struct board_slot *s = n->slot;
    struct mourning *m = &n->mourning;

    *m = (struct mourning){.due = s->wid[0] != '\0', .at = s->at};
    snprintf(m->wid, sizeof m->wid, "%s", s->wid);
    m->blame = is_to_blame(n, d);
    m->late = n->timed_out;
    m->left = WIFEXITED(d->status);
    m->blamed = s->current;
    m->blamed.root[sizeof m->blamed.root - 1] = '\0';
    m->ran_ms = clock_mono_ms() - m->blamed.started_ms;
    m->n_results = board_results(s, m->results);
    m->n_commit = board_committing(s, m->commit);
    tell_why(m, d);
    if (!n->parent->stopping || WIFSIGNALED(d->status))
        tell_log(n, d);
}

/* ---- what is done for it -------------------------------------------------------- */

/* Best effort: the log has said it, and the job itself is safe. */
static void write_down(struct parent *p, const struct mourning *m)
{
    struct ledger_run run = {.worker = m->wid, .ms = m->ran_ms, .why = m->why};
    struct job j = {.kind = m->blamed.kind, .attempts = m->blamed.attempts};
    bool dead = m->blamed.crashes + 1 >= QUEUE_CRASHES_MAX;

    memcpy(j.id, m->blamed.id, sizeof j.id);
    memcpy(j.root, m->blamed.root, sizeof j.root);
    if (ledger_crashed(p->db, clock_now(), &j, dead, &run) != ST_OK)
        log_warn("the history lacks a crash", LOG_TEXT("root", j.root));
}

static enum status give_back(struct parent *p, const struct mourning *m, int *moved)
{
    const uint8_t *blamed = m->blame ? m->blamed.id : NULL;

    if (blamed != NULL && m->late)
        return queue_reap_late(p->queue, m->at, m->wid, blamed, moved);
    return queue_reap(p->queue, m->at, m->wid, true, blamed, moved);
}

static enum tally_cause cause_of(const struct mourning *m)
{
    return m->late ? TALLY_TIMEOUT : m->left ? TALLY_LEFT : TALLY_DIED;
}

static void tell_reaped(const struct mourning *m, int moved)
{
    struct job j = {.kind = m->blamed.kind};
    struct job_said said = {.why = m->why, .worker = m->wid};

    memcpy(j.id, m->blamed.id, sizeof j.id);
    memcpy(j.root, m->blamed.root, sizeof j.root);
    if (m->blame) {
        said.job = &j;
        said.attempt = m->blamed.attempts + 1;
    }
    job_log_reaped(&said, moved);
}

/* Its effect is made: settled like those on the board, and nobody to be blamed. */
static void settle_committed(struct parent *p, struct mourning *m,
                             const struct ledger_proof *proof)
{
    struct job_result r = {.outcome = JOB_DONE};

    if (m->n_results == BOARD_RESULTS)
        return;
    memcpy(r.id, proof->id, sizeof r.id);
    m->results[m->n_results++] = r;
    if (memcmp(m->blamed.id, proof->id, sizeof proof->id) == 0)
        m->blame = false;
    tally_left(&p->tally.gone[m->at.pool], proof->kind, TALLY_DONE);
}

/* Killed while it committed. Without an answer all of it goes back, and runs for nothing
 * if it was done. */
static void ask_of_commit(struct parent *p, struct mourning *m)
{
    bool committed[BOARD_COMMIT] = {false};
    int64_t from = clock_mono_ms();
    int n = m->n_commit;
    enum status st;

    m->n_commit = 0;
    if (n == 0 || parent_is_alone(p))
        return;
    st = ledger_outcome(p->db, m->commit, n, committed);
    if (st != ST_AGAIN && !parent_heard(p, st, from))
        return;
    for (int i = 0; st == ST_OK && i < n; i++)
        if (committed[i])
            settle_committed(p, m, &m->commit[i]);
}

/* First settle what is done, as the board or MySQL says, then give the rest back and
 * blame one. */
void mourn(struct parent *p, struct nursery *n)
{
    struct mourning *m = &n->mourning;
    struct queue_turn t = {.wid = m->wid, .at = m->at, .results = m->results};
    int moved = 0;
    enum status st;

    if (!m->due)
        return;
    ask_of_commit(p, m);
    t.n_results = m->n_results;
    if (queue_turn(p->queue, &t) != ST_OK)
        return;
    m->n_results = 0;
    st = give_back(p, m, &moved);
    if (st != ST_OK && st != ST_NONE)
        return;
    m->due = false;
    tally_reaped(&p->tally, cause_of(m), moved);
    if (queue_ring(p->queue, m->at) != ST_OK) /* the one it may have heard */
        log_debug("the doorbell was not rung");
    if (moved > 0)
        tell_reaped(m, moved);
    if (m->blame && st == ST_OK)
        write_down(p, m);
}
