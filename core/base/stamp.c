/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/stamp.h"

#include "core/base/cal.h"
#include "core/base/clock.h"

#include <ctype.h>
#include <stdio.h>

void stamp_print(int64_t now, char out[STAMP_BYTES])
{
    int64_t day = now / DAY, rest = now % DAY;
    struct date d;
    int n;

    if (rest < 0) {
        day--;
        rest += DAY;
    }
    d = cal_date((int32_t)day);
    n = snprintf(out, STAMP_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d", d.year % 10000,
                 d.month, d.day, (int)(rest / HOUR), (int)(rest / MINUTE % 60),
                 (int)(rest / SECOND % 60));
    if (rest % SECOND != 0)
        n += snprintf(out + n, STAMP_BYTES - (size_t)n, ".%06d", (int)(rest % SECOND));
    snprintf(out + n, STAMP_BYTES - (size_t)n, "Z");
}

void stamp_print_day(int32_t day, char out[STAMP_BYTES])
{
    struct date d = cal_date(day);

    snprintf(out, STAMP_BYTES, "%04d-%02d-%02d", d.year % 10000, d.month, d.day);
}

/* Exactly `places` digits at *s, which moves behind them; -1 when there are none. */
static int digits(const char **s, const char *end, int places)
{
    int v = 0;

    for (int i = 0; i < places; i++, (*s)++) {
        if (*s == end || !isdigit((unsigned char)**s))
            return -1;
        v = v * 10 + (**s - '0');
    }
    return v;
}

static bool symbol(const char **s, const char *end, char c)
{
    if (*s == end || **s != c)
        return false;
    (*s)++;
    return true;
}

static bool read_day(const char **s, const char *end, int32_t *day)
{
    struct date d = {.year = digits(s, end, 4)};

    if (!symbol(s, end, '-'))
        return false;
    d.month = digits(s, end, 2);
    if (!symbol(s, end, '-'))
        return false;
    d.day = digits(s, end, 2);
    if (d.year < 1 || d.month < 0 || d.day < 0 || !cal_valid(d))
        return false;
    *day = cal_day(d);
    return true;
}

static bool read_time(const char **s, const char *end, int64_t *us)
{
    int h = digits(s, end, 2), m, sec;
    int64_t part = 100000;

    if (h < 0 || h > 23 || !symbol(s, end, ':'))
        return false;
    m = digits(s, end, 2);
    if (m < 0 || m > 59 || !symbol(s, end, ':'))
        return false;
    sec = digits(s, end, 2);
    if (sec < 0 || sec > 60)
        return false;
    *us = h * HOUR + m * MINUTE + sec * SECOND;
    if (!symbol(s, end, '.'))
        return true;
    if (*s == end || !isdigit((unsigned char)**s))
        return false;
    for (; *s != end && isdigit((unsigned char)**s); (*s)++, part /= 10)
        *us += (**s - '0') * part;
    return true;
}

/* What the offset adds to UTC. */
static enum status read_offset(const char *s, const char *end, int64_t *us)
{
    int64_t sign;
    int h, m;

    *us = 0;
    if (s == end)
        return ST_REFUSED;
    if (*s == 'Z' || *s == 'z')
        return s + 1 == end ? ST_OK : ST_BAD;
    if (*s != '+' && *s != '-')
        return ST_BAD;
    sign = *s++ == '+' ? 1 : -1;
    h = digits(&s, end, 2);
    if (h < 0 || h > 23 || !symbol(&s, end, ':'))
        return ST_BAD;
    m = digits(&s, end, 2);
    if (m < 0 || m > 59 || s != end)
        return ST_BAD;
    *us = sign * (h * HOUR + m * MINUTE);
    return ST_OK;
}

enum status stamp_read(const char *s, size_t n, int64_t *out)
{
    const char *end = s + n;
    int64_t time = 0, offset = 0;
    int32_t day = 0;
    enum status st;

    if (!read_day(&s, end, &day))
        return ST_BAD;
    if (!symbol(&s, end, 'T') && !symbol(&s, end, 't') && !symbol(&s, end, ' '))
        return ST_BAD;
    if (!read_time(&s, end, &time))
        return ST_BAD;
    st = read_offset(s, end, &offset);
    if (st != ST_OK)
        return st;
    *out = day * DAY + time - offset;
    return *out < 0 ? ST_BAD : ST_OK;
}

enum status stamp_read_day(const char *s, size_t n, int32_t *out)
{
    const char *end = s + n;

    return read_day(&s, end, out) && s == end ? ST_OK : ST_BAD;
}
