/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/chats.c - which chat does a call mean, and may the bot use it; what the
 * bot may learn about chats and their members. */
#include "tests/botapi/act.h"
#include "tests/botapi/call.h"
#include "tests/botapi/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_channel(const struct world *w, const struct arg *a, int64_t id)
{
    const char *name = w->channel.username;

    if (id == w->channel.id)
        return true;
    return a->n > 1 && a->s[0] == '@' && strlen(name) == a->n - 1 &&
           strncasecmp(a->s + 1, name, a->n - 1) == 0;
}

static struct chat *private_chat(struct call *c, int64_t id)
{
    struct person *p = person_find(c->w, id);
    char name[40];

    if (p == NULL && c->w->anyone && id > 0) {
        snprintf(name, sizeof(name), "Человек %lld", (long long)id);
        p = person_add(c->w, id, name);
        if (p != NULL && chat_of(c->w, c->bot, p) != NULL)
            chat_find(c->bot, id)->started = true;
    }
    return p != NULL ? chat_of(c->w, c->bot, p) : NULL;
}

struct chat *call_chat(struct call *c, const char *param)
{
    const struct arg *a = form_get(&c->form, param);
    int64_t id = form_int(&c->form, param, 0);
    struct chat *chat = NULL;

    if (a == NULL) {
        call_refuse(c, 400, "Bad Request: chat_id is empty");
        return NULL;
    }
    if (is_channel(c->w, a, id))
        return &c->w->channel.chat;
    for (int i = 0; i < BOTS; i++)
        if (id == c->w->bot[i].id)
            call_refuse(c, 403, "Forbidden: bot can't send messages to bots");
    if (call_ok(c) && id > 0)
        chat = private_chat(c, id);
    if (chat == NULL)
        call_refuse(c, 400, "Bad Request: chat not found");
    return chat;
}

struct chat *call_chat_to_write(struct call *c, const char *param)
{
    struct chat *chat = call_chat(c, param);
    enum member m;

    if (chat == NULL)
        return NULL;
    if (chat->channel != NULL) {
        m = member_get(chat->channel, c->bot->id);
        if (m == MEMBER_LEFT || m == MEMBER_KICKED)
            call_refuse(c, 403, "Forbidden: bot is not a member of the channel chat");
        else if (m != MEMBER_ADMIN && m != MEMBER_CREATOR)
            call_refuse(c, 400,
                        "Bad Request: need administrator rights in the channel "
                        "chat");
    } else if (chat->person->deactivated) {
        call_refuse(c, 403, "Forbidden: user is deactivated");
    } else if (chat->blocked) {
        call_refuse(c, 403, "Forbidden: bot was blocked by the user");
    } else if (!chat->started) {
        call_refuse(c, 403, "Forbidden: bot can't initiate conversation with a user");
    }
    return call_ok(c) ? chat : NULL;
}

/* ---- what there is to know ------------------------------------------------------ */

void get_chat(struct call *c)
{
    struct chat *chat = call_chat(c, "chat_id");

    if (chat == NULL)
        return;
    chat_json(chat, &c->result);
    c->result.len--; /* the closing brace */
    buf_adds(&c->result,
             ",\"accent_color_id\":0,\"max_reaction_count\":11,"
             "\"accepted_gift_types\":{\"unlimited_gifts\":false,"
             "\"limited_gifts\":false,\"unique_gifts\":false,"
             "\"premium_subscription\":false,\"gifts_from_channels\":false}}");
}

/* Members of a channel are for its admins' eyes. */
static bool may_look(struct call *c, const struct chat *chat)
{
    enum member m;

    if (chat == NULL)
        return false;
    if (chat->channel == NULL)
        return true;
    m = member_get(chat->channel, c->bot->id);
    if (m != MEMBER_ADMIN && m != MEMBER_CREATOR)
        call_refuse(c, 400, "Bad Request: member list is inaccessible");
    return call_ok(c);
}

static bool somebody(struct world *w, int64_t id)
{
    bool known = person_find(w, id) != NULL;

    for (int i = 0; i < BOTS; i++)
        known = known || w->bot[i].id == id;
    return known;
}

