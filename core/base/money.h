/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/money.h - money is int64_t minor units (kopecks), percent is basis points
 * (1000 = 10 %). Never a float. A discount rounds down, so nobody is promised a kopeck
 * that the till does not give. */
#ifndef CORE_BASE_MONEY_H
#define CORE_BASE_MONEY_H

#include "core/base/buf.h"
#include "core/base/status.h"

#define PERCENT_WHOLE 10000 /* 100 % */

/* floor(amount * bp / 10000); amount >= 0, 0 <= bp <= 10000; exact for all of int64. */
int64_t money_percent(int64_t amount, int64_t bp);

/* "1 250,50 ₽" / "1 250 ₽" (kopecks only when there are some; narrow no-break
 * space) in Russian, "1,250.50 ₽" in English; lang is "ru" or "en". */
void money_add(struct buf *out, int64_t amount, const char *lang);
void percent_add(struct buf *out, int64_t bp, const char *lang); /* "10 %", "7,5 %" */

/* What a cashier types: digits, blanks or dots or commas between thousands, one comma
 * or dot before one or two kopecks, perhaps ₽ or "руб." behind it. ST_BAD for anything else, negative, or beyond max.
 */
must_check enum status money_read(const char *s, size_t n, int64_t max, int64_t *out);

#endif
