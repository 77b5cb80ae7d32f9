/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Pauses and cancelling, as far as the stores go; what workers make of them is tested
 * with workers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/ledger_look.h"
#include "core/io/pause.h"
#include "core/io/telegram_address.h"
#include "tests/store/queue_yard.h"

#define KIND KIND_CORE_BIRTHDAY_GIFTED

static void nothing_of_a_paused_lane_is_leased(void **state)
{
    struct yard *y = *state;
    struct queue_turn t = {.wid = y->wid[0],
                           .at = AT_LOGIC,
                           .jobs = y->jobs,
                           .want = 8,
                           .lanes_off = 1u << LANE_NORMAL};

    assert_int_equal(put(y, KIND, 0, 1), ST_OK);                  /* normal */
    assert_int_equal(put(y, KIND_SCHED_RETENTION, 0, 2), ST_OK);  /* low */
    assert_int_equal(put(y, KIND_BOT_MEMBER_KNOWN, 5, 3), ST_OK); /* hot */
    assert_int_equal(queue_turn(y->queue, &t), ST_OK);
    y->n = t.n_jobs;
    assert_int_equal(y->n, 2);
    assert_int_equal(waiting(y, POOL_LOGIC), 1);
    assert_int_equal(lease(y, POOL_LOGIC, 1, 8), 1); /* nobody told this one */
    assert_int_equal(number(y, 0), 1);
}

static void pauses_are_kept_and_read_as_bits(void **state)
{
    struct yard *y = *state;
    struct pauses p;
    int64_t now = clock_now();

    assert_int_equal(pause_read(y->db, &p), ST_OK);
    assert_int_equal(p.lanes | p.bots | p.kinds, 0);
    assert_int_equal(pause_set(y->db, now, PAUSE_LANE, "bulk", "admin:1"), ST_OK);
    assert_int_equal(pause_set(y->db, now, PAUSE_LANE, "bulk", "admin:2"), ST_OK);
    assert_int_equal(pause_set(y->db, now, PAUSE_KIND, "send.message", "a"), ST_OK);
    assert_int_equal(pause_set(y->db, now, PAUSE_BOT, "client", "a"), ST_OK);
    assert_int_equal(pause_set(y->db, now, PAUSE_LANE, "wide", "a"), ST_BAD);
    assert_int_equal(pause_set(y->db, now, PAUSE_KIND, "bulk", "a"), ST_BAD);
    assert_int_equal(pause_set(y->db, now, PAUSE_BOT, "' OR 1", "a"), ST_BAD);
    assert_int_equal(pause_read(y->db, &p), ST_OK);
    assert_int_equal(p.lanes, 1u << LANE_BULK);
    assert_true(p.kinds == UINT64_C(1) << KIND_SEND_MESSAGE);
    assert_int_equal(p.bots, 1u << TG_CLIENT);
    assert_int_equal(pause_clear(y->db, now, PAUSE_LANE, "bulk"), ST_OK);
    assert_int_equal(pause_clear(y->db, now, PAUSE_LANE, "bulk"), ST_OK);
    assert_int_equal(pause_read(y->db, &p), ST_OK);
    assert_int_equal(p.lanes, 0);
}

static void a_pause_holds_jobs_of_its_kind_or_bot(void **state)
{
    struct yard *y = *state;
    struct pauses kind = {.kinds = UINT64_C(1) << KIND}, bot = {.bots = 1u << TG_AUTH};

    assert_int_equal(put(y, KIND, 0, 1), ST_OK);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    assert_true(pause_holds(&kind, &y->jobs[0]));
    assert_false(pause_holds(&bot, &y->jobs[0]));
    json_set_text(y->jobs[0].args, "bot", "auth");
    assert_true(pause_holds(&bot, &y->jobs[0]));
    json_set_text(y->jobs[0].args, "bot", "client");
    assert_false(pause_holds(&bot, &y->jobs[0]));
}

static int brought(struct yard *y)
{
    int n;

    assert_int_equal(ledger_reconcile(y->db, y->queue, AT_LOGIC, clock_now(), &n),
                     ST_OK);
    return n;
}

