/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/tz_rule.h"

#include "core/base/cal.h"

#include <ctype.h>
#include <string.h>

#define DAY_SECONDS 86400
#define TEXT_MAX 128

/* Each taker moves *s behind what it took; false: that is not there. */

static bool take_char(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static bool take_number(const char **s, int max, int *out)
{
    int v = 0;

    if (!isdigit((unsigned char)**s))
        return false;
    while (isdigit((unsigned char)**s) && v <= max)
        v = v * 10 + (*(*s)++ - '0');
    *out = v;
    return v <= max;
}

/* CET or <+10> */
static bool take_name(const char **s)
{
    const char *start = *s;

    if (take_char(s, '<')) {
        *s += strspn(*s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                         "0123456789+-");
        return take_char(s, '>');
    }
    while (isalpha((unsigned char)**s))
        (*s)++;
    return *s - start >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(const char **s, int32_t *out)
{
    int sign = take_char(s, '-') ? -1 : 1, h, m = 0, sec = 0;

    if (sign > 0)
        take_char(s, '+');
    if (!take_number(s, 167, &h))
        return false;
    if (take_char(s, ':')) {
        if (!take_number(s, 59, &m))
            return false;
        if (take_char(s, ':') && !take_number(s, 59, &sec))
            return false;
    }
    *out = sign * (h * 3600 + m * 60 + sec);
    return true;
}

/* POSIX counts west of Greenwich; we count east. */
static bool take_offset(const char **s, int32_t *out)
{
    if (!take_time(s, out) || *out > 25 * 3600 || *out < -25 * 3600)
        return false;
    *out = -*out;
    return true;
}

/* ,M3.5.0/3   ,J60   ,59/-1 */
static bool take_change(const char **s, struct tz_change *c)
{
    bool fine;

    if (!take_char(s, ','))
        return false;
    if (take_char(s, 'M')) {
        c->by = BY_WEEKDAY;
        fine = take_number(s, 12, &c->month) && c->month >= 1 && take_char(s, '.') &&
               take_number(s, 5, &c->week) && c->week >= 1 && take_char(s, '.') &&
               take_number(s, 6, &c->day);
    } else if (take_char(s, 'J')) {
        c->by = BY_DAY_NO_LEAP;
        fine = take_number(s, 365, &c->day) && c->day >= 1;
    } else {
        c->by = BY_DAY;
        fine = take_number(s, 365, &c->day);
    }
    c->seconds = 2 * 3600;
    if (fine && take_char(s, '/'))
        fine = take_time(s, &c->seconds);
    return fine;
}

enum status tz_rule_parse(const char *s, size_t n, struct tz_rule *out)
{
    char text[TEXT_MAX];

    *out = (struct tz_rule){0};
    if (n >= sizeof text || memchr(s, '\0', n) != NULL)
        return ST_BAD;
    memcpy(text, s, n);
    text[n] = '\0';
    s = text;
    if (!take_name(&s) || !take_offset(&s, &out->standard))
        return ST_BAD;
    if (*s == '\0')
        return ST_OK;
    out->changes = true;
    if (!take_name(&s))
        return ST_BAD;
    out->summer = out->standard + 3600;
    if (*s != ',' && !take_offset(&s, &out->summer))
        return ST_BAD;
    if (!take_change(&s, &out->to_summer) || !take_change(&s, &out->to_standard))
        return ST_BAD;
    return *s == '\0' ? ST_OK : ST_BAD;
}

/* ---- when in a year ------------------------------------------------------------- */

static int32_t day_by_weekday(const struct tz_change *c, int year)
{
    int32_t first = cal_day((struct date){year, c->month, 1});
    int into = (c->day - cal_weekday(first) + 7) % 7 + (c->week - 1) * 7;

    while (into >= cal_month_days(year, c->month)) /* week 5 is the last one */
        into -= 7;
    return first + into;
}

/* The second of that year's change, when the offset until then is `before`. */
static int64_t change_at(const struct tz_change *c, int year, int32_t before)
{
    int32_t day = cal_day((struct date){year, 1, 1});

    if (c->by == BY_WEEKDAY)
        day = day_by_weekday(c, year);
    else if (c->by == BY_DAY)
        day += c->day;
    else
        day += c->day - 1 +
               (cal_leap(year) && c->day >= 60); /* 29 February is not counted */
    return (int64_t)day * DAY_SECONDS + c->seconds - before;
}

struct change_at {
    int64_t at;
    int32_t offset; /* from then on */
};

/* Both changes of a year, in the order of time. */
static void year_changes(const struct tz_rule *rule, int year, struct change_at out[2])
{
    struct change_at summer = {change_at(&rule->to_summer, year, rule->standard),
                               rule->summer};
    struct change_at standard = {change_at(&rule->to_standard, year, rule->summer),
                                 rule->standard};
    bool south = standard.at < summer.at;

    out[0] = south ? standard : summer;
    out[1] = south ? summer : standard;
}

static int year_of(int64_t t)
{
    int64_t day = t / DAY_SECONDS - (t % DAY_SECONDS < 0);

    return cal_date((int32_t)day).year;
}

/* A change of one year may fall into its neighbour: three years are looked at. */
struct tz_span tz_rule_span(const struct tz_rule *rule, int64_t t)
{
    struct tz_span span = {INT64_MIN, INT64_MAX, rule->standard};
    struct change_at changes[6];
    int year = year_of(t);

    if (!rule->changes)
        return span;
    for (int i = 0; i < 3; i++)
        year_changes(rule, year - 1 + i, changes + 2 * i);
    for (int i = 0; i < 6; i++) {
        if (changes[i].at > t) {
            span.until = changes[i].at;
            break;
        }
        span.from = changes[i].at;
        span.offset = changes[i].offset;
    }
    return span;
}
