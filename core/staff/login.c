/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/login.h"

#include "core/audit.h"
#include "core/base/config.h"
#include "core/base/secret.h"

#include <stdio.h>
#include <string.h>

static enum status login_note(struct db *db, int64_t now, const char *action,
                              int64_t by, int64_t id)
{
    return audit_add(
        db, now,
        &(struct audit_entry){.actor = by != 0 ? ACTOR_STAFF : ACTOR_COMMAND,
                              .actor_id = by,
                              .action = action,
                              .entity_id = id});
}

/* ---- making ----------------------------------------------------------------------- */

enum status login_link(struct db *db, int64_t now, int64_t staff_id, int64_t by,
                       char token[LOGIN_TOKEN + 1])
{
    uint8_t hash[SHA256_BYTES];
    struct account a;
    struct staff who;
    enum status st = staff_load(db, staff_id, &who);

    if (st == ST_OK && !staff_may(&who, PERM_PANEL))
        st = ST_REFUSED;
    if (st == ST_OK)
        st = account_ready(db, now, staff_id, &a);
    if (st == ST_OK && a.disabled)
        st = ST_REFUSED;
    if (st != ST_OK)
        return st;
    secret_token22(token);
    secret_sha256(token, LOGIN_TOKEN, hash);
    st = db_exec(db, NULL,
                 "INSERT INTO login_token (sha256, staff_id, made_at, expires_at,"
                 " confirmed_at) VALUES (?, ?, ?, ?, ?)",
                 DB_BYTES(hash, sizeof hash), DB_INT(staff_id), DB_TIME(now),
                 DB_TIME(now + LOGIN_LINK_LIFE), DB_TIME(now));
    return st == ST_OK ? login_note(db, now, "login.link_made", by, staff_id) : st;
}

void login_link_add(struct buf *out, const struct config *cfg, const char *token)
{
    if (cfg->public_url == NULL)
        buf_adds(out, "http://");
    buf_adds(out, cfg->public_url != NULL ? cfg->public_url : cfg->api_listen);
    buf_adds(out, "/panel/#login=");
    buf_adds(out, token);
}

enum status login_ask(struct db *db, int64_t now, const struct session_from *from,
                      char keep[LOGIN_TOKEN + 1], char ask[LOGIN_TOKEN + 1])
{
    uint8_t kept[SHA256_BYTES], asked[SHA256_BYTES];
    char ip[SESSION_IP_BYTES], agent[SESSION_AGENT_BYTES];

    session_ip(from->ip, ip);
    session_agent(from->agent, agent);
    secret_token22(keep);
    secret_token22(ask);
    secret_sha256(keep, LOGIN_TOKEN, kept);
    secret_sha256(ask, LOGIN_TOKEN, asked);
    return db_exec(db, NULL,
                   "INSERT INTO login_token (sha256, ask_sha256, made_at, expires_at,"
                   " asked_ip, asked_agent) VALUES (?, ?, ?, ?, ?, ?)",
                   DB_BYTES(kept, sizeof kept), DB_BYTES(asked, sizeof asked),
                   DB_TIME(now), DB_TIME(now + LOGIN_ASK_LIFE), DB_TEXT(ip),
                   DB_TEXT(agent));
}

/* ---- answering -------------------------------------------------------------------- */

enum status login_find(struct db *db, int64_t now, const char *ask, size_t n,
                       struct login *out)
{
    uint8_t hash[SHA256_BYTES];
    enum status st;

    if (n != LOGIN_TOKEN)
        return ST_NONE;
    secret_sha256(ask, n, hash);
    st = db_one(db,
                "SELECT id, made_at, expires_at, asked_ip, asked_agent FROM login_token"
                " WHERE ask_sha256 = ? AND expires_at > ? AND confirmed_at IS NULL"
                " AND refused_at IS NULL",
                DB_BYTES(hash, sizeof hash), DB_TIME(now));
    if (st != ST_OK)
        return st;
    *out = (struct login){
        .id = db_int(db, 0), .made_at = db_time(db, 1), .expires_at = db_time(db, 2)};
    snprintf(out->ip, sizeof out->ip, "%s", db_text(db, 3, NULL));
    snprintf(out->agent, sizeof out->agent, "%s", db_text(db, 4, NULL));
    return ST_OK;
}

