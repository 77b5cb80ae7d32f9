/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/identity.h"

#include "core/audit.h"

#include <stdio.h>

static enum status digest(struct db *db, enum channel channel, int64_t external_id,
                          uint8_t out[SHA256_BYTES])
{
    char text[40];

    snprintf(text, sizeof text, "%d:%lld", (int)channel, (long long)external_id);
    return audit_digest(db, "identity", text, out);
}

enum status identity_leaves(struct db *db, int64_t now, enum channel channel,
                            int64_t external_id, int64_t person_id)
{
    uint8_t hash[SHA256_BYTES];
    enum status st = digest(db, channel, external_id, hash);

    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "INSERT INTO customer_gone (identity, person_id, at)"
                     " VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE at = at",
                     DB_BYTES(hash, sizeof hash), DB_INT(person_id), DB_TIME(now));
    return st;
}

enum status identity_was(struct db *db, enum channel channel, int64_t external_id,
                         int64_t *person_id)
{
    uint8_t hash[SHA256_BYTES];
    enum status st = digest(db, channel, external_id, hash);

    if (st == ST_OK)
        st = db_one(db, "SELECT person_id FROM customer_gone WHERE identity = ?",
                    DB_BYTES(hash, sizeof hash));
    if (st == ST_OK)
        *person_id = db_int(db, 0);
    return st;
}

enum status identity_person(struct db *db, int64_t customer_id, int64_t *person_id)
{
    enum status st =
        db_one(db, "SELECT COALESCE(person_id, id) FROM customer WHERE id = ?",
               DB_INT(customer_id));

    if (st == ST_OK)
        *person_id = db_int(db, 0);
    return st;
}
