/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/password.h - words people know, kept so that nobody else does: bcrypt, each
 * with a salt of its own. The only file pair that knows crypt(3).
 *
 * Both take tens of milliseconds and more, by `cost`: each step doubles them. Never on an
 * event loop. */
#ifndef CORE_BASE_PASSWORD_H
#define CORE_BASE_PASSWORD_H

#include "core/base/status.h"

#include <stdbool.h>

#define PASSWORD_HASH 72 /* bytes of room: 60 of bcrypt and a NUL */
#define PASSWORD_MAX 72  /* bcrypt reads no further, so more is refused */
#define PASSWORD_COST 12
#define PASSWORD_COST_PIN 9 /* a PIN's guard is its lock: 10,000 of them are few */

/* ST_BAD: empty, or longer than PASSWORD_MAX. */
must_check enum status password_hash(const char *password, int cost,
                                     char out[PASSWORD_HASH]);

/* Compared in constant time. false also for a hash that is none. */
bool password_is(const char *password, const char *hash);

#endif
