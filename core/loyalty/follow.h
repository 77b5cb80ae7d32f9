/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/follow.h - the discount for following the channel, when its holder leaves.
 *
 * The setting unsubscribe_policy says what becomes of it: at_once, end_of_day (it is good
 * until the night of the day they left), keep. Who comes back has it again; nothing is
 * written to the discount. Nothing ends where nobody looks: without the gate, without a
 * channel, or with member_recheck_minutes 0. */
#ifndef CORE_LOYALTY_FOLLOW_H
#define CORE_LOYALTY_FOLLOW_H

#include "core/base/status.h"
#include "core/base/tz.h"
#include "core/io/db.h"
#include "core/setting.h"

struct follower {
    bool follows;
    int64_t known; /* when we last learned whether they do; 0: we never did */
    int64_t since; /* since when it is so; 0: not known */
};

/* Does leaving end anything in this shop? Pure. */
bool follow_counts(const struct settings *set);

/* Has it ended for them by now? Who was never seen to follow was let in while we could
 * not look, and keeps it. tz: of the day that ends; NULL: UTC. Pure. */
bool follow_ended(const struct settings *set, const struct follower *f,
                  const struct tz *tz, int64_t now);

/* They left, and have a discount for following that is good otherwise: may they hear that
 * it waits for them? ST_OK: yes, and that is noted; ST_NONE: they heard within a month,
 * or have none, or it did not end; *percent_bp, *until of the best one. */
struct follow_word {
    int percent_bp;
    int64_t until;
};
must_check enum status follow_word_due(struct db *db, int64_t now, int64_t customer_id,
                                       struct follow_word *out);

#endif
