/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/phone.h - a telephone number: read, written for people, hashed.
 *
 * We keep E.164: "+79991234567", a plus and 7 to 15 digits. What a messenger gives is
 * international, with the plus or without; what Russians write begins with 8, or with
 * the 9 of a mobile. Eleven digits that begin with 8 and another country's second digit
 * are that country's unless they are set apart as a Russian writes them: "8 (812) …". */
#ifndef CORE_LOYALTY_PHONE_H
#define CORE_LOYALTY_PHONE_H

#include "core/base/secret.h"
#include "core/io/db.h"

#define PHONE_BYTES 17       /* plus, 15 digits, NUL */
#define PHONE_SHOWN_BYTES 24 /* "+7 999 123-45-67" */

/* Pure. ST_BAD: no telephone number; out is "". */
must_check enum status phone_read(const char *s, size_t n, char out[PHONE_BYTES]);

/* Pure; phone is E.164. "+7 999 123-45-67"; of other countries as it is. */
void phone_show(const char *phone, char out[PHONE_SHOWN_BYTES]);
/* "+7 *** ***-45-67": what a stranger may see of it. */
void phone_mask(const char *phone, char out[PHONE_SHOWN_BYTES]);

/* A keyed hash: the same phone is known again, and nobody without the key reads it from
 * there, though there are few enough phones to try them all. The key is that of
 * audit_digest. */
must_check enum status phone_hash(struct db *db, const char *phone,
                                  uint8_t out[SHA256_BYTES]);

#endif
