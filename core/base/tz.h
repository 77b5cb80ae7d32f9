/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/tz.h - IANA time zones, read from the system's TZif files
 * (/usr/share/zoneinfo, or $TZDIR), one handle a zone, no setenv("TZ").
 *
 * A wall time that a change of offset skips (gap) means the first instant after the
 * gap; one that occurs twice (overlap) means the first of the two. */
#ifndef CORE_BASE_TZ_H
#define CORE_BASE_TZ_H

#include "core/base/cal.h"
#include "core/base/tz_rule.h"

struct tz;

/* NULL: no such zone, or its file is damaged. Names with "..", a leading "/" or
 * characters outside [A-Za-z0-9_+/-] are refused. Yours. */
struct tz *tz_open(const char *name);
void tz_close(struct tz *tz);

struct local {
    struct date date;
    int hour, minute, second;
    int32_t day;    /* of date */
    int32_t offset; /* seconds east of UTC */
};

struct local tz_local(const struct tz *tz, int64_t now);
/* The instant (microseconds) of a wall time of that day. */
int64_t tz_instant(const struct tz *tz, int32_t day, int hour, int minute);

/* The stretch of one offset that holds that second (not microsecond) since 1970. Where
 * a zone's first or last one is open, its end is INT64_MIN or INT64_MAX. */
struct tz_span tz_span_at(const struct tz *tz, int64_t second);

/* "12.05.2026 14:31" ("2026-05-12 14:31" for en); date alone with tz_add_date. */
void tz_add_time(struct buf *out, const struct tz *tz, int64_t at, const char *lang);
void tz_add_date(struct buf *out, const struct tz *tz, int64_t at, const char *lang);

#endif
