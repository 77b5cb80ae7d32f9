/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/store.h"

#include "core/audit.h"
#include "core/staff/hours.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS                                                                        \
    "s.id, s.name, s.city, s.address, s.hours, s.tz, s.closed_at, s.training,"         \
    " s.lat_e6, s.lon_e6, s.version"

static void store_read(const struct db *db, struct store *out)
{
    *out = (struct store){
        .id = db_int(db, 0),
        .open = db_is_null(db, 6),
        .training = db_int(db, 7) != 0,
        .has_geo = !db_is_null(db, 8),
        .lat_e6 = (int32_t)db_int(db, 8),
        .lon_e6 = (int32_t)db_int(db, 9),
        .version = db_int(db, 10),
    };
    snprintf(out->name, sizeof out->name, "%s", db_text(db, 1, NULL));
    snprintf(out->city, sizeof out->city, "%s", db_text(db, 2, NULL));
    snprintf(out->address, sizeof out->address, "%s", db_text(db, 3, NULL));
    snprintf(out->hours, sizeof out->hours, "%s", db_text(db, 4, NULL));
    snprintf(out->tz, sizeof out->tz, "%s", db_text(db, 5, NULL));
}

static const char *text_or_empty(const char *s)
{
    return s != NULL ? s : "";
}

static enum status store_of_name(struct db *db, const char *name, int64_t *id)
{
    enum status st = db_one(db, "SELECT id FROM store WHERE name = ?", DB_TEXT(name));

    if (st == ST_OK)
        *id = db_int(db, 0);
    return st;
}

enum status store_add(struct db *db, int64_t now, const struct store_spec *spec,
                      int64_t *id)
{
    struct hours hours;
    enum status st;

    if (spec->name == NULL || spec->name[0] == '\0' ||
        hours_read(text_or_empty(spec->hours), &hours) == ST_BAD)
        return ST_BAD;
    st = store_of_name(db, spec->name, id);
    if (st != ST_NONE)
        return st == ST_OK ? ST_TAKEN : st;
    st = db_exec(db, NULL,
                 "INSERT INTO store (name, city, address, hours, tz, created_at)"
                 " VALUES (?, ?, ?, ?, ?, ?)",
                 DB_TEXT(spec->name), DB_TEXT(text_or_empty(spec->city)),
                 DB_TEXT(text_or_empty(spec->address)),
                 DB_TEXT(text_or_empty(spec->hours)), DB_TEXT(text_or_empty(spec->tz)),
                 DB_TIME(now));
    if (st != ST_OK)
        return st == ST_TAKEN ? ST_AGAIN : st; /* made this very moment */
    *id = db_last_id(db);
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = spec->by != 0 ? ACTOR_STAFF : ACTOR_SYSTEM,
                              .actor_id = spec->by,
                              .action = "store.add",
                              .entity_id = *id});
}

enum status store_load(struct db *db, int64_t id, struct store *out)
{
    enum status st =
        db_one(db, "SELECT " COLUMNS " FROM store s WHERE s.id = ?", DB_INT(id));

    if (st == ST_OK)
        store_read(db, out);
    return st;
}

enum status store_list(struct db *db, int64_t staff_id, struct store *out, int room,
                       int *n)
{
    enum status st =
        db_select(db,
                  "SELECT " COLUMNS " FROM store s WHERE s.closed_at IS NULL"
                  " AND (? = 0 OR EXISTS (SELECT 1 FROM staff_store b"
                  " WHERE b.staff_id = ? AND b.store_id = s.id))"
                  " ORDER BY s.name LIMIT ?",
                  DB_INT(staff_id), DB_INT(staff_id), DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK)
        store_read(db, &out[(*n)++]);
    return st == ST_NONE ? ST_OK : st;
}

enum status store_page(struct db *db, int offset, int room, struct store *out, int *n,
                       int *total)
{
    enum status st = db_one(db, "SELECT COUNT(*) FROM store WHERE closed_at IS NULL");

    *n = 0;
    if (st != ST_OK)
        return st;
    *total = (int)db_int(db, 0);
    st = db_select(db,
                   "SELECT " COLUMNS " FROM store s WHERE s.closed_at IS NULL"
                   " ORDER BY s.city, s.name LIMIT ? OFFSET ?",
                   DB_INT(room), DB_INT(offset));
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK)
        store_read(db, &out[(*n)++]);
    return st == ST_NONE ? ST_OK : st;
}

enum status store_names(struct db *db, store_named *fn, void *arg)
{
    enum status st = db_select(db, "SELECT id, name FROM store ORDER BY id");

    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        fn(arg, db_int(db, 0), db_text(db, 1, NULL));
    return st == ST_NONE ? ST_OK : st;
}
