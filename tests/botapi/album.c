/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/album.c - several pictures in one message group: all of them, or none. */
#include "tests/botapi/call.h"
#include "tests/botapi/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALBUM_MIN 2
#define ALBUM_MAX 10

struct album {
    struct message *message[ALBUM_MAX];
    struct text text[ALBUM_MAX];
    int n;
};

static enum media kind_of(struct jv media)
{
    return jv_equals(jv_get(media, "type"), "photo")   ? MEDIA_PHOTO
           : jv_equals(jv_get(media, "type"), "video") ? MEDIA_VIDEO
                                                       : MEDIA_NONE;
}

static void one_read(struct call *c, struct album *a, struct jv media, int64_t group)
{
    struct message *m = calloc(1, sizeof(*m));
    char *address = jv_dup(media, "media");
    char other[64];

    if (m == NULL || address == NULL)
        call_refuse(c, 500, "Internal Server Error");
    if (kind_of(media) == MEDIA_NONE)
        call_violate(c, "Bad Request: the stand-in's albums are photos and videos");
    if (call_ok(c)) {
        snprintf(other, sizeof(other), "\"media_group_id\":\"%lld\"", (long long)group);
        m->other = strdup(other);
        m->media = kind_of(media);
        m->file = call_file_from(c, address, strlen(address), m->media);
        a->message[a->n] = m;
        (void)call_media_caption(c, media, &a->text[a->n++]);
    } else
        free(m);
    free(address);
}

static void album_free(struct album *a)
{
    for (int i = 0; i < a->n; i++) {
        text_free(&a->text[i]);
        if (a->message[i] != NULL)
            message_drop(a->message[i]);
    }
    free(a);
}

static void album_put(struct call *c, struct chat *chat, struct album *a)
{
    buf_addc(&c->result, '[');
    for (int i = 0; i < a->n && call_ok(c); i++) {
        struct message *m = a->message[i];

        a->message[i] = NULL;
        m = call_put(c, chat, m, &a->text[i]);
        if (m == NULL)
            return;
        buf_adds(&c->result, i > 0 ? "," : "");
        message_json(c->w, c->bot, chat, m, &c->result);
    }
    buf_addc(&c->result, ']');
}

void send_media_group(struct call *c)
{
    struct chat *chat = call_chat_to_write(c, "chat_id");
    struct jv_walk w = jv_begin(form_json(&c->form, "media"));
    struct album *a = calloc(1, sizeof(*a));
    int64_t group = files_next(c->w->files);
    int n = 0;

    if (a == NULL)
        call_refuse(c, 500, "Internal Server Error");
    while (chat != NULL && call_ok(c) && jv_step(&w)) {
        if (++n <= ALBUM_MAX)
            one_read(c, a, w.value, group);
    }
    if (chat != NULL && call_ok(c) && (n < ALBUM_MIN || n > ALBUM_MAX))
        call_violate(c, "Bad Request: there must be 2-10 messages in an album");
    if (chat != NULL && call_ok(c))
        album_put(c, chat, a);
    if (a != NULL)
        album_free(a);
}
