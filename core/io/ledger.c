/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/ledger.h"

#include "core/io/job_log.h"
#include "core/io/ledger_private.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/base/crash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORGET_SLICE 2000

static enum kind_class class_of(const struct job *j)
{
    return kind_policy(j->kind)->class;
}

static enum status claim_update(struct db *db, int64_t now, const struct job *j)
{
    const char *bot = json_text(j->args, "bot", NULL);
    int64_t id;

    if (bot == NULL || !json_int(j->args, "id", &id))
        return ST_BAD;
    return db_exec(db, NULL,
                   "INSERT INTO update_seen (bot, update_id, at) VALUES (?, ?, ?)",
                   DB_TEXT(bot), DB_INT(id), DB_TIME(now));
}

enum status ledger_claim(struct db *db, int64_t now, const struct job *j)
{
    int64_t n = 0;
    enum status st;

    if (class_of(j) == CLASS_E)
        return ST_OK;
    if (class_of(j) == CLASS_U)
        return claim_update(db, now, j);
    st = db_exec(db, &n, "DELETE FROM job_open WHERE id = ?", DB_BYTES(j->id, 16));
    return st == ST_OK && n == 0 ? ST_TAKEN : st;
}

enum status ledger_note(struct db *db, int64_t now, const struct job *j,
                        const char *outcome, const struct ledger_run *run)
{
    uint8_t parent[16];
    size_t len = 0;
    const char *par = json_text(j->body, "par", &len);
    bool has_parent = par != NULL && ulid_parse(par, len, parent) == ST_OK;

    return db_exec(
        db, NULL,
        "INSERT IGNORE INTO job_hist (at, id, kind, attempt, outcome, ms, worker,"
        " root, parent, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, LEFT(?, 200))",
        DB_TIME(now), DB_BYTES(j->id, 16), DB_TEXT(kind_policy(j->kind)->name),
        DB_INT(j->attempts + 1), DB_TEXT(outcome), DB_INT(run->ms),
        DB_TEXT(run->worker), j->root[0] ? DB_TEXT(j->root) : DB_NULL,
        has_parent ? DB_BYTES(parent, 16) : DB_NULL, DB_TEXT(run->why));
}

enum status ledger_done(struct db *db, int64_t now, const struct job *j,
                        const struct ledger_run *run)
{
    if (class_of(j) == CLASS_E)
        return ST_OK;
    return ledger_note(db, now, j, "done", run);
}

/* ---- after a failure ------------------------------------------------------------ */

struct failed {
    const struct job *job;
    const struct ledger_run *run;
    const char *reason;
    int64_t now, due;
    bool noted; /* its death is in the history already */
};

static enum status retry_work(struct db *db, void *arg)
{
    const struct failed *f = arg;
    enum status st = ST_OK;

    if (class_of(f->job) == CLASS_D)
        st = db_exec(
            db, NULL, "UPDATE job_open SET attempts = ?, run_at = ? WHERE id = ?",
            DB_INT(f->job->attempts + 1), DB_TIME(f->due), DB_BYTES(f->job->id, 16));
    if (st == ST_OK)
        st = ledger_note(db, f->now, f->job, "retry", f->run);
    return st;
}

enum status ledger_retry(struct db *db, int64_t now, const struct job *j, int64_t due,
                         const struct ledger_run *run)
{
    struct failed f = {.job = j, .run = run, .now = now, .due = due};
    enum status st = class_of(j) == CLASS_E ? ST_OK : db_tx(db, retry_work, &f);

    if (st == ST_OK)
        job_log_retried(&(struct job_said){.job = j,
                                           .attempt = j->attempts + 1,
                                           .wait_ms = (due - now) / MS,
                                           .why = run->why,
                                           .worker = run->worker});
    return st;
}

enum status ledger_park(struct db *db, const struct job *j, int64_t due)
{
    if (class_of(j) != CLASS_D)
        return ST_OK;
    return db_exec(
        db, NULL,
        "UPDATE job_open SET run_at = ?, attempts = ?, parked = 1 WHERE id = ?",
        DB_TIME(due), DB_INT(j->attempts), DB_BYTES(j->id, 16));
}

/* The body as it would be put again: the entry without its head. */
static const char *body_of(const struct job *j, size_t *n)
{
    *n = j->raw_n > QUEUE_HEAD ? j->raw_n - QUEUE_HEAD : 0;
    return j->raw + j->raw_n - *n;
}

static void tell_death(const struct job *j, const char *why, const char *worker)
{
    job_log_died(&(struct job_said){
        .job = j, .attempt = j->attempts + 1, .why = why, .worker = worker});
}

/* Somebody waits for what a dead job was to do. */
static enum status mourn(struct db *db, const struct failed *f)
{
    enum kind mourner = kind_policy(f->job->kind)->mourner;
    struct job_spec spec = {.kind = mourner, .args = NULL};
    char id[ULID_TEXT + 1];

