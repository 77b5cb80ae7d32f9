/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/suspicion.h"

#include "core/alarm.h"
#include "core/base/cal.h"
#include "core/base/clock.h"
#include "core/setting.h"
#include "core/staff/hours.h"
#include "core/staff/store.h"

#include <stdio.h>

/* Of fewer receipts a share says nothing. */
#define UNDO_LEAST "5"
#define AGAIN_LEAST 2

/* ---- the rules ------------------------------------------------------------------ */

/* Counts what a rule counts about `who` since then, for the moment it happened. */
struct count {
    const struct suspicion_fact *fact;
    int64_t who, since, at;
};
typedef enum status count_fn(struct db *db, const struct count *c, int64_t *out);

static enum status one(struct db *db, enum status st, int64_t *out)
{
    *out = st == ST_OK ? db_int(db, 0) : 0;
    return st == ST_NONE ? ST_OK : st;
}

static enum status by_cashier(struct db *db, const struct count *c, int64_t *out)
{
    return one(db,
               db_one(db,
                      "SELECT COUNT(*) FROM redemption WHERE staff_id = ?"
                      " AND redeemed_at > ? AND redeemed_at <= ?",
                      DB_INT(c->who), DB_TIME(c->since), DB_TIME(c->at)),
               out);
}

/* What was undone since was a mistake, and does not count against a customer. */
static enum status by_customer(struct db *db, const struct count *c, int64_t *out)
{
    return one(db,
               db_one(db,
                      "SELECT COUNT(live_use_no) FROM redemption WHERE customer_id = ?"
                      " AND redeemed_at > ? AND redeemed_at <= ?",
                      DB_INT(c->who), DB_TIME(c->since), DB_TIME(c->at)),
               out);
}

static enum status undone(struct db *db, const struct count *c, int64_t *out)
{
    return one(db,
               db_one(db,
                      "SELECT IF(COUNT(*) < " UNDO_LEAST ", 0,"
                      " COUNT(voided_at) * 100 DIV COUNT(*)) FROM redemption"
                      " WHERE staff_id = ? AND redeemed_at > ? AND redeemed_at <= ?",
                      DB_INT(c->who), DB_TIME(c->since), DB_TIME(c->at)),
               out);
}

static enum status works_here(struct db *db, const struct count *c, int64_t *out)
{
    return one(db,
               db_one(db,
                      "SELECT COUNT(*) FROM customer c JOIN staff s"
                      " ON s.channel = c.channel AND s.external_id = c.external_id"
                      " WHERE c.id = ? AND s.dismissed_at IS NULL",
                      DB_INT(c->who)),
               out);
}

static bool closed_at(const struct store *s, const struct tz *tz, int64_t at)
{
    struct local l = tz_local(tz, at);
    struct hours h;

    return hours_read(s->hours, &h) == ST_OK &&
           !hours_now(&h, cal_weekday(l.day), l.hour * 60 + l.minute).open;
}

static enum status after_hours(struct db *db, const struct count *c, int64_t *out)
{
    struct tz *own = NULL;
    struct store s;
    enum status st = store_load(db, c->fact->redemption->store_id, &s);

    *out = 0;
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    if (s.tz[0] != '\0')
        own = tz_open(s.tz);
    if (own != NULL || c->fact->tz != NULL)
        *out = closed_at(&s, own != NULL ? own : c->fact->tz, c->at);
    tz_close(own);
    return ST_OK;
}

static enum status locked(struct db *db, const struct count *c, int64_t *out)
{
    return one(db,
               db_one(db,
                      "SELECT COUNT(*) FROM redemption_attempt WHERE staff_id = ?"
                      " AND verdict = ? AND at > ?",
                      DB_INT(c->who), DB_INT(VERDICT_LOCKED), DB_TIME(c->since)),
               out);
}

enum subject { OF_STAFF = 1, OF_CUSTOMER };

#define AT(field) offsetof(struct settings, field)

