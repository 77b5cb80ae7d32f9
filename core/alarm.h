/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/alarm.h - something is wrong for hours and must be said, but not at every turn.
 *
 * Whoever notices asks alarm_due; one of all who ask within `every` is told to speak,
 * by a conditional UPDATE of one row, whatever races. A rollback takes it back. */
#ifndef CORE_ALARM_H
#define CORE_ALARM_H

#include "core/base/status.h"
#include "core/io/db.h"

/* ST_OK: it is ours to tell, now; ST_NONE: it was told less than `every` microseconds
 * ago, or is being told. name: at most 40 ASCII characters. Inside the caller's
 * transaction. */
must_check enum status alarm_due(struct db *db, int64_t now, const char *name,
                                 int64_t every);

#endif
