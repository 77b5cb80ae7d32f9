/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/template/post.h"

#include "core/setting.h"
#include "core/staff/staff.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static enum status of_the_channel(struct db *db, int64_t chat)
{
    struct settings set;
    char number[24];
    enum status st = setting_load(db, &set);

    snprintf(number, sizeof number, "%" PRId64, chat);
    return st == ST_OK && strcmp(set.channel_id, number) != 0 ? ST_REFUSED : st;
}

static enum status chat_check(struct db *db, int64_t chat)
{
    struct staff s;
    enum status st = staff_find(db, CHANNEL_MESSENGER, chat, &s);

    if (st == ST_NONE || (st == ST_OK && !staff_may(&s, PERM_BROADCAST_EDIT)))
        return of_the_channel(db, chat);
    return st;
}

enum status posts_check(struct db *db, const struct content *c,
                        struct content_faults *faults)
{
    static const struct words not_ours = {
        "пост берут из чата с ботом того, кто готовит рассылки, или из канала магазина",
        "a post comes from the chat of somebody who prepares broadcasts, or from the "
        "shop's channel"};
    static const char *const at[CONTENT_LANGS] = {"/ru/post/chat", "/en/post/chat"};

    faults->n = 0;
    for (int lang = 0; lang < CONTENT_LANGS; lang++) {
        int64_t chat = content_post_chat(c, lang);
        enum status st = chat != 0 ? chat_check(db, chat) : ST_OK;

        if (st == ST_OK)
            continue;
        if (st != ST_REFUSED)
            return st;
        faults->fault[faults->n] =
            (struct content_fault){.code = "forbidden", .at = -1, .words = not_ours};
        snprintf(faults->fault[faults->n++].pointer, sizeof faults->fault[0].pointer,
                 "%s", at[lang]);
    }
    return faults->n > 0 ? ST_REFUSED : ST_OK;
}
