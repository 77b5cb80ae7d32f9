/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/reminder.h"

#include "core/base/clock.h"
#include "core/loyalty/consent.h"
#include "core/message.h"

#define JUST_ISSUED DAY

enum status reminder_due(struct db *db, int64_t now, struct reminder_round *round,
                         struct reminder_due *out, int *n)
{
    enum status st;

    *n = 0;
    if (round->days <= 0)
        return ST_NONE;
    st = db_select(db, REMINDER_DUE, DB_TIME(now), DB_TIME(now + round->days * DAY),
                   DB_TIME(now - JUST_ISSUED), DB_TIME(round->after_end),
                   DB_TIME(round->after_end), DB_INT(round->after_id),
                   DB_INT(round->limit));
    while (st == ST_OK && *n < round->limit && (st = db_next(db)) == ST_OK) {
        out[(*n)++] = (struct reminder_due){db_int(db, 0), db_int(db, 1)};
        round->after_id = db_int(db, 0);
        round->after_end = db_time(db, 2);
    }
    if (st != ST_OK && st != ST_NONE)
        return st;
    return *n > 0 ? ST_OK : ST_NONE;
}

enum status reminder_room(struct db *db, int64_t now, const struct settings *set,
                          int64_t customer_id)
{
    struct marketing_cap cap;
    int had = 0;
    enum status st = db_one(db,
                            "SELECT marketing_rare FROM customer WHERE id = ?"
                            " AND status = 1 AND pd_ok = 1 AND marketing_ok = 1",
                            DB_INT(customer_id));

    if (st != ST_OK)
        return st;
    cap = consent_cap(set, db_int(db, 0) != 0);
    st = message_marketing(db, customer_id, now - cap.days * DAY, &had);
    return st == ST_OK && had >= cap.messages ? ST_NONE : st;
}

enum status reminder_take(struct db *db, int64_t now, int64_t discount_id)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE discount SET reminded_at = ? WHERE id = ?"
                             " AND status = 1 AND valid_until > ?"
                             " AND reminded_at IS NULL",
                             DB_TIME(now), DB_INT(discount_id), DB_TIME(now));

    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

enum status reminder_sent_as(struct db *db, int64_t discount_id, int64_t message_id)
{
    return db_exec(db, NULL, "UPDATE discount SET reminder_id = ? WHERE id = ?",
                   DB_INT_OR_NULL(message_id != 0, message_id), DB_INT(discount_id));
}

enum status reminder_call_off(struct db *db, int64_t now, int64_t discount_id)
{
    enum status st = db_one(db,
                            "SELECT reminder_id FROM discount WHERE id = ?"
                            " AND reminder_id IS NOT NULL AND status = 2",
                            DB_INT(discount_id));

    if (st == ST_OK)
        st = message_cancel(db, now, db_int(db, 0), "used");
    return st == ST_NONE ? ST_OK : st;
}
