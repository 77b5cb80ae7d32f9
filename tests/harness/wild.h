/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/wild.h - requests that the description makes up: every operation, with
 * values at and beyond the bounds of its schemas, of wrong types, with what breaks SQL,
 * HTML and logs. By the dice of dose.h. */
#ifndef TESTS_HARNESS_WILD_H
#define TESTS_HARNESS_WILD_H

#include "core/base/buf.h"
#include "tests/harness/api.h"

struct json;
void wild_open(const struct json *description); /* borrowed until the next */

struct wild {
    struct ask ask;
    struct buf path, body;
    char key[32];
    int fd; /* the test's */
};
/* The next one, in the name of that person, or of nobody. Zeroed before the first. */
void wild_make(struct wild *w, int64_t as);
void wild_free(struct wild *w);

#endif
