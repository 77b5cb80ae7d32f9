/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/birthday.h"

#include "core/audit.h"
#include "core/base/secret.h"
#include "core/io/queue.h"
#include "core/loyalty/identity.h"

#include <stdio.h>
#include <string.h>

/* ---- who is due ----------------------------------------------------------------- */

/* Everybody of the ranges who may keep a date with us. A gift of any of the three years
 * that can be meant is left to the key; most were given before and are passed over
 * here. */
static enum status candidates(struct db *db, const struct birthday_round *round)
{
    struct mmdd_range r[2];

    if (birthday_ranges(round->today, &round->rules, r) == 1)
        r[1] = r[0];
    return db_select(db,
                     "SELECT c.id, c.birth_date, COALESCE(c.birth_changed_at,"
                     " c.birth_set_at), c.marketing_ok, c.status FROM customer c"
                     " WHERE (c.birth_md BETWEEN ? AND ? OR c.birth_md BETWEEN ? AND ?)"
                     " AND c.id > ? AND c.status <> 3 AND c.pd_ok = 1"
                     " AND c.barred_at IS NULL"
                     " ORDER BY c.id LIMIT ?",
                     DB_INT(r[0].first), DB_INT(r[0].last), DB_INT(r[1].first),
                     DB_INT(r[1].last), DB_INT(round->after_customer),
                     DB_INT(round->limit));
}

static bool due(const struct db *db, const struct birthday_round *round,
                struct birthday_due *out)
{
    int32_t entered = tz_local(round->tz, db_time(db, 2)).day;

    out->customer_id = db_int(db, 0);
    out->tell = db_int(db, 3) != 0 && db_int(db, 4) == CUSTOMER_ACTIVE;
    return birthday_window(cal_date(db_day(db, 1)), round->today, &round->rules,
                           &out->celebration) &&
           birthday_in_time(entered, &out->celebration, &round->rules);
}

enum status birthday_due(struct db *db, struct birthday_round *round,
                         struct birthday_due *out, int *n)
{
    int looked = 0;
    enum status st;

    *n = 0;
    if (!round->rules.on)
        return ST_NONE;
    st = candidates(db, round);
    while (st == ST_OK && looked < round->limit && (st = db_next(db)) == ST_OK) {
        looked++;
        round->after_customer = db_int(db, 0);
        if (due(db, round, &out[*n]))
            ++*n;
    }
    if (st != ST_OK && st != ST_NONE)
        return st;
    return looked > 0 ? ST_OK : ST_NONE;
}

/* ---- the gift ------------------------------------------------------------------- */

static enum status gift_tell(struct db *db, int64_t now, const struct discount *gift)
{
    struct job_spec spec = {.kind = KIND_CORE_BIRTHDAY_GIFTED,
                            .key = gift->customer_id};
    char idk[40];

    snprintf(idk, sizeof idk, "d:%lld", (long long)gift->id);
    spec.idk = idk;
    spec.args = json_new_object();
    json_set_int(spec.args, "d", gift->id);
    return job_put(db, now, &spec);
}

static enum status gift_issue(struct db *db, int64_t now,
                              const struct birthday_round *round,
                              const struct birthday_due *who, struct discount *out)
{
    const struct celebration *c = &who->celebration;
    int64_t person;
    char key[40];
    enum status st = identity_person(db, who->customer_id, &person);

    if (st != ST_OK)
        return st;
    birthday_key(person, c->year, key);
    return discount_issue(
        db, now,
        &(struct discount_spec){
            .customer_id = who->customer_id,
            .source = SOURCE_BIRTHDAY,
            .issue_key = key,
            .percent_bp = round->rules.percent_bp,
            .valid_from = tz_instant(round->tz, c->day - round->rules.before, 0, 0),
            .valid_until = tz_instant(round->tz, c->day + round->rules.after + 1, 0, 0),
        },
        out);
}

/* ---- one a year for one phone --------------------------------------------------- */

/* The phone's hash, and the row is ours until the end: who tells a phone meanwhile waits
 * and then finds the gift (customer_phone_set). ST_NONE: no phone. */
static enum status phone_lock(struct db *db, int64_t id, uint8_t hash[SHA256_BYTES])
{
    const char *s;
    size_t n;
    enum status st = db_one(
        db, "SELECT phone_hash FROM customer WHERE id = ? FOR UPDATE", DB_INT(id));

    if (st != ST_OK || db_is_null(db, 0))
        return st == ST_OK ? ST_NONE : st;
    s = db_text(db, 0, &n);
    if (s == NULL || n != SHA256_BYTES)
        return ST_BROKEN;
    memcpy(hash, s, n);
    return ST_OK;
}

/* Somebody else with this phone has had the year's gift: seen by the owner, not told. */
static enum status withhold(struct db *db, int64_t now, const struct birthday_due *who)
{
    int64_t changed = 0;
    enum status st = db_exec(db, &changed,
                             "UPDATE customer SET gift_withheld = ?, phone_shared = 1"
                             " WHERE id = ? AND gift_withheld <> ?",
                             DB_INT(who->celebration.year), DB_INT(who->customer_id),
                             DB_INT(who->celebration.year));

    if (st == ST_OK && changed > 0)
        st = audit_add(db, now,
                       &(struct audit_entry){.actor = ACTOR_SYSTEM,
                                             .action = "customer.gift_withheld",
                                             .entity_id = who->customer_id});
    return st == ST_OK ? ST_REFUSED : st;
}

/* ST_OK: the year is ours, or there is no phone to ask for it; ST_REFUSED. */
static enum status phone_claim(struct db *db, int64_t now,
                               const struct birthday_due *who)
{
    uint8_t hash[SHA256_BYTES];
    int64_t person;
    enum status st = phone_lock(db, who->customer_id, hash);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    st = identity_person(db, who->customer_id, &person);
    if (st != ST_OK)
        return st;
    st = db_exec(db, NULL,
                 "INSERT INTO gift_phone (phone_hash, year, customer_id)"
                 " VALUES (?, ?, ?)",
                 DB_BYTES(hash, sizeof hash), DB_INT(who->celebration.year),
                 DB_INT(person));
    if (st != ST_TAKEN)
        return st;
    st = db_one(db,
                "SELECT customer_id FROM gift_phone WHERE phone_hash = ? AND year = ?",
                DB_BYTES(hash, sizeof hash), DB_INT(who->celebration.year));
    if (st == ST_OK && db_int(db, 0) != person)
        return withhold(db, now, who);
    return st;
}

enum status birthday_gift(struct db *db, int64_t now,
                          const struct birthday_round *round,
                          const struct birthday_due *who, struct discount *out)
{
    enum status st = phone_claim(db, now, who);

    if (st == ST_OK)
        st = gift_issue(db, now, round, who, out);
    return st == ST_OK && who->tell ? gift_tell(db, now, out) : st;
}
