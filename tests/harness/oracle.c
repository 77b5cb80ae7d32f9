/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/oracle.h"

#include "core/base/clock.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ACCOUNTS 64
#define SPREAD 16 /* rows of an account: ids account, account + 64 … */

static void sql(struct oracle *o, const char *text)
{
    assert_int_equal(db_exec(o->db, NULL, text), ST_OK);
}

void oracle_open(struct oracle *o, struct config *cfg)
{
    *o = (struct oracle){.cfg = cfg, .db = db_open(cfg), .queue = queue_open(cfg)};
    sql(o, "CREATE TABLE test_account (id BIGINT PRIMARY KEY, points BIGINT NOT NULL)");
    sql(o, "CREATE TABLE test_effect (job BINARY(16) PRIMARY KEY, times INT NOT NULL,"
           " waited_ms BIGINT NOT NULL)");
    sql(o, "CREATE TABLE test_put (jobs INT NOT NULL)");
    for (int i = 0; i < ACCOUNTS; i++)
        assert_int_equal(
            db_exec(o->db, NULL, "INSERT INTO test_account VALUES (?, 0)", DB_INT(i)),
            ST_OK);
    for (int n = ACCOUNTS; n < ACCOUNTS * SPREAD; n *= 2)
        assert_int_equal(db_exec(o->db, NULL,
                                 "INSERT INTO test_account SELECT id + ?, 0"
                                 " FROM test_account",
                                 DB_INT(n)),
                         ST_OK);
    queue_bind(o->queue, o->db);
}

void oracle_stage(struct oracle *o, int children)
{
    char text[16];

    oracle_open(o, world_config());
    o->cfg->log_level = "info";
    world_export(o->cfg);
    snprintf(text, sizeof text, "%d", children);
    setenv("WORKER_PROCESSES", text, 1);
}

int64_t oracle_number(struct oracle *o, const char *sql)
{
    assert_int_equal(db_one(o->db, sql), ST_OK);
    return db_int(o->db, 0);
}

void oracle_close(struct oracle *o)
{
    queue_close(o->queue);
    db_close(o->db);
}

struct some {
    struct oracle *o;
    const struct oracle_job *like;
    int n;
};

static int64_t account_of(const struct oracle_job *like, int64_t i)
{
    if (like->account == 0)
        return i % (ACCOUNTS * SPREAD);
    return like->account + (like->spread ? i % SPREAD * ACCOUNTS : 0);
}

static enum status put_one(struct db *db, const struct oracle_job *like, int64_t i)
{
    struct job_spec spec = {.kind = like->kind ? like->kind : KIND_TEST_NOTE,
                            .key = like->key ? like->key : i,
                            .args = json_new_object()};
    char pad[901] = "";

    json_set_int(spec.args, "account", account_of(like, i));
    if (like->ms > 0)
        json_set_int(spec.args, "ms", like->ms);
    if (like->pad > 0) {
        memset(pad, 'x', sizeof pad - 1);
        pad[like->pad < (int)sizeof pad ? like->pad : (int)sizeof pad - 1] = '\0';
        json_set_text(spec.args, "pad", pad);
    }
    if (like->deed != NULL)
        json_set_text(spec.args, "deed", like->deed);
    return job_put(db, clock_now(), &spec);
}

static enum status put_work(struct db *db, void *arg)
{
    struct some *s = arg;
    enum status st = db_exec(db, NULL, "INSERT INTO test_put VALUES (?)", DB_INT(s->n));

    for (int i = 0; i < s->n && st == ST_OK; i++)
        st = put_one(db, s->like, s->o->jobs + i);
    return st;
}

static bool put_all(struct oracle *o, const struct oracle_job *like, int n)
{
    for (int left = n; left > 0; left -= 50) {
        struct some s = {o, like, left < 50 ? left : 50};

        if (db_tx(o->db, put_work, &s) != ST_OK)
            return false;
        o->jobs += s.n;
    }
    return true;
}

void oracle_put_as(struct oracle *o, const struct oracle_job *like, int n)
{
    assert_true(put_all(o, like, n));
}

void oracle_put(struct oracle *o, int n)
{
    oracle_put_as(o, &(struct oracle_job){0}, n);
}

bool oracle_try(struct oracle *o, int n)
{
    return put_all(o, &(struct oracle_job){0}, n);
}

void oracle_recount(struct oracle *o)
{
    assert_int_equal(db_one(o->db, "SELECT SUM(jobs) FROM test_put"), ST_OK);
    o->jobs = db_int(o->db, 0);
}

