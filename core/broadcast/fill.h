/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/fill.h - the audience becomes rows (process_broadcast).
 *
 * Page by page in the order of the customers' numbers, up to the last one there was at
 * the start: INSERT … SELECT by the frozen rule, in constant memory. The row's first state
 * says already who gets nothing, and why: HOLDOUT by lot; SKIPPED who cannot or must not be
 * written to. A page, its counts and the next place are one transaction: a filler that
 * dies is gone on with, and nobody is there twice (the primary key).
 *
 * Lots (holdout, variant, sample) are drawn from the broadcast's and the customer's
 * number: the same whoever draws. */
#ifndef CORE_BROADCAST_FILL_H
#define CORE_BROADCAST_FILL_H

#include "core/broadcast/broadcast.h"
#include "core/segment/moment.h"

#define FILL_PAGE 5000

/* The next page, inside the transaction of its job, behind the row of the broadcast. ST_OK:
 * there is more, the caller puts the job again (fill_job_put); ST_NONE: it is filled, or
 * not SENDING any more; or it is PAUSED now (PAUSE_ERROR), as its rule cannot be read. For
 * CANCELLED: the next slice of who was still QUEUED. */
must_check enum status fill_page(struct db *db, const struct moment *m, int64_t id);

must_check enum status fill_job_put(struct db *db, int64_t now, int64_t id);
/* The chains that are not there; those that are stay (their keys are unique). */
must_check enum status chain_jobs_put(struct db *db, int64_t now, int64_t id);

/* What it would be, before it is started: those of the rule now, by what would become of
 * them. */
struct fill_estimate {
    int64_t all, would, holdout;
    int64_t skipped[16]; /* by enum recipient_why (recipient.h) */
    int64_t seconds;     /* at the pace there is */
    int64_t stars_x10;   /* paid: what is above the free pace costs, tenths of a Star */
};
must_check enum status fill_estimate(struct db *db, const struct moment *m, int64_t id,
                                     struct fill_estimate *out);
/* Is that what somebody confirmed who was shown `expect`? A tenth more or less is. Pure. */
bool fill_as_expected(int64_t would, int64_t expect);

#endif
