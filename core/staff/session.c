/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/session.h"

#include "core/base/buf.h"
#include "core/audit.h"
#include "core/base/secret.h"

#include <stdio.h>
#include <string.h>

/* Holds: ? is now. */
#define HOLDS                                                                          \
    "s.revoked_at IS NULL AND s.expires_at > ? AND s.epoch = a.epoch"                  \
    " AND a.disabled_at IS NULL"

void session_ip(const char *said, char out[SESSION_IP_BYTES])
{
    size_t n = said != NULL ? strspn(said, "0123456789abcdefABCDEF:.") : 0;

    if (n >= SESSION_IP_BYTES || (said != NULL && said[n] != '\0'))
        n = 0;
    snprintf(out, SESSION_IP_BYTES, "%.*s", (int)n, n > 0 ? said : "");
}

/* Printable ASCII only: it is shown to people. */
void session_agent(const char *said, char out[SESSION_AGENT_BYTES])
{
    size_t n = 0;

    for (; said != NULL && *said != '\0' && n < SESSION_AGENT_BYTES - 1; said++)
        if (*said >= ' ' && *said < 127)
            out[n++] = *said;
    out[n] = '\0';
}

static enum status session_note(struct db *db, int64_t now, const char *action,
                                int64_t staff_id)
{
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = staff_id,
                                           .action = action,
                                           .entity_id = staff_id});
}

/* ---- beginning -------------------------------------------------------------------- */

static enum status may_begin(struct db *db, int64_t now, int64_t staff_id,
                             struct account *a)
{
    struct staff who;
    enum status st = staff_load(db, staff_id, &who);

    if (st == ST_OK && !staff_may(&who, PERM_PANEL))
        st = ST_REFUSED;
    if (st == ST_OK)
        st = account_ready(db, now, staff_id, a);
    if (st == ST_OK && a->disabled)
        st = ST_REFUSED;
    return st == ST_NONE ? ST_REFUSED : st;
}

enum status session_begin(struct db *db, int64_t now, const struct session_spec *spec,
                          struct session *out)
{
    struct account a;
    enum status st = may_begin(db, now, spec->staff_id, &a);

    *out = (struct session){.staff_id = spec->staff_id,
                            .issued = now - now % SECOND,
                            .expires = now - now % SECOND + SESSION_LIFE};
    secret_token22(out->jti);
    session_ip(spec->from.ip, out->ip);
    session_agent(spec->from.agent, out->agent);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "INSERT INTO admin_session (jti, staff_id, epoch, issued_at,"
                     " expires_at, ip, agent) VALUES (?, ?, ?, ?, ?, ?, ?)",
                     DB_TEXT(out->jti), DB_INT(out->staff_id), DB_INT(a.epoch),
                     DB_TIME(out->issued), DB_TIME(out->expires), DB_TEXT(out->ip),
                     DB_TEXT(out->agent));
    return st == ST_OK ? session_note(db, now, spec->how, out->staff_id) : st;
}

/* ---- asking ----------------------------------------------------------------------- */

static void session_read(const struct db *db, struct session *out)
{
    *out = (struct session){
        .staff_id = db_int(db, 1), .issued = db_time(db, 2), .expires = db_time(db, 3)};
    snprintf(out->jti, sizeof out->jti, "%s", db_text(db, 0, NULL));
    snprintf(out->ip, sizeof out->ip, "%s", db_text(db, 4, NULL));
    snprintf(out->agent, sizeof out->agent, "%s", db_text(db, 5, NULL));
}

/* Behind it: which of them. */
#define FOUND                                                                          \
    "SELECT s.jti, s.staff_id, s.issued_at, s.expires_at, s.ip, s.agent, p.channel,"   \
    " p.external_id, p.name, p.language, p.role FROM admin_session s"                  \
    " JOIN admin_account a ON a.staff_id = s.staff_id"                                 \
    " JOIN staff p ON p.id = s.staff_id"                                               \
    " WHERE p.dismissed_at IS NULL AND " HOLDS

static void found_read(const struct db *db, struct session *out, struct staff *who)
{
    session_read(db, out);
    *who = (struct staff){.id = out->staff_id,
                          .channel = (enum channel)db_int(db, 6),
                          .external_id = db_int(db, 7),
                          .role = (enum role)db_int(db, 10),
                          .active = true};
    snprintf(who->name, sizeof who->name, "%s", db_text(db, 8, NULL));
    snprintf(who->language, sizeof who->language, "%s", db_text(db, 9, NULL));
}

enum status session_find(struct db *db, int64_t now, const char *jti,
                         struct session *out, struct staff *who)
{
    enum status st = db_one(db, FOUND " AND s.jti = ?", DB_TIME(now), DB_TEXT(jti));

    if (st == ST_OK)
        found_read(db, out, who);
    return st;
}

#define MARKS_8 "?, ?, ?, ?, ?, ?, ?, ?"
_Static_assert(SESSIONS_FOUND == 4 * 8, "as many marks");