    if (mourner == KIND_UNKNOWN)
        return ST_OK;
    ulid_print(f->job->id, id);
    spec.args = json_new_object();
    json_set_text(spec.args, "id", id);
    return job_put(db, f->now, &spec);
}

static enum status bury_work(struct db *db, void *arg)
{
    const struct failed *f = arg;
    const struct job *j = f->job;
    int64_t buried = 0;
    size_t n;
    const char *body = body_of(j, &n);
    struct queue_at at = {kind_policy(j->kind)->pool, j->shard};
    enum status st;

    st = db_exec(
        db, &buried,
        "INSERT IGNORE INTO job_dead (id, kind, lane, attempts, crashes, reason,"
        " why, root, put_at, died_at, body)"
        " VALUES (?, ?, ?, ?, ?, ?, LEFT(?, 200), ?, ?, ?, ?)",
        DB_BYTES(j->id, 16), DB_TEXT(kind_policy(j->kind)->name),
        DB_INT(queue_lane(at, j->list)), DB_INT(j->attempts), DB_INT(j->crashes),
        DB_TEXT(f->reason), DB_TEXT(f->run->why),
        j->root[0] ? DB_TEXT(j->root) : DB_NULL, DB_TIME(j->put_at), DB_TIME(f->now),
        DB_BYTES(body, n));
    if (st == ST_OK)
        st =
            db_exec(db, NULL, "DELETE FROM job_open WHERE id = ?", DB_BYTES(j->id, 16));
    if (st == ST_OK && !f->noted)
        st = ledger_note(db, f->now, j, "dead", f->run);
    return st == ST_OK && buried > 0 ? mourn(db, f) : st;
}

enum status ledger_bury(struct db *db, int64_t now, const struct job *j,
                        const char *reason, const struct ledger_run *run)
{
    struct failed f = {.job = j, .run = run, .reason = reason, .now = now};
    bool counted =
        class_of(j) == CLASS_E && j->kind != KIND_UNKNOWN; /* by the script */
    enum status st = counted ? ST_OK : db_tx(db, bury_work, &f);

    if (st == ST_OK)
        tell_death(j, run->why, run->worker);
    return st;
}

enum status ledger_crashed(struct db *db, int64_t now, const struct job *j, bool dead,
                           const struct ledger_run *run)
{
    if (class_of(j) == CLASS_E)
        return ST_OK;
    return ledger_note(db, now, j, dead ? "dead" : "retry", run);
}

/* ---- those that the scripts put aside ------------------------------------------- */

static const struct grave {
    char reason;
    const char *name, *why;
} graves[] = {
    {'p', "poison", "its worker died three times while running it"},
    {'l', "timeout", "took too long, and had to be killed, three times"},
    {'t', "tries", "tries used up"},
};

static const struct grave *grave_of(const struct job *j)
{
    size_t i = 0;

    while (i < sizeof graves / sizeof *graves - 1 && graves[i].reason != j->reason)
        i++;
    return &graves[i];
}

/* How the last run of a job ended that killed its worker: as the worker's parent wrote it
 * down. f->noted: the row of its death is there already. */
static enum status last_words(struct db *db, struct failed *f, char *out, size_t room)
{
    const char *why = f->run->why;
    enum status st = db_one(db,
                            "SELECT outcome = 'dead', why FROM job_hist WHERE id = ?"
                            " ORDER BY at DESC LIMIT 1",
                            DB_BYTES(f->job->id, 16));

    snprintf(out, room, "%s%s%s", why, st == ST_OK ? "; the last time: " : "",
             st == ST_OK ? db_text(db, 1, NULL) : "");
    f->noted = st == ST_OK && db_int(db, 0) != 0;
    return st == ST_NONE ? ST_OK : st;
}

static enum status drain_work(struct db *db, void *arg)
{
    struct failed *f = arg;
    const struct ledger_run *run = f->run;
    struct ledger_run more = *run;
    char why[200];
    enum status st = ST_OK;

    f->noted = false;
    if (f->job->reason != 't')
        st = last_words(db, f, why, sizeof why);
    if (f->job->reason != 't' && st == ST_OK)
        more.why = why;
    f->run = &more;
    if (st == ST_OK)
        st = bury_work(db, f);
    f->run = run;
    return st;
}

static enum status drain_one(struct db *db, int64_t now, const struct job *j)
{
    const struct grave *g = grave_of(j);
    struct ledger_run run = {.worker = "", .why = g->why};
    struct failed f = {.job = j, .run = &run, .reason = g->name, .now = now};

    enum status st = ST_OK;

