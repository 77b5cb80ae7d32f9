/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/customer.h"
#include "core/loyalty/discount_row.h"
#include "core/loyalty/redemption_row.h"
#include "core/base/clock.h"
#include "core/setting.h"

#include <stdio.h>
#include <string.h>

/* Guessing: after ten codes nobody was given, this cashier waits. */
#define GUESSES_MAX 10
#define GUESSES_IN (5 * MINUTE)

/* ---- finding -------------------------------------------------------------------- */

#define COLUMNS                                                                        \
    "SELECT " DISCOUNT_COLUMNS                                                         \
    ", c.first_name, c.last_name, c.channel, c.external_id,"                           \
    " d.hold_staff_id, d.hold_until, d.hold_token, h.name, d.confirm_until, c.pd_ok"   \
    " FROM discount d JOIN customer c ON c.id = d.customer_id"                         \
    " LEFT JOIN staff h ON h.id = d.hold_staff_id"

/* What the row says beside the card. */
struct found {
    bool agreed;    /* the customer lets us process their data */
    bool own;       /* the customer is the cashier */
    bool mine;      /* this cashier's button still works */
    bool elsewhere; /* held, and by another */
};

static void found_read(const struct db *db, int64_t now, const struct staff *staff,
                       struct card *card, struct found *f)
{
    const int c = DISCOUNT_COLUMNS_N;
    bool held = !db_is_null(db, c + 5) && db_time(db, c + 5) > now;
    bool mine = !db_is_null(db, c + 4) && db_int(db, c + 4) == staff->id;

    discount_read(db, 0, &card->discount);
    customer_short_name(db_text(db, c, NULL), db_text(db, c + 1, NULL), card->customer);
    *f = (struct found){
        .agreed = db_int(db, c + 9) != 0,
        .own = db_int(db, c + 2) == (int64_t)staff->channel &&
               db_int(db, c + 3) == staff->external_id,
        .mine = mine && !db_is_null(db, c + 8) && db_time(db, c + 8) > now,
        .elsewhere = held && !mine,
    };
    if (f->mine)
        snprintf(card->nonce, sizeof card->nonce, "%s", db_text(db, c + 6, NULL));
    if (f->elsewhere && !db_is_null(db, c + 7))
        snprintf(card->held_by, sizeof card->held_by, "%s", db_text(db, c + 7, NULL));
    if (held)
        card->held_until = db_time(db, c + 5);
}

static bool code_ok(const char *code)
{
    return discount_key_ok(code, strnlen(code, CODE_SYMBOLS + 1), CODE_SYMBOLS);
}

static enum status find(struct db *db, int64_t now, const struct redemption_ask *ask,
                        struct card *card, struct found *f)
{
    enum status st = ST_NONE;

    if (ask->code != NULL && code_ok(ask->code))
        st = db_one(db, COLUMNS " WHERE d.code = ?", DB_TEXT(ask->code));
    else if (ask->code == NULL && ask->token != NULL &&
             discount_key_ok(ask->token, ask->token_n, DISCOUNT_TOKEN))
        st = db_one(db, COLUMNS " WHERE d.token = ?",
                    DB_TEXT_N(ask->token, ask->token_n));
    if (st == ST_OK)
        found_read(db, now, ask->staff, card, f);
    return st;
}

/* ---- deciding ------------------------------------------------------------------- */

static enum status guessing(struct db *db, int64_t now,
                            const struct redemption_ask *ask, struct card *card)
{
    enum status st = db_one(db,
                            "SELECT COUNT(*), MIN(at) FROM redemption_attempt"
                            " WHERE staff_id = ? AND verdict = ? AND at > ?",
                            DB_INT(ask->staff->id), DB_INT(VERDICT_UNKNOWN),
                            DB_TIME(now - GUESSES_IN));

    if (st == ST_OK && db_int(db, 0) >= GUESSES_MAX) {
        card->verdict = VERDICT_LOCKED;
        card->held_until = db_time(db, 1) + GUESSES_IN;
    }
    return st;
}

static enum verdict decide(const struct card *card, const struct found *f, bool take,
                           int64_t now)
{
    enum verdict v = discount_verdict(&card->discount, now);

    if (!f->agreed)
        return VERDICT_WITHDRAWN;
    if (v != VERDICT_VALID)
        return v;
    if (f->own)
        return VERDICT_OWN;
    return f->elsewhere && !take ? VERDICT_HELD : VERDICT_VALID;
}

/* The WHERE repeats what was just read: when somebody was faster, nothing changes and
 * the whole check begins again. The same cashier's hold keeps its nonce, so that both
 * cards of a double scan are the same operation. */
