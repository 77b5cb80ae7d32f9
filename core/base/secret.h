/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/secret.h - random bytes, hashes and comparisons that leak no time.
 * The only file that includes OpenSSL. */
#ifndef CORE_BASE_SECRET_H
#define CORE_BASE_SECRET_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32
#define SHA1_BYTES 20

/* From the kernel; ends the program if the kernel has none to give. */
void secret_random(void *out, size_t n);
uint64_t secret_random_below(uint64_t n); /* uniform in 0..n-1 */

/* Same content? Takes the same time wherever they differ; a NULL never equals. */
bool secret_equal(const char *given, const char *expected);

/* Only to name a Redis script, as Redis does; 40 hex digits and a NUL. */
void secret_sha1_hex(const void *p, size_t n, char out[41]);
void secret_sha256(const void *p, size_t n, uint8_t out[SHA256_BYTES]);
must_check enum status secret_hmac_sha256(const void *key, size_t key_n, const void *p,
                                          size_t n, uint8_t out[SHA256_BYTES]);
/* Of RFC 6238 only (totp.h). */
must_check enum status secret_hmac_sha1(const void *key, size_t key_n, const void *p,
                                        size_t n, uint8_t out[SHA1_BYTES]);
/* 22 base64url characters (128 bits) and a NUL: links, tokens. */
void secret_token22(char out[23]);

#endif
