/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/history.h - job_hist, a partition a day (UTC).
 *
 *   | p20260822 | p20260823 | …  | p20261120 | p20261121 | … | p20261127 | later |
 *     dropped whole, when            today     made ahead                   what fits
 *     its last day is too old                                               no day
 *
 * p20261120 holds what happened on 20 November 2026 and behind the partition before it:
 * the first one also all that is older. Whatever stands still, an insert finds its
 * place in `later`.
 *
 * A row thus stays for keep_days and the rest of its day. */
#ifndef CORE_IO_HISTORY_H
#define CORE_IO_HISTORY_H

#include "core/io/db.h"

#define HISTORY_AHEAD 7 /* days that have a partition before they come */

struct history {
    int made, dropped;    /* partitions, this time */
    int32_t oldest, last; /* last days (cal_day) of the first and the last one kept */
};

/* Makes the days ahead and drops the old ones; when there is nothing to do it only
 * reads. Outside of any transaction: a partition commits what is open. Safe to run by
 * several at once, and again after a crash. Writers wait for it a second at most.
 *
 * Nothing is dropped that the database's clock holds for young, whatever now says.
 *
 * ST_OK done, or another is at it. ST_AGAIN: writers did not make room within a second,
 * try again later. ST_REFUSED: the table has no partitions. ST_BROKEN: logged; the
 * database's user may lack ALTER or DROP. */
must_check enum status history_keep(struct db *db, int64_t now, int64_t keep_days,
                                    struct history *out);

#endif
