/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * bots/poll.h - long polling, where there is no public address for webhooks.
 *
 *   CLEARING --deleteWebhook--> ASKING --getUpdates--> STORING --all in Redis--> ASKING
 *       ^                         |                       |
 *       +------ RESTING <---------+-----------------------+
 *               1 to 30 s; 409 says who else is asking
 *
 * Telegram counts an update as delivered once the next one is asked for, so the offset
 * moves only when Redis has the whole batch; a batch stored by half is asked for again,
 * and what was stored of it is known. */
#ifndef BOTS_POLL_H
#define BOTS_POLL_H

#include "bots/intake.h"
#include "core/io/telegram.h"

struct poll;

/* Starts at once. NULL: no memory. Yours. */
struct poll *poll_open(struct loop *loop, struct tg *tg, struct intake *intake,
                       enum tg_bot bot);
void poll_stop(struct poll *p); /* asks no more */
/* After tg and intake are closed: their last callbacks come here. NULL is fine. */
void poll_close(struct poll *p);

#endif
