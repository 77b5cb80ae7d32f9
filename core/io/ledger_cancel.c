/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Jobs that shall not run. The row is the job: who deletes it has cancelled it, and the
 * entry that is still in Redis finds nothing to do. A row that somebody is deleting in
 * a transaction of its own is a job that runs. */
#include "core/io/ledger.h"

#include "core/io/ledger_private.h"

#include <string.h>

struct cancel {
    const uint8_t *id;
    const char *who;
    int64_t now;
    bool runs;
};

static enum status ask_worker(struct db *db, struct cancel *c)
{
    enum status st =
        db_one(db, "SELECT 1 FROM job_open WHERE id = ?", DB_BYTES(c->id, 16));

    if (st != ST_OK)
        return st;
    c->runs = true;
    return db_exec(db, NULL,
                   "INSERT IGNORE INTO job_cancel (id, asked_at, asked_by)"
                   " VALUES (?, ?, ?)",
                   DB_BYTES(c->id, 16), DB_TIME(c->now), DB_TEXT(c->who));
}

static enum status cancel_work(struct db *db, void *arg)
{
    struct cancel *c = arg;
    enum status st;

    c->runs = false;
    st = db_one(db, "SELECT 1 FROM job_open WHERE id = ? FOR UPDATE SKIP LOCKED",
                DB_BYTES(c->id, 16));
    if (st == ST_NONE)
        return ask_worker(db, c);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "INSERT INTO job_hist (at, id, kind, attempt, outcome, ms, worker,"
                     " root, parent, why) SELECT ?, id, kind, attempts, 'cancelled', 0,"
                     " '', root, parent, LEFT(CONCAT('asked for by ', ?), 200)"
                     " FROM job_open WHERE id = ?",
                     DB_TIME(c->now), DB_TEXT(c->who), DB_BYTES(c->id, 16));
    if (st == ST_OK)
        st =
            db_exec(db, NULL, "DELETE FROM job_open WHERE id = ?", DB_BYTES(c->id, 16));
    return st;
}

enum status ledger_cancel(struct db *db, int64_t now, const uint8_t id[16],
                          const char *who)
{
    struct cancel c = {.id = id, .who = who, .now = now};
    enum status st = db_tx(db, cancel_work, &c);

    return st == ST_OK && c.runs ? ST_TAKEN : st;
}

/* ---- stopped, or too late ------------------------------------------------------- */

struct drop {
    const struct job *job;
    const char *outcome;
    const struct ledger_run *run;
    int64_t now;
};

static enum status drop_work(struct db *db, void *arg)
{
    const struct drop *d = arg;
    enum status st = db_exec(db, NULL, "DELETE FROM job_open WHERE id = ?",
                             DB_BYTES(d->job->id, 16));

    if (st == ST_OK)
        st = db_exec(db, NULL, "DELETE FROM job_cancel WHERE id = ?",
                     DB_BYTES(d->job->id, 16));
    return st == ST_OK ? ledger_note(db, d->now, d->job, d->outcome, d->run) : st;
}

enum status ledger_drop(struct db *db, int64_t now, const struct job *j,
                        const char *outcome, const struct ledger_run *run)
{
    struct drop d = {.job = j, .outcome = outcome, .run = run, .now = now};

    if (kind_policy(j->kind)->class == CLASS_E)
        return ST_OK;
    return db_tx(db, drop_work, &d);
}

/* ---- what is asked for ------------------------------------------------------------ */

enum status ledger_wishes(struct db *db, uint8_t (*out)[16], int room, int *n)
{
    enum status st = db_select(
        db, "SELECT id FROM job_cancel ORDER BY asked_at DESC LIMIT ?", DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK)
        memcpy(out[(*n)++], db_text(db, 0, NULL), 16);
    return st == ST_NONE ? ST_OK : st;
}

enum status ledger_wishes_forget(struct db *db, int64_t before)
{
    return db_exec(db, NULL, "DELETE FROM job_cancel WHERE asked_at < ?",
                   DB_TIME(before));
}
