/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/customer_row.h - a customer as a row of a selection, from `customer c`. */
#ifndef CORE_LOYALTY_CUSTOMER_ROW_H
#define CORE_LOYALTY_CUSTOMER_ROW_H

#include "core/loyalty/customer_search.h"

#define CUSTOMER_ROW                                                                   \
    CUSTOMER_COLUMNS ", c.purchases, c.spent_total, c.last_purchase_at,"               \
                     " c.home_store_id, c.barred_at"

/* The columns above, the first of them at col. */
void customer_row_read(const struct db *db, int col, struct customer_row *out);

#define CUSTOMER_COLUMNS                                                               \
    "c.id, c.channel, c.external_id, c.first_name, c.last_name, c.username,"           \
    " c.language, c.source, c.status, c.subscribed, c.pd_ok, c.marketing_ok,"          \
    " c.subscribed_at, c.birth_date, c.birth_set_at, c.birth_changed_at,"              \
    " c.last_seen_at, c.created_at, c.name, c.phone, c.phone_shared,"                  \
    " c.profile_step, c.profile_alone, c.profile_keys, c.profile_at,"                  \
    " c.marketing_rare"
#define CUSTOMER_COLUMNS_N 26
void customer_read(const struct db *db, int col, struct customer *out);

#endif
