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

/* At the beginning of each transaction that changes something for them: between who() and
 * now they may have waited, for a row or a slow password. ST_OK also for nobody.
 *
 *   ST_OK       their session holds, and so do their rights until the transaction is over
 *   ST_REFUSED  problem() has said: PROBLEM_UNAUTHENTICATED */
must_check enum status who_hold(struct call *c);

/* The same as who() for some (at most WHO_MANY) that have come together, with one question to the
 * database, after the last of them came: each one's who() then answers what was found. */
#define WHO_MANY 32
void who_many(struct call *const c[], int n);

#endif
