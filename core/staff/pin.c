/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/pin.h"

#include "core/audit.h"
#include "core/base/clock.h"
#include "core/base/password.h"
#include "core/base/secret.h"

#include <stdio.h>
#include <string.h>

#define WINDOW (PIN_LOCK_MINUTES * MINUTE)

bool pin_fits(const char *digits)
{
    size_t n = strlen(digits), same = 1, up = 1, down = 1;

    if (n < PIN_MIN || n > PIN_MAX || strspn(digits, "0123456789") != n)
        return false;
    for (size_t i = 1; i < n; i++) {
        same += digits[i] == digits[i - 1];
        up += digits[i] == digits[i - 1] + 1;
        down += digits[i] == digits[i - 1] - 1;
    }
    return same < n && up < n && down < n;
}

static enum status pin_note(struct db *db, int64_t now, const char *action,
                            int64_t staff_id, int64_t by)
{
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = by,
                                           .action = action,
                                           .entity_id = staff_id});
}

/* ---- asking --------------------------------------------------------------------- */

struct pin {
    char hash[PASSWORD_HASH];
    bool once;
    int wrong;
    int64_t expires_at, wrong_since, locked_until;
};

/* Locks the row: of many answers at once each is counted. */
static enum status pin_load(struct db *db, int64_t staff_id, struct pin *out)
{
    enum status st =
        db_one(db,
               "SELECT hash, once, expires_at, wrong, wrong_since,"
               " locked_until FROM staff_pin WHERE staff_id = ? FOR UPDATE",
               DB_INT(staff_id));

    if (st != ST_OK)
        return st;
    *out = (struct pin){.once = db_int(db, 1) != 0,
                        .expires_at = db_time(db, 2),
                        .wrong = (int)db_int(db, 3),
                        .wrong_since = db_time(db, 4),
                        .locked_until = db_time(db, 5)};
    snprintf(out->hash, sizeof out->hash, "%s", db_text(db, 0, NULL));
    return ST_OK;
}

static bool over(const struct pin *p, int64_t now)
{
    return p->once && p->expires_at <= now;
}

static enum status on_wrong(struct db *db, int64_t now, int64_t staff_id,
                            const struct pin *p, struct pin_answer *out)
{
    bool first = p->wrong == 0 || p->wrong_since <= now - WINDOW;
    int wrong = first ? 1 : p->wrong + 1;
    bool lock = wrong >= PIN_WRONG_MAX;

    out->result = lock ? PIN_LOCKED : PIN_WRONG;
    out->left = PIN_WRONG_MAX - wrong;
    out->until = now + WINDOW;
    out->just = lock;
    return db_exec(db, NULL,
                   "UPDATE staff_pin SET wrong = ?, wrong_since = ?, locked_until = ?"
                   " WHERE staff_id = ?",
                   DB_INT(lock ? 0 : wrong), DB_TIME(first ? now : p->wrong_since),
                   DB_TIME_OR_NULL(lock ? out->until : 0), DB_INT(staff_id));
}

/* A manager's digits are good for one answer: whoever read them over a shoulder comes
 * too late. */
static enum status on_right(struct db *db, int64_t staff_id, const struct pin *p,
                            struct pin_answer *out)
{
    out->result = p->once ? PIN_CHANGE : PIN_RIGHT;
    if (p->once)
        return pin_forget(db, staff_id);
    if (p->wrong == 0)
        return ST_OK;
    return db_exec(db, NULL,
                   "UPDATE staff_pin SET wrong = 0, wrong_since = NULL"
                   " WHERE staff_id = ?",
                   DB_INT(staff_id));
}

enum status pin_check(struct db *db, int64_t now, int64_t staff_id, const char *digits,
                      struct pin_answer *out)
{
    struct pin p;
    enum status st = pin_load(db, staff_id, &p);

    *out = (struct pin_answer){.result = PIN_NONE};
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    if (over(&p, now))
        return ST_OK;
    if (p.locked_until > now) {
        out->result = PIN_LOCKED;
        out->until = p.locked_until;
        return ST_OK;
    }
    return password_is(digits, p.hash) ? on_right(db, staff_id, &p, out)
                                       : on_wrong(db, now, staff_id, &p, out);
}

enum status pin_has(struct db *db, int64_t now, int64_t staff_id)
{
    return db_one(db,
                  "SELECT 1 FROM staff_pin WHERE staff_id = ?"
                  " AND (once = 0 OR expires_at > ?)",
                  DB_INT(staff_id), DB_TIME(now));
}

/* ---- giving --------------------------------------------------------------------- */

static enum status pin_put(struct db *db, int64_t now, int64_t staff_id,
                           const char *digits, bool once)
{
    char hash[PASSWORD_HASH];
    enum status st = password_hash(digits, PASSWORD_COST_PIN, hash);

    if (st == ST_OK)
        st = pin_forget(db, staff_id);
    if (st != ST_OK)
        return st;
    st = db_exec(db, NULL,
                 "INSERT INTO staff_pin (staff_id, hash, once, expires_at, set_at)"
                 " VALUES (?, ?, ?, ?, ?)",
                 DB_INT(staff_id), DB_TEXT(hash), DB_INT(once),
                 DB_TIME_OR_NULL(once ? now + PIN_ONCE_HOURS * HOUR : 0), DB_TIME(now));
    return st == ST_TAKEN ? ST_AGAIN : st; /* set this very moment */
}

enum status pin_set(struct db *db, int64_t now, int64_t staff_id, const char *digits)
{
    enum status st = pin_fits(digits) ? ST_OK : ST_BAD;

    if (st == ST_OK)
        st = pin_put(db, now, staff_id, digits, false);
    return st == ST_OK ? pin_note(db, now, "pin.set", staff_id, staff_id) : st;
}

enum status pin_reset(struct db *db, int64_t now, int64_t staff_id, int64_t by,
                      char out[PIN_ONCE_DIGITS + 1])
{
    enum status st;

    do
        snprintf(out, PIN_ONCE_DIGITS + 1, "%06d", (int)secret_random_below(1000000));
    while (!pin_fits(out));
    st = pin_put(db, now, staff_id, out, true);
    return st == ST_OK ? pin_note(db, now, "pin.reset", staff_id, by) : st;
}

enum status pin_since(struct db *db, int64_t staff_id, int64_t moment)
{
    return db_one(db,
                  "SELECT 1 FROM staff_pin WHERE staff_id = ? AND once = 0"
                  " AND set_at <= ?",
                  DB_INT(staff_id), DB_TIME(moment));
}

enum status pin_forget(struct db *db, int64_t staff_id)
{
    return db_exec(db, NULL, "DELETE FROM staff_pin WHERE staff_id = ?",
                   DB_INT(staff_id));
}
