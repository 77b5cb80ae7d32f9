/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/parent.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/ledger.h"
#include "worker/child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define RENEW_MS 5000
#define WATCH_MS 250
#define RESPAWN_MS 50
#define RESPAWN_CAP_MS 5000 /* of a child that gives up by itself, again and again */
#define STOP_MS 10000
#define SEND_SLOT 0 /* the slots behind it are logic children */

/* A child that died: what is left to do for it, tried until Redis takes it. */
struct mourning {
    bool due;
    char wid[QUEUE_WID_MAX];
    enum kind_pool pool;
    bool blame;
    uint8_t blamed[16];
    int n_results;
    struct job_result results[BOARD_RESULTS];
};

struct nursery {
    struct parent *parent;
    struct board_slot *slot;
    bool timed_out;
    int given_up; /* times in a row */
    struct loop_timer respawn;
    struct mourning mourning;
};

struct parent {
    struct loop *loop;
    const struct config *cfg;
    struct db *db;
    struct queue *queue;
    struct board_slot *board;
    struct nursery child[BOARD_SLOTS];
    int n_children, alive;
    int stopping; /* 1 asked, 2 killed */
    struct loop_timer renew, watch, last_call;
};

/* ---- birth
 * ------------------------------------------------------------------------------------
 */

/* The child's process. The parent's descriptors are closed under its handles, which are
 * then left alone: closing those properly would end the parent's own sessions. SIGTERM
 * waits until the child can take it: whoever is stopped at once ends well, too. */
static void be_born(struct nursery *n, sigset_t *signals, pid_t parent_pid)
{
    struct child c = {.cfg = n->parent->cfg, .slot = n->slot};

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent_pid)
        _exit(0);
    close_range(3, ~0U, 0);
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigprocmask(SIG_SETMASK, signals, NULL);
    n->slot->pid = getpid();
    queue_wid(n->slot->wid, (int)(n - n->parent->child));
    exit(n->slot->pool == POOL_SEND ? send_child(&c) : logic_child(&c));
}

static void spawn(void *arg)
{
    struct nursery *n = arg;
    struct parent *p = n->parent;
    enum kind_pool pool = n->slot->pool;
    pid_t me = getpid(), pid;
    sigset_t signals;

    if (p->stopping)
        return;
    memset(n->slot, 0, sizeof *n->slot);
    n->slot->pool = pool;
    n->timed_out = false;
    pid = fork();
    if (pid == 0)
        be_born(n, &signals, me);
    if (pid < 0) {
        log_error("no child could be forked", LOG_TEXT("why", strerror(errno)));
        loop_after(p->loop, &n->respawn, RESPAWN_MS, spawn, n);
        return;
    }
    n->slot->pid = pid;
    p->alive++;
}

/* ---- death
 * ------------------------------------------------------------------------------------
 */

/* First settle what the board says is done, then give the rest back and blame one. */
static void mourn(struct parent *p, struct nursery *n)
{
    struct mourning *m = &n->mourning;
    struct queue_turn t = {.wid = m->wid,
                           .pool = m->pool,
                           .results = m->results,
                           .n_results = m->n_results};
    int moved = 0;
    enum status st;

    if (!m->due || queue_turn(p->queue, &t) != ST_OK)
        return;
    m->n_results = 0;
    st = queue_reap(p->queue, m->pool, m->wid, true, m->blame ? m->blamed : NULL,
                    &moved);
    if (st != ST_OK && st != ST_NONE)
        return;
    m->due = false;
    st = queue_ring(p->queue, m->pool); /* the one it may have heard and not answered */
    if (moved > 0)
        log_info("leases of a dead child given back", LOG_INT("jobs", moved));
}

static void remember(struct nursery *n)
{
    const struct board_slot *s = n->slot;
    struct mourning *m = &n->mourning;

    *m = (struct mourning){.due = s->wid[0] != '\0', .pool = s->pool};
    snprintf(m->wid, sizeof m->wid, "%s", s->wid);
    m->blame = s->deadline_ms != 0;
    memcpy(m->blamed, s->current, sizeof m->blamed);
    m->n_results = board_results(s, m->results);
}

/* A crash loop ends by itself, as the job behind it is poison at three. A child that
 * cannot even begin (no memory, no descriptors) is given more and more time. */
static int64_t respawn_ms(struct nursery *n, int status)
{
    int64_t ms;

    if (WIFSIGNALED(status) || WEXITSTATUS(status) == 0) {
        n->given_up = 0;
        return RESPAWN_MS;
    }
    ms = RESPAWN_MS << (n->given_up < 8 ? n->given_up : 8);
    n->given_up++;
    return ms < RESPAWN_CAP_MS ? ms : RESPAWN_CAP_MS;
}

static void bury_child(struct parent *p, struct nursery *n, int status)
{
    p->alive--;
    if (!p->stopping || WIFSIGNALED(status))
        log_warn("a child died",
                 LOG_TEXT("pool", n->slot->pool == POOL_SEND ? "send" : "logic"),
                 LOG_INT("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
                 LOG_INT("status", WIFEXITED(status) ? WEXITSTATUS(status) : 0),
                 LOG_INT("timed_out", n->timed_out));
    if (n->mourning.due)
        mourn(p, n); /* the last chance of the one before; its lease lapses otherwise */
    remember(n);
    n->slot->pid = 0;
    n->slot->deadline_ms = 0;
    mourn(p, n);
    if (!p->stopping)
        loop_after(p->loop, &n->respawn, respawn_ms(n, status), spawn, n);
    else if (p->alive == 0)
        loop_stop(p->loop);
}

static void on_child(void *arg)
{
    struct parent *p = arg;
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < p->n_children; i++)
            if (p->child[i].slot->pid == pid)
                bury_child(p, &p->child[i], status);
}

