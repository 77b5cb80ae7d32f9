/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/utf.h - text from strangers.
 *
 * Telegram counts in UTF-16 units, MySQL and we in UTF-8 bytes; names may hold
 * direction overrides, blanks that look like nothing, markup and NULs. */
#ifndef CORE_BASE_UTF_H
#define CORE_BASE_UTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Bytes of the well-formed character at s (1..4); 0 when s does not start one
 * (bad byte, overlong form, surrogate, beyond U+10FFFF, cut short by n). */
size_t utf_char_len(const char *s, size_t n);

bool utf_valid(const char *s, size_t n);

/* The code point of the well-formed character of `len` bytes (1..4) at s. */
uint32_t utf_code(const char *s, size_t len);

/* Length as Telegram counts it; a malformed byte counts one. */
size_t utf16_len(const char *s, size_t n);

/* A person's name made safe to show: control and direction characters dropped,
 * runs of blanks made one, ends trimmed, cut at `max` characters (code points); nothing
 * visible left (Hangul filler, braille blank …) gives an empty text; malformed bytes
 * are dropped; emoji built of several characters survive. Markup stays: escaping is the
 * writer's verb. */
void utf_add_name(struct buf *out, const char *s, size_t n, size_t max);

#endif
