/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/update_private.h"

#include <string.h>
#include <strings.h>

/* Senders that are Telegram's own masks: service notifications, anonymous admins,
 * channels that write into their groups. */
#define TELEGRAM_SERVICE 777000
#define TELEGRAM_ANONYMOUS_ADMIN 1087968824
#define TELEGRAM_CHANNEL_MASK 136817688

void update_ignore(struct update *u, enum update_why why)
{
    u->act = ACT_IGNORE;
    u->why = why;
}

void update_act(struct update *u, enum update_act a)
{
    u->act = a;
    u->why = WHY_NOT_IGNORED;
}

/* ---- people and chats ----------------------------------------------------------- */

static enum update_why read_person(const struct json *from, struct update *u)
{
    int64_t id = json_int_or(from, "id", 0);

    if (id <= 0)
        return WHY_NO_PERSON;
    if (id == TELEGRAM_SERVICE || id == TELEGRAM_ANONYMOUS_ADMIN ||
        id == TELEGRAM_CHANNEL_MASK)
        return WHY_NO_PERSON;
    if (json_bool_or(from, "is_bot", false))
        return WHY_BOT;
    u->user = id;
    u->first_name = json_text(from, "first_name", &u->first_name_n);
    u->last_name = json_text(from, "last_name", &u->last_name_n);
    u->username = json_text(from, "username", NULL);
    u->language = json_text(from, "language_code", NULL);
    return WHY_NOT_IGNORED;
}

static bool text_is(const struct json *o, const char *path, const char *want)
{
    const char *s = json_text(o, path, NULL);

    return s != NULL && strcmp(s, want) == 0;
}

static void read_chat(const struct json *chat, struct update *u)
{
    u->chat = json_int_or(chat, "id", 0);
    u->chat_title = json_text(chat, "title", NULL);
    u->chat_username = json_text(chat, "username", NULL);
}

/* A private chat has its person's id; updates of 2015 do not say the type. */
static bool is_private(const struct json *chat, const struct update *u)
{
    return u->chat == u->user &&
           (json_get(chat, "type") == NULL || text_is(chat, "type", "private"));
}

/* ---- messages ------------------------------------------------------------------- */

static void read_message(const struct json *m, const char *me, struct update *u)
{
    const struct json *chat = json_get(m, "chat");
    enum update_why why = read_person(json_get(m, "from"), u);

    read_chat(chat, u);
    u->date = json_int_or(m, "date", 0);
    u->number = json_int_or(m, "message_id", 0);
    u->album = json_text(m, "media_group_id", NULL);
    if (u->chat == 0) {
        update_ignore(u, WHY_MALFORMED);
        return;
    }
    if (json_get(m, "sender_chat") != NULL)
        why = WHY_NO_PERSON;
    if (why != WHY_NOT_IGNORED) {
        update_ignore(u, why);
        return;
    }
    update_read_reply(m, me, u);
    u->text = json_text(m, "text", &u->text_n);
    if (u->text == NULL)
        u->text = json_text(m, "caption", &u->text_n);
    if (is_private(chat, u))
        update_read_content(m, me, u);
    else
        update_read_group(me, u);
}

static void read_edited(const struct json *m, const char *me, struct update *u)
{
    read_message(m, me, u);
    update_ignore(u, WHY_EDITED);
}

static void read_post(const struct json *m, const char *me, struct update *u)
{
    (void)me;
    read_chat(json_get(m, "chat"), u);
    update_ignore(u, WHY_NO_PERSON);
}

/* ---- buttons -------------------------------------------------------------------- */

static void read_callback(const struct json *q, const char *me, struct update *u)
{
    const struct json *m = json_get(q, "message");
    enum update_why why = read_person(json_get(q, "from"), u);

    (void)me;
    u->callback = json_text(q, "id", NULL);
    u->data = json_text(q, "data", &u->data_n);
    if (u->callback == NULL || why != WHY_NOT_IGNORED) {
        update_ignore(u, u->callback == NULL ? WHY_MALFORMED : why);
        return;
    }
    update_act(u, ACT_BUTTON);
    u->chat = u->user;
    if (json_is_object(m)) {
        read_chat(json_get(m, "chat"), u);
        if (!is_private(json_get(m, "chat"), u))
            update_act(u, ACT_STRAY_BUTTON);
        /* date 0 is a message that nobody can see into any more. */
        if (json_int_or(m, "date", 0) > 0)
            u->message = json_int_or(m, "message_id", 0);
        u->on_photo = json_is_array(json_get(m, "photo"));
    } else if (json_get(q, "inline_message_id") != NULL)
        update_act(u, ACT_STRAY_BUTTON);
}

/* ---- membership ----------------------------------------------------------------- */

enum update_member update_member(const struct json *member)
{
    static const struct {
        const char *status;
        enum update_member is;
    } statuses[] = {
        {"creator", MEMBER_IN}, {"administrator", MEMBER_IN}, {"member", MEMBER_IN},
        {"left", MEMBER_OUT},   {"kicked", MEMBER_OUT},
    };
    size_t i;

