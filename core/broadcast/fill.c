/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Recipients are written page by page. */
#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/broadcast/fill_private.h"
#include "core/broadcast/recipient_private.h"
#include "core/io/queue.h"

#include <stdio.h>

/* ---- jobs --------------------------------------------------------------------------- */

/* One that is open already does the same. */
static enum status put(struct db *db, int64_t now, struct job_spec spec, int64_t id,
                       int chain)
{
    enum status st;

    spec.args = json_new_object();
    json_set_int(spec.args, "b", id);
    if (chain >= 0)
        json_set_int(spec.args, "c", chain);
    st = job_put(db, now, &spec);
    return st == ST_TAKEN ? ST_OK : st;
}

enum status fill_job_put(struct db *db, int64_t now, int64_t id)
{
    char idk[40];

    snprintf(idk, sizeof idk, "bc:%lld", (long long)id);
    return put(
        db, now,
        (struct job_spec){.kind = KIND_CORE_BROADCAST_FILL, .key = id, .idk = idk}, id,
        -1);
}

enum status chain_jobs_put(struct db *db, int64_t now, int64_t id)
{
    enum status st = ST_OK;
    char idk[40];

    for (int c = 0; c < BROADCAST_CHAINS && st == ST_OK; c++) {
        snprintf(idk, sizeof idk, "bc:%lld:%d", (long long)id, c);
        st = put(db, now,
                 (struct job_spec){.kind = KIND_SEND_BROADCAST_CHUNK,
                                   .key = id * BROADCAST_CHAINS + c,
                                   .idk = idk},
                 id, c);
    }
    return st;
}

/* ---- a page ------------------------------------------------------------------------- */

/* The number of its last customer; *last: there is none behind. */
static enum status page_end(struct db *db, const struct broadcast *b, int64_t *end,
                            bool *last)
{
    enum status st =
        db_one(db,
               "SELECT id FROM customer WHERE id > ? AND id <= ?"
               " ORDER BY id LIMIT 1 OFFSET ?",
               DB_INT(b->fill_at), DB_INT(b->fill_upto), DB_INT(FILL_PAGE - 1));

    *last = st == ST_NONE;
    *end = st == ST_OK ? db_int(db, 0) : b->fill_upto;
    return st == ST_NONE ? ST_OK : st;
}

static enum status rows_write(struct db *db, const struct moment *m,
                              const struct broadcast *b, int64_t end)
{
    struct fill_plan *p;
    struct buf sql = {0};
    enum status st = fill_plan_open(db, m, b, false, &p);

    if (st == ST_OK) {
        buf_addf(&sql,
                 "INSERT INTO broadcast_recipient (broadcast_id, customer_id, state,"
                 " why, variant, due, ended_at) SELECT %lld, x.id,"
                 " CASE x.fate WHEN 0 THEN %d WHEN %d THEN %d ELSE %d END,"
                 " IF(x.fate = %d, 0, x.fate), x.variant, x.due,"
                 " IF(x.fate = 0, NULL, x.done) FROM (",
                 (long long)b->id, RECIPIENT_QUEUED, FILL_HOLDOUT, RECIPIENT_HOLDOUT,
                 RECIPIENT_SKIPPED, FILL_HOLDOUT);
        buf_add(&sql, p->sql.s, p->sql.len);
        buf_adds(&sql, " AND c.id > ? AND c.id <= ?) x");
        fill_plan_arg(p, DB_INT(b->fill_at));
        fill_plan_arg(p, DB_INT(end));
        st = sql.failed || p->failed ? ST_BROKEN
                                     : db_exec_args(db, NULL, sql.s, p->args, p->n);
    }
    buf_free(&sql);
    fill_plan_free(p);
    return st == ST_TAKEN ? ST_AGAIN : st; /* another one fills it at the same time */
}

/* Behind this update nobody else fills, pauses or cancels it. */
static enum status place_write(struct db *db, const struct moment *m,
                               const struct broadcast *b, int64_t end, bool last)
{
    int64_t changed;
    enum status st =
        db_exec(db, &changed,
                "UPDATE broadcast SET fill_at = ?, filled_at = ?, updated_at = ?"
                " WHERE id = ? AND state = 3 AND fill_at = ? AND filled_at IS NULL",
                DB_INT(end), DB_TIME_OR_NULL(last ? m->now : 0), DB_TIME(m->now),
                DB_INT(b->id), DB_INT(b->fill_at));

    return st == ST_OK && changed == 0 ? ST_AGAIN : st;
}

static enum status counts_write(struct db *db, const struct broadcast *b, int64_t end)
{
    return db_exec(db, NULL,
                   "INSERT INTO broadcast_count (broadcast_id, variant, state, why, n)"
                   " SELECT r.broadcast_id, COALESCE(r.variant, 0), r.state, r.why,"
                   " COUNT(*) FROM broadcast_recipient r WHERE r.broadcast_id = ?"
                   " AND r.customer_id > ? AND r.customer_id <= ?"
                   " GROUP BY r.broadcast_id, COALESCE(r.variant, 0), r.state, r.why"
                   " ORDER BY 1, 2, 3, 4"
                   " ON DUPLICATE KEY UPDATE n = n + VALUES(n)",
                   DB_INT(b->id), DB_INT(b->fill_at), DB_INT(end));
}

static enum status page_fill(struct db *db, const struct moment *m,
                             const struct broadcast *b)
{
    int64_t end;
    bool last;
    enum status st = page_end(db, b, &end, &last);

    if (st == ST_OK && end > b->fill_at)
        st = rows_write(db, m, b, end);
    crash_point("broadcast.page_written");
    if (st == ST_OK)
        st = place_write(db, m, b, end, last);
    if (st == ST_OK && end > b->fill_at)
        st = counts_write(db, b, end);
    return st == ST_OK && last ? ST_NONE : st;
}

/* What its rule names is gone since it was frozen. A job that fails again and again tells
 * nobody: it stands still, with those who are there already. */
static enum status unfillable(struct db *db, int64_t now, int64_t id)
{
    const struct broadcast_act act = {.id = id};
    enum status st = broadcast_pause(db, now, &act, PAUSE_ERROR);

    log_error("the audience of a broadcast cannot be read", LOG_INT("broadcast", id));
    return st == ST_OK || st == ST_TAKEN ? ST_NONE : st;
}

enum status fill_page(struct db *db, const struct moment *m, int64_t id)
{
    struct broadcast b;
    enum status st = broadcast_load(db, id, &b);
    int n;

    if (st != ST_OK)
        return st;
    if (b.state == BROADCAST_CANCELLED) {
        st = recipients_sweep(db, m->now, &b, RECIPIENT_CANCELLED, &n);
        return st == ST_OK && n < SWEEP_MAX ? ST_NONE : st;
    }
    if (b.state != BROADCAST_SENDING || b.filled_at != 0)
        return ST_NONE;
    st = page_fill(db, m, &b);
    return st == ST_BAD || st == ST_REFUSED ? unfillable(db, m->now, id) : st;
}
