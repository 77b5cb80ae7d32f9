/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/screen.h - what a person sees: one message of text and buttons.
 *
 *   struct screen sc;
 *   screen_open(&sc, lang);
 *   screen_say(&sc, TEXT_MENU, T_TEXT("brand", brand));
 *   screen_button(&sc, BTN_DISCOUNT, "d", "open", NULL);
 *   payload = screen_payload(&sc, &where);      NULL: no memory, or a button too long
 *   screen_close(&sc);
 *
 * Errors stick; the payload is asked once. Texts come from the table of texts, values
 * are escaped by it; two buttons a row. A screen with a QR code is a photo whose
 * caption is the text, one with a document a file (or a photo) with a caption. */
#ifndef WORKER_SCREEN_H
#define WORKER_SCREEN_H

#include "core/base/json.h"
#include "worker/text.h"

#define SCREEN_DATA_MAX 64 /* bytes of callback data */
#define SCREEN_ROW 2       /* buttons a row */

struct screen {
    struct buf text, qr;
    struct json *rows, *row; /* row is lent by rows */
    enum lang lang;
    bool failed;
    int64_t document;            /* 0: none */
    bool photo;                  /* … which is to be seen in the chat */
    int wide;                    /* buttons a row; 0: SCREEN_ROW */
    struct json *keys, *key_row; /* a keyboard under the chat; NULL: none */
    bool keys_away;
};

void screen_open(struct screen *sc, enum lang lang);
void screen_close(struct screen *sc); /* as = {0} */

/* A paragraph; the second one and later begin on a new line. */
#define screen_say(sc, key, ...)                                                       \
    screen_say_args((sc), (key), T_ARGS_(__VA_ARGS__) + 1, T_COUNT_(__VA_ARGS__))
void screen_say_args(struct screen *sc, enum text_key key, const struct text_arg *args,
                     size_t n);
void screen_say_own(struct screen *sc, const char *words); /* the shop's own, escaped */
void screen_gap(struct screen *sc);                        /* an empty line */

/* data v1:<screen>:<action>:<arg>; arg NULL is an empty one. The colour goes with the
 * label (a table in screen.c). */
void screen_button(struct screen *sc, enum text_key label, const char *screen,
                   const char *action, const char *arg);
/* The same with a label of our own making (a store's name); plain text, cut if long. */
void screen_choice(struct screen *sc, const char *label, const char *screen,
                   const char *action, const char *arg);
/* A label with values: "✅ Применить 10 %". */
struct screen_spot {
    const char *screen, *action, *arg;
};
void screen_button_args(struct screen *sc, enum text_key label, struct screen_spot spot,
                        const struct text_arg *args, size_t n);
void screen_url(struct screen *sc, enum text_key label, const char *url);
/* With a label of our own making, as screen_choice. */
void screen_link(struct screen *sc, const char *label, const char *url);
void screen_copy(struct screen *sc, enum text_key label, const char *text); /* <= 256 */
/* Opens a page inside Telegram; url is https, or the whole message is refused. */
void screen_web_app(struct screen *sc, enum text_key label, const char *url);
void screen_row(struct screen *sc); /* the next button begins a row */

void screen_wide(struct screen *sc, int n); /* short labels: a keypad */

/* A keyboard in place of the phone's own, instead of buttons under the message: a key
 * says its label as a text, or shares the person's contact. It is sent, never edited
 * in, and stays until a screen takes it away. A screen has buttons, keys, or takes keys
 * away; never two of these. */
void screen_key(struct screen *sc, enum text_key label);
void screen_key_contact(struct screen *sc, enum text_key label); /* a row of its own */
void screen_keys_away(struct screen *sc);

void screen_qr(struct screen *sc, const char *text);
void screen_document(struct screen *sc, int64_t id); /* of core/document.h */
/* The same of one that is a JPEG or PNG: seen in the chat. What the messenger does not
 * take as a photo goes as a file (worker/send_patch.h). */
void screen_photo(struct screen *sc, int64_t id);

/* Where a screen goes. message 0: a new message; otherwise that one is edited when it
 * can be: text stays text, so a picture is followed by a new message. */
struct screen_place {
    int64_t chat, message;
    bool on_photo;
    bool caption; /* edit the words under the picture, or do nothing at all */
    bool only;    /* edit that message of words, or do nothing at all */
};
struct json *screen_payload(struct screen *sc,
                            const struct screen_place *at); /* yours */

#endif
