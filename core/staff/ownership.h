/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/ownership.h - the shop changes hands, and both say yes: the owner offers it,
 * the other one accepts it in the staff's bot.
 *
 *   ownership_offer            ownership_answer(yes)
 *   ---------------> OPEN ------------------------------> ACCEPTED   account_hand_over
 *                     |----- ownership_answer(no) ------> DECLINED
 *                     |----- ownership_withdraw --------> WITHDRAWN  also: it could not
 *                     |                                              pass any more
 *                     +----- ownership_expire ----------> EXPIRED    after a day
 *
 * One open offer a shop, by a unique key. Of an answer, a withdrawal and the clock the
 * WHERE lets one end it. The beginning and every end put core.ownership_moved {"o","s"}
 * (s: the state to tell of; EXPIRED is put at once, due when its day is over). */
#ifndef CORE_STAFF_OWNERSHIP_H
#define CORE_STAFF_OWNERSHIP_H

#include "core/staff/account.h"

#define OWNERSHIP_LIFE_HOURS 24

/* Numbers are stored. */
enum ownership_state {
    OWNERSHIP_OPEN = 1,
    OWNERSHIP_ACCEPTED,
    OWNERSHIP_DECLINED,
    OWNERSHIP_WITHDRAWN,
    OWNERSHIP_EXPIRED,
    OWNERSHIP_STATES
};

struct ownership {
    int64_t id, from_id, to_id;
    int64_t made_at, expires_at, ended_at; /* ended_at 0: it has not */
    enum ownership_state state;
    char from[CONTACT_NAME_BYTES], to[CONTACT_NAME_BYTES];
};

/* The caller has asked for by's password again. ST_TAKEN: another offer is open.
 * ST_REFUSED: account_can_take says no. ST_NONE: no such person. */
must_check enum status ownership_offer(struct db *db, int64_t now,
                                       const struct staff *by, int64_t to,
                                       struct ownership *out);

must_check enum status ownership_load(struct db *db, int64_t id, struct ownership *out);
/* The open one that still can be accepted. ST_NONE: there is none. */
must_check enum status ownership_current(struct db *db, int64_t now,
                                         struct ownership *out);

/* By whom it was offered to. ST_OK: it ended by this call, and out->state says how: an
 * accepted one whose giver is no owner any more ends WITHDRAWN. ST_NONE: not theirs, or
 * over. */
struct ownership_yes {
    int64_t id;
    const struct staff *by; /* loaded in this transaction */
    bool yes;
};
must_check enum status ownership_answer(struct db *db, int64_t now,
                                        const struct ownership_yes *a,
                                        struct ownership *out);

/* By an owner. ST_NONE: none is open. ST_REFUSED: by is no owner. */
must_check enum status ownership_withdraw(struct db *db, int64_t now,
                                          const struct staff *by);

/* Its day is over: ST_OK, out is it, EXPIRED by now. ST_NONE: it is not due, or ended
 * otherwise. */
must_check enum status ownership_expire(struct db *db, int64_t now, int64_t id,
                                        struct ownership *out);

#endif
