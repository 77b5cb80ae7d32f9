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

/* Each in the order of an index of its own; ids sort by the time they were put. */
static const struct table {
    const char *select, *time; /* time NULL: the id says it */
    const char *end;           /* the column of ledger_ask's */
    bool lanes;
} table[] = {
    [LEDGER_OPEN] = {OPEN_COLUMNS " FROM job_open", NULL, NULL, true},
    [LEDGER_DONE] = {DONE_COLUMNS " FROM job_hist", "at", "outcome", false},
    [LEDGER_DEAD] = {DEAD_COLUMNS " FROM job_dead", "died_at", "reason", true},
};

#define QUESTION_ARGS (LEDGER_ROOTS_MAX + 16)

struct question {
    struct buf sql;
    struct db_arg args[QUESTION_ARGS];
    size_t n;
    uint8_t from[16], to[16]; /* ids of those moments */
};

static void condition_add(struct question *q, const char *condition)
{
    buf_adds(&q->sql, strstr(q->sql.s != NULL ? q->sql.s : "", " WHERE ") == NULL
                          ? " WHERE "
                          : " AND ");
    buf_adds(&q->sql, condition);
}

static void add(struct question *q, const char *condition, struct db_arg arg)
{
    condition_add(q, condition);
    q->args[q->n++] = arg;
}

static void lanes_add(struct question *q, const struct ledger_ask *ask)
{
    if (ask->pool != 0)
        add(q, "lane DIV 100 MOD 10 = ?", DB_INT(ask->pool));
    if (ask->list_last > 0) {
        add(q, "lane MOD 100 >= ?", DB_INT(ask->list_first));
        add(q, "lane MOD 100 <= ?", DB_INT(ask->list_last));
    }
}

static void roots_add(struct question *q, const struct ledger_ask *ask)
{
    if (ask->n_roots == 0)
        return;
    add(q, "root IN (?", DB_TEXT(ask->roots[0]));
    for (size_t i = 1; i < ask->n_roots; i++) {
        buf_adds(&q->sql, ", ?");
        q->args[q->n++] = DB_TEXT(ask->roots[i]);
    }
    buf_addc(&q->sql, ')');
}

/* The smallest id of a moment. */
static struct db_arg id_at(uint8_t out[16], int64_t at)
{
    uint64_t ms = (uint64_t)(at / MS);

    memset(out, 0, 16);
    for (int i = 5; i >= 0; i--, ms >>= 8)
        out[i] = (uint8_t)ms;
    return DB_BYTES(out, 16);
}

static void time_add(struct question *q, const struct ledger_ask *ask,
                     const struct table *t)
{
    char text[40];

    snprintf(text, sizeof text, "%s >= ?", t->time != NULL ? t->time : "id");
    if (ask->from != 0)
        add(q, text, t->time ? DB_TIME(ask->from) : id_at(q->from, ask->from));
    snprintf(text, sizeof text, "%s < ?", t->time != NULL ? t->time : "id");
    if (ask->to != 0)
        add(q, text, t->time ? DB_TIME(ask->to) : id_at(q->to, ask->to));
}

/* "at <= ? AND (at < ? OR id < ?)": the first half is what an index is read by. */
static void place_add(struct question *q, const struct ledger_ask *ask,
                      const struct table *t)
{
    const char *way = ask->newer ? ">" : "<";
    char text[100];

    if (ask->behind == NULL)
        return;
    if (t->time == NULL) {
        snprintf(text, sizeof text, "id %s ?", way);
    } else {
        snprintf(text, sizeof text, "%s %s= ?", t->time, way);
        add(q, text, DB_TIME(ask->behind->at));
        snprintf(text, sizeof text, "(%s %s ? OR id %s ?)", t->time, way, way);
        add(q, text, DB_TIME(ask->behind->at));
        q->args[q->n++] = DB_BYTES(ask->behind->id, 16);
        return;
    }
    add(q, text, DB_BYTES(ask->behind->id, 16));
}

static void all_add(struct question *q, const struct ledger_ask *ask,
                    const struct table *t)
{
    const char *way = ask->newer ? "ASC" : "DESC";
    char text[60];

    buf_adds(&q->sql, t->select);
    if (ask->kind != NULL)
        add(q, "kind = ?", DB_TEXT(ask->kind));
    if (t->lanes)
        lanes_add(q, ask);
    roots_add(q, ask);
    time_add(q, ask, t);
    if (ask->end != NULL && t->end != NULL) {
        snprintf(text, sizeof text, "%s = ?", t->end);
        add(q, text, DB_TEXT(ask->end));
    }
    if (ask->crashed)
        condition_add(
            q, "outcome IN ('retry', 'dead')"
               " AND (why LIKE 'its worker %' OR why LIKE 'took too long: killed%')");
    place_add(q, ask, t);
    buf_adds(&q->sql, " ORDER BY ");
    if (t->time != NULL)
        buf_addf(&q->sql, "%s %s, ", t->time, way);
    buf_addf(&q->sql, "id %s LIMIT ?", way);
    q->args[q->n++] = DB_INT(ask->limit);
}

enum status ledger_list(struct db *db, const struct ledger_ask *ask, ledger_each *fn,
                        void *arg)
{
    struct question q = {.n = 0};
    enum status st = ask->n_roots > LEDGER_ROOTS_MAX ? ST_BAD : ST_OK;
    int seen = 0;

    if (st == ST_OK) {
        all_add(&q, ask, &table[ask->where]);
        st = q.sql.failed ? ST_BROKEN : db_select_args(db, q.sql.s, q.args, q.n);
        st = each(db, st, fn, arg, &seen);
    }
    buf_free(&q.sql);
    return st;
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
                "SELECT " DB_AFRESH
                "COUNT(*), SUM(parked > 0), SUM(parked > 0 AND run_at <= ?),"
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
