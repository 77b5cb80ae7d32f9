/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the readable file shows, a query a part; all have the columns of export_line. */
#include "core/loyalty/export.h"

static const char *const queries[EXPORT_PARTS] = {
    [EXPORT_DISCOUNTS] =
        "SELECT valid_from, valid_until, percent_bp, NULL, code, 0 FROM discount"
        " WHERE customer_id = ? ORDER BY id",
    [EXPORT_RECEIPTS] =
        "SELECT r.redeemed_at, r.voided_at, r.receipt_no, r.discount_amount, s.name,"
        " r.voided_at IS NULL FROM redemption r JOIN store s ON s.id = r.store_id"
        " WHERE r.customer_id = ? ORDER BY r.id",
    [EXPORT_CONSENTS] = "SELECT c.at, NULL, t.version, c.purpose, t.language, c.granted"
                        " FROM consent c LEFT JOIN consent_text t ON t.id = c.text_id"
                        " WHERE c.customer_id = ? ORDER BY c.id",
    [EXPORT_WORDS] =
        "SELECT at, NULL, 0, NULL, words, staff_id IS NULL FROM support_line"
        " WHERE customer_id = ? ORDER BY id",
    [EXPORT_MESSAGES] = "SELECT NULL, NULL, COUNT(*), NULL, NULL, 0 FROM message"
                        " WHERE customer_id = ?",
};

enum status export_lines(struct db *db, enum export_part part, int64_t customer_id,
                         export_line *fn, void *arg)
{
    enum status st = db_select(db, queries[part], DB_INT(customer_id));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        const struct export_line line = {
            .at = db_time(db, 0),
            .until = db_time(db, 1),
            .n = db_int(db, 2),
            .amount = db_is_null(db, 3) ? -1 : db_int(db, 3),
            .text = db_is_null(db, 4) ? "" : db_text(db, 4, NULL),
            .yes = db_int(db, 5) != 0,
        };

        fn(arg, &line);
    }
    return st == ST_NONE ? ST_OK : st;
}
