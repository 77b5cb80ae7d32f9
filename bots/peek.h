/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * bots/peek.h - the two things bots/ reads in an update: its number and who caused it.
 *
 * A whole parse would be half of what a webhook costs, so a scanner goes over the text
 * first. It checks every byte, and where it is not sure (escaped or doubled names, odd
 * numbers, two kinds in one update) it says so and the parser of core/base/json
 * decides. What it is sure of is what the parser says: tests/fuzz/fuzz_intake.c holds
 * it to that. */
#ifndef BOTS_PEEK_H
#define BOTS_PEEK_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An update stands two levels deep in the job that carries it. */
#define PEEK_DEPTH_MAX 30
#define PEEK_UPDATE_ID_MAX (INT64_C(1) << 53)

struct peek {
    int64_t update_id;
    int64_t sender; /* a person's id, else a chat's (negative for groups); 0: nobody */
};

/* ST_BAD: no JSON object, or update_id is absent, no integer, or out of range. */
must_check enum status peek_update(const char *s, size_t n, struct peek *out);

/* Its two halves, for tests. peek_scan: true when sure. */
bool peek_scan(const char *s, size_t n, struct peek *out);
must_check enum status peek_parse(const char *s, size_t n, struct peek *out);

#endif
