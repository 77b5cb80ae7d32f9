/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/ledger_look.h"

#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

/* The same columns of each table, in the same order, so that one reader serves all. */
#define OPEN_COLUMNS                                                                   \
    "SELECT 1, id, kind, root, '', '', '', '', parent, lane, attempts, run_at, 0,"     \
    " put_at, parked"
#define DONE_COLUMNS                                                                   \
    "SELECT 2, id, kind, root, outcome, '', why, worker, parent, 0, attempt, at, ms,"  \
    " NULL, 0"
#define DEAD_COLUMNS                                                                   \
    "SELECT 3, id, kind, root, '', reason, why, '', parent, lane, attempts, died_at,"  \
    " 0, put_at, 0"

static void text(struct db *db, int col, char *out, size_t size)
{
    const char *s = db_text(db, col, NULL);

    snprintf(out, size, "%s", s ? s : "");
}

static void line_read(struct db *db, struct ledger_line *l)
{
    size_t n;
    const char *id = db_text(db, 1, &n), *parent;

    *l = (struct ledger_line){.where = (enum ledger_where)db_int(db, 0)};
    if (id != NULL && n == sizeof l->id)
        memcpy(l->id, id, n);
    text(db, 2, l->kind, sizeof l->kind);
    text(db, 3, l->root, sizeof l->root);
    text(db, 4, l->outcome, sizeof l->outcome);
    text(db, 5, l->reason, sizeof l->reason);
    text(db, 6, l->why, sizeof l->why);
    text(db, 7, l->worker, sizeof l->worker);
    parent = db_text(db, 8, &n);
    l->has_parent = parent != NULL && n == sizeof l->parent;
    if (l->has_parent)
        memcpy(l->parent, parent, n);
    l->lane = (int)db_int(db, 9);
    l->attempts = (int)db_int(db, 10);
    l->at = db_time(db, 11);
    l->ms = db_int(db, 12);
    l->put_at = db_time(db, 13);
    l->parked = db_int(db, 14) != 0;
    l->paused = db_int(db, 14) == 2;
}

/* Hands each row of the open selection on; *seen counts them. */
static enum status each(struct db *db, enum status st, ledger_each *fn, void *arg,
                        int *seen)
{
    struct ledger_line line;

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        line_read(db, &line);
        fn(arg, &line);
        ++*seen;
    }
    return st == ST_NONE ? ST_OK : st;
}

/* ---- lists ---------------------------------------------------------------------- */

/* Each takes: kind twice, pool twice, first and last list, then the line behind which it
 * goes on (its time twice, its id twice; the first page: a time beyond all), the limit.
 * Ids sort by the time they were put. */
#define LANES " AND (? = 0 OR lane DIV 100 MOD 10 = ?) AND lane MOD 100 BETWEEN ? AND ?"
#define ANY_LANE                                                                       \
    " AND ? IS NOT NULL AND ? IS NOT NULL AND ? IS NOT NULL AND ? IS NOT NULL"

static const char *const list_sql[] = {
    [LEDGER_OPEN] =
        OPEN_COLUMNS " FROM job_open WHERE (? IS NULL OR kind = ?)" LANES
                     " AND ? IS NOT NULL AND ? IS NOT NULL AND (? IS NULL OR id < ?)"
                     " ORDER BY id DESC LIMIT ?",
    [LEDGER_DONE] = DONE_COLUMNS " FROM job_hist WHERE (? IS NULL OR kind = ?)" ANY_LANE
                                 " AND at <= ? AND (at < ? OR ? IS NULL OR id < ?)"
                                 " ORDER BY at DESC, id DESC LIMIT ?",
    [LEDGER_DEAD] =
        DEAD_COLUMNS " FROM job_dead WHERE (? IS NULL OR kind = ?)" LANES
                     " AND died_at <= ? AND (died_at < ? OR ? IS NULL OR id < ?)"
                     " ORDER BY died_at DESC, id DESC LIMIT ?",
};

#define TIME_LAST (INT64_C(253370764800) * SECOND) /* 9999-01-01 */

enum status ledger_list(struct db *db, const struct ledger_ask *ask, ledger_each *fn,
                        void *arg)
{
    struct db_arg kind = DB_TEXT(ask->kind), pool = DB_INT(ask->pool);
    int last = ask->list_last > 0 ? ask->list_last : QUEUE_LISTS - 1, seen = 0;
    struct db_arg at = DB_TIME(ask->behind ? ask->behind->at : TIME_LAST);
    struct db_arg id = ask->behind ? DB_BYTES(ask->behind->id, 16) : DB_NULL;

    return each(db,
                db_select(db, list_sql[ask->where], kind, kind, pool, pool,
                          DB_INT(ask->list_first), DB_INT(last), at, at, id, id,
                          DB_INT(ask->limit)),
                fn, arg, &seen);
}

