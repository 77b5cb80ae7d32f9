/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/audit.h"
#include "core/base/buf.h"
#include "core/base/utf.h"
#include "core/io/queue.h"
#include "core/loyalty/discount_tally.h"
#include "core/loyalty/purchase.h"
#include "core/loyalty/redemption_row.h"
#include "core/stat.h"

#include <stdio.h>
#include <string.h>

#define NOTE_MAX 200

/* Their own one: sets *result when the answer is no, else leaves it. */
static void own_may(const struct void_ask *ask, const struct redemption *r, int64_t now,
                    enum void_result *result)
{
    if (r->staff_id != ask->staff->id)
        *result = VOID_NOT_YOURS;
    else if (ask->shift == NULL || ask->shift->id != r->shift_id ||
             ask->shift->closed_at != 0 || now - r->redeemed_at > ask->window)
        *result = VOID_TOO_LATE;
    else if (ask->above > 0 && r->amount > ask->above && !ask->pin_passed)
        *result = VOID_NEEDS_PIN;
}

enum status redemption_may_void(struct db *db, int64_t now, const struct void_ask *ask,
                                const struct redemption *r, enum void_result *result)
{
    enum status st;

    *result = VOIDED;
    if (r->voided_at != 0)
        *result = VOID_ALREADY;
    else if (!staff_may(ask->staff, PERM_REDEMPTION_VOID))
        *result = VOID_NOT_YOURS;
    else if (role_scope(ask->staff->role, PERM_REDEMPTION_VOID) == SCOPE_OWN)
        own_may(ask, r, now, result);
    else {
        st = staff_may_at(db, ask->staff, PERM_REDEMPTION_VOID, r->store_id);
        if (st == ST_REFUSED)
            *result = VOID_NOT_YOURS;
        else if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

/* ST_NONE: somebody undid it first. */
static enum status mark_void(struct db *db, int64_t now, const struct void_ask *ask,
                             int64_t id)
{
    struct buf note = {0};
    int64_t changed = 0;
    enum status st = ST_BROKEN;

    if (ask->note != NULL)
        utf_add_name(&note, ask->note, strlen(ask->note), NOTE_MAX);
    if (!note.failed)
        st = db_exec(
            db, &changed,
            "UPDATE redemption SET voided_at = ?, voided_by = ?, void_reason = ?,"
            " void_note = ? WHERE id = ? AND voided_at IS NULL",
            DB_TIME(now), DB_INT(ask->staff->id), DB_INT(ask->reason),
            note.len > 0 ? DB_TEXT(note.s) : DB_NULL, DB_INT(id));
    buf_free(&note);
    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

/* The code is good again, until its own time is over; one whose time ran out between the
 * sale and now gets the shop's grace, unless another one has taken its place. A revoked
 * one stays revoked. */
static enum status give_back(struct db *db, int64_t now, const struct void_ask *ask,
                             int64_t discount_id)
{
    int64_t changed;
    int64_t heir;
    bool other;
    enum status st = discount_heir(db, discount_id, &heir);

    other = heir != 0;
    if (st != ST_OK)
        return st;
    st = db_exec(db, &changed,
                 "UPDATE discount SET status = IF(status = 4 OR ?, status, 1),"
                 " uses_count = uses_count - 1, version = version + 1,"
                 " valid_until = IF(valid_until <= ? AND NOT ?,"
                 " GREATEST(valid_until, ?), valid_until)"
                 " WHERE id = ? AND uses_count > 0",
                 DB_INT(other), DB_TIME(now), DB_INT(other), DB_TIME(now + ask->grace),
                 DB_INT(discount_id));
    return st == ST_OK && changed == 0 ? ST_BROKEN : st;
}

static enum status void_tell(struct db *db, int64_t now, const struct void_ask *ask,
                             const struct redemption *r)
{
    struct job_spec spec = {.kind = KIND_CORE_REDEMPTION_VOIDED, .key = r->customer_id};
    struct audit_field field = {"void_reason", NULL, NULL};
    char idk[40];
    enum status st = audit_add(db, now,
                               &(struct audit_entry){.actor = ACTOR_STAFF,
                                                     .actor_id = ask->staff->id,
                                                     .action = "redemption.void",
                                                     .entity_id = r->id,
                                                     .fields = &field,
                                                     .n_fields = 1});

    if (st != ST_OK)
        return st;
    snprintf(idk, sizeof idk, "v:%lld", (long long)r->id);
    spec.idk = idk;
    spec.args = json_new_object();
    json_set_int(spec.args, "r", r->id);
    return job_put(db, now, &spec);
}

static enum status undo(struct db *db, int64_t now, const struct void_ask *ask,
                        const struct redemption *r, enum void_result *result)
{
    /* The discount's row first: the order of locks is the same as in redeeming. */
    enum status st =
        db_one(db, "SELECT status, valid_until FROM discount WHERE id = ? FOR UPDATE",
               DB_INT(r->discount_id));
    enum discount_status was =
        st == ST_OK ? (enum discount_status)db_int(db, 0) : DISCOUNT_ACTIVE;
    int64_t expired = was == DISCOUNT_EXPIRED ? db_time(db, 1) : now;

    if (st == ST_OK)
        st = mark_void(db, now, ask, r->id);
    if (st == ST_NONE) {
        *result = VOID_ALREADY;
        return ST_OK;
    }
    if (st == ST_OK)
        st = give_back(db, now, ask, r->discount_id);
    if (st == ST_OK)
        st = discount_turned(db, now, r->discount_id, was);
    if (st == ST_OK)
        st = purchase_undone(db, r->customer_id);
    if (st == ST_OK)
        st = stat_late(db, now, r->redeemed_at);
    if (st == ST_OK)
        st = stat_late(db, now, expired);
    if (st == ST_OK)
        st = void_tell(db, now, ask, r);
    return st;
}

/* Nothing was spent, so nothing is given back, and nobody is told. */
static enum status undo_training(struct db *db, int64_t now, int64_t id,
                                 enum void_result *result)
{
    enum status st = training_void(db, now, id);

    if (st == ST_NONE)
        *result = VOID_ALREADY;
    return st == ST_NONE ? ST_OK : st;
}

enum status redemption_void(struct db *db, int64_t now, const struct void_ask *ask,
                            enum void_result *result, struct redemption *out)
{
    enum status st;

    if (ask->reason < VOID_AMOUNT || ask->reason > VOID_OTHER)
        return ST_BAD;
    *result = VOID_UNKNOWN;
    st = redemption_load(db, ask->redemption_id, out);
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    st = redemption_may_void(db, now, ask, out, result);
    if (st == ST_OK && *result == VOIDED)
        st = out->training ? undo_training(db, now, out->id, result)
                           : undo(db, now, ask, out, result);
    /* Whatever happened to it, the caller sees it as it is now. */
    return st == ST_OK ? redemption_load(db, ask->redemption_id, out) : st;
}
