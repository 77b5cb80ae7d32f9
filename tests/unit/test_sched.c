/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "scheduler/sched.h"

/* What a task's firing was told, and what it answers. */
struct diary {
    int fired;
    int64_t due[64];
    int32_t day[64];
    bool fail;
};

static bool note(void *arg, int64_t now, int64_t due, int32_t day)
{
    struct diary *d = arg;

    (void)now;
    if (d->fail)
        return false;
    d->due[d->fired % 64] = due;
    d->day[d->fired % 64] = day;
    d->fired++;
    return true;
}

/* 2026-11-19T23:00Z is nine o'clock of the 20th in Vladivostok. */
#define NINE 1795129200LL

static struct tz *zone(const char *name)
{
    struct tz *tz = tz_open(name);

    assert_non_null(tz);
    return tz;
}

static void every_minute_once_a_minute(void **state)
{
    struct diary d = {0};
    struct sched_task t = {.name = "m", .every_s = 60, .fire = note};
    struct sched s = {.tz = zone("UTC"), .tasks = &t, .n = 1, .arg = &d};

    (void)state;
    for (int64_t now = NINE * SECOND; now < (NINE + 600) * SECOND; now += SECOND / 4)
        sched_tick(&s, now);
    assert_int_equal(d.fired, 10);
    tz_close((struct tz *)s.tz);
}

static void daily_at_nine_of_the_shop(void **state)
{
    struct diary d = {0};
    struct sched_task t = {.name = "b", .hour = 9, .fire = note};
    struct sched s = {.tz = zone("Asia/Vladivostok"), .tasks = &t, .n = 1, .arg = &d};
    int32_t day = cal_day((struct date){2026, 11, 20});

    (void)state;
    sched_tick(&s, (NINE - 60) * SECOND);
    assert_int_equal(d.fired, 0);
    sched_tick(&s, NINE * SECOND);
    assert_int_equal(d.fired, 1);
    assert_int_equal(d.day[0], day);
    assert_int_equal(d.due[0], NINE * SECOND);
    for (int h = 1; h <= 48; h++)
        sched_tick(&s, (NINE + h * 3600) * SECOND);
    assert_int_equal(d.fired, 3);
    assert_int_equal(d.day[2], day + 2);
    tz_close((struct tz *)s.tz);
}

/* Started at noon: the nine o'clock of today was missed, and is made up for once. */
static void missed_hour_is_made_up_for_today_only(void **state)
{
    struct diary d = {0};
    struct sched_task t = {.name = "b", .hour = 9, .fire = note};
    struct sched s = {.tz = zone("Asia/Vladivostok"), .tasks = &t, .n = 1, .arg = &d};

    (void)state;
    sched_tick(&s, (NINE + 3 * 3600) * SECOND);
    sched_tick(&s, (NINE + 4 * 3600) * SECOND);
    assert_int_equal(d.fired, 1);
    assert_int_equal(d.due[0], NINE * SECOND);
    /* Asleep for five days: one firing when it wakes, for the day it wakes on. */
    sched_tick(&s, (NINE + 5 * 86400 + 7200) * SECOND);
    sched_tick(&s, (NINE + 5 * 86400 + 7201) * SECOND);
    sched_tick(&s, (NINE + 5 * 86400 + 7202) * SECOND);
    assert_int_equal(d.day[d.fired - 1], cal_day((struct date){2026, 11, 25}));
    assert_in_range(d.fired, 2, 3); /* the morning it slept into, and today */
    tz_close((struct tz *)s.tz);
}

/* Berlin, 2026-03-29: 02:30 does not exist; the task still comes once that day. */
static void a_skipped_hour_does_not_skip_the_day(void **state)
{
    struct diary d = {0};
    struct sched_task t = {.name = "b", .hour = 2, .minute = 30, .fire = note};
    struct sched s = {.tz = zone("Europe/Berlin"), .tasks = &t, .n = 1, .arg = &d};
    int32_t first = cal_day((struct date){2026, 3, 28});
    int64_t from = tz_instant(s.tz, first, 0, 0);

    (void)state;
    for (int64_t now = from; now < from + 3 * DAY; now += 10 * MINUTE)
        sched_tick(&s, now);
    assert_int_equal(d.fired, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(d.day[i], first + i);
    tz_close((struct tz *)s.tz);
}

static void what_did_not_work_out_is_fired_again(void **state)
{
    struct diary d = {.fail = true};
    struct sched_task t = {.name = "m", .every_s = 60, .fire = note};
    struct sched s = {.tz = zone("UTC"), .tasks = &t, .n = 1, .arg = &d};

    (void)state;
    assert_in_range(sched_tick(&s, NINE * SECOND), 1, SCHED_NAP_MAX_MS);
    d.fail = false;
    sched_tick(&s, (NINE + 1) * SECOND);
    assert_int_equal(d.fired, 1);
    assert_int_equal(d.due[0], NINE * SECOND);
    tz_close((struct tz *)s.tz);
}

static void a_nap_is_never_longer_than_the_next_due(void **state)
{
    struct diary d = {0};
    struct sched_task t = {.name = "m", .every_s = 60, .fire = note};
    struct sched s = {.tz = zone("UTC"), .tasks = &t, .n = 1, .arg = &d};

    (void)state;
    assert_int_equal(sched_tick(&s, NINE * SECOND), SCHED_NAP_MAX_MS);
    assert_int_equal(sched_tick(&s, (NINE + 59) * SECOND + 700 * MS), 300);
    tz_close((struct tz *)s.tz);
}

/* The clock set back an hour fires nothing a second time. */
static void a_clock_set_back_repeats_nothing(void **state)
{
    struct diary d = {0};
    struct sched_task t = {.name = "b", .hour = 9, .fire = note};
    struct sched s = {.tz = zone("Asia/Vladivostok"), .tasks = &t, .n = 1, .arg = &d};

    (void)state;
    sched_tick(&s, NINE * SECOND);
    sched_tick(&s, (NINE - 3600) * SECOND);
    sched_tick(&s, NINE * SECOND);
    assert_int_equal(d.fired, 1);
    tz_close((struct tz *)s.tz);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_minute_once_a_minute),
        cmocka_unit_test(daily_at_nine_of_the_shop),
        cmocka_unit_test(missed_hour_is_made_up_for_today_only),
        cmocka_unit_test(a_skipped_hour_does_not_skip_the_day),
        cmocka_unit_test(what_did_not_work_out_is_fired_again),
        cmocka_unit_test(a_nap_is_never_longer_than_the_next_due),
        cmocka_unit_test(a_clock_set_back_repeats_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
