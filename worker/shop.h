/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/shop.h - what a conversation must know of the shop: its settings and its
 * calendar, read afresh at each step; and how times, dates and percents are written. */
#ifndef WORKER_SHOP_H
#define WORKER_SHOP_H

#include "core/base/tz.h"
#include "core/loyalty/customer.h"
#include "core/message.h"
#include "core/setting.h"
#include "worker/step.h"
#include "worker/text.h"

struct shop {
    struct settings set;
    const char *brand;   /* lent by set */
    const struct tz *tz; /* lent by the process */
};

/* out must not be copied: brand points into it. */
must_check enum status shop_load(struct step *s, struct shop *out);

/* Our own username without @; NULL when not known. */
const char *shop_bot_name(const struct shop *shop, enum message_sender sender);

/* Must one be in the channel to get the discount? */
bool shop_has_gate(const struct shop *shop);
/* Is that chat of an update the shop's channel? */
bool shop_is_channel(const struct shop *shop, int64_t chat, const char *username);

struct birthday_limits shop_birthday_limits(const struct shop *shop);
int32_t shop_today(const struct shop *shop, int64_t now); /* local day */

/* Small texts for T_TEXT, a buffer each, so that one sentence may hold several. */
#define SHOP_WHEN_BYTES 40
void shop_when(const struct shop *shop, int64_t at, enum lang lang,
               char out[SHOP_WHEN_BYTES]); /* 12.05.2026 14:31; 12 May 2026, 14:31 */
void shop_clock(const struct shop *shop, int64_t at,
                char out[SHOP_WHEN_BYTES]); /* 14:31 */
/* A discount's end: the time is left out when it ends with a day. */
void shop_until(const struct shop *shop, int64_t valid_until, enum lang lang,
                char out[SHOP_WHEN_BYTES]);
/* "сегодня 14:31", "вчера 14:31", else as shop_when. */
void shop_when_near(const struct shop *shop, int64_t now, int64_t at, enum lang lang,
                    char out[SHOP_WHEN_BYTES]);
void shop_money(int64_t amount, enum lang lang,
                char out[SHOP_WHEN_BYTES]); /* 1 250 ₽ */
void shop_percent(int64_t bp, enum lang lang, char out[SHOP_WHEN_BYTES]); /* 10 % */
void shop_day(struct date d, enum lang lang, char out[SHOP_WHEN_BYTES]);
/* 29 февраля 1996; 29 февраля when the year was not told (BIRTHDAY_NO_YEAR) */

#endif
