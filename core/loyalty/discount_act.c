/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/discount_act.h"

#include "core/audit.h"
#include "core/base/buf.h"
#include "core/base/code.h"
#include "core/base/utf.h"
#include "core/io/queue.h"
#include "core/loyalty/discount_tally.h"
#include "core/loyalty/quota.h"
#include "core/loyalty/reminder.h"
#include "core/message.h"
#include "core/setting.h"
#include "core/stat.h"

#include <stdio.h>
#include <string.h>

/* ---- shared ---------------------------------------------------------------------- */

enum status discount_word_may(struct db *db, int64_t now, int64_t customer_id,
                              const char **why)
{
    struct settings set;
    enum status st = message_skips(db, customer_id, MESSAGE_MARKETING, why);

    if (st != ST_OK || *why != NULL)
        return st;
    st = setting_load(db, &set);
    if (st == ST_OK)
        st = reminder_room(db, now, &set, customer_id);
    if (st == ST_NONE)
        *why = "cap";
    return st == ST_NONE ? ST_OK : st;
}

/* spec: its kind, batch and idk; one that is open already tells the same. */
static enum status job_of(struct db *db, int64_t now, struct job_spec spec,
                          const struct discount *d)
{
    enum status st;

    spec.key = d->customer_id;
    spec.args = json_new_object();
    json_set_int(spec.args, "d", d->id);
    if (spec.batch != 0)
        json_set_int(spec.args, "b", spec.batch);
    st = job_put(db, now, &spec);
    return st == ST_TAKEN ? ST_OK : st;
}

static enum status note(struct db *db, int64_t now, const struct discount_act *act,
                        const char *action)
{
    const struct audit_field field = {"valid_until", NULL, NULL};
    bool term = strcmp(action, "discount.extend") == 0;

    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = act->by->id,
                                           .action = action,
                                           .entity_id = act->id,
                                           .fields = term ? &field : NULL,
                                           .n_fields = term});
}

/* Cleaned and cut; NULL when nothing is left of it. Lent by b. */
static const char *words(struct buf *b, const char *reason)
{
    if (reason != NULL)
        utf_add_name(b, reason, strlen(reason), DISCOUNT_REASON_MAX);
    return b->len > 0 ? b->s : NULL;
}

struct deed {
    enum discount_deed what;
    int64_t until_was, until_is; /* of EXTENDED */
};

static enum status deed_add(struct db *db, int64_t now, const struct discount_act *act,
                            const struct deed *deed)
{
    struct buf reason = {0};
    const char *why = words(&reason, act->reason);
    enum status st = ST_BROKEN;

    if (!reason.failed)
        st = db_exec(db, NULL,
                     "INSERT INTO discount_deed (discount_id, what, staff_id, reason,"
                     " until_was, until_is, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                     DB_INT(act->id), DB_INT(deed->what), DB_INT(act->by->id),
                     DB_TEXT(why), DB_TIME_OR_NULL(deed->until_was),
                     DB_TIME_OR_NULL(deed->until_is), DB_TIME(now));
    buf_free(&reason);
    return st;
}

/* The row, locked, for who may touch it. */
static enum status open_act(struct db *db, const struct discount_act *act,
                            enum perm perm, struct discount *out)
{
    enum status st =
        staff_may(act->by, perm) ? discount_lock(db, act->id, out) : ST_REFUSED;

    if (st != ST_OK || role_scope(act->by->role, perm) == SCOPE_ALL)
        return st;
    return out->store_id != 0 ? staff_may_at(db, act->by, perm, out->store_id)
                              : ST_REFUSED;
}

/* ---- issuing --------------------------------------------------------------------- */

/* Roles that are counted. */
static const struct {
    enum role role;
    size_t at; /* in struct settings */
} limits[] = {
    {ROLE_MARKETING, offsetof(struct settings, issue_daily_marketing)},
    {ROLE_MANAGER, offsetof(struct settings, issue_daily_manager)},
    {ROLE_SELLER, offsetof(struct settings, issue_daily_seller)},
};

