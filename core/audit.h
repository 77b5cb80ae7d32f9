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

/* In the transaction of the fact. ST_BAD: too many fields, or an action of a wrong
 * form. */
must_check enum status audit_add(struct db *db, int64_t now,
                                 const struct audit_entry *e);

/* Seals up to max rows; *sealed how many. ST_NONE: nothing old enough. ST_TAKEN:
 * another one sealed at the same time. Call in a transaction of its own. */
must_check enum status audit_seal(struct db *db, int64_t now, int max, int *sealed);

/* ST_OK: every block is whole; ST_REFUSED: *from is the first id of the first broken
 * one. */
must_check enum status audit_verify(struct db *db, int64_t *from);

#endif
