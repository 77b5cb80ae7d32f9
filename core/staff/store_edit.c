/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/store_edit.h"

#include "core/audit.h"
#include "core/base/tz.h"
#include "core/staff/hours.h"
#include "core/staff/invite.h"

#include <string.h>

#define LAT_MAX 90000000
#define LON_MAX 180000000

enum status store_lock(struct db *db, int64_t id, struct store *out)
{
    enum status st =
        db_one(db, "SELECT 1 FROM store WHERE id = ? FOR UPDATE", DB_INT(id));

    return st == ST_OK ? store_load(db, id, out) : st;
}

static bool on_the_globe(const struct store *s)
{
    return !s->has_geo || (s->lat_e6 >= -LAT_MAX && s->lat_e6 <= LAT_MAX &&
                           s->lon_e6 >= -LON_MAX && s->lon_e6 <= LON_MAX);
}

static bool zone_known(const char *name)
{
    struct tz *tz = *name != '\0' ? tz_open(name) : NULL;
    bool known = *name == '\0' || tz != NULL;

    tz_close(tz);
    return known;
}

static bool can_be(const struct store *s)
{
    struct hours hours;

    return s->name[0] != '\0' && hours_read(s->hours, &hours) != ST_BAD &&
           zone_known(s->tz) && on_the_globe(s);
}

/* Another one's name, asked before: a unique key's refusal would say no more. */
static enum status name_free(struct db *db, const struct store *as)
{
    enum status st = db_one(db, "SELECT 1 FROM store WHERE name = ? AND id <> ?",
                            DB_TEXT(as->name), DB_INT(as->id));

    return st == ST_OK ? ST_TAKEN : st == ST_NONE ? ST_OK : st;
}

/* Which of the texts differ: of a store nothing is personal. */
static size_t fields_of(const struct store *was, const struct store *is,
                        struct audit_field out[6])
{
    const struct audit_field all[] = {
        {"name", was->name, is->name},
        {"city", was->city, is->city},
        {"address", was->address, is->address},
        {"hours", was->hours, is->hours},
        {"tz", was->tz, is->tz},
    };
    size_t n = 0;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].was, all[i].is) != 0)
            out[n++] = all[i];
    if (was->has_geo != is->has_geo || was->lat_e6 != is->lat_e6 ||
        was->lon_e6 != is->lon_e6)
        out[n++] = (struct audit_field){.name = "geo"};
    return n;
}

static enum status note(struct db *db, int64_t now, const struct staff *by,
                        struct audit_entry entry)
{
    entry.actor = ACTOR_STAFF;
    entry.actor_id = by->id;
    return audit_add(db, now, &entry);
}

enum status store_change(struct db *db, int64_t now, const struct staff *by,
                         const struct store *as)
{
    struct audit_field fields[6];
    struct store was;
    size_t n = 0;
    enum status st = can_be(as) ? store_lock(db, as->id, &was) : ST_BAD;

    if (st == ST_OK && (n = fields_of(&was, as, fields)) == 0)
        return ST_OK;
    if (st == ST_OK)
        st = name_free(db, as);
    if (st != ST_OK)
        return st;
    st = db_exec(db, NULL,
                 "UPDATE store SET name = ?, city = ?, address = ?, hours = ?, tz = ?,"
                 " lat_e6 = ?, lon_e6 = ?, version = version + 1 WHERE id = ?",
                 DB_TEXT(as->name), DB_TEXT(as->city), DB_TEXT(as->address),
                 DB_TEXT(as->hours), DB_TEXT(as->tz),
                 DB_INT_OR_NULL(as->has_geo, as->lat_e6),
                 DB_INT_OR_NULL(as->has_geo, as->lon_e6), DB_INT(as->id));
    if (st != ST_OK)
        return st;
    return note(db, now, by,
                (struct audit_entry){.action = "store.edit",
                                     .entity_id = as->id,
                                     .fields = fields,
                                     .n_fields = n});
}

static enum status shifts_open(struct db *db, int64_t id, int *n)
{
    enum status st = db_one(db,
                            "SELECT COUNT(*) FROM shift WHERE store_id = ?"
                            " AND open_one IS NOT NULL",
                            DB_INT(id));

    if (st == ST_OK)
        *n = (int)db_int(db, 0);
    return st == ST_OK && *n > 0 ? ST_TAKEN : st;
}

enum status store_shut(struct db *db, int64_t now, const struct staff *by, int64_t id,
                       int *n)
{
    struct store s;
    enum status st = store_lock(db, id, &s);

    *n = 0;
    if (st != ST_OK || !s.open)
        return st;
    st = shifts_open(db, id, n);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE store SET closed_at = ?, version = version + 1"
                     " WHERE id = ?",
                     DB_TIME(now), DB_INT(id));
    if (st == ST_OK)
        st = invite_revoke_of(db, now, id);
    return st == ST_OK
               ? note(db, now, by,
                      (struct audit_entry){.action = "store.close", .entity_id = id})
               : st;
}

enum status store_reopen(struct db *db, int64_t now, const struct staff *by, int64_t id)
{
    struct store s;
    enum status st = store_lock(db, id, &s);

    if (st != ST_OK || s.open)
        return st;
    st = db_exec(db, NULL,
                 "UPDATE store SET closed_at = NULL, version = version + 1"
                 " WHERE id = ?",
                 DB_INT(id));
    return st == ST_OK
               ? note(db, now, by,
                      (struct audit_entry){.action = "store.reopen", .entity_id = id})
               : st;
}
