/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/automation/run_private.h - what run_go.c and run_word.c share. */
#ifndef CORE_AUTOMATION_RUN_PRIVATE_H
#define CORE_AUTOMATION_RUN_PRIVATE_H

#include "core/automation/run.h"
#include "core/base/clock.h"

/* The run in hand, and its person. */
struct going {
    struct run_turn *t;
    const struct automation_plan *plan;
    int64_t now, id, customer_id, subject, wake_at, due_at, entered_at;
    int step;
    int64_t status, last_purchase;
    bool pd, marketing, barred;
    const struct tz *tz; /* of the person */
};

/* Both answer ST_NONE, so that whoever answers with it goes no further. */
enum status run_leave(struct going *g, enum run_why why);
enum status run_wait(struct going *g,
                     int64_t at); /* the step is looked at again then */

/* ---- a message (run_word.c) ------------------------------------------------------- */

/* *now_put: it may be put at once. Else ST_OK: it is passed over; ST_NONE: it waits, or
 * they have left. */
must_check enum status run_word_may(struct going *g, bool *now_put);
/* The discount it brings, or speaks of. */
must_check enum status run_discount(struct going *g, const struct plan_step *s,
                                    struct run_word *out);

#endif
