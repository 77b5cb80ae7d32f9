/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/audit.h"
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/io/queue.h"
#include "core/loyalty/customer.h"
#include "core/loyalty/discount_row.h"
#include "core/loyalty/discount_tally.h"
#include "core/loyalty/purchase.h"
#include "core/loyalty/redemption_row.h"

#include <stdio.h>

/* ---- the three writes ----------------------------------------------------------- */

/* A card that is open. */
struct held {
    struct discount d;
    int64_t amount;           /* kopecks; -1: not entered */
    bool wanting;             /* … and it must be */
    enum member_state member; /* 0: the channel was not asked */
    enum verdict veto; /* VALID: nothing that the discount's own row does not say */
    bool over;         /* pressed before, or ended */
};

static enum verdict veto_of(bool agreed, int64_t store, const struct held *h,
                            const struct redemption_press *p)
{
    if (!agreed)
        return VERDICT_WITHDRAWN;
    if (store != 0 && store != p->shift->store_id)
        return VERDICT_WRONG_STORE;
    return h->member == MEMBER_LEFT ? VERDICT_LEFT : VERDICT_VALID;
}

/* The hold of this cashier with this nonce, read without a lock; use_up asks again what
 * can change. */
static enum status held_load(struct db *db, const struct redemption_press *p,
                             struct held *h, struct redemption *out)
{
    const int c = DISCOUNT_COLUMNS_N;
    enum status st = db_one(db,
                            "SELECT " DISCOUNT_COLUMNS ", " CUSTOMER_CALLED ", c.pd_ok,"
                            " d.hold_amount, d.hold_member, d.store_id,"
                            " d.confirm_until FROM discount d"
                            " JOIN customer c ON c.id = d.customer_id"
                            " WHERE d.hold_token = ? AND d.hold_staff_id = ?",
                            DB_TEXT(p->nonce), DB_INT(p->staff->id));

    if (st != ST_OK)
        return st;
    discount_read(db, 0, &h->d);
    h->amount = db_is_null(db, c + 3) ? -1 : db_int(db, c + 3);
    h->wanting = !db_is_null(db, c + 3) && h->amount < 0;
    h->member = (enum member_state)db_int(db, c + 4);
    h->over = db_is_null(db, c + 6);
    h->veto = veto_of(db_int(db, c + 2) != 0, db_int(db, c + 5), h, p);
    customer_short_name(db_text(db, c, NULL), db_text(db, c + 1, NULL), out->customer);
    out->discount_id = h->d.id;
    out->customer_id = h->d.customer_id;
    out->percent_bp = h->d.percent_bp;
    out->source = h->d.source;
    return ST_OK;
}

/* The WHERE is the lock and the whole of the rule: of all who press, one changes a row.
 * ST_NONE: not this one. status comes first, it looks at uses_count as it was. */
static enum status use_up(struct db *db, int64_t now, const struct redemption_press *p,
                          int64_t discount_id)
{
    int spent = p->shift->training ? 0 : 1; /* in training the hold alone ends */
    int64_t changed;
    enum status st =
        db_exec(db, &changed,
                "UPDATE discount SET"
                " status = IF(uses_count + ? >= uses_allowed, 2, 1),"
                " uses_count = uses_count + ?, version = version + 1,"
                " hold_until = NULL,"
                " confirm_until = NULL"
                " WHERE id = ? AND hold_token = ? AND hold_staff_id = ?"
                " AND confirm_until > ? AND status = 1 AND uses_count < uses_allowed"
                " AND valid_from <= ? AND valid_until > ?"
                " AND COALESCE(hold_member, 0) <> 3"
                " AND (store_id IS NULL OR store_id = ?)",
                DB_INT(spent), DB_INT(spent), DB_INT(discount_id), DB_TEXT(p->nonce),
                DB_INT(p->staff->id), DB_TIME(now), DB_TIME(now), DB_TIME(now),
                DB_INT(p->shift->store_id));

    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

/* The lowest slot that is free. The discount's row is locked, so it stays free. An undo
 * may have freed one in the middle: counting would not do. */
static enum status free_slot(struct db *db, const struct discount *d, int *slot)
{
    enum status st;

    *slot = 1;
    if (d->uses_allowed == 1)
        return ST_OK;
    st = db_select(db,
                   "SELECT live_use_no FROM redemption WHERE discount_id = ?"
                   " AND live_use_no IS NOT NULL ORDER BY live_use_no",
                   DB_INT(d->id));
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        if (db_int(db, 0) == *slot)
            ++*slot;
    return st == ST_NONE ? ST_OK : st;
}

static enum status receipt_next(struct db *db, const struct shift *shift, int *no)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE shift SET receipts = LAST_INSERT_ID(receipts + 1)"
                             " WHERE id = ? AND staff_id = ? AND closed_at IS NULL",
                             DB_INT(shift->id), DB_INT(shift->staff_id));

    *no = (int)db_last_id(db);
    /* Closed since it was read: begin again, and then there is none. */
    return st == ST_OK && changed == 0 ? ST_AGAIN : st;
}