void oracle_put_silently(struct oracle *o, int n)
{
    db_on_end(o->db, NULL, NULL);
    oracle_put(o, n);
    queue_bind(o->queue, o->db);
}

int64_t oracle_done(struct oracle *o)
{
    enum status st = db_one(o->db, "SELECT COUNT(*) FROM test_effect");

    return st == ST_OK ? db_int(o->db, 0) : -1;
}

int64_t oracle_points(struct oracle *o, int account)
{
    assert_int_equal(db_one(o->db,
                            "SELECT SUM(points) FROM test_account WHERE id % 64 = ?",
                            DB_INT(account)),
                     ST_OK);
    return db_int(o->db, 0);
}

int64_t oracle_waited(struct oracle *o, enum kind kind, int p)
{
    const char *name = kind_policy(kind)->name;
    int64_t n;

    assert_int_equal(db_one(o->db,
                            "SELECT COUNT(DISTINCT h.id) FROM job_hist h JOIN"
                            " test_effect e ON e.job = h.id WHERE h.kind = ?",
                            DB_TEXT(name)),
                     ST_OK);
    n = db_int(o->db, 0);
    assert_true(n > 0);
    assert_int_equal(db_one(o->db,
                            "SELECT e.waited_ms FROM job_hist h JOIN test_effect e"
                            " ON e.job = h.id WHERE h.kind = ? AND h.outcome = 'done'"
                            " ORDER BY e.waited_ms LIMIT 1 OFFSET ?",
                            DB_TEXT(name), DB_INT((n - 1) * p / 100)),
                     ST_OK);
    return db_int(o->db, 0);
}

/* One dead job at a time: reading and reviving share the handle. */
static bool revive_one(struct oracle *o)
{
    uint8_t id[16];
    enum status st = db_one(o->db, "SELECT id FROM job_dead LIMIT 1");

    if (st != ST_OK)
        return false;
    memcpy(id, db_text(o->db, 0, NULL), sizeof id);
    return ledger_revive(o->db, o->queue, clock_now(), id) == ST_OK;
}

static bool drained(void *arg)
{
    struct oracle *o = arg;

    while (revive_one(o))
        ;
    if (db_one(o->db, "SELECT COUNT(*) FROM job_open") != ST_OK)
        return false;
    return db_int(o->db, 0) == 0 && oracle_done(o) == o->jobs;
}

struct progress {
    struct oracle *o;
    int64_t want;
};

static bool progressed(void *arg)
{
    struct progress *p = arg;

    while (revive_one(p->o))
        ;
    return oracle_done(p->o) >= p->want;
}

bool oracle_progress(struct oracle *o, int64_t n, int ms)
{
    struct progress p = {o, oracle_done(o) + n};

    if (p.want > o->jobs)
        p.want = o->jobs;
    return until(progressed, &p, ms);
}

bool oracle_drained(struct oracle *o, int ms)
{
    return until(drained, o, ms);
}

static void check_redis(struct oracle *o, struct queue_at at)
{
    struct census c;

    assert_int_equal(queue_census(o->queue, at, &c), ST_OK);
    for (int i = 0; i < QUEUE_LISTS; i++)
        assert_int_equal(c.list[i].length, 0);
    assert_int_equal(c.n_workers, 0);
    assert_int_equal(c.delayed, 0);
    assert_int_equal(c.dead, 0);
    census_free(&c);
}

/* Second copies of a job that was brought back too eagerly are acknowledged without
 * effect; that may take a moment after the last effect. */
static bool quiet(void *arg)
{
    struct oracle *o = arg;
    struct census c;
    int64_t n = 0;

    /* A Redis that has just come back is asked again; check_redis has the last word. */
    if (queue_census(o->queue, (struct queue_at){POOL_LOGIC, 0}, &c) != ST_OK)
        return false;
    for (int i = 0; i < QUEUE_LISTS; i++)
        n += c.list[i].length;
    n += (int64_t)c.n_workers + c.delayed + c.dead;
    census_free(&c);
    return n == 0;
}

void oracle_check(struct oracle *o)
{
    assert_int_equal(db_one(o->db, "SELECT SUM(points) FROM test_account"), ST_OK);
    assert_int_equal(db_int(o->db, 0), o->jobs);
    assert_int_equal(db_one(o->db, "SELECT COUNT(*), MAX(times) FROM test_effect"),
                     ST_OK);
    assert_int_equal(db_int(o->db, 0), o->jobs);
    assert_int_equal(db_int(o->db, 1), 1);
    assert_true(until(quiet, o, 5000));
    check_redis(o, (struct queue_at){POOL_LOGIC, 0});
}
