/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/account.h"

#include "core/audit.h"
#include "core/staff/team.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS                                                                        \
    "staff_id, email, password_hash, totp_secret, totp_since, totp_last_step, epoch,"  \
    " disabled_at"

static void account_read(const struct db *db, struct account *out)
{
    *out = (struct account){.staff_id = db_int(db, 0),
                            .totp_on = !db_is_null(db, 4),
                            .totp_last = db_int(db, 5),
                            .epoch = db_int(db, 6),
                            .disabled = !db_is_null(db, 7)};
    if (!db_is_null(db, 1))
        snprintf(out->email, sizeof out->email, "%s", db_text(db, 1, NULL));
    if (!db_is_null(db, 2))
        snprintf(out->hash, sizeof out->hash, "%s", db_text(db, 2, NULL));
    if (!db_is_null(db, 3))
        snprintf(out->totp, sizeof out->totp, "%s", db_text(db, 3, NULL));
}

static enum status account_note(struct db *db, int64_t now, const char *action,
                                int64_t by, int64_t who)
{
    return audit_add(
        db, now,
        &(struct audit_entry){
            .actor = ACTOR_STAFF, .actor_id = by, .action = action, .entity_id = who});
}

/* ---- finding ---------------------------------------------------------------------- */

enum status account_load(struct db *db, int64_t staff_id, struct account *out)
{
    enum status st =
        db_one(db, "SELECT " COLUMNS " FROM admin_account WHERE staff_id = ?",
               DB_INT(staff_id));

    *out = (struct account){0};
    if (st == ST_OK)
        account_read(db, out);
    return st;
}

enum status account_ready(struct db *db, int64_t now, int64_t staff_id,
                          struct account *out)
{
    enum status st = account_load(db, staff_id, out);

    if (st != ST_NONE)
        return st;
    st = db_exec(db, NULL,
                 "INSERT INTO admin_account (staff_id, created_at) VALUES (?, ?)",
                 DB_INT(staff_id), DB_TIME(now));
    if (st == ST_REFUSED)
        return ST_NONE;
    return st == ST_OK || st == ST_TAKEN ? account_load(db, staff_id, out) : st;
}

enum status account_lock(struct db *db, int64_t now, int64_t staff_id,
                         struct account *out)
{
    enum status st = account_ready(db, now, staff_id, out);

    if (st == ST_OK)
        st = db_one(
            db, "SELECT " COLUMNS " FROM admin_account WHERE staff_id = ? FOR UPDATE",
            DB_INT(staff_id));
    if (st == ST_OK)
        account_read(db, out);
    return st;
}

enum status account_find(struct db *db, const char *email, struct account *out)
{
    enum status st = db_one(db, "SELECT " COLUMNS " FROM admin_account WHERE email = ?",
                            DB_TEXT(email));

    *out = (struct account){0};
    if (st == ST_OK)
        account_read(db, out);
    return st;
}

