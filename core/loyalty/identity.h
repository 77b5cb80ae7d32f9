/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/identity.h - who was here before, of people we keep nothing else of.
 *
 * What a person may have once for life, or once a year, is issued under a key with the
 * id of their customer row. Somebody whose row was erased, or whose account has moved,
 * gets a new row when they come back; customer.person_id of it names the first one, and
 * keys are made with that. What remembers them in between is a keyed hash of (channel,
 * external_id): it says "the same one" to whoever comes with that identity, and nothing
 * to anybody else. */
#ifndef CORE_LOYALTY_IDENTITY_H
#define CORE_LOYALTY_IDENTITY_H

#include "core/contact.h"
#include "core/io/db.h"

/* That identity leaves its row. A hash that is there already keeps its first person. */
must_check enum status identity_leaves(struct db *db, int64_t now, enum channel channel,
                                       int64_t external_id, int64_t person_id);

/* ST_OK: *person_id is the row they had first; ST_NONE: never seen. */
must_check enum status identity_was(struct db *db, enum channel channel,
                                    int64_t external_id, int64_t *person_id);

/* The id to make issue keys with: that row's, or the one it goes back to. */
must_check enum status identity_person(struct db *db, int64_t customer_id,
                                       int64_t *person_id);

#endif
