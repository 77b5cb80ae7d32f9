/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/invite.h"

#include "core/audit.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/staff/team.h"
#include "core/staff/till.h"

#include <string.h>

#define LIFE (INVITE_LIFE_HOURS * HOUR)

static enum status may_invite(struct db *db, const struct staff *by, enum role as,
                              int64_t store_id)
{
    if (by == NULL)
        return ST_OK;
    if (!role_may_invite(by->role, as))
        return ST_REFUSED;
    return staff_may_at(db, by, PERM_STAFF_INVITE, store_id);
}

static enum status invite_row(struct db *db, int64_t now, const struct staff *by,
                              const struct invite_more *m, char token[INVITE_TOKEN + 1])
{
    const struct staff_spec *as = &m->as;
    const int64_t life = m->hours != 0 ? m->hours * HOUR : LIFE;
    uint8_t hash[SHA256_BYTES];
    int64_t by_id = by != NULL ? by->id : 0;

    secret_token22(token);
    secret_sha256(token, INVITE_TOKEN, hash);
    return db_exec(db, NULL,
                   "INSERT INTO invite (token_hash, role, till, store_id, made_by,"
                   " created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                   DB_BYTES(hash, sizeof hash), DB_INT(as->role), DB_INT(as->till),
                   DB_INT_OR_NULL(as->store_id != 0, as->store_id),
                   DB_INT_OR_NULL(by_id != 0, by_id), DB_TIME(now),
                   DB_TIME(now + life));
}

static enum status invite_note(struct db *db, int64_t now, const char *action,
                               const struct staff *by, int64_t id)
{
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = by != NULL ? ACTOR_STAFF : ACTOR_COMMAND,
                              .actor_id = by != NULL ? by->id : 0,
                              .action = action,
                              .entity_id = id});
}

static bool can_be(const struct invite_more *m)
{
    if (m->n_stores > INVITE_STORES_MAX || m->hours < 0 ||
        m->hours > INVITE_LIFE_MAX_HOURS)
        return false;
    if (m->as.till)
        return m->as.store_id != 0 && m->n_stores <= 1;
    return m->as.role > ROLE_UNSET && m->as.role < ROLE_COUNT;
}

enum status invite_make_more(struct db *db, int64_t now, const struct staff *by,
                             struct invite_more *m, char token[INVITE_TOKEN + 1])
{
    const enum role as = m->as.till ? ROLE_CASHIER : m->as.role;
    enum status st;

    if (m->n_stores > 0)
        m->as.store_id = m->stores[0];
    st = can_be(m) ? may_invite(db, by, as, m->as.store_id) : ST_BAD;
    for (size_t i = 1; st == ST_OK && i < m->n_stores; i++)
        st = may_invite(db, by, as, m->stores[i]);
    if (st == ST_OK)
        st = invite_row(db, now, by, m, token);
    if (st != ST_OK)
        return st;
    m->id = db_last_id(db);
    for (size_t i = 1; st == ST_OK && i < m->n_stores; i++)
        st = db_exec(db, NULL,
                     "INSERT INTO invite_store (invite_id, store_id) VALUES (?, ?)",
                     DB_INT(m->id), DB_INT(m->stores[i]));
    return st == ST_OK ? invite_note(db, now, "invite.make", by, m->id) : st;
}

enum status invite_make(struct db *db, int64_t now, const struct staff *by,
                        const struct staff_spec *as, char token[INVITE_TOKEN + 1])
{
    struct invite_more m = {.as = *as};

    return invite_make_more(db, now, by, &m, token);
}

/* ---- taking back ---------------------------------------------------------------- */

enum status invite_revoke(struct db *db, int64_t now, const struct staff *by,
                          int64_t id)
{
    int64_t store, maker, changed;
    bool till;
    enum role role;
    enum status st = db_one(db,
                            "SELECT role, till, store_id, made_by FROM invite"
                            " WHERE id = ? FOR UPDATE",
                            DB_INT(id));

    if (st != ST_OK)
        return st;
    role = (enum role)db_int(db, 0);
    till = db_int(db, 1) != 0;
    store = db_int(db, 2);
    maker = db_int(db, 3);
    if (maker != by->id || !staff_may(by, PERM_STAFF_INVITE))
        st = may_invite(db, by, till ? ROLE_CASHIER : role, store);
    if (st == ST_OK)
        st = db_exec(db, &changed,
                     "UPDATE invite SET revoked_at = ? WHERE id = ?"
                     " AND used_at IS NULL AND revoked_at IS NULL",
                     DB_TIME(now), DB_INT(id));
    if (st == ST_OK && changed == 0)
        st = ST_TAKEN;
    return st == ST_OK ? invite_note(db, now, "invite.revoke", by, id) : st;
}

