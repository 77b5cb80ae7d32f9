/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/tz.h"
#include "core/base/tz_rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Microseconds of a UTC time. */
static int64_t utc(int year, int month, int day, int hour, int minute)
{
    return cal_day((struct date){year, month, day}) * DAY + hour * HOUR +
           minute * MINUTE;
}

static int32_t day_of(int year, int month, int day)
{
    return cal_day((struct date){year, month, day});
}

static struct tz *zone(const char *name)
{
    struct tz *tz = tz_open(name);

    if (tz == NULL)
        fail_msg("no zone %s", name);
    return tz;
}

static void local_is(const struct tz *tz, int64_t now, const char *text)
{
    struct local l = tz_local(tz, now);
    char shown[64];

    snprintf(shown, sizeof shown, "%04d-%02d-%02d %02d:%02d:%02d %+d", l.date.year,
             l.date.month, l.date.day, l.hour, l.minute, l.second, (int)l.offset / 60);
    assert_string_equal(shown, text);
    assert_int_equal(l.day, cal_day(l.date));
}

static void test_vladivostok(void **state)
{
    struct tz *tz = zone("Asia/Vladivostok");

    (void)state;
    local_is(tz, utc(2026, 3, 1, 23, 0), "2026-03-02 09:00:00 +600");
    assert_true(tz_instant(tz, day_of(2026, 3, 2), 9, 0) == utc(2026, 3, 1, 23, 0));
    local_is(tz, utc(2099, 7, 1, 13, 59) + 59 * SECOND + 999999,
             "2099-07-01 23:59:59 +600");
    local_is(tz, utc(2099, 7, 1, 14, 0), "2099-07-02 00:00:00 +600");
    local_is(tz, utc(2011, 7, 1, 0, 0), "2011-07-01 11:00:00 +660");
    tz_close(tz);
}

static void test_before_1970(void **state)
{
    struct tz *tz = zone("Asia/Vladivostok"), *plain = zone("UTC");

    (void)state;
    local_is(plain, -1, "1969-12-31 23:59:59 +0");
    local_is(plain, utc(1600, 2, 29, 1, 2), "1600-02-29 01:02:00 +0");
    local_is(tz, utc(1960, 1, 1, 0, 0), "1960-01-01 10:00:00 +600");
    tz_close(tz);
    tz_close(plain);
}

static void test_berlin_gap_and_overlap(void **state)
{
    struct tz *tz = zone("Europe/Berlin");
    int32_t spring = day_of(2026, 3, 29), autumn = day_of(2026, 10, 25);

    (void)state;
    assert_true(tz_instant(tz, spring, 1, 59) == utc(2026, 3, 29, 0, 59));
    assert_true(tz_instant(tz, spring, 2, 0) == utc(2026, 3, 29, 1, 0));
    assert_true(tz_instant(tz, spring, 2, 30) == utc(2026, 3, 29, 1, 0)); /* skipped */
    assert_true(tz_instant(tz, spring, 3, 0) == utc(2026, 3, 29, 1, 0));
    assert_true(tz_instant(tz, spring, 3, 1) == utc(2026, 3, 29, 1, 1));
    assert_true(tz_instant(tz, autumn, 1, 59) == utc(2026, 10, 24, 23, 59));
    assert_true(tz_instant(tz, autumn, 2, 30) ==
                utc(2026, 10, 25, 0, 30)); /* the first */
    assert_true(tz_instant(tz, autumn, 3, 0) == utc(2026, 10, 25, 2, 0));
    local_is(tz, utc(2026, 10, 25, 0, 30), "2026-10-25 02:30:00 +120");
    local_is(tz, utc(2026, 10, 25, 1, 30), "2026-10-25 02:30:00 +60");
    tz_close(tz);
}

/* Behind the table of the file: the rule at its end. */
static void test_berlin_in_2075(void **state)
{
    struct tz *tz = zone("Europe/Berlin");

    (void)state;
    local_is(tz, utc(2075, 3, 31, 0, 59), "2075-03-31 01:59:00 +60");
    local_is(tz, utc(2075, 3, 31, 1, 0), "2075-03-31 03:00:00 +120");
    assert_true(tz_instant(tz, day_of(2075, 3, 31), 2, 15) == utc(2075, 3, 31, 1, 0));
    assert_true(tz_instant(tz, day_of(2075, 10, 27), 2, 15) ==
                utc(2075, 10, 27, 0, 15));
    tz_close(tz);
}

static void test_new_york(void **state)
{
    struct tz *tz = zone("America/New_York");

    (void)state;
    local_is(tz, utc(2026, 3, 8, 6, 59), "2026-03-08 01:59:00 -300");
    local_is(tz, utc(2026, 3, 8, 7, 0), "2026-03-08 03:00:00 -240");
    assert_true(tz_instant(tz, day_of(2026, 3, 8), 2, 30) == utc(2026, 3, 8, 7, 0));
    assert_true(tz_instant(tz, day_of(2026, 11, 1), 1, 30) == utc(2026, 11, 1, 5, 30));
    tz_close(tz);
}

