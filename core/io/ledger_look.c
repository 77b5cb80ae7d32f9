/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/ledger_look.h"

#include <stdio.h>
#include <string.h>

/* The same columns of each table, in the same order, so that one reader serves all. */
#define OPEN_COLUMNS                                                                   \
    "SELECT 1, id, kind, root, '', '', '', '', parent, lane, attempts, run_at, 0"
#define DONE_COLUMNS                                                                   \
    "SELECT 2, id, kind, root, outcome, '', why, worker, parent, 0, attempt, at, ms"
#define DEAD_COLUMNS                                                                   \
    "SELECT 3, id, kind, root, '', reason, why, '', NULL, lane, attempts, died_at, 0"

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

enum status ledger_list(struct db *db, enum ledger_where where, const char *kind,
                        int limit, ledger_each *fn, void *arg)
{
    static const char *const by_where[] = {
        [LEDGER_OPEN] = OPEN_COLUMNS " FROM job_open WHERE (? = '' OR kind = ?)"
                                     " ORDER BY id DESC LIMIT ?",
        [LEDGER_DONE] = DONE_COLUMNS " FROM job_hist WHERE (? = '' OR kind = ?)"
                                     " ORDER BY at DESC LIMIT ?",
        [LEDGER_DEAD] = DEAD_COLUMNS " FROM job_dead WHERE (? = '' OR kind = ?)"
                                     " ORDER BY died_at DESC LIMIT ?",
    };
    int seen = 0;

    return each(
        db, db_select(db, by_where[where], DB_TEXT(kind), DB_TEXT(kind), DB_INT(limit)),
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

enum status ledger_sums(struct db *db, int64_t since, struct ledger_sums *out)
{
    enum status st;

    *out = (struct ledger_sums){0};
    st = db_one(
        db,
        "SELECT (SELECT COUNT(*) FROM job_open), (SELECT COUNT(*) FROM job_dead),"
        " (SELECT COUNT(*) FROM job_hist WHERE at >= ? AND outcome = 'done'),"
        " (SELECT COUNT(*) FROM job_hist WHERE at >= ? AND outcome = 'retry')",
        DB_TIME(since), DB_TIME(since));
    if (st != ST_OK)
        return st;
    out->open = db_int(db, 0);
    out->dead = db_int(db, 1);
    out->done = db_int(db, 2);
    out->retried = db_int(db, 3);
    return ST_OK;
}