    if (class_of(j) != CLASS_E || j->kind == KIND_UNKNOWN)
        st = db_tx(db, drain_work, &f);
    if (st == ST_OK)
        tell_death(j, g->why, "");
    return st;
}

enum status ledger_drain_dead(struct db *db, struct queue *q, struct queue_at at,
                              int64_t now, int *n)
{
    struct job *jobs = calloc(50, sizeof *jobs);
    enum status st = jobs ? queue_dead_peek(q, at, jobs, 50, n) : ST_BROKEN;

    for (int i = 0; st == ST_OK && i < *n; i++) {
        st = drain_one(db, now, &jobs[i]);
        crash_point("dead.written");
        if (st == ST_OK)
            st = queue_dead_drop(q, at, &jobs[i]);
    }
    for (int i = 0; jobs != NULL && i < *n; i++)
        job_free(&jobs[i]);
    free(jobs);
    return st;
}

/* ---- back from the dead --------------------------------------------------------- */

struct revival {
    int64_t now;
    const uint8_t *id;
    struct job_row row; /* body is ours */
    enum kind kind;
    struct queue_at at;
};

static enum status revive_read(struct db *db, struct revival *r)
{
    const char *kind, *body;
    size_t kind_n;
    enum status st;
    char *copy;

    st = db_one(db, "SELECT kind, lane, body FROM job_dead WHERE id = ? FOR UPDATE",
                DB_BYTES(r->id, 16));
    if (st != ST_OK)
        return st;
    kind = db_text(db, 0, &kind_n);
    body = db_text(db, 2, &r->row.body_n);
    r->kind = kind_find(kind, kind_n);
    r->at = queue_lane_at((int)db_int(db, 1));
    r->row.list = (int)(db_int(db, 1) % 100);
    copy = malloc(r->row.body_n + 1);
    if (copy == NULL || r->row.list >= QUEUE_LISTS)
        return free(copy), ST_BROKEN;
    memcpy(copy, body, r->row.body_n);
    free((char *)(uintptr_t)r->row.body);
    r->row.body = copy;
    memcpy(r->row.id, r->id, 16);
    return ST_OK;
}

static enum status revive_work(struct db *db, void *arg)
{
    struct revival *r = arg;
    enum status st = revive_read(db, r);

    if (st == ST_OK && kind_policy(r->kind)->class == CLASS_D)
        st = db_exec(
            db, NULL,
            "INSERT IGNORE INTO job_open (id, lane, kind, run_at, root, put_at, body)"
            " SELECT id, lane, kind, ?, root, put_at, body FROM job_dead"
            " WHERE id = ?",
            DB_TIME(r->now), DB_BYTES(r->id, 16));
    if (st == ST_OK)
        st =
            db_exec(db, NULL, "DELETE FROM job_dead WHERE id = ?", DB_BYTES(r->id, 16));
    return st;
}

enum status ledger_revive(struct db *db, struct queue *q, int64_t now,
                          const uint8_t id[16])
{
    struct revival r = {.now = now, .id = id};
    enum status st;

    /* Classes U and E have no row to fall back on: their entry goes first. A crash
     * between the two leaves both, and running an update twice changes nothing. */
    st = revive_read(db, &r);
    if (st == ST_OK && kind_policy(r.kind)->class != CLASS_D)
        st = queue_hand_over(q, r.at, &r.row, 1);
    if (st == ST_OK)
        st = db_tx(db, revive_work, &r);
    if (st == ST_OK && kind_policy(r.kind)->class == CLASS_D &&
        queue_hand_over(q, r.at, &r.row, 1) != ST_OK)
        st = ST_OK; /* the row is open: the reconciler brings it */
    free((char *)(uintptr_t)r.row.body);
    return st;
}

/* ---- retention ------------------------------------------------------------------ */

static enum status forget(struct db *db, const char *sql, int64_t before, int64_t *sum)
{
    int64_t n = 0;
    enum status st = db_exec(db, &n, sql, DB_TIME(before), DB_INT(FORGET_SLICE));

    *sum += n;
    return st;
}

enum status ledger_forget(struct db *db, int64_t now, int64_t keep_days,
                          int64_t keep_updates_days, int64_t *n)
{
    enum status st;

    *n = 0;
    st = forget(db, "DELETE FROM update_seen WHERE at < ? ORDER BY at LIMIT ?",
                now - keep_updates_days * DAY, n);
    if (st == ST_OK)
        st = forget(
            db, "DELETE FROM cron_tick WHERE fired_at < ? ORDER BY fired_at LIMIT ?",
            now - keep_days * DAY, n);
    if (st == ST_OK) /* wishes that no worker was there to hear */
        st = forget(
            db, "DELETE FROM job_cancel WHERE asked_at < ? ORDER BY asked_at LIMIT ?",
            now - DAY, n);
    return st;
}
