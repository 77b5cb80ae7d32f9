/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What people want of a running worker: cancel this job, let that kind or lane rest; and
 * what a job wants of it: not to be begun too late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/io/pause.h"
#include "tests/harness/oracle.h"
#include "tests/harness/program.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <stdlib.h>
#include <string.h>

#define SOON_MS 15000

struct desk {
    struct oracle oracle;
    struct program *worker, *scheduler;
    const char *sql; /* for until */
    int64_t want;
};

static int open_desk(void **state)
{
    struct desk *d = calloc(1, sizeof *d);

    oracle_stage(&d->oracle, 2);
    *state = d;
    return 0;
}

static int close_desk(void **state)
{
    struct desk *d = *state;

    assert_int_equal(program_end(d->worker), 0);
    if (d->scheduler != NULL)
        assert_int_equal(program_end(d->scheduler), 0);
    oracle_close(&d->oracle);
    free(d);
    return 0;
}

static void hire(struct desk *d)
{
    d->worker = program_start("dvorik", "worker", NULL);
    assert_true(program_says(d->worker, "worker ready", 20000));
}

static bool is_so(void *arg)
{
    struct desk *d = arg;

    return oracle_number(&d->oracle, d->sql) == d->want;
}

static void soon(struct desk *d, const char *sql, int64_t want)
{
    d->sql = sql;
    d->want = want;
    if (!until(is_so, d, SOON_MS))
        fail_msg("%s: %lld, not %lld; the worker said\n%s", sql,
                 (long long)oracle_number(&d->oracle, sql), (long long)want,
                 program_output(d->worker));
}

static void put(struct desk *d, struct oracle_job like, int n)
{
    oracle_put_as(&d->oracle, &like, n);
}

#define CANCELLED "SELECT COUNT(*) FROM job_hist WHERE outcome = 'cancelled'"
#define EFFECTS "SELECT COUNT(*) FROM test_effect"

/* ---- cancelled ------------------------------------------------------------------ */

static bool is_asked(struct desk *d)
{
    uint8_t id[16];

    if (db_one(d->oracle.db, "SELECT id FROM job_open") != ST_OK)
        return false;
    memcpy(id, db_text(d->oracle.db, 0, NULL), sizeof id);
    return ledger_cancel(d->oracle.db, clock_now(), id, "admin:7") == ST_TAKEN;
}

/* A row that nobody has locked is a job that waits. */
static void it_runs(struct desk *d)
{
    soon(d,
         "SELECT COUNT(*) = 0 AND (SELECT COUNT(*) FROM job_open) = 1 FROM"
         " (SELECT id FROM job_open FOR UPDATE SKIP LOCKED) AS free",
         1);
}

/* What it did is undone, its attempt is not counted, its child lives. */
static void a_running_job_stops_when_it_is_cancelled(void **state)
{
    struct desk *d = *state;
    int64_t from;
    pid_t before[8], after[8];
    int n;

    hire(d);
    n = program_children(d->worker, before, 8);
    put(d, (struct oracle_job){.deed = "heed"}, 1);
    it_runs(d);
    from = clock_mono_ms();
    assert_true(is_asked(d));
    soon(d, CANCELLED, 1);
    assert_true(clock_mono_ms() - from < 5000);
    assert_int_equal(oracle_number(&d->oracle, "SELECT COUNT(*) FROM job_hist"), 1);
    assert_int_equal(oracle_number(&d->oracle, "SELECT COUNT(*) FROM job_open"), 0);
    assert_int_equal(oracle_number(&d->oracle, "SELECT COUNT(*) FROM job_cancel"), 0);
    assert_int_equal(oracle_number(&d->oracle, EFFECTS), 0);
    assert_int_equal(program_children(d->worker, after, 8), n);
    assert_memory_equal(before, after, (size_t)n * sizeof *before);
}

/* It looks at nothing and ends well: then it is done, and the wish goes with time. */
static void a_job_that_does_not_look_is_done(void **state)
{
    struct desk *d = *state;

    put(d, (struct oracle_job){.ms = 1500}, 1);
    hire(d);
    it_runs(d);
    assert_true(is_asked(d));
    soon(d, EFFECTS, 1);
    assert_int_equal(oracle_number(&d->oracle, CANCELLED), 0);
    assert_int_equal(db_exec(d->oracle.db, NULL,
                             "UPDATE job_cancel SET asked_at = asked_at - INTERVAL 1"
                             " HOUR"),
                     ST_OK);
    soon(d, "SELECT COUNT(*) FROM job_cancel", 0);
}

/* ---- paused --------------------------------------------------------------------- */