    /* "restricted" tells nothing by itself: such a person may be in or out. */
    if (text_is(member, "status", "restricted") &&
        json_get(member, "is_member") != NULL)
        return json_bool_or(member, "is_member", false) ? MEMBER_IN : MEMBER_OUT;
    for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (text_is(member, "status", statuses[i].status))
            return statuses[i].is;
    return MEMBER_UNKNOWN;
}

static void read_member(const struct json *o, const char *me, struct update *u)
{
    enum update_member old = update_member(json_get(o, "old_chat_member"));
    enum update_member new = update_member(json_get(o, "new_chat_member"));

    (void)me;
    read_person(json_get(o, "from"),
                u); /* may be an admin, even an anonymous one: for logs */
    read_chat(json_get(o, "chat"), u);
    u->who = json_int_or(o, "new_chat_member.user.id", 0);
    if (u->chat == 0 || u->who <= 0 || new == MEMBER_UNKNOWN)
        update_ignore(u, WHY_MALFORMED);
    else if (json_bool_or(o, "new_chat_member.user.is_bot", false))
        update_ignore(u, WHY_BOT);
    else if (old == new)
        update_ignore(u, WHY_NO_CHANGE);
    else
        update_act(u, new == MEMBER_IN ? ACT_JOINED : ACT_LEFT);
}

static void read_my_member(const struct json *o, const char *me, struct update *u)
{
    const struct json *now = json_get(o, "new_chat_member");
    enum update_member new = update_member(now);
    enum update_why why = read_person(json_get(o, "from"), u);

    (void)me;
    read_chat(json_get(o, "chat"), u);
    if (u->chat == 0 || new == MEMBER_UNKNOWN)
        update_ignore(u, WHY_MALFORMED);
    else if (text_is(o, "chat.type", "channel"))
        update_act(u, text_is(now, "status", "administrator") ? ACT_CHANNEL_ADMIN
                                                              : ACT_CHANNEL_LOST);
    else if (why != WHY_NOT_IGNORED)
        update_ignore(u, why);
    else if (!is_private(json_get(o, "chat"), u))
        update_ignore(u, WHY_NOT_ADDRESSED);
    else
        update_act(u, new == MEMBER_IN ? ACT_UNBLOCKED : ACT_BLOCKED);
}

/* ---- the update ----------------------------------------------------------------- */

static const struct {
    const char *member;
    reader *read;
} kinds[] = {
    {"message", read_message},          {"callback_query", read_callback},
    {"my_chat_member", read_my_member}, {"chat_member", read_member},
    {"edited_message", read_edited},    {"channel_post", read_post},
    {"edited_channel_post", read_post},
};

void update_parse(const struct json *raw, const char *me, struct update *u)
{
    size_t i;

    *u = (struct update){.id = -1};
    update_ignore(u, WHY_MALFORMED);
    if (!json_is_object(raw) || !json_int(raw, "update_id", &u->id) || u->id < 0) {
        u->id = -1;
        return;
    }
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const struct json *o = json_get(raw, kinds[i].member);

        if (o == NULL)
            continue;
        if (json_is_object(o))
            kinds[i].read(o, me, u);
        return;
    }
    update_ignore(u, WHY_UNKNOWN_KIND);
}

const char *update_act_name(enum update_act a)
{
    static const char *const names[ACT_COUNT] = {
        [ACT_IGNORE] = "ignore",
        [ACT_COMMAND] = "command",
        [ACT_TEXT] = "text",
        [ACT_PHOTO] = "photo",
        [ACT_CONTACT] = "contact",
        [ACT_OTHER] = "other",
        [ACT_BUTTON] = "button",
        [ACT_STRAY_BUTTON] = "stray_button",
        [ACT_GROUP] = "group",
        [ACT_GROUP_REPLY] = "group_reply",
        [ACT_BLOCKED] = "blocked",
        [ACT_UNBLOCKED] = "unblocked",
        [ACT_JOINED] = "joined",
        [ACT_LEFT] = "left",
        [ACT_CHANNEL_ADMIN] = "channel_admin",
        [ACT_CHANNEL_LOST] = "channel_lost",
    };

    return a < ACT_COUNT ? names[a] : "?";
}

const char *update_why_name(enum update_why why)
{
    static const char *const names[WHY_COUNT] = {
        [WHY_NOT_IGNORED] = "-",
        [WHY_MALFORMED] = "malformed",
        [WHY_UNKNOWN_KIND] = "unknown_kind",
        [WHY_EDITED] = "edited",
        [WHY_NO_PERSON] = "no_person",
        [WHY_BOT] = "bot",
        [WHY_NOT_ADDRESSED] = "not_addressed",
        [WHY_OTHER_BOT] = "other_bot",
        [WHY_SERVICE] = "service",
        [WHY_NO_CHANGE] = "no_change",
    };

    return why < WHY_COUNT ? names[why] : "?";
}
