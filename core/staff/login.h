/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/login.h - logging in to the panel once, without a password.
 *
 *   login_link                    good at once: whoever was given it opens it
 *   --------------------------------------------> CONFIRMED ---> USED  login_use
 *   login_ask            login_answer                ^   |
 *   -----------> WAITING ----------------------------+   +-> EXPIRED
 *                   |  by an admin, who has seen what is being opened
 *                   +-> REFUSED
 *
 * Asked for by a page, it has two tokens: the page keeps the one that is exchanged, and
 * shows the other, which only asks. Whoever sees the shown one can ask as well, and gets
 * nothing by it; whoever says yes to a stranger's page is told so before. Of both only the
 * SHA-256 is kept. */
#ifndef CORE_STAFF_LOGIN_H
#define CORE_STAFF_LOGIN_H

#include "core/staff/session.h"

#define LOGIN_TOKEN 22
#define LOGIN_LINK_LIFE (10 * MINUTE)
#define LOGIN_ASK_LIFE (5 * MINUTE)

/* For somebody who may use the panel. ST_REFUSED: they may not. by 0: a command. */
must_check enum status login_link(struct db *db, int64_t now, int64_t staff_id,
                                  int64_t by, char token[LOGIN_TOKEN + 1]);
/* Where it leads: PUBLIC_URL, or where api listens, and "/panel/#login=<token>". What
 * stands behind the # is in no server's log. */
struct config;
void login_link_add(struct buf *out, const struct config *cfg, const char *token);

/* keep: the page's own. ask: shown, as login_<ask>. */
must_check enum status login_ask(struct db *db, int64_t now,
                                 const struct session_from *from,
                                 char keep[LOGIN_TOKEN + 1], char ask[LOGIN_TOKEN + 1]);

struct login {
    int64_t id, made_at, expires_at;
    char ip[SESSION_IP_BYTES], agent[SESSION_AGENT_BYTES];
};
/* By the shown token. ST_NONE: unknown, answered, or too old. */
must_check enum status login_find(struct db *db, int64_t now, const char *ask, size_t n,
                                  struct login *out);
/* ST_OK: answered now, and by this call. ST_TAKEN: it is too late, or somebody did.
 * ST_REFUSED: by may not use the panel. */
must_check enum status login_answer(struct db *db, int64_t now, int64_t id,
                                    const struct staff *by, bool yes);

enum login_result {
    LOGIN_OPEN = 1, /* *out is the session */
    LOGIN_WAITS,
    LOGIN_DECLINED,
    LOGIN_USED,
    LOGIN_EXPIRED,
    LOGIN_UNKNOWN,
    LOGIN_FORBIDDEN /* they may not use the panel any more */
};
/* ST_OK with a result; of two at once exactly one is OPEN. */
struct login_try {
    const char *token; /* of any form */
    struct session_from from;
};
must_check enum status login_use(struct db *db, int64_t now, const struct login_try *t,
                                 enum login_result *result, struct session *out);

/* Out of all sessions (account_out), and what was made or confirmed for them and nobody
 * has used yet is good for nothing. */
must_check enum status login_end_all(struct db *db, int64_t now, int64_t staff_id);

must_check enum status login_forget(struct db *db, int64_t before, int limit, int *n);

#endif