static enum status limit_take(struct db *db, const struct discount_order *o,
                              struct granted *out)
{
    struct settings set;
    struct staff_quota_ask ask = {
        .staff_id = o->by->id, .what = STAFF_QUOTA_ISSUE, .day = o->day, .limit = -1};
    enum status st = setting_load(db, &set);

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (limits[i].role == o->by->role)
            memcpy(&ask.limit, (const char *)&set + limits[i].at, sizeof ask.limit);
    if (st != ST_OK || ask.limit < 0)
        return st;
    out->limit = ask.limit;
    st = quota_take_staff(db, &ask);
    if (st == ST_REFUSED)
        out->result = GRANT_LIMIT;
    return st;
}

/* ST_REFUSED: out->result says why. */
static enum status customer_may(struct db *db, int64_t id, struct granted *out)
{
    enum status st = db_one(
        db, "SELECT status, pd_ok, barred_at IS NOT NULL FROM customer WHERE id = ?",
        DB_INT(id));

    if (st != ST_OK && st != ST_NONE)
        return st;
    if (st == ST_NONE || db_int(db, 0) == 3)
        out->result = GRANT_NO_CUSTOMER;
    else if (db_int(db, 1) == 0)
        out->result = GRANT_WITHDRAWN;
    else if (db_int(db, 2) != 0)
        out->result = GRANT_BARRED;
    return out->result == GRANTED ? ST_OK : ST_REFUSED;
}

/* Where it is to be good; of who works at one store alone, there. */
static enum status store_of(struct db *db, const struct discount_order *o,
                            struct granted *out, int64_t *store_id)
{
    bool all = role_scope(o->by->role, PERM_DISCOUNT_ISSUE) == SCOPE_ALL;
    enum status st = ST_OK;

    *store_id = o->store_id;
    if (*store_id == 0 && !all) {
        st = db_one(db,
                    "SELECT MIN(store_id), COUNT(*) FROM staff_store"
                    " WHERE staff_id = ?",
                    DB_INT(o->by->id));
        if (st == ST_OK && db_int(db, 1) == 1)
            *store_id = db_int(db, 0);
        else if (st == ST_OK)
            st = ST_REFUSED;
    } else if (*store_id != 0) {
        st = db_one(db, "SELECT 1 FROM store WHERE id = ?", DB_INT(*store_id));
        if (st == ST_OK && !all)
            st = staff_may_at(db, o->by, PERM_DISCOUNT_ISSUE, *store_id);
    }
    if (st == ST_NONE || st == ST_REFUSED) {
        out->result = GRANT_STORE;
        return ST_REFUSED;
    }
    return st;
}

static enum status issue(struct db *db, int64_t now, const struct discount_order *o,
                         int64_t store_id, struct granted *out)
{
    char key[40] = "hand:";
    uint8_t id[16];
    struct buf reason = {0};
    struct discount_spec spec = {.customer_id = o->customer_id,
                                 .source = SOURCE_MANUAL,
                                 .issue_key = key,
                                 .percent_bp = o->percent_bp,
                                 .valid_from = o->valid_from,
                                 .valid_until = o->valid_until,
                                 .uses = o->uses,
                                 .staff_id = o->by->id,
                                 .store_id = store_id,
                                 .min_purchase = o->min_purchase,
                                 .max_amount = o->max_amount};
    enum status st;

    ulid_new(now, id);
    ulid_print(id, key + 5);
    spec.reason = words(&reason, o->reason);
    st = reason.failed ? ST_BROKEN : discount_issue(db, now, &spec, &out->discount);
    buf_free(&reason);
    return st == ST_TAKEN ? ST_BROKEN : st;
}

/* In the transaction of the discount, as a gift of a birthday is told of. */
static enum status word(struct db *db, int64_t now, const struct discount_order *o,
                        struct granted *out)
{
    char idk[40];
    enum status st;

    out->unsaid = "not_asked";
    if (!o->tell)
        return ST_OK;
    st = discount_word_may(db, now, o->customer_id, &out->unsaid);
    if (st != ST_OK || out->unsaid != NULL)
        return st;
    snprintf(idk, sizeof idk, "d:%lld", (long long)out->discount.id);
    return job_of(db, now,
                  (struct job_spec){.kind = KIND_CORE_DISCOUNT_GRANTED,
                                    .batch = o->batch,
                                    .idk = idk},
                  &out->discount);
}

enum status discount_grant(struct db *db, int64_t now, const struct discount_order *o,
                           struct granted *out)
{
    int64_t store_id = 0;
    enum status st;

