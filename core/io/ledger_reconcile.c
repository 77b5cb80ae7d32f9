/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The watermark. A list is first in, first out, and each entry carries the moment Redis
 * took it. So an open row that was handed over before the head of its list was, and
 * that is neither in flight nor delayed nor dead, cannot be waiting: it was lost, or
 * never got there. One rule for a crash between commit and hand-over, a lost tail of
 * the append-only file, a failover, FLUSHALL and a slip of an operator.
 *
 * run_at is when the row was handed over last (or is due): a row brought back gets
 * run_at = now, so that it is not brought again while it waits in a long list. */
#include "core/io/ledger.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long a commit may take to reach Redis, and clocks may differ. */
#define MARGIN (5 * SECOND)
#define LOST_MAX 1000

struct watch {
    struct db *db;
    struct queue *q;
    enum kind_pool pool;
    struct census census;
    int64_t oldest[QUEUE_LISTS];
};

struct lost {
    struct job_row row[LOST_MAX];
    int n;
};

static void lost_free(struct lost *l)
{
    for (int i = 0; i < l->n; i++)
        free((char *)(uintptr_t)l->row[i].body);
    free(l);
}

static enum status lost_read(struct db *db, const struct census *c, int lane,
                             int64_t before, struct lost *out)
{
    enum status st;

    st = db_select(
        db,
        "SELECT id, attempts, body FROM job_open WHERE lane = ? AND run_at < ?"
        " ORDER BY run_at, id LIMIT 1000",
        DB_INT(lane), DB_TIME(before));
    while (st == ST_OK && (st = db_next(db)) == ST_OK && out->n < LOST_MAX) {
        struct job_row *r = &out->row[out->n];
        const char *id = db_text(db, 0, NULL), *body = db_text(db, 2, &r->body_n);
        char *copy;

        if (census_busy(c, (const uint8_t *)id))
            continue;
        if ((copy = malloc(r->body_n + 1)) == NULL)
            return ST_BROKEN;
        memcpy(copy, body, r->body_n);
        memcpy(r->id, id, 16);
        r->body = copy;
        r->attempts = (int)db_int(db, 1);
        r->list = lane % 100;
        out->n++;
    }
    return st == ST_NONE ? ST_OK : st;
}

/* Ours to bring back, unless another reconciler or the job itself was quicker. */
static enum status mark(struct db *db, int64_t now, int64_t before,
                        const uint8_t id[16], bool *ours)
{
    int64_t n = 0;
    enum status st;

    st = db_exec(db, &n, "UPDATE job_open SET run_at = ? WHERE id = ? AND run_at < ?",
                 DB_TIME(now), DB_BYTES(id, 16), DB_TIME(before));
    *ours = n == 1;
    return st;
}

static enum status bring(struct watch *w, int64_t now, int64_t before, struct lost *l,
                         int *brought)
{
    struct job_row *rows = calloc((size_t)l->n + 1, sizeof *rows);
    enum status st = rows ? ST_OK : ST_BROKEN;
    bool ours;
    int n = 0;

    for (int i = 0; i < l->n && st == ST_OK; i++)
        if ((st = mark(w->db, now, before, l->row[i].id, &ours)) == ST_OK && ours)
            rows[n++] = l->row[i];
    crash_point("reconcile.marked");
    if (st == ST_OK && n > 0)
        st = queue_hand_over(w->q, w->pool, rows, n);
    if (st == ST_OK)
        *brought += n;
    free(rows);
    return st;
}

/* The oldest open row of each list: one look tells which lists need a closer one. */
static enum status oldest_read(struct db *db, enum kind_pool pool,
                               int64_t oldest[QUEUE_LISTS])
{
    int base = (int)pool * 100;
    enum status st;

    for (int i = 0; i < QUEUE_LISTS; i++)
        oldest[i] = INT64_MAX;
    st = db_select(db,
                   "SELECT lane, MIN(run_at) FROM job_open WHERE lane BETWEEN ? AND ?"
                   " GROUP BY lane",
                   DB_INT(base), DB_INT(base + QUEUE_LISTS - 1));
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        oldest[db_int(db, 0) - base] = db_time(db, 1);
    return st == ST_NONE ? ST_OK : st;
}

static enum status reconcile_list(struct watch *w, int list, int *n)
{
    const struct census *c = &w->census;
    int64_t head = c->list[list].head_ms ? c->list[list].head_ms : c->now_ms;
    int64_t now = c->now_ms * MS, before = head * MS - MARGIN;
    struct lost *l;
    enum status st;

    if (w->oldest[list] >= before)
        return ST_OK;
    if ((l = calloc(1, sizeof *l)) == NULL)
        return ST_BROKEN;
    st = lost_read(w->db, c, (int)w->pool * 100 + list, before, l);
    if (st == ST_OK && l->n > 0)
        st = bring(w, now, before, l, n);
    lost_free(l);
    return st;
}

enum status ledger_reconcile(struct db *db, struct queue *q, enum kind_pool pool,
                             int64_t now, int *n)
{
    struct watch w = {.db = db, .q = q, .pool = pool};
    enum status st = queue_census(q, pool, &w.census);

    *n = 0;
    if (st != ST_OK)
        return st;
    /* Beyond the margin a wrong clock would bring back what is merely waiting. */
    if (llabs(w.census.now_ms - now / MS) > MARGIN / MS / 10)
        log_warn("clocks of redis and this machine differ",
                 LOG_INT("ms", w.census.now_ms - now / MS));
    st = oldest_read(db, pool, w.oldest);
    if (w.census.complete)
        for (int list = 0; list < QUEUE_LISTS && st == ST_OK; list++)
            st = reconcile_list(&w, list, n);
    if (*n > 0)
        log_warn("jobs were lost on the way and brought back",
                 LOG_TEXT("pool", queue_prefix(pool)), LOG_INT("jobs", *n));
    census_free(&w.census);
    return st;
}
