/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/guard.h - whoever guesses waits, each time longer.
 *
 *   guard_try   counts a try before it is known whether it was right, so that a hundred
 *               at once are a hundred
 *   guard_pass  it was right: all tries of the subject are forgotten (an e-mail)
 *   guard_undo  it was right: this one try is taken back (an address, where others may
 *               be guessing at the same time)
 *
 * Kept in MySQL by the hash of the subject ("email:…", "ip:…"), so every program and every
 * restart knows. Call guard_try in a transaction of its own, that is kept whatever follows:
 * not in the one of the login. After `free` tries the next ones wait 30 s, 1, 2, 4 …
 * minutes, up to an hour; a day without tries forgets them. */
#ifndef CORE_STAFF_GUARD_H
#define CORE_STAFF_GUARD_H

#include "core/io/db.h"

#define GUARD_FREE_EMAIL 5
#define GUARD_FREE_IP 20

struct guard_subject {
    const char *kind; /* "email", "ip", "staff" */
    const char *value;
    int free;
};

/* ST_REFUSED: not now; *wait how many seconds until then, above 0. */
must_check enum status guard_try(struct db *db, int64_t now,
                                 const struct guard_subject *s, int *wait);
must_check enum status guard_pass(struct db *db, const struct guard_subject *s);
must_check enum status guard_undo(struct db *db, const struct guard_subject *s);

must_check enum status guard_forget(struct db *db, int64_t before, int limit, int *n);

#endif
