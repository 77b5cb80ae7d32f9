/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/stat_private.h"

#include <stdlib.h>
#include <string.h>

/* What is read: the days [from, until), of which `state` says how. */
enum { DAY_OPEN, DAY_ROLLED, DAY_PART, DAY_CHANGED };

struct reading {
    struct db *db;
    const struct stat_ask *ask;
    int32_t from, until;
    unsigned char *state;
    struct stat_rows *out;
};

void stat_rows_free(struct stat_rows *r)
{
    free(r->row);
    *r = (struct stat_rows){0};
}

static struct stat_row *row_at(struct stat_rows *r, int64_t key)
{
    size_t low = 0, high = r->n;

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (r->row[mid].key == key)
            return &r->row[mid];
        if (r->row[mid].key < key)
            low = mid + 1;
        else
            high = mid;
    }
    if (r->n == r->cap) {
        size_t cap = r->cap > 0 ? 2 * r->cap : 64;
        struct stat_row *more = realloc(r->row, cap * sizeof *more);

        if (more == NULL)
            return NULL;
        r->row = more;
        r->cap = cap;
    }
    memmove(&r->row[low + 1], &r->row[low], (r->n - low) * sizeof *r->row);
    r->row[low] = (struct stat_row){.key = key};
    r->n++;
    return &r->row[low];
}

static enum status row_add(struct stat_rows *r, int64_t key,
                           const int64_t value[STAT_METRICS])
{
    struct stat_row *row = row_at(r, key);

    if (row == NULL)
        return ST_BROKEN;
    stat_add(row->value, value);
    return ST_OK;
}

/* ---- weeks and months ------------------------------------------------------------ */

static bool by_time(enum stat_group g)
{
    return g == STAT_BY_DAY || g == STAT_BY_WEEK || g == STAT_BY_MONTH;
}

/* The first day of what that day belongs to. */
static int32_t bucket(enum stat_group g, int32_t day)
{
    if (g == STAT_BY_WEEK)
        return day - (cal_weekday(day) + 6) % 7;
    return g == STAT_BY_MONTH ? day - cal_date(day).day + 1 : day;
}

/* The first day that belongs to another one. */
static int32_t bucket_end(enum stat_group g, int32_t day)
{
    struct date d = cal_date(day);

    if (g == STAT_BY_WEEK)
        return bucket(g, day) + 7;
    if (g == STAT_BY_MONTH)
        return bucket(g, day) + cal_month_days(d.year, d.month);
    return day + 1;
}

static enum status buckets_begin(const struct stat_ask *ask, struct stat_rows *out)
{
    for (int32_t day = ask->from; by_time(ask->group) && day < ask->until;
         day = bucket_end(ask->group, day))
        if (row_at(out, bucket(ask->group, day)) == NULL)
            return ST_BROKEN;
    return ask->group != STAT_BY_NOTHING || row_at(out, 0) != NULL ? ST_OK : ST_BROKEN;
}

/* ---- which days are rolled up ---------------------------------------------------- */

static unsigned char state_of(int64_t from, int64_t until, const struct stat_bounds *b)
{
    if (from != b->from || until > b->until)
        return DAY_CHANGED;
    return until == b->until ? DAY_ROLLED : DAY_PART;
}

static enum status rolled_mark(struct reading *r)
{
    enum status st = db_select(r->db,
                               "SELECT day, from_at, until_at FROM stat_roll"
                               " WHERE day >= ? AND day < ?",
                               DB_DATE(r->from), DB_DATE(r->until));

    while (st == ST_OK && (st = db_next(r->db)) == ST_OK) {
        int32_t day = db_day(r->db, 0);
        const struct stat_bounds b = stat_day_bounds(r->ask->tz, day);

        r->state[day - r->from] = state_of(db_time(r->db, 1), db_time(r->db, 2), &b);
    }
    return st == ST_NONE ? ST_OK : st;
}

static enum status late_mark(struct reading *r)
{
    enum status st = db_select(r->db,
                               "SELECT DISTINCT at FROM stat_late"
                               " WHERE at >= ? AND at < ?",
                               DB_TIME(tz_instant(r->ask->tz, r->from, 0, 0)),
                               DB_TIME(tz_instant(r->ask->tz, r->until, 0, 0)));

