/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Cron expressions, against an oracle that knows nothing of spans and offsets: it walks
 * two years of a zone minute by minute, asks the C library what the clock on the wall
 * shows, and writes down when each expression is due.
 *
 * Short dose: zones with the strangest clocks, in the years in which they were set. Full
 * dose (DVORIK_DOSE=full): all of the system's zones as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/cron.h"
#include "core/base/tz.h"
#include "tests/harness/dose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define YEARS 2
#define LEAD_S (4 * 86400) /* walked before the first year, to know what was reached */
#define MINUTES_MAX ((size_t)(YEARS * 366 + 5) * 1440 + 10)

/* ---- the oracle ----------------------------------------------------------------- */

/* What the clock on the wall shows, in a form that says nothing of offsets. */
struct shown {
    int minute, hour, day, month, weekday;
};

/* Each expression, and its meaning in words of C. elapsed: it is judged at each minute
 * that comes; else at each wall minute that is reached for the first time. */
static bool every_five(struct shown s)
{
    return s.minute % 5 == 0;
}
static bool half_past(struct shown s)
{
    return s.minute == 30;
}
static bool two_by_minutes(struct shown s)
{
    return s.hour == 2;
}
static bool even_hours(struct shown s)
{
    return s.minute == 7 && s.hour % 2 == 0;
}
static bool half_past_two(struct shown s)
{
    return s.minute == 30 && s.hour == 2;
}
static bool nine(struct shown s)
{
    return s.minute == 0 && s.hour == 9;
}
static bool midnight(struct shown s)
{
    return s.minute == 0 && s.hour == 0;
}
static bool night(struct shown s)
{
    return s.hour <= 3 && (s.minute == 0 || s.minute == 1 || s.minute == 30 ||
                           s.minute == 31 || s.minute == 59);
}
static bool last_minute(struct shown s)
{
    return s.minute == 59 && s.hour == 23;
}
static bool workdays(struct shown s)
{
    return s.minute == 15 && s.hour >= 1 && s.hour <= 2 && s.weekday >= 1 &&
           s.weekday <= 5;
}
static bool day_or_week(struct shown s)
{
    return s.minute == 0 && s.hour == 1 &&
           (s.day == 13 || s.day == 30 || s.weekday == 0);
}
static bool day_and_week(struct shown s)
{
    return s.minute == 0 && s.hour == 1 && s.day % 2 == 1 && s.weekday == 0;
}
static bool leap_day(struct shown s)
{
    return s.minute == 0 && s.hour == 2 && s.day == 29 && s.month == 2;
}

static const struct example {
    const char *text;
    bool (*means)(struct shown s);
    bool elapsed;
} examples[] = {
    {"*/5 * * * *", every_five, true},     {"30 * * * *", half_past, true},
    {"* 2 * * *", two_by_minutes, true},   {"7 */2 * * *", even_hours, true},
    {"30 2 * * *", half_past_two, false},  {"0 9 * * *", nine, false},
    {"@daily", midnight, false},           {"0,1,30-31,59 0-3 * * *", night, false},
    {"59 23 * * *", last_minute, false},   {"15 1-2 * * mon-Fri", workdays, false},
    {"0 1 13,30 * 7", day_or_week, false}, {"0 1 */2 * sun", day_and_week, false},
    {"0 2 29 feb *", leap_day, false},
};

struct walk {
    int64_t *at;   /* seconds at which a minute of the wall began */
    int64_t *wall; /* which: minutes since 1970 as the wall counts */
    size_t n;
    int64_t *due; /* of one example */
    size_t n_due;
};

static int64_t wall_of(struct tm tm)
{
    return timegm(&tm) / 60;
}

/* TZ is set. A minute is stepped over whole, unless the clocks were set within it. */
static void walk_take(struct walk *w, int64_t from, int64_t until)
{
    time_t t = from;

    w->n = 0;
    while (t < until && w->n < MINUTES_MAX) {
        struct tm tm;
        time_t next;

        localtime_r(&t, &tm);
        if (tm.tm_sec != 0) {
            t++;
            continue;
        }
        w->at[w->n] = t;
        w->wall[w->n++] = wall_of(tm);
        next = t + 60;
        localtime_r(&next, &tm);
        t = tm.tm_sec == 0 && wall_of(tm) == w->wall[w->n - 1] + 1 ? next : t + 1;
    }
}

static struct shown shown_of(int64_t wall)
{
    time_t t = wall * 60;
    struct tm tm;

