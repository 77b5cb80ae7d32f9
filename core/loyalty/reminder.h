/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/reminder.h - a word before a discount runs out, once for each.
 *
 * Only to who agreed to marketing and can be reached, and only while consent_cap leaves
 * room: it is a marketing message like any other. Nobody is reminded of what they got
 * within the last day.
 *
 * A round goes page by page in the order the discounts end; whoever could not be reminded
 * now (quiet hours, the cap) is found by a later round. All run inside the caller's
 * transaction. */
#ifndef CORE_LOYALTY_REMINDER_H
#define CORE_LOYALTY_REMINDER_H

#include "core/io/db.h"
#include "core/setting.h"

/* Reads along ix_discount_remind, and passes over whoever wants no such words. Arguments:
 * now, now + days ahead, issued before, the place (end, end, id), limit. */
#define REMINDER_DUE                                                                   \
    "SELECT d.id, d.customer_id, d.valid_until FROM discount d"                        \
    " STRAIGHT_JOIN customer c ON c.id = d.customer_id"                                \
    " WHERE d.status = 1 AND d.reminded_at IS NULL AND d.valid_until > ?"              \
    " AND c.status = 1 AND c.pd_ok = 1 AND c.marketing_ok = 1"                         \
    " AND d.valid_until <= ? AND d.created_at <= ?"                                    \
    " AND (d.valid_until > ? OR (d.valid_until = ? AND d.id > ?))"                     \
    " ORDER BY d.valid_until, d.id LIMIT ?"

struct reminder_round {
    int64_t days;                /* ahead */
    int64_t after_end, after_id; /* the place: of the last one looked at; 0 at first */
    int limit;
};
struct reminder_due {
    int64_t discount_id, customer_id;
};
/* The next page, and the place behind it. ST_NONE: the round is through. */
must_check enum status reminder_due(struct db *db, int64_t now,
                                    struct reminder_round *round,
                                    struct reminder_due *out, int *n);

/* May that customer get one more marketing message now? ST_OK, ST_NONE. */
must_check enum status reminder_room(struct db *db, int64_t now,
                                     const struct settings *set, int64_t customer_id);

/* ST_OK: it is ours to remind of, noted. ST_NONE: used, over or reminded of meanwhile. */
must_check enum status reminder_take(struct db *db, int64_t now, int64_t discount_id);
/* Which message it is. */
must_check enum status reminder_sent_as(struct db *db, int64_t discount_id,
                                        int64_t message_id);

/* The discount was used: a reminder that still waits is not sent. */
must_check enum status reminder_call_off(struct db *db, int64_t now,
                                         int64_t discount_id);

#endif
