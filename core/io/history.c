/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/history.h"

#include "core/base/buf.h"
#include "core/base/cal.h"
#include "core/base/clock.h"
#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

/* Most at once. Behind a longer gap (nobody ran for months) the first new partition
 * takes the whole gap. */
#define MAKE_MAX 60
#define DROP_MAX 512

/* The schema is in the name: a lock is the server's. */
#define LOCK_NAME "CONCAT('dvorik.hist.', LEFT(SHA2(DATABASE(), 256), 40))"

struct plan {
    int32_t drop[DROP_MAX];
    int n_drop;
    int32_t make_from, make_to; /* last days; none when from > to */
    int32_t first, last;        /* that are there; first > last: none */
    bool later;
};

/* ---- what is there -------------------------------------------------------------- */

/* "p20261120"; false: not one of ours. */
static bool day_of_name(const char *name, size_t n, int32_t *day)
{
    struct date d;
    long v;
    char *end;

    if (n != 9 || name[0] != 'p')
        return false;
    v = strtol(name + 1, &end, 10);
    if (*end != '\0')
        return false;
    d = (struct date){(int)(v / 10000), (int)(v / 100 % 100), (int)(v % 100)};
    if (!cal_valid(d))
        return false;
    *day = cal_day(d);
    return true;
}

static void plan_take(struct plan *p, const char *name, size_t n, int32_t keep_from)
{
    int32_t day;

    if (strcmp(name, "later") == 0)
        p->later = true;
    if (!day_of_name(name, n, &day))
        return;
    if (day < keep_from) {
        if (p->n_drop < DROP_MAX)
            p->drop[p->n_drop++] = day;
    } else if (day < p->first) {
        p->first = day;
    }
    if (day > p->last)
        p->last = day;
}

static int32_t day_at(int64_t now)
{
    return (int32_t)(now / DAY);
}

/* keep_from: the first day that is kept; ahead: the last that must have a partition. */
static enum status plan_read(struct db *db, int32_t keep_from, int32_t ahead,
                             struct plan *p)
{
    enum status st;

    *p = (struct plan){.first = INT32_MAX, .last = INT32_MIN};
    st = db_select(db, "SELECT partition_name FROM information_schema.partitions"
                       " WHERE table_schema = DATABASE() AND table_name = 'job_hist'"
                       " AND partition_name IS NOT NULL"
                       " ORDER BY partition_ordinal_position");
    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        size_t n;
        const char *name = db_text(db, 0, &n);

        plan_take(p, name, n, keep_from);
    }
    if (st != ST_NONE)
        return st;
    if (!p->later)
        return ST_REFUSED;
    p->make_to = ahead;
    p->make_from = p->last == INT32_MIN ? ahead : p->last + 1;
    if (p->make_to - p->make_from >= MAKE_MAX)
        p->make_from = p->make_to - MAKE_MAX + 1;
    return ST_OK;
}

/* ---- and what is done about it -------------------------------------------------- */

static void add_name(struct buf *b, int32_t day)
{
    struct date d = cal_date(day);

    buf_addf(b, "p%04d%02d%02d", d.year, d.month, d.day);
}

/* Once: db_exec would try again at once, and keep the writers out that much longer. */
static enum status run(struct db *db, struct buf *sql)
{
    const char *why;
    enum status st = sql->failed ? ST_BROKEN : db_script(db, sql->s, sql->len, &why);

    buf_free(sql);
    return st;
}

static enum status make(struct db *db, const struct plan *p)
{
    struct buf sql = {0};

    buf_adds(&sql, "ALTER TABLE job_hist REORGANIZE PARTITION later INTO (");
    for (int32_t day = p->make_from; day <= p->make_to; day++) {
        struct date next = cal_date(day + 1);

        buf_adds(&sql, "PARTITION ");
        add_name(&sql, day);
        buf_addf(&sql, " VALUES LESS THAN ('%04d-%02d-%02d'), ", next.year, next.month,
                 next.day);
    }
    buf_adds(&sql, "PARTITION later VALUES LESS THAN (MAXVALUE))");
    return run(db, &sql);
}

