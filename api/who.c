/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/who.h"

#include "api/call.h"
#include "core/io/jwt.h"
#include "core/staff/session.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

_Static_assert(WHO_JTI_BYTES > SESSION_JTI && SESSION_JTI == JWT_JTI, "one jti");

static enum status who_found(struct call *c, const struct jwt_claims *word)
{
    struct session s;
    enum status st = session_find(c->db, c->now, word->jti, &s, &c->who.staff);

    if (st == ST_OK && s.staff_id != word->sub)
        st = ST_NONE;
    if (st == ST_NONE) {
        c->who = (struct admin){0};
        return problem(c, PROBLEM_UNAUTHENTICATED, "%s",
                       tell(c, "Этот вход завершён. Войдите ещё раз.",
                            "This session has ended. Log in again."));
    }
    if (st == ST_OK && !staff_may(&c->who.staff, PERM_PANEL))
        return problem(c, PROBLEM_FORBIDDEN, NULL);
    snprintf(c->who.jti, sizeof c->who.jti, "%s", s.jti);
    c->who.issued = s.issued;
    c->who.expires = s.expires;
    return st;
}

enum status who(struct call *c)
{
    const struct jwt_keys keys = {c->cfg->jwt_secret_key, c->cfg->jwt_secret_key_old};
    const char *said = c->said.authorization;
    struct jwt_claims word;
    enum status st = ST_BAD;

    if (said != NULL && strncasecmp(said, "Bearer ", 7) == 0)
        st = jwt_read(&keys, c->now, said + 7, &word);
    if (st == ST_BAD)
        return problem(c, PROBLEM_UNAUTHENTICATED, NULL);
    if (st == ST_NONE)
        return problem(c, PROBLEM_TOKEN_EXPIRED, NULL);
    return st == ST_OK ? who_found(c, &word) : st;
}
