/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the parent does while its children work: renews their leases, keeps their
 * deadlines, tells them what people want, and gives back what other parents' dead hold. */
#include "worker/parent_private.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/job_log.h"
#include "core/io/ledger.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RENEW_MS 5000
#define FIRST_ROUNDS 10 /* after the start, which often follows somebody's end */
#define FIRST_RENEW_MS 1000
#define OVERSLEPT_MS 5000 /* Redis does not answer so late */
#define WATCH_MS 250
#define WISHES_MS 1000         /* between two looks at what people want */
#define GRACE_MS 2000          /* for a job whose time is up to end by itself */
#define AWAY_MS 3000           /* that long MySQL is left alone which did not answer */
#define SLOW_MS 1000           /* an answer that took longer was none for a while */
#define WISHES_MAX 256         /* cancelled jobs looked at at a time */
#define WISH_OLD (10 * MINUTE) /* nobody runs that job any more */

/* ---- the leases ----------------------------------------------------------------- */

/* A child that was stopped in its sleep may be given jobs that it will never begin. */
static bool is_lost_in_sleep(const struct board_slot *s, int64_t now)
{
    int64_t until = s->asleep_ms;

    return until != 0 && now - until > OVERSLEPT_MS;
}

static void renew_at(struct parent *p, struct queue_at at)
{
    const char *wids[BOARD_SLOTS];
    struct board_slot *slots[BOARD_SLOTS];
    int64_t from = clock_mono_ms();
    bool gone[BOARD_SLOTS];
    int n = 0;

    for (int i = 0; i < p->n_children; i++) {
        struct board_slot *s = p->child[i].slot;

        if (s->pid == 0 || s->wid[0] == '\0' || p->child[i].timed_out ||
            s->at.pool != at.pool || s->at.shard != at.shard ||
            is_lost_in_sleep(s, from))
            continue;
        slots[n] = s;
        wids[n++] = s->wid;
    }
    if (n == 0)
        return;
    if (queue_renew(p->queue, at, wids, n, gone) != ST_OK) {
        log_debug("leases not renewed");
        return;
    }
    for (int i = 0; i < n; i++)
        if (!gone[i])
            slots[i]->lease_ms = from;
}

/* Field 22 of /proc/<pid>/stat: with the pid it names one process. 0: there is none. */
static long long started(long pid)
{
    char path[40], line[1024];
    long long ticks = 0;
    char *at = NULL;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    f = fopen(path, "re");
    if (f != NULL && fgets(line, sizeof line, f) != NULL)
        at = strrchr(line, ')');
    for (int field = 2; at != NULL && field < 22; field++)
        at = strchr(at + 1, ' ');
    if (at != NULL)
        ticks = strtoll(at + 1, NULL, 10);
    if (f != NULL)
        fclose(f);
    return ticks;
}

/* <boot>.<host>.<slot>.<pid>.<start>: of this machine, and no such process any more? */
static bool is_ours_and_dead(const char *wid)
{
    char mine[QUEUE_WID_MAX], *end = NULL;
    const char *a, *b;
    size_t prefix;
    long pid;

    queue_wid(mine, 0);
    a = strchr(mine, '.');
    a = a ? strchr(a + 1, '.') : NULL;
    prefix = a ? (size_t)(a - mine) + 1 : 0;
    if (prefix == 0 || strncmp(wid, mine, prefix) != 0)
        return false;
    b = strchr(wid + prefix, '.');
    pid = b ? strtol(b + 1, &end, 10) : 0;
    if (pid <= 0 || *end != '.')
        return false;
    if (kill((pid_t)pid, 0) != 0)
        return errno == ESRCH;
    return started(pid) != strtoll(end + 1, NULL, 10);
}

/* Anybody's dead: leases that lapsed, and processes of this machine that are gone. */
static void reap_strangers(struct parent *p, struct queue_at at)
{
    struct census c;
    int moved;

    if (queue_census(p->queue, at, &c) != ST_OK)
        return;
    for (size_t i = 0; i < c.n_workers; i++) {
        bool dead = is_ours_and_dead(c.worker[i].wid);

        moved = 0;
        if (!dead && c.worker[i].ms_left > 0)
            continue;
        if (queue_reap(p->queue, at, c.worker[i].wid, dead, NULL, &moved) != ST_OK)
            continue;
        tally_reaped(&p->tally, dead ? TALLY_GONE : TALLY_LAPSED, moved);
        job_log_reaped(
            &(struct job_said){.why = dead ? "its worker is gone" : "its lease lapsed",
                               .worker = c.worker[i].wid},
            moved);
    }
    census_free(&c);
}