/* ---- the leases ----------------------------------------------------------------- */

static void renew_pool(struct parent *p, enum kind_pool pool)
{
    const char *wids[BOARD_SLOTS];
    struct board_slot *slots[BOARD_SLOTS];
    int64_t from = clock_mono_ms();
    bool gone[BOARD_SLOTS];
    int n = 0;

    for (int i = 0; i < p->n_children; i++) {
        struct board_slot *s = p->child[i].slot;

        if (s->pid == 0 || s->pool != pool || s->wid[0] == '\0' ||
            p->child[i].timed_out)
            continue;
        slots[n] = s;
        wids[n++] = s->wid;
    }
    if (n == 0)
        return;
    if (queue_renew(p->queue, pool, wids, n, gone) != ST_OK) {
        log_debug("leases not renewed");
        return;
    }
    for (int i = 0; i < n; i++)
        if (!gone[i])
            slots[i]->lease_ms = from;
}

/* <boot>.<host>.<slot>.<pid>.<start>: of this machine, and no such process any more? */
static bool is_ours_and_dead(const char *wid)
{
    char mine[QUEUE_WID_MAX];
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
    pid = b ? strtol(b + 1, NULL, 10) : 0;
    return pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

/* Anybody's dead: leases that lapsed, and processes of this machine that are gone. */
static void reap_strangers(struct parent *p, enum kind_pool pool)
{
    struct census c;
    int moved;

    if (queue_census(p->queue, pool, &c) != ST_OK)
        return;
    for (size_t i = 0; i < c.n_workers; i++) {
        bool dead = is_ours_and_dead(c.worker[i].wid);

        moved = 0;
        if (!dead && c.worker[i].ms_left > 0)
            continue;
        if (queue_reap(p->queue, pool, c.worker[i].wid, dead, NULL, &moved) == ST_OK)
            log_warn("leases of a worker that is gone given back",
                     LOG_TEXT("worker", c.worker[i].wid), LOG_INT("jobs", moved));
    }
    census_free(&c);
}

static void on_renew(void *arg)
{
    struct parent *p = arg;
    int n;

    for (enum kind_pool pool = POOL_LOGIC; pool <= POOL_COUNT; pool++) {
        renew_pool(p, pool);
        reap_strangers(p, pool);
        if (ledger_drain_dead(p->db, p->queue, pool, loop_now(p->loop), &n) == ST_OK &&
            n > 0)
            log_error("jobs died", LOG_INT("jobs", n));
    }
    loop_after(p->loop, &p->renew, RENEW_MS, on_renew, p);
}

/* A job past its time: the child is killed, the job blamed. Its lease is not renewed
 * meanwhile, should the kill not come through. */
static void on_watch(void *arg)
{
    struct parent *p = arg;
    int64_t now = loop_mono_ms(p->loop);

    for (int i = 0; i < p->n_children; i++) {
        struct nursery *n = &p->child[i];

        if (n->mourning.due)
            mourn(p, n);
        if (n->slot->pid != 0 && n->slot->deadline_ms != 0 &&
            n->slot->deadline_ms < now && !n->timed_out) {
            n->timed_out = true;
            log_error("a job takes too long; its child is killed",
                      LOG_INT("pid", n->slot->pid));
            kill(n->slot->pid, SIGKILL);
        }
    }
    loop_after(p->loop, &p->watch, WATCH_MS, on_watch, p);
}

/* ---- life
 * ---------------------------------------------------------------------------------------
 */

struct parent *parent_new(struct loop *loop, const struct config *cfg, int n_logic)
{
    struct parent *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    p->loop = loop;
    p->cfg = cfg;
    p->n_children = n_logic + 1 < BOARD_SLOTS ? n_logic + 1 : BOARD_SLOTS;
    p->board = board_new();
    p->db = db_open(cfg);
    p->queue = queue_open(cfg);
    if (p->board == NULL || p->db == NULL || p->queue == NULL) {
        parent_free(p);
        return NULL;
    }
    for (int i = 0; i < p->n_children; i++) {
        p->child[i].parent = p;
        p->child[i].slot = &p->board[i];
        p->board[i].pool = i == SEND_SLOT ? POOL_SEND : POOL_LOGIC;
    }
    return p;
}

void parent_start(struct parent *p)
{
    if (loop_on_signal(p->loop, SIGCHLD, on_child, p) != ST_OK) {
        log_error("signals cannot be watched");
        loop_stop(p->loop);
        return;
    }
    for (int i = 0; i < p->n_children; i++)
        spawn(&p->child[i]);
    loop_after(p->loop, &p->renew, 0, on_renew, p);
    loop_after(p->loop, &p->watch, WATCH_MS, on_watch, p);
}

static void signal_all(struct parent *p, int signo)
{
    for (int i = 0; i < p->n_children; i++)
        if (p->child[i].slot->pid != 0)
            kill(p->child[i].slot->pid, signo);
}

static void on_last_call(void *arg)
{
    log_warn("children that did not stop in time are killed");
    signal_all(arg, SIGKILL);
}

void parent_stop(struct parent *p)
{
    p->stopping++;
    signal_all(p, p->stopping == 1 ? SIGTERM : SIGKILL);
    if (p->stopping == 1)
        loop_after(p->loop, &p->last_call, STOP_MS, on_last_call, p);
    if (p->alive == 0)
        loop_stop(p->loop);
}

void parent_free(struct parent *p)
{
    if (p == NULL)
        return;
    queue_close(p->queue);
    db_close(p->db);
    free(p);
}
