/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The watermark. A list is first in, first out, and each entry carries the moment Redis
 * took it. So an open row that was handed over before the head of its list was, and
 * that is neither in flight nor delayed nor dead, cannot be waiting: it was lost, or
 * never got there. One rule for a crash between commit and hand-over, a lost tail of
 * the append-only file, a failover, FLUSHALL and a slip of an operator.
 *
 * Beside the lost there are those that wait in MySQL (parked): what is due late, what was
 * put off, and what Redis had no room for (lane.h). They come when their time has come
 * and their list is down to half.
 *
 * run_at is when the row was handed over last (or is due): a row brought back gets
 * run_at = now, so that it is not brought again while it waits in a long list. */
#include "core/io/ledger.h"

#include "core/io/lane.h"
#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long a commit may take to reach Redis, and clocks may differ. */
#define MARGIN (5 * SECOND)
#define FOUND_MAX 1000

struct watch {
    struct db *db;
    struct queue *q;
    struct queue_at at;
    int64_t now; /* Redis' clock */
    struct census census;
    int64_t oldest[QUEUE_LISTS]; /* open row of each list; INT64_MAX: none */
    bool drained[QUEUE_LISTS];   /* of census.shut: nothing of it waits in MySQL */
    int brought;
    ledger_each_lost *tell; /* look only; or NULL */
    void *tell_arg;
};

/* Rows to hand over: parked ones that are due, or lost ones older than the mark. */
struct found {
    struct job_row row[FOUND_MAX];
    int n;
    int read; /* rows seen, also those that are busy */
    bool parked;
    int64_t before;
    int64_t now;
    bool ours[FOUND_MAX];
};

static void found_free(struct found *f)
{
    for (int i = 0; i < f->n; i++)
        free((char *)(uintptr_t)f->row[i].body);
    free(f);
}

static enum status found_add(struct found *f, struct db *db)
{
    struct job_row *r = &f->row[f->n];
    const char *id = db_text(db, 0, NULL), *body = db_text(db, 3, &r->body_n);
    char *copy = malloc(r->body_n + 1);

    if (copy == NULL)
        return ST_BROKEN;
    memcpy(copy, body, r->body_n);
    memcpy(r->id, id, sizeof r->id);
    r->body = copy;
    r->list = (int)(db_int(db, 1) % 100);
    r->attempts = (int)db_int(db, 2);
    f->n++;
    return ST_OK;
}

/* st: of the select of id, lane, attempts, body. What is in flight or delayed is left.
 */
static enum status found_read(struct watch *w, enum status st, struct found *f)
{
    f->read = 0;
    while (st == ST_OK && f->n < FOUND_MAX && (st = db_next(w->db)) == ST_OK)
        if (f->read++,
            !census_busy(&w->census, (const uint8_t *)db_text(w->db, 0, NULL)))
            st = found_add(f, w->db);
    return st == ST_NONE ? ST_OK : st;
}

/* Ours to hand over, unless another reconciler or the job itself was quicker. */
static enum status mark_work(struct db *db, void *arg)
{
    struct found *f = arg;
    enum status st = ST_OK;

    for (int i = 0; i < f->n && st == ST_OK; i++) {
        int64_t n = 0;

        st = db_exec(db, &n,
                     "UPDATE job_open SET run_at = ?, parked = 0"
                     " WHERE id = ? AND parked = ? AND run_at < ?",
                     DB_TIME(f->now), DB_BYTES(f->row[i].id, 16), DB_INT(f->parked),
                     DB_TIME(f->before));
        f->ours[i] = n == 1;
    }
    return st;
}

static enum status found_hand_over(struct watch *w, struct found *f, int *n)
{
    struct job_row *rows = calloc((size_t)f->n + 1, sizeof *rows);
    enum status st = rows ? db_tx(w->db, mark_work, f) : ST_BROKEN;
    int ours = 0;

    for (int i = 0; st == ST_OK && i < f->n; i++)
        if (f->ours[i])
            rows[ours++] = f->row[i];
    crash_point("reconcile.marked");
    if (st == ST_OK && ours > 0)
        st = queue_hand_over(w->q, w->at, rows, ours);
    if (st == ST_OK)
        *n += ours;
    w->brought += ours;
    free(rows);
    return st;
}

/* ---- lost ----------------------------------------------------------------------- */

/* The oldest open row of each list: one look tells which lists need a closer one. */
static enum status oldest_read(struct watch *w, bool parked)
{
    int base = queue_lane(w->at, 0);
    enum status st;

    for (int i = 0; i < QUEUE_LISTS; i++)
        w->oldest[i] = INT64_MAX;
    st = db_select(w->db,
                   "SELECT lane, MIN(run_at) FROM job_open"
                   " WHERE lane BETWEEN ? AND ? AND parked = ? GROUP BY lane",
                   DB_INT(base), DB_INT(base + QUEUE_LISTS - 1), DB_INT(parked));
    while (st == ST_OK && (st = db_next(w->db)) == ST_OK)
        w->oldest[db_int(w->db, 0) - base] = db_time(w->db, 1);
    return st == ST_NONE ? ST_OK : st;
}

static enum status bring_lost(struct watch *w, int list, int *n)
{
    int64_t head = w->census.list[list].head_ms;
    int64_t before = (head ? head * MS : w->now) - MARGIN;
    struct found *f;
    enum status st;

