/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/client/client.h - the customer's conversation, a file a screen:
 *
 *   join.c      /start, consent, refusal          w:*
 *   gate.c      subscribe to the channel first    g:*
 *   discount.c  the QR code                       d:*
 *   picture.c   its picture: sent, put right later
 *   wallet.c    all discounts                     l:*
 *   birthday.c  the date                          b:*
 *   choice.c    messages on and off, language     n:* x:*
 *   data.c      help, my data, withdrawal         h:* p:*
 *   channel.c   news of the channel (no screen)
 *
 * Their table is in client.c. */
#ifndef WORKER_CLIENT_CLIENT_H
#define WORKER_CLIENT_CLIENT_H

#include "core/loyalty/consent.h"
#include "core/loyalty/discount.h"
#include "worker/books.h"

/* client.c */
talk_fn client_menu; /* arg "": plain; "old", "lost", "hint" …: says why it is shown */
talk_fn client_menu_new, client_hint, client_photo;
void client_ways(struct screen *sc); /* the menu's buttons */

/* join.c */
talk_fn join_start, join_source, join_yes, join_no, join_language;
must_check enum status join_ask(struct talk *t);
must_check enum status join_paper(struct talk *t, enum purpose purpose,
                                  struct consent_text *out, struct buf *body);

/* Two taps this near to one another are one. */
#define DOUBLE_TAP (5 * SECOND)

/* gate.c */
talk_fn gate_open, gate_check;

/* discount.c */
talk_fn discount_open, discount_one, discount_fresh;
/* Issues the welcome discount, or finds it, and shows it. */
must_check enum status discount_give(struct talk *t);

/* picture.c */
/* Sends the picture; a second press of the same button within DOUBLE_TAP finds it on
 * its way and sends none. */
must_check enum status discount_show(struct talk *t, const struct discount *d,
                                     enum text_key head);
/* ST_OK: this very press has been answered with d's picture a moment ago; ST_NONE. */
must_check enum status picture_coming(struct talk *t, const struct discount *d);
/* The words under the pictures of a discount that was spent or given back (back). */
must_check enum status picture_put_right(struct talk *t, int64_t discount_id,
                                         bool back);
/* The words under those that show a code it has no more. */
must_check enum status picture_retire(struct talk *t, int64_t discount_id,
                                      const char *code);

/* wallet.c */
talk_fn wallet_active, wallet_used, wallet_recent, wallet_gone;
/* Was this customer ever given anything? ST_OK: yes, ST_NONE: never. */
must_check enum status wallet_any(struct talk *t);

/* birthday.c */
talk_fn birthday_open, birthday_ask, birthday_told, birthday_yes;
/* Is there a gift to be had for a date we do not know yet? */
bool birthday_wanted(const struct talk *t);

/* choice.c */
talk_fn messages_open, messages_on, messages_off, messages_later;
talk_fn language_open, language_ru, language_en;
must_check enum status messages_ask(struct talk *t); /* after the first discount */

/* data.c */
talk_fn help_open, data_open, data_ask, data_withdraw;
talk_fn client_cancel, client_blocked, client_unblocked;

#endif
