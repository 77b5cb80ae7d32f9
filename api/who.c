/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/who.h"

#include "api/call.h"
#include "core/io/jwt.h"
#include "core/staff/session.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

_Static_assert(WHO_JTI_BYTES > SESSION_JTI && SESSION_JTI == JWT_JTI, "one jti");

static enum status who_ended(struct call *c)
{
    return problem(c, PROBLEM_UNAUTHENTICATED, "%s",
                   tell(c, "Этот вход завершён. Войдите ещё раз.",
                        "This session has ended. Log in again."));
}

/* st, s and c->who.staff are what session_find said. */
static enum status who_found(struct call *c, const struct jwt_claims *word,
                             const struct session *s, enum status st)
{
    if (st == ST_OK && s->staff_id != word->sub)
        st = ST_NONE;
    if (st == ST_NONE) {
        c->who = (struct admin){0};
        return who_ended(c);
    }
    if (st == ST_OK && !staff_may(&c->who.staff, PERM_PANEL))
        return problem(c, PROBLEM_FORBIDDEN, NULL);
    snprintf(c->who.jti, sizeof c->who.jti, "%s", s->jti);
    c->who.issued = s->issued;
    c->who.expires = s->expires;
    return st;
}

static enum status word_read(struct call *c, struct jwt_claims *word)
{
    const struct jwt_keys keys = {c->cfg->jwt_secret_key, c->cfg->jwt_secret_key_old};
    const char *said = c->said.authorization;
    enum status st = ST_BAD;

    if (said != NULL && strncasecmp(said, "Bearer ", 7) == 0)
        st = jwt_read(&keys, c->now, said + 7, word);
    if (st == ST_BAD)
        return problem(c, PROBLEM_UNAUTHENTICATED, NULL);
    if (st == ST_NONE)
        return problem(c, PROBLEM_TOKEN_EXPIRED, NULL);
    return st;
}

enum status who(struct call *c)
{
    struct jwt_claims word;
    struct session s = {0};
    enum status st;

    if (c->who_asked)
        return c->who_said;
    st = word_read(c, &word);
    if (st != ST_OK)
        return st;
    st = session_find(c->db, c->now, word.jti, &s, &c->who.staff);
    return who_found(c, &word, &s, st);
}

enum status who_hold(struct call *c)
{
    enum status st = c->who.staff.id != 0
                         ? session_hold(c->db, c->now, c->who.staff.id, c->who.jti)
                         : ST_OK;

    if (st != ST_NONE)
        return st;
    who_ended(c);
    answer_header(c, "WWW-Authenticate", "Bearer");
    return ST_REFUSED;
}

_Static_assert(WHO_MANY <= SESSIONS_FOUND, "one question");

void who_many(struct call *const c[], int n)
{
    struct jwt_claims word[WHO_MANY];
    struct session_found found[WHO_MANY];
    int64_t now = 0;
    int asked = 0;

    for (int i = 0; i < n && i < WHO_MANY; i++) {
        c[i]->who_said = word_read(c[i], &word[i]);
        c[i]->who_asked = true;
        if (c[i]->who_said == ST_OK)
            found[asked++].jti = word[i].jti;
        now = c[i]->now > now ? c[i]->now : now;
    }
    if (asked > 0 && sessions_find(c[0]->db, now, found, asked) != ST_OK) {
        for (int i = 0; i < n && i < WHO_MANY; i++) /* each for itself, then */
            c[i]->who_asked = c[i]->who_said != ST_OK;
        return;
    }
    asked = 0;
    for (int i = 0; i < n && i < WHO_MANY; i++) {
        const struct session_found *f = &found[asked];

        if (c[i]->who_said != ST_OK)
            continue;
        asked++;
        c[i]->who.staff = f->who;
        c[i]->who_said =
            who_found(c[i], &word[i], &f->session, f->holds ? ST_OK : ST_NONE);
    }
}
