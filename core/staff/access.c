/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/access.h"

#include "core/audit.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/utf.h"

#include <stdio.h>
#include <string.h>

#define SELECT                                                                         \
    "SELECT a.id, a.channel, a.external_id, a.name, a.username, a.language, a.state,"  \
    " a.asked_at, a.decided_by, p.name FROM access_request a"                          \
    " LEFT JOIN staff p ON p.id = a.decided_by"

static enum status access_take(struct db *db, enum status st, struct access *out)
{
    if (st != ST_OK)
        return st;
    *out = (struct access){.id = db_int(db, 0),
                           .channel = (enum channel)db_int(db, 1),
                           .external_id = db_int(db, 2),
                           .state = (enum access_state)db_int(db, 6),
                           .asked_at = db_time(db, 7),
                           .decided_by = db_int(db, 8)};
    snprintf(out->name, sizeof out->name, "%s", db_text(db, 3, NULL));
    snprintf(out->username, sizeof out->username, "%s", db_text(db, 4, NULL));
    snprintf(out->language, sizeof out->language, "%s", db_text(db, 5, NULL));
    if (!db_is_null(db, 9))
        snprintf(out->decider, sizeof out->decider, "%s", db_text(db, 9, NULL));
    return ST_OK;
}

enum status access_load(struct db *db, int64_t id, struct access *out)
{
    return access_take(db, db_one(db, SELECT " WHERE a.id = ?", DB_INT(id)), out);
}

enum status access_waiting(struct db *db, int64_t now, struct access *out, int room,
                           int *n)
{
    enum status st = db_select(
        db,
        SELECT " WHERE a.asked_at > ? AND a.state = ? ORDER BY a.asked_at"
               " LIMIT ?",
        DB_TIME(now - ACCESS_LIFE_HOURS * HOUR), DB_INT(ACCESS_OPEN), DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK)
        st = access_take(db, st, &out[(*n)++]);
    return st == ST_NONE ? ST_OK : st;
}

static enum status access_note(struct db *db, int64_t now, const char *action,
                               const struct access_decision *d)
{
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = d->by->id,
                                           .action = action,
                                           .entity_id = d->id});
}

/* ---- asking --------------------------------------------------------------------- */

static enum status newest_of(struct db *db, const struct contact *who,
                             struct access *out)
{
    return access_take(db,
                       db_one(db,
                              SELECT " WHERE a.channel = ? AND a.external_id = ?"
                                     " ORDER BY a.id DESC LIMIT 1",
                              DB_INT(who->channel), DB_INT(who->external_id)),
                       out);
}

/* ST_OK: they may ask; else *result says why not. */
static enum status may_ask(struct db *db, int64_t now, const struct contact *who,
                           enum access_result *result, struct access *last)
{
    struct staff s;
    enum status st = staff_find(db, who->channel, who->external_id, &s);

    *result = 0;
    if (st == ST_OK && s.active)
        *result = ACCESS_STAFF;
    if (st == ST_OK || st == ST_NONE)
        st = newest_of(db, who, last);
    if (st == ST_OK && *result == 0) {
        if (last->state == ACCESS_OPEN &&
            last->asked_at > now - ACCESS_LIFE_HOURS * HOUR)
            *result = ACCESS_WAITS;
        if (last->state == ACCESS_REFUSED &&
            last->asked_at > now - ACCESS_AGAIN_HOURS * HOUR)
            *result = ACCESS_NOT_YET;
    }
    if (st == ST_OK || st == ST_NONE)
        st = db_one(db, "SELECT COUNT(*) FROM access_request WHERE asked_at > ?",
                    DB_TIME(now - HOUR));
    if (st == ST_OK && *result == 0 && db_int(db, 0) >= ACCESS_AN_HOUR)
        *result = ACCESS_BUSY;
    return st;
}

static enum status access_insert(struct db *db, int64_t now, const struct contact *who)
{
    struct buf name = {0}, user = {0};
    enum status st = ST_BROKEN;

    if (who->first_name != NULL)
        utf_add_name(&name, who->first_name, who->first_n, CONTACT_NAME_MAX);
    if (name.len == 0)
        buf_adds(&name, "?");
    if (who->username != NULL)
        utf_add_name(&user, who->username, strlen(who->username), CONTACT_NAME_MAX);
    if (!name.failed && !user.failed)
        st = db_exec(db, NULL,
                     "INSERT INTO access_request (channel, external_id, name, username,"
                     " language, asked_at) VALUES (?, ?, ?, ?, ?, ?)",
                     DB_INT(who->channel), DB_INT(who->external_id), DB_TEXT(name.s),
                     DB_TEXT(user.len > 0 ? user.s : ""), DB_TEXT(who->language),
                     DB_TIME(now));
    buf_free(&name);
    buf_free(&user);
    return st == ST_TAKEN ? ST_AGAIN : st; /* asked this very moment */
}

