/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/invite.h - a one-time link that makes somebody staff.
 *
 * Bound to a role and a store, good for 24 hours and one person. Only the SHA-256 of
 * the token is kept: who reads the database cannot join with it. */
#ifndef CORE_STAFF_INVITE_H
#define CORE_STAFF_INVITE_H

#include "core/staff/staff.h"

#define INVITE_TOKEN 22
#define INVITE_LIFE_HOURS 24

/* by NULL: a command at the server. ST_REFUSED: by may not invite that role, or not at
 * that store. ST_BAD: no role; a shared phone without a store. The link is `i_<token>`. */
must_check enum status invite_make(struct db *db, int64_t now, const struct staff *by,
                                   const struct staff_spec *as,
                                   char token[INVITE_TOKEN + 1]);

enum invite_result {
    INVITE_JOINED = 1,
    INVITE_ALREADY, /* this person used this very link before: harmless */
    INVITE_USED,    /* somebody else did */
    INVITE_EXPIRED, /* its day is over, or its maker may no longer invite like that */
    INVITE_UNKNOWN,
    INVITE_TILL, /* the account is a shared phone now (till_find); out is not filled */
    INVITE_PERSONAL /* a shared phone's link, on the account of somebody who works here:
                       they would lock themselves out. The link stays good */
};

struct invite_press {
    const char *token; /* without i_; of any form */
    size_t n;
    const struct contact *who;
};

/* ST_OK with a result; of two people at once exactly one is JOINED. out is filled for
 * JOINED and ALREADY. Somebody with more rights already keeps the role and gains the
 * store. */
must_check enum status invite_use(struct db *db, int64_t now,
                                  const struct invite_press *p,
                                  enum invite_result *result, struct staff *out);

#endif
