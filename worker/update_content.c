/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What is in a message: a text, a command, a picture, a contact. */
#include "worker/update_private.h"

#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

static bool is_command_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_';
}

/* What stands behind @ in "/command@Name args"; 0 when there is no name. */
static size_t name_len(const char *s, size_t n)
{
    size_t i = 0;

    if (n == 0 || s[0] != '@')
        return 0;
    while (i + 1 < n && is_command_char(s[i + 1]))
        i++;
    return i;
}

struct command {
    size_t n;    /* of the name behind the slash; 0: no command */
    size_t at_n; /* of the bot's name */
};

static struct command command_find(const struct update *u)
{
    struct command c = {0};
    size_t end;

    if (u->text_n < 2 || u->text[0] != '/')
        return c;
    while (c.n + 1 < u->text_n && is_command_char(u->text[c.n + 1]))
        c.n++;
    if (c.n == 0 || c.n >= sizeof(u->command))
        return (struct command){0};
    end = 1 + c.n;
    c.at_n = name_len(u->text + end, u->text_n - end);
    end += c.at_n > 0 ? c.at_n + 1 : 0;
    if (end < u->text_n && !is_blank(u->text[end]))
        return (struct command){0};
    return c;
}

static void command_take(struct update *u, struct command c)
{
    size_t i, at = 1 + c.n + (c.at_n > 0 ? c.at_n + 1 : 0), end = u->text_n;

    for (i = 0; i < c.n; i++) {
        char ch = u->text[1 + i];

        u->command[i] = ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
    }
    u->command[c.n] = '\0';
    while (at < end && is_blank(u->text[at]))
        at++;
    while (end > at && is_blank(u->text[end - 1]))
        end--;
    u->args = u->text + at;
    u->args_n = end - at;
}

static bool name_is(const struct update *u, struct command c, const char *me)
{
    return me != NULL && strlen(me) == c.at_n &&
           strncasecmp(u->text + 1 + c.n + 1, me, c.at_n) == 0;
}

static void read_text(const struct json *m, const char *me, struct update *u)
{
    struct command c = command_find(u);

    (void)m;
    if (c.n == 0) {
        update_act(u, ACT_TEXT);
        return;
    }
    if (c.at_n > 0 && me != NULL && !name_is(u, c, me)) {
        update_ignore(u, WHY_OTHER_BOT);
        return;
    }
    command_take(u, c);
    update_act(u, ACT_COMMAND);
}

/* The sizes come in any order: the largest area is the one to decode. */
static void read_photo(const struct json *m, const char *me, struct update *u)
{
    const struct json *sizes = json_get(m, "photo");
    int64_t best = -1;
    size_t i, n = json_count(sizes);

    (void)me;
    for (i = 0; i < n; i++) {
        const struct json *p = json_at(sizes, i);
        const char *file = json_text(p, "file_id", NULL);
        int64_t w = json_int_or(p, "width", 0), h = json_int_or(p, "height", 0);

        if (file == NULL || w < 0 || h < 0 || w > 100000 || h > 100000 || w * h <= best)
            continue;
        best = w * h;
        u->file = file;
        u->file_bytes = json_int_or(p, "file_size", 0);
    }
    update_act(u, u->file != NULL ? ACT_PHOTO : ACT_OTHER);
}

static void read_document(const struct json *m, const char *me, struct update *u)
{
    const char *mime = json_text(m, "document.mime_type", NULL);
    const char *file = json_text(m, "document.file_id", NULL);

    (void)me;
    if (mime == NULL || file == NULL || strncmp(mime, "image/", 6) != 0) {
        update_act(u, ACT_OTHER);
        return;
    }
    u->file = file;
    u->file_bytes = json_int_or(m, "document.file_size", 0);
    update_act(u, ACT_PHOTO);
}

/* What the Mini App's scanner sends is as good as typed, and as bad. */
static void read_web_app(const struct json *m, const char *me, struct update *u)
{
    (void)me;
    u->text = json_text(m, "web_app_data.data", &u->text_n);
    update_act(u, u->text != NULL ? ACT_TEXT : ACT_OTHER);
}

/* A contact that was passed on may be an old one: only what is shared just now counts as
 * the person's own word. */
static void read_contact(const struct json *m, const char *me, struct update *u)
{
    bool passed_on =
        json_get(m, "forward_origin") != NULL || json_get(m, "forward_date") != NULL;

    (void)me;
    u->phone = json_text(m, "contact.phone_number", &u->phone_n);
    if (!passed_on)
        u->contact = json_int_or(m, "contact.user_id", 0);
    update_act(u, u->phone != NULL ? ACT_CONTACT : ACT_OTHER);
}

static void read_other(const struct json *m, const char *me, struct update *u)
{
    (void)m;
    (void)me;
    update_act(u, ACT_OTHER);
}

/* What a person may send. Whatever is not here is a service message, or of a Bot API
 * newer than this table: no answer. */
static const struct {
    const char *member;
    reader *read;
} contents[] = {
    {"text", read_text},
    {"photo", read_photo},
    {"web_app_data", read_web_app},
    {"animation", read_other},
    {"document", read_document},
    {"audio", read_other},
    {"video", read_other},
    {"video_note", read_other},
    {"voice", read_other},
    {"sticker", read_other},
    {"contact", read_contact},
    {"location", read_other},
    {"venue", read_other},
    {"dice", read_other},
    {"poll", read_other},
    {"game", read_other},
    {"story", read_other},
    {"paid_media", read_other},
    {"checklist", read_other},
    {"rich_message", read_other},
};

void update_read_content(const struct json *m, const char *me, struct update *u)
{
    size_t i;

    for (i = 0; i < sizeof(contents) / sizeof(contents[0]); i++)
        if (json_get(m, contents[i].member) != NULL) {
            contents[i].read(m, me, u);
            return;
        }
    update_ignore(u, WHY_SERVICE);
}

/* Is the answered message ours? Where we do not know our own name, of some bot. */
void update_read_reply(const struct json *m, const char *me, struct update *u)
{
    const struct json *to = json_get(m, "reply_to_message");
    const char *name = json_text(to, "from.username", NULL);

    if (json_bool_or(to, "from.is_bot", false) &&
        (me == NULL || (name != NULL && strcasecmp(name, me) == 0)))
        u->reply = json_int_or(to, "message_id", 0);
}

/* In a group we hear only our own name, and answers to what we said. */
void update_read_group(const char *me, struct update *u)
{
    struct command c = command_find(u);
    bool reply = u->reply != 0 && u->text && (c.at_n == 0 || name_is(u, c, me));

    if (reply && c.n > 0)
        command_take(u, c);
    if (reply)
        update_act(u, ACT_GROUP_REPLY);
    else if (c.n == 0 || c.at_n == 0)
        update_ignore(u, WHY_NOT_ADDRESSED);
    else if (!name_is(u, c, me))
        update_ignore(u, WHY_OTHER_BOT);
    else
        update_act(u, ACT_GROUP);
}