static enum status redemption_insert(struct db *db, int64_t now,
                                     const struct redemption_press *p,
                                     const struct discount *d, struct redemption *r)
{
    bool priced = r->amount >= 0;
    int slot;
    enum status st = free_slot(db, d, &slot);

    if (st == ST_OK)
        st = receipt_next(db, p->shift, &r->receipt_no);
    if (st != ST_OK)
        return st;
    st = db_exec(
        db, NULL,
        "INSERT INTO redemption (discount_id, customer_id, uses_allowed, use_no,"
        " op_key, staff_id, store_id, shift_id, receipt_no, amount,"
        " discount_amount, redeemed_at, unverified)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_INT(d->id), DB_INT(d->customer_id), DB_INT(d->uses_allowed), DB_INT(slot),
        DB_TEXT(p->nonce), DB_INT(p->staff->id), DB_INT(p->shift->store_id),
        DB_INT(p->shift->id), DB_INT(r->receipt_no), DB_INT_OR_NULL(priced, r->amount),
        DB_INT_OR_NULL(priced, r->discount), DB_TIME(now), DB_INT(r->unverified));
    if (st == ST_TAKEN || st == ST_REFUSED) {
        /* The count said there was room and the rows say there is none: somebody wrote
         * past this file. The database holds; a person must look. */
        log_error("redemption refused by the database", LOG_INT("discount", d->id));
        return ST_BROKEN;
    }
    r->id = db_last_id(db);
    return st;
}

static enum status redemption_tell(struct db *db, int64_t now,
                                   const struct redemption *r)
{
    struct job_spec spec = {.kind = KIND_CORE_DISCOUNT_REDEEMED, .key = r->customer_id};
    char idk[40];
    enum status st = audit_add(db, now,
                               &(struct audit_entry){.actor = ACTOR_STAFF,
                                                     .actor_id = r->staff_id,
                                                     .action = "redemption.confirm",
                                                     .entity_id = r->id});

    if (st != ST_OK)
        return st;
    snprintf(idk, sizeof idk, "r:%lld", (long long)r->id);
    spec.idk = idk;
    spec.args = json_new_object();
    json_set_int(spec.args, "r", r->id);
    return job_put(db, now, &spec);
}

/* ---- the sum, where it is said with the press ------------------------------------- */

/* ST_REFUSED: it will not do, *out says why. Of a card that is over nothing is asked: the
 * same press once more is answered as the first time. */
static enum status press_sum(struct db *db, const struct redemption_press *p,
                             struct held *h, struct redeemed *out)
{
    enum status st;

    if (p->amount == 0 || h->over)
        return ST_OK;
    st = amount_judge(db, p->shift->store_id, &h->d, p->amount, &out->price);
    if (st != ST_OK)
        return st;
    out->result = REDEEM_BAD_AMOUNT;
    out->discount = h->d;
    if (out->price != PRICE_SET)
        return ST_REFUSED;
    out->result = REDEEM_STALE;
    h->amount = p->amount;
    h->wanting = false;
    return ST_OK;
}

/* ---- why not -------------------------------------------------------------------- */

/* The discount that this nonce was once given for. */
static enum status nonce_discount(struct db *db, const struct redemption_press *p,
                                  struct discount *out)
{
    int64_t id;
    enum status st =
        db_one(db,
               "SELECT discount_id FROM redemption_attempt"
               " WHERE nonce = ? AND staff_id = ? ORDER BY id DESC LIMIT 1",
               DB_TEXT(p->nonce), DB_INT(p->staff->id));

    if (st != ST_OK)
        return st;
    id = db_int(db, 0);
    return discount_load(db, id, out);
}

static enum status store_name(struct db *db, struct redeemed *out)
{
    enum status st = db_one(db,
                            "SELECT s.name FROM discount d"
                            " JOIN store s ON s.id = d.store_id WHERE d.id = ?",
                            DB_INT(out->discount.id));

