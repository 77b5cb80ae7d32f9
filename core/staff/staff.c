/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/staff.h"

#include "core/audit.h"
#include "core/base/buf.h"
#include "core/base/utf.h"
#include "core/stat.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS "id, channel, external_id, name, language, role, dismissed_at"

static void staff_read(const struct db *db, struct staff *out)
{
    *out = (struct staff){
        .id = db_int(db, 0),
        .channel = (enum channel)db_int(db, 1),
        .external_id = db_int(db, 2),
        .role = (enum role)db_int(db, 5),
        .active = db_is_null(db, 6),
    };
    snprintf(out->name, sizeof out->name, "%s", db_text(db, 3, NULL));
    snprintf(out->language, sizeof out->language, "%s", db_text(db, 4, NULL));
}

enum status staff_find(struct db *db, enum channel channel, int64_t external_id,
                       struct staff *out)
{
    enum status st = db_one(
        db, "SELECT " COLUMNS " FROM staff WHERE channel = ? AND external_id = ?",
        DB_INT(channel), DB_INT(external_id));

    if (st == ST_OK)
        staff_read(db, out);
    return st;
}

enum status staff_load(struct db *db, int64_t id, struct staff *out)
{
    enum status st =
        db_one(db, "SELECT " COLUMNS " FROM staff WHERE id = ?", DB_INT(id));

    if (st == ST_OK)
        staff_read(db, out);
    return st;
}

enum status staff_lock(struct db *db, int64_t id, struct staff *out)
{
    enum status st =
        db_one(db, "SELECT " COLUMNS " FROM staff WHERE id = ? FOR UPDATE", DB_INT(id));

    if (st == ST_OK)
        staff_read(db, out);
    return st;
}

enum status staff_owners(struct db *db, struct staff *out, int limit, int *n)
{
    enum status st =
        db_select(db,
                  "SELECT " COLUMNS " FROM staff WHERE role = ?"
                  " AND dismissed_at IS NULL AND channel = ?"
                  " ORDER BY id LIMIT ?",
                  DB_INT(ROLE_OWNER), DB_INT(CHANNEL_MESSENGER), DB_INT(limit));

    *n = 0;
    while (st == ST_OK && *n < limit && (st = db_next(db)) == ST_OK)
        staff_read(db, &out[(*n)++]);
    return st == ST_NONE ? ST_OK : st;
}

/* The roles that have it, as "1,2,5". */
static void roles_with(enum perm perm, struct buf *out)
{
    for (int r = ROLE_UNSET + 1; r < ROLE_COUNT; r++)
        if (role_may((enum role)r, perm))
            buf_addf(out, "%s%d", out->len > 0 ? "," : "", r);
}

enum status staff_with(struct db *db, enum perm perm, struct staff *out, int limit,
                       int *n)
{
    struct buf roles = {0};
    enum status st = ST_BROKEN;

    *n = 0;
    roles_with(perm, &roles);
    if (!roles.failed)
        st = db_select(db,
                       "SELECT " COLUMNS " FROM staff WHERE FIND_IN_SET(role, ?) > 0"
                       " AND dismissed_at IS NULL AND channel = ? ORDER BY id LIMIT ?",
                       DB_TEXT(roles.s), DB_INT(CHANNEL_MESSENGER), DB_INT(limit));
    buf_free(&roles);
    while (st == ST_OK && *n < limit && (st = db_next(db)) == ST_OK)
        staff_read(db, &out[(*n)++]);
    return st == ST_NONE ? ST_OK : st;
}

/* ---- rights --------------------------------------------------------------------- */

bool staff_may(const struct staff *s, enum perm perm)
{
    return s->active && role_may(s->role, perm);
}

enum status staff_may_at(struct db *db, const struct staff *s, enum perm perm,
                         int64_t store_id)
{
    enum status st;

    if (!staff_may(s, perm))
        return ST_REFUSED;
    if (role_scope(s->role, perm) == SCOPE_ALL)
        return ST_OK;
    st = db_one(db, "SELECT 1 FROM staff_store WHERE staff_id = ? AND store_id = ?",
                DB_INT(s->id), DB_INT(store_id));
    return st == ST_NONE ? ST_REFUSED : st;
}

/* ---- joining and leaving -----------------------------------------------------------
 */

