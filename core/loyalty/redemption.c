/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/redemption_row.h"

#include "core/loyalty/customer.h"
#include "core/loyalty/discount_row.h"

#include <stdio.h>
#include <string.h>

static const char *const verdict_names[VERDICT_COUNT] = {
    [0] = "unset",
    [VERDICT_VALID] = "valid",
    [VERDICT_USED] = "already_redeemed",
    [VERDICT_EXPIRED] = "discount_expired",
    [VERDICT_NOT_STARTED] = "not_yet_valid",
    [VERDICT_REVOKED] = "discount_revoked",
    [VERDICT_UNKNOWN] = "not_found",
    [VERDICT_HELD] = "held",
    [VERDICT_OWN] = "own_code",
    [VERDICT_WRONG_STORE] = "wrong_store",
    [VERDICT_LOCKED] = "rate_limited",
    [VERDICT_NO_RIGHT] = "forbidden",
    [VERDICT_NO_SHIFT] = "no_shift",
    [VERDICT_WITHDRAWN] = "consent_withdrawn",
    [VERDICT_LEFT] = "not_subscribed",
};

const char *verdict_name(enum verdict v)
{
    return verdict_names[(unsigned)v < VERDICT_COUNT ? v : 0];
}

enum verdict discount_verdict(const struct discount *d, int64_t now)
{
    if (d->status == DISCOUNT_REVOKED)
        return VERDICT_REVOKED;
    if (d->status == DISCOUNT_USED || d->uses_count >= d->uses_allowed)
        return VERDICT_USED;
    if (d->status == DISCOUNT_EXPIRED || d->valid_until <= now)
        return VERDICT_EXPIRED;
    return d->valid_from > now ? VERDICT_NOT_STARTED : VERDICT_VALID;
}

bool nonce_ok(const char *nonce)
{
    return discount_key_ok(nonce, strnlen(nonce, NONCE_TEXT + 1), NONCE_TEXT);
}

enum verdict till_verdict(const struct staff *staff, const struct shift *shift)
{
    if (!staff_may(staff, PERM_DISCOUNT_REDEEM))
        return VERDICT_NO_RIGHT;
    if (shift == NULL || shift->closed_at != 0 || shift->staff_id != staff->id)
        return VERDICT_NO_SHIFT;
    return VERDICT_VALID;
}

/* ---- reading -------------------------------------------------------------------- */

#define COLUMNS "SELECT " REDEMPTION_COLUMNS " FROM " REDEMPTION_FROM

/* One that did not come from a button (an import) has a key of another form. */
static void key_copy(char out[NONCE_TEXT + 1], const char *op_key)
{
    snprintf(out, NONCE_TEXT + 1, "%s", nonce_ok(op_key) ? op_key : "");
}

void redemption_read(const struct db *db, int col, struct redemption *out)
{
    *out = (struct redemption){
        .id = db_int(db, col),
        .discount_id = db_int(db, col + 1),
        .customer_id = db_int(db, col + 2),
        .staff_id = db_int(db, col + 3),
        .store_id = db_int(db, col + 4),
        .shift_id = db_int(db, col + 5),
        .receipt_no = (int)db_int(db, col + 6),
        .percent_bp = (int)db_int(db, col + 7),
        .source = (enum discount_source)db_int(db, col + 8),
        .amount = db_is_null(db, col + 9) ? -1 : db_int(db, col + 9),
        .discount = db_is_null(db, col + 10) ? -1 : db_int(db, col + 10),
        .redeemed_at = db_time(db, col + 11),
        .voided_at = db_time(db, col + 12),
        .voided_by = db_int(db, col + 18),
        .unverified = (enum member_state)db_int(db, col + 19),
        .void_reason = (enum void_reason)db_int(db, col + 20),
    };
    customer_short_name(db_text(db, col + 13, NULL), db_text(db, col + 14, NULL),
                        out->customer);
    snprintf(out->staff, sizeof out->staff, "%s", db_text(db, col + 15, NULL));
    snprintf(out->store, sizeof out->store, "%s", db_text(db, col + 16, NULL));
    key_copy(out->key, db_text(db, col + 17, NULL));
    if (!db_is_null(db, col + 21))
        snprintf(out->void_note, sizeof out->void_note, "%s",
                 db_text(db, col + 21, NULL));
}

