/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A discount that ran out, once more: the shop's policy, by the hand of staff or, once,
 * of its holder. */
#include "core/base/clock.h"
#include "core/loyalty/discount.h"
#include "core/setting.h"
#include "core/staff/staff.h"

#include <stdio.h>

static bool ran_out(const struct discount *d, int64_t now)
{
    return (d->status == DISCOUNT_ACTIVE || d->status == DISCOUNT_EXPIRED) &&
           d->valid_until <= now && d->uses_count < d->uses_allowed;
}

enum status discount_heir(struct db *db, int64_t id, int64_t *heir)
{
    char key[40];
    enum status st;

    snprintf(key, sizeof key, "again:%lld", (long long)id);
    st = db_one(db, "SELECT id FROM discount WHERE issue_key = ?", DB_TEXT(key));
    *heir = st == ST_OK ? db_int(db, 0) : 0;
    return st == ST_NONE ? ST_OK : st;
}

/* One for each that ran out, whoever presses and however often. by 0: its holder. */
static enum status issue_again(struct db *db, int64_t now, int64_t days, int64_t by,
                               struct discount *d)
{
    struct discount_spec spec = {
        .reason = "reissue",
        .valid_from = now,
        .valid_until = now + days * DAY,
        .customer_id = d->customer_id,
        .source = d->source,
        .percent_bp = d->percent_bp,
        .uses = d->uses_allowed - d->uses_count,
        .staff_id = by,
        .store_id = d->store_id,
        .min_purchase = d->min_purchase,
        .max_amount = d->max_amount,
    };
    char key[40];

    snprintf(key, sizeof key, "again:%lld", (long long)d->id);
    spec.issue_key = key;
    return discount_issue(db, now, &spec, d);
}

enum status discount_reissue(struct db *db, int64_t now, int64_t id,
                             const struct staff *by, struct discount *out)
{
    struct settings set;
    enum status st = setting_load(db, &set);

    if (st == ST_OK) /* locked: an extension or an undo would make it good again */
        st = discount_lock(db, id, out);
    if (st != ST_OK)
        return st;
    if (set.reissue_days == 0 || !staff_may(by, PERM_DISCOUNT_ISSUE) ||
        !ran_out(out, now))
        return ST_REFUSED;
    return issue_again(db, now, set.reissue_days, by->id, out);
}

/* ---- by its holder -------------------------------------------------------------- */

/* One that was itself given once more has had its turn. */
static enum status first_hand(struct db *db, int64_t id)
{
    enum status st = db_one(db,
                            "SELECT 1 FROM discount WHERE id = ?"
                            " AND issue_key NOT LIKE 'again:%'",
                            DB_INT(id));

    return st == ST_NONE ? ST_REFUSED : st;
}

enum status discount_again_may(struct db *db, int64_t now, const struct discount *d)
{
    struct settings set;
    enum status st = setting_load(db, &set);

    if (st != ST_OK)
        return st;
    if (set.reissue_days == 0 || d->source == SOURCE_BIRTHDAY || !ran_out(d, now))
        return ST_REFUSED;
    return first_hand(db, d->id);
}

enum status discount_again(struct db *db, int64_t now, int64_t id, int64_t customer_id,
                           struct discount *out)
{
    struct settings set;
    enum status st = discount_lock(db, id, out);

    if (st == ST_OK && out->customer_id != customer_id)
        st = ST_NONE;
    if (st == ST_OK)
        st = discount_again_may(db, now, out);
    if (st == ST_OK)
        st = setting_load(db, &set);
    return st == ST_OK ? issue_again(db, now, set.reissue_days, 0, out) : st;
}
