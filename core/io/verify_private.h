/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/verify_private.h - what verify.c and verify_place.c share. */
#ifndef CORE_IO_VERIFY_PRIVATE_H
#define CORE_IO_VERIFY_PRIVATE_H

#include "core/io/verify.h"

struct pass {
    struct db *db;
    struct queue *q;
    int64_t now;
    struct findings *out;
    bool failed; /* no memory */
};

void verify_found(struct pass *p, enum verify_rule rule, struct queue_at at,
                  const char *what, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* All that is said of one place by Redis, and by its open rows. */
must_check enum status verify_place(struct pass *p, struct queue_at at);

#endif
