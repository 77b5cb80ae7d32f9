/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/exposition.h - the text format of Prometheus (0.0.4), read as strictly
 * as its document says, by a reader that shares nothing with core/base/metrics.c.
 *
 * Refused: a family without HELP or TYPE, with two of either, or in two places; a name
 * or label that is none; an escape that is none; a series twice; a counter that does
 * not end in _total or is negative; a histogram whose buckets do not grow, lack +Inf,
 * or disagree with _count; a last line without its end. */
#ifndef TESTS_HARNESS_EXPOSITION_H
#define TESTS_HARNESS_EXPOSITION_H

#include <stdbool.h>
#include <stddef.h>

struct exposition {
    struct series {
        char *name; /* with its labels, as written */
        double value;
    } * series;
    size_t n;
    char why[300]; /* why it was refused */
};

bool exposition_read(struct exposition *e, const char *text);
void exposition_free(struct exposition *e);

/* The family that a series belongs to: without labels, and without the _bucket, _sum or
 * _count of a histogram. Lent by it until the next call. */
const char *exposition_family(const struct series *s);

bool exposition_has(const struct exposition *e, const char *series);
/* The value of a series; of one that is not there, -1. */
double exposition_value(const struct exposition *e, const char *series);
/* Of all series that begin so. */
double exposition_sum(const struct exposition *e, const char *prefix);

#endif