    gmtime_r(&t, &tm);
    return (struct shown){tm.tm_min, tm.tm_hour, tm.tm_mday, tm.tm_mon + 1, tm.tm_wday};
}

/* Calendars are slow to ask; the day is asked once, the minutes are counted. */
static struct shown shown_fast(int64_t wall)
{
    static int64_t day = INT64_MIN;
    static struct shown s;
    int64_t d = (wall - (wall % 1440 + 1440) % 1440) / 1440;
    int rest = (int)(wall - d * 1440);

    if (d != day) {
        day = d;
        s = shown_of(d * 1440);
    }
    s.hour = rest / 60;
    s.minute = rest % 60;
    return s;
}

static void walk_due(struct walk *w, const struct example *e)
{
    int64_t reached = w->wall[0];

    w->n_due = 0;
    for (size_t i = 1; i < w->n; i++) {
        bool due = false;

        if (e->elapsed)
            due = e->means(shown_fast(w->wall[i]));
        for (int64_t m = reached + 1; !e->elapsed && m <= w->wall[i] && !due; m++)
            due = e->means(shown_fast(m));
        if (w->wall[i] > reached)
            reached = w->wall[i];
        if (due)
            w->due[w->n_due++] = w->at[i];
    }
}

static int64_t due_after(const struct walk *w, int64_t second)
{
    size_t low = 0, high = w->n_due;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (w->due[mid] <= second)
            low = mid + 1;
        else
            high = mid;
    }
    return low < w->n_due ? w->due[low] : INT64_MAX;
}

/* ---- the comparison ------------------------------------------------------------- */

struct case_ {
    const char *zone;
    int year;
};

static int tell(const struct case_ *c, const struct example *e, int64_t after,
                int64_t want, int64_t got)
{
    fprintf(stderr, "%s %d, \"%s\" after %lld: %lld expected, %lld got\n", c->zone,
            c->year, e->text, (long long)after, (long long)want, (long long)got);
    return 1;
}

static int differs_from(const struct case_ *c, const struct walk *w, int64_t start,
                        const struct example *e, const struct tz *tz)
{
    int64_t end = w->at[w->n - 1], after = start;
    struct cron cron;
    char why[CRON_WHY];

    if (cron_parse(e->text, &cron, why) != ST_OK)
        return fprintf(stderr, "%s: %s\n", e->text, why);
    for (;;) { /* each tick follows from the one before */
        int64_t want = due_after(w, after);
        int64_t got = cron_next(&cron, tz, after * SECOND + SECOND / 2) / SECOND;

        if (want == INT64_MAX && got > end)
            break;
        if (want != got)
            return tell(c, e, after, want, got);
        after = want;
    }
    for (int i = 0; i < 3000; i++) { /* and from any second */
        size_t span = (size_t)(end - 40 * 86400 - start);
        int64_t t = start + (int64_t)((size_t)random() % span);
        int64_t want = due_after(w, t), got = cron_next(&cron, tz, t * SECOND) / SECOND;

        if (want != INT64_MAX && want != got)
            return tell(c, e, t, want, got);
    }
    return 0;
}

/* From every second around the moments at which the wall's clock was set. */
static int differs_at_changes(const struct case_ *c, const struct walk *w,
                              int64_t start, const struct example *e,
                              const struct tz *tz)
{
    struct cron cron;
    char why[CRON_WHY];

    if (cron_parse(e->text, &cron, why) != ST_OK)
        return 1;
    for (size_t i = 1; i < w->n; i++) {
        if ((w->wall[i] == w->wall[i - 1] + 1 && w->at[i] == w->at[i - 1] + 60) ||
            w->at[i] < start)
            continue;
        for (int64_t t = w->at[i] - 4000; t < w->at[i] + 8000;
             t += llabs(t - w->at[i]) < 130 ? 1 : 29) {
            int64_t want = due_after(w, t);
            int64_t got = cron_next(&cron, tz, t * SECOND) / SECOND;

            if (want != INT64_MAX && want != got)
                return tell(c, e, t, want, got);
        }
    }
    return 0;
}

