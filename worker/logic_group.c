/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Small jobs of one lease share a transaction, so that they share the wait for the disk.
 * Each is a nested db_tx in it, which is a savepoint: one that fails is undone alone.
 * What must not happen before the commit (results on the board, `after`, retries)
 * happens after it. Whatever spoils the whole transaction (a deadlock, a row that is
 * locked, a connection that breaks) spoils it for all, and they run one by one. */
#include "worker/logic.h"

#include "core/base/clock.h"
#include "core/base/crash.h"

#include <stdlib.h>

#define GROUP_MAX BOARD_COMMIT

struct group {
    struct logic *l;
    const struct job *jobs;
    int n;    /* that may take part */
    int done; /* that did */
    struct run run[GROUP_MAX];
};

static bool may_share(const struct job *j)
{
    return kind_policy(j->kind)->group && !j->locked;
}

/* Of a person at most one: what it leaves for after the commit, its next one reads. */
static bool list_is_in(const struct job *jobs, int n, int list)
{
    for (int i = 0; i < n; i++)
        if (jobs[i].list == list)
            return true;
    return false;
}

static int group_size(const struct job *jobs, int n)
{
    int most = n < GROUP_MAX ? n : GROUP_MAX, size = 0;

    while (size < most && may_share(&jobs[size]) &&
           (jobs[size].list >= 16 || !list_is_in(jobs, size, jobs[size].list)))
        size++;
    return size;
}

/* Its part of the transaction. Jobs it put and then took back are not handed over. */
static enum status part(struct db *db, struct run *r)
{
    struct queue_mark mark = queue_mark(r->l->queue);

    r->st = db_tx(db, run_work, r);
    if (r->st != ST_OK)
        queue_forget(r->l->queue, mark);
    run_pause(r);
    return db_tx_lost(db) ? ST_BROKEN : ST_OK;
}

/* A db_work. It is never asked to repeat: a lost transaction answers ST_BROKEN. */
static enum status all_parts(struct db *db, void *arg)
{
    struct group *g = arg;
    enum status st = ST_OK;

    while (st == ST_OK && g->done < g->n) {
        if (g->done > 0 && (logic_stopping() || clock_now() > g->l->until))
            break;
        run_begin(&g->run[g->done], g->l, &g->jobs[g->done]);
        st = part(db, &g->run[g->done++]);
    }
    if (st == ST_OK)
        run_commits(g->run, g->done);
    return st;
}

static void give_up(struct group *g)
{
    for (int i = 0; i < g->done; i++)
        free(g->run[i].step.after_arg);
    g->l->alone = g->done;
}

int group_run(struct logic *l, const struct job *jobs, int n, struct job_result *out)
{
    struct group g = {.l = l, .jobs = jobs, .n = group_size(jobs, n)};
    enum status st;

    if (l->alone > 0 || g.n < 2)
        return 0;
    st = db_tx(l->db, all_parts, &g);
    if (st != ST_OK) {
        give_up(&g);
        return 0;
    }
    crash_point("logic.committed");
    for (int i = 0; i < g.done; i++)
        out[i] = run_end(&g.run[i]);
    return g.done;
}
