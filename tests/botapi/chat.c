/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/chat.c - chats and the messages in them (world.h). */
#include "tests/botapi/file.h"
#include "tests/botapi/world.h"

#include <stdlib.h>
#include <string.h>

struct chat *chat_find(struct bot *b, int64_t person)
{
    return map_get(&b->chats, person);
}

struct chat *chat_of(struct world *w, struct bot *b, struct person *p)
{
    struct chat *c = chat_find(b, p->id);

    if (c != NULL)
        return c;
    c = calloc(1, sizeof(*c));
    if (c == NULL)
        return NULL;
    *c = (struct chat){.id = p->id, .bot = b, .person = p};
    if (!map_put(&b->chats, p->id, c)) {
        free(c);
        return NULL;
    }
    world_changed(w);
    return c;
}

void chat_json(const struct chat *c, struct buf *out)
{
    const struct person *p = c->person;

    buf_addf(out, "{\"id\":%lld", (long long)c->id);
    if (c->channel != NULL) {
        buf_adds(out, ",\"title\":");
        buf_add_json(out, c->channel->title, strlen(c->channel->title));
        buf_adds(out, ",\"username\":");
        buf_add_json(out, c->channel->username, strlen(c->channel->username));
        buf_adds(out, ",\"type\":\"channel\"}");
        return;
    }
    buf_adds(out, ",\"first_name\":");
    buf_add_json(out, p->first_name, strlen(p->first_name));
    if (p->last_name[0] != '\0') {
        buf_adds(out, ",\"last_name\":");
        buf_add_json(out, p->last_name, strlen(p->last_name));
    }
    if (p->username[0] != '\0') {
        buf_adds(out, ",\"username\":");
        buf_add_json(out, p->username, strlen(p->username));
    }
    buf_adds(out, ",\"type\":\"private\"}");
}

void message_drop(struct message *m)
{
    if (m == NULL)
        return;
    free(m->text);
    free(m->entities);
    free(m->markup);
    free(m->file_name);
    free(m->other);
    free(m);
}

static bool ring_room(const struct world *w, struct chat *c)
{
    int cap = c->cap > 0 ? c->cap * 2 : 4;
    struct message **grown;

    if (c->n < c->cap)
        return true;
    if (c->cap < w->history) {
        cap = cap > w->history ? w->history : cap;
        grown = realloc(c->ring, (size_t)cap * sizeof(struct message *));
        if (grown == NULL)
            return false;
        c->ring = grown;
        c->cap = cap;
        return true;
    }
    message_drop(c->ring[0]);
    c->n--;
    memmove(c->ring, c->ring + 1, (size_t)c->n * sizeof(struct message *));
    return true;
}

struct message *chat_add(struct world *w, struct chat *c, struct message *m)
{
    if (m->id == 0)
        m->id =
            c->channel != NULL ? c->channel->next_message++ : c->bot->next_message++;
    if (!ring_room(w, c)) {
        message_drop(m);
        return NULL;
    }
    c->ring[c->n++] = m;
    world_changed(w);
    return m;
}

struct message *message_find(const struct chat *c, int64_t id)
{
    int low = 0, high = c->n - 1;

    while (low <= high) {
        int mid = (low + high) / 2;

        if (c->ring[mid]->id == id)
            return c->ring[mid];
        if (c->ring[mid]->id < id)
            low = mid + 1;
        else
            high = mid - 1;
    }
    return NULL;
}

void message_delete(struct world *w, struct chat *c, struct message *m)
{
    int i = 0;

    while (c->ring[i] != m)
        i++;
    memmove(c->ring + i, c->ring + i + 1,
            (size_t)(c->n - i - 1) * sizeof(struct message *));
    c->n--;
    message_drop(m);
    world_changed(w);
}

void chat_empty(struct chat *c)
{
    for (int i = 0; i < c->n; i++)
        message_drop(c->ring[i]);
    free(c->ring);
    free(c->keyboard);
    c->ring = NULL;
    c->keyboard = NULL;
    c->n = c->cap = 0;
}

/* ---- as JSON ------------------------------------------------------------------------
 */

static void from_json(struct world *w, const struct chat *c, const struct message *m,
                      struct buf *out)
{
    if (c->channel != NULL) {
        buf_adds(out, ",\"sender_chat\":");
        chat_json(c, out);
        return;
    }
    buf_adds(out, ",\"from\":");
    if (m->from == c->bot->id)
        bot_json(c->bot, out);
    else
        person_json(c->person, out);
    (void)w;
}

