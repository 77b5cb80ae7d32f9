/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/clock.h"
#include "core/base/money.h"
#include "core/loyalty/customer.h"
#include "core/loyalty/discount_row.h"
#include "core/loyalty/follow.h"
#include "core/loyalty/redemption_row.h"
#include "core/setting.h"

#include <stdio.h>
#include <string.h>

/* Guessing: after ten codes nobody was given, this cashier waits. */
#define GUESSES_MAX 10
#define GUESSES_IN (5 * MINUTE)

/* A second scan of one that may be used again: the cashier is reminded of the first. */
#define JUST_NOW (10 * MINUTE)

/* ---- finding -------------------------------------------------------------------- */

#define COLUMNS                                                                        \
    "SELECT " DISCOUNT_COLUMNS ", " CUSTOMER_CALLED ", c.channel, c.external_id,"      \
    " d.hold_staff_id, d.hold_until, d.hold_token, h.name, d.confirm_until, c.pd_ok,"  \
    " d.hold_amount, d.hold_member, d.store_id, w.name, c.subscribed,"                 \
    " c.subscribed_at, c.member_seen_at, c.phone"                                      \
    " FROM discount d JOIN customer c ON c.id = d.customer_id"                         \
    " LEFT JOIN staff h ON h.id = d.hold_staff_id"                                     \
    " LEFT JOIN store w ON w.id = d.store_id"

/* What the row says beside the card. */
struct found {
    bool agreed;              /* the customer lets us process their data */
    bool own;                 /* the customer is the cashier */
    bool mine;                /* this cashier's button still works */
    bool elsewhere;           /* held, and by another */
    int64_t until;            /* held until then; 0: not */
    int64_t store;            /* the only store it is good at; 0: all */
    bool follows;             /* the channel, as far as we know */
    int64_t known;            /* … when we learned it; 0: never asked */
    int64_t since;            /* … since when it is so; 0: not known */
    int64_t amount;           /* of this cashier's card; -1: not entered */
    enum member_state member; /* of that card */
};

/* What stands on this cashier's card; of nobody else's. */
static void card_sums(const struct db *db, int col, struct found *f)
{
    f->amount = -1;
    if (!f->mine)
        return;
    if (!db_is_null(db, col) && db_int(db, col) >= 0)
        f->amount = db_int(db, col);
    f->member = (enum member_state)db_int(db, col + 1);
}

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
        .until = held ? db_time(db, c + 5) : 0,
        .store = db_int(db, c + 12),
        .follows = db_int(db, c + 14) != 0,
        .known = db_time(db, c + 16) > db_time(db, c + 15) ? db_time(db, c + 16)
                                                           : db_time(db, c + 15),
        .since = db_time(db, c + 15),
    };
    card_sums(db, c + 10, f);
    if (!db_is_null(db, c + 17))
        phone_mask(db_text(db, c + 17, NULL), card->phone);
    snprintf(card->store, sizeof card->store, "%s",
             db_is_null(db, c + 13) ? "" : db_text(db, c + 13, NULL));
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

/* What the check must know beside the row. */
struct terms {
    struct settings set;
    enum amount_mode amount_mode;
    const struct tz *tz; /* of the night that ends a day */
    struct tz *own;      /* … the store's, where it has one. Ours */
};

static enum status terms_load(struct db *db, const struct redemption_ask *ask,
                              struct terms *out)
{
    enum status st = setting_load(db, &out->set);

    if (st == ST_OK)
        st = amount_mode_load(db, &out->set, ask->shift->store_id, &out->amount_mode);
    return st;
}

/* The night falls where the till stands. Asked for who left alone: they are few. */
static enum status night_load(struct db *db, const struct redemption_ask *ask,
                              const struct found *f, struct terms *t)
{
    enum status st = ST_OK;

    t->tz = ask->tz;
    if (f->follows || t->set.unsubscribe_policy != SETTING_LEFT_END_OF_DAY)
        return ST_OK;
    st = db_one(db, "SELECT tz FROM store WHERE id = ?", DB_INT(ask->shift->store_id));
    if (st == ST_OK && db_text(db, 0, NULL)[0] != '\0')
        t->own = tz_open(db_text(db, 0, NULL));
    if (t->own != NULL)
        t->tz = t->own;
    return st == ST_NONE ? ST_OK : st;
}

/* A discount for who follows the channel, in a shop that looks at it at the till. */
static bool for_followers(const struct card *card, const struct settings *set)
{
    return follow_counts(set) && card->discount.source == SOURCE_SUBSCRIPTION;
}

static enum verdict decide(const struct card *card, const struct found *f,
                           const struct redemption_ask *ask, const struct terms *terms,
                           int64_t now)
{
    enum verdict v = discount_verdict(&card->discount, now);

    if (!f->agreed)
        return VERDICT_WITHDRAWN;
    if (v != VERDICT_VALID)
        return v;
    if (f->store != 0 && f->store != ask->shift->store_id)
        return VERDICT_WRONG_STORE;
    if (f->own && !terms->set.staff_own_redeem)
        return VERDICT_OWN;
    if (for_followers(card, &terms->set) &&
        follow_ended(&terms->set, &(struct follower){f->follows, f->known, f->since},
                     terms->tz, now))
        return VERDICT_LEFT;
    return f->elsewhere && !ask->take ? VERDICT_HELD : VERDICT_VALID;
}

