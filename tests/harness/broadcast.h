/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/broadcast.h - a broadcast as it stands in MySQL once it was cut into
 * messages: n customers who agreed to advertising, a marketing message to each, and its
 * job in the bulk lane, parked. The scheduler brings them to Redis as its list empties. */
#ifndef TESTS_HARNESS_BROADCAST_H
#define TESTS_HARNESS_BROADCAST_H

#include "core/io/db.h"

#define BROADCAST_FIRST 5000000000LL /* external ids, one after the other */
#define BROADCAST_SIZE 100000        /* as the bound of the road to a tap has it */

/* In a schema without any of them. */
must_check enum status broadcast_fill(struct db *db, int64_t now, int n);

/* Messages of it that have left. */
must_check enum status broadcast_sent(struct db *db, int64_t *n);

#endif
