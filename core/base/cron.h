/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/cron.h - "0 9 * * mon-fri" in a time zone: when is it due next?
 *
 *   minute 0-59   hour 0-23   day 1-31   month 1-12 or jan-dec   weekday 0-7 or sun-sat
 *
 * A field is * or a list of numbers and ranges (1,15 or 9-18), each with a step if
 * wanted (star/5, 8-20/2, 10/15: from ten on). Weekday 0 and 7 are Sunday. Also @hourly,
 * @daily, @weekly, @monthly, @yearly. Where day and weekday are both given, either is
 * enough; where one begins with a star, both must fit.
 *
 * When the clocks of the zone change:
 *
 *   a fixed wall time that is skipped (gap)    the first minute that exists after it
 *   a fixed wall time that comes twice         the first of the two, only
 *   a minute or hour field that begins with *  runs in elapsed time, as the clock on the
 *                                              wall is seen: both hours of an overlap
 *                                              run, skipped minutes are not made up
 *
 * Several times skipped by one gap are due once. Where an old offset was not of whole
 * minutes, a minute begins when its zone's clock showed second 0.
 *
 * Plain values: copy them, keep them, nothing to free. Nothing here allocates. */
#ifndef CORE_BASE_CRON_H
#define CORE_BASE_CRON_H

#include "core/base/status.h"
#include "core/base/tz.h"

#include <stdbool.h>
#include <stdint.h>

struct cron {
    uint64_t minutes; /* bit n: minute n; the same below */
    uint32_t hours, days, months, weekdays;
    bool any_day, any_weekday; /* the field begins with a star */
    bool elapsed;              /* minute or hour do */
};

#define CRON_WHY 96

/* ST_BAD: why says in words what is wrong with which field; out is undefined. */
must_check enum status cron_parse(const char *s, struct cron *out, char why[CRON_WHY]);

/* The first moment after `after` (microseconds UTC, both). CRON_NEVER: there is none
 * within forty years, so there is none at all (30 February). */
#define CRON_NEVER INT64_MAX
int64_t cron_next(const struct cron *c, const struct tz *tz, int64_t after);

#endif