bool account_email(const char *typed, char out[ACCOUNT_EMAIL_BYTES])
{
    size_t n = strlen(typed), at = strcspn(typed, "@");
    const char *dot = strrchr(typed, '.');

    if (n >= ACCOUNT_EMAIL_BYTES || at == 0 || at == n || at > 64 || dot == NULL ||
        dot < typed + at + 2 || dot[1] == '\0' || strchr(typed + at + 1, '@') != NULL)
        return false;
    for (size_t i = 0; i <= n; i++) {
        unsigned char c = (unsigned char)typed[i];

        if (i < n && (c <= ' ' || c >= 127 || strchr("\"'(),:;<>[]\\", c) != NULL))
            return false;
        out[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    return true;
}

/* ---- passwords -------------------------------------------------------------------- */

/* Nobody's, of the same cost: whoever is not here takes as long as who is. */
#define NOBODY "$2b$12$ZvHKPRxGmjl69gITYUyf..jHV8DfW7cUQhWWXVSZB6veruKuV51.2"

bool account_word_is(const struct account *a, const char *password)
{
    bool has = a->staff_id != 0 && a->hash[0] != '\0';
    bool is = password_is(password, has ? a->hash : NOBODY);

    return has && is;
}

enum status account_word(const char *password, char hash[PASSWORD_HASH])
{
    size_t letters = 0;

    for (const char *s = password; *s != '\0'; s++)
        letters += ((unsigned char)*s & 0xC0) != 0x80;
    return letters >= ACCOUNT_WORD_MIN ? password_hash(password, PASSWORD_COST, hash)
                                       : ST_BAD;
}

/* The session that goes on takes the new epoch. */
static enum status keep_session(struct db *db, int64_t staff_id, const char *jti)
{
    if (jti == NULL)
        return ST_OK;
    return db_exec(db, NULL,
                   "UPDATE admin_session s JOIN admin_account a"
                   " ON a.staff_id = s.staff_id SET s.epoch = a.epoch"
                   " WHERE s.staff_id = ? AND s.jti = ?",
                   DB_INT(staff_id), DB_TEXT(jti));
}

enum status account_set_word(struct db *db, int64_t now, int64_t staff_id,
                             const struct account_word *w)
{
    struct account a;
    int64_t changed = 0;
    enum status st = account_ready(db, now, staff_id, &a);
    const char *email = w->email[0] != '\0' ? w->email : a.email;

    if (st == ST_OK && email[0] == '\0')
        st = ST_BAD;
    if (st == ST_OK)
        st = db_exec(db, &changed,
                     "UPDATE admin_account SET email = ?, password_hash = ?,"
                     " epoch = epoch + 1 WHERE staff_id = ? AND (? = 0 OR epoch = ?)",
                     DB_TEXT(email), DB_TEXT(w->hash), DB_INT(staff_id),
                     DB_INT(w->epoch), DB_INT(w->epoch));
    if (st == ST_OK && changed == 0)
        st = ST_REFUSED;
    if (st == ST_OK)
        st = keep_session(db, staff_id, w->keep);
    return st == ST_OK ? account_note(db, now, "login.password", staff_id, staff_id)
                       : st;
}

/* ---- six digits ------------------------------------------------------------------- */

enum status account_totp_enrol(struct db *db, int64_t now, int64_t staff_id,
                               char secret[TOTP_SECRET])
{
    struct account a;
    enum status st = account_ready(db, now, staff_id, &a);

    if (st == ST_OK && a.totp_on)
        st = ST_TAKEN;
    if (st != ST_OK)
        return st;
    totp_secret_make(secret);
    return db_exec(db, NULL,
                   "UPDATE admin_account SET totp_secret = ?, totp_last_step = 0"
                   " WHERE staff_id = ? AND totp_since IS NULL",
                   DB_TEXT(secret), DB_INT(staff_id));
}

/* The WHERE lets one use a step: of two at once the second changes nothing. */
static enum status step_use(struct db *db, int64_t now, const struct account *a,
                            int64_t step)
{
    int64_t changed;
    enum status st =
        db_exec(db, &changed,
                "UPDATE admin_account SET totp_last_step = ?,"
                " totp_since = COALESCE(totp_since, ?)"
                " WHERE staff_id = ? AND totp_secret = ? AND totp_last_step < ?",
                DB_INT(step), DB_TIME(now), DB_INT(a->staff_id), DB_TEXT(a->totp),
                DB_INT(step));

    if (st == ST_OK && changed == 0)
        return ST_REFUSED;
    return st == ST_OK && !a->totp_on
               ? account_note(db, now, "login.totp_on", a->staff_id, a->staff_id)
               : st;
}

enum status account_totp_use(struct db *db, int64_t now, const struct account *a,
                             const char *code)
{
    int64_t step;

    if (a->totp[0] == '\0')
        return ST_NONE;
    if (!totp_is(a->totp, now, code, a->totp_last, &step))
        return ST_REFUSED;
    return step_use(db, now, a, step);
}

enum status account_totp_off(struct db *db, int64_t now, int64_t staff_id)
{
    enum status st = db_exec(db, NULL,
                             "UPDATE admin_account SET totp_secret = NULL,"
                             " totp_since = NULL, totp_last_step = 0"
                             " WHERE staff_id = ?",
                             DB_INT(staff_id));

    return st == ST_OK ? account_note(db, now, "login.totp_off", staff_id, staff_id)
                       : st;
}

/* ---- ending ----------------------------------------------------------------------- */

static enum status epoch_raise(struct db *db, int64_t staff_id)
{
    return db_exec(db, NULL,
                   "UPDATE admin_account SET epoch = epoch + 1 WHERE staff_id = ?",
                   DB_INT(staff_id));
}

enum status account_out(struct db *db, int64_t now, int64_t staff_id)
{
    enum status st = epoch_raise(db, staff_id);

    return st == ST_OK ? account_note(db, now, "login.out_all", staff_id, staff_id)
                       : st;
}

enum status account_switch(struct db *db, int64_t now, const struct account_act *act)
{
    struct account a;
    struct staff who;
    enum status st = staff_load(db, act->who, &who);

    if (st == ST_OK)
        st = team_may(db, act->by, &who);
    if (st == ST_OK)
        st = account_ready(db, now, act->who, &a);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE admin_account SET disabled_at = ?, epoch = epoch + 1"
                     " WHERE staff_id = ?",
                     DB_TIME_OR_NULL(act->disable ? now : 0), DB_INT(act->who));
    if (st == ST_OK)
        st = account_note(db, now, act->disable ? "admin.disable" : "admin.enable",
                          act->by->id, act->who);
    return st;
}

static enum status role_give(struct db *db, int64_t now, const struct staff *who,
                             enum role role, int64_t by)
{
    struct staff out;

    return staff_add(db, now,
                     &(struct staff_spec){.channel = who->channel,
                                          .external_id = who->external_id,
                                          .role = role,
                                          .by = by},
                     &out);
}

/* Whoever has a shop must be able to come in: by a chat of their own, and not locked out
 * of the panel, or nobody could hand it on. ST_REFUSED: they cannot. */
static enum status can_own(struct db *db, const struct staff *next)
{
    struct account a;
    enum status st = account_load(db, next->id, &a);

    if (st != ST_OK && st != ST_NONE)
        return st;
    return next->channel == CHANNEL_MESSENGER && !a.disabled ? ST_OK : ST_REFUSED;
}

enum status account_can_take(struct db *db, const struct staff *from,
                             const struct staff *to)
{
    if (!from->active || from->role != ROLE_OWNER || !to->active ||
        to->id == from->id || to->role == ROLE_OWNER)
        return ST_REFUSED;
    return can_own(db, to);
}

/* Both as they are by now, and held: whoever is dismissed at this very moment gets no
 * shop. The new owner first: the last one cannot leave. */
enum status account_hand_over(struct db *db, int64_t now, const struct staff *by,
                              int64_t who)
{
    struct staff next, from;
    enum status st = staff_lock(db, who, &next);

    if (st == ST_OK)
        st = staff_lock(db, by->id, &from);
    if (st == ST_OK)
        st = account_can_take(db, &from, &next);
    if (st == ST_OK)
        st = role_give(db, now, &next, ROLE_OWNER, from.id);
    if (st == ST_OK)
        st = role_give(db, now, &from, ROLE_ADMINISTRATOR, from.id);
    return st == ST_OK ? account_note(db, now, "staff.hand_over", from.id, who) : st;
}
