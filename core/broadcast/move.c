/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * From one state to the next. Each act locks the row, asks the table, and writes the
 * state in one place (broadcast_move). */
#include "core/audit.h"
#include "core/base/crash.h"
#include "core/broadcast/move.h"
#include "core/broadcast/row.h"
#include "core/broadcast/target.h"
#include "core/broadcast/fill.h"
#include "core/broadcast/link.h"
#include "core/broadcast/restored.h"

static const bool arrows[BROADCAST_STATES][BROADCAST_STATES] = {
    [BROADCAST_DRAFT] = {[BROADCAST_SCHEDULED] = true, [BROADCAST_CANCELLED] = true},
    [BROADCAST_SCHEDULED] = {[BROADCAST_DRAFT] = true,
                             [BROADCAST_SENDING] = true,
                             [BROADCAST_MISSED] = true,
                             [BROADCAST_CANCELLED] = true},
    [BROADCAST_SENDING] = {[BROADCAST_PAUSED] = true,
                           [BROADCAST_FINISHED] = true,
                           [BROADCAST_CANCELLED] = true},
    [BROADCAST_PAUSED] = {[BROADCAST_SENDING] = true, [BROADCAST_CANCELLED] = true},
    /* Those whose answer was lost are sent to once more (broadcast_retry_unknown). */
    [BROADCAST_FINISHED] = {[BROADCAST_SENDING] = true},
};

bool broadcast_may_move(enum broadcast_state from, enum broadcast_state to)
{
    return (unsigned)from < BROADCAST_STATES && (unsigned)to < BROADCAST_STATES &&
           arrows[from][to];
}

enum status broadcast_note(struct db *db, int64_t now, int64_t staff_id,
                           const char *action, int64_t id)
{
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = staff_id != 0 ? ACTOR_STAFF : ACTOR_SYSTEM,
                              .actor_id = staff_id,
                              .action = action,
                              .entity_id = id});
}

enum status broadcast_move(struct db *db, int64_t now, struct broadcast *b,
                           enum broadcast_state to)
{
    int64_t changed;
    enum status st;

    if (!broadcast_may_move(b->state, to))
        return ST_TAKEN;
    st =
        db_exec(db, &changed,
                "UPDATE broadcast SET state = ?, paused_why = ?, version = version + 1,"
                " finished_at = ?, updated_at = ? WHERE id = ? AND state = ?",
                DB_INT(to), DB_INT(to == BROADCAST_PAUSED ? b->paused_why : PAUSE_NONE),
                DB_TIME_OR_NULL(to == BROADCAST_FINISHED || to == BROADCAST_CANCELLED ||
                                        to == BROADCAST_MISSED
                                    ? now
                                    : 0),
                DB_TIME(now), DB_INT(b->id), DB_INT(b->state));
    if (st == ST_OK && changed == 0)
        return ST_TAKEN;
    b->state = to;
    b->version++;
    return st;
}

/* Locks it. ST_TAKEN with b->state == to: it was done before. */
static enum status act_open(struct db *db, const struct broadcast_act *act,
                            enum broadcast_state to, struct broadcast *b)
{
    enum status st;

    *b = (struct broadcast){0};
    st = broadcast_lock(db, act->id, b);
    if (st != ST_OK)
        return st;
    if (b->state == to)
        return ST_TAKEN;
    if (act->version != 0 && act->version != b->version)
        return ST_REFUSED;
    return broadcast_may_move(b->state, to) ? ST_OK : ST_TAKEN;
}

/* What was asked twice is done. */
static enum status done_before(enum status st, const struct broadcast *b,
                               enum broadcast_state to)
{
    return st == ST_TAKEN && b->state == to ? ST_OK : st;
}

/* ---- when --------------------------------------------------------------------------- */

/* Who waits for a winner waits for a day that is still to come. */
static bool test_timely(const struct broadcast *b, int64_t at)
{
    return b->test_bp == 0 || b->decide_at > at;
}

/* A discount that is over by then is no reason to write to anybody. */
static bool offer_timely(const struct broadcast *b, int64_t at)
{
    return b->offer.percent_bp == 0 || b->offer.days > 0 || b->offer.until > at;
}

