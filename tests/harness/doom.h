/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/doom.h - a program that shall die at a named point (core/base/crash.h),
 * once.
 *
 *   doom_set("send.claimed:2");
 *   w = program_start("dvorik", "worker", NULL);
 *   doom_lift();
 *   …
 *   assert_true(doom_struck());
 *
 * Of all processes that were started under it the first to pass the point dies there,
 * as by kill -9; those started in its place live. */
#ifndef TESTS_HARNESS_DOOM_H
#define TESTS_HARNESS_DOOM_H

#include <stdbool.h>

void doom_set(const char *point); /* for what is started from now on */
void doom_lift(void);             /* … until now */
bool doom_struck(void);           /* has somebody died of the last one? */

#endif
