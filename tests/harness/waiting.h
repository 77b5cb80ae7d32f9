/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/waiting.h - who stands before a row that somebody else holds. */
#ifndef TESTS_HARNESS_WAITING_H
#define TESTS_HARNESS_WAITING_H

#include "core/io/db.h"

/* How many connections to db's schema wait for a row; 0 also when it is too early to look
 * again: ask it with until(). db: not the one that holds the row. */
int64_t rows_waited_for(struct db *db);

/* For until(); arg: struct db. */
bool somebody_waits(void *arg);

#endif
