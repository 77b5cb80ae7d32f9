/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/base64.h - bytes as text for addresses: base64url of RFC 4648, without
 * padding. One spelling a value: what base64_add would not have written is refused. */
#ifndef CORE_BASE_BASE64_H
#define CORE_BASE_BASE64_H

#include "core/base/buf.h"
#include "core/base/status.h"

void base64_add(struct buf *out, const void *p, size_t n);

/* Adds the bytes. ST_BAD: a foreign symbol, padding, or bits left over; ST_BROKEN: no
 * memory. */
must_check enum status base64_read(const char *s, size_t n, struct buf *out);

#endif
