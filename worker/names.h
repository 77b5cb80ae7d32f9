/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/names.h - what Telegram calls our bots: getMe at each start of a send child and
 * every ten minutes, into the settings client_bot_username and auth_bot_username, of
 * which the links are made; then bot.names_known, by which the bots introduce themselves
 * (introduce.h). A token that Telegram refuses is told in the log. */
#ifndef WORKER_NAMES_H
#define WORKER_NAMES_H

#include "core/io/db.h"
#include "core/io/telegram.h"

struct names;

/* Asks both; what cannot be asked now is asked again until it is known. NULL: no
 * memory. Yours; closed after tg, whose closing ends its calls. */
struct names *names_learn(struct loop *loop, struct tg *tg, struct db *db);
void names_close(struct names *n); /* NULL is fine */

#endif
