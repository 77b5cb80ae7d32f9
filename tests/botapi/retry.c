/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/retry.h"

#include <string.h>

#define QUEUE_SPAN (1LL << 33)
#define DAY_S 86400

static const struct kind_row {
    const char *name;
    int64_t life_s;
    int span; /* the queue id's offset, in QUEUE_SPANs */
    bool by_user;
} kinds[UPDATE_KINDS] = {
    [UPDATE_MESSAGE] = {"message", DAY_S, 0, false},
    [UPDATE_EDITED_MESSAGE] = {"edited_message", DAY_S, 0, false},
    [UPDATE_CALLBACK_QUERY] = {"callback_query", 150, 3, true},
    [UPDATE_MY_CHAT_MEMBER] = {"my_chat_member", DAY_S, 5, false},
    [UPDATE_CHAT_MEMBER] = {"chat_member", DAY_S, 6, true},
    [UPDATE_CHAT_JOIN_REQUEST] = {"chat_join_request", DAY_S, 7, true},
    [UPDATE_OTHER] = {"", DAY_S, 0, false},
};

const char *update_kind_name(enum update_kind k)
{
    return kinds[k].name;
}

enum update_kind update_kind_of(const char *name, int n)
{
    for (int k = 0; k < UPDATE_OTHER; k++)
        if ((int)strlen(kinds[k].name) == n &&
            memcmp(kinds[k].name, name, (size_t)n) == 0)
            return (enum update_kind)k;
    return UPDATE_OTHER;
}

int64_t update_queue(enum update_kind k, int64_t chat, int64_t user)
{
    return (kinds[k].by_user ? user : chat) + kinds[k].span * QUEUE_SPAN;
}

int64_t update_life_s(enum update_kind k)
{
    return kinds[k].life_s;
}

int64_t retry_wait_ms(int failures, int ceiling_s, int64_t retry_after_s)
{
    int64_t wait;

    if (retry_after_s >= 0)
        return (retry_after_s > 3600 ? 3600 : retry_after_s) * 1000;
    if (failures <= 1)
        return 0;
    wait = failures - 1 < 7 ? 1LL << (failures - 1) : ceiling_s;
    return (wait > ceiling_s ? ceiling_s : wait) * 1000;
}

int retry_failures(int failures, int64_t retry_after_s)
{
    return retry_after_s >= 0 ? failures : failures + 1;
}
