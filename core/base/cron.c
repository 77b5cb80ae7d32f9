/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/cron.h"

#include "core/base/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DAY_MINUTES 1440
#define DAY_SECONDS 86400
/* 29 February on a given weekday: forty years apart around 2100 at the most. */
#define SEARCH_DAYS (41 * 366)
/* No zone was ever set back further than this within as many hours. */
#define SET_BACK_MAX (2 * DAY_SECONDS)

/* ---- reading -------------------------------------------------------------------- */

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                          "jul", "aug", "sep", "oct", "nov", "dec"};
static const char *const weekday_names[] = {"sun", "mon", "tue", "wed",
                                            "thu", "fri", "sat"};

enum { MINUTE_FIELD, HOUR_FIELD, DAY_FIELD, MONTH_FIELD, WEEKDAY_FIELD, FIELDS };

static const struct field {
    const char *name;
    int min, max;
    const char *const *names;
    int n_names;
} fields[FIELDS] = {
    {"minute", 0, 59, NULL, 0},
    {"hour", 0, 23, NULL, 0},
    {"day", 1, 31, NULL, 0},
    {"month", 1, 12, month_names, 12},
    {"weekday", 0, 7, weekday_names, 7},
};

static const struct {
    const char *word, *means;
} words[] = {
    {"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},  {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"},
};

struct reader {
    const char *s; /* what is left */
    char *why;
};

static bool wrong(struct reader *r, const struct field *f, const char *what)
{
    snprintf(r->why, CRON_WHY, "the %s: %s", f->name, what);
    return false;
}

static bool take_name(struct reader *r, const struct field *f, int *out)
{
    for (int i = 0; i < f->n_names; i++) {
        if (strncasecmp(r->s, f->names[i], 3) != 0)
            continue;
        r->s += 3;
        *out = f->min + i;
        return true;
    }
    return wrong(r, f, "a number, a range or * is expected");
}

static bool take_number(struct reader *r, const struct field *f, int *out)
{
    int v = 0;

    if (!isdigit((unsigned char)*r->s))
        return take_name(r, f, out);
    while (isdigit((unsigned char)*r->s) && v < 1000)
        v = v * 10 + (*r->s++ - '0');
    *out = v;
    if (v >= f->min && v <= f->max)
        return true;
    snprintf(r->why, CRON_WHY, "the %s: %d is not between %d and %d", f->name, v,
             f->min, f->max);
    return false;
}

static bool take_step(struct reader *r, const struct field *f, int *step)
{
    int v = 0;

    r->s++; /* the slash */
    if (!isdigit((unsigned char)*r->s))
        return wrong(r, f, "a number is expected after /");
    while (isdigit((unsigned char)*r->s) && v < 1000)
        v = v * 10 + (*r->s++ - '0');
    *step = v;
    return v >= 1 && v <= f->max ? true : wrong(r, f, "that step is out of range");
}

/* "*", "5", "9-18", each perhaps with "/2". "sat-sun" ends on day 7. */
static bool take_range(struct reader *r, const struct field *f, int *from, int *to)
{
    if (*r->s == '*') {
        r->s++;
        *from = f->min;
        *to = f->max;
        return true;
    }
    if (!take_number(r, f, from))
        return false;
    *to = *r->s == '/' ? f->max : *from;
    if (*r->s != '-')
        return true;
    r->s++;
    if (!take_number(r, f, to))
        return false;
    if (*to == 0 && f->max == 7)
        *to = 7;
    return *from <= *to ? true : wrong(r, f, "that range runs backwards");
}

static bool take_item(struct reader *r, const struct field *f, uint64_t *set)
{
    int from, to, step = 1;

    if (!take_range(r, f, &from, &to) || (*r->s == '/' && !take_step(r, f, &step)))
        return false;
    for (int v = from; v <= to; v += step)
        *set |= 1ULL << v;
    return true;
}

static bool take_field(struct reader *r, const struct field *f, uint64_t *set,
                       bool *star)
{
    r->s += strspn(r->s, " \t");
    *set = 0;
    *star = *r->s == '*';
    if (*r->s == '\0')
        return wrong(r, f, "missing; five fields are expected");
    for (;;) {
        if (!take_item(r, f, set))
            return false;
        if (*r->s != ',')
            break;
        r->s++;
    }
    if (*r->s != '\0' && *r->s != ' ' && *r->s != '\t')
        return wrong(r, f, "something is behind it that does not belong there");
    return true;
}

static const char *spelled_out(const char *s)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(s, words[i].word) == 0)
            return words[i].means;
    return s;
}

enum status cron_parse(const char *s, struct cron *out, char why[CRON_WHY])
{
    struct reader r = {.s = spelled_out(s), .why = why};
    uint64_t set[FIELDS];
    bool star[FIELDS];

    why[0] = '\0';
    for (int i = 0; i < FIELDS; i++)
        if (!take_field(&r, &fields[i], &set[i], &star[i]))
            return ST_BAD;
    if (r.s[strspn(r.s, " \t")] != '\0') {
        snprintf(why, CRON_WHY, "there is a sixth field");
        return ST_BAD;
    }
    if (set[WEEKDAY_FIELD] & 1ULL << 7)
        set[WEEKDAY_FIELD] |= 1;
    *out = (struct cron){
        .minutes = set[MINUTE_FIELD],
        .hours = (uint32_t)set[HOUR_FIELD],
        .days = (uint32_t)set[DAY_FIELD],
        .months = (uint32_t)set[MONTH_FIELD],
        .weekdays = (uint32_t)set[WEEKDAY_FIELD],
        .any_day = star[DAY_FIELD],
        .any_weekday = star[WEEKDAY_FIELD],
        .elapsed = star[MINUTE_FIELD] || star[HOUR_FIELD],
    };
    return ST_OK;
}

