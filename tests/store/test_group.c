/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Small jobs in one transaction: one commit for all, each undone alone, nothing told
 * before the commit, and one by one when the whole is spoiled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/oracle.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"
#include "worker/logic.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define AT ((struct queue_at){POOL_LOGIC, 0})

struct shop_floor {
    struct oracle oracle;
    struct child child;
    struct logic logic;
    struct job jobs[QUEUE_BATCH_MAX];
    struct job_result results[QUEUE_BATCH_MAX];
    int n;
};

static int open_floor(void **state)
{
    struct shop_floor *f = calloc(1, sizeof *f);

    oracle_open(&f->oracle, world_config());
    f->child = (struct child){.cfg = f->oracle.cfg, .slot = board_new()};
    queue_wid(f->child.slot->wid, 1);
    f->logic = (struct logic){
        .child = &f->child,
        .db = f->oracle.db,
        .queue = f->oracle.queue,
        .until = INT64_MAX, /* a busy machine does not tell the tests apart */
    };
    db_lock_wait(f->oracle.db, 1);
    *state = f;
    return 0;
}

static int close_floor(void **state)
{
    struct shop_floor *f = *state;

    for (int i = 0; i < f->n; i++)
        job_free(&f->jobs[i]);
    oracle_close(&f->oracle);
    free(f);
    return 0;
}

/* ---- short words ---------------------------------------------------------------- */

struct order {
    struct job_spec spec;
    const char *deed;
    int ms, put, after;
};

static enum status order_work(struct db *db, void *arg)
{
    struct order *o = arg;
    struct job_spec spec = o->spec;

    spec.args = json_new_object();
    json_set_int(spec.args, "account", 1);
    if (o->deed != NULL)
        json_set_text(spec.args, "deed", o->deed);
    json_set_int(spec.args, "ms", o->ms);
    json_set_int(spec.args, "put", o->put);
    json_set_int(spec.args, "after", o->after);
    return job_put(db, clock_now(), &spec);
}

static void put(struct shop_floor *f, struct order o)
{
    if (o.spec.kind == KIND_UNKNOWN)
        o.spec.kind = KIND_TEST_NOTE;
    assert_int_equal(db_tx(f->oracle.db, order_work, &o), ST_OK);
}

static int lease(struct shop_floor *f)
{
    struct queue_turn t = {
        .wid = f->child.slot->wid, .at = AT, .jobs = f->jobs, .want = QUEUE_BATCH_MAX};

    assert_int_equal(queue_turn(f->oracle.queue, &t), ST_OK);
    return f->n = t.n_jobs;
}

static int run(struct shop_floor *f)
{
    return group_run(&f->logic, f->jobs, f->n, f->results);
}

static int64_t commits(struct shop_floor *f)
{
    assert_int_equal(db_one(f->oracle.db, "SHOW SESSION STATUS LIKE 'Com_commit'"),
                     ST_OK);
    return strtoll(db_text(f->oracle.db, 1, NULL), NULL, 10);
}

static int64_t waiting(struct shop_floor *f)
{
    struct census c;
    int64_t n;

    assert_int_equal(queue_census(f->oracle.queue, AT, &c), ST_OK);
    n = census_waiting(&c);
    census_free(&c);
    return n;
}

/* ---- all is well ---------------------------------------------------------------- */

static void a_group_is_one_commit(void **state)
{
    struct shop_floor *f = *state;
    int64_t before;

    oracle_put(&f->oracle, 12);
    assert_int_equal(lease(f), 12);
    before = commits(f);
    assert_int_equal(run(f), 12);
    assert_int_equal(commits(f) - before, 1);
    for (int i = 0; i < 12; i++) {
        assert_memory_equal(f->results[i].id, f->jobs[i].id, 16);
        assert_int_equal(f->results[i].outcome, JOB_DONE);
    }
    assert_int_equal(oracle_done(&f->oracle), 12);
    assert_int_equal(oracle_number(&f->oracle, "SELECT COUNT(*) FROM job_open"), 0);
    assert_int_equal(
        oracle_number(&f->oracle,
                      "SELECT COUNT(*) FROM job_hist WHERE outcome = 'done'"),
        12);
    assert_int_equal(f->child.slot->deadline_ms, 0);
}

static void a_group_has_a_bound(void **state)
{
    struct shop_floor *f = *state;

    oracle_put(&f->oracle, 30);
    assert_int_equal(lease(f), 30);
    assert_int_equal(run(f), 20);
    assert_int_equal(oracle_done(&f->oracle), 20);
}

/* While there is time: whoever is first does not wait for the slow ones behind. */
static void slow_jobs_make_a_small_group(void **state)
{
    struct shop_floor *f = *state;

    f->logic.until = clock_now() + 20 * MS;
    for (int i = 0; i < 10; i++)
        put(f, (struct order){.ms = 8});
    assert_int_equal(lease(f), 10);
    assert_in_range(run(f), 1, 4);
}

