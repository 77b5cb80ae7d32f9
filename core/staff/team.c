/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/team.h"

#include "core/audit.h"
#include "core/base/buf.h"
#include "core/base/secret.h"
#include "core/base/utf.h"
#include "core/staff/till.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS                                                                        \
    "p.id, p.channel, p.external_id, p.name, p.language, p.role, p.dismissed_at"

static void member_read(const struct db *db, struct staff *out)
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

/* ---- lists ---------------------------------------------------------------------- */

enum status team_list(struct db *db, const struct staff *by, int skip,
                      struct team_member *out, int room, int *n)
{
    bool all = role_scope(by->role, PERM_STAFF_VIEW) == SCOPE_ALL;
    enum status st = db_select(
        db,
        "SELECT " COLUMNS ", EXISTS (SELECT 1 FROM shift h WHERE h.open_one = p.id)"
        " FROM staff p WHERE p.dismissed_at IS NULL AND (? = 1 OR EXISTS"
        " (SELECT 1 FROM staff_store a JOIN staff_store b ON b.store_id = a.store_id"
        " WHERE a.staff_id = p.id AND b.staff_id = ?))"
        " ORDER BY p.name, p.id LIMIT ? OFFSET ?",
        DB_INT(all), DB_INT(by->id), DB_INT(room), DB_INT(skip));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK) {
        member_read(db, &out[*n].staff);
        out[(*n)++].on_shift = db_int(db, 7) != 0;
    }
    return st == ST_NONE ? ST_OK : st;
}

enum status team_who_may(struct db *db, const struct team_ask *ask, struct staff *out,
                         int room, int *n)
{
    struct staff one;
    bool here;
    enum status st = db_select(db,
                               "SELECT " COLUMNS ", EXISTS (SELECT 1 FROM staff_store b"
                               " WHERE b.staff_id = p.id AND (? = 0 OR b.store_id = ?))"
                               " FROM staff p WHERE p.dismissed_at IS NULL"
                               " AND p.channel = ? ORDER BY p.role, p.id",
                               DB_INT(ask->store_id), DB_INT(ask->store_id),
                               DB_INT(CHANNEL_MESSENGER));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK) {
        member_read(db, &one);
        here = db_int(db, 7) != 0;
        if (role_scope(one.role, ask->perm) == SCOPE_ALL ||
            (here && role_may(one.role, ask->perm)))
            out[(*n)++] = one;
    }
    return st == ST_NONE ? ST_OK : st;
}

/* Owners work everywhere; they stand in a shop's list when they are bound to it. */
enum status team_of_store(struct db *db, int64_t store_id, struct staff *out, int room,
                          int *n)
{
    enum status st = db_select(db,
                               "SELECT " COLUMNS " FROM staff p JOIN staff_store b"
                               " ON b.staff_id = p.id WHERE p.dismissed_at IS NULL"
                               " AND b.store_id = ? ORDER BY p.name, p.id",
                               DB_INT(store_id));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK) {
        member_read(db, &out[*n]);
        *n +=
            staff_may(&out[*n], PERM_SHIFT) && staff_may(&out[*n], PERM_DISCOUNT_CHECK);
    }
    return st == ST_NONE ? ST_OK : st;
}

/* ---- who may whom --------------------------------------------------------------- */

/* Are all the stores of who also by's, and is there one at all? */
static enum status only_here(struct db *db, const struct staff *by,
                             const struct staff *who)
{
    enum status st = db_one(db,
                            "SELECT COUNT(*), COUNT(b.store_id) FROM staff_store a"
                            " LEFT JOIN staff_store b ON b.store_id = a.store_id"
                            " AND b.staff_id = ? WHERE a.staff_id = ?",
                            DB_INT(by->id), DB_INT(who->id));

    if (st != ST_OK)
        return st;
    return db_int(db, 0) > 0 && db_int(db, 0) == db_int(db, 1) ? ST_OK : ST_REFUSED;
}

enum status team_sees(struct db *db, const struct staff *by, const struct staff *who)
{
    enum status st;

    if (!staff_may(by, PERM_STAFF_VIEW))
        return ST_REFUSED;
    if (role_scope(by->role, PERM_STAFF_VIEW) == SCOPE_ALL || by->id == who->id)
        return ST_OK;
    st = db_one(db,
                "SELECT 1 FROM staff_store a JOIN staff_store b"
                " ON b.store_id = a.store_id WHERE a.staff_id = ? AND b.staff_id = ?"
                " LIMIT 1",
                DB_INT(who->id), DB_INT(by->id));
    return st == ST_NONE ? ST_REFUSED : st;
}

enum status team_may(struct db *db, const struct staff *by, const struct staff *who)
{
    bool above = role_below(by->role, who->role) ||
                 (by->role == ROLE_OWNER && who->role == ROLE_OWNER);

    if (!staff_may(by, PERM_STAFF_DISMISS) || by->id == who->id || !above)
        return ST_REFUSED;
    return role_scope(by->role, PERM_STAFF_DISMISS) == SCOPE_ALL
               ? ST_OK
               : only_here(db, by, who);
}

static enum status load_for(struct db *db, const struct team_act *act,
                            struct staff *out)
{
    enum status st = staff_lock(db, act->who, out);

    if (st == ST_OK && !out->active)
        st = ST_NONE;
    return st == ST_OK ? team_may(db, act->by, out) : st;
}

/* ---- changes -------------------------------------------------------------------- */

static enum status team_note(struct db *db, int64_t now, const char *action,
                             const struct team_act *act)
{
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = act->by->id,
                                           .action = action,
                                           .entity_id = act->who});
}