static enum status staff_note(struct db *db, int64_t now, const char *action,
                              int64_t id, int64_t by)
{
    struct audit_field fields[] = {{"role", NULL, NULL}};

    return audit_add(
        db, now,
        &(struct audit_entry){.actor = by != 0 ? ACTOR_STAFF : ACTOR_COMMAND,
                              .actor_id = by,
                              .action = action,
                              .entity_id = id,
                              .fields = fields,
                              .n_fields = 1});
}

/* Is there an active owner beside this one? Locks the owners' rows, so that two of them
 * cannot take one another's role away at the same time. */
static enum status other_owner(struct db *db, int64_t id)
{
    enum status st = db_select(db,
                               "SELECT id FROM staff WHERE role = ?"
                               " AND dismissed_at IS NULL FOR UPDATE",
                               DB_INT(ROLE_OWNER));

    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        if (db_int(db, 0) != id)
            return ST_OK;
    return st == ST_NONE ? ST_REFUSED : st;
}

static enum status staff_insert(struct db *db, int64_t now,
                                const struct staff_spec *spec, int64_t *id)
{
    char unnamed[40];
    struct buf name = {0};
    enum status st = ST_BROKEN;

    if (spec->name != NULL)
        utf_add_name(&name, spec->name, strlen(spec->name), CONTACT_NAME_MAX);
    snprintf(unnamed, sizeof unnamed, "№ %lld", (long long)spec->external_id);
    if (!name.failed)
        st = db_exec(db, NULL,
                     "INSERT INTO staff (channel, external_id, name, language, role,"
                     " created_at) VALUES (?, ?, ?, ?, ?, ?)",
                     DB_INT(spec->channel), DB_INT(spec->external_id),
                     DB_TEXT(name.len > 0 ? name.s : unnamed),
                     DB_TEXT(spec->language != NULL ? spec->language : "ru"),
                     DB_INT(spec->role), DB_TIME(now));
    buf_free(&name);
    if (st == ST_OK) {
        *id = db_last_id(db);
        st = stat_leave_out_staff(db, now, spec->channel, spec->external_id);
    }
    return st == ST_TAKEN ? ST_AGAIN : st; /* made this very moment */
}

/* Another role, or none: whoever is logged in to the panel as what they were is out. */
static enum status sessions_end(struct db *db, int64_t id)
{
    return db_exec(db, NULL,
                   "UPDATE admin_account SET epoch = epoch + 1 WHERE staff_id = ?",
                   DB_INT(id));
}

static enum status staff_promote(struct db *db, const struct staff *was, enum role role)
{
    enum status st = ST_OK;

    if (was->role == ROLE_OWNER && was->active && role != ROLE_OWNER)
        st = other_owner(db, was->id);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE staff SET role = ?, dismissed_at = NULL,"
                     " version = version + 1 WHERE id = ?",
                     DB_INT(role), DB_INT(was->id));
    if (st == ST_OK && (was->role != role || !was->active))
        st = sessions_end(db, was->id);
    return st;
}

enum status staff_stores(struct db *db, int64_t staff_id, int64_t *out, int room,
                         int *n)
{
    enum status st = db_select(db,
                               "SELECT store_id FROM staff_store WHERE staff_id = ?"
                               " ORDER BY store_id LIMIT ?",
                               DB_INT(staff_id), DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK)
        out[(*n)++] = db_int(db, 0);
    return st == ST_NONE ? ST_OK : st;
}

/* Who left and is hired for a store works there: where else they were, those say who may
 * there. */
static enum status stores_forget(struct db *db, int64_t id)
{
    return db_exec(db, NULL, "DELETE FROM staff_store WHERE staff_id = ?", DB_INT(id));
}

static enum status staff_bind(struct db *db, int64_t id, int64_t store_id)
{
    enum status st = db_one(db,
                            "SELECT 1 FROM staff_store WHERE staff_id = ?"
                            " AND store_id = ?",
                            DB_INT(id), DB_INT(store_id));

    if (st != ST_NONE)
        return st;
    st = db_exec(db, NULL, "INSERT INTO staff_store (staff_id, store_id) VALUES (?, ?)",
                 DB_INT(id), DB_INT(store_id));
    return st == ST_TAKEN ? ST_OK : st;
}

enum status staff_add(struct db *db, int64_t now, const struct staff_spec *spec,
                      struct staff *out)
{
    struct staff was;
    int64_t id = 0;
    enum status st;

