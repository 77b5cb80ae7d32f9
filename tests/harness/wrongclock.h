/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/wrongclock.h - wall clocks that are wrong and jump, in the programs and
 * servers that are started under one (tests/preload/clock.c). What they measure by the
 * monotonic clock stays right, as on a machine whose date is set.
 *
 * A test that uses it names the library in the Makefile. */
#ifndef TESTS_HARNESS_WRONGCLOCK_H
#define TESTS_HARNESS_WRONGCLOCK_H

#include "tests/harness/server.h"

#include <stdint.h>

struct wrongclock {
    char file[64], named[96], preload[512];
    int64_t *wrong_by; /* shared with all that run under it */
};

void wrongclock_open(struct wrongclock *c); /* right until it jumps */
void wrongclock_close(struct wrongclock *c);
void wrongclock_jump(struct wrongclock *c, int64_t seconds); /* from the right time */

/* From now on our programs (program.h) start under it; until lifted. */
void wrongclock_set(const struct wrongclock *c);
void wrongclock_lift(void);
/* That server does, from its next start on. c must outlive it. */
void wrongclock_serve(const struct wrongclock *c, struct server *s);

#endif
