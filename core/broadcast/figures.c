/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What came of a broadcast. States from the counts kept beside each change; what people
 * did, from the rows of what they did. */
#include "core/base/clock.h"
#include "core/broadcast/recipient.h"

#include <stdio.h>

static enum status states(struct db *db, enum status st, struct broadcast_sums *out)
{
    *out = (struct broadcast_sums){0};
    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        int64_t state = db_int(db, 0), why = db_int(db, 1), n = db_int(db, 2);

        if (state < 1 || state >= RECIPIENT_STATES || why < 0 || why >= WHYS)
            return ST_BROKEN;
        out->n[state] += n;
        if (state == RECIPIENT_SKIPPED || state == RECIPIENT_FAILED)
            out->why[why] += n;
    }
    return st == ST_NONE ? ST_OK : st;
}

/* ---- what they did ------------------------------------------------------------------ */

static enum status clicks(struct db *db, int64_t id, int variant,
                          struct broadcast_sums *out)
{
    enum status st =
        db_one(db,
               "SELECT COUNT(DISTINCT IF(k.link >= 0, k.customer_id, NULL)),"
               " COUNT(DISTINCT IF(k.link < 0, k.customer_id, NULL))"
               " FROM broadcast_click k STRAIGHT_JOIN broadcast_recipient r"
               " ON r.broadcast_id = k.broadcast_id AND r.customer_id = k.customer_id"
               " WHERE k.broadcast_id = ? AND (? = 0 OR r.variant = ?)",
               DB_INT(id), DB_INT(variant), DB_INT(variant));

    if (st == ST_OK) {
        out->clicked = db_int(db, 0);
        out->left = db_int(db, 1);
    }
    return st;
}

/* Those of the offer are known by the beginning of their key. */
#define OFFERED                                                                        \
    " FROM discount d STRAIGHT_JOIN broadcast_recipient r ON r.broadcast_id = ?"       \
    " AND r.customer_id = d.customer_id"
#define THEIRS " WHERE d.issue_key LIKE ? AND (? = 0 OR r.variant = ?)"

static enum status offers(struct db *db, int64_t id, int variant,
                          struct broadcast_sums *out)
{
    char key[40];
    enum status st;

    snprintf(key, sizeof key, "bc:%lld:%%", (long long)id);
    st = db_one(db, "SELECT COUNT(*)" OFFERED THEIRS, DB_INT(id), DB_TEXT(key),
                DB_INT(variant), DB_INT(variant));
    if (st != ST_OK)
        return st;
    out->issued = db_int(db, 0);
    st = db_one(db,
                "SELECT COUNT(DISTINCT d.id), COALESCE(SUM(COALESCE(x.amount,"
                " x.discount_amount, 0) - COALESCE(x.discount_amount, 0)), 0),"
                " COALESCE(SUM(x.discount_amount), 0)" OFFERED
                " STRAIGHT_JOIN redemption x ON x.discount_id = d.id"
                " AND x.voided_at IS NULL" THEIRS,
                DB_INT(id), DB_TEXT(key), DB_INT(variant), DB_INT(variant));
    if (st != ST_OK)
        return st;
    out->redeemed = db_int(db, 0);
    out->revenue = db_int(db, 1);
    out->off = db_int(db, 2);
    return ST_OK;
}

static enum status deeds(struct db *db, int64_t id, int variant,
                         struct broadcast_sums *out)
{
    enum status st = clicks(db, id, variant, out);

    return st == ST_OK ? offers(db, id, variant, out) : st;
}

/* Of one variant nobody was held out. */
#define OF_VARIANT(v) " AND (? = 0 OR (" v " = ? AND state <> 8))"

enum status broadcast_sums(struct db *db, int64_t id, int variant,
                           struct broadcast_sums *out)
{
    enum status st = db_select(
        db,
        "SELECT state, why, SUM(n) FROM broadcast_count"
        " WHERE broadcast_id = ?" OF_VARIANT("variant") " GROUP BY state, why",
        DB_INT(id), DB_INT(variant), DB_INT(variant));

    st = states(db, st, out);
    return st == ST_OK ? deeds(db, id, variant, out) : st;
}

enum status broadcast_recount(struct db *db, int64_t id, int variant,
                              struct broadcast_sums *out)
{
    enum status st = db_select(db,
                               "SELECT state, why, COUNT(*) FROM broadcast_recipient"
                               " WHERE broadcast_id = ?" OF_VARIANT(
                                   "COALESCE(variant, 0)") " GROUP BY state, why",
                               DB_INT(id), DB_INT(variant), DB_INT(variant));

    st = states(db, st, out);
    return st == ST_OK ? deeds(db, id, variant, out) : st;
}

/* ---- how far ------------------------------------------------------------------------ */

#define STALE (15 * SECOND)

static enum status speed(struct db *db, int64_t now, int64_t id, double *per_s)
{
    enum status st = db_one(db,
                            "SELECT ended, before_at, before_n, mark_at, mark_n"
                            " FROM broadcast_watch WHERE broadcast_id = ?",
                            DB_INT(id));
    int64_t since, n;

    *per_s = 0;
    if (st != ST_OK || db_is_null(db, 3) || now - db_time(db, 3) > STALE)
        return st == ST_NONE ? ST_OK : st;
    since = db_time(db, db_is_null(db, 1) ? 3 : 1);
    n = db_int(db, 0) - db_int(db, db_is_null(db, 1) ? 4 : 2);
    if (now > since)
        *per_s = (double)n * SECOND / (double)(now - since);
    return ST_OK;
}

enum status broadcast_progress(struct db *db, int64_t now, int64_t id,
                               struct broadcast_progress *out)
{
    struct broadcast_sums s;
    enum status st = db_select(db,
                               "SELECT state, why, SUM(n) FROM broadcast_count"
                               " WHERE broadcast_id = ? GROUP BY state, why",
                               DB_INT(id));

    *out = (struct broadcast_progress){.eta_s = -1};
    st = states(db, st, &s);
    if (st == ST_OK)
        st = speed(db, now, id, &out->per_s);
    if (st != ST_OK)
        return st;
    for (int i = 0; i < RECIPIENT_STATES; i++)
        out->all += s.n[i];
    out->left = s.n[RECIPIENT_QUEUED] + s.n[RECIPIENT_SENDING];
    out->done = out->all - out->left;
    out->failed = s.n[RECIPIENT_FAILED];
    if (out->left == 0)
        out->eta_s = 0;
    else if (out->per_s > 0)
        out->eta_s = (int64_t)((double)out->left / out->per_s) + 1;
    return ST_OK;
}
