/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/edit.c - a bot changes or removes what it sent. */
#include "core/base/clock.h"
#include "tests/botapi/call.h"
#include "tests/botapi/events.h"

#include <stdlib.h>
#include <string.h>

#define DELETE_AGE_S (48 * 3600)

static bool same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The message a call names, if this bot may edit it. */
static struct message *target(struct call *c, struct chat **chat)
{
    struct message *m;

    if (form_get(&c->form, "inline_message_id") != NULL) {
        call_refuse(c, 400, "Bad Request: MESSAGE_ID_INVALID");
        return NULL;
    }
    *chat = call_chat_to_write(c, "chat_id");
    if (*chat == NULL)
        return NULL;
    if (form_get(&c->form, "message_id") == NULL) {
        call_refuse(c, 400, "Bad Request: message identifier is not specified");
        return NULL;
    }
    m = message_find(*chat, form_int(&c->form, "message_id", 0));
    if (m == NULL)
        call_refuse(c, 400, "Bad Request: message to edit not found");
    else if (m->from != c->bot->id || (m->markup != NULL && !m->markup_inline))
        call_refuse(c, 400, "Bad Request: message can't be edited");
    return call_ok(c) ? m : NULL;
}

/* What a message is to become; NULL text: it stays. */
struct change {
    struct text *text;
    int64_t file; /* 0: stays */
    struct markup markup;
};

static bool changes(const struct message *m, const struct change *to)
{
    struct buf entities = {0};
    bool differs;

    if (!same(m->markup, to->markup.json) || (to->file != 0 && to->file != m->file))
        return true;
    if (to->text == NULL)
        return false;
    if (to->text->n > 0)
        text_entities_json(to->text, &entities);
    differs = m->text_n != to->text->s.len ||
              (m->text_n > 0 && memcmp(m->text, to->text->s.s, m->text_n) != 0) ||
              !same(m->entities, entities.s);
    buf_free(&entities);
    return differs;
}

static void apply(struct call *c, struct chat *chat, struct message *m,
                  struct change *to)
{
    markup_read(c, true, &to->markup);
    if (call_ok(c) && !changes(m, to))
        call_refuse(
            c, 400,
            "Bad Request: message is not modified: specified new message content "
            "and reply markup are exactly the same as a current content and reply "
            "markup of the message");
    if (!call_ok(c)) {
        free(to->markup.json);
        return;
    }
    if (to->text != NULL)
        message_take_text(m, to->text);
    if (to->file != 0)
        m->file = to->file;
    free(m->markup);
    m->markup = to->markup.json;
    m->markup_inline = m->markup != NULL;
    m->edit_date = world_now(c->w) / SECOND;
    world_changed(c->w);
    events_message(c->w, c->bot, chat, m, "edited");
    message_json(c->w, c->bot, chat, m, &c->result);
}

void edit_text(struct call *c)
{
    struct text t = {0};
    struct chat *chat;
    struct message *m = target(c, &chat);

    if (m != NULL && m->media != MEDIA_NONE)
        call_refuse(c, 400, "Bad Request: there is no text in the message to edit");
    if (form_get(&c->form, "text") == NULL)
        call_violate(c, "Bad Request: message text is empty");
    if (call_ok(c) && call_text(c, "text", &t))
        apply(c, chat, m, &(struct change){.text = &t});
    text_free(&t);
}

void edit_caption(struct call *c)
{
    struct text t = {0};
    struct chat *chat;
    struct message *m = target(c, &chat);

    if (m != NULL && m->media == MEDIA_NONE)
        call_refuse(c, 400, "Bad Request: there is no caption in the message to edit");
    if (call_ok(c) && call_text(c, "caption", &t))
        apply(c, chat, m, &(struct change){.text = &t});
    text_free(&t);
}

void edit_markup(struct call *c)
{
    struct chat *chat;
    struct message *m = target(c, &chat);

    if (m != NULL)
        apply(c, chat, m, &(struct change){0});
}

/* InputMediaPhoto or InputMediaDocument as JSON, its caption read with its own mode. */
bool call_media_caption(struct call *c, struct jv media, struct text *t)
{
    struct buf s = {0}, mode = {0};
    struct text_source src = {.limit = 1024};
    bool ok;

    jv_text(jv_get(media, "caption"), &s);
    jv_text(jv_get(media, "parse_mode"), &mode);
    src.s = s.s != NULL ? s.s : "";
    src.n = s.len;
    src.mode = mode.s != NULL ? mode.s : "";
    src.mode_n = mode.len;
    src.entities = jv_get(media, "caption_entities");
    ok = call_text_from(c, &src, t);
    buf_free(&s);
    buf_free(&mode);
    return ok;
}

void edit_media(struct call *c)
{
    struct text t = {0};
    struct chat *chat;
    struct message *m = target(c, &chat);
    struct jv media = form_json(&c->form, "media");
    bool photo = jv_equals(jv_get(media, "type"), "photo");
    char *address = jv_dup(media, "media");
    struct change to = {.text = &t};

    if (m != NULL && !photo && !jv_equals(jv_get(media, "type"), "document"))
        call_violate(c,
                     "Not Implemented: the stand-in changes photos and documents only");
    if (call_ok(c) && address != NULL)
        to.file = call_file_from(c, address, strlen(address),
                                 photo ? MEDIA_PHOTO : MEDIA_DOCUMENT);
    if (call_ok(c) && call_media_caption(c, media, &t)) {
        m->media = photo ? MEDIA_PHOTO : MEDIA_DOCUMENT;
        apply(c, chat, m, &to);
    }
    free(address);
    text_free(&t);
}

/* ---- removing ------------------------------------------------------------------- */

static bool remove_one(struct call *c, struct chat *chat, int64_t id)
{
    struct message *m = message_find(chat, id);

    if (m == NULL || world_now(c->w) / SECOND - m->date > DELETE_AGE_S)
        return false;
    events_message(c->w, c->bot, chat, m, "deleted");
    message_delete(c->w, chat, m);
    return true;
}

void delete_message(struct call *c)
{
    struct chat *chat = call_chat_to_write(c, "chat_id");
    int64_t id = form_int(&c->form, "message_id", 0);

    if (chat != NULL && message_find(chat, id) == NULL)
        call_refuse(c, 400, "Bad Request: message to delete not found");
    if (call_ok(c) && !remove_one(c, chat, id))
        call_refuse(c, 400, "Bad Request: message can't be deleted");
    call_true(c);
}

void delete_messages(struct call *c)
{
    struct chat *chat = call_chat_to_write(c, "chat_id");
    struct jv_walk w = jv_begin(form_json(&c->form, "message_ids"));
    int64_t id;

    if (chat == NULL)
        return;
    while (jv_step(&w))
        if (jv_int(w.value, &id))
            (void)remove_one(c, chat, id);
    call_true(c);
}
