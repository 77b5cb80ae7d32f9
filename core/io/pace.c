/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/pace.h"

#include "core/base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

REDIS_SCRIPT(pace, "core/io/queue/pace.lua");
REDIS_SCRIPT(pace_many_script, "core/io/queue/pace_many.lua");
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

static void key_own(char out[KEY_MAX], const char *bot, int64_t broadcast)
{
    snprintf(out, KEY_MAX, "dv:{s0}:p:%s:rate:%" PRId64, bot, broadcast);
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
    char lane[KEY_MAX], chat[KEY_MAX], rate[KEY_MAX], slow[KEY_MAX];
    struct redis_cmd c = {0};

    key_lane(lane, p->bot, p->lane);
    key_chat(chat, p->bot, p->chat);
    key_other(rate, p->bot, "rate");
    key_other(slow, p->bot, "slow");
    redis_arg_text(&c, lane);
    redis_arg_text(&c, chat);
    redis_arg_text(&c, rate);
    redis_arg_text(&c, slow);
    redis_arg_int(&c, chat_each(p->chat));
    redis_arg_int(&c, chat_burst(p->chat));
    redis_arg_int(&c, each);
    redis_arg_int(&c, PACE_BULK_BURST);
    redis_arg_int(&c, PACE_REGROW_S * SECOND);
    return run(r, &pace, 4, &c, wait_ms);
}

/* ---- many ------------------------------------------------------------------------- */

/* An eighth of a second's at once: who asks that often misses none, and no second, laid
 * anywhere, holds more than what Telegram takes. */
static int many_burst(int per_s)
{
    return per_s == 0 ? PACE_MANY_MAX : per_s < 16 ? 2 : per_s / 8;
}

static void many_read(struct pace_many *p, const struct redis_reply *reply)
{
    p->wait_ms = redis_int(redis_item(reply, 0));
    for (size_t i = 1; i < redis_count(reply); i++) {
        int64_t at = redis_int(redis_item(reply, i));

        if (at < 1 || at > p->n || p->go[at - 1])
            continue;
        p->go[at - 1] = true;
        p->n_go++;
    }
}

enum status pace_ask_many(struct redis *r, struct pace_many *p)
{
    char keys[4][KEY_MAX], chats[PACE_MANY_MAX][KEY_MAX];
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st;

    memset(p->go, 0, sizeof p->go);
    p->n_go = 0;
    key_lane(keys[0], p->bot, PACE_BROADCAST);
    key_other(keys[1], p->bot, "rate");
    key_other(keys[2], p->bot, "slow");
    key_own(keys[3], p->bot, p->broadcast);
    for (int i = 0; i < 4; i++)
        redis_arg_text(&c, keys[i]);
    for (int i = 0; i < p->n; i++) {
        key_chat(chats[i], p->bot, p->chats[i]);
        redis_arg_text(&c, chats[i]);
    }
    redis_arg_int(&c, PACE_CHAT_MS * MS);
    redis_arg_int(&c, p->per_s > 0 ? SECOND / p->per_s : 0);
    redis_arg_int(&c, many_burst(p->per_s));
    redis_arg_int(&c, PACE_REGROW_S * SECOND);
    redis_arg_int(&c, p->own_per_s > 0 ? SECOND / p->own_per_s : 0);
    redis_arg_int(&c, many_burst(p->own_per_s));
    st = redis_eval(r, &pace_many_script, 4 + p->n, &c, &reply);
    if (st == ST_OK)
        many_read(p, reply);
    redis_free(reply);
    redis_cmd_free(&c);
    return st;
}

/* ---- looking ---------------------------------------------------------------------- */

static enum status frozen_look(struct redis *r, const char *bot, struct pace_state *out)
{
    enum status st = ST_OK;

    for (int i = PACE_INTERACTIVE; st == ST_OK && i <= PACE_BROADCAST; i++) {
        struct redis_reply *reply = NULL;
        char key[KEY_MAX];

        key_lane(key, bot, (enum pace_lane)i);
        st = redis_do(r, &reply, "PTTL", key, NULL);
        if (st == ST_OK && redis_int(reply) > 0)
            out->frozen_ms[i] = redis_int(reply);
        redis_free(reply);
    }
    return st;
}

/* "500:1781234567000000": half of it was left then. The script's own reckoning. */
static int share_of(const char *slow, int64_t now)
{
    long long from = 1000, since = 0;

    if (slow == NULL || sscanf(slow, "%lld:%lld", &from, &since) != 2)
        return 1000;
    from += (1000 - from) * (now - since) / (PACE_REGROW_S * SECOND);
    return from < 1 ? 1 : from > 1000 ? 1000 : (int)from;
}

enum status pace_state(struct redis *r, const char *bot, struct pace_state *out)
{
    struct redis_reply *slow = NULL, *time = NULL;
    char key[KEY_MAX];
    enum status st;

    *out = (struct pace_state){.share = 1000};
    key_other(key, bot, "slow");
    st = frozen_look(r, bot, out);
    if (st == ST_OK)
        st = redis_do(r, &slow, "GET", key, NULL);
    if (st == ST_OK)
        st = redis_do(r, &time, "TIME", NULL);
    if (st == ST_OK)
        out->share =
            share_of(redis_text(slow, NULL), redis_int(redis_item(time, 0)) * SECOND);
    redis_free(slow);
    redis_free(time);
    return st;
}

/* lane 0: all. */
static enum status punish(struct redis *r, const struct pace *p, int lane, int64_t s)
{
    char lanes[PACE_BROADCAST][KEY_MAX], last[KEY_MAX], chat[KEY_MAX], slow[KEY_MAX];
    struct redis_cmd c = {0};
    int64_t wide;

    for (int i = 0; i < PACE_BROADCAST; i++) {
        key_lane(lanes[i], p->bot, (enum pace_lane)(i + 1));
        redis_arg_text(&c, lanes[i]);
    }
    key_other(last, p->bot, "last");
    key_chat(chat, p->bot, p->chat);
    key_other(slow, p->bot, "slow");
    redis_arg_text(&c, last);
    redis_arg_text(&c, chat);
    redis_arg_text(&c, slow);
    redis_arg_int(&c, lane);
    redis_arg_int(&c, p->chat);
    redis_arg_int(&c, (s < 1 ? 1 : s > WAIT_MAX_S ? WAIT_MAX_S : s) * 1000);
    redis_arg_int(&c, chat_burst(p->chat));
    redis_arg_int(&c, SUSPECT_MS);
    redis_arg_int(&c, PACE_REGROW_S * SECOND);
    redis_arg_int(&c, PACE_LEAST);
    return run(r, &pace_penalty_script, PACE_BROADCAST + 3, &c, &wide);
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
