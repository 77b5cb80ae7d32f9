/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What became of a transaction whose worker was killed: committed, undone, or under way
 * still. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/oracle.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define AT ((struct queue_at){POOL_LOGIC, 0})
#define UPDATE 77

struct bench {
    struct oracle oracle;
    struct db *other; /* the killed one's connection */
    struct job job[2];
    struct ledger_proof durable, update;
};

static int open_bench(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    struct queue_turn t = {.at = AT, .jobs = b->job, .want = 1};
    char wid[QUEUE_WID_MAX];

    oracle_open(&b->oracle, world_config());
    queue_wid(wid, 1);
    t.wid = wid;
    oracle_put(&b->oracle, 1);
    assert_int_equal(queue_turn(b->oracle.queue, &t), ST_OK);
    assert_int_equal(t.n_jobs, 1);
    b->durable = ledger_proof(&b->job[0]);
    b->job[1] = (struct job){.kind = KIND_BOT_UPDATE, .args = json_new_object()};
    json_set_text(b->job[1].args, "bot", "client");
    json_set_int(b->job[1].args, "id", UPDATE);
    b->update = ledger_proof(&b->job[1]);
    b->other = db_open(b->oracle.cfg);
    *state = b;
    return 0;
}

static int close_bench(void **state)
{
    struct bench *b = *state;

    job_free(&b->job[0]);
    json_free(b->job[1].args);
    db_close(b->other);
    oracle_close(&b->oracle);
    free(b);
    return 0;
}

static enum status outcome(struct bench *b, bool done[2])
{
    const struct ledger_proof both[2] = {b->durable, b->update};

    return ledger_outcome(b->oracle.db, both, 2, done);
}

static enum status claim_both(struct db *db, void *arg)
{
    struct bench *b = arg;
    enum status st = ledger_claim(db, clock_now(), &b->job[0]);

    return st == ST_OK ? ledger_claim(db, clock_now(), &b->job[1]) : st;
}

static enum status claim_and_die(struct db *db, void *arg)
{
    return claim_both(db, arg) == ST_OK ? ST_REFUSED : ST_BROKEN;
}

static void what_never_began_is_not_committed(void **state)
{
    struct bench *b = *state;
    bool done[2] = {true, true};

    assert_int_equal(outcome(b, done), ST_OK);
    assert_false(done[0]);
    assert_false(done[1]);
}

static void what_is_committed_is_said_so(void **state)
{
    struct bench *b = *state;
    bool done[2] = {false};

    assert_int_equal(db_tx(b->other, claim_both, b), ST_OK);
    assert_int_equal(outcome(b, done), ST_OK);
    assert_true(done[0]);
    assert_true(done[1]);
}

static void what_was_undone_is_said_so(void **state)
{
    struct bench *b = *state;
    bool done[2] = {true, true};

    assert_int_equal(db_tx(b->other, claim_and_die, b), ST_REFUSED);
    assert_int_equal(outcome(b, done), ST_OK);
    assert_false(done[0]);
    assert_false(done[1]);
}

/* Those that had failed in it were undone alone, and stay open. */
static void each_is_told_for_itself(void **state)
{
    struct bench *b = *state;
    struct ledger_proof some[LEDGER_PROOFS_MAX];
    bool done[LEDGER_PROOFS_MAX] = {false};

    assert_int_equal(db_tx(b->other, claim_both, b), ST_OK);
    for (int i = 0; i < LEDGER_PROOFS_MAX; i++) {
        some[i] = i % 3 == 2 ? b->update : b->durable;
        some[i].id[0] = (uint8_t)i; /* never there: its row is gone … */
        some[i].update += i % 2; /* … and of the updates every second was not seen */
    }
    assert_int_equal(
        db_exec(b->oracle.db, NULL,
                "INSERT INTO job_open (id, lane, kind, run_at, put_at, body)"
                " VALUES (?, 116, 'test.note', NOW(6), NOW(6), '{}')",
                DB_BYTES(some[4].id, 16)),
        ST_OK);
    assert_int_equal(ledger_outcome(b->oracle.db, some, LEDGER_PROOFS_MAX, done),
                     ST_OK);
    for (int i = 0; i < LEDGER_PROOFS_MAX; i++)
        assert_int_equal(done[i], i % 3 == 2 ? i % 2 == 0 : i != 4);
}

/* ---- under way ------------------------------------------------------------------ */

struct dying {
    struct bench *b;
    db_work *claim;
    int64_t took_ms;
    enum status st[2];
};

static enum status claim_and_ask(struct db *db, void *arg)
{
    struct dying *d = arg;
    int64_t from = clock_mono_ms();
    bool done[2];

    if (claim_both(db, d->b) != ST_OK)
        return ST_BROKEN;
    d->st[0] = ledger_outcome(d->b->oracle.db, &d->b->durable, 1, done);
    d->st[1] = ledger_outcome(d->b->oracle.db, &d->b->update, 1, done);
    d->took_ms = clock_mono_ms() - from;
    return ST_REFUSED;
}

/* Neither class waits for ever, nor is guessed at. */
static void what_is_under_way_is_not_guessed(void **state)
{
    struct dying d = {.b = *state};

    assert_int_equal(db_tx(d.b->other, claim_and_ask, &d), ST_REFUSED);
    assert_int_equal(d.st[0], ST_AGAIN);
    assert_int_equal(d.st[1], ST_AGAIN);
    assert_in_range(d.took_ms, 2, 2000);
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

static enum status claim_and_dawdle(struct db *db, void *arg)
{
    struct dying *d = arg;
    enum status st = claim_both(db, d->b);

    d->st[0] = st;
    until(never, NULL, 5); /* the server's disk */
    return st;
}

static void *commit_slowly(void *arg)
{
    struct dying *d = arg;

    d->st[1] = db_tx(d->b->other, claim_and_dawdle, d);
    return NULL;
}

/* The server ends a commit that it has begun, whoever died meanwhile. */
static void a_commit_under_way_is_waited_for(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < 20; i++) {
        struct dying d = {.b = b, .st = {ST_BROKEN, ST_BROKEN}};
        bool done[2] = {false};
        enum status st;
        pthread_t thread;

        assert_int_equal(pthread_create(&thread, NULL, commit_slowly, &d), 0);
        do
            st = outcome(b, done);
        while (st == ST_AGAIN || !done[0]);
        pthread_join(thread, NULL);
        assert_int_equal(st, ST_OK);
        assert_true(done[1]); /* both in one transaction */
        assert_int_equal(d.st[1], ST_OK);
        assert_int_equal(db_exec(b->oracle.db, NULL,
                                 "DELETE FROM update_seen WHERE update_id = ?",
                                 DB_INT(UPDATE)),
                         ST_OK);
        assert_int_equal(db_exec(b->oracle.db, NULL,
                                 "INSERT INTO job_open (id, lane, kind, run_at, put_at,"
                                 " body) VALUES (?, 116, 'test.note', NOW(6), NOW(6),"
                                 " '{}')",
                                 DB_BYTES(b->durable.id, 16)),
                         ST_OK);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_never_began_is_not_committed), TEST(what_is_committed_is_said_so),
        TEST(what_was_undone_is_said_so),        TEST(each_is_told_for_itself),
        TEST(what_is_under_way_is_not_guessed),  TEST(a_commit_under_way_is_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
