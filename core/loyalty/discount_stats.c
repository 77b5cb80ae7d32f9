/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What was issued and redeemed in a time. Whole days come from where they are added up
 * (discount_tally.h, core/stat.h); the rest is counted from an index of that time, then
 * those who are in no statistics are taken off, by their few customers: to ask each
 * discount whose it is would take a look-up a row. */
#include "core/base/clock.h"
#include "core/loyalty/discount_search.h"
#include "core/staff/staff.h"
#include "core/stat.h"

/* Arguments: now, from, until, staff, staff. */
#define ISSUED                                                                         \
    "SELECT " DB_AFRESH                                                                \
    "d.source, IF(d.status = 1 AND d.valid_until <= ?, 3, d.status) AS became,"        \
    " COUNT(*) FROM "
#define ISSUED_WHEN                                                                    \
    " WHERE d.created_at >= ? AND d.created_at < ? AND (? = 0 OR d.store_id IS NULL"   \
    " OR EXISTS (SELECT 1 FROM staff_store b WHERE b.staff_id = ?"                     \
    " AND b.store_id = d.store_id)) GROUP BY d.source, became"

/* Arguments: from, until, staff, staff. */
#define REDEEMED                                                                       \
    "SELECT d.source, r.voided_at IS NOT NULL AS undone, COUNT(*),"                    \
    " COALESCE(SUM(r.amount), 0), COALESCE(SUM(r.discount_amount), 0) FROM "
#define REDEEMED_WHEN                                                                  \
    " WHERE r.redeemed_at >= ? AND r.redeemed_at < ? AND (? = 0 OR EXISTS"             \
    " (SELECT 1 FROM staff_store b WHERE b.staff_id = ? AND b.store_id = r.store_id))" \
    " GROUP BY d.source, undone"

#define LEFT_OUT "customer c STRAIGHT_JOIN "

static struct discount_tally *of_source(int64_t source, struct discount_tally *out)
{
    return source > 0 && source < SOURCE_COUNT ? &out[source] : NULL;
}

/* ---- issued ---------------------------------------------------------------------- */

/* Rows of source, status, how many. sign -1: taken off. */
static enum status issued_add(struct db *db, enum status st, int sign,
                              struct discount_tally *out)
{
    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        struct discount_tally *t = of_source(db_int(db, 0), out);
        int64_t status = db_int(db, 1);

        if (t == NULL || status < DISCOUNT_ACTIVE || status > DISCOUNT_REVOKED)
            continue;
        t->issued += sign * db_int(db, 2);
        t->by_status[status] += sign * db_int(db, 2);
    }
    return st == ST_NONE ? ST_OK : st;
}

static enum status issued(struct db *db, const char *sql, const struct discount_span *s,
                          int sign, struct discount_tally *out)
{
    if (s->from >= s->until)
        return ST_OK;
    return issued_add(db,
                      db_select(db, sql, DB_TIME(s->now), DB_TIME(s->from),
                                DB_TIME(s->until), DB_INT(s->staff_id),
                                DB_INT(s->staff_id)),
                      sign, out);
}

/* Days that are added up, and in the same statement, hence of the same moment, what
 * changed since and what has run out and is not marked yet. */
