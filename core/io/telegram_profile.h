/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/telegram_profile.h - what a bot is called and can do, as Telegram shows it
 * before a word was said: description, short description, commands, menu button.
 *
 * Commands are told for private chats only, so that groups stay without. English is for
 * everybody whose language has no row of its own; Russian has rows for the languages
 * whose speakers we answer in Russian (worker/text.c guesses alike). Of the staff's bot
 * strangers see /start alone; who works here gets the rest in their own chat. That only
 * hides: rights are asked at each action.
 *
 * Pure: builds parameters of calls, which are yours. Telegram's limits: description 512
 * characters, short description 120, 100 commands of 32 and 256. */
#ifndef CORE_IO_TELEGRAM_PROFILE_H
#define CORE_IO_TELEGRAM_PROFILE_H

#include "core/base/json.h"
#include "core/base/secret.h"
#include "core/io/telegram_address.h"

struct profile_words {
    const char *brand;    /* the shop's name as guests see it */
    const char *operator; /* who is responsible for personal data; "": the brand */
};

/* A call each: walk i from 0 until NULL. *method is lent for ever. */
struct json *profile_call(enum tg_bot bot, int i, const struct profile_words *words,
                          const char **method);

/* All of a bot's calls in one number: another digest, and it has to be told anew. false:
 * no memory. */
bool profile_digest(enum tg_bot bot, const struct profile_words *words,
                    uint8_t out[SHA256_BYTES]);

/* The commands of somebody who works here, in the chat with them; works false: they do
 * no longer, and see what strangers see. */
struct json *profile_staff(int64_t chat, bool works, const char *language,
                           const char **method);

#endif