/* Samoa jumped over the date line: there was no 30 December 2011. */
static void test_a_day_that_was_not(void **state)
{
    struct tz *tz = zone("Pacific/Apia");
    int64_t jump = utc(2011, 12, 30, 10, 0);

    (void)state;
    local_is(tz, jump - SECOND, "2011-12-29 23:59:59 -600");
    local_is(tz, jump, "2011-12-31 00:00:00 +840");
    assert_true(tz_instant(tz, day_of(2011, 12, 30), 0, 0) == jump);
    assert_true(tz_instant(tz, day_of(2011, 12, 30), 12, 0) == jump);
    assert_true(tz_instant(tz, day_of(2011, 12, 31), 0, 0) == jump);
    assert_true(tz_instant(tz, day_of(2011, 12, 29), 23, 59) == jump - MINUTE);
    assert_true(tz_instant(tz, day_of(2011, 12, 31), 0, 1) == jump + MINUTE);
    tz_close(tz);
}

static void test_offsets_of_half_hours(void **state)
{
    struct tz *tz = zone("Asia/Kathmandu"), *howe = zone("Australia/Lord_Howe");

    (void)state;
    local_is(tz, utc(2026, 1, 1, 0, 0), "2026-01-01 05:45:00 +345");
    local_is(howe, utc(2070, 1, 1, 0, 0),
             "2070-01-01 11:00:00 +660"); /* summer, by rule */
    local_is(howe, utc(2070, 7, 1, 0, 0), "2070-07-01 10:30:00 +630");
    tz_close(tz);
    tz_close(howe);
}

/* ---- names and files ------------------------------------------------------------ */

static void test_names_that_are_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "No/Such_Zone",
                                      "../../../etc/passwd",
                                      "/etc/localtime",
                                      "Europe/../UTC",
                                      ".",
                                      "Europe",
                                      "Europe/",
                                      "UTC\n",
                                      "UTC ",
                                      "tzdata.zi",
                                      "zone.tab",
                                      "Europe/Berlin\"",
                                      "МСК",
                                      "right/Europe/Berlin",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct tz *tz = tz_open(bad[i]);

        if (tz != NULL)
            fail_msg("opened: %s", bad[i]);
    }
    assert_null(tz_open(NULL));
    tz_close(NULL);
}

struct folder {
    char path[64], file[128];
    unsigned char bytes[8192];
    size_t n;
};

/* A folder of our own to read zones from, with Berlin's file as the zone "X". */
static int folder_make(void **state)
{
    static struct folder f;
    FILE *in = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");

    if (in == NULL)
        return -1;
    f.n = fread(f.bytes, 1, sizeof f.bytes, in);
    fclose(in);
    snprintf(f.path, sizeof f.path, "/tmp/tz.XXXXXX");
    if (mkdtemp(f.path) == NULL)
        return -1;
    snprintf(f.file, sizeof f.file, "%s/X", f.path);
    setenv("TZDIR", f.path, 1);
    *state = &f;
    return 0;
}

static int folder_drop(void **state)
{
    struct folder *f = *state;

    unsetenv("TZDIR");
    unlink(f->file);
    return rmdir(f->path);
}

static struct tz *open_bytes(const struct folder *f, const void *p, size_t n)
{
    FILE *out = fopen(f->file, "wb");

    assert_non_null(out);
    assert_int_equal(fwrite(p, 1, n, out), n);
    fclose(out);
    return tz_open("X");
}

static void test_tzdir_is_read(void **state)
{
    struct folder *f = *state;
    struct tz *tz = open_bytes(f, f->bytes, f->n);

    assert_non_null(tz);
    local_is(tz, utc(2026, 7, 1, 0, 0), "2026-07-01 02:00:00 +120");
    tz_close(tz);
    assert_null(tz_open("Europe/Berlin"));
}

/* However a file is cut or bent, it is refused or read: never read beyond its end. */
static void test_damaged_files(void **state)
{
    struct folder *f = *state;
    unsigned char bent[sizeof f->bytes];

    for (size_t n = 0; n < f->n; n += n < 200 ? 1 : 17)
        assert_null(open_bytes(f, f->bytes, n));
    srandom(7);
    for (int i = 0; i < 2000; i++) {
        struct tz *tz;

        memcpy(bent, f->bytes, f->n);
        for (int k = 0; k < 3; k++)
            bent[(size_t)random() % (i % 2 ? 44 : f->n)] = (unsigned char)random();
        tz = open_bytes(f, bent, f->n);
        if (tz != NULL) {
            tz_local(tz, random() * SECOND);
            tz_instant(tz, (int32_t)(random() % 40000), 2, 30);
        }
        tz_close(tz);
    }
    memcpy(bent, f->bytes, f->n);
    bent[0] = 'X';
    assert_null(open_bytes(f, bent, f->n));
    bent[0] = 'T';
    bent[4] = '\0'; /* the first version had no 64-bit times */
    assert_null(open_bytes(f, bent, f->n));
    bent[4] = f->bytes[4];
    bent[f->n - 3] = '?'; /* in the rule */
    assert_null(open_bytes(f, bent, f->n));
}

