/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/segment/moment.h"

#include "core/base/clock.h"

#include <ctype.h>
#include <stdio.h>

#define SPAN_MONTHS 120
#define SPAN_DAYS 3660
#define SPAN_SECONDS (3660 * 86400LL)

struct moment moment_make(int64_t now, const struct tz *tz, bool leap_to_march)
{
    return (struct moment){.now = now,
                           .tz = tz,
                           .today = tz_local(tz, now).day,
                           .leap_to_march = leap_to_march};
}

/* ---- spans ------------------------------------------------------------------------ */

/* The letters in their order; what stands behind T is time. */
static const struct part {
    char letter;
    bool time;
    int months, days;
    int64_t seconds;
} parts[] = {
    {'Y', false, 12, 0, 0}, {'M', false, 1, 0, 0},   {'W', false, 0, 7, 0},
    {'D', false, 0, 1, 0},  {'H', true, 0, 0, 3600}, {'M', true, 0, 0, 60},
};
#define PARTS (sizeof parts / sizeof *parts)

static bool span_fits(const struct span *p)
{
    return p->months <= SPAN_MONTHS && p->days <= SPAN_DAYS &&
           p->seconds <= SPAN_SECONDS;
}

/* "90D" at s; *part: which may come next. Answers its length, 0: none. */
static size_t part_read(const char *s, size_t n, bool time, size_t *part,
                        struct span *out)
{
    int64_t v = 0;
    size_t i = 0;

    while (i < n && i < 7 && isdigit((unsigned char)s[i]))
        v = v * 10 + (s[i++] - '0');
    if (i == 0 || i == n)
        return 0;
    while (*part < PARTS && (parts[*part].letter != s[i] || parts[*part].time != time))
        (*part)++;
    if (*part == PARTS)
        return 0;
    out->months += (int)v * parts[*part].months;
    out->days += (int)v * parts[*part].days;
    out->seconds += v * parts[*part].seconds;
    (*part)++;
    return i + 1;
}

enum status span_read(const char *s, size_t n, struct span *out)
{
    size_t at = 1, part = 0;
    bool time = false;

    *out = (struct span){0};
    if (n < 3 || n >= SPAN_BYTES || s[0] != 'P')
        return ST_BAD;
    while (at < n) {
        size_t len;

        if (s[at] == 'T') {
            if (time || at + 1 == n)
                return ST_BAD;
            time = true;
            at++;
        }
        len = part_read(s + at, n - at, time, &part, out);
        if (len == 0 || !span_fits(out))
            return ST_BAD;
        at += len;
    }
    return out->months + out->days + out->seconds > 0 ? ST_OK : ST_BAD;
}

void span_print(const struct span *p, char out[SPAN_BYTES])
{
    const struct {
        const char *before;
        int64_t n;
        char letter;
    } said[] = {
        {"", p->months / 12, 'Y'},
        {"", p->months % 12, 'M'},
        {"", p->days, 'D'},
        {p->seconds > 0 ? "T" : "", p->seconds / 3600, 'H'},
        {p->seconds > 0 && p->seconds < 3600 ? "T" : "", p->seconds % 3600 / 60, 'M'},
    };
    size_t at = (size_t)snprintf(out, SPAN_BYTES, "P");

    for (size_t i = 0; i < sizeof said / sizeof *said && at < SPAN_BYTES; i++)
        if (said[i].n > 0)
            at +=
                (size_t)snprintf(out + at, SPAN_BYTES - at, "%s%lld%c", said[i].before,
                                 (long long)said[i].n, said[i].letter);
}

static int32_t month_shift(int32_t day, int months)
{
    struct date d = cal_date(day);
    int count = d.year * 12 + d.month - 1 + months, days;

    d.year = count / 12;
    d.month = count % 12 + 1;
    days = cal_month_days(d.year, d.month);
    if (d.day > days)
        d.day = days;
    return cal_day(d);
}

int64_t moment_shift(const struct moment *m, const struct span *p, bool ahead)
{
    int way = ahead ? 1 : -1;
    int64_t at = m->now;

    if (p->months != 0 || p->days != 0) {
        struct local l = tz_local(m->tz, m->now);
        int32_t day = month_shift(l.day, way * p->months) + way * p->days;

        at = tz_instant(m->tz, day, l.hour, l.minute) + l.second * SECOND +
             m->now % SECOND;
    }
    return at + way * p->seconds * SECOND;
}

int64_t moment_day_start(const struct moment *m, int32_t day)
{
    return tz_instant(m->tz, day, 0, 0);
}

/* ---- birthdays -------------------------------------------------------------------- */

static int md(struct date d)
{
    return d.month * 100 + d.day;
}

/* Days of one year. In a common one 29 February goes with the day it is kept on. */
static struct md_range year_range(const struct moment *m, struct date from,
                                  struct date to)
{
    struct md_range r = {md(from), md(to)};

    if (!cal_leap(from.year) && !m->leap_to_march && r.last == 228)
        r.last = 229;
    if (!cal_leap(from.year) && m->leap_to_march && r.first == 301)
        r.first = 229;
    return r;
}

int moment_birthdays(const struct moment *m, int from, int to,
                     struct md_range out[MD_RANGES])
{
    int32_t day = m->today + from, last = m->today + to;
    int n = 0;

    while (day <= last && n < MD_RANGES) {
        struct date a = cal_date(day), end = {a.year, 12, 31};
        int32_t until = cal_day(end) < last ? cal_day(end) : last;

        out[n++] = year_range(m, a, cal_date(until));
        day = until + 1;
    }
    return n;
}

int32_t moment_born_by(const struct moment *m, int age)
{
    struct date today = cal_date(m->today), born = today;
    int32_t day;

    born.year -= age;
    if (born.year < 1)
        return cal_day((struct date){1, 1, 1});
    if (born.day > cal_month_days(born.year, born.month))
        born.day = cal_month_days(born.year, born.month);
    /* Who was born a day later may be that old already: on 29 February. */
    day = cal_day(born) + 1;
    while (cal_day(cal_birthday_in(cal_date(day), cal_date(day).year + age,
                                   m->leap_to_march)) > m->today)
        day--;
    return day;
}

void moment_days_since(const struct moment *m, int32_t lo, int32_t hi, int64_t *first,
                       int64_t *last)
{
    *first = hi == INT32_MAX ? MOMENT_FIRST : moment_day_start(m, m->today - hi);
    *last = lo == INT32_MIN ? MOMENT_LAST : moment_day_start(m, m->today - lo + 1) - 1;
    if (*first < MOMENT_FIRST)
        *first = MOMENT_FIRST;
    if (*last < MOMENT_FIRST)
        *last = MOMENT_FIRST;
}