/* One job that a worker puts off as p, which it read a moment ago, tells it. */
static void put_off(struct yard *y, const struct pauses *p)
{
    struct job_result done;

    assert_int_equal(put(y, KIND, 0, 1), ST_OK);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    assert_int_equal(pause_park(y->db, p, &y->jobs[0], -1), ST_OK);
    done = result(&y->jobs[0], JOB_DONE, 0);
    settle(y, POOL_LOGIC, 0, &done, 1);
}

static int woken(struct yard *y)
{
    int n = -1;

    assert_int_equal(pause_wake(y->db, clock_now() - SECOND, 1000, &n), ST_OK);
    return n;
}

static void the_end_of_a_pause_brings_its_jobs_back_at_once(void **state)
{
    struct yard *y = *state;
    const char *name = kind_policy(KIND)->name;
    struct pauses p;

    assert_int_equal(pause_set(y->db, clock_now(), PAUSE_KIND, name, "a"), ST_OK);
    assert_int_equal(pause_read(y->db, &p), ST_OK);
    put_off(y, &p);
    /* it stays where it is, however often and late one looks */
    assert_int_equal(woken(y), 0);
    assert_int_equal(brought(y), 0);
    assert_int_equal(
        db_one(y->db, "SELECT parked FROM job_open WHERE run_at > NOW() + INTERVAL 9"
                      " YEAR"),
        ST_OK);
    assert_int_equal(db_int(y->db, 0), 2);
    assert_int_equal(pause_clear(y->db, clock_now() - SECOND, PAUSE_KIND, name), ST_OK);
    assert_int_equal(brought(y), 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
}

/* … by a worker that had not heard of the end yet. */
static void what_is_put_off_too_late_is_woken(void **state)
{
    struct yard *y = *state;
    struct pauses stale = {.kinds = UINT64_C(1) << KIND};

    put_off(y, &stale);
    assert_int_equal(brought(y), 0);
    assert_int_equal(woken(y), 1);
    assert_int_equal(brought(y), 1);
}

/* The other pause, the other kind: each for itself. */
static void one_pause_ends_and_the_other_holds_on(void **state)
{
    struct yard *y = *state;
    struct pauses p = {.kinds = UINT64_C(1) << KIND, .bots = 1u << TG_AUTH};
    struct pauses bot = {.bots = 1u << TG_AUTH};
    struct job_result done;
    int64_t now = clock_now();

    assert_int_equal(pause_set(y->db, now, PAUSE_KIND, kind_policy(KIND)->name, "a"),
                     ST_OK);
    assert_int_equal(pause_set(y->db, now, PAUSE_BOT, "auth", "a"), ST_OK);
    put_off(y, &p);
    job_free(&y->jobs[0]);
    assert_int_equal(put(y, KIND, 0, 2), ST_OK);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    assert_int_equal(pause_park(y->db, &bot, &y->jobs[0], TG_AUTH), ST_OK);
    done = result(&y->jobs[0], JOB_DONE, 0);
    settle(y, POOL_LOGIC, 0, &done, 1);
    assert_int_equal(woken(y), 0);
    assert_int_equal(pause_clear(y->db, now, PAUSE_BOT, "auth"), ST_OK);
    assert_int_equal(brought(y), 1);
    assert_int_equal(woken(y), 0);
    assert_int_equal(pause_clear(y->db, now, PAUSE_KIND, kind_policy(KIND)->name),
                     ST_OK);
    assert_int_equal(brought(y), 1);
}

/* A kind goes by two names, and a pause may use either. */
static void an_alias_holds_as_well(void **state)
{
    struct yard *y = *state;
    struct pauses p;

    assert_int_equal(pause_set(y->db, clock_now(), PAUSE_KIND, "check_birthdays", "a"),
                     ST_OK);
    assert_int_equal(pause_read(y->db, &p), ST_OK);
    assert_int_equal(put(y, KIND_SCHED_BIRTHDAY_CHECK, 0, 1), ST_OK);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    assert_true(pause_holds(&p, &y->jobs[0]));
    assert_int_equal(pause_park(y->db, &p, &y->jobs[0], -1), ST_OK);
    assert_int_equal(woken(y), 0);
}

/* Slices: a resume of many is no transaction of many. */
/* It ends by either of its names, and is one pause by both. */
static void an_alias_is_the_same_pause(void **state)
{
    struct yard *y = *state;
    int64_t now = clock_now();
    struct pauses p;

    assert_int_equal(pause_set(y->db, now, PAUSE_KIND, "bulk_add_tags", "a"), ST_OK);
    assert_int_equal(pause_set(y->db, now, PAUSE_KIND, "core.bulk_tags", "a"), ST_OK);
    assert_int_equal(db_one(y->db, "SELECT COUNT(*) FROM job_pause"), ST_OK);
    assert_int_equal(db_int(y->db, 0), 1);
    assert_int_equal(pause_clear(y->db, now, PAUSE_KIND, "core.bulk_tags"), ST_OK);
    assert_int_equal(pause_read(y->db, &p), ST_OK);
    assert_true(p.kinds == 0);
    assert_int_equal(db_exec(y->db, NULL,
                             "INSERT INTO job_pause (what, name, since, who)"
                             " VALUES ('kind', 'bulk_add_tags', ?, 'an older one')",
                             DB_TIME(now)),
                     ST_OK);
    assert_int_equal(pause_clear(y->db, now, PAUSE_KIND, "core.bulk_tags"), ST_OK);
    assert_int_equal(pause_read(y->db, &p), ST_OK);
    assert_true(p.kinds == 0);
}

static void many_are_woken_by_and_by(void **state)
{
    struct yard *y = *state;
    int n;

    assert_int_equal(
        db_exec(y->db, NULL,
                "INSERT INTO job_open (id, lane, kind, run_at, parked, put_at, body)"
                " SELECT UNHEX(REPLACE(UUID(), '-', '')), 116 + seq.n % 3, 'x.y',"
                " '9001-02-03', 2, NOW(6), '{}' FROM (WITH RECURSIVE seq AS (SELECT 1"
                " AS n UNION ALL SELECT n + 1 FROM seq WHERE n < 900) SELECT n FROM"
                " seq) AS seq"),
        ST_OK);
    assert_int_equal(pause_wake(y->db, clock_now(), 100, &n), ST_AGAIN);
    assert_in_range(n, 100, 300);
    while (pause_wake(y->db, clock_now(), 100, &n) == ST_AGAIN)
        continue;
    assert_int_equal(db_one(y->db, "SELECT COUNT(*) FROM job_open WHERE parked = 2"),
                     ST_OK);
    assert_int_equal(db_int(y->db, 0), 0);
}

/* ---- cancelling ----------------------------------------------------------------- */

static void outcome_is(struct yard *y, const uint8_t id[16], const char *want)
{
    assert_int_equal(
        db_one(y->db, "SELECT outcome FROM job_hist WHERE id = ?", DB_BYTES(id, 16)),
        ST_OK);
    assert_string_equal(db_text(y->db, 0, NULL), want);
}

static void a_waiting_job_that_is_cancelled_does_not_run(void **state)
{
    struct yard *y = *state;
    uint8_t id[16];

    assert_int_equal(put(y, KIND, 0, 1), ST_OK);
    assert_int_equal(db_one(y->db, "SELECT id FROM job_open"), ST_OK);
    memcpy(id, db_text(y->db, 0, NULL), sizeof id);
    assert_int_equal(ledger_cancel(y->db, clock_now(), id, "admin:1"), ST_OK);
    assert_int_equal(open_rows(y), 0);
    outcome_is(y, id, "cancelled");
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1); /* the entry is still there … */
    assert_int_equal(ledger_claim(y->db, clock_now(), &y->jobs[0]), ST_TAKEN);
    assert_int_equal(ledger_cancel(y->db, clock_now(), id, "admin:1"), ST_NONE);
}

