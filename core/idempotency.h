/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/idempotency.h - a request asked twice happens once.
 *
 * The key's row is the first thing written in the transaction of the effect and the
 * answer the last, so both exist or neither does. Of two at once the second waits at
 * the row of the first: when that one commits it finds the answer there, when it rolls
 * back it goes on itself.
 *
 * An answer that speaks of a customer goes when they are erased (erasure_table.c): asked
 * again then, the request finds nobody. */
#ifndef CORE_IDEMPOTENCY_H
#define CORE_IDEMPOTENCY_H

#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/io/db.h"

#define IDEMPOTENCY_KEY_MAX 255 /* printable ASCII */
#define IDEMPOTENCY_LIFE (72 * HOUR)

struct idempotency_key {
    int64_t staff_id; /* a key is its owner's */
    const char *name;
    uint8_t body_hash[SHA256_BYTES]; /* of all that was asked */
};

struct idempotency_answer {
    int status;
    const char *type, *etag, *location; /* "": none. Lent by db when read */
    const void *text;
    size_t n;
    int64_t customer_id; /* whom it speaks of, whose erasure takes it away; 0: nobody */
};

bool idempotency_key_fits(const char *name);

/* In a transaction. ST_OK: it is new, and its answer is yet to come; ST_TAKEN: *out is
 * what was answered; ST_REFUSED: that key came with another request; ST_AGAIN: the other
 * one is still under way. */
must_check enum status idempotency_begin(struct db *db, int64_t now,
                                         const struct idempotency_key *key,
                                         struct idempotency_answer *out);
/* Before the commit. */
must_check enum status idempotency_end(struct db *db, const struct idempotency_key *key,
                                       const struct idempotency_answer *answer);

/* At most limit older ones leave; *n how many. */
must_check enum status idempotency_forget(struct db *db, int64_t before, int limit,
                                          int *n);

#endif