    if (spec->role <= ROLE_UNSET || spec->role >= ROLE_COUNT || spec->external_id <= 0)
        return ST_BAD;
    st = staff_find(db, spec->channel, spec->external_id, &was);
    if (st == ST_NONE)
        st = staff_insert(db, now, spec, &id);
    else if (st == ST_OK) {
        id = was.id;
        st = staff_lock(db, id,
                        &was); /* what it is by now, and stays until we are done */
        if (st == ST_OK)
            st = staff_promote(db, &was, spec->role);
        if (st == ST_OK && !was.active && spec->store_id != 0)
            st = stores_forget(db, id);
    }
    if (st == ST_OK && spec->store_id != 0)
        st = staff_bind(db, id, spec->store_id);
    if (st == ST_OK)
        st = staff_note(db, now, "staff.add", id, spec->by);
    return st == ST_OK ? staff_load(db, id, out) : st;
}

enum status staff_dismiss(struct db *db, int64_t now, int64_t id, int64_t by)
{
    struct staff was;
    int64_t changed;
    enum status st = staff_lock(db, id, &was);

    if (st == ST_OK && was.role == ROLE_OWNER && was.active)
        st = other_owner(db, id);
    if (st != ST_OK)
        return st;
    st = db_exec(db, &changed,
                 "UPDATE staff SET dismissed_at = ?, version = version + 1"
                 " WHERE id = ? AND dismissed_at IS NULL",
                 DB_TIME(now), DB_INT(id));
    if (st == ST_OK && changed == 0)
        st = ST_NONE;
    if (st == ST_OK)
        st = sessions_end(db, id);
    return st == ST_OK ? staff_note(db, now, "staff.dismiss", id, by) : st;
}

/* ---- meeting -------------------------------------------------------------------- */

static void contact_name(struct buf *out, const struct contact *c)
{
    struct buf last = {0};

    if (c->first_name != NULL)
        utf_add_name(out, c->first_name, c->first_n, CONTACT_NAME_MAX / 2);
    if (c->last_name != NULL)
        utf_add_name(&last, c->last_name, c->last_n, CONTACT_NAME_MAX / 2 - 1);
    if (last.len > 0) {
        if (out->len > 0)
            buf_addc(out, ' ');
        buf_add(out, last.s, last.len);
    }
    out->failed |= last.failed;
    buf_free(&last);
}

enum status staff_seen(struct db *db, int64_t now, const struct staff *s,
                       const struct contact *c)
{
    struct buf name = {0};
    enum status st = ST_OK;

    (void)now;
    contact_name(&name, c);
    if (name.failed)
        st = ST_BROKEN;
    else if (name.len > 0 && strcmp(name.s, s->name) != 0)
        st = db_exec(db, NULL,
                     "UPDATE staff SET name = ?, version = version + 1"
                     " WHERE id = ? AND named = 0",
                     DB_TEXT(name.s), DB_INT(s->id));
    buf_free(&name);
    return st;
}

enum status staff_touch(struct db *db, int64_t id)
{
    return db_exec(db, NULL, "UPDATE staff SET version = version + 1 WHERE id = ?",
                   DB_INT(id));
}

enum status staff_language(struct db *db, int64_t id, const char *language)
{
    if (strcmp(language, "ru") != 0 && strcmp(language, "en") != 0)
        return ST_BAD;
    return db_exec(db, NULL, "UPDATE staff SET language = ? WHERE id = ?",
                   DB_TEXT(language), DB_INT(id));
}

enum status staff_owner_first(struct db *db, int64_t now, int64_t external_id)
{
    struct staff owner;
    /* Dismissed ones count: changing the setting later adds nobody. */
    enum status st =
        db_one(db, "SELECT 1 FROM staff WHERE role = ? LIMIT 1", DB_INT(ROLE_OWNER));

    if (st != ST_NONE)
        return st == ST_OK ? ST_NONE : st;
    return staff_add(db, now,
                     &(struct staff_spec){.channel = CHANNEL_MESSENGER,
                                          .external_id = external_id,
                                          .role = ROLE_OWNER},
                     &owner);
}

enum status staff_names(struct db *db, staff_named *fn, void *arg)
{
    enum status st = db_select(db, "SELECT id, name FROM staff ORDER BY id");

    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        fn(arg, db_int(db, 0), db_text(db, 1, NULL));
    return st == ST_NONE ? ST_OK : st;
}
