/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/pace.h - how fast a bot may send: one answer for all workers, kept in Redis.
 *
 *   lane          what               paced by
 *   interactive   answers, receipts  its chat
 *   triggered     birthday, expiry   its chat
 *   broadcast     a campaign         its chat, and PACE_BULK_PER_S for the whole bot
 *
 * A 429 freezes its lane for the whole retry_after, and its chat in every lane; a
 * second one within a minute in another chat freezes all but the interactive lane. A
 * freeze is never shortened, and outlives whoever caused it. The clock is Redis'.
 *
 * A 429 of a broadcast halves the bulk rate from the thaw on, too; over PACE_REGROW_S it
 * grows back to what it was.
 *
 * Statuses as in redis.h: with anything but ST_OK nobody knows, so do not send. */
#ifndef CORE_IO_PACE_H
#define CORE_IO_PACE_H

#include "core/io/redis.h"

#include <stdbool.h>

#define PACE_BULK_PER_S 25
#define PACE_BULK_BURST 5
#define PACE_PAID_PER_S 1000 /* paid for: of all that is above the free rate */
#define PACE_REGROW_S 600
#define PACE_LEAST 50     /* of a thousand: the rate is not halved below that share */
#define PACE_CHAT_MS 1000 /* one message a second to a chat … */
#define PACE_CHAT_BURST 3
#define PACE_GROUP_MS 3000 /* … and 20 a minute to a group */
#define PACE_GROUP_BURST 5

enum pace_lane { PACE_INTERACTIVE = 1, PACE_TRIGGERED, PACE_BROADCAST };

struct pace {
    const char *bot; /* "client", "auth" */
    enum pace_lane lane;
    int64_t chat; /* negative: a group; 0: nobody's (asking is no message) */
};

/* *wait_ms 0: send now, it is counted. Otherwise ask again after that. */
must_check enum status pace_ask(struct redis *r, const struct pace *p,
                                int64_t *wait_ms);

/* Many of a broadcast at once, a message to each chat (of a person, each once): which may
 * leave now? They are counted. One round trip. A chat to which anything was sent within
 * the last second waits. */
#define PACE_MANY_MAX 128
struct pace_many {
    const char *bot;
    const int64_t *chats; /* borrowed; n of them, 1 … PACE_MANY_MAX */
    int n;
    int per_s;         /* of the bot; 0: no rate, but freezes and chats */
    int64_t broadcast; /* whose they are, and its own rate; the others' is left alone */
    int own_per_s;     /* 0: none */
    /* out */
    bool go[PACE_MANY_MAX];
    int n_go;
    int64_t wait_ms; /* for the others: ask again after that; 0: whenever */
};
must_check enum status pace_ask_many(struct redis *r, struct pace_many *p);

/* How it stands with a bot, for whoever looks. */
struct pace_state {
    int64_t frozen_ms[PACE_BROADCAST + 1]; /* by lane; 0: not frozen */
    int share; /* of a thousand of its bulk rate that it may use now */
};
must_check enum status pace_state(struct redis *r, const char *bot,
                                  struct pace_state *out);

/* The answer was 429. */
must_check enum status pace_penalty(struct redis *r, const struct pace *p,
                                    int64_t retry_after_s);

/* The bot itself was refused: all its lanes. */
must_check enum status pace_freeze(struct redis *r, const char *bot, int64_t s);

#endif