    if (w->oldest[list] >= before)
        return ST_OK;
    if ((f = calloc(1, sizeof *f)) == NULL)
        return ST_BROKEN;
    f->now = w->now;
    f->before = before;
    st = found_read(w,
                    db_select(w->db,
                              "SELECT id, lane, attempts, body FROM job_open"
                              " WHERE lane = ? AND run_at < ? AND parked = 0"
                              " ORDER BY run_at, id LIMIT 1000",
                              DB_INT(queue_lane(w->at, list)), DB_TIME(before)),
                    f);
    for (int i = 0; st == ST_OK && w->tell != NULL && i < f->n; i++)
        w->tell(w->tell_arg, &f->row[i]);
    if (st == ST_OK && f->n > 0 && w->tell == NULL)
        st = found_hand_over(w, f, n);
    found_free(f);
    return st;
}

/* ---- due ------------------------------------------------------------------------ */

/* Half a list of room before anything comes in, so that it comes by the hundred. */
static int room_of(const struct watch *w, int list)
{
    enum lane_level level = lane_level(w->census.used_bytes, w->census.max_bytes);
    enum kind_lane lane = lane_of_list(list);
    int most = queue_list_most(w->q, list);
    int64_t length = w->census.list[list].length;

    if (level >= LANE_NO_BULK && lane == LANE_BULK)
        return 0;
    if (level >= LANE_ONLY_HOT && lane != LANE_HOT)
        return 0;
    return length * 2 > most ? 0 : (int)(most - length);
}

static enum status bring_some(struct watch *w, int list, int asked, struct found *f)
{
    int n = 0;
    enum status st;

    f->now = w->now;
    f->before = w->now + 1;
    f->parked = true;
    st = found_read(w,
                    db_select(w->db,
                              "SELECT id, lane, attempts, body FROM job_open"
                              " WHERE lane = ? AND parked = 1 AND run_at < ?"
                              " ORDER BY run_at, id LIMIT ?",
                              DB_INT(queue_lane(w->at, list)), DB_TIME(f->before),
                              DB_INT(asked)),
                    f);
    if (st == ST_OK && f->n > 0)
        st = found_hand_over(w, f, &n);
    return st;
}

/* all: whether nothing of the list is left that is due. */
static enum status bring_list(struct watch *w, int list, bool *all)
{
    enum status st = ST_OK;

    *all = w->oldest[list] > w->now;
    for (int room = room_of(w, list); st == ST_OK && !*all && room > 0;) {
        int asked = room < FOUND_MAX ? room : FOUND_MAX;
        struct found *f = calloc(1, sizeof *f);

        if (f == NULL)
            return ST_BROKEN;
        st = bring_some(w, list, asked, f);
        *all = f->read < asked;
        room -= asked;
        found_free(f);
    }
    return st;
}

static enum status bring_due(struct watch *w)
{
    enum status st = oldest_read(w, true);
    bool all[QUEUE_LISTS] = {false};

    for (int list = 0; list < QUEUE_LISTS && st == ST_OK; list++)
        st = bring_list(w, list, &all[list]);
    for (int i = 0; i < w->census.n_shut; i++)
        w->drained[i] =
            w->census.shut[i].list < QUEUE_LISTS && all[w->census.shut[i].list];
    if (st == ST_OK)
        st = queue_gate(w->q, w->at, &w->census, w->drained);
    return st;
}

/* Beyond the margin a wrong clock would bring back what is merely waiting. Once a
 * minute, as it is looked at each second. */
static void tell_of_clocks(int64_t redis, int64_t ours)
{
    static int64_t told;

    if (llabs(redis - ours) <= MARGIN / 10 || llabs(ours - told) < MINUTE)
        return;
    told = ours;
    log_warn("clocks of redis and this machine differ",
             LOG_INT("ms", (redis - ours) / MS));
}

static enum status look_for_lost(struct watch *w, int *n)
{
    enum status st = oldest_read(w, false);

    for (int list = 0; w->census.complete && list < QUEUE_LISTS && st == ST_OK; list++)
        st = bring_lost(w, list, n);
    return st;
}

enum status ledger_reconcile(struct db *db, struct queue *q, struct queue_at at,
                             int64_t now, int *n)
{
    struct watch w = {.db = db, .q = q, .at = at};
    enum status st = queue_census(q, at, &w.census);
    int lost = 0;

    *n = 0;
    if (st != ST_OK)
        return st;
    w.now = w.census.now_ms * MS;
    tell_of_clocks(w.now, now);
    st = bring_due(&w);
    if (st == ST_OK)
        st = look_for_lost(&w, &lost);
    if (lost > 0)
        log_warn("jobs were lost on the way and brought back", LOG_INT("pool", at.pool),
                 LOG_INT("shard", at.shard), LOG_INT("jobs", lost));
    if (lost > 0)
        queue_count(q, at, "reconciled", lost);
    *n = w.brought;
    census_free(&w.census);
    return st;
}

enum status ledger_lost(struct db *db, struct queue *q, struct queue_at at,
                        ledger_each_lost *fn, void *arg)
{
    struct watch w = {.db = db, .q = q, .at = at, .tell = fn, .tell_arg = arg};
    enum status st = queue_census(q, at, &w.census);
    int none = 0;

    if (st != ST_OK)
        return st;
    w.now = w.census.now_ms * MS;
    st = look_for_lost(&w, &none);
    census_free(&w.census);
    return st;
}