static void on_renew(void *arg)
{
    struct parent *p = arg;
    int n;

    QUEUE_EACH(at, p->queue) {
        renew_at(p, at);
        reap_strangers(p, at);
        if (ledger_drain_dead(p->db, p->queue, at, loop_now(p->loop), &n) == ST_OK &&
            n > 0)
            log_error("jobs died", LOG_INT("jobs", n));
    }
    loop_after(p->loop, &p->renew,
               p->rounds++ < FIRST_ROUNDS ? FIRST_RENEW_MS : RENEW_MS, on_renew, p);
}

/* ---- deadlines ------------------------------------------------------------------ */

bool parent_heard(struct parent *p, enum status st, int64_t from)
{
    int64_t now = clock_mono_ms();

    if (st != ST_OK)
        p->away_ms = now + AWAY_MS;
    if (st != ST_OK || now - from > SLOW_MS)
        p->silent_ms = now;
    return st == ST_OK;
}

bool parent_is_alone(const struct parent *p)
{
    return clock_mono_ms() < p->away_ms;
}

/* Did the database answer as long as that job ran? */
static bool has_answered(struct parent *p, int64_t since)
{
    int64_t now = clock_mono_ms();

    return !parent_is_alone(p) && parent_heard(p, db_ping(p->db), now) &&
           p->silent_ms < since;
}

/* The signal only wakes a step that sleeps: what it shall know stands on the board. */
static void ask_to_stop(struct nursery *n, enum board_stop why)
{
    if (board_ask(n->slot, n->slot->current.id, why))
        kill(n->slot->pid, SIGUSR1);
}

static void time_is_up(struct nursery *n, int64_t now)
{
    n->asked_ms = now;
    log_warn("a job takes too long; it is asked to stop", LOG_INT("pid", n->slot->pid),
             LOG_TEXT("kind", kind_policy(n->slot->current.kind)->name));
    ask_to_stop(n, BOARD_LATE);
}

/* Its lease is not renewed meanwhile, should the kill not come through. */
static void time_is_over(struct nursery *n)
{
    n->timed_out = true;
    log_error("a job takes too long; its child is killed", LOG_INT("pid", n->slot->pid),
              LOG_TEXT("kind", kind_policy(n->slot->current.kind)->name));
    kill(n->slot->pid, SIGKILL);
    n->innocent = !has_answered(n->parent, n->slot->current.started_ms);
}

static void keep_deadline(struct nursery *n, int64_t now)
{
    int64_t due = n->slot->deadline_ms;

    if (n->slot->pid == 0 || due == 0 || due >= now)
        n->asked_ms = 0; /* the next job has a time of its own */
    else if (n->asked_ms == 0 || n->asked_ms < due)
        time_is_up(n, now);
    else if (now - n->asked_ms >= GRACE_MS && !n->timed_out)
        time_is_over(n);
}

/* ---- what people want ----------------------------------------------------------- */

struct wishes {
    uint8_t id[WISHES_MAX][16];
    int n;
};

static void cancel_running(struct parent *p)
{
    int64_t from = clock_mono_ms();
    struct wishes w;

    if (!parent_heard(p, ledger_wishes(p->db, w.id, WISHES_MAX, &w.n), from) ||
        w.n == 0)
        return;
    for (int i = 0; i < p->n_children; i++)
        for (int k = 0; k < w.n; k++)
            if (board_ask(p->child[i].slot, w.id[k], BOARD_CANCELLED))
                kill(p->child[i].slot->pid, SIGUSR1);
    if (ledger_wishes_forget(p->db, loop_now(p->loop) - WISH_OLD) != ST_OK)
        log_debug("old wishes stay");
}

/* While MySQL is away, what was said last holds on. */
static void tell_pauses(struct parent *p)
{
    struct pauses now;
    int64_t from = clock_mono_ms();

    if (parent_is_alone(p) || !parent_heard(p, pause_read(p->db, &now), from))
        return;
    p->pauses = now;
    for (int i = 0; i < p->n_children; i++)
        p->child[i].slot->pauses = now;
}

/* ---- the watch ------------------------------------------------------------------ */

static void on_watch(void *arg)
{
    struct parent *p = arg;

    for (int i = 0; i < p->n_children; i++) {
        struct nursery *n = &p->child[i];

        if (n->mourning.due)
            mourn(p, n);
        keep_deadline(n, clock_mono_ms());
    }
    if (loop_mono_ms(p->loop) - p->read_ms >= WISHES_MS && !parent_is_alone(p)) {
        p->read_ms = loop_mono_ms(p->loop);
        cancel_running(p);
        tell_pauses(p);
    }
    loop_after(p->loop, &p->watch, WATCH_MS, on_watch, p);
}

void parent_watch(struct parent *p)
{
    tell_pauses(p);
    loop_after(p->loop, &p->renew, 0, on_renew, p);
    loop_after(p->loop, &p->watch, WATCH_MS, on_watch, p);
}