enum status access_ask(struct db *db, int64_t now, const struct contact *who,
                       enum access_result *result, struct access *out)
{
    enum status st = may_ask(db, now, who, result, out);

    if (st != ST_OK || *result != 0)
        return st;
    *result = ACCESS_ASKED;
    /* Their own old one only: a request made this very moment is another tap of theirs. */
    st = db_exec(db, NULL,
                 "UPDATE access_request SET state = ?, decided_at = ?"
                 " WHERE channel = ? AND external_id = ? AND state = ?"
                 " AND asked_at <= ?",
                 DB_INT(ACCESS_EXPIRED), DB_TIME(now), DB_INT(who->channel),
                 DB_INT(who->external_id), DB_INT(ACCESS_OPEN),
                 DB_TIME(now - ACCESS_LIFE_HOURS * HOUR));
    if (st == ST_OK)
        st = access_insert(db, now, who);
    return st == ST_OK ? access_load(db, db_last_id(db), out) : st;
}

/* ---- deciding ------------------------------------------------------------------- */

enum status access_may(struct db *db, const struct access_decision *d)
{
    bool all = role_scope(d->by->role, PERM_STAFF_INVITE) == SCOPE_ALL;

    if (!staff_may(d->by, PERM_STAFF_INVITE))
        return ST_REFUSED;
    if (d->role != ROLE_UNSET && !role_below(d->by->role, d->role))
        return ST_REFUSED;
    if (d->store_id == 0)
        return all || d->role == ROLE_UNSET ? ST_OK : ST_REFUSED;
    return staff_may_at(db, d->by, PERM_STAFF_INVITE, d->store_id);
}

/* The WHERE is the lock: of two managers one changes a row. */
static enum status decide(struct db *db, int64_t now, const struct access_decision *d,
                          enum access_state to, struct access *a)
{
    int64_t changed;
    enum status st = access_may(db, d);

    if (st != ST_OK)
        return st;
    st = db_exec(db, &changed,
                 "UPDATE access_request SET state = ?, decided_at = ?, decided_by = ?"
                 " WHERE id = ? AND state = ? AND asked_at > ?",
                 DB_INT(to), DB_TIME(now), DB_INT(d->by->id), DB_INT(d->id),
                 DB_INT(ACCESS_OPEN), DB_TIME(now - ACCESS_LIFE_HOURS * HOUR));
    if (st != ST_OK)
        return st;
    st = access_load(db, d->id, a);
    return st == ST_OK && changed == 0 ? ST_TAKEN : st;
}

/* They came in by another way since they asked: their role and stores stay as they are,
 * and the request is over. ST_TAKEN: so it is. */
static enum status over_when_staff(struct db *db, struct access *a)
{
    struct staff s;
    enum status st = staff_find(db, a->channel, a->external_id, &s);

    if (st != ST_OK || !s.active)
        return st == ST_NONE ? ST_OK : st;
    st = db_exec(db, NULL,
                 "UPDATE access_request SET state = ?, decided_by = NULL WHERE id = ?",
                 DB_INT(ACCESS_EXPIRED), DB_INT(a->id));
    if (st == ST_OK)
        st = access_load(db, a->id, a);
    return st == ST_OK ? ST_TAKEN : st;
}

enum status access_accept(struct db *db, int64_t now, const struct access_decision *d,
                          struct access *a, struct staff *out)
{
    enum status st = d->role != ROLE_UNSET ? ST_OK : ST_REFUSED;

    if (st == ST_OK)
        st = decide(db, now, d, ACCESS_ACCEPTED, a);
    if (st == ST_OK)
        st = over_when_staff(db, a);
    if (st == ST_OK)
        st = staff_add(db, now,
                       &(struct staff_spec){.channel = a->channel,
                                            .external_id = a->external_id,
                                            .name = a->name,
                                            .language = a->language,
                                            .role = d->role,
                                            .store_id = d->store_id,
                                            .by = d->by->id},
                       out);
    return st == ST_OK ? access_note(db, now, "access.accept", d) : st;
}

enum status access_refuse(struct db *db, int64_t now, const struct access_decision *d,
                          struct access *a)
{
    enum status st = decide(db, now, d, ACCESS_REFUSED, a);

    return st == ST_OK ? access_note(db, now, "access.refuse", d) : st;
}

enum status access_forget(struct db *db, int64_t before, int limit, int *n)
{
    int64_t gone = 0;
    enum status st =
        db_exec(db, &gone, "DELETE FROM access_request WHERE asked_at < ? LIMIT ?",
                DB_TIME(before), DB_INT(limit));

    *n = (int)gone;
    return st;
}
