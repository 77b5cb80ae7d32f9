/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/redemption_row.h - what the files of redemption share; nobody else
 * includes it. */
#ifndef CORE_LOYALTY_REDEMPTION_ROW_H
#define CORE_LOYALTY_REDEMPTION_ROW_H

#include "core/loyalty/redemption.h"

/* What the discount itself says, whoever asks: VALID, USED, EXPIRED, NOT_STARTED or
 * REVOKED. A used one stays used when its time runs out. Pure. */
enum verdict discount_verdict(const struct discount *d, int64_t now);

/* Of the form of a nonce of ours. */
bool nonce_ok(const char *nonce);

/* May they redeem at all: VALID, NO_RIGHT or NO_SHIFT. Pure. */
enum verdict till_verdict(const struct staff *staff, const struct shift *shift);

/* The last live redemption of a discount, as staff_id is told of it. ST_NONE: none. */
must_check enum status spent_load(struct db *db, int64_t discount_id, int64_t staff_id,
                                  struct spent *out);

#endif
