/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/update.h - one Update of the Bot API, read tolerantly.
 *
 * Everything in it is a stranger's input: any member may be absent, of another type, or
 * a lie. update_parse never fails; it answers with an act, what the conversation has to
 * do with this update, and ACT_IGNORE with the reason when that is nothing.
 *
 * Of several kinds in one update (Telegram promises one) the first of the table in
 * update.c counts. All texts are lent by the raw JSON and may hold NULs: use the
 * length. */
#ifndef WORKER_UPDATE_H
#define WORKER_UPDATE_H

#include "core/base/json.h"

enum update_act {
    ACT_IGNORE,  /* why says why */
    ACT_COMMAND, /* command, args */
    ACT_TEXT,    /* text: of a message, or of a Mini App's scanner */
    ACT_PHOTO, /* file: the largest picture of the message, or an image sent as file */
    ACT_CONTACT,      /* phone; contact says whose it is */
    ACT_OTHER,        /* a voice, a sticker: nothing we can read */
    ACT_BUTTON,       /* callback, data; message is 0 when it can be edited no more */
    ACT_STRAY_BUTTON, /* a button outside a private chat: acknowledge, no more */
    ACT_GROUP,        /* addressed by name in a group: one polite line */
    ACT_GROUP_REPLY,  /* a group's answer to a message of ours: text, reply */
    ACT_BLOCKED,      /* the person stopped the bot */
    ACT_UNBLOCKED,
    ACT_JOINED, /* who became a member of chat */
    ACT_LEFT,
    ACT_CHANNEL_ADMIN, /* we may see the members of channel `chat` now */
    ACT_CHANNEL_LOST,
    ACT_COUNT
};

enum update_why {
    WHY_NOT_IGNORED,
    WHY_MALFORMED,
    WHY_UNKNOWN_KIND,
    WHY_EDITED,
    WHY_NO_PERSON,     /* a channel, an anonymous admin, a linked channel's copy */
    WHY_BOT,           /* another bot, or we ourselves */
    WHY_NOT_ADDRESSED, /* a group's own talk */
    WHY_OTHER_BOT,     /* /command@AnotherBot */
    WHY_SERVICE,       /* pinned, migrated, paid … */
    WHY_NO_CHANGE,     /* a membership that stayed what it was */
    WHY_COUNT
};

struct update {
    enum update_act act;
    enum update_why why;
    int64_t id;   /* -1: none */
    int64_t date; /* of a message: when it was written, seconds; 0: not told */

    int64_t user; /* who did it; 0: nobody */
    const char *first_name, *last_name, *username, *language; /* NULL: not given */
    size_t first_name_n, last_name_n;

    int64_t chat; /* where to answer: the private chat, or the group or channel */
    const char *chat_title, *chat_username;
    int64_t message; /* of ACT_BUTTON: the message that carries the button, or 0 */
    bool on_photo;   /* it carries a picture, so its text cannot be edited */

    int64_t number;    /* what a person wrote has there; 0: it is no message */
    const char *album; /* it is one of several pictures; NULL: it is not */

    int64_t reply; /* the message of this chat it answers, if that one is ours; or 0 */
    const char *text; /* also of a caption */
    size_t text_n;
    char command[33]; /* lower case, without slash and bot name */
    const char *args; /* behind the command, blanks trimmed */
    size_t args_n;

    const char *phone; /* of ACT_CONTACT, as it came */
    size_t phone_n;
    int64_t contact; /* whose phone that is; 0: nobody's we could tell, or passed on */

    const char *file; /* file_id */
    int64_t file_bytes;

    const char *callback; /* id to acknowledge */
    const char *data;
    size_t data_n;

    int64_t who; /* of ACT_JOINED, ACT_LEFT */
};

/* me: our own username without @, NULL when not known (then any /command@name counts as
 * ours in a private chat and none elsewhere). raw outlives out. */
void update_parse(const struct json *raw, const char *me, struct update *out);

const char *update_act_name(enum update_act act); /* lent, for ever; for logs, tests */
const char *update_why_name(enum update_why why);

/* A member's status as getChatMember and chat_member give it. */
enum update_member { MEMBER_UNKNOWN, MEMBER_IN, MEMBER_OUT };
enum update_member update_member(const struct json *chat_member);

#endif
