/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/discount_tally.h - discounts of each day, added up by what became of them,
 * so that the statistics of a year look at days and not at millions of rows.
 *
 *   discount ---- its status changes ----> discount_turn
 *      |                                        | discount_tally_roll
 *      +--- discount_tally_roll: a day ---> discount_tally
 *
 * At every moment discount_tally and the rows of discount_turn come to what the discounts
 * of the days before discount_tallied.until_day are. Days are UTC's, of created_at. Whoever
 * changes a status says so in the same transaction. discount_stats reads it. */
#ifndef CORE_LOYALTY_DISCOUNT_TALLY_H
#define CORE_LOYALTY_DISCOUNT_TALLY_H

#include "core/io/db.h"
#include "core/loyalty/discount.h"

/* Its status was that one and is what the row says now; the same is nothing to say. In
 * the transaction that changed it. */
must_check enum status discount_turned(struct db *db, int64_t now, int64_t id,
                                       enum discount_status was);

/* One round, in the caller's transaction: adds up what changed, then days that are over,
 * and counts one of the older days once more. */
struct discount_rolled {
    int days; /* counted for the first time */
    int wrong; /* should be 0: that day was not what its discounts say, and was put right */
    bool more; /* come again at once */
};
must_check enum status discount_tally_roll(struct db *db, int64_t now,
                                           struct discount_rolled *out);

#endif
