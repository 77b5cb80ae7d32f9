/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/stage_chat.h - what a phone shows: for stage.c and its two casts. */
#ifndef TESTS_HARNESS_STAGE_CHAT_H
#define TESTS_HARNESS_STAGE_CHAT_H

#include "core/base/json.h"
#include "tests/harness/stage.h"

#define BUTTONS_MAX 48

/* A message in somebody's chat. `turn` is the act during which it came or last changed.
 */
struct shown {
    char bot[8];
    int64_t chat, message;
    char *text, *qr; /* qr: the text of its picture, or NULL */
    struct button {
        char label[80], data[80], copy[80];
    } button[BUTTONS_MAX];
    int buttons, turn;
    char *keys;      /* the keyboard it brought, a label a line; "": it took one away */
    bool photo, new; /* new: sent in that turn, not only edited */
    struct json *as; /* as the stand-in shows it */
};

/* A call of the Bot API as it would change the chat: sendMessage, sendPhoto, edits. qr
 * is the text of the picture (NULL: none). message is the id a new message gets. */
struct chat_call {
    const char *bot, *method;
    const struct json *params;
    const char *qr;
    int64_t message;
    const struct json *shown; /* kept for chat_known; may be NULL */
};
void chat_apply(const struct chat_call *call);
void chat_act(const struct person *p, const char *what); /* a new act begins: a line */

/* The cast behind the stage. */
struct cast {
    void (*say)(const struct person *p, const char *text);
    /* A button of that message (0: forged, of no message). */
    void (*press)(const struct person *p, const char *data, int64_t message,
                  bool photo);
    void (*voice)(const struct person *p);
    void (*contact)(const struct person *p, const char *phone, int64_t whose);
    void (*photo)(const struct person *p, const void *picture, size_t n);
    void (*block)(const struct person *p);
    void (*unblock)(const struct person *p);
    void (*stand)(const struct person *p, const char *status);
    void (*member)(const struct person *p, bool in);
    void (*hidden)(bool hidden);
    /* Until words are there or time is up; NULL words: until nothing moves. */
    void (*settle)(const struct person *p, const char *words);
    void (*close)(void);
};
extern const struct cast *cast;

void stage_furnish(void); /* settings, stores, texts */
void chat_clear(void);

/* Their newest message; `before` (not NULL): the newest before that one. Lent. */
const struct shown *chat_newest(const struct person *p, const struct shown *before);
bool chat_is_now(const struct shown *m); /* of the act that is going on */
bool chat_holds(const struct person *p, const char *words); /* … one of those does */
/* Prints the whole conversation and fails the test. */
void chat_fail(const struct person *p, const char *what, const char *words);
/* What the phone shows of a message; NULL: it never saw it. Lent. */
const struct json *chat_known(const char *bot, int64_t chat, int64_t message);

#endif
