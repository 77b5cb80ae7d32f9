/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/follow.h"

#include "core/base/clock.h"
#include "core/loyalty/discount.h"

#define WORD_EVERY (30 * DAY)

bool follow_counts(const struct settings *set)
{
    return set->subscription_gate && set->channel_id[0] != '\0' &&
           set->member_recheck_minutes > 0 &&
           set->unsubscribe_policy != SETTING_LEFT_KEEP;
}

/* The midnight behind that instant. */
static int64_t night_after(const struct tz *tz, int64_t at)
{
    if (tz == NULL)
        return (at / DAY + 1) * DAY;
    return tz_instant(tz, tz_local(tz, at).day + 1, 0, 0);
}

bool follow_ended(const struct settings *set, const struct follower *f,
                  const struct tz *tz, int64_t now)
{
    if (!follow_counts(set) || f->follows || f->known == 0)
        return false;
    return set->unsubscribe_policy != SETTING_LEFT_END_OF_DAY || f->since == 0 ||
           now >= night_after(tz, f->since);
}

enum status follow_word_due(struct db *db, int64_t now, int64_t customer_id,
                            struct follow_word *out)
{
    int64_t changed;
    enum status st =
        db_one(db,
               "SELECT percent_bp, valid_until FROM discount"
               " WHERE customer_id = ? AND status = 1 AND valid_until > ?"
               " AND source = ? ORDER BY percent_bp DESC LIMIT 1",
               DB_INT(customer_id), DB_TIME(now), DB_INT(SOURCE_SUBSCRIPTION));

    if (st != ST_OK)
        return st;
    *out = (struct follow_word){(int)db_int(db, 0), db_time(db, 1)};
    /* The WHERE is the rule: of two who ask at once, one changes the row. */
    st = db_exec(db, &changed,
                 "UPDATE customer SET left_told_at = ? WHERE id = ? AND pd_ok = 1"
                 " AND status = 1 AND subscribed = 0"
                 " AND (left_told_at IS NULL OR left_told_at <= ?)",
                 DB_TIME(now), DB_INT(customer_id), DB_TIME(now - WORD_EVERY));
    return st == ST_OK && changed == 0 ? ST_NONE : st;
}
