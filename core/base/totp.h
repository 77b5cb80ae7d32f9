/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/totp.h - six digits that change every half a minute (RFC 6238: SHA-1, 30 s),
 * as every authenticator app makes them.
 *
 * A step is one half minute since 1970. The clock of a phone may be one step off; a step
 * that was used is not good again, so that digits read over a shoulder are worth nothing.
 */
#ifndef CORE_BASE_TOTP_H
#define CORE_BASE_TOTP_H

#include "core/base/buf.h"
#include "core/base/status.h"

#include <stdbool.h>
#include <stdint.h>

#define TOTP_DIGITS 6
#define TOTP_STEP_SECONDS 30
#define TOTP_SECRET 33 /* bytes of room: 32 symbols of base32 (160 bits) and a NUL */

void totp_secret_make(char out[TOTP_SECRET]);

/* The code of a step. ST_BAD: the secret is no base32, or shorter than 80 bits. */
must_check enum status totp_code(const char *secret, int64_t step,
                                 char out[TOTP_DIGITS + 1]);

/* Is it the code of this half minute, or of the one before or after, and of one later
 * than `last` (0: none used yet)? *step: which, to be kept as the last. */
bool totp_is(const char *secret, int64_t now, const char *code, int64_t last,
             int64_t *step);

/* What an app reads from a picture: otpauth://totp/… */
void totp_uri_add(struct buf *out, const char *issuer, const char *account,
                  const char *secret);

#endif
