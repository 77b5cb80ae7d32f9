/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "scheduler/sched.h"

#define DIARY 512

/* What a task's firing was told, and what it answers: a store that keeps moments
 * single, unless it is down. */
struct diary {
    int fired, asked;
    int64_t due[DIARY];
    int32_t day[DIARY];
    int64_t since; /* when the task was first asked for */
    bool down;
};

static int64_t key_of(const struct sched_due *due)
{
    return due->task->by_date ? due->day * DAY : due->due;
}

static enum status note(void *arg, const struct sched_due *due)
{
    struct diary *d = arg;

    d->asked++;
    if (d->down)
        return ST_DOWN;
    for (int i = 0; i < d->fired && due->task->cron != NULL; i++)
        if (key_of(due) == (due->task->by_date ? d->day[i] * DAY : d->due[i]))
            return ST_TAKEN;
    assert_true(d->fired < DIARY);
    d->due[d->fired] = due->due;
    d->day[d->fired++] = due->day;
    return ST_OK;
}

static enum status last(void *arg, const struct sched_ask *ask, int64_t *key)
{
    struct diary *d = arg;
    bool any = false;

    if (d->down)
        return ST_DOWN;
    for (int i = 0; i < d->fired; i++) {
        int64_t one = ask->task->by_date ? d->day[i] * DAY : d->due[i];

        if (one > ask->until || (any && one < *key))
            continue;
        *key = one;
        any = true;
    }
    if (any)
        return ST_OK;
    if (d->since == 0)
        d->since = ask->first;
    *key = d->since;
    return ST_OK;
}

/* 2026-11-19T23:00Z is nine o'clock of the 20th in Vladivostok. */
#define NINE (1795129200LL * SECOND)

/* One scheduler with one task. */
struct yard {
    struct diary *diary;
    struct sched_task task;
    struct sched sched;
};

static void begin(struct yard *y, struct diary *d, const char *zone,
                  struct sched_task task)
{
    struct tz *tz = tz_open(zone);

    assert_non_null(tz);
    task.name = "t";
    task.fire = note;
    *y = (struct yard){.diary = d, .task = task};
    y->sched = (struct sched){
        .tz = tz, .tasks = &y->task, .n = 1, .arg = d, .last = last, .leads = true};
    assert_int_equal(sched_open(&y->sched), ST_OK);
}

static void end(struct yard *y)
{
    sched_close(&y->sched);
    tz_close((struct tz *)(uintptr_t)y->sched.tz);
}

static void tick_through(struct yard *y, int64_t from, int64_t until, int64_t step)
{
    for (int64_t now = from; now < until; now += step)
        sched_tick(&y->sched, now);
}

#define DAILY(at)                                                                      \
    ((struct sched_task){.cron = at, .by_date = true, .missed = MISSED_ONCE})
#define EVERY(s) ((struct sched_task){.every_s = s})
#define MINUTELY(how, n)                                                               \
    ((struct sched_task){.cron = "* * * * *", .missed = how, .most = n})

/* ---- in the ordinary course of things ------------------------------------------- */

static void every_minute_once_a_minute(void **state)
{
    struct diary d = {0};
    struct yard y;

    (void)state;
    begin(&y, &d, "UTC", EVERY(60));
    tick_through(&y, NINE, NINE + 10 * MINUTE, SECOND / 4);
    assert_int_equal(d.fired, 10);
    assert_int_equal(y.sched.counts.fired, 0); /* no tick of a schedule */
    end(&y);
}

