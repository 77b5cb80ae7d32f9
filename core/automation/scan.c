/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/automation/scan.h"

#include "core/automation/fact.h"
#include "core/base/clock.h"
#include "core/io/queue.h"
#include "core/loyalty/birthday.h"
#include "core/loyalty/reminder.h"

#include <stdio.h>
#include <string.h>

#define JUST_ISSUED DAY /* they know of it yet */

/* A round at one of its pages. */
struct round {
    struct db *db;
    struct calendar *c;
    const struct automation *a;
    struct scan_place *place;
    char key[ENTER_KEY_BYTES]; /* of all on the page, but of discounts */
    int32_t of; /* the day they have in common: a birthday, a purchase's */
};

struct found {
    struct run_entry entry;
    int64_t at; /* entered, bought, ends: by trigger */
    char tz[41];
};

/* A row of any of the statements. */
static void found_read(const struct db *db, const struct round *r, struct found *out)
{
    *out = (struct found){
        .entry = {.customer_id = db_int(db, 0), .person_id = db_int(db, 1)},
        .at = db_time(db, 2),
    };
    out->entry.subject = db_int(db, 4);
    snprintf(out->tz, sizeof out->tz, "%s", db_text(db, 3, NULL));
    if (r->key[0] != '\0')
        snprintf(out->entry.key, sizeof out->entry.key, "%s", r->key);
    else
        trigger_key(r->a->trigger, out->entry.subject, out->entry.key);
}

static int64_t starts(const struct round *r, int32_t day)
{
    return tz_instant(r->c->moment.tz, day, 0, 0);
}

/* ---- birthdays -------------------------------------------------------------------- */

/* The dates of birth that are celebrated on that day: its own, and 29 February where a
 * common year keeps it. The second one is 0 when there is none. */
static void dates_of(int32_t day, bool leap_to_march, int out[2])
{
    struct date d = cal_date(day);
    struct date leapling = {2000, 2, 29};
    struct date kept = cal_birthday_in(leapling, d.year, leap_to_march);

    out[0] = d.month * 100 + d.day;
    out[1] = kept.month == d.month && kept.day == d.day && out[0] != 229 ? 229 : 0;
}

static int32_t birthday_of(const struct round *r, int32_t day)
{
    return day + (r->a->trigger == TRIGGER_BIRTHDAY_BEFORE ? r->a->number : 0);
}

static bool birthdays_begin(struct round *r)
{
    int date[2];

    r->of = birthday_of(r, r->place->day);
    trigger_key(r->a->trigger, cal_date(r->of).year, r->key);
    dates_of(r->of, r->c->moment.leap_to_march, date);
    return r->place->part < 2 && date[r->place->part] != 0 &&
           (r->of > r->c->moment.today || r->a->trigger == TRIGGER_BIRTHDAY);
}

static enum status birthdays_select(struct round *r)
{
    int date[2];

    dates_of(r->of, r->c->moment.leap_to_march, date);
    return db_select(r->db, SCAN_BIRTHDAYS, DB_INT(date[r->place->part]),
                     DB_INT(r->a->id), DB_TEXT(r->key), DB_INT(r->place->after),
                     DB_INT(SCAN_PAGE));
}

/* A date told too late to bring a gift this year brings no greeting with one either. It
 * is their morning when the day begins where they are. */
static bool birthdays_fit(struct round *r, struct found *f)
{
    struct birthday_rules rules;
    const struct celebration day = {.day = r->of};

    birthday_rules_of(&r->c->set, &rules);
    f->entry.wake_at = tz_instant(calendar_zone(r->c, f->tz), r->place->day, 0, 0);
    if (f->entry.wake_at < r->c->moment.now)
        f->entry.wake_at = 0; /* a day that was missed: policy.back says how far */
    return birthday_in_time(tz_local(r->c->moment.tz, f->at).day, &day, &rules);
}

static void by_id(struct round *r, const struct found *last)
{
    r->place->after = last->entry.customer_id;
}

