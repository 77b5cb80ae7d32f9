/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/strict.h"

#include "core/base/clock.h"

bool strict_takes(struct strict *s, int64_t chat, int64_t now)
{
    uint64_t place = (uint64_t)chat * 0x9e3779b97f4a7c15u >> 48;

    if (s->last[place].chat == chat && now - s->last[place].at < SECOND) {
        s->refused_chat++;
        return false;
    }
    if (s->sent[s->next] != 0 && now - s->sent[s->next] < SECOND) {
        s->refused_bot++;
        return false;
    }
    s->sent[s->next] = now;
    s->next = (s->next + 1) % STRICT_PER_S;
    s->last[place].chat = chat;
    s->last[place].at = now;
    s->taken++;
    return true;
}
