/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/audit.h - who changed what, and when.
 *
 * A row holds ids, names of fields and keyed hashes of their values, never a value:
 * erasing a customer leaves nothing of them here, and yet "was it this date before?"
 * can be answered by somebody who knows the date. The key is made at first use.
 *
 * Rows are chained in blocks: audit_seal takes the rows since the last seal and hashes
 * them together with that seal's hash. A row changed, removed or slipped in later
 * breaks the chain at its block. Rows younger than AUDIT_SETTLE wait, as a transaction
 * begun earlier may still commit a smaller id. */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/base/status.h"
#include "core/io/db.h"

#define AUDIT_SETTLE (5 * MINUTE)
#define AUDIT_FIELDS_MAX 16

/* Numbers are stored. */
enum actor { ACTOR_SYSTEM = 1, ACTOR_CUSTOMER, ACTOR_STAFF, ACTOR_COMMAND, ACTOR_API };

struct audit_field {
    const char *name;     /* of the column */
    const char *was, *is; /* hashed, never stored; NULL: none, or not worth a hash */
};

struct audit_entry {
    enum actor actor;
    int64_t actor_id;   /* 0: none */
    const char *action; /* "discount.issue": entity.verb, ASCII */
    int64_t entity_id;
    const struct audit_field *fields; /* may be NULL */
    size_t n_fields;
};

/* The keyed hash the fields are made with, whole: of use to compare, never to read back.
 * core/loyalty/identity.h keeps such ones of people who are gone. */
must_check enum status audit_digest(struct db *db, const char *name, const char *value,
                                    uint8_t out[SHA256_BYTES]);

/* In the transaction of the fact; with the request this thread works on (log_request).
 * ST_BAD: too many fields, or an action of a wrong
 * form. */
must_check enum status audit_add(struct db *db, int64_t now,
                                 const struct audit_entry *e);

/* Seals up to max rows; *sealed how many. ST_NONE: nothing old enough. ST_TAKEN:
 * another one sealed at the same time. Call in a transaction of its own. */
must_check enum status audit_seal(struct db *db, int64_t now, int max, int *sealed);

/* ---- are they whole? ------------------------------------------------------------ */

struct audit_block {
    int64_t id, from, to; /* from, to: ids of rows, both inclusive */
    int n;                /* rows */
    int64_t sealed_at;
    uint8_t hash[SHA256_BYTES];
};
/* The newest. Whoever keeps its number and hash elsewhere sees, too, when the chain's end
 * is cut off. ST_NONE: nothing is sealed yet. */
must_check enum status audit_last(struct db *db, struct audit_block *out);
must_check enum status audit_unsealed(struct db *db, int64_t *n); /* rows behind it */

/* Looks at blocks from `block` on, until `most` rows are passed (one block at least), one
 * is broken or they are over. ST_OK; ST_REFUSED: `broken` is; of one that was taken out
 * only id and from are known. Call again to go on behind it: each block is held against
 * what the one before says of itself. */
struct audit_walk {
    int64_t block; /* in: 1 is the first; out: the next one to look at */
    int64_t most;
    int64_t blocks, rows; /* looked at by this call */
    struct audit_block broken, last;
    bool over;
};
must_check enum status audit_walk(struct db *db, struct audit_walk *w);

/* All of them. ST_OK: every block is whole; ST_REFUSED: *from is the first id of the
 * first broken one. */
must_check enum status audit_verify(struct db *db, int64_t *from);

#endif