static void what_follows_comes_after_the_commit(void **state)
{
    struct shop_floor *f = *state;

    put(f, (struct order){.put = 1});
    put(f, (struct order){.after = 7});
    assert_int_equal(lease(f), 2);
    assert_int_equal(run(f), 2);
    assert_int_equal(waiting(f), 1);
    assert_int_equal(oracle_points(&f->oracle, 7), 1);
}

static void a_kind_of_its_own_stays_alone(void **state)
{
    struct shop_floor *f = *state;

    put(f, (struct order){0});
    put(f, (struct order){0});
    put(f, (struct order){.spec.kind = KIND_SCHED_RETENTION});
    put(f, (struct order){0});
    assert_int_equal(lease(f), 4);
    for (int i = 0; i < f->n; i++) /* low comes where its lane is */
        if (f->jobs[i].kind == KIND_SCHED_RETENTION)
            assert_int_equal(group_run(&f->logic, f->jobs + i, f->n - i, f->results),
                             0);
}

/* The second of a person reads what the first leaves after its commit. */
static void a_person_is_once_in_a_group(void **state)
{
    struct shop_floor *f = *state;

    for (int i = 0; i < 3; i++)
        put(f, (struct order){.spec = {.kind = KIND_TEST_HOT, .key = 4711}});
    assert_int_equal(lease(f), 3);
    assert_int_equal(run(f), 0);
    assert_int_equal(oracle_done(&f->oracle), 0);
}

/* ---- one fails ------------------------------------------------------------------ */

static void one_that_fails_is_undone_alone(void **state)
{
    struct shop_floor *f = *state;

    for (int i = 0; i < 6; i++)
        put(f, i == 2 ? (struct order){.deed = "fail", .put = 1, .after = 7}
                      : (struct order){.put = i == 4});
    assert_int_equal(lease(f), 6);
    assert_int_equal(run(f), 6);
    for (int i = 0; i < 6; i++)
        assert_int_equal(f->results[i].outcome, i == 2 ? JOB_RETRY : JOB_DONE);
    assert_int_equal(oracle_done(&f->oracle), 5);
    assert_int_equal(oracle_points(&f->oracle, 1), 5);
    assert_int_equal(oracle_points(&f->oracle, 7), 0);
    /* itself, and what the fifth put: in both stores */
    assert_int_equal(oracle_number(&f->oracle, "SELECT COUNT(*) FROM job_open"), 2);
    assert_int_equal(
        oracle_number(&f->oracle, "SELECT COUNT(*) FROM job_open WHERE attempts = 1"),
        1);
    assert_int_equal(waiting(f), 1);
}

static void one_that_is_done_already_is_acknowledged(void **state)
{
    struct shop_floor *f = *state;

    oracle_put(&f->oracle, 3);
    assert_int_equal(lease(f), 3);
    assert_int_equal(db_exec(f->oracle.db, NULL, "DELETE FROM job_open WHERE id = ?",
                             DB_BYTES(f->jobs[1].id, 16)),
                     ST_OK);
    assert_int_equal(run(f), 3);
    assert_int_equal(f->results[1].outcome, JOB_DONE);
    assert_int_equal(oracle_done(&f->oracle), 2);
}

/* ---- all is spoiled ------------------------------------------------------------- */

struct grip {
    struct shop_floor *floor;
    int64_t ms;
    int ran;
};

/* Another worker holds the row of the third. */
static enum status run_while_held(struct db *other, void *arg)
{
    struct grip *g = arg;
    enum status st = db_exec(other, NULL, "DELETE FROM job_open WHERE id = ?",
                             DB_BYTES(g->floor->jobs[2].id, 16));
    int64_t from = clock_mono_ms();

    assert_int_equal(st, ST_OK);
    g->ran = run(g->floor);
    g->ms = clock_mono_ms() - from;
    return ST_REFUSED; /* rolled back: it died */
}