enum status invite_revoke_of(struct db *db, int64_t now, int64_t store_id)
{
    return db_exec(db, NULL,
                   "UPDATE invite SET revoked_at = ? WHERE store_id = ?"
                   " AND used_at IS NULL AND revoked_at IS NULL",
                   DB_TIME(now), DB_INT(store_id));
}

/* ---- using ---------------------------------------------------------------------- */

struct invite {
    int64_t id, store_id, made_by, expires_at, used_by;
    bool used, till, revoked;
    enum role role;
};

static enum status invite_find(struct db *db, const char *token, size_t n,
                               struct invite *out)
{
    uint8_t hash[SHA256_BYTES];
    enum status st;

    if (n != INVITE_TOKEN)
        return ST_NONE;
    secret_sha256(token, n, hash);
    st =
        db_one(db,
               "SELECT id, role, store_id, made_by, expires_at, used_at, used_by, till,"
               " revoked_at FROM invite WHERE token_hash = ?",
               DB_BYTES(hash, sizeof hash));
    if (st == ST_OK)
        *out = (struct invite){.id = db_int(db, 0),
                               .role = (enum role)db_int(db, 1),
                               .store_id = db_int(db, 2),
                               .made_by = db_int(db, 3),
                               .expires_at = db_time(db, 4),
                               .used = !db_is_null(db, 5),
                               .used_by = db_int(db, 6),
                               .till = db_int(db, 7) != 0,
                               .revoked = !db_is_null(db, 8)};
    return st;
}

/* Somebody who can do more already keeps that; so does whom the maker could not change:
 * a role is of all their stores, and a manager is one in theirs only. */
static enum status role_of(struct db *db, const struct invite *v,
                           const struct contact *c, enum role *out)
{
    struct staff was, maker;
    enum status st = staff_find(db, c->channel, c->external_id, &was);

    *out = v->role;
    if (st != ST_OK || !was.active)
        return st == ST_NONE ? ST_OK : st;
    if (role_may_invite(was.role, v->role)) {
        *out = was.role;
        return ST_OK;
    }
    if (v->made_by == 0)
        return ST_OK; /* a command at the server */
    st = staff_load(db, v->made_by, &maker);
    if (st == ST_OK)
        st = team_may(db, &maker, &was);
    if (st == ST_REFUSED)
        *out = was.role;
    return st == ST_REFUSED ? ST_OK : st;
}

/* The stores beside the first one, while they are open. */
static enum status join_more(struct db *db, int64_t invite_id, int64_t staff_id)
{
    return db_exec(db, NULL,
                   "INSERT INTO staff_store (staff_id, store_id)"
                   " SELECT ?, b.store_id FROM invite_store b"
                   " JOIN store s ON s.id = b.store_id AND s.closed_at IS NULL"
                   " WHERE b.invite_id = ? AND NOT EXISTS (SELECT 1 FROM staff_store x"
                   " WHERE x.staff_id = ? AND x.store_id = b.store_id)",
                   DB_INT(staff_id), DB_INT(invite_id), DB_INT(staff_id));
}

static enum status join(struct db *db, int64_t now, const struct invite *v,
                        const struct contact *who, struct staff *out)
{
    struct staff_spec spec = {.channel = who->channel,
                              .external_id = who->external_id,
                              .language = who->language,
                              .store_id = v->store_id,
                              .by = v->made_by};
    enum status st = role_of(db, v, who, &spec.role);

    if (st == ST_OK)
        st = staff_add(db, now, &spec, out);
    if (st == ST_OK)
        st = join_more(db, v->id, out->id);
    if (st == ST_OK)
        st = staff_seen(db, now, out, who);
    if (st == ST_OK)
        st = staff_load(db, out->id, out);
    if (st == ST_OK)
        st = db_exec(db, NULL, "UPDATE invite SET used_by = ? WHERE id = ?",
                     DB_INT(out->id), DB_INT(v->id));
    return st;
}

static enum status join_as_till(struct db *db, int64_t now, const struct invite *v,
                                const struct contact *who)
{
    struct till till;

    return till_make(db, now,
                     &(struct till_spec){.channel = who->channel,
                                         .external_id = who->external_id,
                                         .store_id = v->store_id,
                                         .by = v->made_by},
                     &till);
}