    if (st == ST_OK)
        snprintf(out->store, sizeof out->store, "%s", db_text(db, 0, NULL));
    return st == ST_NONE ? ST_OK : st;
}

/* The same press once more, and theirs: ALREADY. Else *out stays as it is. */
static enum status pressed_before(struct db *db, const struct redemption_press *p,
                                  struct redeemed *out)
{
    struct redemption before;
    enum status st = redemption_find(db, p->nonce, &before);

    if (st != ST_OK || before.staff_id != p->staff->id)
        return st == ST_NONE ? ST_OK : st;
    out->result = REDEEM_ALREADY;
    out->redemption = before;
    return ST_OK;
}

static enum status why_not(struct db *db, int64_t now, const struct redemption_press *p,
                           enum verdict veto, struct redeemed *out)
{
    enum status st;

    out->result = REDEEM_STALE;
    st = pressed_before(db, p, out);
    if (st == ST_OK && out->result == REDEEM_ALREADY)
        return ST_OK;
    if (st == ST_OK)
        st = nonce_discount(db, p, &out->discount);
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    out->verdict = veto != VERDICT_VALID ? veto : discount_verdict(&out->discount, now);
    if (out->verdict == VERDICT_VALID)
        return ST_OK; /* the hold ended, or another cashier has it */
    out->result = REDEEM_REFUSED;
    if (out->verdict != VERDICT_USED)
        return out->verdict == VERDICT_WRONG_STORE ? store_name(db, out) : ST_OK;
    out->result = REDEEM_LOST;
    st = spent_load(db, out->discount.id, p->staff->id, &out->lost);
    return st == ST_NONE ? ST_OK : st;
}

/* ---- the press ------------------------------------------------------------------ */

static enum status redeem(struct db *db, int64_t now, const struct redemption_press *p,
                          const struct held *h, struct redemption *r)
{
    int64_t paid;
    enum status st;

    r->staff_id = p->staff->id;
    r->store_id = p->shift->store_id;
    r->shift_id = p->shift->id;
    r->amount = h->amount;
    r->discount = h->amount < 0 ? -1 : discount_off(&h->d, h->amount);
    paid = h->amount < 0 ? 0 : h->amount - r->discount;
    r->unverified = h->member == MEMBER_ASKED ? MEMBER_ASKED : 0;
    r->redeemed_at = now;
    snprintf(r->key, sizeof r->key, "%s", p->nonce);
    snprintf(r->staff, sizeof r->staff, "%s", p->staff->name);
    snprintf(r->store, sizeof r->store, "%s", p->shift->store);
    if (p->shift->training)
        return training_insert(db, now, r);
    st = redemption_insert(db, now, p, &h->d, r);
    if (st == ST_OK)
        st = discount_turned(db, now, h->d.id, DISCOUNT_ACTIVE);
    if (st == ST_OK)
        st = purchase_made(
            db, &(struct purchase){h->d.customer_id, r->store_id, paid, now});
    if (st != ST_OK)
        return st;
    crash_point("redeem.inserted");
    return redemption_tell(db, now, r);
}

enum status redemption_confirm(struct db *db, int64_t now,
                               const struct redemption_press *p, struct redeemed *out)
{
    struct held h = {.veto = VERDICT_VALID};
    enum status st;

    *out = (struct redeemed){.result = REDEEM_REFUSED,
                             .verdict = till_verdict(p->staff, p->shift)};
    if (out->verdict == VERDICT_NO_SHIFT) /* it may have ended since they pressed */
        return pressed_before(db, p, out);
    if (out->verdict != VERDICT_VALID)
        return ST_OK;
    out->result = REDEEM_STALE;
    if (!nonce_ok(p->nonce))
        return ST_OK;
    st = held_load(db, p, &h, &out->redemption);
    if (st == ST_OK)
        st = press_sum(db, p, &h, out);
    if (st == ST_REFUSED)
        return ST_OK;
    if (st == ST_OK && h.wanting && !h.over) {
        out->result = REDEEM_NO_AMOUNT;
        return ST_OK;
    }
    if (st == ST_OK)
        st = h.veto == VERDICT_VALID ? use_up(db, now, p, h.d.id) : ST_NONE;
    if (st == ST_NONE)
        return why_not(db, now, p, h.veto, out);
    if (st != ST_OK)
        return st;
    crash_point("redeem.updated");
    out->result = REDEEM_DONE;
    return redeem(db, now, p, &h, &out->redemption);
}
