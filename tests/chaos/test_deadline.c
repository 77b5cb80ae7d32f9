/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Jobs that take too long, and jobs that take their worker with them: who is blamed, for
 * what, and what people are told of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/ordeal.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define INNOCENTS 200

struct bench {
    struct oracle oracle;
    struct program *worker;
};

static int open_bench(void **state)
{
    struct bench *b = calloc(1, sizeof *b);

    oracle_stage(&b->oracle, 3);
    *state = b;
    return 0;
}

static int close_bench(void **state)
{
    struct bench *b = *state;

    program_end(b->worker);
    oracle_close(&b->oracle);
    free(b);
    return 0;
}

static bool three_are_dead(void *arg)
{
    struct bench *b = arg;

    return oracle_number(&b->oracle, "SELECT COUNT(*) FROM job_dead") == 3 &&
           oracle_done(&b->oracle) == INNOCENTS;
}

/* Of the kind and the account, which tell the three apart. */
static void is_dead_of(struct bench *b, const char *deed, const char *reason,
                       int64_t crashes)
{
    assert_int_equal(db_one(b->oracle.db,
                            "SELECT reason, crashes, why FROM job_dead"
                            " WHERE LOCATE(?, body) > 0",
                            DB_TEXT(deed)),
                     ST_OK);
    assert_string_equal(db_text(b->oracle.db, 0, NULL), reason);
    assert_int_equal(db_int(b->oracle.db, 1), crashes);
}

static int64_t history(struct bench *b, const char *deed, const char *outcome,
                       const char *why)
{
    assert_int_equal(
        db_one(b->oracle.db,
               "SELECT COUNT(*) FROM job_hist h JOIN job_dead d ON d.id = h.id"
               " WHERE LOCATE(?, d.body) > 0 AND h.outcome = ? AND h.why LIKE ?",
               DB_TEXT(deed), DB_TEXT(outcome), DB_TEXT(why)),
        ST_OK);
    return db_int(b->oracle.db, 0);
}

/* loop: asked after a second, killed two later, three times. heed: asked after a second,
 * comes back, five times. segv: kills three children. */
static void each_is_blamed_for_what_it_did(void **state)
{
    struct bench *b = *state;
    const struct oracle_job loop = {.kind = KIND_TEST_HASTY, .deed = "loop"};
    const struct oracle_job heed = {.kind = KIND_TEST_HASTY, .deed = "heed"};
    const struct oracle_job segv = {.kind = KIND_TEST_NOTE, .deed = "segv"};

    b->worker = program_start("dvorik", "worker", NULL);
    oracle_put(&b->oracle, INNOCENTS / 2);
    oracle_put_as(&b->oracle, &loop, 1);
    oracle_put_as(&b->oracle, &heed, 1);
    oracle_put_as(&b->oracle, &segv, 1);
    b->oracle.jobs -= 3;
    oracle_put(&b->oracle, INNOCENTS / 2);
    if (!until(three_are_dead, b, 50000))
        fail_msg("%lld are dead; the worker said\n%s",
                 (long long)oracle_number(&b->oracle, "SELECT COUNT(*) FROM job_dead"),
                 program_output(b->worker));

    is_dead_of(b, "\"loop\"", "timeout", QUEUE_CRASHES_MAX);
    assert_int_equal(
        history(b, "\"loop\"", "retry", "took too long: killed (signal 9)%"), 2);
    assert_int_equal(
        history(b, "\"loop\"", "dead", "took too long: killed (signal 9)%"), 1);
    is_dead_of(b, "\"heed\"", "timeout", 0);
    assert_int_equal(history(b, "\"heed\"", "retry", "took too long"), 4);
    assert_int_equal(history(b, "\"heed\"", "dead", "took too long"), 1);
    is_dead_of(b, "\"segv\"", "poison", QUEUE_CRASHES_MAX);
    assert_int_equal(history(b, "\"segv\"", "retry", "%signal 11%MB of memory"), 2);
    assert_int_equal(history(b, "\"segv\"", "dead", "%signal 11%MB of memory"), 1);

    /* Everything that was not done is about these three. */
    assert_int_equal(
        oracle_number(&b->oracle,
                      "SELECT COUNT(*) FROM job_hist WHERE outcome <> 'done'"
                      " AND id NOT IN (SELECT id FROM job_dead)"),
        0);
    assert_true(oracle_number(&b->oracle,
                              "SELECT MIN(ms) >= 3000 AND MAX(ms) < 9000 FROM job_hist"
                              " WHERE why LIKE 'took too long: %'") == 1);
    assert_true(oracle_number(&b->oracle,
                              "SELECT MIN(ms) >= 1000 AND MAX(ms) < 3000 FROM job_hist"
                              " WHERE why = 'took too long'") == 1);
    assert_non_null(strstr(program_output(b->worker), "rss_kb"));
    oracle_check(&b->oracle);
}

/* ---- a database that hangs ------------------------------------------------------ */

static bool is_killed(const struct ordeal *d)
{
    return strstr(program_output(d->worker[0]), "its child is killed") != NULL;
}

/* All in flight run out of their time, again and again, and none is to blame. */
static void nobody_is_blamed_for_a_database_that_hangs(void **state)
{
    struct ordeal d;

    (void)state;
    ordeal_open(&d, ORDEAL_MYSQL);
    ordeal_hire(&d, 1, 2);
    /* Both children may have been at a commit, which is no job's time. */
    for (int i = 0; i < 3 && !is_killed(&d); i++) {
        oracle_put_as(&d.oracle, &(struct oracle_job){.kind = KIND_TEST_HASTY}, 4000);
        assert_true(oracle_progress(&d.oracle, 50, 20000));
        server_signal(d.mysql, SIGSTOP);
        ordeal_pass(dose(12000, 40000));
        server_signal(d.mysql, SIGCONT);
        ordeal_drain(&d, ORDEAL_DRAIN_MS);
    }
    assert_true(is_killed(&d));
    assert_int_equal(db_one(d.oracle.db, "SELECT COUNT(*) FROM job_hist"
                                         " WHERE outcome <> 'done'"
                                         " AND kind LIKE 'test.%'"),
                     ST_OK);
    assert_int_equal(db_int(d.oracle.db, 0), 0);
    oracle_check(&d.oracle);
    ordeal_close(&d);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_is_blamed_for_what_it_did),
        cmocka_unit_test(nobody_is_blamed_for_a_database_that_hangs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
