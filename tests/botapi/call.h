/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/call.h - one call of the Bot API from request to answer.
 *
 *   token -> method -> form -> fault before? -> check.c, limits.c -> handler -> fault
 *   after? -> answer, journal
 *
 * A handler writes c->result, or refuses with Telegram's words. */
#ifndef TESTS_BOTAPI_CALL_H
#define TESTS_BOTAPI_CALL_H

#include "tests/botapi/form.h"
#include "tests/botapi/serve.h"
#include "tests/botapi/world.h"

struct check_method;

struct call {
    struct world *w;
    struct bot *bot;
    struct req *req;
    const struct check_method *m;
    const char *method; /* as the document spells it */
    struct form form;
    struct buf result; /* JSON */
    int code;          /* 200 until refused */
    struct buf description;
    bool held; /* the handler answers later (getUpdates) */
};

typedef void call_fn(struct call *c);
call_fn *call_handler(const char *method); /* handlers.c; NULL: none of its own */

void call_serve(struct world *w, struct req *r, const char *token_and_method);

/* "Bad Request: chat not found" and the like; the first refusal stands. */
void call_refuse(struct call *c, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A refusal that is also a violation of the document. */
void call_violate(struct call *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
bool call_ok(const struct call *c);
void call_true(struct call *c); /* result: true */

/* The whole answer's text for a call that is over. */
void call_answer_text(const struct call *c, struct buf *out);

/* limits.c: lengths of parameters; refuses. */
void limits_check(struct call *c);

/* markup.c: reply_markup checked; *json (NULL: absent) is yours. */
struct markup {
    char *json;
    bool is_inline, remove;
};
void markup_read(struct call *c, bool inline_only, struct markup *out);

/* chats.c: the chat a parameter names, if the bot may look at it / write to it; refuses
 * and answers NULL otherwise. */
struct chat *call_chat(struct call *c, const char *param);
struct chat *call_chat_to_write(struct call *c, const char *param);

/* compose.c: text or caption with its entities, cleaned and within limit units. */
bool call_text(struct call *c, const char *param, struct text *t);
/* Text from anywhere, by parse mode and entities (spans may be absent). */
struct text_source {
    const char *s;
    size_t n;
    const char *mode;
    size_t mode_n;
    struct jv entities;
    size_t limit;
};
bool call_text_from(struct call *c, const struct text_source *src, struct text *t);
void message_take_text(struct message *m, struct text *t); /* t is emptied */
/* edit.c: the caption of an InputMedia…, read with its own mode. */
bool call_media_caption(struct call *c, struct jv media, struct text *t);
/* send.c: puts m, whose text, file and media are set, into the chat; takes m and t over.
 * NULL: refused. */
struct message *call_put(struct call *c, struct chat *chat, struct message *m,
                         struct text *t);
/* The picture or document that a parameter or an attach:// address names; 0: refused.
 */
int64_t call_file(struct call *c, const char *param, enum media media);
int64_t call_file_from(struct call *c, const char *s, size_t n, enum media media);

/* Every handler. */
call_fn send_message, send_photo, send_video, send_media_group, send_document,
    send_chat_action, copy_message, edit_text, edit_caption, edit_markup, edit_media,
    delete_message, delete_messages, answer_callback, get_me, get_chat, get_chat_member,
    get_chat_administrators, get_member_count, get_file, set_webhook, delete_webhook,
    get_webhook_info, get_updates, set_commands, get_commands, delete_commands,
    set_about, get_about, set_menu_button, get_menu_button, answer_join_request;

#endif