static enum status while_running(struct db *db, void *arg)
{
    struct yard *y = arg;
    struct db *other = db_open(y->cfg);

    assert_int_equal(ledger_claim(db, clock_now(), &y->jobs[0]), ST_OK);
    assert_int_equal(ledger_cancel(other, clock_now(), y->jobs[0].id, "admin:1"),
                     ST_TAKEN);
    db_close(other);
    return ST_REFUSED; /* it stopped: rolled back */
}

static void a_running_job_is_asked_to_stop(void **state)
{
    struct yard *y = *state;
    struct ledger_run run = {.worker = "w", .why = "asked for"};

    assert_int_equal(put(y, KIND, 0, 1), ST_OK);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    assert_int_equal(db_tx(y->db, while_running, y), ST_REFUSED);
    assert_int_equal(db_one(y->db, "SELECT COUNT(*) FROM job_cancel"), ST_OK);
    assert_int_equal(db_int(y->db, 0), 1);
    assert_int_equal(ledger_drop(y->db, clock_now(), &y->jobs[0], "cancelled", &run),
                     ST_OK);
    assert_int_equal(open_rows(y), 0);
    outcome_is(y, y->jobs[0].id, "cancelled");
    assert_int_equal(db_one(y->db, "SELECT COUNT(*) FROM job_cancel"), ST_OK);
    assert_int_equal(db_int(y->db, 0), 0);
}