/* The same cashier's card keeps what it has; a fresh one begins with nothing. */
static void card_fill(struct card *card, const struct found *f,
                      const struct terms *terms, int64_t now)
{
    int64_t old = terms->set.member_recheck_minutes * MINUTE;

    if (card->nonce[0] == '\0') {
        nonce_new(card->nonce);
        card->ask_member =
            for_followers(card, &terms->set) && (f->known == 0 || now - f->known > old);
    }
    card->held_until = now + terms->set.hold_minutes * MINUTE;
    card->confirm_until = now + terms->set.confirm_minutes * MINUTE;
    card->held_by[0] = '\0';
    card->amount_mode =
        discount_wants_sum(&card->discount) ? AMOUNT_REQUIRED : terms->amount_mode;
    card->amount = f->amount;
    card->off = f->amount < 0 ? -1 : discount_off(&card->discount, f->amount);
}

/* The WHERE repeats what was just read: when somebody was faster, nothing changes and
 * the whole check begins again. The same cashier's hold keeps its nonce, so that both
 * cards of a double scan are the same operation. */
static enum status hold(struct db *db, int64_t now, const struct redemption_ask *ask,
                        const struct card *card, const struct found *f)
{
    bool wanting = card->amount < 0 && card->amount_mode == AMOUNT_REQUIRED;
    enum member_state member = card->ask_member ? MEMBER_ASKED : f->member;
    int64_t changed;
    enum status st;

    /* Twice in the very same moment: the row says all of it already, and an UPDATE that
     * changes nothing would look like somebody who was faster. */
    if (f->mine && f->until == card->held_until)
        return ST_OK;
    st =
        db_exec(db, &changed,
                "UPDATE discount SET hold_token = ?, hold_staff_id = ?, hold_until = ?,"
                " confirm_until = ?, hold_amount = ?, hold_member = ?"
                " WHERE id = ? AND status = 1 AND uses_count < uses_allowed"
                " AND (? = 1 OR hold_until IS NULL OR hold_until <= ?"
                " OR hold_staff_id = ?)",
                DB_TEXT(card->nonce), DB_INT(ask->staff->id), DB_TIME(card->held_until),
                DB_TIME(card->confirm_until),
                DB_INT_OR_NULL(card->amount >= 0 || wanting, card->amount),
                DB_INT_OR_NULL(member != 0, member), DB_INT(card->discount.id),
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
                   " discount_id, verdict, nonce, member)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                   DB_TIME(now), DB_INT(ask->staff->id),
                   DB_INT_OR_NULL(ask->shift != NULL,
                                  ask->shift != NULL ? ask->shift->store_id : 0),
                   alien ? DB_TEXT(ask->code) : DB_NULL,
                   DB_INT_OR_NULL(card->discount.id != 0, card->discount.id),
                   DB_INT(card->verdict),
                   card->verdict == VERDICT_VALID ? DB_TEXT(card->nonce) : DB_NULL,
                   DB_INT(card->ask_member ? MEMBER_ASKED : 0));
}

/* Who spent it; of one that is good still, only when that was just now. */
static enum status spent_before(struct db *db, int64_t now,
                                const struct redemption_ask *ask, struct card *card)
{
    enum status st = spent_load(db, card->discount.id, ask->staff->id, &card->used);

    if (st == ST_OK && card->verdict == VERDICT_VALID && now - card->used.at > JUST_NOW)
        card->used = (struct spent){0};
    return st == ST_NONE ? ST_OK : st;
}

static enum status judge(struct db *db, int64_t now, const struct redemption_ask *ask,
                         struct card *card, const struct found *f)
{
    struct terms terms = {0};
    enum status st = terms_load(db, ask, &terms);

    if (st == ST_OK)
        st = night_load(db, ask, f, &terms);
    if (st != ST_OK)
        return st;
    card->verdict = decide(card, f, ask, &terms, now);
    tz_close(terms.own);
    if (card->verdict == VERDICT_VALID) {
        card_fill(card, f, &terms, now);
        st = hold(db, now, ask, card, f);
        if (st == ST_OK && card->discount.uses_count > 0)
            st = spent_before(db, now, ask, card);
        return st;
    }
    card->nonce[0] = '\0';
    card->ask_member = card->verdict == VERDICT_LEFT;
    card->phone[0] = '\0';
    if (card->verdict == VERDICT_WITHDRAWN)
        card->customer[0] = '\0';
    return card->verdict == VERDICT_USED ? spent_before(db, now, ask, card) : ST_OK;
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
    return st == ST_OK ? judge(db, now, ask, card, &f) : st;
}

enum status redemption_check(struct db *db, int64_t now,
                             const struct redemption_ask *ask, struct card *out)
{
    enum status st = ST_OK;

    *out = (struct card){
        .verdict = till_verdict(ask->staff, ask->shift), .amount = -1, .off = -1};
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
                 " hold_until = NULL, confirm_until = NULL, hold_amount = NULL,"
                 " hold_member = NULL"
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
