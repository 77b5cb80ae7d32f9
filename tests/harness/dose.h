/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/dose.h - how much of a fault a chaos test takes.
 *
 *   DVORIK_DOSE=short   (also when it is not set) beside other tests, under a minute
 *   DVORIK_DOSE=full    what docs/faults.md promises, on a machine of its own
 *   DVORIK_DOSE=soak    full, and the soak for DVORIK_SOAK_HOURS (1)
 *
 * and where its chances come from: a seed, printed, and set by DVORIK_TEST_SEED. */
#ifndef TESTS_HARNESS_DOSE_H
#define TESTS_HARNESS_DOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool dose_full(void);
int dose(int small, int full);

int64_t dose_soak_ms(void); /* 0: no soak is wanted */

/* A bound of time: as the specification has it in the full dose of a test that has the
 * machine to itself (DVORIK_TEST_JOBS=1); three times as wide beside others, ten times
 * in the short dose, and never below a second: its few samples are of a machine that does
 * much else. */
int dose_bound_ms(int ms);

void dose_seed(void);       /* once a test */
int dose_random(int below); /* 0 … below - 1 */

/* The p-th of a hundred of n numbers, which are sorted for it; 0 of none. */
int64_t dose_percentile(int64_t *numbers, size_t n, int p);

#endif
