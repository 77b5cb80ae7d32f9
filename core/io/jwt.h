/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/jwt.h - the signed word that says who is logged in. The only file pair that
 * knows libjwt.
 *
 *   {"alg":"HS256","typ":"JWT"}
 *   {"aud":"panel","exp":…,"iat":…,"iss":"dvorik","jti":"…","nbf":…,"sub":"12"}
 *
 * HS256 and nothing else, whatever the token's head says. Of the library only the
 * signature is taken; form, claims and times are read here, strictly: a token we did not
 * write letter by letter as it stands is refused. That a session has not been revoked is
 * another question (core/staff/session.h).
 *
 * Two keys while one is replaced by the other: `key` signs, `old` (may be NULL) only
 * verifies. A key below 32 bytes is none at all. */
#ifndef CORE_IO_JWT_H
#define CORE_IO_JWT_H

#include "core/base/buf.h"
#include "core/base/status.h"

#include <stdint.h>

#define JWT_LIFE_HOURS 24
#define JWT_KEY_MIN 32
#define JWT_MAX 1024  /* bytes of a token */
#define JWT_JTI 22    /* symbols of base64url */
#define JWT_SKEW_S 60 /* seconds that clocks of two machines may differ */

struct jwt_keys {
    const char *key, *old;
};

struct jwt_claims {
    int64_t sub;             /* whose */
    char jti[JWT_JTI + 1];   /* of the session */
    int64_t issued, expires; /* microseconds, of whole seconds */
};

/* Adds the token. ST_BAD: the key is too short, or claims are missing; ST_BROKEN: no
 * memory. */
must_check enum status jwt_make(const struct jwt_keys *keys, const struct jwt_claims *c,
                                struct buf *out);

/* ST_OK: ours, and its time has not run out. ST_NONE: ours, but its time has. ST_BAD:
 * anything else. ST_BROKEN: no memory. */
must_check enum status jwt_read(const struct jwt_keys *keys, int64_t now,
                                const char *token, struct jwt_claims *out);

#endif
