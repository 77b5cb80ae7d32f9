/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/audit.h"
#include "core/base/clock.h"
#include "core/loyalty/customer.h"
#include "core/setting.h"

#include <stdlib.h>

/* Whole years on that day; somebody of 29 February turns on 28 February. */
static int age_on(struct date born, int32_t today)
{
    struct date d = cal_date(today);
    int32_t birthday = cal_day(cal_birthday_in(born, d.year, false));

    return d.year - born.year - (today < birthday ? 1 : 0);
}

/* Is today within near_days of the days on which that birthday's gift is good? */
static bool is_near(struct date born, int32_t today, const struct birthday_limits *l)
{
    int year = cal_date(today).year;

    for (int y = year - 1; y <= year + 1; y++) {
        int32_t day = cal_day(cal_birthday_in(born, y, l->leap_to_march));

        if (today > day - l->before - l->near_days &&
            today < day + l->after + l->near_days)
            return true;
    }
    return false;
}

static enum birthday_fault change_may(const struct customer *c, struct date born,
                                      int32_t today, const struct birthday_limits *l)
{
    if (c->birth_changed_at != 0 &&
        today - (int32_t)(c->birth_changed_at / DAY) < l->change_days)
        return BIRTHDAY_CHANGED;
    if (l->near_days == 0)
        return BIRTHDAY_FINE;
    if (c->has_birth && is_near(c->birth, today, l))
        return BIRTHDAY_TOO_NEAR;
    return is_near(born, today, l) ? BIRTHDAY_TOO_NEAR : BIRTHDAY_FINE;
}

static enum birthday_fault age_may(struct date born, int32_t today,
                                   const struct birthday_limits *l)
{
    int age = age_on(born, today);

    if (cal_day(born) > today)
        return BIRTHDAY_FUTURE;
    if (age < l->age_min)
        return BIRTHDAY_TOO_YOUNG;
    return age > l->age_max ? BIRTHDAY_TOO_OLD : BIRTHDAY_FINE;
}

enum birthday_fault customer_birthday_may(const struct customer *c, struct date born,
                                          int32_t today,
                                          const struct birthday_limits *l)
{
    bool yearless = born.year == BIRTHDAY_NO_YEAR && !l->year_needed;
    enum birthday_fault fault = yearless ? BIRTHDAY_FINE : age_may(born, today, l);

    if (fault != BIRTHDAY_FINE)
        return fault;
    if (c->has_birth && cal_day(c->birth) == cal_day(born))
        return BIRTHDAY_SAME;
    /* Told before and taken away is told again: a change. */
    return c->has_birth || c->birth_set_at != 0 ? change_may(c, born, today, l)
                                                : BIRTHDAY_FINE;
}

static void date_text(struct buf *out, bool have, struct date d)
{
    if (have)
        buf_addf(out, "%04d-%02d-%02d", d.year, d.month, d.day);
}

static enum status birthday_audit(struct db *db, int64_t now,
                                  const struct customer *was,
                                  const struct birthday_entry *e, bool dropped)
{
    struct buf old = {0}, new = {0};
    enum status st = ST_BROKEN;

    date_text(&old, was->has_birth, was->birth);
    date_text(&new, !dropped, e->born);
    if (!old.failed && !new.failed) {
        const struct audit_field fields[] = {{"birth_date", old.s, new.s},
                                             {"reason", NULL, e->reason}};
        bool staff = e->staff_id != 0;

        st = audit_add(
            db, now,
            &(struct audit_entry){.actor = staff ? ACTOR_STAFF : ACTOR_CUSTOMER,
                                  .actor_id = staff ? e->staff_id : was->id,
                                  .action = "customer.birthday",
                                  .entity_id = was->id,
                                  .fields = fields,
                                  .n_fields = e->reason != NULL ? 2 : 1});
    }
    buf_free(&old);
    buf_free(&new);
    return st;
}

enum status customer_birthday_set(struct db *db, int64_t now,
                                  const struct birthday_entry *e,
                                  enum birthday_fault *fault)
{
    struct customer c;
    enum status st;

    *fault = BIRTHDAY_FINE;
    if (!cal_valid(e->born))
        return ST_BAD;
    st = customer_load(db, e->customer_id, &c);
    if (st != ST_OK)
        return st;
    *fault = customer_birthday_may(&c, e->born, e->today, &e->limits);
    if (*fault != BIRTHDAY_FINE)
        return ST_REFUSED;
    /* birth_changed_at first: it looks at birth_set_at as it was. */
    st = db_exec(db, NULL,
                 "UPDATE customer SET birth_date = ?,"
                 " birth_changed_at = IF(birth_set_at IS NULL, NULL, ?),"
                 " birth_set_at = IFNULL(birth_set_at, ?) WHERE id = ?",
                 DB_DATE(cal_day(e->born)), DB_TIME(now), DB_TIME(now),
                 DB_INT(e->customer_id));
    if (st == ST_OK)
        st = birthday_audit(db, now, &c, e, false);
    return st;
}

enum status customer_birthday_clear(struct db *db, int64_t now, int64_t id)
{
    return customer_birthday_drop(db, now, &(struct birthday_entry){.customer_id = id});
}

enum status customer_birthday_drop(struct db *db, int64_t now,
                                   const struct birthday_entry *e)
{
    int64_t id = e->customer_id;
    struct customer c;
    enum status st = customer_load(db, id, &c);

    if (st == ST_OK && !c.has_birth)
        st = ST_NONE;
    if (st == ST_OK)
        st = db_exec(db, NULL, "UPDATE customer SET birth_date = NULL WHERE id = ?",
                     DB_INT(id));
    return st == ST_OK ? birthday_audit(db, now, &c, e, true) : st;
}