/* ---- rules ---------------------------------------------------------------------- */

static enum status parse_rule(const char *s, struct tz_rule *r)
{
    return tz_rule_parse(s, strlen(s), r);
}

static void test_rules_are_read(void **state)
{
    struct tz_rule r;

    (void)state;
    assert_int_equal(parse_rule("<+10>-10", &r), ST_OK);
    assert_int_equal(r.standard, 36000);
    assert_false(r.changes);
    assert_int_equal(parse_rule("CET-1CEST,M3.5.0,M10.5.0/3", &r), ST_OK);
    assert_true(r.changes);
    assert_int_equal(r.standard, 3600);
    assert_int_equal(r.summer, 7200);
    assert_int_equal(r.to_summer.seconds, 7200);
    assert_int_equal(r.to_standard.seconds, 10800);
    assert_int_equal(parse_rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", &r), ST_OK);
    assert_int_equal(r.to_summer.seconds, -3600);
    assert_int_equal(parse_rule("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", &r), ST_OK);
    assert_int_equal(r.standard, 37800);
    assert_int_equal(parse_rule("EST5EDT,M1.1.0,J1", &r), ST_OK);
    assert_int_equal(parse_rule("EST5EDT,J60/2,J300/1:30:15", &r), ST_OK);
    assert_int_equal(r.to_standard.seconds, 5415);
}

static void test_rules_that_are_none(void **state)
{
    static const char *const bad[] = {"",
                                      "C",
                                      "CET",
                                      "CET-",
                                      "CET-1CEST",
                                      "CET-1CEST,M3.5.0",
                                      "CET-1CEST,M13.5.0,M10.5.0",
                                      "CET-1CEST,M3.6.0,M10.5.0",
                                      "CET-1CEST,M3.5.7,M10.5.0",
                                      "CET-1CEST,M0.5.0,M10.5.0",
                                      "CET-1CEST,M3.0.0,M10.5.0",
                                      "CET-1CEST,J0,J300",
                                      "CET-1CEST,J366,J300",
                                      "CET-1CEST,366,300",
                                      "CET-1CEST,M3.5.0/168,M10.5.0",
                                      "CET-1CEST,M3.5.0,M10.5.0x",
                                      "<+10-10",
                                      "CET-99",
                                      "CET-26",
                                      "CET26",
                                      "CET1:60",
                                      "CET-999999999999",
                                      "CET-1CEST;M3.5.0;M10.5.0"};
    char deep[300];
    struct tz_rule r;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (parse_rule(bad[i], &r) != ST_BAD)
            fail_msg("read: %s", bad[i]);
    memset(deep, 'A', sizeof deep);
    assert_int_equal(tz_rule_parse(deep, sizeof deep, &r), ST_BAD);
    assert_int_equal(tz_rule_parse("UTC0\0x", 6, &r), ST_BAD);
}

/* Day 60 without 29 February is 1 March in every year; day 59 counted from 0 is 29
 * February or 1 March. */
static void test_rules_by_day_of_the_year(void **state)
{
    struct tz_rule r;
    int64_t march = utc(2024, 3, 1, 0, 0) / SECOND;

    (void)state;
    assert_int_equal(parse_rule("AAA0BBB,J60/0,J300", &r), ST_OK);
    assert_int_equal(tz_rule_span(&r, march - 1).offset, 0);
    assert_int_equal(tz_rule_span(&r, march).offset, 3600);
    assert_int_equal(tz_rule_span(&r, utc(2023, 3, 1, 0, 0) / SECOND - 1).offset, 0);
    assert_int_equal(tz_rule_span(&r, utc(2023, 3, 1, 0, 0) / SECOND).offset, 3600);
    assert_int_equal(parse_rule("AAA0BBB,59/0,300", &r), ST_OK);
    assert_int_equal(tz_rule_span(&r, march - 86400).offset, 3600);
    assert_int_equal(tz_rule_span(&r, march - 86401).offset, 0);
    assert_int_equal(parse_rule("EST5EDT,0/0,J365/25", &r),
                     ST_OK); /* summer for ever */
    for (int64_t t = march; t < march + 800 * 86400LL; t += 3571)
        assert_int_equal(tz_rule_span(&r, t).offset, -4 * 3600);
}

/* ---- the C library as oracle ---------------------------------------------------- */

static const char *const zones[] = {"Asia/Vladivostok",
                                    "Asia/Kamchatka",
                                    "Europe/Moscow",
                                    "Europe/Kaliningrad",
                                    "Asia/Omsk",
                                    "Europe/Berlin",
                                    "Europe/London",
                                    "Europe/Dublin",
                                    "Europe/Lisbon",
                                    "Europe/Istanbul",
                                    "America/New_York",
                                    "America/Los_Angeles",
                                    "America/St_Johns",
                                    "America/Sao_Paulo",
                                    "America/Santiago",
                                    "America/Caracas",
                                    "America/Nuuk",
                                    "America/Havana",
                                    "Asia/Kolkata",
                                    "Asia/Kathmandu",
                                    "Asia/Tehran",
                                    "Asia/Gaza",
                                    "Asia/Tokyo",
                                    "Australia/Sydney",
                                    "Australia/Lord_Howe",
                                    "Africa/Cairo",
                                    "Africa/Casablanca",
                                    "Africa/Monrovia",
                                    "Pacific/Apia",
                                    "Pacific/Auckland",
                                    "Pacific/Chatham",
                                    "Pacific/Kiritimati",
                                    "Antarctica/Troll",
                                    "Etc/GMT+12",
                                    "UTC"};

#define INSTANTS 4000

/* In a child of its own, as TZ belongs to the whole process. 0: all agree. */
static int differs_from_libc(const char *name)
{
    struct tz *tz = tz_open(name);

    setenv("TZ", name, 1);
    tzset();
    srandom(20260302);
    for (int i = 0; tz != NULL && i < INSTANTS; i++) {
        int64_t last = utc(2060, 1, 1, 0, 0) / SECOND, before;
        time_t t =
            (time_t)(((uint64_t)random() << 31 | (uint64_t)random()) % (uint64_t)last);
        struct local l = tz_local(tz, t * SECOND);
        struct tm tm;

        localtime_r(&t, &tm);
        if (l.date.year != tm.tm_year + 1900 || l.date.month != tm.tm_mon + 1 ||
            l.date.day != tm.tm_mday || l.hour != tm.tm_hour || l.minute != tm.tm_min ||
            l.second != tm.tm_sec || l.offset != tm.tm_gmtoff)
            return 1;
        /* A wall time that was on a clock leads to its instant, or an earlier one that
         * showed the same. */
        before = tz_instant(tz, l.day, l.hour, l.minute) + l.second * SECOND;
        if (before > t * SECOND ||
            (before < t * SECOND - 3 * HOUR && l.offset % 60 == 0))
            return 2;
    }
    tz_close(tz);
    return tz == NULL ? 3 : 0;
}

static void test_agrees_with_the_c_library(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(zones); i++) {
        int status;
        pid_t child = fork();

        if (child == 0)
            _exit(differs_from_libc(zones[i]));
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            fail_msg("%s: %d", zones[i], WEXITSTATUS(status));
    }
}

