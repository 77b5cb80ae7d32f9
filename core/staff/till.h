/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/till.h - a phone that several people share.
 *
 *   invite (kind till)         till_enter(person, after their PIN)
 *   ------------------> EMPTY ------------------------------------> HELD by a person
 *                        ^                                              |
 *                        +--------------- till_leave -------------------+
 *
 * The phone's account at the messenger is nobody: it may do nothing until somebody who
 * works at its store says who they are by their PIN (core/staff/pin.h). From then on what
 * is done on it is done by that person, and every redemption carries them. A phone that is
 * a till asks for a person even if its account is also somebody's own. */
#ifndef CORE_STAFF_TILL_H
#define CORE_STAFF_TILL_H

#include "core/staff/staff.h"

/* Whoever forgot to leave has left by the next day. */
#define TILL_HELD_HOURS 12

struct till {
    int64_t id; /* 0: none */
    int64_t store_id;
    int64_t held_by; /* staff; 0: nobody */
    int64_t held_since;
    char store[CONTACT_NAME_BYTES];
};

/* ST_NONE: that account is no till. */
must_check enum status till_find(struct db *db, enum channel channel,
                                 int64_t external_id, struct till *out);

must_check enum status till_load(struct db *db, int64_t id, struct till *out);

struct till_spec {
    enum channel channel;
    int64_t external_id, store_id;
    int64_t by; /* staff; 0: a command */
};
/* Makes the account a till of that store, or moves it there; nobody holds it then. */
must_check enum status till_make(struct db *db, int64_t now,
                                 const struct till_spec *spec, struct till *out);

/* It is an ordinary account again. ST_NONE: it was none. */
must_check enum status till_end(struct db *db, int64_t now, int64_t id, int64_t by);

/* who may work at its store now: the caller has seen their PIN. ST_REFUSED: they do not
 * work there. */
must_check enum status till_enter(struct db *db, int64_t now, const struct till *t,
                                  const struct staff *who);
must_check enum status till_leave(struct db *db, int64_t id);
/* Whatever phones they hold: their shift has ended, or they work here no more. */
must_check enum status till_let_go(struct db *db, int64_t staff_id);

/* The tills of a store; *n how many. */
must_check enum status till_list(struct db *db, int64_t store_id, struct till *out,
                                 int room, int *n);

#endif
