/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/talk.h - a conversation: what both bots do alike.
 *
 * A bot is a book of tables (struct talk_book). What comes in is looked up in one of
 * them by its name, what the row needs is asked, and its function runs:
 *
 *   screens   buttons, "<screen>:<action>" of the data v1:<screen>:<action>:<arg>
 *   commands  "discount" for /discount
 *   links     "s_" for /start s_<token>
 *   states    "support": what the next text answers (dialog.h)
 *
 * A row without a need, or of the cashier's bot without a permission where one is due,
 * stops the program at its start (talk_books_whole). To add a screen: a function in a
 * file of client/ or cashier/, a row in screens[] of client.c or cashier.c, its texts.
 *
 * Everything runs inside the transaction of the step. Telegram is spoken to by
 * message_put alone; a button is acknowledged before anything else. */
#ifndef WORKER_TALK_H
#define WORKER_TALK_H

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/base/tz.h"
#include "core/loyalty/customer.h"
#include "core/message.h"
#include "core/staff/shift.h"
#include "core/staff/staff.h"
#include "core/staff/till.h"
#include "worker/dialog.h"
#include "worker/screen.h"
#include "worker/shop.h"
#include "worker/update.h"

struct talk_book;

struct talk {
    struct step *s;
    const struct talk_book *book;
    const struct shop *shop;
    const struct update *up; /* NULL: not from an update (notice, answer of a check) */
    int64_t user;            /* and the private chat, which has the same id */
    int64_t topic;           /* of a group's forum; 0: none */
    enum lang lang;
    int64_t now;
    struct dialog dialog;
    bool edited;   /* the message with the button has been used up */
    int put;       /* messages put so far */
    int64_t last;  /* the row of the last one; 0: it is skipped */
    int64_t due;   /* what is put goes out then; 0: at once */
    int64_t batch; /* … as one of many (message.h); 0: alone */

    bool known; /* the client bot: customer is loaded; the cashier bot: staff is */
    struct customer customer;
    bool back; /* had blocked the client bot, until this very update */
    struct staff staff;
    bool on_shift;
    struct shift shift;
    struct till
        till;        /* a phone that several people share; id 0: it is somebody's own */
    bool pin_passed; /* the PIN of staff was right just now (cashier.h: pin_ask) */
    int64_t pin_staff; /* … and whose PIN that was, who may be about to become staff */
};

/* arg: ASCII letters, digits and _ . -, at most 64, never NULL. */
typedef enum status talk_fn(struct talk *t, const char *arg);

enum talk_need {
    NEED_UNSET,
    NEED_NOTHING, /* anybody */
    NEED_CONSENT, /* a customer who agreed */
    NEED_STAFF,   /* staff with the row's permission */
    NEED_SHIFT    /* the same, on an open shift */
};

struct talk_row {
    const char *name;
    talk_fn *run;
    enum talk_need need;
    enum perm perm; /* with NEED_STAFF, NEED_SHIFT */
    bool always;    /* a "no" is obeyed however late it comes (talk_late.c) */
    bool leaves; /* another matter: what was asked before waits for no words any more */
};

struct talk_table {
    const struct talk_row *rows;
    size_t n;
};
#define TALK_TABLE(rows)                                                               \
    {                                                                                  \
        (rows), sizeof(rows) / sizeof((rows)[0])                                       \
    }

struct talk_book {
    const char *name; /* "client", "auth" */
    enum message_sender sender;
    struct talk_table screens, commands, links, states;
    enum status (*open)(struct talk *t); /* who is it: fills known, lang … */
    /* May the row run? ST_REFUSED: no, and the person has been told. */
    enum status (*allow)(struct talk *t, const struct talk_row *row);
    talk_fn *menu; /* arg "old": the button was of an older screen; "lost": a state was;
                  "were": we were away when it was written */
    struct talk_row text; /* a text outside any state */
    struct talk_row photo;
    struct talk_row contact; /* no name: the hint answers */
    struct talk_row hint;    /* a voice, a sticker, a command that means nothing here */
    talk_fn *blocked, *unblocked;
    /* A text that answers a message of ours (up->reply). ST_NONE: of no talk; it is read
     * as any other. */
    talk_fn *reply;
};

bool talk_books_whole(void); /* every row of every table has its need, function, name */
bool talk_table_whole(const struct talk_table *table);
const struct talk_book *talk_book_find(const char *name); /* NULL: no such bot */

/* ---- for the screens ------------------------------------------------------------ */

/* Sends the screen, or edits the message whose button was pressed, and closes sc. */
must_check enum status talk_show(struct talk *t, struct screen *sc);
/* From here on talk_show sends: what was pressed stays in the chat (a receipt does). */
void talk_leave(struct talk *t);
/* Always a new message. */
must_check enum status talk_send(struct talk *t, struct screen *sc,
                                 enum message_purpose purpose);
/* The words under a picture that was sent before. Gone or not to be edited: nothing
 * comes in its place. */
must_check enum status talk_caption(struct talk *t, struct screen *sc, int64_t message);
/* "One sentence and the way back": a screen of one text and the menu's button. */
must_check enum status talk_say(struct talk *t, enum text_key key);

/* A message of words that was sent before, edited by nobody's press; the same. */
must_check enum status talk_renew(struct talk *t, struct screen *sc, int64_t message);
void talk_remember(struct talk *t, const char *at, const char *word);
void talk_forget(struct talk *t);
struct contact talk_contact(const struct talk *t); /* borrowed from the update */

/* ---- pure ----------------------------------------------------------------------- */

/* Is this no time to answer? ST_REFUSED: it is not, and what there was to say was said.
 * Asked before a row runs that is not `always`. */
must_check enum status talk_late(struct talk *t);
/* What a press is answered with while the shop is closed for repairs; else NULL. */
const char *talk_closed(const struct talk *t);

struct callback {
    char route[SCREEN_DATA_MAX + 1]; /* "d:renew" */
    char arg[SCREEN_DATA_MAX + 1];
};
/* false: not ours, of another version, or forged. */
bool callback_read(const char *data, size_t n, struct callback *out);

const struct talk_row *talk_find(const struct talk_table *table, const char *name);
/* The row whose name begins s; *rest is what follows it. */
const struct talk_row *talk_find_prefix(const struct talk_table *table, const char *s,
                                        const char **rest);
/* Letters, digits, _ and - (and . with dots): copied with a NUL. false: anything else,
 * or longer than 64. */
bool talk_word(const char *s, size_t n, bool dots, char out[SCREEN_DATA_MAX + 1]);

/* "<id>" or "<id>.<rest>" in base 36; 0: forged. rest (may be NULL) is lent by arg, ""
 * when there is none. */
int64_t talk_id(const char *arg, const char **rest);

#endif
