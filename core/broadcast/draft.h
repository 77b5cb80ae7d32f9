/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/draft.h - can a draft be kept as it is? */
#ifndef CORE_BROADCAST_DRAFT_H
#define CORE_BROADCAST_DRAFT_H

#include "core/broadcast/broadcast.h"

/* ST_BAD: *why says what will not do; ST_NONE: there is no such segment. */
must_check enum status draft_check(struct db *db, int64_t now,
                                   const struct broadcast_draft *d, const char **why);

#endif
