/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/pace.h"

#include "core/base/clock.h"

#include <inttypes.h>
#include <stdio.h>

REDIS_SCRIPT(pace, "core/io/queue/pace.lua");
REDIS_SCRIPT(pace_penalty_script, "core/io/queue/pace_penalty.lua");

#define KEY_MAX 96
#define SUSPECT_MS 60000
#define WAIT_MAX_S (7 * 24 * 3600) /* what is longer is an error of somebody's */

static const char *const lane_names[] = {
    [PACE_INTERACTIVE] = "interactive",
    [PACE_TRIGGERED] = "triggered",
    [PACE_BROADCAST] = "broadcast",
};

static void key_lane(char out[KEY_MAX], const char *bot, enum pace_lane lane)
{
    snprintf(out, KEY_MAX, "dv:{s0}:p:%s:%s", bot, lane_names[lane]);
}

static void key_chat(char out[KEY_MAX], const char *bot, int64_t chat)
{
    snprintf(out, KEY_MAX, "dv:{s0}:p:%s:c:%" PRId64, bot, chat);
}

static void key_other(char out[KEY_MAX], const char *bot, const char *what)
{
    snprintf(out, KEY_MAX, "dv:{s0}:p:%s:%s", bot, what);
}

static int64_t chat_each(int64_t chat)
{
    return chat == 0 ? 0 : (chat < 0 ? PACE_GROUP_MS : PACE_CHAT_MS) * MS;
}

/* The first message of a burst is not ahead of its time. */
static int64_t chat_burst(int64_t chat)
{
    return chat_each(chat) * ((chat < 0 ? PACE_GROUP_BURST : PACE_CHAT_BURST) - 1);
}

static enum status run(struct redis *r, struct redis_script *script, int nkeys,
                       struct redis_cmd *c, int64_t *answer)
{
    struct redis_reply *reply = NULL;
    enum status st = redis_eval(r, script, nkeys, c, &reply);

    if (st == ST_OK)
        *answer = redis_int(reply);
    redis_free(reply);
    redis_cmd_free(c);
    return st;
}

enum status pace_ask(struct redis *r, const struct pace *p, int64_t *wait_ms)
{
    bool bulk = p->lane == PACE_BROADCAST;
    int64_t each = bulk ? SECOND / PACE_BULK_PER_S : 0;
    char lane[KEY_MAX], chat[KEY_MAX], rate[KEY_MAX];
    struct redis_cmd c = {0};

    key_lane(lane, p->bot, p->lane);
    key_chat(chat, p->bot, p->chat);
    key_other(rate, p->bot, "rate");
    redis_arg_text(&c, lane);
    redis_arg_text(&c, chat);
    redis_arg_text(&c, rate);
    redis_arg_int(&c, chat_each(p->chat));
    redis_arg_int(&c, chat_burst(p->chat));
    redis_arg_int(&c, each);
    redis_arg_int(&c, each * (PACE_BULK_BURST - 1));
    return run(r, &pace, 3, &c, wait_ms);
}

/* lane 0: all. */
static enum status punish(struct redis *r, const struct pace *p, int lane, int64_t s)
{
    char lanes[PACE_BROADCAST][KEY_MAX], last[KEY_MAX], chat[KEY_MAX];
    struct redis_cmd c = {0};
    int64_t wide;

    for (int i = 0; i < PACE_BROADCAST; i++) {
        key_lane(lanes[i], p->bot, (enum pace_lane)(i + 1));
        redis_arg_text(&c, lanes[i]);
    }
    key_other(last, p->bot, "last");
    key_chat(chat, p->bot, p->chat);
    redis_arg_text(&c, last);
    redis_arg_text(&c, chat);
    redis_arg_int(&c, lane);
    redis_arg_int(&c, p->chat);
    redis_arg_int(&c, (s < 1 ? 1 : s > WAIT_MAX_S ? WAIT_MAX_S : s) * 1000);
    redis_arg_int(&c, chat_burst(p->chat));
    redis_arg_int(&c, SUSPECT_MS);
    return run(r, &pace_penalty_script, PACE_BROADCAST + 2, &c, &wide);
}

enum status pace_penalty(struct redis *r, const struct pace *p, int64_t retry_after_s)
{
    return punish(r, p, (int)p->lane, retry_after_s);
}

enum status pace_freeze(struct redis *r, const char *bot, int64_t s)
{
    struct pace p = {.bot = bot};

    return punish(r, &p, 0, s);
}
