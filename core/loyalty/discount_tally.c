/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/discount_tally.h"

#include "core/base/clock.h"

#define ROUND_DAYS 31
#define TURNS 5000               /* of one round */
#define SETTLES (10 * MINUTE)    /* what writes a turn has long ended */
#define CHECK_EACH (20 * MINUTE) /* another day's turn to be counted again */

enum status discount_turned(struct db *db, int64_t now, int64_t id,
                            enum discount_status was)
{
    return db_exec(db, NULL,
                   "INSERT INTO discount_turn (day, source, store_id, was, became, at)"
                   " SELECT DATE(created_at), source, COALESCE(store_id, 0), ?, status,"
                   " ? FROM discount WHERE id = ? AND status <> ?",
                   DB_INT(was), DB_TIME(now), DB_INT(id), DB_INT(was));
}

/* ---- what changed ---------------------------------------------------------------- */

/* Marked first, so that what is added and what is deleted are the same rows. Of days that
 * are not counted yet nothing is added: their count will see them as they are then. */
static enum status turns_add(struct db *db, int64_t now, struct discount_rolled *out)
{
    int64_t n = 0;
    enum status st = db_exec(db, &n,
                             "UPDATE discount_turn SET taken = 1 WHERE at <= ?"
                             " ORDER BY id LIMIT ?",
                             DB_TIME(now - SETTLES), DB_INT(TURNS));

    if (st != ST_OK || n == 0)
        return st;
    out->more = n == TURNS;
    st = db_exec(db, NULL,
                 "INSERT INTO discount_tally (day, source, store_id, status, n)"
                 " SELECT t.day, t.source, t.store_id, t.status, CAST(SUM(t.n) AS"
                 " SIGNED) FROM (SELECT day, source, store_id, became AS status, 1 AS n"
                 " FROM discount_turn WHERE taken = 1 UNION ALL SELECT day, source,"
                 " store_id, was, -1 FROM discount_turn WHERE taken = 1) t"
                 " WHERE t.day < (SELECT until_day FROM discount_tallied WHERE id = 1)"
                 " GROUP BY t.day, t.source, t.store_id, t.status"
                 " ON DUPLICATE KEY UPDATE n = discount_tally.n + VALUES(n)");
    return st == ST_OK ? db_exec(db, NULL, "DELETE FROM discount_turn WHERE taken = 1")
                       : st;
}

/* ---- days ------------------------------------------------------------------------ */

/* In one statement, hence of one moment: the discounts as they are, less the turns that
 * will be added later. */
static enum status day_count(struct db *db, int32_t day)
{
    return db_exec(
        db, NULL,
        "INSERT INTO discount_tally (day, source, store_id, status, n)"
        " SELECT ?, t.source, t.store_id, t.status, CAST(SUM(t.n) AS SIGNED) FROM"
        " (SELECT source, COALESCE(store_id, 0) AS store_id, status, COUNT(*) AS n"
        " FROM discount FORCE INDEX (ix_discount_created)"
        " WHERE created_at >= ? AND created_at < ? GROUP BY 1, 2, 3"
        " UNION ALL SELECT source, store_id, was, 1 FROM discount_turn WHERE day = ?"
        " UNION ALL SELECT source, store_id, became, -1 FROM discount_turn"
        " WHERE day = ?) t GROUP BY t.source, t.store_id, t.status",
        DB_DATE(day), DB_TIME(day * DAY), DB_TIME((day + 1) * DAY), DB_DATE(day),
        DB_DATE(day));
}

static enum status until_write(struct db *db, int32_t day)
{
    return db_exec(db, NULL, "UPDATE discount_tallied SET until_day = ? WHERE id = 1",
                   DB_DATE(day));
}

/* The day of the first discount. ST_NONE: there is none. */
static enum status first_day(struct db *db, int32_t *day)
{
    enum status st =
        db_one(db, "SELECT created_at FROM discount ORDER BY created_at LIMIT 1");

    if (st == ST_OK)
        *day = (int32_t)(db_time(db, 0) / DAY);
    return st;
}

static enum status days_count(struct db *db, int64_t now, int32_t from,
                              struct discount_rolled *out)
{
    int32_t end = (int32_t)((now - SETTLES) / DAY), day = from;
    enum status st = ST_OK;

    for (; st == ST_OK && day < end && out->days < ROUND_DAYS; day++, out->days++)
        st = day_count(db, day);
    out->more |= day < end;
    return st == ST_OK && out->days > 0 ? until_write(db, day) : st;
}

/* ---- and still true? ------------------------------------------------------------- */

/* Tells two tallies of a day apart, but for an accident. */
static enum status day_sum(struct db *db, int32_t day, int64_t *sum)
{
    enum status st =
        db_one(db,
               "SELECT CAST(COALESCE(SUM(n * (status * 1000003 + source * 10007"
               " + store_id)), 0) AS SIGNED) FROM discount_tally WHERE day = ?",
               DB_DATE(day));

    *sum = st == ST_OK ? db_int(db, 0) : 0;
    return st;
}

static enum status day_check(struct db *db, int32_t day, struct discount_rolled *out)
{
    int64_t was = 0, is = 0;
    enum status st = day_sum(db, day, &was);

    if (st == ST_OK)
        st =
            db_exec(db, NULL, "DELETE FROM discount_tally WHERE day = ?", DB_DATE(day));
    if (st == ST_OK)
        st = day_count(db, day);
    if (st == ST_OK)
        st = day_sum(db, day, &is);
    out->wrong += st == ST_OK && was != is;
    return st;
}

/* The row of discount_tallied is locked: rounds take turns. */
enum status discount_tally_roll(struct db *db, int64_t now, struct discount_rolled *out)
{
    int32_t first, until;
    enum status st = db_one(db, "SELECT until_day FROM discount_tallied WHERE id = 1"
                                " FOR UPDATE");

    *out = (struct discount_rolled){0};
    if (st != ST_OK)
        return st;
    until = db_day(db, 0);
    st = first_day(db, &first);
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    st = turns_add(db, now, out);
    if (st == ST_OK)
        st = days_count(db, now, until > first ? until : first, out);
    if (st == ST_OK && !out->more && until > first)
        st = day_check(db, first + (int32_t)(now / CHECK_EACH % (until - first)), out);
    return st;
}