static void each_minute_of_an_expression_once(void **state)
{
    struct diary d = {0};
    struct yard y;

    (void)state;
    begin(&y, &d, "UTC", MINUTELY(MISSED_ONCE, 0));
    tick_through(&y, NINE + 1, NINE + 10 * MINUTE, SECOND / 4);
    assert_int_equal(d.fired, 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(d.due[i], NINE + i * MINUTE);
    assert_int_equal(d.asked, 10);
    assert_int_equal(y.sched.counts.fired, 10);
    assert_int_equal(y.sched.counts.caught_up, 0);
    assert_in_range(y.sched.counts.late_ms, 0, 250);
    end(&y);
}

static void daily_at_nine_of_the_shop(void **state)
{
    struct diary d = {0};
    struct yard y;
    int32_t day = cal_day((struct date){2026, 11, 20});

    (void)state;
    begin(&y, &d, "Asia/Vladivostok", DAILY("0 9 * * *"));
    sched_tick(&y.sched, NINE - MINUTE);
    assert_int_equal(d.fired, 0);
    sched_tick(&y.sched, NINE);
    assert_int_equal(d.fired, 1);
    assert_int_equal(d.day[0], day);
    assert_int_equal(d.due[0], NINE);
    tick_through(&y, NINE + HOUR, NINE + 49 * HOUR, HOUR);
    assert_int_equal(d.fired, 3);
    assert_int_equal(d.day[2], day + 2);
    end(&y);
}

static void a_schedule_may_have_a_zone_of_its_own(void **state)
{
    struct diary d = {0};
    struct yard y;
    struct sched_task t = DAILY("0 9 * * *");

    (void)state;
    t.zone = "Asia/Vladivostok";
    begin(&y, &d, "Europe/Kaliningrad", t);
    tick_through(&y, NINE - HOUR, NINE + HOUR, MINUTE);
    assert_int_equal(d.fired, 1);
    assert_int_equal(d.due[0], NINE);
    assert_int_equal(d.day[0], cal_day((struct date){2026, 11, 20}));
    end(&y);
}

/* Berlin, 2026-03-29: 02:30 does not exist; the task still comes once that day. */
static void a_skipped_hour_does_not_skip_the_day(void **state)
{
    struct diary d = {0};
    struct yard y;
    int32_t first = cal_day((struct date){2026, 3, 28});
    int64_t from;

    (void)state;
    begin(&y, &d, "Europe/Berlin", DAILY("30 2 * * *"));
    from = tz_instant(y.sched.tz, first, 0, 0);
    tick_through(&y, from, from + 3 * DAY, 10 * MINUTE);
    assert_int_equal(d.fired, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(d.day[i], first + i);
    end(&y);
}

static void a_nap_is_never_longer_than_the_next_due(void **state)
{
    struct diary d = {0};
    struct yard y;

    (void)state;
    begin(&y, &d, "UTC", MINUTELY(MISSED_ONCE, 0));
    assert_int_equal(sched_tick(&y.sched, NINE), SCHED_NAP_MAX_MS);
    assert_int_equal(sched_tick(&y.sched, NINE + 59 * SECOND + 700 * MS), 300);
    end(&y);
    begin(&y, &d, "UTC", (struct sched_task){.cron = "0 0 30 2 *"});
    assert_int_equal(sched_tick(&y.sched, NINE), SCHED_NAP_MAX_MS); /* never due */
    end(&y);
}

/* ---- after a while in which nobody ticked ---------------------------------------- */

static void a_new_schedule_begins_today(void **state)
{
    struct diary d = {0};
    struct yard y;

    (void)state;
    begin(&y, &d, "Asia/Vladivostok", DAILY("0 9 * * *"));
    sched_tick(&y.sched, NINE + 3 * HOUR); /* started at noon */
    sched_tick(&y.sched, NINE + 4 * HOUR);
    assert_int_equal(d.fired, 1);
    assert_int_equal(d.due[0], NINE);
    assert_int_equal(y.sched.counts.caught_up, 1);
    assert_int_equal(y.sched.counts.late_ms, 3 * HOUR / MS);
    end(&y);
}

static void once_means_the_newest_of_what_was_missed(void **state)
{
    struct diary d = {0};
    struct yard y;
    int32_t day = cal_day((struct date){2026, 11, 20});

    (void)state;
    begin(&y, &d, "Asia/Vladivostok", DAILY("0 9 * * *"));
    sched_tick(&y.sched, NINE);
    /* Asleep for five days: one firing when it wakes, for the day it wakes on. */
    tick_through(&y, NINE + 5 * DAY + 2 * HOUR, NINE + 5 * DAY + 3 * HOUR, MINUTE);
    assert_int_equal(d.fired, 2);
    assert_int_equal(d.day[1], day + 5);
    end(&y);
    /* Another takes over three days later, an hour before nine: yesterday's is due. */
    begin(&y, &d, "Asia/Vladivostok", DAILY("0 9 * * *"));
    tick_through(&y, NINE + 8 * DAY - HOUR, NINE + 8 * DAY, MINUTE);
    assert_int_equal(d.fired, 3);
    assert_int_equal(d.day[2], day + 7);
    end(&y);
}

static void all_means_all_of_them_oldest_first(void **state)
{
    struct diary d = {0};
    struct yard y;

    (void)state;
    begin(&y, &d, "UTC", MINUTELY(MISSED_ALL, 400));
    sched_tick(&y.sched, NINE);
    end(&y);
    begin(&y, &d, "UTC", MINUTELY(MISSED_ALL, 400)); /* another process, in 90 min */
    tick_through(&y, NINE + 90 * MINUTE, NINE + 91 * MINUTE, MINUTE / 200);
    assert_int_equal(d.fired, 91);
    for (int i = 0; i < 91; i++)
        assert_int_equal(d.due[i], NINE + i * MINUTE);
    assert_int_equal(y.sched.counts.fired, 90);
    assert_int_equal(y.sched.counts.caught_up, 89); /* the last came in time */
    end(&y);
}

static void all_has_a_limit_and_keeps_the_newest(void **state)
{
    struct diary d = {0};
    struct yard y;

    (void)state;
    begin(&y, &d, "UTC", MINUTELY(MISSED_ALL, 7));
    sched_tick(&y.sched, NINE);
    tick_through(&y, NINE + 30 * DAY, NINE + 30 * DAY + MINUTE, MINUTE / 60);
    assert_int_equal(d.fired, 8);
    for (int i = 1; i < 8; i++)
        assert_int_equal(d.due[i], NINE + 30 * DAY - (7 - i) * MINUTE);
    end(&y);
}

static void skip_leaves_out_what_is_late(void **state)
{
    struct diary d = {0};
    struct yard y;

    (void)state;
    begin(&y, &d, "UTC", (struct sched_task){.cron = "*/10 * * * *"});
    sched_tick(&y.sched, NINE);
    assert_int_equal(d.fired, 1);
    sched_tick(&y.sched, NINE + 25 * MINUTE); /* ten and twenty past are gone */
    assert_int_equal(d.fired, 1);
    sched_tick(&y.sched, NINE + 30 * MINUTE + 20 * SECOND); /* a little late is fine */
    assert_int_equal(d.fired, 2);
    end(&y);
    begin(&y, &d, "UTC", (struct sched_task){.cron = "*/10 * * * *"});
    sched_tick(&y.sched, NINE + 47 * MINUTE); /* another took over, seven late */
    assert_int_equal(d.fired, 2);
    end(&y);
}

/* ---- two of them, and what goes wrong -------------------------------------------- */

static void who_does_not_lead_only_does_what_is_done_everywhere(void **state)
{
    struct diary d = {0};
    struct yard y;
    struct sched_task t = EVERY(1);

    (void)state;
    begin(&y, &d, "UTC", MINUTELY(MISSED_ALL, 100));
    y.sched.leads = false;
    tick_through(&y, NINE, NINE + 10 * MINUTE, SECOND);
    assert_int_equal(d.asked, 0);
    y.sched.leads = true;
    d.due[0] = NINE; /* what the leader before had done */
    d.fired = 1;
    tick_through(&y, NINE + 10 * MINUTE, NINE + 11 * MINUTE, SECOND);
    assert_int_equal(d.fired, 11);
    end(&y);
    d = (struct diary){0};
    t.everywhere = true;
    begin(&y, &d, "UTC", t);
    y.sched.leads = false;
    tick_through(&y, NINE, NINE + 10 * SECOND, SECOND);
    assert_int_equal(d.fired, 10);
    end(&y);
}

static void two_that_both_lead_double_nothing(void **state)
{
    struct diary d = {0};
    struct yard y[2];

    (void)state;
    for (int i = 0; i < 2; i++)
        begin(&y[i], &d, "UTC", MINUTELY(MISSED_ALL, 100));
    for (int s = 0; s < 3600; s++)
        for (int i = 0; i < 2; i++)
            sched_tick(&y[i].sched, NINE + s * SECOND);
    assert_int_equal(d.fired, 60);
    assert_int_equal(y[0].sched.counts.fired + y[1].sched.counts.fired, 60);
    for (int i = 0; i < 2; i++)
        end(&y[i]);
}

/* A new schedule, whose first moment came when nobody led. */
static void the_first_tick_of_all_is_made_up_for_too(void **state)
{
    struct diary d = {0};
    struct yard y;

    (void)state;
    begin(&y, &d, "UTC",
          (struct sched_task){.cron = "30 * * * *", .missed = MISSED_ONCE});
    sched_tick(&y.sched, NINE);
    end(&y);
    begin(&y, &d, "UTC",
          (struct sched_task){.cron = "30 * * * *", .missed = MISSED_ONCE});
    sched_tick(&y.sched, NINE + 45 * MINUTE);
    assert_int_equal(d.fired, 1);
    assert_int_equal(d.due[0], NINE + 30 * MINUTE);
    end(&y);
}

static void what_did_not_work_out_is_fired_again_in_a_second(void **state)
{
    struct diary d = {.down = true};
    struct yard y;

    (void)state;
    begin(&y, &d, "UTC", MINUTELY(MISSED_ALL, 100));
    tick_through(&y, NINE, NINE + 10 * SECOND, SECOND / 100);
    assert_int_equal(d.asked, 0); /* not even what was done before is known */
    d.down = false;
    tick_through(&y, NINE + 10 * SECOND, NINE + 12 * SECOND, SECOND / 100);
    assert_int_equal(d.fired, 1);
    d.down = true;
    tick_through(&y, NINE + MINUTE, NINE + MINUTE + 10 * SECOND, SECOND / 100);
    assert_in_range(d.asked, 10, 12); /* once a second, not at each turn */
    d.down = false;
    tick_through(&y, NINE + MINUTE + 10 * SECOND, NINE + MINUTE + 12 * SECOND,
                 SECOND / 100);
    assert_int_equal(d.fired, 2);
    assert_int_equal(d.due[1], NINE + MINUTE);
    end(&y);
}

/* The clock set back an hour fires nothing a second time, and does not stand still. */
static void a_clock_set_back_repeats_nothing(void **state)
{
    struct diary d = {0};
    struct yard y;

    (void)state;
    begin(&y, &d, "Asia/Vladivostok", DAILY("0 9 * * *"));
    sched_tick(&y.sched, NINE);
    sched_tick(&y.sched, NINE - HOUR);
    sched_tick(&y.sched, NINE);
    assert_int_equal(d.fired, 1);
    end(&y);
    d = (struct diary){0};
    begin(&y, &d, "UTC", EVERY(10));
    sched_tick(&y.sched, NINE);
    tick_through(&y, NINE - HOUR, NINE - HOUR + 30 * SECOND, SECOND);
    assert_int_equal(d.fired, 4);
    end(&y);
}

/* A machine that woke up with a clock a year ahead, and was put right. */
static void a_clock_that_was_wrong_for_a_while_is_got_over(void **state)
{
    struct diary d = {0};
    struct yard y;

    (void)state;
    begin(&y, &d, "UTC", MINUTELY(MISSED_ONCE, 0));
    sched_tick(&y.sched, NINE);
    sched_tick(&y.sched, NINE + 365 * DAY);
    assert_int_equal(d.fired, 2);
    tick_through(&y, NINE + MINUTE, NINE + 6 * MINUTE, SECOND);
    assert_int_equal(d.fired, 7);
    end(&y);
}

static void another_hour_is_not_another_date(void **state)
{
    struct diary d = {0};
    struct yard y;

    (void)state;
    begin(&y, &d, "Asia/Vladivostok", DAILY("0 9 * * *"));
    sched_tick(&y.sched, NINE);
    assert_int_equal(sched_change(&y.task, "0 10 * * *"), ST_OK);
    tick_through(&y, NINE + MINUTE, NINE + 14 * HOUR, MINUTE);
    assert_int_equal(d.fired, 1);
    assert_int_equal(d.asked, 1); /* nor was it tried */
    tick_through(&y, NINE + 24 * HOUR, NINE + 25 * HOUR + MINUTE, MINUTE);
    assert_int_equal(d.fired, 2);
    assert_int_equal(d.due[1], NINE + 25 * HOUR);
    assert_int_equal(sched_change(&y.task, "0 25 * * *"), ST_BAD);
    assert_string_equal(y.task.cron, "0 10 * * *");
    end(&y);
}

static void a_wrong_table_is_refused(void **state)
{
    struct sched_task t = {.name = "t", .cron = "61 * * * *", .fire = note};
    struct tz *tz = tz_open("UTC");
    struct sched s = {.tz = tz, .tasks = &t, .n = 1};

    (void)state;
    assert_int_equal(sched_open(&s), ST_BAD);
    t.cron = "1 * * * *";
    t.zone = "Mars/Olympus";
    assert_int_equal(sched_open(&s), ST_BAD);
    sched_close(&s);
    tz_close(tz);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_minute_once_a_minute),
        cmocka_unit_test(each_minute_of_an_expression_once),
        cmocka_unit_test(daily_at_nine_of_the_shop),
        cmocka_unit_test(a_schedule_may_have_a_zone_of_its_own),
        cmocka_unit_test(a_skipped_hour_does_not_skip_the_day),
        cmocka_unit_test(a_nap_is_never_longer_than_the_next_due),
        cmocka_unit_test(a_new_schedule_begins_today),
        cmocka_unit_test(once_means_the_newest_of_what_was_missed),
        cmocka_unit_test(all_means_all_of_them_oldest_first),
        cmocka_unit_test(all_has_a_limit_and_keeps_the_newest),
        cmocka_unit_test(skip_leaves_out_what_is_late),
        cmocka_unit_test(who_does_not_lead_only_does_what_is_done_everywhere),
        cmocka_unit_test(two_that_both_lead_double_nothing),
        cmocka_unit_test(the_first_tick_of_all_is_made_up_for_too),
        cmocka_unit_test(what_did_not_work_out_is_fired_again_in_a_second),
        cmocka_unit_test(a_clock_set_back_repeats_nothing),
        cmocka_unit_test(a_clock_that_was_wrong_for_a_while_is_got_over),
        cmocka_unit_test(another_hour_is_not_another_date),
        cmocka_unit_test(a_wrong_table_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