enum status login_answer(struct db *db, int64_t now, int64_t id, const struct staff *by,
                         bool yes)
{
    int64_t changed;
    enum status st = staff_may(by, PERM_PANEL) ? ST_OK : ST_REFUSED;

    if (st == ST_OK)
        st = db_exec(db, &changed,
                     "UPDATE login_token SET staff_id = ?, confirmed_at = ?,"
                     " refused_at = ? WHERE id = ? AND expires_at > ?"
                     " AND ask_sha256 IS NOT NULL AND confirmed_at IS NULL"
                     " AND refused_at IS NULL",
                     DB_INT(by->id), DB_TIME_OR_NULL(yes ? now : 0),
                     DB_TIME_OR_NULL(yes ? 0 : now), DB_INT(id), DB_TIME(now));
    if (st == ST_OK && changed == 0)
        return ST_TAKEN;
    return st == ST_OK ? login_note(db, now, yes ? "login.confirmed" : "login.declined",
                                    by->id, by->id)
                       : st;
}

/* ---- using ------------------------------------------------------------------------ */

struct token {
    int64_t id, staff_id, expires_at;
    bool confirmed, refused, used;
};

static enum status token_find(struct db *db, const char *token, struct token *out)
{
    uint8_t hash[SHA256_BYTES];
    size_t n = strnlen(token, LOGIN_TOKEN + 1);
    enum status st;

    if (n != LOGIN_TOKEN)
        return ST_NONE;
    secret_sha256(token, n, hash);
    st = db_one(db,
                "SELECT id, staff_id, expires_at, confirmed_at, refused_at, used_at"
                " FROM login_token WHERE sha256 = ?",
                DB_BYTES(hash, sizeof hash));
    if (st == ST_OK)
        *out = (struct token){.id = db_int(db, 0),
                              .staff_id = db_int(db, 1),
                              .expires_at = db_time(db, 2),
                              .confirmed = !db_is_null(db, 3),
                              .refused = !db_is_null(db, 4),
                              .used = !db_is_null(db, 5)};
    return st;
}

static enum login_result standing(const struct token *t, int64_t now)
{
    if (t->used)
        return LOGIN_USED;
    if (t->refused)
        return LOGIN_DECLINED;
    if (t->expires_at <= now)
        return LOGIN_EXPIRED;
    return t->confirmed ? LOGIN_OPEN : LOGIN_WAITS;
}

/* The WHERE is the lock: of two browsers exactly one changes a row. */
static enum status use_up(struct db *db, int64_t now, int64_t id)
{
    int64_t changed;
    enum status st =
        db_exec(db, &changed,
                "UPDATE login_token SET used_at = ? WHERE id = ? AND used_at IS NULL",
                DB_TIME(now), DB_INT(id));

    return st == ST_OK && changed == 0 ? ST_TAKEN : st;
}

enum status login_use(struct db *db, int64_t now, const struct login_try *t,
                      enum login_result *result, struct session *out)
{
    struct token found;
    enum status st = token_find(db, t->token, &found);

    *result = st == ST_OK ? standing(&found, now) : LOGIN_UNKNOWN;
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    if (*result != LOGIN_OPEN)
        return ST_OK;
    st = use_up(db, now, found.id);
    if (st == ST_OK)
        st = session_begin(db, now,
                           &(struct session_spec){.staff_id = found.staff_id,
                                                  .from = t->from,
                                                  .how = "login.token"},
                           out);
    if (st == ST_TAKEN)
        *result = LOGIN_USED;
    if (st == ST_REFUSED)
        *result = LOGIN_FORBIDDEN;
    return st == ST_TAKEN || st == ST_REFUSED ? ST_OK : st;
}

enum status login_end_all(struct db *db, int64_t now, int64_t staff_id)
{
    enum status st = account_out(db, now, staff_id);

    if (st != ST_OK)
        return st;
    return db_exec(db, NULL,
                   "UPDATE login_token SET expires_at = ? WHERE staff_id = ?"
                   " AND used_at IS NULL AND expires_at > ?",
                   DB_TIME(now), DB_INT(staff_id), DB_TIME(now));
}

enum status login_forget(struct db *db, int64_t before, int limit, int *n)
{
    int64_t gone = 0;
    enum status st =
        db_exec(db, &gone, "DELETE FROM login_token WHERE expires_at < ? LIMIT ?",
                DB_TIME(before), DB_INT(limit));

    *n = (int)gone;
    return st;
}