/* Can it begin at that moment? */
static enum status ready(struct db *db, int64_t now, const struct broadcast *b,
                         int64_t at, const char **why)
{
    enum status st =
        db_one(db, "SELECT COUNT(*) FROM broadcast_variant WHERE broadcast_id = ?",
               DB_INT(b->id));

    if (st == ST_OK && db_int(db, 0) == 0) {
        *why = "empty";
        return ST_BAD;
    }
    if (st == ST_OK && (!test_timely(b, at) || !offer_timely(b, at))) {
        *why = !test_timely(b, at) ? "test" : "offer";
        return ST_BAD;
    }
    if (st == ST_OK)
        st = broadcast_approved(db, now, b);
    if (st == ST_REFUSED)
        *why = "approval";
    if (st == ST_BAD || st == ST_NONE)
        *why = "audience";
    return st == ST_REFUSED || st == ST_NONE ? ST_BAD : st;
}

enum status broadcast_schedule(struct db *db, int64_t now,
                               const struct broadcast_act *act, int64_t at,
                               const char **why)
{
    struct broadcast b;
    enum status st = act_open(db, act, BROADCAST_SCHEDULED, &b);
    bool again = st == ST_TAKEN && b.state == BROADCAST_SCHEDULED; /* another time */

    if (again && b.start_at == at)
        return ST_OK;
    if (again && act->version != 0 && act->version != b.version)
        return ST_REFUSED;
    if (st != ST_OK && !again)
        return st;
    *why = at < now                                ? "past"
           : b.not_after != 0 && at >= b.not_after ? "not_after"
                                                   : NULL;
    if (*why != NULL)
        return ST_BAD;
    st = ready(db, now, &b, at, why);
    if (st == ST_OK && !again)
        st = broadcast_move(db, now, &b, BROADCAST_SCHEDULED);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE broadcast SET start_at = ?, version = version + ?,"
                     " updated_at = ? WHERE id = ?",
                     DB_TIME(at), DB_INT(again), DB_TIME(now), DB_INT(b.id));
    return st == ST_OK
               ? broadcast_note(db, now, act->staff_id, "broadcast.schedule", b.id)
               : st;
}

enum status broadcast_withdraw(struct db *db, int64_t now,
                               const struct broadcast_act *act)
{
    struct broadcast b;
    enum status st = act_open(db, act, BROADCAST_DRAFT, &b);

    if (st != ST_OK)
        return done_before(st, &b, BROADCAST_DRAFT);
    st = broadcast_move(db, now, &b, BROADCAST_DRAFT);
    if (st == ST_OK)
        st = db_exec(db, NULL, "UPDATE broadcast SET start_at = NULL WHERE id = ?",
                     DB_INT(b.id));
    return st == ST_OK
               ? broadcast_note(db, now, act->staff_id, "broadcast.withdraw", b.id)
               : st;
}

/* ---- starting ----------------------------------------------------------------------- */

/* The rule becomes what it means at this instant; who is a customer later is in no
 * audience of it. */
static enum status begun(struct db *db, int64_t now, struct broadcast *b,
                         const struct buf *rule)
{
    enum status st = broadcast_move(db, now, b, BROADCAST_SENDING);

    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE broadcast SET rule = ?, frozen_at = ?, started_at = ?,"
                     " start_at = COALESCE(start_at, ?), fill_at = 0,"
                     " fill_upto = (SELECT COALESCE(MAX(id), 0) FROM customer)"
                     " WHERE id = ?",
                     DB_TEXT_N(rule->s, rule->len), DB_TIME(now), DB_TIME(now),
                     DB_TIME(now), DB_INT(b->id));
    if (st == ST_OK)
        st = db_exec(db, NULL, "INSERT INTO broadcast_watch (broadcast_id) VALUES (?)",
                     DB_INT(b->id));
    if (st == ST_OK)
        st = links_put(db, b->id);
    if (st == ST_OK)
        st = fill_job_put(db, now, b->id);
    return st == ST_OK ? chain_jobs_put(db, now, b->id) : st;
}

enum status broadcast_begin(struct db *db, int64_t now, int64_t staff_id,
                            struct broadcast *b, const char **why)
{
    struct buf rule = {0};
    bool held = false;
    enum status st = restored_held(db, &held);

    *why = st == ST_OK && held                                       ? "restored"
           : st == ST_OK && b->not_after != 0 && now >= b->not_after ? "not_after"
                                                                     : NULL;
    if (*why != NULL)
        st = ST_BAD;
    if (st == ST_OK)
        st = ready(db, now, b, now, why);
    if (st == ST_OK) {
        st = broadcast_freeze(db, b, &rule);
        if (st == ST_BAD || st == ST_NONE) {
            *why = "audience";
            st = ST_BAD;
        }
    }
    if (st == ST_OK)
        st = begun(db, now, b, &rule);
    crash_point("broadcast.begun");
    if (st == ST_OK)
        st = broadcast_note(db, now, staff_id, "broadcast.start", b->id);
    buf_free(&rule);
    return st;
}

