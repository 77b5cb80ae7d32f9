/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the ledger writes so that an effect happens once, whoever repeats it and whatever
 * Redis forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/queue_yard.h"

static const struct ledger_run run = {.worker = "w", .ms = 1, .why = "a test"};

struct claiming {
    const struct job *job;
    enum status st;
};

static enum status claim_work(struct db *db, void *arg)
{
    struct claiming *c = arg;

    return c->st = ledger_claim(db, clock_now(), c->job);
}

static enum status claim(struct yard *y, const struct job *j)
{
    struct claiming c = {.job = j};

    enum status st = db_tx(y->db, claim_work, &c);

    assert_int_equal(st, c.st);
    return st;
}

static struct job update(const char *bot, int64_t id)
{
    struct job j = {.kind = KIND_BOT_UPDATE, .body = json_new_object()};

    json_set_text(j.body, "bot", bot);
    json_set_int(j.body, "id", id);
    j.args = j.body;
    return j;
}

static void an_update_has_its_effect_once(void **state)
{
    struct yard *y = *state;
    struct job first = update("client", 7), again = update("client", 7),
               other = update("auth", 7), next = update("client", 8);

    assert_int_equal(claim(y, &first), ST_OK);
    assert_int_equal(claim(y, &again), ST_TAKEN);
    assert_int_equal(claim(y, &other), ST_OK);
    assert_int_equal(claim(y, &next), ST_OK);
    job_free(&first);
    job_free(&again);
    job_free(&other);
    job_free(&next);
}

static int64_t count(struct yard *y, const char *sql)
{
    assert_int_equal(db_one(y->db, sql), ST_OK);
    return db_int(y->db, 0);
}

static void attempts_outlive_what_redis_forgets(void **state)
{
    struct yard *y = *state;
    struct redis_reply *r = NULL;
    int n = 0;

    put_many(y, KIND_TEST_NOTE, 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    y->jobs[0].attempts = 2;
    assert_int_equal(ledger_retry(y->db, clock_now(), &y->jobs[0], clock_now(), &run),
                     ST_OK);
    assert_int_equal(redis_do(queue_redis(y->queue), &r, "FLUSHDB", NULL), ST_OK);
    redis_free(r);
    assert_int_equal(
        db_exec(y->db, NULL, "UPDATE job_open SET run_at = run_at - INTERVAL 1 MINUTE"),
        ST_OK);
    assert_int_equal(ledger_reconcile(y->db, y->queue, AT_LOGIC, clock_now(), &n),
                     ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    assert_int_equal(y->jobs[0].attempts, 3);
}

static void a_buried_job_is_dead_and_not_open(void **state)
{
    struct yard *y = *state;

    put_many(y, KIND_TEST_NOTE, 2);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    assert_int_equal(ledger_bury(y->db, clock_now(), &y->jobs[0], "tries", &run),
                     ST_OK);
    assert_int_equal(open_rows(y), 1);
    assert_int_equal(count(y, "SELECT COUNT(*) FROM job_dead"), 1);
    assert_int_equal(claim(y, &y->jobs[0]), ST_TAKEN); /* a twin finds nothing to do */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_yard, close_yard)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_update_has_its_effect_once),
        TEST(attempts_outlive_what_redis_forgets),
        TEST(a_buried_job_is_dead_and_not_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
