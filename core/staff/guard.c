/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/guard.h"

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/secret.h"

#define PAUSE_FIRST (30 * SECOND)
#define PAUSE_MOST HOUR
#define FORGET DAY

static enum status subject_hash(const struct guard_subject *s,
                                uint8_t out[SHA256_BYTES])
{
    struct buf b = {0};
    enum status st = ST_BROKEN;

    buf_adds(&b, s->kind);
    buf_addc(&b, ':');
    buf_adds(&b, s->value);
    if (!b.failed) {
        secret_sha256(b.s, b.len, out);
        st = ST_OK;
    }
    buf_free(&b);
    return st;
}

static int64_t pause_of(int over)
{
    int64_t pause = PAUSE_FIRST;

    while (over-- > 1 && pause < PAUSE_MOST)
        pause *= 2;
    return pause < PAUSE_MOST ? pause : PAUSE_MOST;
}

struct guard {
    int tries;
    int64_t last, locked;
};

/* Locks the row: of many at once each is counted. */
static enum status guard_load(struct db *db, int64_t now,
                              const uint8_t hash[SHA256_BYTES], struct guard *out)
{
    enum status st;

    *out = (struct guard){0};
    st = db_exec(db, NULL,
                 "INSERT IGNORE INTO login_guard (subject, tries, last_at)"
                 " VALUES (?, 0, ?)",
                 DB_BYTES(hash, SHA256_BYTES), DB_TIME(now));
    if (st == ST_OK)
        st = db_one(db,
                    "SELECT tries, last_at, locked_until FROM login_guard"
                    " WHERE subject = ? FOR UPDATE",
                    DB_BYTES(hash, SHA256_BYTES));
    if (st == ST_OK)
        *out = (struct guard){.tries = (int)db_int(db, 0),
                              .last = db_time(db, 1),
                              .locked = db_time(db, 2)};
    return st;
}

enum status guard_try(struct db *db, int64_t now, const struct guard_subject *s,
                      int *wait)
{
    uint8_t hash[SHA256_BYTES];
    struct guard g;
    int tries;
    enum status st = subject_hash(s, hash);

    *wait = 0;
    if (st == ST_OK)
        st = guard_load(db, now, hash, &g);
    if (st != ST_OK)
        return st;
    if (g.locked > now) {
        *wait = (int)((g.locked - now + SECOND - 1) / SECOND);
        return ST_REFUSED;
    }
    tries = g.last <= now - FORGET ? 1 : g.tries + 1;
    return db_exec(
        db, NULL,
        "UPDATE login_guard SET tries = ?, last_at = ?, locked_until = ?"
        " WHERE subject = ?",
        DB_INT(tries), DB_TIME(now),
        DB_TIME_OR_NULL(tries >= s->free ? now + pause_of(tries - s->free + 1) : 0),
        DB_BYTES(hash, sizeof hash));
}

enum status guard_pass(struct db *db, const struct guard_subject *s)
{
    uint8_t hash[SHA256_BYTES];
    enum status st = subject_hash(s, hash);

    if (st != ST_OK)
        return st;
    return db_exec(db, NULL, "DELETE FROM login_guard WHERE subject = ?",
                   DB_BYTES(hash, sizeof hash));
}

enum status guard_undo(struct db *db, const struct guard_subject *s)
{
    uint8_t hash[SHA256_BYTES];
    enum status st = subject_hash(s, hash);

    if (st != ST_OK)
        return st;
    return db_exec(db, NULL,
                   "UPDATE login_guard SET tries = tries - 1, locked_until = NULL"
                   " WHERE subject = ? AND tries > 0",
                   DB_BYTES(hash, sizeof hash));
}

enum status guard_forget(struct db *db, int64_t before, int limit, int *n)
{
    int64_t gone = 0;
    enum status st =
        db_exec(db, &gone,
                "DELETE FROM login_guard WHERE last_at < ? AND (locked_until IS NULL"
                " OR locked_until < ?) LIMIT ?",
                DB_TIME(before), DB_TIME(before), DB_INT(limit));

    *n = (int)gone;
    return st;
}