    while (st == ST_OK && (st = db_next(r->db)) == ST_OK) {
        unsigned char *state =
            &r->state[tz_local(r->ask->tz, db_time(r->db, 0)).day - r->from];

        if (*state != DAY_OPEN)
            *state = DAY_CHANGED;
    }
    return st == ST_NONE ? ST_OK : st;
}

/* ---- rolled days ----------------------------------------------------------------- */

static const struct {
    const char *key;
    enum stat_cut cut;
} groups[STAT_GROUPS] = {
    [STAT_BY_NOTHING] = {"cut", CUT_ALL},
    [STAT_BY_DAY] = {"day", CUT_ALL},
    [STAT_BY_WEEK] = {"day", CUT_ALL},
    [STAT_BY_MONTH] = {"day", CUT_ALL},
    [STAT_BY_STORE] = {"store_id", CUT_STORE},
    [STAT_BY_SOURCE] = {"source", CUT_SOURCE},
    [STAT_BY_STAFF] = {"staff_id", CUT_STAFF},
};

/* part: the last column is until when that day is rolled up, in the same statement, so
 * that figures and moment belong together whatever is being written meanwhile. */
static void rolled_sql(const struct stat_ask *ask, bool part, struct buf *sql)
{
    const char *key = groups[ask->group].key;

    buf_addf(sql, "SELECT s.%s", key);
    stat_columns(sql, "CAST(SUM(s.", ") AS SIGNED)");
    if (part)
        buf_adds(sql,
                 ", MAX((SELECT r.until_at FROM stat_roll r WHERE r.day = s.day))");
    buf_adds(sql, " FROM stat_day s WHERE s.cut = ? AND s.day >= ? AND s.day < ?");
    for (int i = 0; ask->stores != NULL && i < ask->stores_n; i++)
        buf_adds(sql, i == 0 ? " AND s.store_id IN (?" : ", ?");
    if (ask->stores != NULL)
        buf_adds(sql, ask->stores_n > 0 ? ")" : " AND 1 = 0");
    buf_addf(sql, " GROUP BY s.%s", key);
}

static int64_t rolled_key(const struct reading *r)
{
    if (r->ask->group == STAT_BY_NOTHING)
        return 0;
    return by_time(r->ask->group) ? bucket(r->ask->group, db_day(r->db, 0))
                                  : db_int(r->db, 0);
}

/* rolled: NULL, or of one day until when it is; as it was when nothing is there. */
static enum status rolled_read(struct reading *r, int32_t from, int32_t until,
                               int64_t *rolled)
{
    enum stat_cut cut = groups[r->ask->group].cut;
    struct db_arg args[3 + STAT_STORES_MAX];
    int64_t value[STAT_METRICS];
    struct buf sql = {0};
    enum status st = ST_BROKEN;

    if (cut == CUT_ALL && r->ask->stores != NULL)
        cut = CUT_STORE;
    args[0] = DB_INT(cut), args[1] = DB_DATE(from), args[2] = DB_DATE(until);
    for (int i = 0; i < r->ask->stores_n; i++)
        args[3 + i] = DB_INT(r->ask->stores[i]);
    rolled_sql(r->ask, rolled != NULL, &sql);
    if (!sql.failed)
        st = db_select_args(r->db, sql.s, args, 3 + (size_t)r->ask->stores_n);
    while (st == ST_OK && (st = db_next(r->db)) == ST_OK) {
        stat_read_columns(r->db, 1, value);
        if (rolled != NULL)
            *rolled = db_time(r->db, 1 + STAT_METRICS);
        st = row_add(r->out, rolled_key(r), value);
        if (st != ST_OK)
            break;
    }
    buf_free(&sql);
    return st == ST_NONE ? ST_OK : st;
}

/* ---- the other days -------------------------------------------------------------- */

static bool is_asked(const struct stat_ask *ask, int64_t store)
{
    for (int i = 0; i < ask->stores_n; i++)
        if (ask->stores[i] == store)
            return true;
    return ask->stores == NULL;
}

static int64_t cell_key(const struct stat_ask *ask, const struct stat_cell *c,
                        int32_t day)
{
    const int64_t keys[STAT_GROUPS] = {[STAT_BY_STORE] = c->store,
                                       [STAT_BY_SOURCE] = c->source,
                                       [STAT_BY_STAFF] = c->staff};

    return by_time(ask->group) ? bucket(ask->group, day) : keys[ask->group];
}

