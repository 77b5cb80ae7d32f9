/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/purchase.h - how often somebody bought, what they paid and when they did
 * last: columns of `customer` that follow `redemption`, in the transaction of each row.
 *
 *   purchases         redemptions that were not undone; in training none happen
 *   spent_total       what was paid after the discount, kopecks; without a sum nothing
 *   last_purchase_at  1970: never
 *   home_store_id     the store of the first one, unless one was chosen */
#ifndef CORE_LOYALTY_PURCHASE_H
#define CORE_LOYALTY_PURCHASE_H

#include "core/io/db.h"

struct purchase {
    int64_t customer_id, store_id;
    int64_t paid; /* kopecks; 0: not known */
    int64_t at;
};
/* In the transaction of the redemption's row. */
must_check enum status purchase_made(struct db *db, const struct purchase *p);

/* After the row of the redemption says that it was undone. */
must_check enum status purchase_undone(struct db *db, int64_t customer_id);

#endif