/* ---- so long without a purchase --------------------------------------------------- */

static bool no_visit_begin(struct round *r)
{
    struct date d;

    if (r->place->part > 0)
        return false;
    r->of = r->place->day - r->a->number;
    d = cal_date(r->of);
    trigger_key(r->a->trigger, d.year * 10000 + d.month * 100 + d.day, r->key);
    if (r->place->at == 0)
        r->place->at = starts(r, r->of);
    return true;
}

static enum status no_visit_select(struct round *r)
{
    return db_select(r->db, SCAN_NO_VISIT, DB_TIME(r->place->at),
                     DB_TIME(starts(r, r->of + 1)), DB_INT(r->a->id), DB_TEXT(r->key),
                     DB_TIME(r->place->at), DB_INT(r->place->after), DB_INT(SCAN_PAGE));
}

static bool all_fit(struct round *r, struct found *f)
{
    (void)r;
    (void)f;
    return true;
}

static void by_moment(struct round *r, const struct found *last)
{
    r->place->at = last->at;
    r->place->after = r->a->trigger == TRIGGER_DISCOUNT_EXPIRING
                          ? last->entry.subject
                          : last->entry.customer_id;
}

/* ---- a discount that ends --------------------------------------------------------- */

static bool expiring_begin(struct round *r)
{
    r->key[0] = '\0'; /* each has one of its own */
    if (r->place->at == 0)
        r->place->at = r->c->moment.now + 1;
    /* All that end soon are found today, however late the round is. */
    return r->place->part == 0 && r->place->day == r->c->moment.today;
}

static enum status expiring_select(struct round *r)
{
    int64_t now = r->c->moment.now;

    return db_select(r->db, SCAN_EXPIRING, DB_TIME(r->place->at),
                     DB_TIME(now + r->a->number * DAY), DB_TIME(now - JUST_ISSUED),
                     DB_INT(r->a->id), DB_TIME(r->place->at), DB_INT(r->place->after),
                     DB_INT(SCAN_PAGE));
}

/* ---- the table -------------------------------------------------------------------- */

static const struct walker {
    /* Sets what the page has in common. false: nothing is to be found there. */
    bool (*begin)(struct round *r);
    enum status (*select)(struct round *r);
    bool (*fit)(struct round *r, struct found *f);
    void (*behind)(struct round *r, const struct found *last);
} walkers[TRIGGERS] = {
    [TRIGGER_BIRTHDAY_BEFORE] = {birthdays_begin, birthdays_select, birthdays_fit,
                                 by_id},
    [TRIGGER_BIRTHDAY] = {birthdays_begin, birthdays_select, birthdays_fit, by_id},
    [TRIGGER_NO_VISIT] = {no_visit_begin, no_visit_select, all_fit, by_moment},
    [TRIGGER_DISCOUNT_EXPIRING] = {expiring_begin, expiring_select, all_fit, by_moment},
};

/* ---- a page ----------------------------------------------------------------------- */

/* The program's own reminder of it is not sent any more. */
static enum status enter(struct round *r, const struct found *f)
{
    int64_t now = r->c->moment.now;
    enum status st = run_enter(r->db, now, r->a, &f->entry);

    if (st == ST_OK && r->a->trigger == TRIGGER_DISCOUNT_EXPIRING) {
        st = reminder_take(r->db, now, f->entry.subject);
        st = st == ST_NONE ? ST_OK : st; /* of another automation, too */
    }
    return st;
}

static enum status look(struct round *r, struct found out[SCAN_PAGE], int *n,
                        int *looked)
{
    const struct walker *w = &walkers[r->a->trigger];
    enum status st = w->select(r);

    *n = *looked = 0;
    while (st == ST_OK && *looked < SCAN_PAGE && (st = db_next(r->db)) == ST_OK) {
        found_read(r->db, r, &out[*n]);
        w->behind(r, &out[*n]);
        ++*looked;
        if (w->fit(r, &out[*n]))
            ++*n;
    }
    return st == ST_NONE ? ST_OK : st;
}

