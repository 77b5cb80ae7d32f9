/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/audit.h"
#include "core/base/clock.h"
#include "core/loyalty/customer.h"
#include "core/loyalty/redemption_row.h"

/* As redemption.c reads a row, with a number of its own kind. */
#define COLUMNS                                                                        \
    "SELECT -r.id, r.discount_id, d.customer_id, r.staff_id, r.store_id, r.shift_id,"  \
    " r.receipt_no, d.percent_bp, d.source, r.amount, r.discount_amount,"              \
    " r.redeemed_at, r.voided_at, " CUSTOMER_CALLED ", p.name, s.name, r.op_key,"      \
    " NULL, 0, 0, NULL"                                                                \
    " FROM training_redemption r JOIN discount d ON d.id = r.discount_id"              \
    " JOIN customer c ON c.id = d.customer_id JOIN staff p ON p.id = r.staff_id"       \
    " JOIN store s ON s.id = r.store_id"

static enum status training_take(struct db *db, enum status st, struct redemption *out)
{
    st = redemption_take(db, st, out);
    if (st == ST_OK)
        out->training = true;
    return st;
}

enum status training_load(struct db *db, int64_t id, struct redemption *out)
{
    return training_take(db, db_one(db, COLUMNS " WHERE r.id = ?", DB_INT(-id)), out);
}

enum status training_find(struct db *db, const char *key, struct redemption *out)
{
    return training_take(db, db_one(db, COLUMNS " WHERE r.op_key = ?", DB_TEXT(key)),
                         out);
}

enum status training_last(struct db *db, int64_t shift_id, struct redemption *out)
{
    return training_take(db,
                         db_one(db,
                                COLUMNS " WHERE r.shift_id = ? AND r.voided_at IS NULL"
                                        " ORDER BY r.receipt_no DESC LIMIT 1",
                                DB_INT(shift_id)),
                         out);
}

/* Numbers of their own: those of the shift's receipts stay without gaps. The shift's row
 * is locked, as in redeeming, after the discount's. */
static enum status training_no(struct db *db, int64_t shift_id, int *no)
{
    enum status st = db_one(db,
                            "SELECT id FROM shift WHERE id = ? AND closed_at IS NULL"
                            " FOR UPDATE",
                            DB_INT(shift_id));

    if (st != ST_OK)
        return st == ST_NONE ? ST_AGAIN : st; /* closed since it was read */
    st = db_one(db,
                "SELECT COALESCE(MAX(receipt_no), 0) + 1 FROM training_redemption"
                " WHERE shift_id = ?",
                DB_INT(shift_id));
    if (st == ST_OK)
        *no = (int)db_int(db, 0);
    return st;
}

enum status training_insert(struct db *db, int64_t now, struct redemption *r)
{
    bool priced = r->amount >= 0;
    enum status st = training_no(db, r->shift_id, &r->receipt_no);

    if (st != ST_OK)
        return st;
    st = db_exec(
        db, NULL,
        "INSERT INTO training_redemption (op_key, discount_id, staff_id, store_id,"
        " shift_id, receipt_no, amount, discount_amount, redeemed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_TEXT(r->key), DB_INT(r->discount_id), DB_INT(r->staff_id),
        DB_INT(r->store_id), DB_INT(r->shift_id), DB_INT(r->receipt_no),
        DB_INT_OR_NULL(priced, r->amount), DB_INT_OR_NULL(priced, r->discount),
        DB_TIME(now));
    r->id = -db_last_id(db);
    r->training = true;
    return st == ST_TAKEN ? ST_AGAIN : st;
}

enum status training_void(struct db *db, int64_t now, int64_t id)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE training_redemption SET voided_at = ?"
                             " WHERE id = ? AND voided_at IS NULL",
                             DB_TIME(now), DB_INT(-id));

    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

/* ---- on and off ----------------------------------------------------------------- */

/* An open card begins with an attempt of that cashier and lives for minutes; a sum makes
 * it live on without another attempt, hence so much more than that. */
#define CARD_LIFE DAY
#define CARDS_MAX 64

struct held {
    int64_t id, staff_id;
};

/* By the attempts, which have the index for it: discounts have none of who holds them.
 * No row is locked; STRAIGHT_JOIN, or a small table is read whole. */
static enum status cards_open(struct db *db, int64_t now, int64_t store_id,
                              struct held *out, int *n)
{
    int64_t after = *n > 0 ? out[*n - 1].id : 0;
    enum status st =
        db_select(db,
                  "SELECT DISTINCT d.id, d.hold_staff_id FROM shift h"
                  " STRAIGHT_JOIN redemption_attempt a ON a.staff_id = h.open_one"
                  " AND a.verdict = ? AND a.at > ?"
                  " STRAIGHT_JOIN discount d ON d.id = a.discount_id"
                  " AND d.hold_staff_id = a.staff_id AND d.confirm_until IS NOT NULL"
                  " WHERE h.store_id = ? AND h.open_one IS NOT NULL AND d.id > ?"
                  " ORDER BY d.id LIMIT ?",
                  DB_INT(VERDICT_VALID), DB_TIME(now - CARD_LIFE), DB_INT(store_id),
                  DB_INT(after), DB_INT(CARDS_MAX));

    *n = 0;
    while (st == ST_OK && *n < CARDS_MAX && (st = db_next(db)) == ST_OK)
        out[(*n)++] = (struct held){db_int(db, 0), db_int(db, 1)};
    return st == ST_NONE ? ST_OK : st;
}

/* What was checked in one mode is not redeemed in the other. */
static enum status cards_end(struct db *db, int64_t now, int64_t store_id)
{
    struct held cards[CARDS_MAX];
    int n = 0;
    enum status st;

    do {
        st = cards_open(db, now, store_id, cards, &n);
        for (int i = 0; st == ST_OK && i < n; i++)
            st = db_exec(db, NULL,
                         "UPDATE discount SET hold_until = NULL, confirm_until = NULL"
                         " WHERE id = ? AND hold_staff_id = ?"
                         " AND confirm_until IS NOT NULL",
                         DB_INT(cards[i].id), DB_INT(cards[i].staff_id));
    } while (st == ST_OK && n == CARDS_MAX);
    return st;
}

enum status training_set(struct db *db, int64_t now, const struct training_switch *sw)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE store SET training = ?, version = version + 1"
                             " WHERE id = ? AND training <> ?",
                             DB_INT(sw->on), DB_INT(sw->store_id), DB_INT(sw->on));

    if (st != ST_OK || changed == 0)
        return st; /* it was so already */
    st = cards_end(db, now, sw->store_id);
    if (st != ST_OK)
        return st;
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = sw->by,
                                           .action = sw->on ? "store.training_on"
                                                            : "store.training_off",
                                           .entity_id = sw->store_id});
}
