/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/telegram_setup.h - what each bot is told once: which updates it wants, where
 * its webhook is, what it is called and which commands it has.
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

/* setWebhook's parameters; NULL as above. */
struct json *setup_webhook(const struct config *cfg, enum tg_bot bot);

/* Names, descriptions and commands, a call each: walk i from 0 until NULL. *method is
 * lent for ever. */
struct json *setup_profile(enum tg_bot bot, int i, const char **method);

#endif
