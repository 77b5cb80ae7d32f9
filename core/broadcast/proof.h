/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/proof.h - a broadcast tried on people of the shop before it is sent.
 *
 * A job (core.broadcast_proof {"b","v","s"}) for each variant and person makes a message
 * of it, marked as a test, in the form the messenger wants: purpose SERVICE, to nobody's
 * customer row, so it is counted nowhere and no discount is issued. */
#ifndef CORE_BROADCAST_PROOF_H
#define CORE_BROADCAST_PROOF_H

#include "core/broadcast/broadcast.h"

#define PROOF_STAFF_MAX 5

/* Can our customers' bot write to them: did they ever speak to it? ST_OK, ST_NONE (nor
 * when they do not work here any more). */
must_check enum status proof_reaches(struct db *db, int64_t staff_id);

struct proof {
    int64_t broadcast_id;
    int variant;
    int64_t staff_id; /* who gets it */
};
/* In the caller's transaction. */
must_check enum status proof_put(struct db *db, int64_t now, const struct proof *p);

#endif
