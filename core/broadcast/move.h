/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/move.h - from one state to the next, for the other files of this folder.
 *
 * Who locks what, in this order, so that nobody waits in a circle:
 *
 *   broadcast        claim, and who puts somebody back to wait (shared); whoever moves it
 *                    (whole)
 *   recipients       by their numbers
 *   customer         by their numbers; then message
 *   broadcast_watch  settle; behind it the broadcast, whole, when it has to stop
 *   broadcast_count  by its key, last
 *
 * Whoever looks at all of it (check, retry_unknown) holds the watch from the beginning, so
 * that nothing is settled meanwhile; where that meets a settlement that puts somebody
 * back, or stops it, one of the two is done again (db_tx).
 *
 * fill writes rows that nobody else can see yet, then locks as the others do. */
#ifndef CORE_BROADCAST_MOVE_H
#define CORE_BROADCAST_MOVE_H

#include "core/broadcast/broadcast.h"

must_check enum status broadcast_note(struct db *db, int64_t now, int64_t staff_id,
                                      const char *action, int64_t id);
/* The one that writes a state; b is locked, and set to what it is then. */
must_check enum status broadcast_move(struct db *db, int64_t now, struct broadcast *b,
                                      enum broadcast_state to);
/* Starts what is locked and SCHEDULED. As broadcast_start. */
must_check enum status broadcast_begin(struct db *db, int64_t now, int64_t staff_id,
                                       struct broadcast *b, const char **why);
/* Finishes what is locked, if nobody is left. ST_NONE: not yet. */
must_check enum status broadcast_end(struct db *db, int64_t now, struct broadcast *b);
/* The test is over: which variant has won, and the others get it. */
must_check enum status broadcast_decide(struct db *db, int64_t now,
                                        struct broadcast *b);

#endif
