/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What "the last month", "a birthday within a week" and "30 years old" come to, held
 * against the calendar day by day. */
#include "core/base/clock.h"
#include "core/base/stamp.h"
#include "core/segment/moment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct tz *berlin, *vladivostok, *beirut;

static int zones_open(void **state)
{
    (void)state;
    berlin = tz_open("Europe/Berlin");
    vladivostok = tz_open("Asia/Vladivostok");
    beirut = tz_open("Asia/Beirut");
    return berlin == NULL || vladivostok == NULL || beirut == NULL;
}

static int zones_close(void **state)
{
    (void)state;
    tz_close(berlin);
    tz_close(vladivostok);
    tz_close(beirut);
    return 0;
}

static int64_t at(const char *text)
{
    int64_t out;

    assert_int_equal(stamp_read(text, strlen(text), &out), ST_OK);
    return out;
}

/* ---- spans ------------------------------------------------------------------------ */

static void test_spans_are_read_and_written(void **state)
{
    static const struct {
        const char *said, *is;
    } fine[] = {
        {"P90D", "P90D"},     {"P2W", "P14D"},           {"P12M", "P1Y"},
        {"P18M", "P1Y6M"},    {"P1Y2M3W4D", "P1Y2M25D"}, {"PT36H", "PT36H"},
        {"PT90M", "PT1H30M"}, {"PT5M", "PT5M"},          {"P1DT12H", "P1DT12H"},
        {"P10Y", "P10Y"},
    };
    static const char *const wrong[] = {
        "",      "P",     "PT",   "P0D",    "90D",          "P-1D",
        "P1.5D", "P1DT",  "P1S",  "PT1S",   "P1D1M",        "P1DT1D",
        "P1M1Y", "p1d",   "P1D ", "P11Y",   "P121M",        "P3661D",
        "P1H",   "PTT1H", "P1TH", "PT1H1H", "P9999999999D", "P99999999D",
    };

    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        struct span p;
        char text[SPAN_BYTES];

        assert_int_equal(span_read(fine[i].said, strlen(fine[i].said), &p), ST_OK);
        span_print(&p, text);
        assert_string_equal(text, fine[i].is);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct span p;

        if (span_read(wrong[i], strlen(wrong[i]), &p) != ST_BAD)
            fail_msg("%s was read", wrong[i]);
    }
}