enum status broadcast_start(struct db *db, int64_t now, const struct broadcast_act *act,
                            const char **why)
{
    struct broadcast b;
    enum status st = broadcast_lock(db, act->id, &b);

    *why = NULL;
    if (st != ST_OK || b.state == BROADCAST_SENDING)
        return st;
    if (act->version != 0 && act->version != b.version)
        return ST_REFUSED;
    if (b.state == BROADCAST_DRAFT)
        st = broadcast_move(db, now, &b, BROADCAST_SCHEDULED);
    else if (b.state != BROADCAST_SCHEDULED)
        st = ST_TAKEN;
    return st == ST_OK ? broadcast_begin(db, now, act->staff_id, &b, why) : st;
}

/* ---- standing still, and going on --------------------------------------------------- */

enum status broadcast_pause(struct db *db, int64_t now, const struct broadcast_act *act,
                            enum broadcast_pause why)
{
    struct broadcast b;
    enum status st = act_open(db, act, BROADCAST_PAUSED, &b);

    if (st != ST_OK)
        return done_before(st, &b, BROADCAST_PAUSED);
    b.paused_why = why;
    st = broadcast_move(db, now, &b, BROADCAST_PAUSED);
    return st == ST_OK ? broadcast_note(db, now, act->staff_id, "broadcast.pause", b.id)
                       : st;
}

enum status broadcast_resume(struct db *db, int64_t now,
                             const struct broadcast_act *act)
{
    struct broadcast b;
    bool held = false;
    enum status st = act_open(db, act, BROADCAST_SENDING, &b);

    if (st != ST_OK)
        return done_before(st, &b, BROADCAST_SENDING);
    if (b.state != BROADCAST_PAUSED)
        return ST_TAKEN;
    st = restored_held(db, &held);
    if (st != ST_OK || held)
        return st == ST_OK ? ST_TAKEN : st;
    st = broadcast_move(db, now, &b, BROADCAST_SENDING);
    if (st == ST_OK && b.filled_at == 0)
        st = fill_job_put(db, now, b.id);
    if (st == ST_OK)
        st = chain_jobs_put(db, now, b.id);
    return st == ST_OK
               ? broadcast_note(db, now, act->staff_id, "broadcast.resume", b.id)
               : st;
}

enum status broadcast_cancel(struct db *db, int64_t now,
                             const struct broadcast_act *act)
{
    struct broadcast b;
    enum status st = act_open(db, act, BROADCAST_CANCELLED, &b);

    if (st != ST_OK)
        return done_before(st, &b, BROADCAST_CANCELLED);
    st = broadcast_move(db, now, &b, BROADCAST_CANCELLED);
    if (st == ST_OK && b.frozen_at != 0)
        st = fill_job_put(db, now, b.id);
    return st == ST_OK
               ? broadcast_note(db, now, act->staff_id, "broadcast.cancel", b.id)
               : st;
}

enum status broadcast_approve(struct db *db, int64_t now,
                              const struct broadcast_act *act)
{
    struct broadcast b;
    enum status st = broadcast_lock(db, act->id, &b);

    if (st != ST_OK || (act->staff_id != 0 && b.approved_by == act->staff_id))
        return st;
    if (act->version != 0 && act->version != b.version)
        return ST_REFUSED;
    if (b.state != BROADCAST_DRAFT && b.state != BROADCAST_SCHEDULED)
        return ST_TAKEN;
    st = db_one(db, "SELECT COALESCE(changed_by, 0) FROM broadcast WHERE id = ?",
                DB_INT(b.id));
    if (st != ST_OK)
        return st;
    if (act->staff_id == 0 || b.made_by == act->staff_id ||
        db_int(db, 0) == act->staff_id)
        return ST_BAD;
    st = db_exec(db, NULL,
                 "UPDATE broadcast SET approved_by = ?, approved_at = ?,"
                 " version = version + 1, updated_at = ? WHERE id = ?",
                 DB_INT(act->staff_id), DB_TIME(now), DB_TIME(now), DB_INT(b.id));
    return st == ST_OK
               ? broadcast_note(db, now, act->staff_id, "broadcast.approve", b.id)
               : st;
}
