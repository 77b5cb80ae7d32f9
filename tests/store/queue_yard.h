/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/queue_yard.h - a queue of its own for each test, and short words for what
 * is done with it. Included by the tests of the queue and of its ledger. */
#ifndef TESTS_STORE_QUEUE_YARD_H
#define TESTS_STORE_QUEUE_YARD_H

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/ledger.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_LOGIC ((struct queue_at){POOL_LOGIC, 0})
#define AT_SEND ((struct queue_at){POOL_SEND, 0})

struct yard {
    struct config *cfg;
    struct db *db;
    struct queue *queue;
    char wid[3][QUEUE_WID_MAX];
    struct job jobs[QUEUE_BATCH_MAX];
    int n;
};

static inline int open_yard(void **state)
{
    struct yard *y = calloc(1, sizeof *y);

    y->cfg = world_config();
    y->db = db_open(y->cfg);
    y->queue = queue_open(y->cfg);
    queue_bind(y->queue, y->db);
    for (int i = 0; i < 3; i++)
        queue_wid(y->wid[i], i);
    *state = y;
    return 0;
}

static inline void drop_jobs(struct yard *y)
{
    for (int i = 0; i < y->n; i++)
        job_free(&y->jobs[i]);
    y->n = 0;
}

static inline int close_yard(void **state)
{
    struct yard *y = *state;

    drop_jobs(y);
    queue_close(y->queue);
    db_close(y->db);
    free(y);
    return 0;
}

/* ---- short words ---------------------------------------------------------------- */

struct put {
    struct job_spec spec;
    int n;
    enum status end; /* what the transaction answers */
    int64_t number;
};

static inline enum status put_work(struct db *db, void *arg)
{
    struct put *p = arg;

    for (int i = 0; i < p->n; i++) {
        struct job_spec spec = p->spec;
        enum status st;

        spec.args = json_new_object();
        json_set_int(spec.args, "n", p->number + i);
        if ((st = job_put(db, clock_now(), &spec)) != ST_OK)
            return st;
    }
    return p->end;
}

static inline enum status put(struct yard *y, enum kind kind, int64_t key,
                              int64_t number)
{
    struct put p = {.spec = {.kind = kind, .key = key}, .n = 1, .number = number};

    return db_tx(y->db, put_work, &p);
}

static inline void put_many(struct yard *y, enum kind kind, int n)
{
    struct put p = {.spec = {.kind = kind}, .n = n};

    assert_int_equal(db_tx(y->db, put_work, &p), ST_OK);
}

static inline int lease(struct yard *y, enum kind_pool pool, int who, int want)
{
    struct queue_turn t = {
        .wid = y->wid[who], .at = {pool, 0}, .jobs = y->jobs, .want = want};

    drop_jobs(y);
    assert_int_equal(queue_turn(y->queue, &t), ST_OK);
    return y->n = t.n_jobs;
}

static inline int64_t number(const struct yard *y, int i)
{
    return json_int_or(y->jobs[i].args, "n", -1);
}

static inline struct queue_turn settle(struct yard *y, enum kind_pool pool, int who,
                                       const struct job_result *r, int n)
{
    struct queue_turn t = {
        .wid = y->wid[who], .at = {pool, 0}, .results = r, .n_results = n};

    assert_int_equal(queue_turn(y->queue, &t), ST_OK);
    return t;
}

static inline struct job_result result(const struct job *j, enum job_outcome o,
                                       uint32_t wait)
{
    struct job_result r = {.outcome = o, .wait_ms = wait};

    memcpy(r.id, j->id, sizeof r.id);
    return r;
}

static inline int64_t open_rows(struct yard *y)
{
    assert_int_equal(db_one(y->db, "SELECT COUNT(*) FROM job_open"), ST_OK);
    return db_int(y->db, 0);
}

static inline struct census look(struct yard *y, enum kind_pool pool)
{
    struct census c;

    assert_int_equal(queue_census(y->queue, (struct queue_at){pool, 0}, &c), ST_OK);
    return c;
}

static inline int64_t waiting(struct yard *y, enum kind_pool pool)
{
    struct census c = look(y, pool);
    int64_t n = 0;

    for (int i = 0; i < QUEUE_LISTS; i++)
        n += c.list[i].length;
    census_free(&c);
    return n;
}

struct hope {
    struct yard *y;
    enum kind_pool pool;
    int who;
};

static inline bool leased(void *arg)
{
    struct hope *h = arg;

    return lease(h->y, h->pool, h->who, 8) > 0;
}

/* Until there is something to lease, five seconds at most. */
static inline void lease_soon(struct yard *y, enum kind_pool pool, int who)
{
    struct hope h = {y, pool, who};

    assert_true(until(leased, &h, 5000));
}

#endif