static void a_locked_row_spoils_the_group_and_not_the_jobs(void **state)
{
    struct shop_floor *f = *state;
    struct grip g = {.floor = f};
    struct db *other = db_open(f->oracle.cfg);

    put(f, (struct order){.put = 1, .after = 7});
    for (int i = 1; i < 5; i++)
        put(f, (struct order){0});
    assert_int_equal(lease(f), 5);
    assert_int_equal(db_tx(other, run_while_held, &g), ST_REFUSED);
    db_close(other);
    assert_int_equal(g.ran, 0);
    assert_in_range(g.ms, 500, 3000);
    assert_int_equal(oracle_done(&f->oracle), 0);
    assert_int_equal(oracle_number(&f->oracle, "SELECT COUNT(*) FROM job_open"), 5);
    assert_int_equal(waiting(f), 0); /* what the first put went with it */
    assert_int_equal(f->logic.alone, 3);

    assert_int_equal(run(f), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(run_alone(&f->logic, &f->jobs[i]).outcome, JOB_DONE);
    assert_int_equal(oracle_done(&f->oracle), 3);
    assert_int_equal(oracle_points(&f->oracle, 7), 1);
    assert_int_equal(waiting(f), 1);
    f->logic.alone = 0;
    assert_int_equal(group_run(&f->logic, f->jobs + 3, 2, f->results), 2);
}

/* ---- a deadlock ------------------------------------------------------------------- */

/* Somebody who holds the account that the group wants, and wants a row that the group
 * holds: the group is the younger one, and has written less. */
struct rival {
    struct shop_floor *floor;
    struct db *db;
    enum status st;
    atomic_bool holds, group_began;
};

static enum status rival_work(struct db *db, void *arg)
{
    struct rival *r = arg;
    enum status st = db_exec(db, NULL,
                             "UPDATE test_account SET points = points + 1"
                             " WHERE id BETWEEN 2 AND 60");

    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE test_account SET points = points - 1"
                     " WHERE id BETWEEN 2 AND 60");
    atomic_store(&r->holds, true);
    while (st == ST_OK && !atomic_load(&r->group_began))
        sched_yield();
    if (st == ST_OK) /* the group's first job has it */
        st = db_exec(db, NULL, "UPDATE test_account SET points = points WHERE id = 1");
    return st;
}

static void *rival_run(void *arg)
{
    struct rival *r = arg;

    r->st = db_tx(r->db, rival_work, r);
    return NULL;
}

/* The rival goes on once the first of the group has its row. */
static bool first_has_its_row(void *arg)
{
    struct rival *r = arg;

    if (r->floor->child.slot->begun >= 2)
        atomic_store(&r->group_began, true);
    return atomic_load(&r->group_began);
}

static void *watch_run(void *arg)
{
    until(first_has_its_row, arg, 10000);
    return NULL;
}

/* The server ends one of two that wait for one another. Whichever it is, each job has its
 * effect once, and those of the group are not blamed. */
static void a_deadlock_spoils_the_group_and_not_the_jobs(void **state)
{
    struct shop_floor *f = *state;
    struct rival r = {.floor = f, .db = db_open(f->oracle.cfg)};
    pthread_t rival, watch;
    int64_t from;
    int ran;

    put(f, (struct order){0}); /* account 1 */
    oracle_put_as(&f->oracle, &(struct oracle_job){.account = 2}, 1);
    assert_int_equal(lease(f), 2);
    assert_int_equal(pthread_create(&rival, NULL, rival_run, &r), 0);
    while (!atomic_load(&r.holds))
        sched_yield();
    assert_int_equal(pthread_create(&watch, NULL, watch_run, &r), 0);
    from = clock_mono_ms();
    ran = run(f);
    assert_true(clock_mono_ms() - from < 900); /* it did not wait its second out */
    for (int i = ran; i < 2; i++)
        f->results[i] = run_alone(&f->logic, &f->jobs[i]);
    pthread_join(watch, NULL);
    pthread_join(rival, NULL);
    db_close(r.db);
    assert_int_equal(r.st, ST_OK); /* it may have had to begin again */
    for (int i = 0; i < 2; i++)
        assert_int_equal(f->results[i].outcome, JOB_DONE);
    assert_int_equal(oracle_done(&f->oracle), 2);
    assert_int_equal(oracle_points(&f->oracle, 1), 1);
    assert_int_equal(oracle_points(&f->oracle, 2), 1);
    assert_int_equal(oracle_number(&f->oracle, "SELECT COUNT(*) FROM job_open"), 0);
    assert_int_equal(ran, 0);
}

/* A server that ends the session in the middle takes the others' work with it. */
static void a_lost_connection_spoils_the_group_and_not_the_jobs(void **state)
{
    struct shop_floor *f = *state;

    put(f, (struct order){0});
    put(f, (struct order){.deed = "cut"});
    put(f, (struct order){0});
    assert_int_equal(lease(f), 3);
    assert_int_equal(run(f), 0);
    assert_int_equal(oracle_done(&f->oracle), 0);
    assert_int_equal(f->logic.alone, 2);
    assert_int_equal(run_alone(&f->logic, &f->jobs[0]).outcome, JOB_DONE);
    assert_int_equal(run_alone(&f->logic, &f->jobs[2]).outcome, JOB_DONE);
    assert_int_equal(oracle_done(&f->oracle), 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_floor, close_floor)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_group_is_one_commit),
        TEST(a_group_has_a_bound),
        TEST(slow_jobs_make_a_small_group),
        TEST(what_follows_comes_after_the_commit),
        TEST(a_kind_of_its_own_stays_alone),
        TEST(a_person_is_once_in_a_group),
        TEST(one_that_fails_is_undone_alone),
        TEST(one_that_is_done_already_is_acknowledged),
        TEST(a_locked_row_spoils_the_group_and_not_the_jobs),
        TEST(a_deadlock_spoils_the_group_and_not_the_jobs),
        TEST(a_lost_connection_spoils_the_group_and_not_the_jobs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
