/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/discount.h"

#include "core/audit.h"
#include "core/base/crash.h"
#include "core/base/money.h"
#include "core/base/secret.h"
#include "core/loyalty/discount_row.h"
#include "core/loyalty/discount_tally.h"
#include "core/stat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE_TRIES 8
#define ISSUE_KEY_MAX 96
#define USES_MAX 1000

const char *const discount_source_words[SOURCE_COUNT] = {"subscription", "birthday",
                                                         "manual", "campaign", NULL};

const char *discount_source_name(enum discount_source s)
{
    return s > 0 && s < SOURCE_COUNT ? discount_source_words[s - 1] : "other";
}

void discount_read(const struct db *db, int col, struct discount *out)
{
    *out = (struct discount){
        .id = db_int(db, col),
        .customer_id = db_int(db, col + 1),
        .source = (enum discount_source)db_int(db, col + 2),
        .status = (enum discount_status)db_int(db, col + 3),
        .percent_bp = (int)db_int(db, col + 4),
        .uses_allowed = (int)db_int(db, col + 5),
        .uses_count = (int)db_int(db, col + 6),
        .valid_from = db_time(db, col + 7),
        .valid_until = db_time(db, col + 8),
        .created_at = db_time(db, col + 11),
        .store_id = db_is_null(db, col + 12) ? 0 : db_int(db, col + 12),
        .min_purchase = db_int(db, col + 13),
        .max_amount = db_int(db, col + 14),
        .version = db_int(db, col + 15),
    };
    snprintf(out->code, sizeof out->code, "%s", db_text(db, col + 9, NULL));
    snprintf(out->token, sizeof out->token, "%s", db_text(db, col + 10, NULL));
}

static enum status discount_take(struct db *db, enum status st, struct discount *out)
{
    if (st == ST_OK)
        discount_read(db, 0, out);
    return st;
}

enum status discount_load(struct db *db, int64_t id, struct discount *out)
{
    return discount_take(db,
                         db_one(db,
                                "SELECT " DISCOUNT_COLUMNS " FROM discount d"
                                " WHERE d.id = ?",
                                DB_INT(id)),
                         out);
}

enum status discount_lock(struct db *db, int64_t id, struct discount *out)
{
    return discount_take(db,
                         db_one(db,
                                "SELECT " DISCOUNT_COLUMNS " FROM discount d"
                                " WHERE d.id = ? FOR UPDATE",
                                DB_INT(id)),
                         out);
}

bool discount_key_ok(const char *s, size_t n, size_t want)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    if (n != want)
        return false;
    for (size_t i = 0; i < n; i++)
        if (s[i] == '\0' || strchr(alphabet, s[i]) == NULL)
            return false;
    return true;
}

enum status discount_find_code(struct db *db, const char *code, struct discount *out)
{
    if (!discount_key_ok(code, strnlen(code, CODE_SYMBOLS + 1), CODE_SYMBOLS))
        return ST_NONE;
    return discount_take(db,
                         db_one(db,
                                "SELECT " DISCOUNT_COLUMNS " FROM discount d"
                                " WHERE d.code = ?",
                                DB_TEXT(code)),
                         out);
}

enum status discount_find_token(struct db *db, const char *token, size_t n,
                                struct discount *out)
{
    if (!discount_key_ok(token, n, DISCOUNT_TOKEN))
        return ST_NONE;
    return discount_take(db,
                         db_one(db,
                                "SELECT " DISCOUNT_COLUMNS " FROM discount d"
                                " WHERE d.token = ?",
                                DB_TEXT_N(token, n)),
                         out);
}

enum discount_status discount_state(const struct discount *d, int64_t now)
{
    if (d->status == DISCOUNT_ACTIVE && d->valid_until <= now)
        return DISCOUNT_EXPIRED;
    return d->status;
}

int64_t discount_off(const struct discount *d, int64_t amount)
{
    int64_t off = money_percent(amount, d->percent_bp);

    return d->max_amount > 0 && off > d->max_amount ? d->max_amount : off;
}

bool discount_wants_sum(const struct discount *d)
{
    return d->min_purchase > 0 || d->max_amount > 0;
}

/* ---- issuing -------------------------------------------------------------------- */

static bool spec_ok(const struct discount_spec *s)
{
    size_t n = strnlen(s->issue_key, ISSUE_KEY_MAX + 1);

    return n > 0 && n <= ISSUE_KEY_MAX && s->percent_bp > 0 &&
           s->percent_bp <= PERCENT_WHOLE && s->valid_from < s->valid_until &&
           s->uses >= 0 && s->uses <= USES_MAX && s->min_purchase >= 0 &&
           s->max_amount >= 0 && s->source > 0 && s->source < SOURCE_COUNT;
}

static enum status find_issued(struct db *db, const char *issue_key,
                               struct discount *out)
{
    return discount_take(db,
                         db_one(db,
                                "SELECT " DISCOUNT_COLUMNS " FROM discount d"
                                " WHERE d.issue_key = ?",
                                DB_TEXT(issue_key)),
                         out);
}

