/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/moving.h"

#include "core/audit.h"
#include "core/base/crash.h"
#include "core/base/secret.h"
#include "core/loyalty/consent.h"
#include "core/loyalty/customer_word.h"
#include "core/loyalty/erasure.h"
#include "core/loyalty/identity.h"
#include "core/stat.h"

#include <string.h>

#define CODE_TRIES 4

static void hash_of(const char *code, uint8_t out[SHA256_BYTES])
{
    secret_sha256(code, strlen(code), out);
}

enum status moving_code(struct db *db, int64_t now, int64_t customer_id,
                        char out[CODE_SYMBOLS + 1])
{
    uint8_t hash[SHA256_BYTES];
    enum status st = ST_TAKEN;

    /* Two live codes that are the same: as good as never, and then another one. */
    for (int i = 0; st == ST_TAKEN && i < CODE_TRIES; i++) {
        code_new(out);
        hash_of(out, hash);
        st = db_exec(db, NULL, "DELETE FROM move_code WHERE customer_id = ?",
                     DB_INT(customer_id));
        if (st == ST_OK)
            st = db_exec(db, NULL,
                         "INSERT INTO move_code (customer_id, code_hash, expires_at)"
                         " VALUES (?, ?, ?)",
                         DB_INT(customer_id), DB_BYTES(hash, sizeof hash),
                         DB_TIME(now + MOVING_LIFE));
    }
    if (st != ST_OK)
        return st == ST_TAKEN ? ST_BROKEN : st;
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_CUSTOMER,
                                           .actor_id = customer_id,
                                           .action = "customer.move_code",
                                           .entity_id = customer_id});
}

/* ---- looking -------------------------------------------------------------------- */

static enum status find(struct db *db, int64_t now, const char *code, int64_t *customer)
{
    uint8_t hash[SHA256_BYTES];
    enum status st;

    hash_of(code, hash);
    st = db_one(db,
                "SELECT customer_id FROM move_code WHERE code_hash = ?"
                " AND expires_at > ? FOR UPDATE",
                DB_BYTES(hash, sizeof hash), DB_TIME(now));
    if (st == ST_OK)
        *customer = db_int(db, 0);
    return st;
}

static enum status has_redeemed(struct db *db, int64_t customer_id, bool *yes)
{
    enum status st =
        db_one(db, "SELECT 1 FROM redemption WHERE customer_id = ? LIMIT 1",
               DB_INT(customer_id));

    *yes = st == ST_OK;
    return st == ST_NONE ? ST_OK : st;
}

/* Was that identity somebody else's before? Then two pasts would have to be one. */
static enum status was_another(struct db *db, const struct customer *to, int64_t person,
                               bool *yes)
{
    int64_t before = 0;
    enum status st = identity_was(db, to->channel, to->external_id, &before);

    *yes = st == ST_OK && before != person;
    return st == ST_NONE ? ST_OK : st;
}

static enum status count(struct db *db, int64_t now, struct moving *m)
{
    enum status st =
        db_one(db,
               "SELECT COALESCE(SUM(status = 1 AND valid_until > ?), 0),"
               " COALESCE(SUM(status = 2), 0) FROM discount WHERE customer_id = ?",
               DB_TIME(now), DB_INT(m->from.id));

    if (st == ST_OK) {
        m->active = (int)db_int(db, 0);
        m->used = (int)db_int(db, 1);
    }
    return st;
}

static enum status judge(struct db *db, const struct customer *to, struct moving *m)
{
    int64_t person = 0;
    bool used = false, another = false;
    enum status st = has_redeemed(db, to->id, &used);

    if (st == ST_OK)
        st = identity_person(db, m->from.id, &person);
    if (st == ST_OK)
        st = was_another(db, to, person, &another);
    m->result = used ? MOVING_USED : another ? MOVING_OTHER : MOVING_FINE;
    return st;
}

enum status moving_look(struct db *db, int64_t now, const char *code, int64_t to,
                        struct moving *out)
{
    struct customer c;
    int64_t from = 0;
    enum status st = find(db, now, code, &from);

    *out = (struct moving){.result = MOVING_UNKNOWN};
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    out->result = MOVING_SELF;
    if (from == to)
        return ST_OK;
    st = customer_load(db, from, &out->from);
    out->result = MOVING_UNKNOWN;
    if (st == ST_OK && !out->from.pd_ok) /* nothing is done with it any more */
        return ST_OK;
    if (st == ST_OK)
        st = customer_load(db, to, &c);
    if (st == ST_OK)
        st = judge(db, &c, out);
    return st == ST_OK ? count(db, now, out) : st;
}

/* ---- moving --------------------------------------------------------------------- */