enum status ledger_story(struct db *db, const uint8_t id[16], ledger_each *fn,
                         void *arg)
{
    static const char *const tables[] = {
        DONE_COLUMNS " FROM job_hist WHERE id = ? ORDER BY at",
        OPEN_COLUMNS " FROM job_open WHERE id = ?",
        DEAD_COLUMNS " FROM job_dead WHERE id = ?",
    };
    enum status st = ST_OK;
    int seen = 0;

    for (int i = 0; i < 3 && st == ST_OK; i++)
        st = each(db, db_select(db, tables[i], DB_BYTES(id, 16)), fn, arg, &seen);
    return st == ST_OK && seen == 0 ? ST_NONE : st;
}

enum status ledger_body(struct db *db, const uint8_t id[16], struct buf *out)
{
    const char *body;
    enum status st;
    size_t n;

    st = db_one(db, "SELECT body FROM job_open WHERE id = ?", DB_BYTES(id, 16));
    if (st == ST_NONE)
        st = db_one(db, "SELECT body FROM job_dead WHERE id = ?", DB_BYTES(id, 16));
    if (st != ST_OK)
        return st;
    body = db_text(db, 0, &n);
    buf_add(out, body ? body : "", body ? n : 0);
    return out->failed ? ST_BROKEN : ST_OK;
}

enum status ledger_trace(struct db *db, const char *root, ledger_each *fn, void *arg)
{
    static const char *const tables[] = {
        DONE_COLUMNS " FROM job_hist WHERE root = ? ORDER BY at",
        OPEN_COLUMNS " FROM job_open WHERE root = ? ORDER BY id",
        DEAD_COLUMNS " FROM job_dead WHERE root = ? ORDER BY died_at",
    };
    enum status st = ST_OK;
    int seen = 0;

    for (int i = 0; i < 3 && st == ST_OK; i++)
        st = each(db, db_select(db, tables[i], DB_TEXT(root)), fn, arg, &seen);
    return st == ST_OK && seen == 0 ? ST_NONE : st;
}

/* ---- sums ----------------------------------------------------------------------- */

enum status ledger_sums(struct db *db, int64_t now, struct ledger_sums *out)
{
    enum status st;

    *out = (struct ledger_sums){0};
    st = db_one(db, "SELECT COUNT(*) FROM job_dead");
    if (st != ST_OK)
        return st;
    out->dead = db_int(db, 0);
    /* one walk along the index `waits` */
    st = db_one(db,
                "SELECT COUNT(*), SUM(parked > 0), SUM(parked > 0 AND run_at <= ?),"
                " MIN(IF(parked > 0 AND run_at <= ?, run_at, NULL)) FROM job_open",
                DB_TIME(now), DB_TIME(now));
    if (st != ST_OK)
        return st;
    out->open = db_int(db, 0);
    out->parked = db_int(db, 1);
    out->spilled = db_int(db, 2);
    out->spilled_since = db_time(db, 3);
    return ST_OK;
}

#define COUNTED_AGE (10 * SECOND)
#define COUNTED_SHARE 100 /* of the time at most a hundredth goes into counting */

enum status ledger_sums_renew(struct db *db, int64_t now, struct ledger_sums_kept *kept)
{
    int64_t age = now - kept->at, from = clock_mono_ms();
    struct ledger_sums fresh;
    enum status st;

    if (kept->at != 0 && age >= 0 &&
        (age < COUNTED_AGE || age < kept->cost_us * COUNTED_SHARE))
        return ST_OK;
    st = ledger_sums(db, now, &fresh);
    if (st != ST_OK)
        return st;
    *kept = (struct ledger_sums_kept){
        .sums = fresh, .at = now, .cost_us = (clock_mono_ms() - from) * MS};
    return ST_OK;
}

enum status ledger_kinds(struct db *db, int64_t since, ledger_kind_each *fn, void *arg)
{
    enum status st = db_select(
        db,
        "SELECT kind, SUM(open), SUM(dead), SUM(done), SUM(retried), SUM(failed),"
        " SUM(ms) DIV GREATEST(SUM(done), 1), MAX(worst) FROM ("
        "SELECT kind, COUNT(*) AS open, 0 AS dead, 0 AS done, 0 AS retried,"
        " 0 AS failed, 0 AS ms, 0 AS worst FROM job_open GROUP BY kind"
        " UNION ALL SELECT kind, 0, COUNT(*), 0, 0, 0, 0, 0 FROM job_dead GROUP BY kind"
        " UNION ALL SELECT kind, 0, 0, SUM(outcome = 'done'), SUM(outcome = 'retry'),"
        " SUM(outcome NOT IN ('done', 'retry')), SUM(IF(outcome = 'done', ms, 0)),"
        " MAX(IF(outcome = 'done', ms, 0)) FROM job_hist WHERE at >= ? GROUP BY kind"
        ") AS every GROUP BY kind ORDER BY kind",
        DB_TIME(since));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        struct ledger_kind k = {.open = db_int(db, 1),
                                .dead = db_int(db, 2),
                                .done = db_int(db, 3),
                                .retried = db_int(db, 4),
                                .failed = db_int(db, 5),
                                .mean_ms = db_int(db, 6),
                                .worst_ms = db_int(db, 7)};

        text(db, 0, k.kind, sizeof k.kind);
        fn(arg, &k);
    }
    return st == ST_NONE ? ST_OK : st;
}
