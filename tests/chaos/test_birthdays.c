/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * check_birthdays, once a local date: three schedulers at once, killed at named points
 * and between, a worker killed in the middle of the round. Each customer whose birthday
 * is today has one gift, nobody else has any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/tz.h"
#include "core/io/redis.h"
#include "core/setting.h"
#include "tests/harness/doom.h"
#include "tests/harness/program.h"
#include "tests/harness/shop.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUSTOMERS 1200 /* half of them were born today */

static struct shop shop;

static enum status set_work(struct db *db, void *arg)
{
    const struct setting_change change = {"birthday_check_at", arg, "test"};
    const char *why;

    return setting_set(db, clock_now(), &change, &why);
}

static void check_at(const char *hour)
{
    assert_int_equal(db_tx(shop.db, set_work, (void *)(uintptr_t)hour), ST_OK);
}

static void born(struct date d, int first, int n)
{
    for (int i = 0; i < n; i++)
        assert_int_equal(
            db_exec(shop.db, NULL,
                    "UPDATE customer SET birth_date = ?, birth_set_at = ? WHERE id = ?",
                    DB_DATE(cal_day(d)), DB_TIME(clock_now() - 400 * DAY),
                    DB_INT(first + i)),
            ST_OK);
}

static int open_shop(void **state)
{
    struct tz *tz = tz_open("Asia/Vladivostok");
    struct local now = tz_local(tz, clock_now());
    struct date today = now.date, other = cal_date(now.day + 40);
    int64_t first = 0;

    (void)state;
    shop_open(&shop);
    world_export(shop.cfg);
    setenv("WORKER_PROCESSES", "2", 1);
    setenv("LOG_LEVEL", "info", 1);
    check_at("00:00"); /* it has always passed: a start is a start after nine */
    for (int i = 0; i < CUSTOMERS; i++) {
        struct customer c = shop_customer(&shop, 8100000000LL + i, "Анна", "К");

        first = first == 0 ? c.id : first;
    }
    today.year = other.year = 1990;
    born(today, (int)first, CUSTOMERS / 2);
    born(other, (int)first + CUSTOMERS / 2, CUSTOMERS / 2);
    tz_close(tz);
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

static int64_t gifts(void)
{
    return shop_number(shop.db, "SELECT COUNT(*) FROM discount WHERE source = 2");
}

static bool round_is_through(void *arg)
{
    (void)arg;
    return gifts() == CUSTOMERS / 2 &&
           shop_number(shop.db, "SELECT COUNT(*) FROM job_open WHERE kind ="
                                " 'sched.birthday_check'") == 0;
}

static bool ticked(void *arg)
{
    (void)arg;
    return shop_number(shop.db, "SELECT COUNT(*) FROM cron_tick WHERE schedule ="
                                " 'check_birthdays'") > 0;
}

static bool begun(void *arg)
{
    (void)arg;
    return gifts() > 0;
}

static struct program *scheduler(void)
{
    return program_start("dvorik", "scheduler", NULL);
}

static void three_schedulers_and_a_dying_worker_gift_once(void **state)
{
    struct program *s[3], *w;

    (void)state;
    doom_set("cron.ticked"); /* dies with the tick, before the commit */
    s[0] = scheduler();
    doom_lift();
    assert_int_equal(program_wait(s[0], 20000), 128 + SIGKILL);
    assert_false(ticked(NULL));
    program_end(s[0]);
    for (int i = 0; i < 3; i++)
        s[i] = scheduler();
    assert_true(until(ticked, NULL, 20000));
    program_signal(s[1], SIGKILL);
    w = program_start("dvorik", "worker", NULL);
    assert_true(until(begun, NULL, 20000));
    program_signal(w, SIGKILL);
    program_end(w);
    w = program_start("dvorik", "worker", NULL);
    program_end(s[1]);
    s[1] = scheduler(); /* late, after the hour: today's is there already */
    if (!until(round_is_through, NULL, 60000))
        fail_msg("%d gifts; the worker said:\n%s", (int)gifts(), program_output(w));
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM cron_tick WHERE"
                                          " schedule = 'check_birthdays'"),
                     1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(DISTINCT customer_id) FROM"
                                          " discount WHERE source = 2"),
                     CUSTOMERS / 2);
    for (int i = 0; i < 3; i++)
        assert_int_equal(program_end(s[i]), 0);
    assert_int_equal(program_end(w), 0);
}

static bool round_ran_again(void *arg)
{
    (void)arg;
    return shop_number(shop.db, "SELECT COUNT(*) FROM job_hist WHERE kind ="
                                " 'sched.birthday_check'") > 0 &&
           round_is_through(NULL);
}

static void forget_redis(void)
{
    struct redis *r = redis_open(shop.cfg->redis_url);
    struct redis_reply *reply = NULL;

    assert_int_equal(redis_do(r, &reply, "FLUSHDB", NULL), ST_OK);
    redis_free(reply);
    redis_close(r);
}

/* The tick is committed and its job never reaches a worker: the watermark brings it. */
static void a_tick_that_redis_lost_is_brought_back(void **state)
{
    struct program *s, *w;

    (void)state;
    assert_int_equal(db_exec(shop.db, NULL, "DELETE FROM cron_tick"), ST_OK);
    assert_int_equal(db_exec(shop.db, NULL, "DELETE FROM job_hist"), ST_OK);
    s = scheduler();
    assert_true(until(ticked, NULL, 20000));
    program_signal(s, SIGKILL);
    program_end(s);
    forget_redis();
    s = scheduler();
    w = program_start("dvorik", "worker", NULL);
    assert_true(until(round_ran_again, NULL, 30000));
    assert_int_equal(gifts(),
                     CUSTOMERS / 2); /* it ran again and found nothing to give */
    assert_int_equal(program_end(s), 0);
    assert_int_equal(program_end(w), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_schedulers_and_a_dying_worker_gift_once),
        cmocka_unit_test(a_tick_that_redis_lost_is_brought_back),
    };

    return cmocka_run_group_tests(tests, open_shop, close_shop);
}
