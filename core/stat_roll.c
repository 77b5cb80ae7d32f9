/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/stat_private.h"

#include <string.h>

#define LATE_ROWS 1000
#define CHECK_EVERY (20 * HOUR) /* a day that was looked at since is not looked at */

/* ---- one day --------------------------------------------------------------------- */

static enum status cell_write(struct db *db, enum stat_cut cut, int32_t day,
                              const struct stat_cell *c)
{
    struct db_arg args[5 + STAT_METRICS] = {DB_INT(cut), DB_DATE(day), DB_INT(c->store),
                                            DB_INT(c->source), DB_INT(c->staff)};
    struct buf sql = {0};
    enum status st = ST_BROKEN;

    buf_adds(&sql, "INSERT INTO stat_day (cut, day, store_id, source, staff_id");
    stat_columns(&sql, "", "");
    buf_adds(&sql, ") VALUES (?, ?, ?, ?, ?");
    for (int m = 0; m < STAT_METRICS; m++) {
        buf_adds(&sql, ", ?");
        args[5 + m] = DB_INT(c->value[m]);
    }
    buf_addc(&sql, ')');
    if (!sql.failed)
        st = db_exec_args(db, NULL, sql.s, args, 5 + STAT_METRICS);
    buf_free(&sql);
    return st;
}

static enum status cut_write(struct db *db, enum stat_cut cut, int32_t day,
                             const struct stat_cells *all)
{
    struct stat_cells cells = {0};
    enum status st = stat_cut_of(all, cut, &cells);

    for (size_t i = 0; st == ST_OK && i < cells.n; i++)
        st = cell_write(db, cut, day, &cells.cell[i]);
    stat_cells_free(&cells);
    return st;
}

/* Also the lock of the day: who counts it at the same time waits here, before counting. */
static enum status day_mark(struct db *db, int64_t now, int32_t day,
                            const struct stat_bounds *b)
{
    return db_exec(db, NULL,
                   "INSERT INTO stat_roll (day, from_at, until_at, rolled_at)"
                   " VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
                   " from_at = VALUES(from_at), until_at = VALUES(until_at),"
                   " rolled_at = VALUES(rolled_at)",
                   DB_DATE(day), DB_TIME(b->from), DB_TIME(b->until), DB_TIME(now));
}

static enum status day_roll(struct db *db, const struct tz *tz, int64_t now,
                            int32_t day, bool *differed)
{
    struct stat_bounds b = stat_day_bounds(tz, day);
    int64_t kept[STAT_METRICS] = {0}, sum[STAT_METRICS] = {0};
    struct stat_cells all = {0};
    enum status st;

    *differed = false;
    if (b.until > now - STAT_CLOSES) /* today: as far as it is settled */
        b.until = now - STAT_CLOSES;
    if (b.until <= b.from)
        return ST_OK;
    st = day_mark(db, now, day, &b);
    if (st == ST_OK)
        st = stat_day_count(db, &b, day, &all, kept);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "DELETE FROM stat_day WHERE cut IN (1, 2, 3, 4)"
                     " AND day = ?",
                     DB_DATE(day));
    for (int cut = CUT_ALL; st == ST_OK && cut <= CUTS; cut++)
        st = cut_write(db, (enum stat_cut)cut, day, &all);
    for (size_t i = 0; i < all.n; i++)
        stat_add(sum, all.cell[i].value);
    *differed = memcmp(sum, kept, sizeof sum) != 0;
    stat_cells_free(&all);
    return st;
}

/* ---- days that changed ----------------------------------------------------------- */

struct late {
    int64_t id[LATE_ROWS];
    int32_t day[STAT_ROUND_DAYS];
    int n, days;
};

/* Those of at most STAT_ROUND_DAYS days, the oldest words first. What is being written
 * by others at this moment is not among them and waits for the next round. */
static enum status late_read(struct db *db, const struct tz *tz, int64_t now,
                             struct late *l, bool *more)
{
    enum status st = db_select(db,
                               "SELECT id, at FROM stat_late WHERE noted_at <= ?"
                               " ORDER BY id LIMIT ?",
                               DB_TIME(now - STAT_SETTLES), DB_INT(LATE_ROWS));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        int32_t day = tz_local(tz, db_time(db, 1)).day;
        int i = 0;

