/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/store_edit.h - a store changed, closed for good, opened again.
 *
 * Stores are never deleted: what was redeemed there stays told of. A closed one is in no
 * list of the bots and opens no shift (shift_open). */
#ifndef CORE_STAFF_STORE_EDIT_H
#define CORE_STAFF_STORE_EDIT_H

#include "core/staff/staff.h"
#include "core/staff/store.h"

/* As store_load, held until the transaction ends. */
must_check enum status store_lock(struct db *db, int64_t id, struct store *out);

/* The whole store as it shall be: begin with what store_lock said. open and training are
 * not looked at. ST_TAKEN: another one has the name. ST_BAD: no name, hours that cannot
 * be, a zone nobody knows, or a place that is not on the globe. */
must_check enum status store_change(struct db *db, int64_t now, const struct staff *by,
                                    const struct store *as);

/* Closed from now on: open invitations to it are revoked. ST_TAKEN: shifts are open
 * there, *n of them. Closed before: ST_OK. */
must_check enum status store_shut(struct db *db, int64_t now, const struct staff *by,
                                  int64_t id, int *n);
must_check enum status store_reopen(struct db *db, int64_t now, const struct staff *by,
                                    int64_t id);

#endif