/* Of today what has happened. */
static int64_t until_now(const struct stat_ask *ask, int64_t until)
{
    return until > ask->now ? ask->now + 1 : until;
}

static enum status cells_add(struct reading *r, const struct stat_cells *cells,
                             int32_t day)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < cells->n; i++)
        if (is_asked(r->ask, cells->cell[i].store))
            st = row_add(r->out, cell_key(r->ask, &cells->cell[i], day),
                         cells->cell[i].value);
    return st;
}

/* These days together, all of one bucket. */
static enum status open_read(struct reading *r, int32_t from, int32_t until)
{
    struct stat_bounds b = stat_day_bounds(r->ask->tz, from);
    int64_t kept[STAT_METRICS];
    struct stat_cells cells = {0};
    enum status st;

    b.until = until_now(r->ask, tz_instant(r->ask->tz, until, 0, 0));
    st = r->state[from - r->from] == DAY_CHANGED
             ? stat_day_count(r->db, &b, from, &cells, kept)
             : stat_count(r->db, b.from, b.until, &cells);
    if (st == ST_OK)
        st = cells_add(r, &cells, from);
    stat_cells_free(&cells);
    return st;
}

/* Today, mostly: what is rolled up of it, and what has happened since. */
static enum status part_read(struct reading *r, int32_t day)
{
    struct stat_bounds b = stat_day_bounds(r->ask->tz, day);
    struct stat_cells cells = {0};
    enum status st = rolled_read(r, day, day + 1, &b.from);

    if (st == ST_OK)
        st = stat_count(r->db, b.from, until_now(r->ask, b.until), &cells);
    if (st == ST_OK)
        st = cells_add(r, &cells, day);
    stat_cells_free(&cells);
    return st;
}

/* ---- altogether ------------------------------------------------------------------ */

/* Where the days that can be read together with this one end. */
static int32_t run_end(const struct reading *r, int32_t day)
{
    int state = r->state[day - r->from];
    int32_t most = r->until, end = day + 1;

    if (state == DAY_CHANGED || state == DAY_PART)
        return end;
    if (state == DAY_OPEN && by_time(r->ask->group) &&
        bucket_end(r->ask->group, day) < most)
        most = bucket_end(r->ask->group, day);
    while (end < most && r->state[end - r->from] == state)
        end++;
    return end;
}

static enum status run_read(struct reading *r, int32_t from, int32_t until)
{
    int state = r->state[from - r->from];

    if (state == DAY_ROLLED)
        return rolled_read(r, from, until, NULL);
    return state == DAY_PART ? part_read(r, from) : open_read(r, from, until);
}

static enum status days_read(struct reading *r)
{
    enum status st = rolled_mark(r);

    if (st == ST_OK)
        st = late_mark(r);
    for (int32_t day = r->from, end; st == ST_OK && day < r->until; day = end) {
        end = run_end(r, day);
        st = run_read(r, day, end);
    }
    return st;
}

enum status stat_first_day(struct db *db, const struct tz *tz, int64_t now,
                           int32_t *day)
{
    enum status st =
        db_one(db, "SELECT created_at FROM customer ORDER BY created_at LIMIT 1");

    *day = tz_local(tz, st == ST_OK ? db_time(db, 0) : now).day;
    return st == ST_NONE ? ST_OK : st;
}

enum status stat_read(struct db *db, const struct stat_ask *ask, struct stat_rows *out)
{
    struct reading r = {.db = db, .ask = ask, .out = out};
    int32_t first;
    enum status st;

    *out = (struct stat_rows){0};
    if (ask->stores_n > STAT_STORES_MAX)
        return ST_BAD;
    st = stat_first_day(db, ask->tz, ask->now, &first);
    if (st == ST_OK)
        st = buckets_begin(ask, out);
    /* Before the first customer nothing happened, after today nothing has. */
    r.from = ask->from > first ? ask->from : first;
    r.until = tz_local(ask->tz, ask->now).day + 1;
    r.until = ask->until < r.until ? ask->until : r.until;
    if (st == ST_OK && r.from < r.until) {
        r.state = calloc((size_t)(r.until - r.from), 1);
        st = r.state != NULL ? days_read(&r) : ST_BROKEN;
    }
    free(r.state);
    if (st != ST_OK)
        stat_rows_free(out);
    return st;
}