static enum status issued_days(struct db *db, const struct discount_span *s,
                               int32_t from, int32_t until, struct discount_tally *out)
{
#define DAYS " WHERE day >= ? AND day < ?"
#define OVERDUE                                                                        \
    " FROM discount FORCE INDEX (ix_discount_expiry) WHERE status = 1"                 \
    " AND valid_until <= ? AND created_at >= ? AND created_at < ?"
    const struct db_arg first = DB_DATE(from), end = DB_DATE(until);
    const struct db_arg now = DB_TIME(s->now), created = DB_TIME(from * DAY),
                        before = DB_TIME(until * DAY);
    const struct db_arg args[] = {first,
                                  end,
                                  first,
                                  end,
                                  first,
                                  end,
                                  now,
                                  created,
                                  before,
                                  now,
                                  created,
                                  before,
                                  DB_INT(s->staff_id),
                                  DB_INT(s->staff_id)};

    return issued_add(
        db,
        db_select_args(
            db,
            "SELECT t.source, t.status, CAST(SUM(t.n) AS SIGNED) FROM"
            " (SELECT source, store_id, status, SUM(n) AS n FROM discount_tally" DAYS
            " GROUP BY source, store_id, status UNION ALL"
            " SELECT source, store_id, became, 1 FROM discount_turn" DAYS " UNION ALL"
            " SELECT source, store_id, was, -1 FROM discount_turn" DAYS " UNION ALL"
            " SELECT source, COALESCE(store_id, 0), 3, 1" OVERDUE " UNION ALL"
            " SELECT source, COALESCE(store_id, 0), 1, -1" OVERDUE ") t"
            " WHERE ? = 0 OR t.store_id = 0 OR EXISTS (SELECT 1 FROM staff_store b"
            " WHERE b.staff_id = ? AND b.store_id = t.store_id)"
            " GROUP BY t.source, t.status",
            args, sizeof args / sizeof *args),
        1, out);
}

static enum status issued_all(struct db *db, const struct discount_span *span,
                              struct discount_tally *out)
{
    static const char live[] =
        ISSUED "discount d FORCE INDEX (ix_discount_created)" ISSUED_WHEN;
    struct discount_span part = *span;
    int32_t from = (int32_t)((span->from + DAY - 1) / DAY), until;
    enum status st = db_one(db, "SELECT until_day FROM discount_tallied WHERE id = 1");

    if (st != ST_OK)
        return st;
    until = db_day(db, 0);
    if (until > span->until / DAY)
        until = (int32_t)(span->until / DAY);
    if (until > from) {
        st = issued_days(db, span, from, until, out);
        part.until = from * DAY;
        if (st == ST_OK)
            st = issued(db, live, &part, 1, out);
        part.from = until * DAY;
        part.until = span->until;
    }
    return st == ST_OK ? issued(db, live, &part, 1, out) : st;
}

/* ---- redeemed -------------------------------------------------------------------- */

static enum status redeemed(struct db *db, const char *sql,
                            const struct discount_span *s, int sign,
                            struct discount_tally *out)
{
    enum status st = s->from < s->until
                         ? db_select(db, sql, DB_TIME(s->from), DB_TIME(s->until),
                                     DB_INT(s->staff_id), DB_INT(s->staff_id))
                         : ST_NONE;

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        struct discount_tally *t = of_source(db_int(db, 0), out);

        if (t == NULL)
            continue;
        if (db_int(db, 1) != 0) {
            t->voided += sign * db_int(db, 2);
            continue;
        }
        t->redeemed += sign * db_int(db, 2);
        t->amount += sign * db_int(db, 3);
        t->off += sign * db_int(db, 4);
    }
    return st == ST_NONE ? ST_OK : st;
}

static enum status redeemed_live(struct db *db, const struct discount_span *span,
                                 struct discount_tally *out)
{
    enum status st = redeemed(
        db,
        REDEEMED "redemption r FORCE INDEX (ix_redemption_stat)"
                 " STRAIGHT_JOIN discount d ON d.id = r.discount_id" REDEEMED_WHEN,
        span, 1, out);

    if (st == ST_OK)
        st = redeemed(db,
                      REDEEMED LEFT_OUT
                      "redemption r ON r.customer_id = c.id AND c.left_out <> 0"
                      " STRAIGHT_JOIN discount d ON d.id = r.discount_id" REDEEMED_WHEN,
                      span, -1, out);
    return st;
}

/* Undone between, and redeemed between. */
struct undone {
    int64_t from, until, redeemed_from, redeemed_until;
};

