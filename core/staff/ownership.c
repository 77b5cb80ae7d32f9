/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/ownership.h"

#include "core/audit.h"
#include "core/io/queue.h"

#include <stdio.h>

#define COLUMNS                                                                        \
    "o.id, o.from_id, o.to_id, o.made_at, o.expires_at, o.ended_at, o.state, f.name,"  \
    " t.name FROM ownership_offer o JOIN staff f ON f.id = o.from_id"                  \
    " JOIN staff t ON t.id = o.to_id"

static enum status take(struct db *db, enum status st, struct ownership *out)
{
    if (st != ST_OK)
        return st;
    *out = (struct ownership){.id = db_int(db, 0),
                              .from_id = db_int(db, 1),
                              .to_id = db_int(db, 2),
                              .made_at = db_time(db, 3),
                              .expires_at = db_time(db, 4),
                              .ended_at = db_time(db, 5),
                              .state = (enum ownership_state)db_int(db, 6)};
    snprintf(out->from, sizeof out->from, "%s", db_text(db, 7, NULL));
    snprintf(out->to, sizeof out->to, "%s", db_text(db, 8, NULL));
    return ST_OK;
}

enum status ownership_load(struct db *db, int64_t id, struct ownership *out)
{
    return take(db, db_one(db, "SELECT " COLUMNS " WHERE o.id = ?", DB_INT(id)), out);
}

enum status ownership_current(struct db *db, int64_t now, struct ownership *out)
{
    return take(db,
                db_one(db,
                       "SELECT " COLUMNS " WHERE o.open_one = 1 AND o.expires_at > ?",
                       DB_TIME(now)),
                out);
}

static enum status note(struct db *db, int64_t now, const char *action, int64_t by,
                        int64_t id)
{
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = by != 0 ? ACTOR_STAFF : ACTOR_SYSTEM,
                              .actor_id = by,
                              .action = action,
                              .entity_id = id});
}

/* Both hear of what it is now; of its end by the clock when that has come (due). */
static enum status tell(struct db *db, int64_t now, const struct ownership *o,
                        int64_t due)
{
    struct job_spec job = {
        .kind = KIND_CORE_OWNERSHIP_MOVED, .args = json_new_object(), .due = due};

    json_set_int(job.args, "o", o->id);
    json_set_int(job.args, "s", o->state);
    return job_put(db, now, &job);
}

/* The WHERE is the lock: of all who would end it exactly one does. */
static enum status end(struct db *db, int64_t now, int64_t id,
                       enum ownership_state state)
{
    int64_t changed;
    enum status st =
        db_exec(db, &changed,
                "UPDATE ownership_offer SET state = ?, ended_at = ?"
                " WHERE id = ? AND state = ?",
                DB_INT(state), DB_TIME(now), DB_INT(id), DB_INT(OWNERSHIP_OPEN));

    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

/* One whose day is over while nobody looked stands in nobody's way. */
static enum status clear_way(struct db *db, int64_t now)
{
    return db_exec(db, NULL,
                   "UPDATE ownership_offer SET state = ?, ended_at = ?"
                   " WHERE open_one = 1 AND expires_at <= ?",
                   DB_INT(OWNERSHIP_EXPIRED), DB_TIME(now), DB_TIME(now));
}

enum status ownership_offer(struct db *db, int64_t now, const struct staff *by,
                            int64_t to, struct ownership *out)
{
    const int64_t until = now + OWNERSHIP_LIFE_HOURS * HOUR;
    struct ownership o = {.state = OWNERSHIP_OPEN}, over = {0};
    struct staff next;
    enum status st = staff_load(db, to, &next);

    if (st == ST_OK)
        st = account_can_take(db, by, &next);
    if (st == ST_OK)
        st = clear_way(db, now);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "INSERT INTO ownership_offer (from_id, to_id, made_at, expires_at)"
                     " VALUES (?, ?, ?, ?)",
                     DB_INT(by->id), DB_INT(to), DB_TIME(now), DB_TIME(until));
    if (st == ST_OK) {
        o.id = over.id = db_last_id(db);
        over.state = OWNERSHIP_EXPIRED;
        st = note(db, now, "ownership.offer", by->id, o.id);
    }
    if (st == ST_OK)
        st = tell(db, now, &o, 0);
    if (st == ST_OK)
        st = tell(db, now, &over, until);
    return st == ST_OK ? ownership_load(db, o.id, out) : st;
}

/* Both as they are by now. ST_REFUSED: it cannot pass, and nothing was written. */
static enum status pass(struct db *db, int64_t now, const struct ownership *o)
{
    const struct staff from = {.id = o->from_id};

    return account_hand_over(db, now, &from, o->to_id);
}

static enum status answer(struct db *db, int64_t now, const struct ownership_yes *a,
                          struct ownership *o)
{
    static const char *const actions[OWNERSHIP_STATES] = {
        [OWNERSHIP_ACCEPTED] = "ownership.accept",
        [OWNERSHIP_DECLINED] = "ownership.decline",
        [OWNERSHIP_WITHDRAWN] = "ownership.withdraw",
    };
    enum status st = a->yes ? pass(db, now, o) : ST_OK;

    o->state = st == ST_REFUSED ? OWNERSHIP_WITHDRAWN
               : a->yes         ? OWNERSHIP_ACCEPTED
                                : OWNERSHIP_DECLINED;
    if (st == ST_OK || st == ST_REFUSED)
        st = end(db, now, o->id, o->state);
    if (st == ST_OK)
        st = note(db, now, actions[o->state], a->by->id, o->id);
    return st == ST_OK ? tell(db, now, o, 0) : st;
}

enum status ownership_answer(struct db *db, int64_t now, const struct ownership_yes *a,
                             struct ownership *out)
{
    enum status st = take(
        db, db_one(db, "SELECT " COLUMNS " WHERE o.id = ? FOR UPDATE", DB_INT(a->id)),
        out);

    if (st == ST_OK && (out->state != OWNERSHIP_OPEN || out->expires_at <= now ||
                        out->to_id != a->by->id || !a->by->active))
        st = ST_NONE;
    if (st == ST_OK)
        st = answer(db, now, a, out);
    return st == ST_OK ? ownership_load(db, a->id, out) : st;
}

enum status ownership_withdraw(struct db *db, int64_t now, const struct staff *by)
{
    struct ownership o;
    enum status st = by->active && by->role == ROLE_OWNER
                         ? ownership_current(db, now, &o)
                         : ST_REFUSED;

    if (st == ST_OK)
        st = end(db, now, o.id, OWNERSHIP_WITHDRAWN);
    if (st == ST_OK)
        st = note(db, now, "ownership.withdraw", by->id, o.id);
    o.state = OWNERSHIP_WITHDRAWN;
    return st == ST_OK ? tell(db, now, &o, 0) : st;
}

enum status ownership_expire(struct db *db, int64_t now, int64_t id,
                             struct ownership *out)
{
    enum status st = ownership_load(db, id, out);

    if (st != ST_OK || out->state == OWNERSHIP_EXPIRED)
        return st;
    if (out->state != OWNERSHIP_OPEN || out->expires_at > now)
        return ST_NONE;
    st = end(db, now, id, OWNERSHIP_EXPIRED);
    if (st == ST_OK)
        st = note(db, now, "ownership.expire", 0, id);
    return st == ST_OK ? ownership_load(db, id, out) : st;
}
