/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the clock does with broadcasts: whoever asks twice, or at the same time, finds it
 * done. */
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/broadcast/move.h"
#include "core/broadcast/recipient_private.h"
#include "core/broadcast/fill.h"

#include <string.h>

#define MISSED_AFTER (6 * HOUR) /* of who said nothing of their own */

/* ---- the end ------------------------------------------------------------------------ */

enum status broadcast_end(struct db *db, int64_t now, struct broadcast *b)
{
    enum status st;

    if (b->state != BROADCAST_SENDING || b->filled_at == 0)
        return ST_NONE;
    for (int state = RECIPIENT_QUEUED; state <= RECIPIENT_SENDING; state++) {
        st = db_one(db,
                    "SELECT 1 FROM broadcast_recipient"
                    " WHERE broadcast_id = ? AND state = ? LIMIT 1",
                    DB_INT(b->id), DB_INT(state));
        if (st != ST_NONE)
            return st == ST_OK ? ST_NONE : st;
    }
    st = broadcast_move(db, now, b, BROADCAST_FINISHED);
    return st == ST_OK ? broadcast_note(db, now, 0, "broadcast.finish", b->id) : st;
}

enum status broadcast_finish(struct db *db, int64_t now, int64_t id)
{
    struct broadcast b;
    enum status st = broadcast_lock(db, id, &b);

    return st == ST_OK ? broadcast_end(db, now, &b) : st;
}

/* ---- the test ----------------------------------------------------------------------- */

/* Per delivered one; of equal ones the first. */
static enum status best(struct db *db, const struct broadcast *b, int *winner)
{
    int64_t top = 0, of = 1;
    enum status st = ST_OK;

    *winner = 1;
    for (int v = 1; v <= BROADCAST_VARIANTS && st == ST_OK; v++) {
        struct broadcast_sums sums;
        int64_t n, sent;

        st = broadcast_sums(db, b->id, v, &sums);
        sent = sums.n[RECIPIENT_SENT];
        n = b->metric == METRIC_CLICKS ? sums.clicked : sums.redeemed;
        if (st == ST_OK && sent > 0 && n * of > top * sent) {
            top = n;
            of = sent;
            *winner = v;
        }
    }
    return st;
}

enum status broadcast_decide(struct db *db, int64_t now, struct broadcast *b)
{
    int winner;
    enum status st;

    if (b->test_bp == 0 || b->winner != 0 || now < b->decide_at)
        return ST_NONE;
    st = best(db, b, &winner);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE broadcast SET winner = ?, version = version + 1,"
                     " updated_at = ? WHERE id = ? AND winner IS NULL",
                     DB_INT(winner), DB_TIME(now), DB_INT(b->id));
    if (st == ST_OK)
        b->winner = winner;
    return st == ST_OK ? broadcast_note(db, now, 0, "broadcast.decide", b->id) : st;
}

/* ---- one of them -------------------------------------------------------------------- */

static bool too_late(const struct broadcast *b, int64_t now)
{
    return b->not_after != 0 ? now >= b->not_after : now - b->start_at > MISSED_AFTER;
}

static enum status due(struct db *db, int64_t now, struct broadcast *b)
{
    const char *why = NULL;
    enum status st;

    if (too_late(b, now)) {
        st = broadcast_move(db, now, b, BROADCAST_MISSED);
        return st == ST_OK ? broadcast_note(db, now, 0, "broadcast.miss", b->id) : st;
    }
    st = broadcast_begin(db, now, 0, b, &why);
    if (st != ST_BAD)
        return st;
    /* It may be put right until it is too late. */
    log_warn("broadcast.not_started", LOG_INT("broadcast", b->id),
             LOG_TEXT("why", why));
    return ST_OK;
}

/* Those in the hand of a job that is no more: nobody will hear their answers. */
static enum status orphans(struct db *db, int64_t now, const struct broadcast *b)
{
    enum status st =
        db_one(db,
               "SELECT r.job FROM broadcast_recipient r FORCE INDEX "
               "(ix_broadcast_recipient_due)"
               " LEFT JOIN job_open j ON j.id = r.job"
               " WHERE r.broadcast_id = ? AND r.state = 2 AND j.id IS NULL LIMIT 1",
               DB_INT(b->id));
    const char *bytes = st == ST_OK ? db_text(db, 0, NULL) : NULL;
    uint8_t job[16];
    int n;

    if (bytes == NULL)
        return st == ST_NONE ? ST_OK : st;
    memcpy(job, bytes, sizeof job);
    return recipients_lost(db, now, b->id, job, &n);
}

/* *again: there is more to do here, in another transaction. */
static enum status sending(struct db *db, int64_t now, struct broadcast *b, bool *again)
{
    enum status st = orphans(db, now, b);
    int n = 0;

    if (st == ST_OK && b->not_after != 0 && now >= b->not_after && b->filled_at != 0)
        st = recipients_sweep(db, now, b, RECIPIENT_SKIPPED, &n);
    *again = n == SWEEP_MAX;
    if (st == ST_OK) {
        st = broadcast_decide(db, now, b);
        st = st == ST_NONE ? ST_OK : st;
    }
    if (st == ST_OK && b->filled_at == 0)
        st = fill_job_put(db, now, b->id);
    if (st == ST_OK)
        st = broadcast_end(db, now, b);
    return st == ST_NONE ? chain_jobs_put(db, now, b->id) : st;
}

/* Behind its watch, as who settles does: nobody waits in a circle. */
static enum status hold(struct db *db, int64_t id, struct broadcast *out)
{
    enum status st = db_one(
        db, "SELECT ended FROM broadcast_watch WHERE broadcast_id = ? FOR UPDATE",
        DB_INT(id));

    return st == ST_OK || st == ST_NONE ? broadcast_lock(db, id, out) : st;
}

static enum status look(struct db *db, int64_t now, struct broadcast *b, bool *again)
{
    if (b->state == BROADCAST_SCHEDULED)
        return b->start_at <= now ? due(db, now, b) : ST_OK;
    if (b->state == BROADCAST_SENDING)
        return sending(db, now, b, again);
    return orphans(db, now, b);
}

#define NEXT                                                                           \
    "SELECT id FROM broadcast WHERE id > ? AND (state IN (3, 4)"                       \
    " OR (state = 2 AND start_at <= ?) OR (state = 6 AND updated_at > ?))"             \
    " ORDER BY id LIMIT 1"

enum status broadcast_check_waits(struct db *db, int64_t now)
{
    return db_one(db, NEXT, DB_INT(0), DB_TIME(now), DB_TIME(now - DAY));
}

enum status broadcast_check(struct db *db, int64_t now, int64_t *after)
{
    struct broadcast b = {0};
    bool again = false;
    enum status st = db_one(db, NEXT, DB_INT(*after), DB_TIME(now), DB_TIME(now - DAY));
    int64_t id = st == ST_OK ? db_int(db, 0) : 0;

    if (st == ST_OK)
        st = hold(db, id, &b);
    if (st != ST_OK)
        return st;
    st = look(db, now, &b, &again);
    if (st == ST_OK)
        *after = again ? id - 1 : id;
    return st;
}
