/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The scheduler's table against a real database: what is periodic becomes a job once,
 * however many schedulers run, whenever they are started. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/tz.h"
#include "core/setting.h"
#include "scheduler/tasks.h"
#include "tests/harness/world.h"

#include <stdlib.h>
#include <string.h>

/* One scheduler, with connections of its own. */
struct clockwork {
    struct tasks tasks;
    struct sched sched;
};

static struct config *cfg;
static struct tz *tz;
static struct db *db;

static enum status set_work(struct db *to, void *arg)
{
    const struct setting_change change = {"birthday_check_at", arg, "test"};
    const char *why;

    return setting_set(to, clock_now(), &change, &why);
}

static void check_at(const char *hour)
{
    assert_int_equal(db_tx(db, set_work, (void *)(uintptr_t)hour), ST_OK);
}

static void start(struct clockwork *c)
{
    c->tasks = (struct tasks){.cfg = cfg, .db = db_open(cfg), .queue = queue_open(cfg)};
    queue_bind(c->tasks.queue, c->tasks.db);
    c->sched = (struct sched){.tz = tz, .leads = true};
    assert_int_equal(tasks_open(&c->tasks, &c->sched), ST_OK);
}

static void stop(struct clockwork *c)
{
    sched_close(&c->sched);
    queue_close(c->tasks.queue);
    db_close(c->tasks.db);
}

static int64_t count(const char *sql)
{
    assert_int_equal(db_one(db, sql), ST_OK);
    return db_int(db, 0);
}

static int64_t rounds(void)
{
    int64_t ticks = count("SELECT COUNT(*) FROM cron_tick"
                          " WHERE schedule = 'check_birthdays'");

    assert_int_equal(ticks, count("SELECT COUNT(*) FROM job_open"
                                  " WHERE kind = 'sched.birthday_check'"));
    return ticks;
}

static int64_t at(int day, int hour, int minute)
{
    return tz_instant(tz, cal_day((struct date){2026, 11, day}), hour, minute);
}

static int open_world(void **state)
{
    (void)state;
    cfg = world_config();
    db = db_open(cfg);
    tz = tz_open("Asia/Vladivostok");
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    db_close(db);
    tz_close(tz);
    return 0;
}

static void two_schedulers_make_one_round_a_date(void **state)
{
    struct clockwork c[2];

    (void)state;
    for (int i = 0; i < 2; i++)
        start(&c[i]);
    for (int day = 20; day < 23; day++)
        for (int hour = 0; hour < 24; hour++)
            for (int i = 0; i < 2; i++)
                sched_tick(&c[i].sched, at(day, hour, 0));
    assert_int_equal(rounds(), 3);
    assert_int_equal(count("SELECT COUNT(DISTINCT CAST(due AS DATE)) FROM cron_tick"
                           " WHERE schedule = 'check_birthdays'"),
                     3);
    for (int i = 0; i < 2; i++)
        stop(&c[i]);
}

static void before_nine_nothing_after_nine_once(void **state)
{
    struct clockwork c;

    (void)state;
    start(&c);
    sched_tick(&c.sched, at(20, 8, 59));
    assert_int_equal(rounds(), 0);
    stop(&c);
    start(&c); /* down at nine, back at three */
    sched_tick(&c.sched, at(20, 15, 0));
    assert_int_equal(rounds(), 1);
    stop(&c);
    start(&c); /* and once more at four */
    sched_tick(&c.sched, at(20, 16, 0));
    sched_tick(&c.sched, at(21, 8, 59));
    assert_int_equal(rounds(), 1);
    sched_tick(&c.sched, at(21, 9, 0));
    assert_int_equal(rounds(), 2);
    stop(&c);
}

static void another_hour_is_not_another_date(void **state)
{
    struct clockwork c;
    const char *const hours[] = {"09:00", "10:00", "11:30"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        check_at(hours[i]);
        start(&c);
        sched_tick(&c.sched, at(20, 12, 0));
        stop(&c);
    }
    assert_int_equal(rounds(), 1);
}

/* Moved while it runs, from nine to half past eight, at a quarter past eight. */
static void a_moved_hour_is_seen_within_a_minute(void **state)
{
    struct clockwork c;

    (void)state;
    start(&c);
    sched_tick(&c.sched, at(20, 8, 15));
    check_at("08:30");
    for (int s = 0; s <= 70; s++)
        sched_tick(&c.sched, at(20, 8, 15) + s * SECOND);
    sched_tick(&c.sched, at(20, 8, 29));
    assert_int_equal(rounds(), 0);
    sched_tick(&c.sched, at(20, 8, 30));
    assert_int_equal(rounds(), 1);
    sched_tick(&c.sched, at(20, 9, 0));
    assert_int_equal(rounds(), 1);
    stop(&c);
}

/* The day that the job carries is the shop's, not that of UTC. */
static void the_round_is_for_the_local_date(void **state)
{
    struct clockwork c;

    (void)state;
    start(&c);
    sched_tick(&c.sched, at(20, 9, 0)); /* 23:00 of the 19th in UTC */
    stop(&c);
    assert_int_equal(db_one(db, "SELECT body FROM job_open"
                                " WHERE kind = 'sched.birthday_check'"),
                     ST_OK);
    assert_non_null(strstr(db_text(db, 0, NULL), "\"day\":20777"));
    assert_int_equal(cal_day((struct date){2026, 11, 20}), 20777);
}

static void a_minute_belongs_to_who_is_first(void **state)
{
    struct clockwork c[2];

    (void)state;
    for (int i = 0; i < 2; i++)
        start(&c[i]);
    for (int s = 0; s < 180; s += 7)
        for (int i = 0; i < 2; i++)
            sched_tick(&c[i].sched, at(20, 10, 0) + (s + i) * SECOND);
    assert_in_range(count("SELECT COUNT(*) FROM cron_tick"
                          " WHERE schedule = 'expire_discounts'"),
                    3, 4);
    for (int i = 0; i < 2; i++)
        stop(&c[i]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_schedulers_make_one_round_a_date),
        TEST(before_nine_nothing_after_nine_once),
        TEST(another_hour_is_not_another_date),
        TEST(a_moved_hour_is_seen_within_a_minute),
        TEST(the_round_is_for_the_local_date),
        TEST(a_minute_belongs_to_who_is_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
