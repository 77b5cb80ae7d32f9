/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/load.c - the reading twin of save.c. */
#include "core/base/clock.h"
#include "tests/botapi/file.h"
#include "tests/botapi/hook.h"
#include "tests/botapi/save.h"
#include "tests/botapi/profile.h"
#include "tests/botapi/updates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The member's JSON as text of its own; NULL when absent. Yours. */
static char *raw(struct jv v, const char *name)
{
    struct jv m = jv_get(v, name);

    return m.s != NULL ? strndup(m.s, m.n) : NULL;
}

static char *text_or_null(struct jv v, const char *name)
{
    return jv_get(v, name).s != NULL ? jv_dup(v, name) : NULL;
}

static void message_load(struct world *w, struct chat *c, struct jv v)
{
    struct message *m = calloc(1, sizeof(*m));
    struct buf text = {0};

    if (m == NULL)
        return;
    jv_text(jv_get(v, "text"), &text);
    m->id = jv_int_or(v, "id", 0);
    m->date = jv_int_or(v, "date", 0);
    m->from = jv_int_or(v, "from", 0);
    m->edit_date = jv_int_or(v, "edited", 0);
    m->media = (enum media)jv_int_or(v, "media", 0);
    m->file = jv_int_or(v, "file", 0);
    m->reply_to = jv_int_or(v, "reply", 0);
    m->markup_inline = jv_int_or(v, "inline", 0) != 0;
    m->protect = jv_int_or(v, "protect", 0) != 0;
    m->silent = jv_int_or(v, "silent", 0) != 0;
    m->caption_above = jv_int_or(v, "above", 0) != 0;
    m->text_n = text.len;
    m->text = text.s;
    m->entities = raw(v, "entities");
    m->markup = raw(v, "markup");
    m->file_name = text_or_null(v, "name");
    m->other = text_or_null(v, "other");
    if (m->file != 0)
        file_restore(w->files, m->file);
    if (m->id > 0 && m->text != NULL)
        chat_add(w, c, m);
    else
        message_drop(m);
}

static void messages_load(struct world *w, struct chat *c, struct jv v)
{
    struct jv_walk m = jv_begin(jv_get(v, "messages"));

    while (jv_step(&m))
        message_load(w, c, m.value);
}

static enum member member_of(struct jv v)
{
    char *name = jv_dup(v, "channel");
    int m = 0;

    while (name != NULL && m < MEMBER_COUNT &&
           strcmp(member_name((enum member)m), name) != 0)
        m++;
    free(name);
    return m < MEMBER_COUNT ? (enum member)m : MEMBER_LEFT;
}

static void person_load(struct world *w, struct jv v)
{
    static const struct {
        const char *name;
        size_t at;
    } fields[] = {
        {"first_name", offsetof(struct person, first_name)},
        {"last_name", offsetof(struct person, last_name)},
        {"username", offsetof(struct person, username)},
        {"language", offsetof(struct person, language)},
        {"phone", offsetof(struct person, phone)},
        {"role", offsetof(struct person, role)},
    };
    int64_t id = jv_int_or(v, "id", 0);
    struct person *p = person_find(w, id);

    if (p == NULL)
        p = person_add(w, id, "");
    if (p == NULL)
        return;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        char *value = jv_dup(v, fields[i].name);

        person_set((char **)((char *)p + fields[i].at), value);
        free(value);
    }
    p->deactivated = jv_int_or(v, "deactivated", 0) != 0;
    if (member_of(v) != MEMBER_LEFT)
        member_put(w, p->id, member_of(v));
}

static void chats_load(struct world *w, struct bot *b, struct jv v)
{
    struct jv_walk c = jv_begin(jv_get(v, "chats"));

    while (jv_step(&c)) {
        struct person *p = person_find(w, jv_int_or(c.value, "id", 0));
        struct chat *chat = p != NULL ? chat_of(w, b, p) : NULL;

        if (chat == NULL)
            continue;
        chat->started = jv_int_or(c.value, "started", 0) != 0;
        chat->blocked = jv_int_or(c.value, "blocked", 0) != 0;
        chat->keyboard = raw(c.value, "keyboard");
        messages_load(w, chat, c.value);
    }
}

static void profile_load(struct bot *b, struct jv v)
{
    struct jv_walk s = jv_begin(jv_get(v, "settings"));

    while (jv_step(&s)) {
        struct buf key = {0};
        char *value = strndup(s.value.s, s.value.n);

        if (jv_text(s.key, &key) && !key.failed && value != NULL)
            profile_put(b, key.s, value);
        buf_free(&key);
        free(value);
    }
}

static void bot_load(struct world *w, struct bot *b, struct jv v)
{
    char *url = jv_dup(v, "webhook"), *secret = jv_dup(v, "secret");
    struct jv_walk pending = jv_begin(jv_get(v, "pending"));
    const char *why;
    int64_t id, next = jv_int_or(v, "next_update", 0);

    b->next_message = jv_int_or(v, "next_message", 1);
    if (next > 0)
        b->updates->next_id = next;
    member_put(w, b->id, member_of(v));
    updates_allow(b->updates, jv_get(v, "allowed"));
    profile_load(b, v);
    chats_load(w, b, v);
    while (jv_step(&pending))
        (void)(updates_inject(b->updates, pending.value, &id) == ST_OK);
    /* An address that no longer resolves is as good as none: the program sets it anew.
     */
    if (url != NULL && url[0] != '\0' && secret != NULL)
        (void)(hook_set(b->hook, url, secret, (int)jv_int_or(v, "max", 40), &why) ==
               ST_OK);
    free(url);
    free(secret);
}

static bool read_whole(const char *path, struct buf *out)
{
    FILE *in = fopen(path, "rb");
    char chunk[65536];
    size_t n;

    if (in == NULL)
        return false;
    while ((n = fread(chunk, 1, sizeof(chunk), in)) > 0)
        buf_add(out, chunk, n);
    fclose(in);
    return true;
}

enum status world_load(struct world *w)
{
    struct buf text = {0};
    struct jv v, channel;
    struct jv_walk people;
    enum status st = ST_NONE;

    if (w->state == NULL || !read_whole(w->state, &text))
        return ST_NONE;
    if (text.failed || !jv_parse(text.s, text.len, &v) || jv_int_or(v, "v", 0) != 1) {
        st = ST_BAD;
        goto out;
    }
    for (people = jv_begin(jv_get(v, "people")); jv_step(&people);)
        person_load(w, people.value);
    for (int i = 0; i < BOTS; i++)
        bot_load(w, &w->bot[i], jv_get(v, w->bot[i].key));
    channel = jv_get(v, "channel");
    messages_load(w, &w->channel.chat, channel);
    w->channel.next_message = jv_int_or(channel, "next_message", 1);
    w->channel.by_request = jv_true(jv_get(channel, "by_request"));
    st = ST_OK;
out:
    buf_free(&text);
    return st;
}
