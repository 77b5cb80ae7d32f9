/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/redemption_row.h - what the files of redemption share; nobody else
 * includes it. */
#ifndef CORE_LOYALTY_REDEMPTION_ROW_H
#define CORE_LOYALTY_REDEMPTION_ROW_H

#include "core/loyalty/redemption.h"
#include "core/setting.h"

/* What the discount itself says, whoever asks: VALID, USED, EXPIRED, NOT_STARTED or
 * REVOKED. A used one stays used when its time runs out. Pure. */
enum verdict discount_verdict(const struct discount *d, int64_t now);

/* Of the form of a nonce of ours. */
bool nonce_ok(const char *nonce);

/* May they redeem at all: VALID, NO_RIGHT or NO_SHIFT. Pure. */
enum verdict till_verdict(const struct staff *staff, const struct shift *shift);

/* A redemption as a row of a selection; the first of the columns at col. */
#define REDEMPTION_COLUMNS                                                             \
    "r.id, r.discount_id, r.customer_id, r.staff_id, r.store_id, r.shift_id,"          \
    " r.receipt_no, d.percent_bp, d.source, r.amount, r.discount_amount,"              \
    " r.redeemed_at, r.voided_at, " CUSTOMER_CALLED ", p.name, s.name, r.op_key,"      \
    " r.voided_by, r.unverified, r.void_reason, r.void_note"
#define REDEMPTION_FROM                                                                \
    "redemption r JOIN discount d ON d.id = r.discount_id"                             \
    " JOIN customer c ON c.id = r.customer_id JOIN staff p ON p.id = r.staff_id"       \
    " JOIN store s ON s.id = r.store_id"
void redemption_read(const struct db *db, int col, struct redemption *out);

/* Of a query that selects those columns first; st is what it answered. */
must_check enum status redemption_take(struct db *db, enum status st,
                                       struct redemption *out);

/* The same verbs for what was redeemed in training (redemption_training.c); ids are
 * negative. insert: r is filled but for number and id; ST_NONE of void: undone before. */
must_check enum status training_load(struct db *db, int64_t id, struct redemption *out);
must_check enum status training_find(struct db *db, const char *key,
                                     struct redemption *out);
must_check enum status training_last(struct db *db, int64_t shift_id,
                                     struct redemption *out);
must_check enum status training_insert(struct db *db, int64_t now,
                                       struct redemption *r);
must_check enum status training_void(struct db *db, int64_t now, int64_t id);

/* The last live redemption of a discount, as staff_id is told of it. ST_NONE: none. */
must_check enum status spent_load(struct db *db, int64_t discount_id, int64_t staff_id,
                                  struct spent *out);

/* May d be used for a purchase of that sum at that store? *result SET: yes; REFUSED, BAD
 * or SMALL. d NULL: not known, its own terms are not asked. */
must_check enum status amount_judge(struct db *db, int64_t store_id,
                                    const struct discount *d, int64_t amount,
                                    enum price_result *result);

/* How this store asks for sums: its own word, or the setting. */
must_check enum status amount_mode_load(struct db *db, const struct settings *set,
                                        int64_t store_id, enum amount_mode *out);

#endif
