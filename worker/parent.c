/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/parent_private.h"

#include "core/base/clock.h"
#include "core/base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESPAWN_CAP_MS 5000 /* of a child that gives up by itself, again and again */
#define STOP_MS 10000
#define LATER_MAX_MS 8
#define PATIENCE_S 3 /* leases must be renewed while MySQL hangs */

/* ---- birth ----------------------------------------------------------------------- */

/* Of those of a shard that sleep until the same job is due, one should wake: the others
 * a moment later, to find that it is done, or that the one is busy. */
static int later_ms(int place)
{
    return place < 0 ? 0 : place < LATER_MAX_MS ? place : LATER_MAX_MS;
}

/* The child's process. The parent's descriptors are closed under its handles, which are
 * then left alone: closing those properly would end the parent's own sessions. SIGTERM
 * waits until the child can take it: whoever is stopped at once ends well, too. */
static void be_born(struct nursery *n, sigset_t *signals, pid_t parent_pid)
{
    struct parent *p = n->parent;
    int place = (int)(n - p->child) - p->n_send, shards = p->n_send;
    struct child c = {.cfg = p->cfg,
                      .slot = n->slot,
                      .shard_step = p->n_children - p->n_send,
                      .later_ms = later_ms(place / shards),
                      .lease_max = p->lease_max};

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent_pid)
        _exit(0);
    close_range(3, ~0U, 0);
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigprocmask(SIG_SETMASK, signals, NULL);
    n->slot->pid = getpid();
    queue_wid(n->slot->wid, (int)(n - p->child));
    exit(n->slot->at.pool == POOL_SEND ? send_child(&c) : logic_child(&c));
}

static void spawn(void *arg)
{
    struct nursery *n = arg;
    struct parent *p = n->parent;
    struct queue_at at = n->slot->at;
    int64_t turned = n->slot->turned_ms;
    pid_t me = getpid(), pid;
    sigset_t signals;

    if (p->stopping)
        return;
    tally_carry(&p->tally, at.pool, &n->slot->counts);
    memset(n->slot, 0, sizeof *n->slot);
    n->slot->at = at;
    n->slot->turned_ms = turned != 0 ? turned : clock_mono_ms(); /* of its forerunner */
    n->slot->pauses = p->pauses;
    n->asked_ms = 0;
    n->timed_out = n->innocent = false;
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

/* ---- death ----------------------------------------------------------------------- */

/* A crash loop ends by itself, as the job behind it is poison at three. A child that
 * cannot even begin (no memory, no descriptors) is given more and more time; one that was
 * asked to go is replaced at once. */
static int64_t respawn_ms(struct nursery *n, int status)
{
    int64_t ms;

    if (WIFSIGNALED(status) || WEXITSTATUS(status) == 0) {
        n->given_up = 0;
        return WIFSIGNALED(status) ? RESPAWN_MS : 0;
    }
    ms = RESPAWN_MS << (n->given_up < 8 ? n->given_up : 8);
    n->given_up++;
    return ms < RESPAWN_CAP_MS ? ms : RESPAWN_CAP_MS;
}

static void bury_child(struct parent *p, struct nursery *n, const struct death *d)
{
    p->alive--;
    if (n->mourning.due)
        mourn(p, n); /* the last chance of the one before; its lease lapses otherwise */
    death_note(n, d);
    n->slot->pid = 0;
    n->slot->deadline_ms = 0;
    mourn(p, n);
    if (!p->stopping)
        loop_after(p->loop, &n->respawn, respawn_ms(n, d->status), spawn, n);
    else if (p->alive == 0)
        loop_stop(p->loop);
}

static void on_child(void *arg)
{
    struct parent *p = arg;
    struct death d = {0};
    struct rusage used;
    pid_t pid;

    while ((pid = wait4(-1, &d.status, WNOHANG, &used)) > 0) {
        d.rss_kb = used.ru_maxrss;
        for (int i = 0; i < p->n_children; i++)
            if (p->child[i].slot->pid == pid)
                bury_child(p, &p->child[i], &d);
    }
}

/* ---- life ------------------------------------------------------------------------ */

/* A send child a shard; the logic children are spread over the shards, and where there
 * are fewer of them than shards, each looks after several (logic.c). */
static struct queue_at place_of(const struct parent *p, int i)
{
    if (i < p->n_send)
        return (struct queue_at){POOL_SEND, i};
    return (struct queue_at){POOL_LOGIC, (i - p->n_send) % p->n_send};
}

struct parent *parent_new(struct loop *loop, const struct config *cfg, int n_logic)
{
    struct parent *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    p->loop = loop;
    p->cfg = cfg;
    p->n_send = (int)cfg->queue_shards;
    p->n_children =
        p->n_send + n_logic < BOARD_SLOTS ? p->n_send + n_logic : BOARD_SLOTS;
    p->board = board_new();
    p->db = db_open(cfg);
    p->queue = queue_open(cfg);
    if (p->board == NULL || p->db == NULL || p->queue == NULL) {
        parent_free(p);
        return NULL;
    }
    db_patience(p->db, PATIENCE_S);
    for (int i = 0; i < p->n_children; i++) {
        p->child[i].parent = p;
        p->child[i].slot = &p->board[i];
        p->board[i].at = place_of(p, i);
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
    parent_watch(p);
    for (int i = 0; i < p->n_children; i++)
        spawn(&p->child[i]);
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

void parent_lease_max(struct parent *p, int most)
{
    p->lease_max = most;
}

/* Those that wait for the doorbell need not wait out their nap. */
static void wake_all(struct parent *p)
{
    enum status st = ST_OK;

    for (int i = p->n_send; i < p->n_children && st == ST_OK; i++)
        st = queue_ring(p->queue, p->child[i].slot->at);
}

void parent_stop(struct parent *p)
{
    p->stopping++;
    signal_all(p, p->stopping == 1 ? SIGTERM : SIGKILL);
    if (p->stopping == 1) {
        loop_after(p->loop, &p->last_call, STOP_MS, on_last_call, p);
        wake_all(p);
    }
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
