/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a recipient did with a message, and those whose answer was lost once more. */
#include "core/base/crash.h"
#include "core/broadcast/count.h"
#include "core/broadcast/move.h"
#include "core/broadcast/recipient.h"
#include "core/broadcast/fill.h"

#define LINK_LEFT (-1)

/* It may be pressed before we know that it was sent; who got nothing presses nothing. */
static enum status pressed(struct db *db, int64_t now, const int64_t of[2], int link)
{
    enum status st = db_one(db,
                            "SELECT state FROM broadcast_recipient"
                            " WHERE broadcast_id = ? AND customer_id = ?",
                            DB_INT(of[0]), DB_INT(of[1]));
    int64_t state = st == ST_OK ? db_int(db, 0) : 0;

    if (st == ST_OK && state != RECIPIENT_SENDING && state != RECIPIENT_SENT &&
        state != RECIPIENT_UNKNOWN)
        return ST_NONE;
    if (st != ST_OK)
        return st;
    return db_exec(db, NULL,
                   "INSERT INTO broadcast_click (broadcast_id, customer_id, link, n,"
                   " first_at, last_at) VALUES (?, ?, ?, 1, ?, ?)"
                   " ON DUPLICATE KEY UPDATE n = n + 1, last_at = VALUES(last_at)",
                   DB_INT(of[0]), DB_INT(of[1]), DB_INT(link), DB_TIME(now),
                   DB_TIME(now));
}

enum status broadcast_clicked(struct db *db, int64_t now, int64_t broadcast_id,
                              int64_t customer_id, int link)
{
    const int64_t of[2] = {broadcast_id, customer_id};

    return link < 0 ? ST_BAD : pressed(db, now, of, link);
}

enum status broadcast_left(struct db *db, int64_t now, int64_t broadcast_id,
                           int64_t customer_id)
{
    const int64_t of[2] = {broadcast_id, customer_id};

    return pressed(db, now, of, LINK_LEFT);
}

/* ---- once more ---------------------------------------------------------------------- */

/* The old message stays what it is: unknown. A new one is made of who is taken in hand. */
static enum status unknown_queue(struct db *db, int64_t now, int64_t id, int64_t *n)
{
    struct counts c = {0};
    enum status st = db_select(db,
                               "SELECT COALESCE(variant, 0), why, COUNT(*)"
                               " FROM broadcast_recipient WHERE broadcast_id = ?"
                               " AND state = 6 GROUP BY COALESCE(variant, 0), why",
                               DB_INT(id));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        counts_add(&c, (int)db_int(db, 0), RECIPIENT_UNKNOWN, (int)db_int(db, 1),
                   -db_int(db, 2));
        counts_add(&c, (int)db_int(db, 0), RECIPIENT_QUEUED, 0, db_int(db, 2));
    }
    if (st != ST_NONE)
        return st;
    st = db_exec(db, n,
                 "UPDATE broadcast_recipient SET state = 1, why = 0, attempts = 0,"
                 " due = ?, job = NULL, message_id = NULL, ended_at = NULL"
                 " WHERE broadcast_id = ? AND state = 6",
                 DB_TIME(now), DB_INT(id));
    crash_point("broadcast.retrying");
    return st == ST_OK ? counts_put(db, id, &c) : st;
}

enum status broadcast_retry_unknown(struct db *db, int64_t now,
                                    const struct broadcast_act *act, int64_t *n)
{
    struct broadcast b;
    enum status st = db_one(db,
                            "SELECT ended FROM broadcast_watch WHERE broadcast_id = ?"
                            " FOR UPDATE",
                            DB_INT(act->id));

    *n = 0;
    if (st == ST_OK || st == ST_NONE)
        st = broadcast_lock(db, act->id, &b);
    if (st != ST_OK)
        return st;
    if (act->version != 0 && act->version != b.version)
        return ST_REFUSED;
    if (b.state != BROADCAST_FINISHED && b.state != BROADCAST_PAUSED)
        return ST_TAKEN;
    st = unknown_queue(db, now, b.id, n);
    if (st == ST_OK && *n > 0 && b.state == BROADCAST_FINISHED) {
        st = broadcast_move(db, now, &b, BROADCAST_SENDING);
        if (st == ST_OK)
            st = chain_jobs_put(db, now, b.id);
    }
    return st == ST_OK
               ? broadcast_note(db, now, act->staff_id, "broadcast.retry_unknown", b.id)
               : st;
}