static void a_job_carries_until_when_it_may_begin(void **state)
{
    struct yard *y = *state;
    int64_t then = (clock_now() / MS + 5000) * MS;
    struct put p = {.spec = {.kind = KIND, .not_after = then}, .n = 1};

    assert_int_equal(db_tx(y->db, put_work, &p), ST_OK);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    assert_int_equal(y->jobs[0].not_after, then);
}

/* ---- conservation --------------------------------------------------------------- */

static void every_entry_is_accounted_for(void **state)
{
    struct yard *y = *state;
    struct redis_reply *r = NULL;
    struct job_result some[4];
    struct census c;

    put_many(y, KIND, 10);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 5), 5);
    some[0] = result(&y->jobs[0], JOB_DONE, 0);
    some[1] = result(&y->jobs[1], JOB_RETRY, 30000);
    some[2] = result(&y->jobs[2], JOB_BACK, 0);
    some[3] = result(&y->jobs[3], JOB_BURY, 0);
    settle(y, POOL_LOGIC, 0, some, 4);
    c = look(y, POOL_LOGIC);
    assert_int_equal(c.delayed, 1);
    assert_int_equal(census_held(&c), 1);
    assert_int_equal(census_waiting(&c), 6);
    assert_int_equal(census_drift(&c), 0);
    census_free(&c);
    assert_int_equal(redis_do(queue_redis(y->queue), &r, "LPOP", "dv:{s0}:a:16", NULL),
                     ST_OK);
    redis_free(r);
    c = look(y, POOL_LOGIC);
    assert_int_equal(census_drift(&c), 1); /* somebody's slip is seen */
    census_free(&c);
}

int main(void)
{
#define YARD(t) cmocka_unit_test_setup_teardown(t, open_yard, close_yard)
    const struct CMUnitTest tests[] = {
        YARD(nothing_of_a_paused_lane_is_leased),
        YARD(pauses_are_kept_and_read_as_bits),
        YARD(a_pause_holds_jobs_of_its_kind_or_bot),
        YARD(the_end_of_a_pause_brings_its_jobs_back_at_once),
        YARD(what_is_put_off_too_late_is_woken),
        YARD(one_pause_ends_and_the_other_holds_on),
        YARD(an_alias_holds_as_well),
        YARD(an_alias_is_the_same_pause),
        YARD(many_are_woken_by_and_by),
        YARD(a_waiting_job_that_is_cancelled_does_not_run),
        YARD(a_running_job_is_asked_to_stop),
        YARD(a_job_carries_until_when_it_may_begin),
        YARD(every_entry_is_accounted_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
