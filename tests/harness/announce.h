/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/announce.h - a broadcast to everybody, for benchmarks: made and started;
 * programs of whoever asks send it. What fails ends the program. */
#ifndef TESTS_HARNESS_ANNOUNCE_H
#define TESTS_HARNESS_ANNOUNCE_H

#include "core/base/config.h"
#include "core/io/db.h"

/* No quiet hours, and a cap that nobody reaches. */
void announce_allow(struct db *db);
/* So many customers who agreed to advertising: external ids from first on. */
void announce_people(struct db *db, int64_t first, int n);
/* Its number. */
int64_t announce_start(struct db *db, const struct config *cfg);

#endif
