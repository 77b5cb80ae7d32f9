/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/count.h - how many rows of each kind there are: what a transaction changes of it. */
#ifndef CORE_BROADCAST_COUNT_H
#define CORE_BROADCAST_COUNT_H

#include "core/io/db.h"

#define COUNTS_MAX 160
struct counts {
    struct {
        int variant, state, why;
        int64_t n;
    } row[COUNTS_MAX];
    int n;
    bool failed;
};
void counts_add(struct counts *c, int variant, int state, int why, int64_t n);
/* In the order of their key; those that come to nothing are left out. */
must_check enum status counts_put(struct db *db, int64_t broadcast_id,
                                  struct counts *c);

#endif
