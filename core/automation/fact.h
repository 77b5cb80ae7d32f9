/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/automation/fact.h - what the rest of the business tells automations, and asks them.
 * Knows nothing but their table, so that whoever makes a fact may include it. */
#ifndef CORE_AUTOMATION_FACT_H
#define CORE_AUTOMATION_FACT_H

#include "core/automation/trigger.h"
#include "core/base/status.h"
#include "core/io/db.h"

/* Is one of that trigger active? One look into an index. */
must_check enum status automation_wanted(struct db *db, enum trigger t, bool *wanted);

/* It happened: in the fact's transaction. Puts core.automation_entered when one waits for
 * it. subject: the redemption, or 0. */
struct automation_fact {
    enum trigger trigger;
    int64_t customer_id, subject;
    int64_t at; /* when; 0: now */
};
must_check enum status automation_fact(struct db *db, int64_t now,
                                       const struct automation_fact *f);

/* sched.automation_wake {"a"}; one that is there is enough. */
must_check enum status automation_wake_put(struct db *db, int64_t now,
                                           int64_t automation_id);

#endif