static int case_differs(const struct case_ *c, struct walk *w)
{
    struct tz *tz = tz_open(c->zone);
    int64_t start = cal_day((struct date){c->year, 1, 1}) * 86400LL;
    int64_t end = cal_day((struct date){c->year + YEARS, 1, 1}) * 86400LL;
    char name[80];
    int bad = 0;

    if (tz == NULL)
        return fprintf(stderr, "no zone %s\n", c->zone);
    snprintf(name, sizeof name, ":%s", c->zone);
    setenv("TZ", name, 1);
    tzset();
    walk_take(w, start - LEAD_S, end);
    for (size_t i = 0; i < COUNT(examples) && bad == 0; i++) {
        walk_due(w, &examples[i]);
        bad = differs_from(c, w, start, &examples[i], tz) ||
              differs_at_changes(c, w, start, &examples[i], tz);
    }
    tz_close(tz);
    return bad;
}

/* In a child: TZ is the process's. */
static int cases_differ(const struct case_ *cases, size_t n)
{
    struct walk w = {.at = calloc(MINUTES_MAX, sizeof *w.at),
                     .wall = calloc(MINUTES_MAX, sizeof *w.wall),
                     .due = calloc(MINUTES_MAX, sizeof *w.due)};
    int bad = 0;

    if (w.at == NULL || w.wall == NULL || w.due == NULL)
        return 1;
    srandom(20261120);
    for (size_t i = 0; i < n && bad == 0; i++)
        bad = case_differs(&cases[i], &w);
    free(w.at);
    free(w.wall);
    free(w.due);
    return bad != 0;
}

static void all_agree(const struct case_ *cases, size_t n)
{
    pid_t child;
    int status;

    fflush(NULL);
    child = fork();
    if (child == 0)
        _exit(cases_differ(cases, n));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static const struct case_ strange[] = {
    {"Asia/Vladivostok", 2026},
    {"Asia/Vladivostok", 2010},    /* summer time for good, */
    {"Asia/Vladivostok", 2014},    /* and back to an hour less */
    {"Australia/Lord_Howe", 2026}, /* half an hour of summer */
    {"Pacific/Apia", 2011},        /* had no 30 December */
    {"Pacific/Kwajalein", 1993},   /* had no 21 August */
    {"America/Sitka", 1867},       /* had its 18 October twice, nearly */
    {"Asia/Manila", 1844},         /* no 31 December, and odd seconds */
    {"Africa/Casablanca", 2026},   /* four changes a year */
    {"Antarctica/Troll", 2026},    /* two hours of summer */
    {"Europe/Amsterdam", 1937},    /* twenty-eight seconds */
    {"Africa/Monrovia", 1972},     /* forty-four minutes and a half */
    {"Asia/Pyongyang", 2015},
    {"America/Caracas", 2016},
    {"Europe/Berlin", 2027},    /* a leap day */
    {"America/Santiago", 2026}, /* midnight itself is skipped */
    {"Asia/Gaza", 2026},
    {"UTC", 2026},
};

static void strange_clocks_agree_with_the_minute_scan(void **state)
{
    (void)state;
    all_agree(strange, COUNT(strange));
}

/* "Z Europe/Berlin …" and "L Europe/Berlin Arctic/Longyearbyen" */
static size_t zones_read(char names[][64], size_t max)
{
    FILE *f = fopen("/usr/share/zoneinfo/tzdata.zi", "re");
    char line[512], other[64];
    size_t n = 0;

    assert_non_null(f);
    while (n < max && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "Z %63s", names[n]) == 1 ||
            sscanf(line, "L %63s %63s", other, names[n]) == 2)
            n++;
    fclose(f);
    return n;
}

/* As many processes as the machine has processors would be rude: two. */
static void every_zone_agrees_with_the_minute_scan(void **state)
{
    static char names[700][64];
    static struct case_ cases[700];
    size_t n = zones_read(names, COUNT(names)), few = dose_full() ? n : 8;
    unsigned long day = (unsigned long)(clock_now() / DAY);
    int left = 2, status, bad = 0;

    (void)state;
    assert_true(n > 500);
    for (size_t i = 0; i < few; i++) /* a short dose takes others each day */
        cases[i] = (struct case_){names[(i * (n / few) + day) % n], 2026};
    fflush(NULL);
    for (int part = 0; part < left; part++)
        if (fork() == 0)
            _exit(cases_differ(cases + (size_t)part * few / 2,
                               (size_t)(part + 1) * few / 2 - (size_t)part * few / 2));
    for (; left > 0; left--) {
        assert_true(wait(&status) > 0);
        bad |= status;
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strange_clocks_agree_with_the_minute_scan),
        cmocka_unit_test(every_zone_agrees_with_the_minute_scan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
