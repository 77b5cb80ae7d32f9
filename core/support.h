/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/support.h - words between a customer and the shop.
 *
 *            support_write                 support_close
 *   (none) ---------------> OPEN thread <---------------> closed
 *                            |  ^         support_answer
 *                            +--+ support_write, support_answer
 *
 * One open thread a customer. Both sides' words are rows, kept as long as messages are.
 * A message of either bot that shows a line is tied to its thread (support_tie), so that
 * a reply to it finds its way. Who is blocked is not passed on; they are told so
 * politely. Staff see a first name, nothing else. */
#ifndef CORE_SUPPORT_H
#define CORE_SUPPORT_H

#include "core/contact.h"
#include "core/io/db.h"
#include "core/message.h"

#define SUPPORT_WORDS_MAX 2000 /* characters we pass on */

struct support_thread {
    int64_t id, customer_id;
    int64_t redemption_id; /* 0: about nothing in particular */
    bool open;
    char name[CONTACT_NAME_BYTES]; /* what the customer is called, no more */
    char language[3];
    bool blocked;
};
must_check enum status support_load(struct db *db, int64_t id,
                                    struct support_thread *out);

struct support_words {
    int64_t customer_id;
    int64_t redemption_id; /* what the thread is about from now on; 0: as before */
    const char *words;     /* "" with a photo alone */
    size_t n;
    bool photo;
};
/* Opens the thread if none is open. *out is it. ST_REFUSED: they are blocked. ST_BAD:
 * nothing said, or too much. */
must_check enum status support_write(struct db *db, int64_t now,
                                     const struct support_words *w,
                                     struct support_thread *out);

/* ST_OK; ST_NONE: no such thread; a closed one opens again. ST_REFUSED: the customer is
 * gone, took their consent back or stopped the bot; nothing is kept. */
must_check enum status support_answer(struct db *db, int64_t now, int64_t thread_id,
                                      int64_t staff_id, const struct support_words *w,
                                      struct support_thread *out);

/* ST_NONE: it was closed. */
must_check enum status support_close(struct db *db, int64_t now, int64_t thread_id,
                                     int64_t staff_id);
/* ST_NONE: it was so already. */
must_check enum status support_block(struct db *db, int64_t now, int64_t customer_id,
                                     int64_t staff_id, bool block);

/* message is the row of one that shows a line of the thread. */
must_check enum status support_tie(struct db *db, int64_t message, int64_t thread_id);
/* Whose thread does a message in that chat show? external_id as the messenger numbers
 * it. ST_NONE: none. */
must_check enum status support_find(struct db *db, enum message_sender sender,
                                    int64_t chat, int64_t external_id,
                                    int64_t *thread_id);

/* How many lines of both sides are kept. */
must_check enum status support_count(struct db *db, int64_t customer_id, int64_t *n);

/* Lines older than `before` leave, and threads nobody wrote in since; at most limit of
 * each; *n how many. */
must_check enum status support_forget(struct db *db, int64_t before, int limit, int *n);

#endif