/* Always as many ? signs: one statement to prepare, whoever comes. */
enum status sessions_find(struct db *db, int64_t now, struct session_found *f, int n)
{
    struct db_arg args[1 + SESSIONS_FOUND] = {DB_TIME(now)};
    struct session session;
    struct staff who;
    enum status st;

    for (int i = 0; i < SESSIONS_FOUND; i++)
        args[1 + i] = DB_TEXT(f[i < n ? i : 0].jti);
    for (int i = 0; i < n; i++)
        f[i].holds = false;
    st = db_select_args(
        db, FOUND " AND s.jti IN (" MARKS_8 ", " MARKS_8 ", " MARKS_8 ", " MARKS_8 ")",
        args, 1 + SESSIONS_FOUND);
    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        found_read(db, &session, &who);
        for (int i = 0; i < n; i++)
            if (strcmp(f[i].jti, session.jti) == 0) {
                f[i].holds = true;
                f[i].session = session;
                f[i].who = who;
            }
    }
    return st == ST_NONE ? ST_OK : st;
}

/* The person first, as whoever changes them does. */
enum status session_hold(struct db *db, int64_t now, int64_t staff_id, const char *jti)
{
    return db_one(db,
                  "SELECT STRAIGHT_JOIN 1 FROM staff p"
                  " JOIN admin_account a ON a.staff_id = p.id"
                  " JOIN admin_session s ON s.staff_id = p.id"
                  " WHERE p.id = ? AND s.jti = ? AND p.dismissed_at IS NULL AND " HOLDS
                  " LOCK IN SHARE MODE",
                  DB_INT(staff_id), DB_TEXT(jti), DB_TIME(now));
}

/* Those of jti[from …] up to some dozens; *step how many. */
#define HOLD_SLICE 32

static enum status slice_hold(struct db *db, int64_t now,
                              const char (*jti)[SESSION_JTI + 1], int n, bool *holds)
{
    struct db_arg args[HOLD_SLICE + 1];
    struct buf sql = {0};
    enum status st = ST_BROKEN;

    buf_adds(&sql, "SELECT s.jti FROM admin_session s"
                   " JOIN admin_account a ON a.staff_id = s.staff_id"
                   " JOIN staff p ON p.id = s.staff_id"
                   " WHERE p.dismissed_at IS NULL AND " HOLDS " AND s.jti IN (?");
    args[0] = DB_TIME(now);
    for (int i = 0; i < n; i++) {
        holds[i] = false;
        args[i + 1] = DB_TEXT(jti[i]);
        buf_adds(&sql, i > 0 ? ", ?" : "");
    }
    buf_addc(&sql, ')');
    if (!sql.failed)
        st = db_select_args(db, sql.s, args, (size_t)n + 1);
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        for (int i = 0; i < n; i++)
            holds[i] |= strcmp(jti[i], db_text(db, 0, NULL)) == 0;
    buf_free(&sql);
    return st == ST_NONE ? ST_OK : st;
}

enum status sessions_hold(struct db *db, int64_t now,
                          const char (*jti)[SESSION_JTI + 1], int n, bool *holds)
{
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < n; i += HOLD_SLICE)
        st = slice_hold(db, now, jti + i, n - i < HOLD_SLICE ? n - i : HOLD_SLICE,
                        holds + i);
    return st;
}

enum status session_list(struct db *db, int64_t now, int64_t staff_id,
                         struct session *out, int room, int *n)
{
    enum status st = db_select(
        db,
        "SELECT s.jti, s.staff_id, s.issued_at, s.expires_at, s.ip, s.agent"
        " FROM admin_session s JOIN admin_account a ON a.staff_id = s.staff_id"
        " WHERE s.staff_id = ? AND " HOLDS " ORDER BY s.issued_at DESC, s.jti LIMIT ?",
        DB_INT(staff_id), DB_TIME(now), DB_INT(room));

    *n = 0;
    while (st == ST_OK && *n < room && (st = db_next(db)) == ST_OK)
        session_read(db, &out[(*n)++]);
    return st == ST_NONE ? ST_OK : st;
}

/* ---- ending ----------------------------------------------------------------------- */

enum status session_end(struct db *db, int64_t now, int64_t staff_id, const char *jti)
{
    int64_t changed;
    enum status st =
        db_exec(db, &changed,
                "UPDATE admin_session s JOIN admin_account a ON a.staff_id = s.staff_id"
                " SET s.revoked_at = ? WHERE s.jti = ? AND s.staff_id = ? AND " HOLDS,
                DB_TIME(now), DB_TEXT(jti), DB_INT(staff_id), DB_TIME(now));

    if (st == ST_OK && changed == 0)
        return ST_NONE;
    return st == ST_OK ? session_note(db, now, "login.out", staff_id) : st;
}

enum status session_forget(struct db *db, int64_t before, int limit, int *n)
{
    int64_t gone = 0;
    enum status st =
        db_exec(db, &gone, "DELETE FROM admin_session WHERE expires_at < ? LIMIT ?",
                DB_TIME(before), DB_INT(limit));

    *n = (int)gone;
    return st;
}
