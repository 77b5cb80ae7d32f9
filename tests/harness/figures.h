/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/figures.h - a random history of a shop, and its figures by the SQL that
 * docs/statistics.md tells people. */
#ifndef TESTS_HARNESS_FIGURES_H
#define TESTS_HARNESS_FIGURES_H

#include "core/stat.h"
#include "tests/harness/shop.h"

/* Customers (some left out), discounts, redemptions (some undone), messages and the
 * audit of comings and goings, between two moments; the same for the same seed. */
struct figures_spec {
    int64_t from, until;
    int customers; /* each with about two discounts and six messages */
    unsigned seed;
};
void figures_fill(struct shop *s, const struct figures_spec *spec);

/* What the documented statements answer, by store, source, person or altogether; of a
 * day, week or month: ask for its days. Fails the test when the page has no SQL. */
void figures_documented(struct db *db, const struct stat_ask *ask,
                        struct stat_rows *out);

/* stat_read says the same, in every group. Fails the test with the first difference. */
void figures_agree(struct db *db, const struct tz *tz, int64_t now, int32_t from,
                   int32_t until);

#endif