static enum status undone(struct db *db, const struct discount_span *s,
                          const struct undone *u, int sign, struct discount_tally *out)
{
    enum status st = db_select(
        db,
        "SELECT d.source, COUNT(*)"
        " FROM redemption r FORCE INDEX (ix_redemption_stat_void)"
        " STRAIGHT_JOIN discount d ON d.id = r.discount_id"
        " WHERE r.voided_at >= ? AND r.voided_at < ? AND r.redeemed_at >= ?"
        " AND r.redeemed_at < ? AND (? = 0 OR EXISTS (SELECT 1 FROM staff_store b"
        " WHERE b.staff_id = ? AND b.store_id = r.store_id))"
        " AND r.customer_id NOT IN (SELECT id FROM customer WHERE left_out > 0)"
        " GROUP BY d.source",
        DB_TIME(u->from), DB_TIME(u->until), DB_TIME(u->redeemed_from),
        DB_TIME(u->redeemed_until), DB_INT(s->staff_id), DB_INT(s->staff_id));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        struct discount_tally *t = of_source(db_int(db, 0), out);

        if (t != NULL)
            t->voided += sign * db_int(db, 1);
    }
    return st == ST_NONE ? ST_OK : st;
}

/* The days have what was undone on them: that of sales before them is not meant, and what
 * was undone after them is. Both are few. */
static enum status undone_beside(struct db *db, const struct discount_span *s,
                                 int64_t from, int64_t until,
                                 struct discount_tally *out)
{
    enum status st = undone(db, s, &(struct undone){from, until, 0, from}, -1, out);

    if (st == ST_OK)
        st = undone(db, s, &(struct undone){until, s->now + DAY, from, until}, 1, out);
    return st;
}

/* As the shop's statistics have those days. */
static enum status redeemed_days(struct db *db, const struct discount_span *span,
                                 int32_t from, int32_t until,
                                 struct discount_tally *out)
{
    int64_t stores[STAT_STORES_MAX];
    struct stat_ask ask = {.tz = span->tz,
                           .now = span->now,
                           .from = from,
                           .until = until,
                           .group = STAT_BY_SOURCE};
    struct stat_rows rows = {0};
    enum status st = ST_OK;

    if (span->staff_id != 0) {
        st = staff_stores(db, span->staff_id, stores, STAT_STORES_MAX, &ask.stores_n);
        ask.stores = stores;
    }
    if (st == ST_OK)
        st = stat_read(db, &ask, &rows);
    for (size_t i = 0; st == ST_OK && i < rows.n; i++) {
        struct discount_tally *t = of_source(rows.row[i].key, out);

        if (t == NULL)
            continue;
        t->redeemed += rows.row[i].value[STAT_REDEEMED];
        t->voided += rows.row[i].value[STAT_VOIDED];
        t->amount += rows.row[i].value[STAT_AMOUNT];
        t->off += rows.row[i].value[STAT_DISCOUNT];
    }
    stat_rows_free(&rows);
    return st;
}

/* The days of the shop that lie in it whole, but for today. */
static enum status redeemed_all(struct db *db, const struct discount_span *span,
                                struct discount_tally *out)
{
    struct discount_span part = *span;
    int32_t from, until, first;
    enum status st = stat_first_day(db, span->tz, span->now, &first);

    if (st != ST_OK)
        return st;
    from = tz_local(span->tz, span->from - 1).day + 1;
    from = from < first ? first : from;
    until = tz_local(span->tz, span->until < span->now ? span->until : span->now).day;
    if (from < until) {
        part.until = tz_instant(span->tz, from, 0, 0);
        st = redeemed_live(db, &part, out);
        if (st == ST_OK)
            st = redeemed_days(db, span, from, until, out);
        part.from = part.until;
        part.until = tz_instant(span->tz, until, 0, 0);
        if (st == ST_OK)
            st = undone_beside(db, span, part.from, part.until, out);
        part.from = part.until;
        part.until = span->until;
    }
    return st == ST_OK ? redeemed_live(db, &part, out) : st;
}

enum status discount_stats(struct db *db, const struct discount_span *span,
                           struct discount_tally out[SOURCE_COUNT])
{
    enum status st;

    for (int i = 0; i < SOURCE_COUNT; i++)
        out[i] = (struct discount_tally){0};
    st = issued_all(db, span, out);
    if (st == ST_OK)
        st =
            issued(db,
                   ISSUED LEFT_OUT
                   "discount d ON d.customer_id = c.id AND c.left_out <> 0" ISSUED_WHEN,
                   span, -1, out);
    return st == ST_OK ? redeemed_all(db, span, out) : st;
}