static const struct rule {
    const char *name;
    enum suspicion_event event;
    enum subject subject;
    count_fn *count;
    size_t least_at;   /* setting: from this count on; 0: from .least */
    size_t minutes_at; /* setting: counted back so far; 0: .window */
    int64_t least, window;
} rules[SUSPECT_COUNT] = {
    [SUSPECT_CASHIER_HOUR] = {"cashier_hour", SUSPECT_REDEEMED, OF_STAFF, by_cashier,
                              AT(fraud_cashier_hour), 0, 0, HOUR},
    [SUSPECT_CUSTOMER_DAY] = {"customer_day", SUSPECT_REDEEMED, OF_CUSTOMER,
                              by_customer, AT(fraud_customer_day), 0, 0, DAY},
    [SUSPECT_CUSTOMER_AGAIN] = {"customer_again", SUSPECT_REDEEMED, OF_CUSTOMER,
                                by_customer, 0, AT(fraud_again_minutes), AGAIN_LEAST,
                                0},
    [SUSPECT_UNDO_RATE] = {"undo_rate", SUSPECT_VOIDED, OF_STAFF, undone,
                           AT(fraud_undo_percent), 0, 0, DAY},
    [SUSPECT_OWN_ACCOUNT] = {"own_account", SUSPECT_REDEEMED, OF_CUSTOMER, works_here,
                             0, 0, 1, DAY},
    [SUSPECT_CLOSED_HOURS] = {"closed_hours", SUSPECT_REDEEMED, OF_STAFF, after_hours,
                              0, 0, 1, DAY},
    [SUSPECT_GUESSING] = {"guessing", SUSPECT_LOCKED, OF_STAFF, locked, 0, 0, 1,
                          5 * MINUTE},
};

const char *suspicion_name(enum suspicion_rule rule)
{
    return rule > 0 && rule < SUSPECT_COUNT ? rules[rule].name : "unset";
}

static int64_t setting_at(const struct settings *set, size_t at)
{
    return *(const int64_t *)((const char *)set + at);
}

/* ---- asking --------------------------------------------------------------------- */

/* ST_NONE: it was told of less than an hour ago. */
static enum status write_down(struct db *db, int64_t now,
                              const struct suspicion_fact *f, struct suspicion *s)
{
    const struct redemption *r = f->redemption;
    int64_t about = rules[s->rule].subject == OF_STAFF ? s->staff_id : s->customer_id;
    char name[40];
    enum status st;

    snprintf(name, sizeof name, "fraud:%s:%lld", rules[s->rule].name, (long long)about);
    st = alarm_due(db, now, name, HOUR);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "INSERT INTO suspicion (at, rule, staff_id, customer_id, store_id,"
                     " redemption_id, n) VALUES (?, ?, ?, ?, ?, ?, ?)",
                     DB_TIME(now), DB_TEXT(rules[s->rule].name),
                     DB_INT_OR_NULL(s->staff_id != 0, s->staff_id),
                     DB_INT_OR_NULL(s->customer_id != 0, s->customer_id),
                     DB_INT_OR_NULL(r != NULL, r != NULL ? r->store_id : 0),
                     DB_INT_OR_NULL(r != NULL, r != NULL ? r->id : 0), DB_INT(s->n));
    if (st == ST_OK)
        s->id = db_last_id(db);
    return st;
}

/* ST_NONE: nothing to say. */
static enum status ask(struct db *db, int64_t now, const struct suspicion_fact *f,
                       const struct settings *set, struct suspicion *s)
{
    const struct rule *rule = &rules[s->rule];
    const struct redemption *r = f->redemption;
    int64_t least = rule->least_at != 0 ? setting_at(set, rule->least_at) : rule->least;
    int64_t window = rule->minutes_at != 0 ? setting_at(set, rule->minutes_at) * MINUTE
                                           : rule->window;
    int64_t n, at = r == NULL ? now : r->redeemed_at;
    struct count c = {.fact = f, .at = at, .since = at - window};
    enum status st;

    if (least == 0 || window == 0)
        return ST_NONE;
    s->staff_id = r != NULL ? r->staff_id : f->staff_id;
    s->customer_id = r != NULL ? r->customer_id : 0;
    c.who = rule->subject == OF_STAFF ? s->staff_id : s->customer_id;
    st = rule->count(db, &c, &n);
    if (st != ST_OK || n < least)
        return st == ST_OK ? ST_NONE : st;
    s->n = (int)n;
    return write_down(db, now, f, s);
}

enum status suspicion_look(struct db *db, int64_t now,
                           const struct suspicion_fact *fact, struct suspicion *out,
                           int *n)
{
    struct settings set;
    enum status st = setting_load(db, &set);

    *n = 0;
    for (int i = 1; i < SUSPECT_COUNT && st == ST_OK; i++) {
        struct suspicion s = {.rule = (enum suspicion_rule)i};

        if (rules[i].event != fact->event)
            continue;
        st = ask(db, now, fact, &set, &s);
        if (st == ST_OK)
            out[(*n)++] = s;
        else if (st == ST_NONE)
            st = ST_OK;
    }
    return st;
}