/* Is it the link of a shared phone, opened by somebody on their own? */
static enum status personal(struct db *db, const struct invite *v,
                            const struct contact *who, bool *is)
{
    struct staff own;
    enum status st = ST_NONE;

    *is = false;
    if (v->till)
        st = staff_find(db, who->channel, who->external_id, &own);
    if (st == ST_OK)
        *is = own.active;
    return st == ST_NONE ? ST_OK : st;
}

/* Why a used one was used: by this very person it is harmless. */
static enum status used_before(struct db *db, const struct invite *v,
                               const struct contact *who, enum invite_result *result,
                               struct staff *out)
{
    struct till till;
    enum status st;

    *result = INVITE_USED;
    if (v->till) {
        st = till_find(db, who->channel, who->external_id, &till);
        if (st == ST_OK && till.store_id == v->store_id)
            *result = INVITE_TILL;
        return st == ST_NONE ? ST_OK : st;
    }
    st = staff_find(db, who->channel, who->external_id, out);
    if (st == ST_OK && v->used_by == out->id)
        *result = INVITE_ALREADY;
    return st == ST_NONE ? ST_OK : st;
}

struct invite_end {
    enum invite_result result;
    struct staff *out;
};

/* The WHERE is the lock: of two people exactly one changes a row. ST_NONE: not this one. */
static enum status use_up(struct db *db, int64_t now, int64_t id)
{
    int64_t changed;
    enum status st =
        db_exec(db, &changed,
                "UPDATE invite SET used_at = ? WHERE id = ? AND used_at IS NULL"
                " AND revoked_at IS NULL",
                DB_TIME(now), DB_INT(id));

    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

/* Of all its stores beside the first one. */
static enum status maker_may_more(struct db *db, const struct staff *maker, int64_t id)
{
    enum status st;

    if (role_scope(maker->role, PERM_STAFF_INVITE) == SCOPE_ALL)
        return ST_OK;
    st = db_one(db,
                "SELECT 1 FROM invite_store b WHERE b.invite_id = ? AND NOT EXISTS"
                " (SELECT 1 FROM staff_store x WHERE x.staff_id = ?"
                " AND x.store_id = b.store_id) LIMIT 1",
                DB_INT(id), DB_INT(maker->id));
    return st == ST_OK ? ST_REFUSED : st == ST_NONE ? ST_OK : st;
}

/* An invitation is worth what its maker may at this moment: of somebody dismissed or
 * demoted since it is worth nothing. ST_REFUSED: so it is. */
static enum status maker_may(struct db *db, const struct invite *v)
{
    struct staff maker;
    enum status st;

    if (v->made_by == 0)
        return ST_OK; /* a command at the server */
    st = staff_load(db, v->made_by, &maker);
    if (st == ST_OK)
        st = may_invite(db, &maker, v->till ? ROLE_CASHIER : v->role, v->store_id);
    if (st == ST_OK)
        st = maker_may_more(db, &maker, v->id);
    return st == ST_NONE ? ST_REFUSED : st;
}

static enum status use(struct db *db, int64_t now, const struct invite *v,
                       const struct invite_press *p, struct invite_end *e)
{
    bool own = false;
    enum status st = maker_may(db, v);

    e->result = INVITE_EXPIRED;
    if (st != ST_OK)
        return st == ST_REFUSED ? ST_OK : st;
    st = personal(db, v, p->who, &own);
    e->result = INVITE_PERSONAL;
    if (st != ST_OK || own)
        return st;
    e->result = INVITE_USED;
    st = use_up(db, now, v->id);
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    e->result = v->till ? INVITE_TILL : INVITE_JOINED;
    return v->till ? join_as_till(db, now, v, p->who)
                   : join(db, now, v, p->who, e->out);
}

enum status invite_use(struct db *db, int64_t now, const struct invite_press *p,
                       enum invite_result *result, struct staff *out)
{
    struct invite_end e = {.result = INVITE_UNKNOWN, .out = out};
    struct invite v;
    enum status st = invite_find(db, p->token, p->n, &v);

    if (st == ST_OK && v.used)
        st = used_before(db, &v, p->who, &e.result, out);
    else if (st == ST_OK && (v.expires_at <= now || v.revoked))
        e.result = INVITE_EXPIRED;
    else if (st == ST_OK)
        st = use(db, now, &v, p, &e);
    *result = e.result;
    return st == ST_NONE ? ST_OK : st;
}