static enum status drop(struct db *db, const struct plan *p)
{
    struct buf sql = {0};

    buf_adds(&sql, "ALTER TABLE job_hist DROP PARTITION ");
    for (int i = 0; i < p->n_drop; i++) {
        buf_adds(&sql, i > 0 ? ", " : "");
        add_name(&sql, p->drop[i]);
    }
    return run(db, &sql);
}

static void tell(const char *what, int n, int32_t first, int32_t last)
{
    struct buf b = {0};

    add_name(&b, first);
    if (n > 1) {
        buf_adds(&b, "-");
        add_name(&b, last);
    }
    log_info(what, LOG_INT("partitions", n), LOG_TEXT("days", b.failed ? "" : b.s));
    buf_free(&b);
}

/* Days first: a table that cannot be pruned is full of old news, one without days
 * ahead costs a copy later. */
static enum status work(struct db *db, const struct plan *p, struct history *out)
{
    enum status st = ST_OK;

    if (p->make_from <= p->make_to) {
        st = make(db, p);
        if (st != ST_OK)
            return st;
        out->made = p->make_to - p->make_from + 1;
        out->last = p->make_to;
        tell("history: days made", out->made, p->make_from, p->make_to);
    }
    if (p->n_drop > 0) {
        st = drop(db, p);
        if (st != ST_OK)
            return st;
        out->dropped = p->n_drop;
        tell("history: days dropped", p->n_drop, p->drop[0], p->drop[p->n_drop - 1]);
    }
    return st;
}

/* A statement that waits for the table lets nobody else in: it waits for a second, not
 * for a day. */
static enum status lock(struct db *db)
{
    enum status st = db_one(db, "SELECT GET_LOCK(" LOCK_NAME ", 0)");

    if (st == ST_OK && db_int(db, 0) != 1)
        return ST_TAKEN;
    if (st == ST_OK)
        st = db_exec(db, NULL, "SET SESSION lock_wait_timeout = 1");
    return st;
}

static enum status unlock(struct db *db)
{
    enum status st = db_exec(db, NULL, "SET SESSION lock_wait_timeout = DEFAULT");

    if (st == ST_OK)
        st = db_one(db, "SELECT RELEASE_LOCK(" LOCK_NAME ")");
    return st;
}

/* The earlier of the two clocks: one that leapt ahead must not drop what is young. */
static enum status youngest(struct db *db, int64_t now, int64_t *out)
{
    enum status st = db_one(db, "SELECT UTC_TIMESTAMP(6)");

    if (st == ST_OK)
        *out = db_time(db, 0) < now ? db_time(db, 0) : now;
    return st;
}

static bool nothing_to_do(const struct plan *p)
{
    return p->make_from > p->make_to && p->n_drop == 0;
}

enum status history_keep(struct db *db, int64_t now, int64_t keep_days,
                         struct history *out)
{
    int64_t sure = 0;
    int32_t keep_from, ahead;
    struct plan p;
    enum status st, end;

    *out = (struct history){0};
    if (db_in_tx(db) || keep_days < 1)
        return ST_BROKEN;
    st = youngest(db, now, &sure);
    keep_from = day_at(sure - keep_days * DAY);
    ahead = day_at(sure) + HISTORY_AHEAD;
    if (st == ST_OK)
        st = plan_read(db, keep_from, ahead, &p);
    if (st == ST_OK && !nothing_to_do(&p)) {
        st = lock(db);
        if (st == ST_TAKEN)
            return ST_OK;
        /* Another may have done it between the look and the lock. */
        if (st == ST_OK)
            st = plan_read(db, keep_from, ahead, &p);
        if (st == ST_OK)
            st = work(db, &p, out);
        end = unlock(db);
        st = st == ST_OK ? end : st;
    }
    if (st != ST_OK)
        return st;
    out->oldest = p.first;
    out->last = p.last > out->last ? p.last : out->last;
    return ST_OK;
}
