/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * job_hist by days: made ahead, dropped whole, and never in anybody's way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/cal.h"
#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/history.h"
#include "core/io/ledger_look.h"
#include "tests/harness/shop.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEP 7

static struct config *cfg;
static struct db *db;
static int64_t now;
static int32_t today;

static int open_world(void **state)
{
    (void)state;
    cfg = world_config();
    db = db_open(cfg);
    now = clock_now();
    today = (int32_t)(now / DAY);
    return db == NULL;
}

static int close_world(void **state)
{
    (void)state;
    db_close(db);
    return 0;
}

static int64_t number(const char *sql)
{
    assert_int_equal(db_one(db, sql), ST_OK);
    return db_int(db, 0);
}

static int64_t partitions(void)
{
    return number("SELECT COUNT(*) FROM information_schema.partitions WHERE"
                  " table_schema = DATABASE() AND table_name = 'job_hist'");
}

static bool has_day(int32_t day)
{
    struct date d = cal_date(day);
    char name[16];

    snprintf(name, sizeof name, "p%04d%02d%02d", d.year, d.month, d.day);
    assert_int_equal(db_one(db,
                            "SELECT COUNT(*) FROM information_schema.partitions WHERE"
                            " table_schema = DATABASE() AND table_name = 'job_hist'"
                            " AND partition_name = ?",
                            DB_TEXT(name)),
                     ST_OK);
    return db_int(db, 0) == 1;
}

static void put(int64_t at, uint8_t id[16])
{
    static int n;
    char root[32];

    ulid_new(at, id);
    snprintf(root, sizeof root, "u:client:%d", ++n);
    assert_int_equal(db_exec(db, NULL,
                             "INSERT INTO job_hist (at, id, kind, attempt, outcome, ms,"
                             " worker, root) VALUES (?, ?, 'bot.update', 1, 'done', 1,"
                             " 'w', ?)",
                             DB_TIME(at), DB_BYTES(id, 16), DB_TEXT(root)),
                     ST_OK);
}

static int64_t rows(void)
{
    return number("SELECT COUNT(*) FROM job_hist");
}

static struct history kept(int64_t at)
{
    struct history h;

    assert_int_equal(history_keep(db, at, KEEP, &h), ST_OK);
    return h;
}

static void days_are_made_ahead_and_only_once(void **state)
{
    struct history h;

    (void)state;
    assert_true(has_day(today));
    h = kept(now);
    assert_true(h.made > 0);
    assert_int_equal(h.dropped, 0);
    assert_int_equal(h.last, today + HISTORY_AHEAD);
    for (int i = -1; i <= HISTORY_AHEAD; i++)
        assert_true(has_day(today + i));
    h = kept(now);
    assert_int_equal(h.made, 0);
    assert_int_equal(h.last, today + HISTORY_AHEAD);
}

static void a_row_goes_to_its_day_and_one_too_far_ahead_has_a_place(void **state)
{
    uint8_t id[16];

    (void)state;
    kept(now);
    put(now - 400 * DAY, id);
    put(now, id);
    put(now + DAY, id);
    put(now + 400 * DAY, id); /* a clock that was wrong, or nobody made days */
    assert_int_equal(rows(), 4);
    assert_int_equal(number("SELECT COUNT(*) FROM job_hist PARTITION (later)"), 1);
}

/* Walks through a month, from a month ago to now: as if that had been. */
static void a_month_goes_by(void **state)
{
    uint8_t id[16];
    int64_t from = now - 30 * DAY;
    int made = 0, dropped = 0;

    (void)state;
    /* The table as it was made a month ago. */
    assert_int_equal(db_exec(db, NULL, "ALTER TABLE job_hist REMOVE PARTITIONING"),
                     ST_OK);
    assert_int_equal(db_exec(db, NULL,
                             "ALTER TABLE job_hist PARTITION BY RANGE COLUMNS (at)"
                             " (PARTITION later VALUES LESS THAN (MAXVALUE))"),
                     ST_OK);
    for (int64_t t = from; t <= now; t += DAY) {
        struct history h = kept(t);

        made += h.made;
        dropped += h.dropped;
        put(t, id);
        assert_int_equal(kept(t + 1).made, 0);
    }
    /* What is of the last seven days, and the day that is not all too old. */
    assert_int_equal(rows(), KEEP + 1);
    assert_int_equal(number("SELECT COUNT(*) FROM job_hist PARTITION (later)"), 0);
    assert_int_equal(partitions(), KEEP + 1 + HISTORY_AHEAD + 1);
    assert_int_equal(made - dropped, KEEP + 1 + HISTORY_AHEAD);
    assert_false(has_day(today - KEEP - 1));
    assert_true(has_day(today - KEEP));
}