static void test_a_span_goes_by_the_calendar(void **state)
{
    const struct {
        const struct tz *tz;
        const char *now, *span;
        bool ahead;
        const char *then;
    } all[] = {
        /* the month is shorter */
        {vladivostok, "2026-03-31T12:00:00+10:00", "P1M", false,
         "2026-02-28T12:00:00+10:00"},
        {vladivostok, "2028-03-31T12:00:00+10:00", "P1M", false,
         "2028-02-29T12:00:00+10:00"},
        {vladivostok, "2028-02-29T12:00:00+10:00", "P1Y", false,
         "2027-02-28T12:00:00+10:00"},
        {vladivostok, "2026-01-31T12:00:00+10:00", "P1M", true,
         "2026-02-28T12:00:00+10:00"},
        {vladivostok, "2026-01-15T12:00:00+10:00", "P2M", false,
         "2025-11-15T12:00:00+10:00"},
        /* clocks are changed in between: the same time of day, or so many hours */
        {berlin, "2026-03-29T12:00:00+02:00", "P1D", false,
         "2026-03-28T12:00:00+01:00"},
        {berlin, "2026-03-29T12:00:00+02:00", "PT24H", false,
         "2026-03-28T11:00:00+01:00"},
        {berlin, "2026-10-25T12:00:00+01:00", "P1D", false,
         "2026-10-24T12:00:00+02:00"},
        /* that time of day was left out: the first moment behind the gap */
        {berlin, "2026-03-30T02:30:00+02:00", "P1D", false,
         "2026-03-29T03:00:00+02:00"},
        {vladivostok, "2026-01-01T00:30:00.25+10:00", "P1DT1H", false,
         "2025-12-30T23:30:00.25+10:00"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct moment m = moment_make(at(all[i].now), all[i].tz, false);
        struct span p;

        assert_int_equal(span_read(all[i].span, strlen(all[i].span), &p), ST_OK);
        if (moment_shift(&m, &p, all[i].ahead) != at(all[i].then))
            fail_msg("%s %s", all[i].now, all[i].span);
    }
}

/* In Beirut the clocks go forward at midnight: that day begins at one. */
static void test_a_day_may_begin_at_one(void **state)
{
    struct moment m = moment_make(at("2026-03-29T12:00:00+03:00"), beirut, false);

    (void)state;
    assert_int_equal(moment_day_start(&m, m.today), at("2026-03-29T01:00:00+03:00"));
    assert_int_equal(moment_day_start(&m, m.today - 1),
                     at("2026-03-28T00:00:00+02:00"));
}

/* ---- birthdays -------------------------------------------------------------------- */

static struct moment on(int32_t day, bool march)
{
    return (struct moment){.now = day * DAY, .today = day, .leap_to_march = march};
}

static bool in_ranges(const struct md_range *r, int n, int md)
{
    for (int i = 0; i < n; i++)
        if (md >= r[i].first && md <= r[i].last)
            return true;
    return false;
}

/* By looking at each day of the window. */
static bool kept_within(const struct moment *m, struct date born, int from, int to)
{
    for (int i = from; i <= to; i++) {
        struct date d = cal_date(m->today + i);

        if (cal_day(cal_birthday_in(born, d.year, m->leap_to_march)) == m->today + i)
            return true;
    }
    return false;
}

static void window_is_right(const struct moment *m, int from, int to)
{
    struct md_range r[MD_RANGES];
    int n = moment_birthdays(m, from, to, r);

    for (int day = 0; day < 366; day++) {
        struct date born = cal_date(cal_day((struct date){1996, 1, 1}) + day);
        int md = born.month * 100 + born.day;

        if (in_ranges(r, n, md) != kept_within(m, born, from, to)) {
            struct date t = cal_date(m->today);

            fail_msg("born %d, today %04d-%02d-%02d, %d to %d, march %d", md, t.year,
                     t.month, t.day, from, to, m->leap_to_march);
        }
    }
}

/* Each day from before a leap year to behind it. */
static void test_birthdays_are_found_on_every_day(void **state)
{
    static const int windows[][2] = {{0, 0},  {-3, 7},   {1, 1},      {-1, -1},
                                     {-7, 0}, {0, 60},   {-365, 0},   {0, 365},
                                     {-1, 0}, {-60, -1}, {-182, 183}, {365, 366}};
    const int32_t last = cal_day((struct date){2029, 3, 5});

    (void)state;
    for (int32_t day = cal_day((struct date){2026, 12, 20}); day < last; day++)
        for (size_t i = 0; i < sizeof windows / sizeof *windows; i++)
            for (int march = 0; march < 2; march++) {
                struct moment m = on(day, march != 0);

                /* Long windows are tried around the days where they may go wrong. */
                if (windows[i][1] - windows[i][0] > 60 && day % 7 != 0)
                    continue;
                window_is_right(&m, windows[i][0], windows[i][1]);
            }
}

static int age_on(const struct moment *m, struct date born)
{
    int age = cal_date(m->today).year - born.year;

    return age - (cal_day(cal_birthday_in(born, cal_date(m->today).year,
                                          m->leap_to_march)) > m->today);
}

static void test_ages_change_on_the_birthday(void **state)
{
    static const struct date todays[] = {
        {2026, 2, 27}, {2026, 2, 28}, {2026, 3, 1}, {2026, 3, 2},   {2028, 2, 28},
        {2028, 2, 29}, {2028, 3, 1},  {2026, 1, 1}, {2026, 12, 31}, {2026, 7, 15}};

    (void)state;
    for (size_t i = 0; i < sizeof todays / sizeof *todays; i++)
        for (int march = 0; march < 2; march++)
            for (int age = 0; age <= 60; age++) {
                struct moment m = on(cal_day(todays[i]), march != 0);
                int32_t by = moment_born_by(&m, age);

                assert_true(age_on(&m, cal_date(by)) >= age);
                assert_true(age_on(&m, cal_date(by + 1)) < age);
            }
}

static void test_days_are_the_calendars(void **state)
{
    struct moment m = moment_make(at("2026-03-30T00:30:00+02:00"), berlin, false);
    int64_t first, last;

    (void)state;
    moment_days_since(&m, 1, 1, &first, &last);
    assert_int_equal(first, at("2026-03-29T00:00:00+01:00"));
    assert_int_equal(last, at("2026-03-29T23:59:59.999999+02:00"));
    moment_days_since(&m, 2, INT32_MAX, &first, &last);
    assert_int_equal(first, MOMENT_FIRST);
    assert_int_equal(last, at("2026-03-28T23:59:59.999999+01:00"));
    moment_days_since(&m, INT32_MIN, 0, &first, &last);
    assert_int_equal(first, at("2026-03-30T00:00:00+02:00"));
    assert_int_equal(last, MOMENT_LAST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spans_are_read_and_written),
        cmocka_unit_test(test_a_span_goes_by_the_calendar),
        cmocka_unit_test(test_a_day_may_begin_at_one),
        cmocka_unit_test(test_birthdays_are_found_on_every_day),
        cmocka_unit_test(test_ages_change_on_the_birthday),
        cmocka_unit_test(test_days_are_the_calendars),
    };

    return cmocka_run_group_tests_name("segment_moment", tests, zones_open,
                                       zones_close);
}
