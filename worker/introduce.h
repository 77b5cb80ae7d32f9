/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/introduce.h - the bots introduce themselves: descriptions, commands, menu
 * button (core/io/telegram_profile.h), told to Telegram once and again whenever the
 * shop's name or our words have changed.
 *
 * What was told is kept as a digest a bot (core/io/introduction.h) in the transaction
 * that puts the calls, jobs of kind send.bot_call. */
#ifndef WORKER_INTRODUCE_H
#define WORKER_INTRODUCE_H

#include "worker/step.h"
#include "worker/talk.h"

enum status bots_introduce_step(struct step *s); /* bot.names_known */

/* The staff's commands in the chat with that person, and the scanner beside the input
 * field where it has an address; or no more. In the caller's transaction. */
must_check enum status introduce_staff(const struct talk *t, int64_t chat, bool works,
                                       enum lang lang);

#endif