static void after_a_long_gap_the_days_begin_again(void **state)
{
    uint8_t id[16];
    struct history h;

    (void)state;
    assert_int_equal(db_exec(db, NULL, "ALTER TABLE job_hist REMOVE PARTITIONING"),
                     ST_OK);
    assert_int_equal(db_exec(db, NULL,
                             "ALTER TABLE job_hist PARTITION BY RANGE COLUMNS (at)"
                             " (PARTITION p20250101 VALUES LESS THAN ('2025-01-02'),"
                             " PARTITION later VALUES LESS THAN (MAXVALUE))"),
                     ST_OK);
    put(now - 3000 * DAY, id);
    put(now - 300 * DAY, id);
    put(now - 2 * DAY, id);
    put(now, id);
    h = kept(now);
    assert_in_range(h.made, 8, 60);
    assert_int_equal(h.dropped, 1);
    assert_int_equal(rows(), 3);
    kept(now); /* the one of 300 days ago is in the first of the new ones */
    assert_int_equal(rows(), 2);
    assert_int_equal(number("SELECT COUNT(*) FROM job_hist PARTITION (later)"), 0);
}

/* Our clock a year ahead: the database's says what is old. */
static void a_clock_that_leapt_ahead_drops_nothing(void **state)
{
    uint8_t id[16];
    struct history h;

    (void)state;
    kept(now);
    put(now, id);
    put(now - 6 * DAY, id);
    h = kept(now + 365 * DAY);
    assert_int_equal(h.dropped, 0);
    assert_int_equal(rows(), 2);
    assert_int_equal(h.last, today + HISTORY_AHEAD);
}

static enum status inside_work(struct db *d, void *arg)
{
    return history_keep(d, now, KEEP, arg);
}

static void what_it_cannot_do_is_refused(void **state)
{
    struct history h;

    (void)state;
    assert_int_equal(db_tx(db, inside_work, &h), ST_BROKEN); /* it would commit */
    assert_int_equal(db_exec(db, NULL, "ALTER TABLE job_hist REMOVE PARTITIONING"),
                     ST_OK);
    assert_int_equal(history_keep(db, now, KEEP, &h), ST_REFUSED);
}

/* ---- in nobody's way -------------------------------------------------------------- */

/* Somebody who is in the middle of a transaction with the table. */
static void an_open_transaction_is_waited_for_a_second(void **state)
{
    struct db *other = db_open(cfg);
    struct history h;
    uint8_t id[16];
    int64_t began;

    (void)state;
    put(now, id);
    assert_int_equal(db_exec(other, NULL, "SET autocommit = 0"), ST_OK);
    assert_int_equal(db_one(other, "SELECT COUNT(*) FROM job_hist"), ST_OK);
    began = clock_mono_ms();
    assert_int_equal(history_keep(db, now, KEEP, &h), ST_AGAIN);
    assert_in_range(clock_mono_ms() - began, 900, 20000);
    db_close(other);
    assert_int_equal(history_keep(db, now, KEEP, &h), ST_OK);
    assert_true(h.made > 0);
    /* What it asked of its session is over. */
    assert_true(number("SELECT @@session.lock_wait_timeout") > 1);
}

struct busy {
    pthread_t thread;
    struct db *db;
    atomic_bool stop;
    atomic_int put;
    int failed;
    int64_t slowest_ms;
};

/* As a job's step does: something is read, something written, the history last. */
static enum status step_work(struct db *d, void *arg)
{
    struct busy *b = arg;
    uint8_t id[16];
    enum status st = db_one(d, "SELECT COUNT(*) FROM job_hist WHERE root = 'u:none'");

    ulid_new(now, id);
    if (st == ST_OK)
        st = db_exec(d, NULL,
                     "INSERT INTO job_hist (at, id, kind, attempt, outcome, ms, worker)"
                     " VALUES (?, ?, 'bot.update', 1, 'done', 1, 'w')",
                     DB_TIME(now + (b->put % 9) * DAY), DB_BYTES(id, 16));
    return st;
}

static void *writes(void *arg)
{
    struct busy *b = arg;

    while (!atomic_load(&b->stop)) {
        int64_t began = clock_mono_ms(), took;

        if (db_tx(b->db, step_work, b) == ST_OK)
            b->put++;
        else
            b->failed++;
        took = clock_mono_ms() - began;
        if (took > b->slowest_ms)
            b->slowest_ms = took;
    }
    return NULL;
}

static void *keeps(void *arg)
{
    struct busy *b = arg;
    struct history h;

    for (int i = 0; i < 5; i++) {
        enum status st = history_keep(b->db, now, KEEP, &h);

        if (st != ST_OK && st != ST_AGAIN)
            b->failed++;
        b->put += h.made;
    }
    return NULL;
}

static void busy_start(struct busy *b, void *(*fn)(void *))
{
    *b = (struct busy){.db = db_open(cfg)};
    assert_int_equal(pthread_create(&b->thread, NULL, fn, b), 0);
}

static void busy_end(struct busy *b)
{
    atomic_store(&b->stop, true);
    pthread_join(b->thread, NULL);
    db_close(b->db);
}

static bool has_begun(void *arg)
{
    return atomic_load(&((struct busy *)arg)->put) > 20;
}

