/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/strict.h - a Bot API's limits, read as hard as they can be: in no second,
 * laid anywhere, more messages than so many, and in none two to one chat. Telegram itself
 * lets more through at times; whoever gets along with this gets along with Telegram. */
#ifndef TESTS_HARNESS_STRICT_H
#define TESTS_HARNESS_STRICT_H

#include <stdbool.h>
#include <stdint.h>

#define STRICT_PER_S 30
#define STRICT_CHATS (1 << 16)

struct strict {
    int64_t sent[STRICT_PER_S]; /* when; the oldest is at next */
    int next;
    struct {
        int64_t chat, at;
    } last[STRICT_CHATS]; /* by hash; a chat gives way to another one of its place */
    int64_t taken, refused_bot, refused_chat;
};

/* May this message go to that chat? It is counted either way. */
bool strict_takes(struct strict *s, int64_t chat, int64_t now);

#endif