    *out = (struct granted){.result = GRANTED};
    if (!staff_may(o->by, PERM_DISCOUNT_ISSUE))
        return ST_REFUSED;
    if (o->valid_until <= now)
        return ST_BAD;
    st = customer_may(db, o->customer_id, out);
    if (st == ST_OK)
        st = store_of(db, o, out, &store_id);
    if (st == ST_OK)
        st = limit_take(db, o, out);
    if (st == ST_REFUSED)
        return ST_OK;
    if (st == ST_OK)
        st = issue(db, now, o, store_id, out);
    return st == ST_OK ? word(db, now, o, out) : st;
}

/* ---- afterwards ------------------------------------------------------------------ */

static enum status told_anew(struct db *db, int64_t now, const struct discount_act *act,
                             struct discount *out)
{
    char idk[40];
    enum status st = discount_load(db, act->id, out);

    snprintf(idk, sizeof idk, "d:%lld:%lld", (long long)act->id,
             (long long)out->version);
    if (st != ST_OK)
        return st;
    return job_of(db, now,
                  (struct job_spec){.kind = KIND_CORE_DISCOUNT_CHANGED, .idk = idk},
                  out);
}

enum status discount_withdraw(struct db *db, int64_t now,
                              const struct discount_act *act, struct discount *out)
{
    enum status st = open_act(db, act, PERM_DISCOUNT_REVOKE, out);

    if (st == ST_OK && discount_state(out, now) != DISCOUNT_ACTIVE)
        return ST_TAKEN;
    if (st == ST_OK)
        st = discount_revoke(db, now, act->id, act->by->id);
    if (st == ST_OK)
        st = deed_add(db, now, act, &(struct deed){.what = DEED_REVOKED});
    return st == ST_OK ? told_anew(db, now, act, out) : st;
}

/* Only used up, revoked or replaced ones have ended for good. */
static enum status may_go_on(struct db *db, const struct discount *d)
{
    int64_t heir = 0;
    enum status st;

    if (d->status == DISCOUNT_USED || d->status == DISCOUNT_REVOKED ||
        d->uses_count >= d->uses_allowed)
        return ST_TAKEN;
    st = discount_heir(db, d->id, &heir);
    return st == ST_OK && heir != 0 ? ST_TAKEN : st;
}

enum status discount_extend(struct db *db, int64_t now, const struct discount_act *act,
                            int64_t until, struct discount *out)
{
    enum status st = open_act(db, act, PERM_DISCOUNT_REVOKE, out);

    if (st == ST_OK)
        st = may_go_on(db, out);
    if (st != ST_OK)
        return st;
    if (until <= now || until <= out->valid_until)
        return ST_BAD;
    st = db_exec(db, NULL,
                 "UPDATE discount SET valid_until = ?, status = 1, reminded_at = NULL,"
                 " version = version + 1 WHERE id = ?",
                 DB_TIME(until), DB_INT(act->id));
    if (st == ST_OK)
        st = discount_turned(db, now, act->id, out->status);
    if (st == ST_OK)
        st = deed_add(db, now, act,
                      &(struct deed){.what = DEED_EXTENDED,
                                     .until_was = out->valid_until,
                                     .until_is = until});
    if (st == ST_OK && out->valid_until <= now) /* it had run out on some day */
        st = stat_late(db, now, out->valid_until);
    if (st == ST_OK)
        st = note(db, now, act, "discount.extend");
    return st == ST_OK ? told_anew(db, now, act, out) : st;
}

enum status discount_resend(struct db *db, int64_t now, const struct discount_act *act,
                            struct discount *out, const char **unsaid)
{
    char idk[40];
    enum status st = open_act(db, act, PERM_DISCOUNT_ISSUE, out);

    *unsaid = NULL;
    if (st == ST_OK && discount_state(out, now) != DISCOUNT_ACTIVE)
        return ST_TAKEN;
    if (st == ST_OK)
        st = discount_word_may(db, now, out->customer_id, unsaid);
    if (st != ST_OK || *unsaid != NULL)
        return st;
    st = deed_add(db, now, act, &(struct deed){.what = DEED_RESENT});
    snprintf(idk, sizeof idk, "s:%lld", (long long)db_last_id(db));
    if (st == ST_OK)
        st = note(db, now, act, "discount.resend");
    if (st != ST_OK)
        return st;
    return job_of(db, now,
                  (struct job_spec){.kind = KIND_CORE_DISCOUNT_GRANTED, .idk = idk},
                  out);
}
