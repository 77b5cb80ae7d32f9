/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/internal.h - for the operator's own scripts: tells Telegram where the webhooks
 * are and reports what Telegram says of them.
 *
 * Both answer 200 with one member a bot, or 502 with the same when a bot's call failed:
 *   {"client":{"ok":true,"url":…},"auth":{"ok":false,"code":401,"description":…}} */
#ifndef API_INTERNAL_H
#define API_INTERNAL_H

#include "api/routes.h"

route_run set_webhooks_post;
route_run webhook_info_get;

#endif
