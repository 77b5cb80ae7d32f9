/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/audit.h"
#include "core/base/clock.h"
#include "core/staff/shift.h"
#include "core/staff/till.h"

#include <stdio.h>
#include <string.h>

/* Somebody who opens a shift a few minutes before closing means the night, or tomorrow. */
#define AT_LEAST HOUR
#define AT_MOST DAY

/* Minutes of that local day until it ends; -1: it does not. */
static int day_ends(const struct hours *h, int minute, int32_t day)
{
    int wd = cal_weekday(day);

    if (h == NULL)
        return minute;
    if (h->day[wd].from == h->day[wd].to ||
        h->day[wd].to - h->day[wd].from >= HOURS_DAY)
        return -1;
    return h->day[wd].to;
}

int64_t shift_ends_at(const struct tz *tz, const struct hours *h, int minute,
                      int64_t opened_at)
{
    int32_t today = tz_local(tz, opened_at).day;

    for (int32_t day = today - 1; day <= today + 1; day++) {
        int m = day_ends(h, minute, day);
        int64_t at;

        if (m < 0)
            continue;
        at = tz_instant(tz, day + m / HOURS_DAY, m % HOURS_DAY / 60, m % 60);
        if (at >= opened_at + AT_LEAST && at <= opened_at + AT_MOST)
            return at;
    }
    return opened_at + AT_MOST;
}

struct open_shift {
    int64_t id, staff_id, opened_at;
    char hours[256 * 4], tz[41];
};

static int64_t ends(const struct open_shift *s, const struct shift_clock *c)
{
    struct tz *own = s->tz[0] != '\0' ? tz_open(s->tz) : NULL;
    struct hours h;
    bool known = hours_read(s->hours, &h) == ST_OK;
    int64_t at;

    at = shift_ends_at(own != NULL ? own : c->tz, known ? &h : NULL, c->minute,
                       s->opened_at);
    tz_close(own);
    return at;
}

static enum status close_one(struct db *db, int64_t now, const struct open_shift *s)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE shift SET closed_at = ?, auto_closed = 1"
                             " WHERE id = ? AND closed_at IS NULL",
                             DB_TIME(now), DB_INT(s->id));

    if (st == ST_OK && changed == 0)
        return ST_NONE; /* by somebody, this very moment */
    if (st == ST_OK)    /* a shared phone does not stay theirs overnight */
        st = till_let_go(db, s->staff_id);
    return st == ST_OK ? audit_add(db, now,
                                   &(struct audit_entry){.actor = ACTOR_SYSTEM,
                                                         .action = "shift.close",
                                                         .entity_id = s->id})
                       : st;
}

/* Open ones behind an id, a handful at a time: texts of a store are long. */
#define HANDFUL 8

static enum status open_after(struct db *db, int64_t after, struct open_shift *out,
                              int *n)
{
    enum status st =
        db_select(db,
                  "SELECT h.id, h.staff_id, h.opened_at, s.hours, s.tz FROM shift h"
                  " JOIN store s ON s.id = h.store_id WHERE h.open_one IS NOT NULL"
                  " AND h.id > ? ORDER BY h.id LIMIT ?",
                  DB_INT(after), DB_INT(HANDFUL));

    *n = 0;
    while (st == ST_OK && *n < HANDFUL && (st = db_next(db)) == ST_OK) {
        struct open_shift *s = &out[(*n)++];

        *s = (struct open_shift){.id = db_int(db, 0),
                                 .staff_id = db_int(db, 1),
                                 .opened_at = db_time(db, 2)};
        snprintf(s->hours, sizeof s->hours, "%s", db_text(db, 3, NULL));
        snprintf(s->tz, sizeof s->tz, "%s", db_text(db, 4, NULL));
    }
    return st == ST_NONE ? ST_OK : st;
}

enum status shift_close_due(struct db *db, int64_t now, const struct shift_clock *c,
                            int64_t *ids, int *n)
{
    struct open_shift open[HANDFUL];
    int64_t after = 0;
    int i, found = HANDFUL;
    enum status st = ST_OK;

    *n = 0;
    while (st == ST_OK && found == HANDFUL && *n + HANDFUL <= SHIFT_DUE_MAX) {
        st = open_after(db, after, open, &found);
        for (i = 0; st == ST_OK && i < found; i++) {
            after = open[i].id;
            if (ends(&open[i], c) > now)
                continue;
            st = close_one(db, now, &open[i]);
            if (st == ST_OK)
                ids[(*n)++] = open[i].id;
            else if (st == ST_NONE)
                st = ST_OK;
        }
    }
    return st;
}
