/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/stamp.h - moments as machines write them to one another (RFC 3339).
 *
 * Written in UTC with Z: "2026-11-20T05:07:28.123456Z", the fraction only when there is
 * one. Read with any offset, but never without: a naive time is somebody's guess. */
#ifndef CORE_BASE_STAMP_H
#define CORE_BASE_STAMP_H

#include "core/base/status.h"

#include <stddef.h>
#include <stdint.h>

#define STAMP_BYTES 28 /* with the NUL */

void stamp_print(int64_t now, char out[STAMP_BYTES]);

/* ST_REFUSED: a time without an offset. ST_BAD: no such moment; years 1970 to 9999. A
 * leap second is the one after it; of a fraction six digits count. */
must_check enum status stamp_read(const char *s, size_t n, int64_t *out);

/* "2026-11-20" to cal_day. ST_BAD: no such day. */
must_check enum status stamp_read_day(const char *s, size_t n, int32_t *out);
void stamp_print_day(int32_t day, char out[STAMP_BYTES]);

#endif