enum status redemption_take(struct db *db, enum status st, struct redemption *out)
{
    if (st == ST_OK)
        redemption_read(db, 0, out);
    return st;
}

enum status redemption_load(struct db *db, int64_t id, struct redemption *out)
{
    if (id < 0)
        return training_load(db, id, out);
    return redemption_take(db, db_one(db, COLUMNS " WHERE r.id = ?", DB_INT(id)), out);
}

enum status redemption_find(struct db *db, const char *key, struct redemption *out)
{
    enum status st;

    if (!nonce_ok(key))
        return ST_NONE;
    st = redemption_take(db, db_one(db, COLUMNS " WHERE r.op_key = ?", DB_TEXT(key)),
                         out);
    return st == ST_NONE ? training_find(db, key, out) : st;
}

/* A shift may have seen both: the mode is the store's, and changes at any time. */
enum status redemption_last(struct db *db, int64_t shift_id, struct redemption *out)
{
    struct redemption training;
    enum status st = redemption_take(db,
                                     db_one(db,
                                            COLUMNS
                                            " WHERE r.shift_id = ?"
                                            " AND r.voided_at IS NULL"
                                            " ORDER BY r.receipt_no DESC LIMIT 1",
                                            DB_INT(shift_id)),
                                     out),
                too;

    if (st != ST_OK && st != ST_NONE)
        return st;
    too = training_last(db, shift_id, &training);
    if (too == ST_NONE ||
        (too == ST_OK && st == ST_OK && training.redeemed_at <= out->redeemed_at))
        return st;
    if (too == ST_OK)
        *out = training;
    return too;
}

enum status redemption_of(struct db *db, int64_t discount_id, struct redemption *out)
{
    return redemption_take(db,
                           db_one(db,
                                  COLUMNS " WHERE r.discount_id = ?"
                                          " AND r.voided_at IS NULL"
                                          " ORDER BY r.id DESC LIMIT 1",
                                  DB_INT(discount_id)),
                           out);
}

enum status redemption_list(struct db *db, const struct redemption_page *page,
                            struct redemption *out, int *n)
{
    enum status st =
        db_select(db,
                  COLUMNS " WHERE r.customer_id = ?"
                          " AND r.voided_at IS NULL"
                          " ORDER BY r.redeemed_at DESC, r.id DESC"
                          " LIMIT ? OFFSET ?",
                  DB_INT(page->customer_id), DB_INT(page->limit), DB_INT(page->offset));

    *n = 0;
    while (st == ST_OK && *n < page->limit && (st = db_next(db)) == ST_OK) {
        st = redemption_take(db, ST_OK, &out[*n]);
        ++*n;
    }
    return st == ST_NONE ? ST_OK : st;
}

enum status redemption_saved(struct db *db, int64_t customer_id, int *n, int64_t *saved)
{
    enum status st = db_one(db,
                            "SELECT COUNT(*), COALESCE(SUM(discount_amount), 0)"
                            " FROM redemption WHERE customer_id = ?"
                            " AND voided_at IS NULL",
                            DB_INT(customer_id));

    *n = st == ST_OK ? (int)db_int(db, 0) : 0;
    *saved = st == ST_OK ? db_int(db, 1) : 0;
    return st;
}

enum status spent_load(struct db *db, int64_t discount_id, int64_t staff_id,
                       struct spent *out)
{
    enum status st =
        db_one(db,
               "SELECT r.id, r.redeemed_at, r.receipt_no, r.staff_id, s.name, p.name,"
               " r.op_key"
               " FROM redemption r JOIN store s ON s.id = r.store_id"
               " JOIN staff p ON p.id = r.staff_id"
               " WHERE r.discount_id = ? AND r.voided_at IS NULL"
               " ORDER BY r.id DESC LIMIT 1",
               DB_INT(discount_id));

    *out = (struct spent){0};
    if (st != ST_OK)
        return st;
    out->id = db_int(db, 0);
    out->at = db_time(db, 1);
    out->receipt_no = (int)db_int(db, 2);
    out->same_staff = db_int(db, 3) == staff_id;
    snprintf(out->store, sizeof out->store, "%s", db_text(db, 4, NULL));
    snprintf(out->by, sizeof out->by, "%s", db_text(db, 5, NULL));
    key_copy(out->key, db_text(db, 6, NULL));
    return ST_OK;
}
