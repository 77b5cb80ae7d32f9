/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/attention.h - what waits for a person, counted: nothing of it is urgent, all of
 * it should be nought. */
#ifndef CORE_ATTENTION_H
#define CORE_ATTENTION_H

#include "core/base/status.h"
#include "core/io/db.h"

#define ATTENTION_MOST 1000 /* more are counted as that many */

struct attention {
    const char *what; /* "suspicions". Lent, for ever */
    int64_t n;
};

#define ATTENTION_KINDS 4
/* All kinds, also those of which there are none. */
must_check enum status attention_count(struct db *db, int64_t now,
                                       struct attention out[ATTENTION_KINDS]);

#endif