void get_chat_member(struct call *c)
{
    struct chat *chat = call_chat(c, "chat_id");
    int64_t id = form_int(&c->form, "user_id", 0);

    if (!may_look(c, chat))
        return;
    if (!somebody(c->w, id) && !(c->w->anyone && id > 0))
        call_refuse(c, 400, "Bad Request: PARTICIPANT_ID_INVALID");
    else if (chat->channel == NULL && id != chat->id && id != c->bot->id)
        call_refuse(c, 400, "Bad Request: member not found");
    else
        member_json(c->w, id,
                    chat->channel != NULL ? member_get(chat->channel, id)
                                          : MEMBER_MEMBER,
                    &c->result);
}

/* approveChatJoinRequest, declineChatJoinRequest */
void answer_join_request(struct call *c)
{
    struct chat *chat = call_chat(c, "chat_id");
    int64_t id = form_int(&c->form, "user_id", 0);
    bool in = c->method[0] == 'a';
    enum member me;

    if (chat == NULL)
        return;
    if (chat->channel == NULL) {
        call_refuse(c, 400,
                    "Bad Request: method is available only for supergroups and "
                    "channels");
        return;
    }
    me = member_get(chat->channel, c->bot->id);
    if (me != MEMBER_ADMIN && me != MEMBER_CREATOR)
        call_refuse(c, 400,
                    "Bad Request: not enough rights to manage chat join "
                    "requests");
    else if (member_get(chat->channel, id) != MEMBER_ASKED)
        call_refuse(c, 400, "Bad Request: HIDE_REQUESTER_MISSING");
    if (!call_ok(c))
        return;
    act_member(c->w, id, in ? MEMBER_MEMBER : MEMBER_LEFT);
    call_true(c);
}

static void each_member(struct call *c, bool admins_only, int *n)
{
    const struct map *members = &c->w->channel.members;

    for (size_t i = 0; i < members->cap; i++) {
        enum member m;

        if (members->slot[i].value == NULL)
            continue;
        m = member_get(&c->w->channel, members->slot[i].key);
        if (m == MEMBER_LEFT || m == MEMBER_KICKED || m == MEMBER_RESTRICTED_OUT ||
            m == MEMBER_ASKED ||
            (admins_only && m != MEMBER_ADMIN && m != MEMBER_CREATOR))
            continue;
        if (admins_only) {
            buf_adds(&c->result, *n > 0 ? "," : "");
            member_json(c->w, members->slot[i].key, m, &c->result);
        }
        ++*n;
    }
}

void get_chat_administrators(struct call *c)
{
    struct chat *chat = call_chat(c, "chat_id");
    int n = 0;

    if (!may_look(c, chat))
        return;
    if (chat->channel == NULL) {
        call_refuse(c, 400,
                    "Bad Request: there are no administrators in the private chat");
        return;
    }
    buf_addc(&c->result, '[');
    each_member(c, true, &n);
    buf_addc(&c->result, ']');
}

void get_member_count(struct call *c)
{
    struct chat *chat = call_chat(c, "chat_id");
    int n = 0;

    if (!may_look(c, chat))
        return;
    if (chat->channel != NULL)
        each_member(c, false, &n);
    buf_addf(&c->result, "%d", chat->channel != NULL ? n : 2);
}

void send_chat_action(struct call *c)
{
    static const char *const actions[] = {
        "typing",        "upload_photo",      "record_video",     "upload_video",
        "record_voice",  "upload_voice",      "upload_document",  "choose_sticker",
        "find_location", "record_video_note", "upload_video_note"};
    struct chat *chat = call_chat_to_write(c, "chat_id");
    const struct arg *a = form_get(&c->form, "action");
    struct buf out = {0};
    bool known = false;

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        known = known || strcmp(a->s, actions[i]) == 0;
    if (!known)
        call_violate(c, "Bad Request: wrong parameter action in request");
    call_true(c);
    if (chat == NULL || !call_ok(c) || !events_heard(c->w->events))
        return;
    buf_addf(&out,
             "{\"event\":\"action\",\"bot\":\"%s\",\"chat\":%lld,\"action\":\"%s\"}",
             c->bot->key, (long long)chat->id, a->s);
    events_send(c->w->events, &out);
    buf_free(&out);
}