/* The first day that is not known to be through. */
static int32_t first_day(const struct round *r)
{
    const struct moment *m = &r->c->moment;
    int32_t back = m->today - trigger_policy(r->a->trigger)->back;
    int32_t began = tz_local(m->tz, r->a->since).day;
    int32_t from = r->a->scanned > back ? r->a->scanned : back;

    return began > from ? began : from;
}

static void next_part(struct round *r)
{
    bool more = r->place->part == 0 && r->a->trigger != TRIGGER_NO_VISIT &&
                r->a->trigger != TRIGGER_DISCOUNT_EXPIRING;

    *r->place = more ? (struct scan_place){.day = r->place->day, .part = 1}
                     : (struct scan_place){.day = r->place->day + 1};
}

static enum status through(struct round *r)
{
    enum status st = db_exec(
        r->db, NULL, "UPDATE automation SET scanned = ? WHERE id = ? AND state = 2",
        DB_DATE(r->c->moment.today), DB_INT(r->a->id));

    return st == ST_OK ? ST_NONE : st;
}

static enum status page(struct round *r, int *entered)
{
    struct found found[SCAN_PAGE];
    int n = 0, looked = 0;
    enum status st = look(r, found, &n, &looked);

    for (int i = 0; i < n && st == ST_OK; i++) {
        st = enter(r, &found[i]);
        *entered += st == ST_OK;
        if (st == ST_TAKEN)
            st = ST_OK;
    }
    if (st == ST_OK && looked < SCAN_PAGE)
        next_part(r);
    return st;
}

enum status scan_page(struct db *db, struct calendar *c, const struct automation *a,
                      struct scan_place *place, int *entered)
{
    struct round r = {.db = db, .c = c, .a = a, .place = place};
    const struct walker *w = &walkers[a->trigger];
    enum status st = ST_OK;

    *entered = 0;
    if (a->state != AUTOMATION_ACTIVE || w->begin == NULL)
        return ST_NONE;
    if (place->day == 0)
        place->day = first_day(&r);
    /* Days on which there is nothing to look for are passed over at once. */
    while (place->day <= c->moment.today && !w->begin(&r))
        next_part(&r);
    if (place->day > c->moment.today)
        return through(&r);
    st = page(&r, entered);
    if (st == ST_OK && *entered > 0)
        st = automation_wake_put(db, c->moment.now, a->id);
    return st == ST_OK && place->day > c->moment.today ? through(&r) : st;
}

/* ---- its jobs --------------------------------------------------------------------- */

enum status scan_put(struct db *db, int64_t now, int64_t automation_id,
                     const struct scan_place *place)
{
    struct job_spec spec = {.kind = KIND_SCHED_AUTOMATION_SCAN};
    char idk[40];
    enum status st;

    snprintf(idk, sizeof idk, "a:%lld", (long long)automation_id);
    spec.idk = idk; /* one round of it at a time */
    spec.args = json_new_object();
    json_set_int(spec.args, "a", automation_id);
    json_set_int(spec.args, "day", place->day);
    json_set_int(spec.args, "part", place->part);
    json_set_int(spec.args, "at", place->at);
    json_set_int(spec.args, "after", place->after);
    st = job_put(db, now, &spec);
    return st == ST_TAKEN ? ST_OK : st;
}

enum status scan_put_all(struct db *db, int64_t now)
{
    const struct scan_place begin = {0};
    struct automation a[AUTOMATIONS_ACTIVE_MAX];
    int n = 0;
    enum status st = automation_active(db, 0, a, AUTOMATIONS_ACTIVE_MAX, &n);

    for (int i = 0; i < n && st == ST_OK; i++)
        if (trigger_policy(a[i].trigger)->scanned)
            st = scan_put(db, now, a[i].id, &begin);
    return st;
}