static enum status hold(struct db *db, int64_t now, const struct redemption_ask *ask,
                        struct card *card)
{
    struct settings set;
    int64_t changed;
    enum status st = setting_load(db, &set);

    if (st != ST_OK)
        return st;
    if (card->nonce[0] == '\0')
        nonce_new(card->nonce);
    card->held_until = now + set.hold_minutes * MINUTE;
    card->held_by[0] = '\0';
    st = db_exec(
        db, &changed,
        "UPDATE discount SET hold_token = ?, hold_staff_id = ?, hold_until = ?,"
        " confirm_until = ? WHERE id = ? AND status = 1 AND uses_count < uses_allowed"
        " AND (? = 1 OR hold_until IS NULL OR hold_until <= ?"
        " OR hold_staff_id = ?)",
        DB_TEXT(card->nonce), DB_INT(ask->staff->id), DB_TIME(card->held_until),
        DB_TIME(now + set.confirm_minutes * MINUTE), DB_INT(card->discount.id),
        DB_INT(ask->take), DB_TIME(now), DB_INT(ask->staff->id));
    if (st == ST_TAKEN || (st == ST_OK && changed == 0))
        st = ST_AGAIN;
    return st;
}

static enum status attempt_add(struct db *db, int64_t now,
                               const struct redemption_ask *ask,
                               const struct card *card)
{
    /* A code that exists is a key to money and is named by its discount's id alone. */
    bool alien =
        card->verdict == VERDICT_UNKNOWN && ask->code != NULL && code_ok(ask->code);

    return db_exec(db, NULL,
                   "INSERT INTO redemption_attempt (at, staff_id, store_id, code_seen,"
                   " discount_id, verdict, nonce) VALUES (?, ?, ?, ?, ?, ?, ?)",
                   DB_TIME(now), DB_INT(ask->staff->id),
                   DB_INT_OR_NULL(ask->shift != NULL,
                                  ask->shift != NULL ? ask->shift->store_id : 0),
                   alien ? DB_TEXT(ask->code) : DB_NULL,
                   DB_INT_OR_NULL(card->discount.id != 0, card->discount.id),
                   DB_INT(card->verdict),
                   card->verdict == VERDICT_VALID ? DB_TEXT(card->nonce) : DB_NULL);
}

static enum status look(struct db *db, int64_t now, const struct redemption_ask *ask,
                        struct card *card)
{
    struct found f = {0};
    enum status st = find(db, now, ask, card, &f);

    if (st == ST_NONE) {
        card->verdict = VERDICT_UNKNOWN;
        return ST_OK;
    }
    if (st != ST_OK)
        return st;
    card->verdict = decide(card, &f, ask->take, now);
    if (card->verdict == VERDICT_VALID)
        return hold(db, now, ask, card);
    card->nonce[0] = '\0';
    if (card->verdict == VERDICT_WITHDRAWN)
        card->customer[0] = '\0';
    if (card->verdict == VERDICT_USED)
        st = spent_load(db, card->discount.id, ask->staff->id, &card->used);
    return st == ST_NONE ? ST_OK : st;
}

enum status redemption_check(struct db *db, int64_t now,
                             const struct redemption_ask *ask, struct card *out)
{
    enum status st = ST_OK;

    *out = (struct card){.verdict = till_verdict(ask->staff, ask->shift)};
    if (out->verdict == VERDICT_VALID)
        st = guessing(db, now, ask, out);
    if (st == ST_OK && out->verdict == VERDICT_VALID)
        st = look(db, now, ask, out);
    return st == ST_OK ? attempt_add(db, now, ask, out) : st;
}

enum status redemption_release(struct db *db, const char *nonce, int64_t staff_id)
{
    int64_t changed;
    enum status st;

    if (!nonce_ok(nonce))
        return ST_NONE;
    st = db_exec(db, &changed,
                 "UPDATE discount SET hold_token = NULL, hold_staff_id = NULL,"
                 " hold_until = NULL, confirm_until = NULL"
                 " WHERE hold_token = ? AND hold_staff_id = ?"
                 " AND confirm_until IS NOT NULL",
                 DB_TEXT(nonce), DB_INT(staff_id));

    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

enum status redemption_attempt_forget(struct db *db, int64_t before, int limit, int *n)
{
    int64_t changed = 0;
    enum status st =
        db_exec(db, &changed, "DELETE FROM redemption_attempt WHERE at < ? LIMIT ?",
                DB_TIME(before), DB_INT(limit));

    *n = (int)changed;
    return st;
}
