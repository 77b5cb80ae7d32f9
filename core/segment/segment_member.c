/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who is on a fixed list. */
#include "core/segment/segment.h"

#include "core/audit.h"
#include "core/segment/segment_private.h"

#include <string.h>

static enum status is_list(struct db *db, const struct segment_act *act)
{
    enum status st;

    if (act->n > SEGMENT_MEMBERS_MAX)
        return ST_BAD;
    st =
        db_one(db, "SELECT kind FROM segment WHERE id = ? FOR UPDATE", DB_INT(act->id));
    if (st == ST_OK && db_int(db, 0) != SEGMENT_LIST)
        st = ST_REFUSED;
    return st;
}

/* So many at a time: a statement of each size is prepared once. */
#define SLICE 50
#define TEN "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
#define FIFTY "(" TEN ", " TEN ", " TEN ", " TEN ", " TEN ")"

static enum status slices(struct db *db, const char *sql, const struct db_arg first[2],
                          const struct segment_act *act, int64_t *done)
{
    struct db_arg args[2 + SLICE];
    enum status st = ST_OK;

    memcpy(args, first, 2 * sizeof *args);
    *done = 0;
    for (size_t at = 0; st == ST_OK && at < act->n; at += SLICE) {
        int64_t changed = 0;

        for (size_t i = 0; i < SLICE; i++) /* 0 is nobody */
            args[2 + i] = DB_INT(at + i < act->n ? act->customer[at + i] : 0);
        st = db_exec_args(db, &changed, sql, args, 2 + SLICE);
        *done += changed;
    }
    return st;
}

/* Its count, and those of who names it, are of yesterday. */
static enum status changed(struct db *db, int64_t now, const struct segment_act *act,
                           const char *action)
{
    enum status st = db_exec(db, NULL, "UPDATE segment SET updated_at = ? WHERE id = ?",
                             DB_TIME(now), DB_INT(act->id));

    if (st == ST_OK)
        st = segment_uncount(db, act->id);
    if (st == ST_OK)
        st = audit_add(db, now,
                       &(struct audit_entry){.actor = act->staff_id != 0 ? ACTOR_STAFF
                                                                         : ACTOR_SYSTEM,
                                             .actor_id = act->staff_id,
                                             .action = action,
                                             .entity_id = act->id});
    return st;
}

enum status segment_put(struct db *db, int64_t now, const struct segment_act *act,
                        int64_t *done)
{
    const struct db_arg first[2] = {DB_INT(act->id), DB_TIME(now)};
    enum status st = is_list(db, act);

    if (st == ST_OK)
        st = slices(db,
                    "INSERT IGNORE INTO segment_member (segment_id, customer_id, at)"
                    " SELECT ?, c.id, ? FROM customer c WHERE c.status <> 3"
                    " AND c.id IN " FIFTY,
                    first, act, done);
    return st == ST_OK && *done > 0 ? changed(db, now, act, "segment.put") : st;
}

enum status segment_take(struct db *db, int64_t now, const struct segment_act *act,
                         int64_t *done)
{
    const struct db_arg first[2] = {DB_INT(act->id), DB_INT(act->id)};
    enum status st = is_list(db, act);

    if (st == ST_OK)
        st = slices(db,
                    "DELETE FROM segment_member WHERE segment_id = ? AND segment_id = ?"
                    " AND customer_id IN " FIFTY,
                    first, act, done);
    return st == ST_OK && *done > 0 ? changed(db, now, act, "segment.take") : st;
}

enum status segment_members(struct db *db, int64_t id, int64_t after_id, int64_t *out,
                            int room, int *n)
{
    enum status st = db_select(db,
                               "SELECT customer_id FROM segment_member"
                               " WHERE segment_id = ? AND customer_id > ?"
                               " ORDER BY customer_id LIMIT ?",
                               DB_INT(id), DB_INT(after_id), DB_INT(room));

    *n = 0;
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        out[(*n)++] = db_int(db, 0);
    return st == ST_NONE ? ST_OK : st;
}
