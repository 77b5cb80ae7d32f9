/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/tz_rule.h - the rule that ends a TZif file: "CET-1CEST,M3.5.0,M10.5.0/3",
 * "<+10>-10". It says what the clocks do in all the years behind the file's table. */
#ifndef CORE_BASE_TZ_RULE_H
#define CORE_BASE_TZ_RULE_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When, in any year: seconds are of the wall clock that is about to change. */
struct tz_change {
    enum { BY_WEEKDAY, BY_DAY, BY_DAY_NO_LEAP } by;
    int month, week, day;
    int32_t seconds;
};

struct tz_rule {
    int32_t standard, summer; /* seconds east of UTC */
    bool changes;             /* false: standard all the year */
    struct tz_change to_summer, to_standard;
};

/* A stretch of time with one offset: from <= t < until, in seconds. */
struct tz_span {
    int64_t from, until;
    int32_t offset;
};

/* s[0..n) is the text between the newlines. */
must_check enum status tz_rule_parse(const char *s, size_t n, struct tz_rule *out);

/* The stretch that holds second t. */
struct tz_span tz_rule_span(const struct tz_rule *rule, int64_t t);

#endif
