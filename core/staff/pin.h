/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/pin.h - four to eight digits by which a person says on a shared phone that it
 * is they.
 *
 *          pin_set (by themselves)
 *   NONE ----------------------------> SET <--- wrong answers ---> LOCKED (15 min)
 *     |                                 ^
 *     +--- pin_reset (by a manager) --> ONCE: six digits to be told by word of mouth, good
 *                                       for a day and one answer; then they must be changed
 *
 * Only a bcrypt hash is kept. What protects so short a word is the lock: five wrong
 * answers within 15 minutes. A lock is of the person, not of the phone. */
#ifndef CORE_STAFF_PIN_H
#define CORE_STAFF_PIN_H

#include "core/io/db.h"

#define PIN_MIN 4
#define PIN_MAX 8
#define PIN_ONCE_DIGITS 6
#define PIN_ONCE_HOURS 24
#define PIN_WRONG_MAX 5
#define PIN_LOCK_MINUTES 15

enum pin_result {
    PIN_RIGHT = 1,
    PIN_CHANGE, /* right, but it was a manager's: let them set their own now */
    PIN_WRONG,  /* .left tries */
    PIN_LOCKED, /* until .until; .just: by this very answer, so tell the managers */
    PIN_NONE    /* they have none, or the manager's is too old */
};

struct pin_answer {
    enum pin_result result;
    int left;
    int64_t until;
    bool just;
};

/* ST_OK with a result, whatever it is. Commit it: a wrong one is counted. */
must_check enum status pin_check(struct db *db, int64_t now, int64_t staff_id,
                                 const char *digits, struct pin_answer *out);

/* Theirs from now on. ST_BAD: pin_fits says no. */
must_check enum status pin_set(struct db *db, int64_t now, int64_t staff_id,
                               const char *digits);

/* ST_OK: they have one that works, or is locked for a while; ST_NONE. */
must_check enum status pin_has(struct db *db, int64_t now, int64_t staff_id);

/* Have they one of their own, not younger than that moment? ST_NONE: none, a manager's, or
 * another by now. */
must_check enum status pin_since(struct db *db, int64_t staff_id, int64_t moment);

/* By somebody else, who reads the digits once. Ends a lock. */
must_check enum status pin_reset(struct db *db, int64_t now, int64_t staff_id,
                                 int64_t by, char out[PIN_ONCE_DIGITS + 1]);
must_check enum status pin_forget(struct db *db, int64_t staff_id); /* they left */

/* Pure. Four to eight digits, and neither all the same nor 1234 or 4321. */
bool pin_fits(const char *digits);

#endif