/* The row goes over: what was told to it of the channel is asked anew. */
static enum status hand_over(struct db *db, const struct moving *m,
                             const struct customer *to)
{
    return db_exec(db, NULL,
                   "UPDATE customer SET external_id = ?, first_name = ?, last_name = ?,"
                   " username = ?, language = ?, subscribed = ?, subscribed_at = ?,"
                   " status = 1 WHERE id = ?",
                   DB_INT(to->external_id), DB_TEXT(to->first_name),
                   DB_TEXT(to->last_name), DB_TEXT(to->username), DB_TEXT(to->language),
                   DB_INT(to->subscribed), DB_TIME_OR_NULL(to->subscribed_at),
                   DB_INT(m->from.id));
}

/* What the new account said of advertising. */
struct mind {
    bool no, rare;
    int64_t update_id;
};

static enum status mind_load(struct db *db, int64_t customer_id, struct mind *out)
{
    enum status st = db_one(db,
                            "SELECT marketing_ok, marketing_rare, marketing_update_id"
                            " FROM customer WHERE id = ?",
                            DB_INT(customer_id));

    if (st == ST_OK)
        *out = (struct mind){.no = db_int(db, 0) == 0,
                             .rare = db_int(db, 1) != 0,
                             .update_id = db_int(db, 2)};
    return st;
}

/* A "no" that is newer than the old account's word comes along, with evidence, and so
 * does «Реже»; a "yes" does not: it is asked for anew. */
static enum status mind_keep(struct db *db, int64_t now, int64_t customer_id,
                             const struct mind *to)
{
    const struct consent_act no = {.customer_id = customer_id,
                                   .purpose = PURPOSE_MARKETING,
                                   .update_id = to->update_id,
                                   .via = CHANNEL_MESSENGER};
    struct mind from = {0};
    enum status st = mind_load(db, customer_id, &from);

    if (st == ST_OK && to->no && to->update_id > from.update_id)
        st = consent_revoke(db, now, &no);
    if ((st == ST_OK || st == ST_NONE) && to->rare && !from.rare)
        st = consent_rarely(db, now, customer_id, true);
    return st == ST_NONE ? ST_OK : st;
}

/* They stand in the old chat, which nobody edits any more. */
static enum status pictures_forget(struct db *db, int64_t customer_id)
{
    return db_exec(db, NULL,
                   "DELETE s FROM discount d STRAIGHT_JOIN discount_shown s"
                   " ON s.discount_id = d.id WHERE d.customer_id = ?",
                   DB_INT(customer_id));
}

static enum status use_up(struct db *db, int64_t customer_id)
{
    return db_exec(db, NULL, "DELETE FROM move_code WHERE customer_id = ?",
                   DB_INT(customer_id));
}

static enum status note(struct db *db, int64_t now, int64_t from, int64_t to)
{
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_CUSTOMER,
                                           .actor_id = to,
                                           .action = "customer.move",
                                           .entity_id = from});
}

/* Both rows are locked, the lower one first, before anybody's mind is made up. */
static enum status lock(struct db *db, int64_t a, int64_t b)
{
    enum status st = db_select(db,
                               "SELECT id FROM customer WHERE id IN (?, ?)"
                               " ORDER BY id FOR UPDATE",
                               DB_INT(a), DB_INT(b));

    while (st == ST_OK)
        st = db_next(db);
    return st == ST_NONE ? ST_OK : st;
}

static enum status move(struct db *db, int64_t now, struct moving *m, int64_t to,
                        int64_t update_id)
{
    const struct erasure_act leave = {.customer_id = to,
                                      .moving = true,
                                      .update_id = update_id,
                                      .actor = ACTOR_CUSTOMER,
                                      .actor_id = to};
    struct customer c;
    struct mind mind = {0};
    int64_t person = 0;
    enum status st = customer_load(db, to, &c);

    if (st == ST_OK)
        st = mind_load(db, to, &mind);
    if (st == ST_OK)
        st = erasure_do(db, now, &leave, NULL);
    crash_point("moving.left");
    if (st == ST_OK)
        st = identity_person(db, m->from.id, &person);
    if (st == ST_OK)
        st = identity_leaves(db, now, m->from.channel, m->from.external_id, person);
    if (st == ST_OK)
        st = hand_over(db, m, &c);
    if (st == ST_OK)
        st = stat_leave_out_staff(db, now, c.channel, c.external_id);
    if (st == ST_OK)
        st = customer_words_keep(db, m->from.id);
    if (st == ST_OK)
        st = mind_keep(db, now, m->from.id, &mind);
    if (st == ST_OK)
        st = pictures_forget(db, m->from.id);
    if (st == ST_OK)
        st = use_up(db, m->from.id);
    return st == ST_OK ? note(db, now, m->from.id, to) : st;
}

enum status moving_do(struct db *db, int64_t now, const char *code, int64_t to,
                      int64_t update_id, struct moving *out)
{
    enum status st = moving_look(db, now, code, to, out);

    if (st == ST_OK && out->result == MOVING_FINE)
        st = lock(db, out->from.id, to);
    if (st == ST_OK &&
        out->result == MOVING_FINE) /* as it is now, nobody else moving */
        st = moving_look(db, now, code, to, out);
    if (st != ST_OK || out->result != MOVING_FINE)
        return st;
    return move(db, now, out, to, update_id);
}
