/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The sum of the purchase, entered on an open card. */
#include "core/base/clock.h"
#include "core/loyalty/customer.h"
#include "core/loyalty/discount_row.h"
#include "core/loyalty/redemption_row.h"

enum status amount_mode_load(struct db *db, const struct settings *set,
                             int64_t store_id, enum amount_mode *out)
{
    enum status st =
        db_one(db, "SELECT amount_mode FROM store WHERE id = ?", DB_INT(store_id));

    *out = (enum amount_mode)set->amount_mode + AMOUNT_OFF;
    if (st == ST_OK && db_int(db, 0) != 0)
        *out = (enum amount_mode)db_int(db, 0);
    return st == ST_NONE ? ST_OK : st;
}

/* The card that this cashier has open under that nonce. ST_NONE: it is over. */
static enum status card_load(struct db *db, int64_t now, const struct price_ask *ask,
                             struct card *out)
{
    enum status st = db_one(
        db,
        "SELECT " DISCOUNT_COLUMNS ", " CUSTOMER_CALLED ", c.phone FROM discount d"
        " JOIN customer c ON c.id = d.customer_id WHERE d.hold_token = ?"
        " AND d.hold_staff_id = ? AND d.confirm_until > ? AND d.status = 1"
        " AND d.valid_until > ? AND c.pd_ok = 1",
        DB_TEXT(ask->nonce), DB_INT(ask->staff->id), DB_TIME(now), DB_TIME(now));

    if (st != ST_OK)
        return st;
    discount_read(db, 0, &out->discount);
    customer_short_name(db_text(db, DISCOUNT_COLUMNS_N, NULL),
                        db_text(db, DISCOUNT_COLUMNS_N + 1, NULL), out->customer);
    if (!db_is_null(db, DISCOUNT_COLUMNS_N + 2))
        phone_mask(db_text(db, DISCOUNT_COLUMNS_N + 2, NULL), out->phone);
    return ST_OK;
}

/* A fresh nonce: the button under the older sum is stale from now on. The attempt goes on
 * under it, so that a late press still learns why. */
static enum status sum_write(struct db *db, const struct price_ask *ask,
                             const struct card *card)
{
    int64_t changed;
    enum status st = db_exec(
        db, &changed,
        "UPDATE discount SET hold_token = ?, hold_amount = ?, hold_until = ?,"
        " confirm_until = ? WHERE id = ? AND hold_token = ? AND hold_staff_id = ?"
        " AND confirm_until IS NOT NULL",
        DB_TEXT(card->nonce), DB_INT(ask->amount), DB_TIME(card->held_until),
        DB_TIME(card->confirm_until), DB_INT(card->discount.id), DB_TEXT(ask->nonce),
        DB_INT(ask->staff->id));

    if (st == ST_TAKEN || (st == ST_OK && changed == 0))
        return ST_AGAIN; /* taken over this very moment: see it then */
    if (st == ST_OK)
        st =
            db_exec(db, NULL, "UPDATE redemption_attempt SET nonce = ? WHERE nonce = ?",
                    DB_TEXT(card->nonce), DB_TEXT(ask->nonce));
    return st;
}

static enum status price(struct db *db, int64_t now, const struct price_ask *ask,
                         const struct settings *set, struct card *out)
{
    out->verdict = VERDICT_VALID;
    nonce_new(out->nonce);
    out->held_until = now + set->hold_minutes * MINUTE;
    out->confirm_until = now + set->confirm_minutes * MINUTE;
    out->amount = ask->amount;
    out->off = discount_off(&out->discount, ask->amount);
    return sum_write(db, ask, out);
}

enum status amount_judge(struct db *db, int64_t store_id, const struct discount *d,
                         int64_t amount, enum price_result *result)
{
    struct settings set;
    enum amount_mode mode;
    enum status st = setting_load(db, &set);

    *result = PRICE_SET;
    if (st == ST_OK)
        st = amount_mode_load(db, &set, store_id, &mode);
    if (st != ST_OK)
        return st;
    if (mode == AMOUNT_OFF && (d == NULL || !discount_wants_sum(d)))
        *result = PRICE_REFUSED;
    else if (amount <= 0 || amount > set.amount_limit)
        *result = PRICE_BAD;
    else if (d != NULL && amount < d->min_purchase)
        *result = PRICE_SMALL;
    return ST_OK;
}

static enum status price_ask(struct db *db, int64_t now, const struct price_ask *ask,
                             enum price_result *result, struct card *card)
{
    struct settings set;
    enum status open = nonce_ok(ask->nonce) ? card_load(db, now, ask, card) : ST_NONE;
    enum status st = open == ST_NONE ? ST_OK : open;

    if (st == ST_OK)
        st = setting_load(db, &set);
    if (st == ST_OK)
        st = amount_mode_load(db, &set, ask->shift->store_id, &card->amount_mode);
    if (st == ST_OK)
        st = amount_judge(db, ask->shift->store_id,
                          open == ST_OK ? &card->discount : NULL, ask->amount, result);
    if (st != ST_OK || *result != PRICE_SET)
        return st;
    *result = PRICE_STALE;
    if (open != ST_OK)
        return ST_OK;
    if (discount_wants_sum(&card->discount))
        card->amount_mode = AMOUNT_REQUIRED;
    *result = PRICE_SET;
    return price(db, now, ask, &set, card);
}

enum status redemption_price(struct db *db, int64_t now, const struct price_ask *ask,
                             enum price_result *result, struct card *out)
{
    /* ask->nonce may well stand in *out: that is written last. */
    struct card card = {.verdict = till_verdict(ask->staff, ask->shift)};
    enum status st = ST_OK;

    *result = PRICE_REFUSED;
    if (card.verdict == VERDICT_VALID)
        st = price_ask(db, now, ask, result, &card);
    *out = card;
    return st;
}
