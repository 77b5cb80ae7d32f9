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
 * Statuses as in redis.h: with anything but ST_OK nobody knows, so do not send. */
#ifndef CORE_IO_PACE_H
#define CORE_IO_PACE_H

#include "core/io/redis.h"

#define PACE_BULK_PER_S 25
#define PACE_BULK_BURST 5
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

/* The answer was 429. */
must_check enum status pace_penalty(struct redis *r, const struct pace *p,
                                    int64_t retry_after_s);

/* The bot itself was refused: all its lanes. */
must_check enum status pace_freeze(struct redis *r, const char *bot, int64_t s);

#endif