        while (i < l->days && l->day[i] != day)
            i++;
        if (i == STAT_ROUND_DAYS) {
            *more = true;
            continue;
        }
        l->day[i] = day;
        l->days += i == l->days;
        l->id[l->n++] = db_int(db, 0);
    }
    *more |= l->n == LATE_ROWS;
    return st == ST_NONE ? ST_OK : st;
}

static enum status is_rolled(struct db *db, int32_t day)
{
    return db_one(db, "SELECT 1 FROM stat_roll WHERE day = ?", DB_DATE(day));
}

static enum status late_roll(struct db *db, const struct tz *tz, int64_t now,
                             struct stat_rolled *out)
{
    struct late l = {.n = 0};
    bool differed;
    enum status st = late_read(db, tz, now, &l, &out->more);

    for (int i = 0; st == ST_OK && i < l.days; i++) {
        st = is_rolled(db, l.day[i]);
        if (st == ST_OK) {
            st = day_roll(db, tz, now, l.day[i], &differed);
            out->days++;
        }
        st = st == ST_NONE ? ST_OK : st;
    }
    for (int i = 0; st == ST_OK && i < l.n; i++)
        st = db_exec(db, NULL, "DELETE FROM stat_late WHERE id = ?", DB_INT(l.id[i]));
    return st;
}

/* ---- days that are over ---------------------------------------------------------- */

/* The first one from `day` on that is not rolled up between its own bounds; `until`:
 * there is none. */
static enum status day_open(struct db *db, const struct tz *tz, int32_t until,
                            int32_t *day)
{
    enum status st = db_select(db,
                               "SELECT day, from_at, until_at FROM stat_roll"
                               " WHERE day >= ? AND day < ? ORDER BY day",
                               DB_DATE(*day), DB_DATE(until));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        const struct stat_bounds b = stat_day_bounds(tz, *day);

        if (db_day(db, 0) != *day || db_time(db, 1) != b.from ||
            db_time(db, 2) != b.until)
            return ST_OK;
        ++*day;
    }
    return st == ST_NONE ? ST_OK : st;
}

static enum status open_roll(struct db *db, const struct tz *tz, int64_t now,
                             struct stat_rolled *out)
{
    int32_t until = tz_local(tz, now - STAT_CLOSES).day, day;
    bool differed;
    enum status st = stat_first_day(db, tz, now, &day);

    while (st == ST_OK && day < until) {
        st = day_open(db, tz, until, &day);
        if (st != ST_OK || day >= until)
            break;
        if (out->days >= STAT_ROUND_DAYS) {
            out->more = true;
            break;
        }
        st = day_roll(db, tz, now, day++, &differed);
        out->days++;
    }
    if (st == ST_OK && !out->more)
        st = day_roll(db, tz, now, until, &differed);
    return st;
}

/* ---- and still true? ------------------------------------------------------------- */

/* Nothing waits to be counted again there: if it differs all the same, somebody changed
 * facts and did not say so. */
static enum status oldest_check(struct db *db, const struct tz *tz, int64_t now,
                                struct stat_rolled *out)
{
    bool differed = false;
    int64_t from, until;
    int32_t day;
    enum status st = db_one(db,
                            "SELECT day, from_at, until_at FROM stat_roll"
                            " WHERE rolled_at < ? ORDER BY rolled_at, day LIMIT 1",
                            DB_TIME(now - CHECK_EVERY));

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    day = db_day(db, 0);
    from = db_time(db, 1);
    until = db_time(db, 2);
    st = db_one(db, "SELECT 1 FROM stat_late WHERE at >= ? AND at < ? LIMIT 1",
                DB_TIME(from), DB_TIME(until));
    if (st == ST_OK) /* its turn comes */
        return ST_OK;
    if (st == ST_NONE)
        st = day_roll(db, tz, now, day, &differed);
    if (st == ST_OK && differed)
        out->wrong++;
    return st;
}

enum status stat_roll(struct db *db, const struct tz *tz, int64_t now,
                      struct stat_rolled *out)
{
    enum status st;

    *out = (struct stat_rolled){0};
    st = late_roll(db, tz, now, out);
    if (st == ST_OK)
        st = open_roll(db, tz, now, out);
    if (st == ST_OK && !out->more)
        st = oldest_check(db, tz, now, out);
    return st;
}
