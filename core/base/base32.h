/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/base32.h - bytes as text that survives being read aloud, or put into lower
 * case: base32 of RFC 4648, without padding. */
#ifndef CORE_BASE_BASE32_H
#define CORE_BASE_BASE32_H

#include <stddef.h>
#include <stdint.h>

#define BASE32_BYTES(n) (((n)*8 + 4) / 5 + 1) /* of text, with its NUL */

/* In lower case. out holds BASE32_BYTES(n). */
void base32_print(const uint8_t *p, size_t n, char *out);

/* In capitals or not; bits left over are passed over. How many bytes; 0: no base32, or
 * more of them than there is room for. */
size_t base32_read(const char *s, uint8_t *out, size_t room);

#endif
