/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who would enter within a week. Each count goes along the index of its scan. */
#include "core/automation/scan.h"

#include "core/base/clock.h"

#define AHEAD 7 /* days */
#define COUNT_OF "SELECT " DB_AFRESH "COUNT(*) FROM "

static enum status counted(struct db *db, enum status st, int64_t *n)
{
    if (st == ST_OK)
        *n = db_int(db, 0);
    return st;
}

static enum status birthdays(struct db *db, const struct calendar *c, int number,
                             int64_t *n)
{
    struct md_range r[MD_RANGES] = {{0}};
    int ranges = moment_birthdays(&c->moment, number, number + AHEAD - 1, r);

    for (int i = ranges; i < MD_RANGES; i++)
        r[i] = (struct md_range){-1, -1};
    return counted(db,
                   db_one(db,
                          COUNT_OF "customer c WHERE (c.birth_md BETWEEN ? AND ?"
                                   " OR c.birth_md BETWEEN ? AND ?"
                                   " OR c.birth_md BETWEEN ? AND ?"
                                   " OR c.birth_md BETWEEN ? AND ?)" SCAN_WRITABLE,
                          DB_INT(r[0].first), DB_INT(r[0].last), DB_INT(r[1].first),
                          DB_INT(r[1].last), DB_INT(r[2].first), DB_INT(r[2].last),
                          DB_INT(r[3].first), DB_INT(r[3].last)),
                   n);
}

static enum status bought(struct db *db, int64_t from, int64_t until, int64_t *n)
{
    return counted(db,
                   db_one(db,
                          COUNT_OF "customer c WHERE c.last_purchase_at >= ?"
                                   " AND c.last_purchase_at < ?" SCAN_WRITABLE,
                          DB_TIME(from), DB_TIME(until)),
                   n);
}

static enum status no_visit(struct db *db, const struct calendar *c, int number,
                            int64_t *n)
{
    int32_t from = c->moment.today - number;

    return bought(db, tz_instant(c->moment.tz, from, 0, 0),
                  tz_instant(c->moment.tz, from + AHEAD, 0, 0), n);
}

static enum status expiring(struct db *db, const struct calendar *c, int number,
                            int64_t *n)
{
    int64_t now = c->moment.now;

    return counted(
        db,
        db_one(db,
               COUNT_OF
               "discount d STRAIGHT_JOIN customer c ON c.id = d.customer_id"
               " WHERE d.status = 1 AND d.valid_until > ?"
               " AND d.valid_until <= ? AND d.reminder_id IS NULL" SCAN_WRITABLE,
               DB_TIME(now), DB_TIME(now + (number + AHEAD) * DAY)),
        n);
}

/* Of those who came in the last week and agreed. */
static enum status welcomed(struct db *db, const struct calendar *c, int number,
                            int64_t *n)
{
    (void)number;
    return counted(db,
                   db_one(db,
                          COUNT_OF "customer c WHERE c.created_at > ?" SCAN_WRITABLE,
                          DB_TIME(c->moment.now - AHEAD * DAY)),
                   n);
}

static enum status visited(struct db *db, const struct calendar *c, int number,
                           int64_t *n)
{
    (void)number;
    return bought(db, c->moment.now - AHEAD * DAY, c->moment.now, n);
}

static const struct look {
    enum status (*count)(struct db *db, const struct calendar *c, int number,
                         int64_t *n);
    bool guess;
} looks[TRIGGERS] = {
    [TRIGGER_WELCOME] = {welcomed, true},
    [TRIGGER_BIRTHDAY_BEFORE] = {birthdays, false},
    [TRIGGER_BIRTHDAY] = {birthdays, false},
    [TRIGGER_NO_VISIT] = {no_visit, false},
    [TRIGGER_DISCOUNT_EXPIRING] = {expiring, false},
    [TRIGGER_AFTER_VISIT] = {visited, true},
};

enum status scan_preview(struct db *db, const struct calendar *c, enum trigger t,
                         int number, int64_t *n, bool *guess)
{
    const struct look *l = &looks[(unsigned)t < TRIGGERS ? t : 0];

    *n = 0;
    if (l->count == NULL)
        return ST_BAD;
    *guess = l->guess;
    return l->count(db, c, number, n);
}
