/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/compare.h - did it make a difference? Those who got it beside those who
 * by lot did not (the holdout), by what they bought in the two weeks from the start on. */
#ifndef CORE_BROADCAST_COMPARE_H
#define CORE_BROADCAST_COMPARE_H

#include "core/broadcast/recipient.h"

#define COMPARE_DAYS 14

struct compare_group {
    int64_t people;
    int64_t buyers;    /* of them, who redeemed anything (and it was not undone) */
    int64_t purchases; /* how often */
    int64_t paid;      /* kopecks, after the discount */
};
struct compare {
    int64_t from, until; /* of what they bought; until: at most now */
    struct compare_group sent, holdout;
};
/* b is started. Reads the redemptions of that time alone. */
must_check enum status broadcast_compare(struct db *db, int64_t now,
                                         const struct broadcast *b,
                                         const struct broadcast_sums *sums,
                                         struct compare *out);

#endif
