/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/recipient_private.h - between those that take recipients in hand and those that end them. */
#ifndef CORE_BROADCAST_RECIPIENT_PRIVATE_H
#define CORE_BROADCAST_RECIPIENT_PRIVATE_H

#include "core/broadcast/count.h"
#include "core/broadcast/many.h"
#include "core/broadcast/recipient.h"
#include "core/broadcast/row.h"

/* Along ix_broadcast_recipient_due; it is never sorted. */
#define RECIPIENTS_NEXT                                                                \
    "SELECT r.customer_id, COALESCE(c.external_id, 0) FROM broadcast_recipient r"      \
    " FORCE INDEX (ix_broadcast_recipient_due) STRAIGHT_JOIN customer c"               \
    " ON c.id = r.customer_id WHERE r.broadcast_id = ? AND r.state = 1"                \
    " AND r.due <= ? AND (? < 0 OR r.customer_id % ? = ?)"                             \
    " ORDER BY r.due, r.customer_id LIMIT ?"

/* The next of those QUEUED become CANCELLED, or SKIPPED as too late; *n, at most
 * SWEEP_MAX. Nobody is claimed meanwhile: the broadcast is locked, or not SENDING. */
#define SWEEP_MAX 1000
must_check enum status recipients_sweep(struct db *db, int64_t now,
                                        const struct broadcast *b,
                                        enum recipient_state to, int *n);
/* Statistics of the days of these messages will change: [[id], …]. */
must_check enum status messages_late(struct db *db, int64_t now, struct db_arg ids);

#endif
