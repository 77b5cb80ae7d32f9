/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/invite.h - a one-time link that makes somebody staff.
 *
 * Bound to a role and its stores, good for a day and one person. Only the SHA-256 of the
 * token is kept: who reads the database cannot join with it. What became of them:
 * invite_search.h. */
#ifndef CORE_STAFF_INVITE_H
#define CORE_STAFF_INVITE_H

#include "core/staff/staff.h"

#define INVITE_TOKEN 22
#define INVITE_LIFE_HOURS 24 /* unless its maker says otherwise */
#define INVITE_LIFE_MAX_HOURS (30 * 24)
#define INVITE_STORES_MAX 32

/* by NULL: a command at the server. ST_REFUSED: by may not invite that role, or not at
 * that store. ST_BAD: no role; a shared phone without a store. The link is `i_<token>`. */
must_check enum status invite_make(struct db *db, int64_t now, const struct staff *by,
                                   const struct staff_spec *as,
                                   char token[INVITE_TOKEN + 1]);

/* The same with more of them, or for longer. */
struct invite_more {
    struct staff_spec as;  /* its store_id: the first one */
    const int64_t *stores; /* all of them; a shared phone has one. Lent */
    size_t n_stores;       /* at most INVITE_STORES_MAX */
    int64_t hours;         /* 0: INVITE_LIFE_HOURS; at most INVITE_LIFE_MAX_HOURS */
    int64_t id;            /* set: of its row */
};
must_check enum status invite_make_more(struct db *db, int64_t now,
                                        const struct staff *by, struct invite_more *m,
                                        char token[INVITE_TOKEN + 1]);

/* It is good for nobody from now on. by may invite like that themselves, or made it.
 * ST_REFUSED: they may not. ST_NONE: there is no such invitation. ST_TAKEN: it was used
 * before, or revoked. */
must_check enum status invite_revoke(struct db *db, int64_t now, const struct staff *by,
                                     int64_t id);
/* Those to a store that is closed (store_edit.h). */
must_check enum status invite_revoke_of(struct db *db, int64_t now, int64_t store_id);

enum invite_result {
    INVITE_JOINED = 1,
    INVITE_ALREADY, /* this person used this very link before: harmless */
    INVITE_USED,    /* somebody else did */
    INVITE_EXPIRED, /* its time is over, it was revoked, or its maker may no longer
                       invite like that */
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
 * JOINED and ALREADY. Somebody with more rights already, or whom the maker could not
 * change (team_may), keeps the role and gains the store. */
must_check enum status invite_use(struct db *db, int64_t now,
                                  const struct invite_press *p,
                                  enum invite_result *result, struct staff *out);

#endif
