/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/send.c - a bot puts a message into a chat. */
#include "core/base/clock.h"
#include "tests/botapi/call.h"
#include "tests/botapi/events.h"
#include "tests/botapi/file.h"

#include <stdlib.h>
#include <string.h>

/* Messages accepted in the busiest second so far: what a pace is measured by. */
static void count_sent(struct world *w, struct bot *b)
{
    int64_t second = world_now(w) / SECOND;

    b->sent++;
    if (b->second != second) {
        b->second = second;
        b->sent_in_second = 0;
    }
    if (++b->sent_in_second > b->peak)
        b->peak = b->sent_in_second;
}

static void keyboard_keep(struct chat *chat, const struct markup *k)
{
    if (k->remove || (k->json != NULL && !k->is_inline)) {
        free(chat->keyboard);
        chat->keyboard = k->json != NULL ? strdup(k->json) : NULL;
    }
}

static int64_t reply_target(struct call *c, const struct chat *chat)
{
    struct jv r = form_json(&c->form, "reply_parameters");
    int64_t id = jv_int_or(r, "message_id", 0);

    if (id == 0 || message_find(chat, id) != NULL)
        return id;
    if (!jv_true(jv_get(r, "allow_sending_without_reply")))
        call_refuse(c, 400, "Bad Request: message to be replied not found");
    return 0;
}

struct message *call_put(struct call *c, struct chat *chat, struct message *m,
                         struct text *t)
{
    struct markup k = {0};

    markup_read(c, false, &k);
    m->reply_to = reply_target(c, chat);
    if (k.json != NULL && !k.is_inline && chat->channel != NULL)
        call_violate(c, "Bad Request: reply keyboard in a channel");
    if (!call_ok(c)) {
        free(k.json);
        text_free(t);
        message_drop(m);
        return NULL;
    }
    message_take_text(m, t);
    keyboard_keep(chat, &k);
    m->markup = k.json;
    m->markup_inline = k.is_inline;
    m->from = c->bot->id;
    m->date = world_now(c->w) / SECOND;
    m->protect = form_true(&c->form, "protect_content");
    m->silent = form_true(&c->form, "disable_notification");
    m->caption_above = form_true(&c->form, "show_caption_above_media");
    m = chat_add(c->w, chat, m);
    if (m == NULL) {
        call_refuse(c, 500, "Internal Server Error");
        return NULL;
    }
    count_sent(c->w, c->bot);
    events_message(c->w, c->bot, chat, m, "message");
    return m;
}

static void send(struct call *c, const char *text_param, const char *file_param,
                 enum media media)
{
    struct chat *chat = call_chat_to_write(c, "chat_id");
    struct message *m = calloc(1, sizeof(*m));
    struct text t = {0};
    const struct arg *a;

    if (m == NULL)
        call_refuse(c, 500, "Internal Server Error");
    if (chat == NULL || m == NULL || !call_text(c, text_param, &t)) {
        text_free(&t);
        message_drop(m);
        return;
    }
    m->media = media;
    if (file_param != NULL) {
        m->file = call_file(c, file_param, media);
        a = form_get(&c->form, file_param);
        if (media == MEDIA_DOCUMENT && a->kind == ARG_FILE)
            person_set(&m->file_name, a->filename);
    }
    m = call_put(c, chat, m, &t);
    if (m != NULL)
        message_json(c->w, c->bot, chat, m, &c->result);
}

void send_message(struct call *c)
{
    send(c, "text", NULL, MEDIA_NONE);
}

void send_photo(struct call *c)
{
    send(c, "caption", "photo", MEDIA_PHOTO);
}

void send_video(struct call *c)
{
    send(c, "caption", "video", MEDIA_VIDEO);
}

void send_document(struct call *c)
{
    send(c, "caption", "document", MEDIA_DOCUMENT);
}

/* ---- copyMessage ---------------------------------------------------------------- */

static void keep_text(const struct message *from, struct text *t)
{
    struct jv entities = {0};
    struct buf why = {0};

    if (from->entities != NULL)
        (void)jv_parse(from->entities, strlen(from->entities), &entities);
    (void)text_given(t, from->text, from->text_n, entities, &why);
    buf_free(&why);
}

void copy_message(struct call *c)
{
    struct chat *to = call_chat_to_write(c, "chat_id");
    struct chat *source = to != NULL ? call_chat(c, "from_chat_id") : NULL;
    const struct message *from =
        source ? message_find(source, form_int(&c->form, "message_id", 0)) : NULL;
    struct message *m = calloc(1, sizeof(*m));
    struct text t = {0};

    if (m == NULL)
        call_refuse(c, 500, "Internal Server Error");
    if (source != NULL && (from == NULL || from->media == MEDIA_OTHER))
        call_refuse(c, 400, "Bad Request: message to copy not found");
    if (call_ok(c) && from->media != MEDIA_NONE &&
        form_get(&c->form, "caption") != NULL)
        call_text(c, "caption", &t);
    else if (call_ok(c))
        keep_text(from, &t);
    if (!call_ok(c)) {
        text_free(&t);
        message_drop(m);
        return;
    }
    m->media = from->media;
    m->file = from->file;
    if (from->file_name != NULL)
        person_set(&m->file_name, from->file_name);
    m = call_put(c, to, m, &t);
    if (m != NULL)
        buf_addf(&c->result, "{\"message_id\":%lld}", (long long)m->id);
}