static enum status discount_insert(struct db *db, int64_t now,
                                   const struct discount_spec *s)
{
    char code[CODE_SYMBOLS + 1], token[DISCOUNT_TOKEN + 1];

    code_new(code);
    secret_token22(token);
    return db_exec(db, NULL,
                   "INSERT INTO discount (customer_id, source, issue_key, percent_bp,"
                   " code, token, valid_from, valid_until, uses_allowed, issued_by,"
                   " reason, store_id, created_at, min_purchase, max_amount)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   DB_INT(s->customer_id), DB_INT(s->source), DB_TEXT(s->issue_key),
                   DB_INT(s->percent_bp), DB_TEXT(code), DB_TEXT(token),
                   DB_TIME(s->valid_from), DB_TIME(s->valid_until),
                   DB_INT(s->uses > 0 ? s->uses : 1),
                   DB_INT_OR_NULL(s->staff_id != 0, s->staff_id), DB_TEXT(s->reason),
                   DB_INT_OR_NULL(s->store_id != 0, s->store_id), DB_TIME(now),
                   DB_INT_OR_NULL(s->min_purchase != 0, s->min_purchase),
                   DB_INT_OR_NULL(s->max_amount != 0, s->max_amount));
}

static enum status discount_note(struct db *db, int64_t now, const char *action,
                                 int64_t id, int64_t staff_id)
{
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = staff_id != 0 ? ACTOR_STAFF : ACTOR_SYSTEM,
                              .actor_id = staff_id,
                              .action = action,
                              .entity_id = id});
}

enum status discount_issue(struct db *db, int64_t now, const struct discount_spec *spec,
                           struct discount *out)
{
    enum status st, found;

    if (!spec_ok(spec))
        return ST_BAD;
    /* Asked first, as a refused INSERT would use up an id and take locks. */
    found = find_issued(db, spec->issue_key, out);
    if (found != ST_NONE)
        return found == ST_OK ? ST_TAKEN : found;
    st = discount_insert(db, now, spec);
    for (int i = 1; st == ST_TAKEN && i < CODE_TRIES; i++) {
        found = find_issued(db, spec->issue_key, out);
        if (found != ST_NONE)
            return found == ST_OK ? ST_TAKEN : found;
        st = discount_insert(db, now, spec); /* the code or the token was in use */
    }
    if (st != ST_OK)
        return st == ST_TAKEN ? ST_BROKEN : st;
    out->id = db_last_id(db);
    crash_point("issue.inserted");
    st = discount_note(db, now, "discount.issue", out->id, spec->staff_id);
    return st == ST_OK ? discount_load(db, out->id, out) : st;
}

enum status discount_renew(struct db *db, int64_t now, int64_t id, int64_t customer_id,
                           struct discount *out)
{
    char code[CODE_SYMBOLS + 1], token[DISCOUNT_TOKEN + 1];
    int64_t changed = 0;
    enum status st = ST_TAKEN;

    for (int i = 0; st == ST_TAKEN && i < CODE_TRIES; i++) {
        code_new(code);
        secret_token22(token);
        /* Whoever holds it at a till holds the old code: that card is void too. */
        st = db_exec(db, &changed,
                     "UPDATE discount SET code = ?, token = ?,"
                     " version = version + 1, hold_token = NULL,"
                     " hold_staff_id = NULL, hold_until = NULL, confirm_until = NULL"
                     " WHERE id = ? AND customer_id = ? AND status = 1"
                     " AND valid_until > ?",
                     DB_TEXT(code), DB_TEXT(token), DB_INT(id), DB_INT(customer_id),
                     DB_TIME(now));
    }
    if (st != ST_OK)
        return st == ST_TAKEN ? ST_BROKEN : st;
    if (changed == 0)
        return ST_NONE;
    st = discount_note(db, now, "discount.renew", id, 0);
    return st == ST_OK ? discount_load(db, id, out) : st;
}

enum status discount_revoke(struct db *db, int64_t now, int64_t id, int64_t staff_id)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE discount SET status = 4, version = version + 1"
                             " WHERE id = ? AND status = 1",
                             DB_INT(id));

    if (st == ST_OK && changed == 0)
        st = ST_NONE;
    if (st == ST_OK)
        st = discount_turned(db, now, id, DISCOUNT_ACTIVE);
    return st == ST_OK ? discount_note(db, now, "discount.revoke", id, staff_id) : st;
}

/* Each by itself, so that it is known which were marked now. */
static enum status expire_each(struct db *db, int64_t now, int64_t *id, int *n)
{
    int found = *n;
    enum status st = ST_OK;

    *n = 0;
    for (int i = 0; i < found && st == ST_OK; i++) {
        int64_t changed = 0;

        st = db_exec(db, &changed,
                     "UPDATE discount SET status = 3, version = version + 1"
                     " WHERE id = ? AND status = 1 AND valid_until <= ?",
                     DB_INT(id[i]), DB_TIME(now));
        if (st == ST_OK && changed > 0) {
            st = discount_turned(db, now, id[i], DISCOUNT_ACTIVE);
            id[(*n)++] = id[i];
        }
    }
    return st;
}

/* The first ones, into id. */
static enum status expire_find(struct db *db, int64_t now, int64_t *id, int limit,
                               int *n)
{
    enum status st = db_select(db,
                               "SELECT id FROM discount WHERE status = 1"
                               " AND valid_until <= ? ORDER BY valid_until, id LIMIT ?",
                               DB_TIME(now), DB_INT(limit));

    while (st == ST_OK && *n < limit && (st = db_next(db)) == ST_OK)
        id[(*n)++] = db_int(db, 0);
    return st == ST_NONE ? ST_OK : st;
}

enum status discount_expire_due(struct db *db, int64_t now, int64_t *id, int limit,
                                int *n)
{
    int64_t *mine = id == NULL ? calloc((size_t)limit, sizeof *mine) : id;
    enum status st = mine != NULL ? stat_late_expiring(db, now, limit) : ST_BROKEN;

    *n = 0;
    if (st == ST_OK)
        st = expire_find(db, now, mine, limit, n);
    if (st == ST_OK)
        st = expire_each(db, now, mine, n);
    if (id == NULL)
        free(mine);
    return st;
}
