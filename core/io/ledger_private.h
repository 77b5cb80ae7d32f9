/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/ledger_private.h - shared by core/io/ledger*.c only. */
#ifndef CORE_IO_LEDGER_PRIVATE_H
#define CORE_IO_LEDGER_PRIVATE_H

#include "core/io/ledger.h"

/* The row of job_hist of one attempt. */
must_check enum status ledger_note(struct db *db, int64_t now, const struct job *j,
                                   const char *outcome, const struct ledger_run *run);

#endif
