/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/segment/moment.h - "the last 90 days", "a birthday within a week", "30 years old":
 * what they come to, at one moment in the shop's calendar. Pure.
 *
 * A span is an ISO 8601 duration: P90D, P2W, P6M, P1Y, PT36H, P1MT12H. Its months and
 * days are the calendar's: P1D before noon is noon of the day before, though the clocks
 * were changed in between; P1M before 31 March is the last day of February. Hours and
 * minutes are exact. */
#ifndef CORE_SEGMENT_MOMENT_H
#define CORE_SEGMENT_MOMENT_H

#include "core/base/tz.h"

/* When a rule is asked, and by whose calendar. tz borrowed. */
struct moment {
    int64_t now;
    const struct tz *tz;
    int32_t today;      /* local day of now */
    bool leap_to_march; /* 29 February in a common year: 1 March, else 28 February */
};
struct moment moment_make(int64_t now, const struct tz *tz, bool leap_to_march);

#define SPAN_BYTES 64

struct span {
    int months, days;
    int64_t seconds;
};

/* ST_BAD: no duration, nothing long, longer than ten years. */
must_check enum status span_read(const char *s, size_t n, struct span *out);
void span_print(const struct span *p, char out[SPAN_BYTES]); /* "P1Y2M3DT4H5M" */

/* The moment that long before (ahead: after) now. */
int64_t moment_shift(const struct moment *m, const struct span *p, bool ahead);
/* Its first instant in the shop's calendar. */
int64_t moment_day_start(const struct moment *m, int32_t day);

/* ---- birthdays -------------------------------------------------------------------- */

/* MMDD, inclusive. */
struct md_range {
    int first, last;
};
#define MD_RANGES 4

/* Of everybody whose birthday is kept on a day from today + from to today + to, at most
 * a year: how many ranges. */
int moment_birthdays(const struct moment *m, int from, int to,
                     struct md_range out[MD_RANGES]);

/* The last date of birth of who is at least that old today; before year 1: the first day
 * there is. */
int32_t moment_born_by(const struct moment *m, int age);

/* The first and last instant from which to now `lo` to `hi` calendar days have passed;
 * INT32_MIN: however few, INT32_MAX: however many. */
void moment_days_since(const struct moment *m, int32_t lo, int32_t hi, int64_t *first,
                       int64_t *last);

/* No row of ours is before or behind these. */
#define MOMENT_FIRST 0LL
#define MOMENT_LAST 253402300799999999LL /* of the year 9999 */

#endif
