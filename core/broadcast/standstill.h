/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/standstill.h - looks whether this database is a copy (restored.h), stops
 * what is under way when it is, and lets it go once an owner says that it is the shop's.
 *
 *          standstill_check: it is a copy
 *   FREE <--------------------------------> HELD   owners are told at once, then daily
 *          standstill_confirm
 *
 * HELD: who was SENDING is PAUSED with PAUSE_RESTORED, nothing is started, automations
 * wait. What was sent behind the moment of the copy stands in it as not sent: an owner
 * who lets it go may have it go on (some get it twice), or end it. */
#ifndef CORE_BROADCAST_STANDSTILL_H
#define CORE_BROADCAST_STANDSTILL_H

#include "core/broadcast/broadcast.h"
#include "core/broadcast/restored.h"

/* Each minute by the scheduler, and by a worker before its first job; any number at once.
 * Outside of a transaction: MySQL is raised and committed before Redis is, which is how
 * Redis is never ahead of the database it knows. Statuses of db.h and redis.h: nothing is
 * known, and restored_held says so before long. */
must_check enum status standstill_check(struct db *db, struct redis *redis, int64_t now,
                                        enum restored_why *why);

/* In the caller's transaction, audited. ST_NONE: it is not held. *n: broadcasts that go
 * on, or are cancelled when that is what is wanted. */
struct standstill_confirm {
    int64_t staff_id; /* 0: a command */
    bool cancel;      /* … what was under way, in place of going on with it */
};
must_check enum status standstill_confirm(struct db *db, int64_t now,
                                          const struct standstill_confirm *c, int *n);

#endif
