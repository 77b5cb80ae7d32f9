/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/who.h - whose call it is. */
#ifndef API_WHO_H
#define API_WHO_H

#include "core/staff/staff.h"

struct call;

#define WHO_JTI_BYTES 41

/* Somebody logged in. */
struct admin {
    struct staff staff;
    char jti[WHO_JTI_BYTES]; /* of the session */
    int64_t issued, expires;
};

/* Runs in a hand, before anything else of a call whose row asks who it is: reads
 * c->said.authorization ("Bearer …", NULL when absent), asks c->db, fills c->who.
 *
 *   ST_OK       c->who is an active member of staff with a session that holds
 *   ST_REFUSED  problem() has said why: PROBLEM_UNAUTHENTICATED, PROBLEM_TOKEN_EXPIRED
 *   other       the database failed
 *
 * The permission of the row is asked afterwards, by the caller. */
must_check enum status who(struct call *c);

#endif
