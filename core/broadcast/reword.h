/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/reword.h - what was sent already gets other words, or is taken back.
 *
 * The new content is kept in the variant's row, so who is still to get it gets that one;
 * a job (send.broadcast_edit {"b","n","v","do","after"}) then walks who has it already, by
 * customer, behind "after": "edit" or "delete"; v 0: every variant; n: the version it
 * made of the broadcast, by which edit_list (edit.h) tells what came of it. The messenger
 * lets a bot take a message back for two days only. Inside the caller's transaction, with
 * the audit. */
#ifndef CORE_BROADCAST_REWORD_H
#define CORE_BROADCAST_REWORD_H

#include "core/broadcast/broadcast.h"

/* The pictures or the post a message brings cannot be exchanged: the caller looks
 * (content_media) before. ST_NONE: no such broadcast or variant; ST_TAKEN: it has not been
 * started (change it then); ST_REFUSED: another version. content: canonical, borrowed. */
must_check enum status broadcast_reword(struct db *db, int64_t now,
                                        const struct broadcast_act *act, int variant,
                                        struct json *content);

/* ST_TAKEN: not started, or still SENDING: pause or cancel it first, else what goes out
 * meanwhile stays. */
must_check enum status broadcast_unsend(struct db *db, int64_t now,
                                        const struct broadcast_act *act);

#endif