static void test_texts(void **state)
{
    struct tz *tz = zone("Asia/Vladivostok");
    struct buf b = {0};

    (void)state;
    tz_add_time(&b, tz, utc(2026, 5, 12, 4, 31), "ru");
    buf_addc(&b, '|');
    tz_add_time(&b, tz, utc(2026, 5, 12, 4, 31), "en");
    buf_addc(&b, '|');
    tz_add_date(&b, tz, utc(2026, 5, 12, 14, 31), "ru");
    buf_addc(&b, '|');
    tz_add_date(&b, tz, utc(2026, 5, 12, 14, 31), "en");
    assert_string_equal(b.s, "12.05.2026 14:31|2026-05-12 14:31|13.05.2026|2026-05-13");
    buf_free(&b);
    tz_close(tz);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vladivostok),
        cmocka_unit_test(test_before_1970),
        cmocka_unit_test(test_berlin_gap_and_overlap),
        cmocka_unit_test(test_berlin_in_2075),
        cmocka_unit_test(test_new_york),
        cmocka_unit_test(test_a_day_that_was_not),
        cmocka_unit_test(test_offsets_of_half_hours),
        cmocka_unit_test(test_names_that_are_refused),
        cmocka_unit_test_setup_teardown(test_tzdir_is_read, folder_make, folder_drop),
        cmocka_unit_test_setup_teardown(test_damaged_files, folder_make, folder_drop),
        cmocka_unit_test(test_rules_are_read),
        cmocka_unit_test(test_rules_that_are_none),
        cmocka_unit_test(test_rules_by_day_of_the_year),
        cmocka_unit_test(test_agrees_with_the_c_library),
        cmocka_unit_test(test_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
