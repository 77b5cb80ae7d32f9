/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/dialog.h - what a conversation remembers between two messages.
 *
 * One small JSON {"v":1,"at":"support","word":"…"} in Redis under dv:fsm:<bot>:<user>,
 * gone after a day. It may be lost at any time and nothing with money stands in it:
 * then the person is back at the main menu. One that cannot be read is told apart, as
 * it asks for an apology. */
#ifndef WORKER_DIALOG_H
#define WORKER_DIALOG_H

#include "core/base/buf.h"
#include "worker/step.h"

#define DIALOG_AT_BYTES 16
#define DIALOG_WORD_BYTES 65
#define DIALOG_LIFE_S 86400

struct dialog {
    char at[DIALOG_AT_BYTES];     /* "" : nothing in particular */
    char word[DIALOG_WORD_BYTES]; /* one word to go with it */
};

/* ST_OK; ST_NONE: nothing is kept, or Redis is away: out is empty; ST_BAD: unreadable,
 * out is empty. */
must_check enum status dialog_load(struct step *s, const char *bot, int64_t user,
                                   struct dialog *out);

/* Written after the commit, best effort; d NULL or an empty `at` forgets. The last call
 * of a step counts. */
void dialog_keep(struct step *s, const char *bot, int64_t user, const struct dialog *d);

/* Pure: the two directions of the JSON. dialog_print answers false when it does not
 * fit. */
must_check enum status dialog_parse(const char *s, size_t n, struct dialog *out);
bool dialog_print(struct buf *out, const struct dialog *d);

#endif
