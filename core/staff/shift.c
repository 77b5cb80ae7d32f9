/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/shift.h"

#include "core/audit.h"
#include "core/staff/till.h"

#include <stdio.h>

#define COLUMNS                                                                        \
    "h.id, h.staff_id, h.store_id, h.opened_at, h.closed_at, s.name, s.training,"      \
    " h.auto_closed, h.till_discount"                                                  \
    " FROM shift h JOIN store s ON s.id = h.store_id"

static enum status shift_take(struct db *db, enum status st, struct shift *out)
{
    if (st != ST_OK)
        return st;
    *out = (struct shift){.id = db_int(db, 0),
                          .staff_id = db_int(db, 1),
                          .store_id = db_int(db, 2),
                          .opened_at = db_time(db, 3),
                          .closed_at = db_time(db, 4),
                          .training = db_int(db, 6) != 0,
                          .auto_closed = db_int(db, 7) != 0,
                          .till_discount = db_is_null(db, 8) ? -1 : db_int(db, 8)};
    snprintf(out->store, sizeof out->store, "%s", db_text(db, 5, NULL));
    return ST_OK;
}

enum status shift_current(struct db *db, int64_t staff_id, struct shift *out)
{
    return shift_take(
        db, db_one(db, "SELECT " COLUMNS " WHERE h.open_one = ?", DB_INT(staff_id)),
        out);
}

enum status shift_load(struct db *db, int64_t id, struct shift *out)
{
    return shift_take(db, db_one(db, "SELECT " COLUMNS " WHERE h.id = ?", DB_INT(id)),
                      out);
}

static enum status shift_note(struct db *db, int64_t now, const char *action,
                              int64_t staff_id, int64_t id)
{
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = staff_id,
                                           .action = action,
                                           .entity_id = id});
}

/* Held until the shift is there: whoever closes the store meanwhile waits and sees it
 * (store_edit.h). ST_REFUSED: it is closed. */
static enum status store_is_open(struct db *db, int64_t store_id)
{
    enum status st =
        db_one(db, "SELECT closed_at FROM store WHERE id = ? LOCK IN SHARE MODE",
               DB_INT(store_id));

    if (st == ST_OK && !db_is_null(db, 0))
        st = ST_REFUSED;
    return st == ST_NONE ? ST_REFUSED : st;
}

enum status shift_open(struct db *db, int64_t now, const struct staff *who,
                       int64_t store_id, struct shift *out)
{
    enum status st = shift_current(db, who->id, out);
    int64_t id;

    if (st != ST_NONE)
        return st == ST_OK ? ST_TAKEN : st;
    st = staff_may_at(db, who, PERM_SHIFT, store_id);
    if (st == ST_OK)
        st = store_is_open(db, store_id);
    if (st == ST_OK)
        st = db_exec(
            db, NULL,
            "INSERT INTO shift (staff_id, store_id, opened_at) VALUES (?, ?, ?)",
            DB_INT(who->id), DB_INT(store_id), DB_TIME(now));
    if (st != ST_OK)
        return st == ST_TAKEN ? ST_AGAIN
                              : st; /* opened this very moment: see it then */
    id = db_last_id(db);
    st = shift_note(db, now, "shift.open", who->id, id);
    return st == ST_OK ? shift_load(db, id, out) : st;
}

/* Their own, or of a store whose people they answer for. */
static enum status shift_theirs(struct db *db, const struct staff *who,
                                int64_t shift_id, struct shift *s)
{
    enum status st = shift_load(db, shift_id, s);

    if (st == ST_OK && s->staff_id != who->id)
        st = staff_may(who, PERM_STAFF_DISMISS)
                 ? staff_may_at(db, who, PERM_STAFF_DISMISS, s->store_id)
                 : ST_REFUSED;
    return st == ST_NONE ? ST_REFUSED : st;
}

enum status shift_close(struct db *db, int64_t now, const struct staff *who,
                        int64_t shift_id)
{
    struct shift s;
    int64_t changed;
    enum status st = shift_theirs(db, who, shift_id, &s);

    if (st != ST_OK)
        return st;
    st = db_exec(db, &changed,
                 "UPDATE shift SET closed_at = ? WHERE id = ? AND closed_at IS NULL",
                 DB_TIME(now), DB_INT(shift_id));
    if (st == ST_OK && changed == 0)
        return ST_TAKEN;
    if (st == ST_OK) /* a shared phone is the next one's */
        st = till_let_go(db, s.staff_id);
    return st == ST_OK ? shift_note(db, now, "shift.close", who->id, shift_id) : st;
}

enum status shift_close_of(struct db *db, int64_t now, int64_t staff_id)
{
    struct shift s;
    enum status st = shift_current(db, staff_id, &s);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    st = db_exec(db, NULL,
                 "UPDATE shift SET closed_at = ? WHERE id = ? AND closed_at IS NULL",
                 DB_TIME(now), DB_INT(s.id));
    return st == ST_OK ? shift_note(db, now, "shift.close", staff_id, s.id) : st;
}

enum status shift_till_sum(struct db *db, int64_t now, const struct staff *who,
                           int64_t shift_id, int64_t discount)
{
    struct shift s;
    enum status st = discount >= 0 ? shift_theirs(db, who, shift_id, &s) : ST_BAD;

    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE shift SET till_discount = ?, till_at = ? WHERE id = ?",
                     DB_INT(discount), DB_TIME(now), DB_INT(shift_id));
    return st == ST_OK ? shift_note(db, now, "shift.till_sum", who->id, shift_id) : st;
}