/* ---- which minutes of the calendar ---------------------------------------------- */

/* A wall minute: minutes since 1970-01-01 00:00 as the clock on the wall counts. */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool day_fits(const struct cron *c, struct date d, int32_t day)
{
    bool by_day = c->days >> d.day & 1, by_week = c->weekdays >> cal_weekday(day) & 1;

    if (c->any_day || c->any_weekday)
        return by_day && by_week;
    return by_day || by_week;
}

/* The first day from `day` on that fits; false: none in SEARCH_DAYS. */
static bool next_day(const struct cron *c, int32_t *day)
{
    int32_t end = *day + SEARCH_DAYS;

    while (*day < end) {
        struct date d = cal_date(*day);
        int last = cal_month_days(d.year, d.month);

        if (!(c->months >> d.month & 1)) {
            *day += last - d.day + 1;
            continue;
        }
        for (; d.day <= last; d.day++, ++*day)
            if (day_fits(c, d, *day))
                return true;
    }
    return false;
}

/* The first minute of a day from `from` on, or -1. */
static int next_in_day(const struct cron *c, int from)
{
    for (int hour = from / 60; hour < 24; hour++) {
        uint64_t left = c->minutes;

        if (!(c->hours >> hour & 1))
            continue;
        if (hour == from / 60)
            left &= ~0ULL << from % 60;
        if (left != 0)
            return hour * 60 + __builtin_ctzll(left);
    }
    return -1;
}

/* The first wall minute from `wall` on that the fields name; CRON_NEVER. */
static int64_t next_wall(const struct cron *c, int64_t wall)
{
    int32_t first = (int32_t)floor_div(wall, DAY_MINUTES), day = first;
    int minute;

    if (!next_day(c, &day))
        return CRON_NEVER;
    minute =
        next_in_day(c, day == first ? (int)(wall - (int64_t)first * DAY_MINUTES) : 0);
    if (minute < 0) {
        day++;
        if (!next_day(c, &day))
            return CRON_NEVER;
        minute = next_in_day(c, 0);
    }
    return (int64_t)day * DAY_MINUTES + minute;
}

/* ---- and when they come --------------------------------------------------------- */

/* In elapsed time: each stretch of one offset is searched by itself. */
static int64_t next_seen(const struct cron *c, const struct tz *tz, int64_t second)
{
    int64_t end = second + (int64_t)SEARCH_DAYS * DAY_SECONDS;
    int64_t wall = CRON_NEVER, searched = INT64_MAX;

    while (second < end) {
        struct tz_span span = tz_span_at(tz, second);
        int64_t low = floor_div(second + span.offset + 59, 60);

        if (low < searched || low > wall) { /* else what was found is still the next */
            searched = low;
            wall = next_wall(c, low);
            if (wall == CRON_NEVER)
                return CRON_NEVER;
        }
        if (wall * 60 - span.offset < span.until)
            return wall * 60 - span.offset;
        second = span.until;
    }
    return CRON_NEVER;
}

/* The last wall minute that began in this stretch until second t, t itself included;
 * one that was under way already when the clocks were set is none. */
static int64_t last_begun(const struct tz_span *span, int64_t t)
{
    int64_t wall = floor_div(t + span->offset, 60);

    return wall * 60 - span->offset < span->from ? INT64_MIN : wall;
}

/* The furthest that the clock on the wall ever was until second t. */
static int64_t furthest(const struct tz *tz, int64_t t)
{
    struct tz_span span = tz_span_at(tz, t);
    int64_t far = last_begun(&span, t);

    while (span.from > t - SET_BACK_MAX) {
        int64_t before, end = span.from - 1;

        span = tz_span_at(tz, end);
        before = last_begun(&span, end);
        if (before > far)
            far = before;
    }
    return far;
}

/* When a wall minute comes first; in a gap, the first minute behind it. */
static int64_t first_second(const struct tz *tz, int64_t wall)
{
    int32_t day = (int32_t)floor_div(wall, DAY_MINUTES);
    int rest = (int)(wall - (int64_t)day * DAY_MINUTES);
    int64_t second = tz_instant(tz, day, rest / 60, rest % 60) / SECOND;
    struct tz_span span = tz_span_at(tz, second);
    int64_t into = second + span.offset - floor_div(second + span.offset, 60) * 60;

    return into == 0 ? second : second + 60 - into;
}

static int64_t next_fixed(const struct cron *c, const struct tz *tz, int64_t second)
{
    int64_t wall = next_wall(c, furthest(tz, second - 1) + 1);

    return wall == CRON_NEVER ? CRON_NEVER : first_second(tz, wall);
}

int64_t cron_next(const struct cron *c, const struct tz *tz, int64_t after)
{
    int64_t second = floor_div(after, SECOND) + 1, next;

    next = c->elapsed ? next_seen(c, tz, second) : next_fixed(c, tz, second);
    return next == CRON_NEVER ? CRON_NEVER : next * SECOND;
}