static void say_pause(struct desk *d, enum pause_what what, const char *name)
{
    assert_int_equal(pause_set(d->oracle.db, clock_now(), what, name, "admin:7"),
                     ST_OK);
}

static void go_on(struct desk *d, enum pause_what what, const char *name)
{
    assert_int_equal(pause_clear(d->oracle.db, clock_now(), what, name), ST_OK);
}

static void a_paused_lane_waits_and_the_others_do_not(void **state)
{
    struct desk *d = *state;

    say_pause(d, PAUSE_LANE, "low");
    hire(d);
    put(d, (struct oracle_job){.kind = KIND_TEST_LOW}, 20);
    put(d, (struct oracle_job){.kind = KIND_TEST_BULK}, 20);
    put(d, (struct oracle_job){.kind = KIND_TEST_HOT}, 20);
    soon(d, EFFECTS, 40);
    put(d, (struct oracle_job){.kind = KIND_TEST_HOT}, 1);
    soon(d, EFFECTS, 41);
    assert_int_equal(
        oracle_number(&d->oracle,
                      "SELECT COUNT(*) FROM job_open WHERE kind = 'test.low'"
                      " AND parked = 0"),
        20);
    go_on(d, PAUSE_LANE, "low");
    soon(d, EFFECTS, 61);
    oracle_check(&d->oracle);
}

/* Said while the worker runs: within a second or two it holds. */
static void a_paused_kind_is_put_off_and_comes_back(void **state)
{
    struct desk *d = *state;

    hire(d);
    d->scheduler = program_start("dvorik", "scheduler", NULL);
    say_pause(d, PAUSE_KIND, "test.bulk");
    soon(d, "SELECT COUNT(*) FROM job_pause", 1);
    for (int i = 0;
         oracle_number(&d->oracle, "SELECT COUNT(*) FROM job_open WHERE parked = 2") ==
         0;
         i++) {
        assert_true(i < 200);
        put(d, (struct oracle_job){.kind = KIND_TEST_BULK}, 1);
        put(d, (struct oracle_job){.kind = KIND_TEST_NOTE}, 1);
        assert_true(until(is_so,
                          (d->sql = "SELECT COUNT(*) FROM job_open WHERE kind ="
                                    " 'test.note'",
                           d->want = 0, d),
                          SOON_MS));
    }
    put(d, (struct oracle_job){.kind = KIND_TEST_BULK}, 30);
    soon(d, "SELECT COUNT(*) >= 31 FROM job_open WHERE parked = 2", 1);
    assert_int_equal(
        oracle_number(&d->oracle,
                      "SELECT COUNT(*) FROM job_hist WHERE outcome <> 'done'"),
        0);
    go_on(d, PAUSE_KIND, "test.bulk");
    assert_true(oracle_drained(&d->oracle, SOON_MS));
    /* One that a worker put off as it had not heard of the end yet. */
    oracle_put_silently(&d->oracle, 1);
    assert_int_equal(db_exec(d->oracle.db, NULL,
                             "UPDATE job_open SET parked = 2, run_at = '9001-01-01'"
                             " WHERE kind = 'test.note'"),
                     ST_OK);
    assert_true(oracle_drained(&d->oracle, SOON_MS));
    oracle_check(&d->oracle);
}

/* ---- too late ------------------------------------------------------------------- */

static enum status put_late(struct db *db, void *arg)
{
    struct job_spec spec = {.kind = KIND_TEST_NOTE,
                            .args = json_new_object(),
                            .not_after = clock_now() - SECOND};

    (void)arg;
    return job_put(db, clock_now(), &spec);
}

static void a_job_that_comes_too_late_is_not_begun(void **state)
{
    struct desk *d = *state;

    assert_int_equal(db_tx(d->oracle.db, put_late, NULL), ST_OK);
    put(d, (struct oracle_job){0}, 5);
    hire(d);
    soon(d, "SELECT COUNT(*) FROM job_hist WHERE outcome = 'expired'", 1);
    soon(d, EFFECTS, 5);
    assert_int_equal(oracle_number(&d->oracle, "SELECT COUNT(*) FROM job_open"), 0);
    assert_int_equal(oracle_number(&d->oracle, "SELECT COUNT(*) FROM job_dead"), 0);
    oracle_check(&d->oracle);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_running_job_stops_when_it_is_cancelled),
        TEST(a_job_that_does_not_look_is_done),
        TEST(a_paused_lane_waits_and_the_others_do_not),
        TEST(a_paused_kind_is_put_off_and_comes_back),
        TEST(a_job_that_comes_too_late_is_not_begun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
