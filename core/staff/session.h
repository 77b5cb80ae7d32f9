/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/session.h - somebody is logged in to the panel, from one browser.
 *
 *   session_begin            session_end, session_end_all, role, dismissal, 24 h
 *   -------------> OPEN -----------------------------------------------------> over
 *
 * The signed word the browser holds names the row by its jti. It holds while the row is
 * not revoked, its time has not run out, its epoch is that of the account, the account is
 * not disabled, and the person works here: all asked in one query at each call. */
#ifndef CORE_STAFF_SESSION_H
#define CORE_STAFF_SESSION_H

#include "core/base/clock.h"
#include "core/staff/account.h"

#define SESSION_JTI 22
#define SESSION_LIFE (24 * HOUR)
#define SESSION_IP_BYTES 46
#define SESSION_AGENT_BYTES 201

/* Where from, as they said it. Both may be NULL; what is no plain text is left out. */
struct session_from {
    const char *ip, *agent;
};
/* Pure: as it is kept, cut to its place. */
void session_ip(const char *said, char out[SESSION_IP_BYTES]);
void session_agent(const char *said, char out[SESSION_AGENT_BYTES]);

struct session {
    char jti[SESSION_JTI + 1];
    int64_t staff_id, issued, expires; /* whole seconds */
    char ip[SESSION_IP_BYTES], agent[SESSION_AGENT_BYTES];
};

/* ST_REFUSED: they may not use the panel: no right, disabled, dismissed. how: what the
 * audit says, "login.link", "login.password". */
struct session_spec {
    int64_t staff_id;
    struct session_from from;
    const char *how;
};
must_check enum status session_begin(struct db *db, int64_t now,
                                     const struct session_spec *spec,
                                     struct session *out);

/* One query. ST_NONE: it holds no longer, whatever the reason. */
must_check enum status session_find(struct db *db, int64_t now, const char *jti,
                                    struct session *out, struct staff *who);

/* The same of several at once: jti is given (twice the same is fine), the rest found.
 * One query. */
#define SESSIONS_FOUND 32
struct session_found {
    const char *jti;
    bool holds;
    struct session session;
    struct staff who;
};
must_check enum status sessions_find(struct db *db, int64_t now,
                                     struct session_found *f, int n);

/* In a transaction that acts for them: it holds, and nobody ends it, changes their role
 * or their stores before the transaction is over. ST_NONE: it holds no longer. */
must_check enum status session_hold(struct db *db, int64_t now, int64_t staff_id,
                                    const char *jti);

/* The same of many at once: which of them hold? A query for some dozens. */
must_check enum status sessions_hold(struct db *db, int64_t now,
                                     const char (*jti)[SESSION_JTI + 1], int n,
                                     bool *holds);

/* Those that hold, the newest first; room at most, *n written. */
must_check enum status session_list(struct db *db, int64_t now, int64_t staff_id,
                                    struct session *out, int room, int *n);

/* ST_NONE: not theirs, or over. */
must_check enum status session_end(struct db *db, int64_t now, int64_t staff_id,
                                   const char *jti);

/* Rows whose time ran out before `before` leave, limit at most; *n how many. */
must_check enum status session_forget(struct db *db, int64_t before, int limit, int *n);

#endif
