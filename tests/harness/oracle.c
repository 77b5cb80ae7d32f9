/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/oracle.h"

#include "core/base/clock.h"
#include "tests/harness/until.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ACCOUNTS 64

static void sql(struct oracle *o, const char *text)
{
    assert_int_equal(db_exec(o->db, NULL, text), ST_OK);
}

void oracle_open(struct oracle *o, struct config *cfg)
{
    *o = (struct oracle){.cfg = cfg, .db = db_open(cfg), .queue = queue_open(cfg)};
    sql(o, "CREATE TABLE test_account (id BIGINT PRIMARY KEY, points BIGINT NOT NULL)");
    sql(o, "CREATE TABLE test_effect (job BINARY(16) PRIMARY KEY, times INT NOT NULL)");
    for (int i = 0; i < ACCOUNTS; i++)
        assert_int_equal(
            db_exec(o->db, NULL, "INSERT INTO test_account VALUES (?, 0)", DB_INT(i)),
            ST_OK);
    queue_bind(o->queue, o->db);
}

void oracle_close(struct oracle *o)
{
    queue_close(o->queue);
    db_close(o->db);
}

struct some {
    struct oracle *o;
    int n;
};

static enum status put_work(struct db *db, void *arg)
{
    struct some *s = arg;
    enum status st = ST_OK;

    for (int i = 0; i < s->n && st == ST_OK; i++) {
        struct job_spec spec = {.kind = KIND_TEST_NOTE, .args = json_new_object()};

        json_set_int(spec.args, "account", (s->o->jobs + i) % ACCOUNTS);
        st = job_put(db, clock_now(), &spec);
    }
    return st;
}

void oracle_put(struct oracle *o, int n)
{
    for (int left = n; left > 0; left -= 50) {
        struct some s = {o, left < 50 ? left : 50};

        assert_int_equal(db_tx(o->db, put_work, &s), ST_OK);
        o->jobs += s.n;
    }
}

void oracle_put_silently(struct oracle *o, int n)
{
    db_on_end(o->db, NULL, NULL);
    oracle_put(o, n);
    queue_bind(o->queue, o->db);
}

int64_t oracle_done(struct oracle *o)
{
    assert_int_equal(db_one(o->db, "SELECT COUNT(*) FROM test_effect"), ST_OK);
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
    assert_int_equal(db_one(o->db, "SELECT COUNT(*) FROM job_open"), ST_OK);
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

static void check_redis(struct oracle *o, enum kind_pool pool)
{
    struct census c;

    assert_int_equal(queue_census(o->queue, pool, &c), ST_OK);
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

    assert_int_equal(queue_census(o->queue, POOL_LOGIC, &c), ST_OK);
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
    check_redis(o, POOL_LOGIC);
}
