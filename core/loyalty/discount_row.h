/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/discount_row.h - a discount as a row of a selection: for the files of
 * this folder that join it with something. */
#ifndef CORE_LOYALTY_DISCOUNT_ROW_H
#define CORE_LOYALTY_DISCOUNT_ROW_H

#include "core/loyalty/discount.h"

#define DISCOUNT_COLUMNS                                                               \
    "d.id, d.customer_id, d.source, d.status, d.percent_bp, d.uses_allowed,"           \
    " d.uses_count, d.valid_from, d.valid_until, d.code, d.token, d.created_at,"       \
    " d.store_id, d.min_purchase, d.max_amount, d.version"
#define DISCOUNT_COLUMNS_N 16

/* The columns above, the first of them at col. */
void discount_read(const struct db *db, int col, struct discount *out);

/* Exactly `want` characters of base64url? Codes, tokens and nonces come back from
 * people: whatever is of another form names nothing, and never reaches a query. */
bool discount_key_ok(const char *s, size_t n, size_t want);

#endif
