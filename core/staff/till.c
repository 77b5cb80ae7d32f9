/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/till.h"

#include "core/audit.h"

#include <stdio.h>

#define SELECT                                                                         \
    "SELECT t.id, t.store_id, t.held_by, t.held_since, s.name FROM till t"             \
    " JOIN store s ON s.id = t.store_id"

static void till_read(const struct db *db, struct till *out)
{
    *out = (struct till){.id = db_int(db, 0),
                         .store_id = db_int(db, 1),
                         .held_by = db_int(db, 2),
                         .held_since = db_time(db, 3)};
    snprintf(out->store, sizeof out->store, "%s", db_text(db, 4, NULL));
}

enum status till_find(struct db *db, enum channel channel, int64_t external_id,
                      struct till *out)
{
    enum status st = db_one(db, SELECT " WHERE t.channel = ? AND t.external_id = ?",
                            DB_INT(channel), DB_INT(external_id));

    if (st == ST_OK)
        till_read(db, out);
    return st;
}

enum status till_load(struct db *db, int64_t id, struct till *out)
{
    enum status st = db_one(db, SELECT " WHERE t.id = ?", DB_INT(id));

    if (st == ST_OK)
        till_read(db, out);
    return st;
}

enum status till_list(struct db *db, int64_t store_id, struct till *out, int room,
                      int *n)
{
    enum status st = db_select(db, SELECT " WHERE t.store_id = ? ORDER BY t.id LIMIT ?",
                               DB_INT(store_id), DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK)
        till_read(db, &out[(*n)++]);
    return st == ST_NONE ? ST_OK : st;
}

static enum status till_note(struct db *db, int64_t now, const char *action, int64_t by,
                             int64_t id)
{
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = by != 0 ? ACTOR_STAFF : ACTOR_COMMAND,
                              .actor_id = by,
                              .action = action,
                              .entity_id = id});
}

static enum status till_insert(struct db *db, int64_t now, const struct till_spec *spec)
{
    enum status st = db_exec(
        db, NULL,
        "INSERT INTO till (channel, external_id, store_id, made_by, created_at)"
        " VALUES (?, ?, ?, ?, ?)",
        DB_INT(spec->channel), DB_INT(spec->external_id), DB_INT(spec->store_id),
        DB_INT_OR_NULL(spec->by != 0, spec->by), DB_TIME(now));

    return st == ST_TAKEN ? ST_AGAIN : st; /* made this very moment */
}

enum status till_make(struct db *db, int64_t now, const struct till_spec *spec,
                      struct till *out)
{
    enum status st = till_find(db, spec->channel, spec->external_id, out);

    if (st == ST_NONE)
        st = till_insert(db, now, spec);
    else if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE till SET store_id = ?, held_by = NULL, held_since = NULL"
                     " WHERE id = ?",
                     DB_INT(spec->store_id), DB_INT(out->id));
    if (st == ST_OK)
        st = till_find(db, spec->channel, spec->external_id, out);
    return st == ST_OK ? till_note(db, now, "till.make", spec->by, out->id) : st;
}

enum status till_end(struct db *db, int64_t now, int64_t id, int64_t by)
{
    int64_t gone;
    enum status st = db_exec(db, &gone, "DELETE FROM till WHERE id = ?", DB_INT(id));

    if (st == ST_OK && gone == 0)
        return ST_NONE;
    return st == ST_OK ? till_note(db, now, "till.end", by, id) : st;
}

enum status till_enter(struct db *db, int64_t now, const struct till *t,
                       const struct staff *who)
{
    enum status st = staff_may_at(db, who, PERM_SHIFT, t->store_id);

    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE till SET held_by = ?, held_since = ? WHERE id = ?",
                     DB_INT(who->id), DB_TIME(now), DB_INT(t->id));
    return st == ST_OK ? till_note(db, now, "till.enter", who->id, t->id) : st;
}

enum status till_leave(struct db *db, int64_t id)
{
    return db_exec(db, NULL,
                   "UPDATE till SET held_by = NULL, held_since = NULL WHERE id = ?",
                   DB_INT(id));
}

enum status till_let_go(struct db *db, int64_t staff_id)
{
    return db_exec(
        db, NULL, "UPDATE till SET held_by = NULL, held_since = NULL WHERE held_by = ?",
        DB_INT(staff_id));
}
