/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/until.h - waiting in tests: asking again and again, with a deadline. */
#ifndef TESTS_HARNESS_UNTIL_H
#define TESTS_HARNESS_UNTIL_H

#include <stdbool.h>

/* Asks every few ms until the answer is yes; false when ms have passed without one. */
bool until(bool (*asked)(void *arg), void *arg, int ms);

#endif
