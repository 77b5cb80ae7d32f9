/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/hook.h - delivers a bot's updates to its webhook over kept-alive
 * connections, as Telegram's server does: one update of a line at a time, lines beside
 * one another up to max_connections, retries as retry.h says. Plain http only. */
#ifndef TESTS_BOTAPI_HOOK_H
#define TESTS_BOTAPI_HOOK_H

#include "tests/botapi/world.h"

struct hook *hook_new(struct world *w, struct bot *b);
void hook_free(struct hook *h);

/* ST_BAD: *why says what is wrong with the address. */
must_check enum status hook_set(struct hook *h, const char *url, const char *secret,
                                int max_connections, const char **why);
void hook_unset(struct hook *h);
bool hook_is_set(const struct hook *h);
const char *hook_url(const struct hook *h); /* "" when not set */
const char *hook_secret(const struct hook *h);
int hook_max(const struct hook *h);

/* Lets go of what is under way, as if it had never been sent. */
void hook_abandon(struct hook *h);
void hook_wake(struct hook *h); /* there may be something to deliver */
void hook_info_json(const struct hook *h, struct buf *out); /* WebhookInfo */

#endif