static void size_json(const struct file *f, int64_t bot, char size, struct buf *out)
{
    int longest = f->width > f->height ? f->width : f->height;
    int limit = size == 's' ? 90 : 1280;
    int w = f->width, h = f->height;

    if (longest > limit) {
        w = (int)((int64_t)w * limit / longest);
        h = (int)((int64_t)h * limit / longest);
    }
    buf_adds(out, "{\"file_id\":\"");
    file_id(f, bot, size, out);
    buf_adds(out, "\",\"file_unique_id\":\"");
    file_unique(f, size, out);
    buf_addf(out, "\",\"file_size\":%zu,\"width\":%d,\"height\":%d}",
             size == 's' ? f->n / 20 + 1 : f->n, w > 0 ? w : 1, h > 0 ? h : 1);
}

static void media_json(struct world *w, const struct bot *b, const struct message *m,
                       struct buf *out)
{
    const struct file *f = file_by_number(w->files, m->file);

    if (m->media == MEDIA_PHOTO) {
        buf_adds(out, ",\"photo\":[");
        if (f != NULL) {
            size_json(f, b->id, 's', out);
            buf_addc(out, ',');
            size_json(f, b->id, 'y', out);
        }
        buf_addc(out, ']');
    } else if (m->media == MEDIA_VIDEO && f != NULL) {
        buf_adds(out, ",\"video\":{\"width\":1,\"height\":1,\"duration\":1,"
                      "\"mime_type\":\"video/mp4\",\"file_id\":\"");
        file_id(f, b->id, 'v', out);
        buf_adds(out, "\",\"file_unique_id\":\"");
        file_unique(f, 'v', out);
        buf_addf(out, "\",\"file_size\":%zu}", f->n);
    } else if (m->media == MEDIA_DOCUMENT && f != NULL) {
        buf_adds(out, ",\"document\":{");
        if (m->file_name != NULL) {
            buf_adds(out, "\"file_name\":");
            buf_add_json(out, m->file_name, strlen(m->file_name));
            buf_addc(out, ',');
        }
        buf_addf(out, "\"mime_type\":\"%s\",\"file_id\":\"", f->type);
        file_id(f, b->id, 'd', out);
        buf_adds(out, "\",\"file_unique_id\":\"");
        file_unique(f, 'd', out);
        buf_addf(out, "\",\"file_size\":%zu}", f->n);
    }
}

static void text_json(const struct message *m, struct buf *out)
{
    bool caption = m->media == MEDIA_PHOTO || m->media == MEDIA_DOCUMENT ||
                   m->media == MEDIA_VIDEO;

    if (m->text_n == 0)
        return;
    buf_addf(out, ",\"%s\":", caption ? "caption" : "text");
    buf_add_json(out, m->text, m->text_n);
    if (m->entities != NULL)
        buf_addf(out, ",\"%s\":%s", caption ? "caption_entities" : "entities",
                 m->entities);
}

static void body_json(struct world *w, const struct bot *b, const struct chat *c,
                      const struct message *m, struct buf *out)
{
    buf_addf(out, "{\"message_id\":%lld", (long long)m->id);
    from_json(w, c, m, out);
    buf_adds(out, ",\"chat\":");
    chat_json(c, out);
    buf_addf(out, ",\"date\":%lld", (long long)m->date);
    if (m->edit_date != 0)
        buf_addf(out, ",\"edit_date\":%lld", (long long)m->edit_date);
    if (m->media != MEDIA_NONE)
        media_json(w, b, m, out);
    text_json(m, out);
    if (m->other != NULL)
        buf_addf(out, ",%s", m->other);
    if (m->caption_above)
        buf_adds(out, ",\"show_caption_above_media\":true");
    if (m->protect)
        buf_adds(out, ",\"has_protected_content\":true");
}

void message_json(struct world *w, const struct bot *b, const struct chat *c,
                  const struct message *m, struct buf *out)
{
    const struct message *replied;

    body_json(w, b, c, m, out);
    replied = m->reply_to != 0 ? message_find(c, m->reply_to) : NULL;
    if (replied != NULL) {
        buf_adds(out, ",\"reply_to_message\":");
        body_json(w, b, c, replied, out);
        buf_addc(out, '}');
    }
    if (m->markup != NULL && m->markup_inline)
        buf_addf(out, ",\"reply_markup\":%s", m->markup);
    buf_addc(out, '}');
}

void message_json_full(struct world *w, const struct bot *b, const struct chat *c,
                       const struct message *m, struct buf *out)
{
    body_json(w, b, c, m, out);
    if (m->markup != NULL)
        buf_addf(out, ",\"reply_markup\":%s", m->markup);
    if (m->reply_to != 0)
        buf_addf(out, ",\"reply_to\":%lld", (long long)m->reply_to);
    if (m->silent)
        buf_adds(out, ",\"silent\":true");
    if (m->file != 0)
        buf_addf(out, ",\"file\":%lld", (long long)m->file);
    buf_addf(out, ",\"outgoing\":%s}",
             c->bot != NULL && m->from == c->bot->id ? "true" : "false");
}