/* Beyond the 52 bits a messenger's numbers have: nobody is written to by mistake. */
static int64_t number_of_ours(void)
{
    return (int64_t)(secret_random_below(1ULL << 60) | 1ULL << 60);
}

enum status team_hire(struct db *db, int64_t now, const struct team_hire *h,
                      struct staff *out)
{
    struct staff_spec spec = {.channel = CHANNEL_TILL,
                              .external_id = number_of_ours(),
                              .language = h->by->language,
                              .role = ROLE_CASHIER,
                              .store_id = h->store_id,
                              .by = h->by->id};
    struct buf name = {0};
    enum status st = role_below(h->by->role, ROLE_CASHIER) ? ST_OK : ST_REFUSED;

    if (st == ST_OK)
        st = staff_may_at(db, h->by, PERM_STAFF_INVITE, h->store_id);
    utf_add_name(&name, h->name, h->n, CONTACT_NAME_MAX);
    if (st == ST_OK && name.len == 0)
        st = ST_BAD;
    spec.name = name.s;
    if (st == ST_OK)
        st = staff_add(db, now, &spec, out);
    buf_free(&name);
    return st;
}

enum status team_dismiss(struct db *db, int64_t now, const struct team_act *act,
                         struct staff *out)
{
    enum status st = load_for(db, act, out);

    if (st == ST_OK)
        st = staff_dismiss(db, now, act->who, act->by->id);
    if (st == ST_OK)
        st = shift_close_of(db, now, act->who);
    if (st == ST_OK)
        st = pin_forget(db, act->who);
    return st == ST_OK ? till_let_go(db, act->who) : st;
}

enum status team_role(struct db *db, int64_t now, const struct team_act *act,
                      enum role role, struct staff *out)
{
    enum status st = load_for(db, act, out);

    if (st == ST_OK && !role_below(act->by->role, role))
        st = ST_REFUSED;
    if (st == ST_OK)
        st = staff_add(db, now,
                       &(struct staff_spec){.channel = out->channel,
                                            .external_id = out->external_id,
                                            .role = role,
                                            .by = act->by->id},
                       out);
    return st;
}

enum status team_return(struct db *db, int64_t now, const struct team_act *act,
                        struct staff *out)
{
    enum status st = staff_lock(db, act->who, out);

    if (st == ST_OK)
        st = team_may(db, act->by, out);
    if (st != ST_OK || out->active)
        return st;
    return staff_add(db, now,
                     &(struct staff_spec){.channel = out->channel,
                                          .external_id = out->external_id,
                                          .role = out->role,
                                          .by = act->by->id},
                     out);
}

enum status team_rename(struct db *db, int64_t now, const struct team_act *act,
                        const char *name)
{
    struct buf safe = {0};
    struct staff who;
    enum status st = load_for(db, act, &who);

    utf_add_name(&safe, name, strlen(name), CONTACT_NAME_MAX);
    if (st == ST_OK && safe.len == 0)
        st = safe.failed ? ST_BROKEN : ST_BAD;
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE staff SET name = ?, named = 1, version = version + 1"
                     " WHERE id = ?",
                     DB_TEXT(safe.s), DB_INT(act->who));
    buf_free(&safe);
    return st == ST_OK ? team_note(db, now, "staff.rename", act) : st;
}

enum status team_pin_give(struct db *db, int64_t now, const struct team_act *act,
                          char digits[PIN_ONCE_DIGITS + 1])
{
    struct staff who;
    enum status st = load_for(db, act, &who);

    if (st == ST_OK)
        st = pin_reset(db, now, act->who, act->by->id, digits);
    return st == ST_OK ? staff_touch(db, act->who) : st;
}

static enum status bind_row(struct db *db, const struct team_act *act, int64_t store_id,
                            bool bound)
{
    enum status st = db_exec(db, NULL,
                             "DELETE FROM staff_store WHERE staff_id = ?"
                             " AND store_id = ?",
                             DB_INT(act->who), DB_INT(store_id));

    if (st != ST_OK || !bound)
        return st;
    return db_exec(db, NULL,
                   "INSERT INTO staff_store (staff_id, store_id) VALUES (?, ?)",
                   DB_INT(act->who), DB_INT(store_id));
}

/* A shift open where they may not work any more ends, as with a dismissal. */
static enum status shift_leave(struct db *db, int64_t now, const struct staff *who,
                               int64_t store_id)
{
    struct shift s;
    enum status st = staff_may_at(db, who, PERM_SHIFT, store_id);

    if (st != ST_REFUSED)
        return st; /* they go on working everywhere */
    st = shift_current(db, who->id, &s);
    if (st == ST_OK && s.store_id == store_id)
        st = shift_close_of(db, now, who->id);
    return st == ST_NONE ? ST_OK : st;
}

enum status team_bind(struct db *db, int64_t now, const struct team_act *act,
                      int64_t store_id, bool bound)
{
    struct staff who;
    enum status st = load_for(db, act, &who);

    if (st == ST_OK)
        st = staff_may_at(db, act->by, PERM_STAFF_DISMISS, store_id);
    if (st == ST_OK)
        st = bind_row(db, act, store_id, bound);
    if (st == ST_OK)
        st = staff_touch(db, act->who);
    if (st == ST_OK && !bound)
        st = shift_leave(db, now, &who, store_id);
    if (st == ST_OK)
        st = team_note(db, now, bound ? "staff.bind" : "staff.unbind", act);
    return st;
}