static void writers_go_on_while_four_keep_it_at_once(void **state)
{
    struct busy writer[2], keeper[4];
    int made = 0, put_rows = 0;

    (void)state;
    for (int i = 0; i < 2; i++)
        busy_start(&writer[i], writes);
    for (int i = 0; i < 2; i++)
        assert_true(until(has_begun, &writer[i], 20000));
    for (int i = 0; i < 4; i++)
        busy_start(&keeper[i], keeps);
    for (int i = 0; i < 4; i++) {
        busy_end(&keeper[i]);
        assert_int_equal(keeper[i].failed, 0);
        made += keeper[i].put;
    }
    for (int i = 0; i < 2; i++) {
        busy_end(&writer[i]);
        assert_int_equal(writer[i].failed, 0);
        printf("the slowest of %d transactions: %lld ms\n", writer[i].put,
               (long long)writer[i].slowest_ms);
        assert_true(writer[i].slowest_ms < 5000);
        put_rows += writer[i].put;
    }
    kept(now);
    assert_int_equal(rows(), put_rows); /* none was lost while pages moved */
    for (int i = 0; i <= HISTORY_AHEAD; i++)
        assert_true(has_day(today + i));
    assert_true(made <= HISTORY_AHEAD + 1); /* each day was made once */
}

/* Only what ./run grants: all on its own schema, nothing beyond. */
static void the_programs_own_user_may_do_it(void **state)
{
    struct config own = *cfg;
    struct history h;
    struct db *d;
    char sql[256], user[32];

    (void)state;
    snprintf(user, sizeof user, "dvt%d", (int)getpid());
    snprintf(sql, sizeof sql, "CREATE USER %s@localhost IDENTIFIED BY 'x-%d-Long'",
             user, (int)getpid());
    assert_int_equal(db_exec(db, NULL, sql), ST_OK);
    snprintf(sql, sizeof sql, "GRANT ALL ON %s.* TO %s@localhost", cfg->database_name,
             user);
    assert_int_equal(db_exec(db, NULL, sql), ST_OK);
    snprintf(sql, sizeof sql, "x-%d-Long", (int)getpid());
    own.database_user = user;
    own.database_password = sql;
    d = db_open(&own);
    assert_int_equal(history_keep(d, now, KEEP, &h), ST_OK);
    assert_true(h.made > 0);
    db_close(d);
    snprintf(sql, sizeof sql, "DROP USER %s@localhost", user);
    assert_int_equal(db_exec(db, NULL, sql), ST_OK);
}

/* ---- looking things up ------------------------------------------------------------- */

static void seen(void *arg, const struct ledger_line *line)
{
    (void)line;
    ++*(int *)arg;
}

static void a_look_by_id_or_root_or_for_the_newest_does_not_scan(void **state)
{
    const struct ledger_ask newest = {.where = LEDGER_DONE, .limit = 20};
    uint8_t id[16];
    int found = 0;
    int64_t before;

    (void)state;
    kept(now);
    assert_int_equal(db_exec(db, NULL, "SET autocommit = 0"), ST_OK);
    for (int i = 0; i < 4000; i++)
        put(now - DAY + i % 9 * DAY, id);
    assert_int_equal(db_exec(db, NULL, "COMMIT"), ST_OK);
    assert_int_equal(db_exec(db, NULL, "SET autocommit = 1"), ST_OK);
    /* Servers count their rows by and by; these came too fast. */
    assert_int_equal(db_one(db, "ANALYZE TABLE job_hist"), ST_OK);
    before = shop_rows_read(db);
    assert_int_equal(ledger_story(db, id, seen, &found), ST_OK);
    assert_int_equal(found, 1);
    assert_int_equal(
        db_one(db, "SELECT root FROM job_hist WHERE id = ?", DB_BYTES(id, 16)), ST_OK);
    {
        char root[41];

        snprintf(root, sizeof root, "%s", db_text(db, 0, NULL));
        assert_int_equal(ledger_trace(db, root, seen, &found), ST_OK);
    }
    assert_int_equal(found, 2);
    assert_true(shop_rows_read(db) - before < 500);
    found = 0;
    before = shop_rows_read(db);
    assert_int_equal(ledger_list(db, &newest, seen, &found), ST_OK);
    assert_int_equal(found, 20);
    assert_true(shop_rows_read(db) - before < 500);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(days_are_made_ahead_and_only_once),
        TEST(a_row_goes_to_its_day_and_one_too_far_ahead_has_a_place),
        TEST(a_month_goes_by),
        TEST(after_a_long_gap_the_days_begin_again),
        TEST(a_clock_that_leapt_ahead_drops_nothing),
        TEST(what_it_cannot_do_is_refused),
        TEST(an_open_transaction_is_waited_for_a_second),
        TEST(writers_go_on_while_four_keep_it_at_once),
        TEST(the_programs_own_user_may_do_it),
        TEST(a_look_by_id_or_root_or_for_the_newest_does_not_scan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
