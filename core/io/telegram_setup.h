/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/telegram_setup.h - how updates come: which ones each bot wants, and where its
 * webhook is. What it is called and can do: telegram_profile.h.
 *
 * Pure: builds parameters of calls. What is built is yours (or a call's to take over).
 */
#ifndef CORE_IO_TELEGRAM_SETUP_H
#define CORE_IO_TELEGRAM_SETUP_H

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/io/telegram_address.h"

/* Explicit, as Telegram's default leaves chat_member out and remembers the last choice.
 */
struct json *setup_allowed_updates(enum tg_bot bot);

/* Adds the address Telegram is to call. false: there is none (no PUBLIC_URL, and the
 * Bot API is Telegram's own, which cannot reach BOTS_LISTEN). */
bool setup_webhook_url(const struct config *cfg, enum tg_bot bot, struct buf *out);

/* Where a phone opens the scanner's page, in that language ("ru"): SCANNER_URL, or
 * below PUBLIC_URL. false: nowhere, and no button leads there. */
bool setup_scan_url(const struct config *cfg, const char *language, struct buf *out);

/* setWebhook's parameters; NULL as above. */
struct json *setup_webhook(const struct config *cfg, enum tg_bot bot);

#endif
