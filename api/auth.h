/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/auth.h - logging in to the panel, and what one may do with one's own login.
 *
 *   auth.c       the ways in: a one-time token, e-mail and password
 *   auth_self.c  me, sessions, password, six digits
 *
 * A wrong e-mail, a wrong password and a locked-out person get one answer after one time;
 * tries are counted (core/staff/guard.h) before it is known whether they were right. */
#ifndef API_AUTH_H
#define API_AUTH_H

#include "api/call.h"
#include "core/staff/session.h"

/* Anyone. login (alone in routes.c) begins its own transactions: a try stays counted. */
enum status auth_login_request(struct call *c);
enum status auth_login_token(struct call *c);
enum status auth_login(struct call *c);

/* Whoever is logged in. password and totp are alone, too. */
enum status auth_me(struct call *c);
enum status auth_logout(struct call *c);
enum status auth_logout_all(struct call *c);
enum status auth_sessions(struct call *c);
enum status auth_session_end(struct call *c);
enum status auth_password(struct call *c);
enum status auth_totp(struct call *c);

/* For the files of auth. */
struct json *auth_admin_json(const struct staff *who); /* yours */
struct session_from auth_from(const struct call *c);   /* borrowed from c */
/* A try at somebody's secret: counted, in a transaction of its own. ST_REFUSED: too many;
 * problem() has said so, with Retry-After. */
struct guard_subject;
must_check enum status auth_try(struct call *c, const struct guard_subject *s);
/* What a stolen session must not be able to do asks for more than the session: the
 * password, or, of who has none, a login of the last minutes. Slow, and counted.
 * ST_REFUSED: problem() has said so. */
must_check enum status auth_prove(struct call *c, const struct account *a,
                                  const char *password);
/* The answer to a guess that was wrong: 401, whatever was wrong in it. */
enum status auth_wrong(struct call *c);

#endif
