/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/cashier/cashier.h - the conversation at the till, a file a screen:
 *
 *   join.c    an invite's link; strangers
 *   shift.c   open, report, close                 s:*
 *   code.c    a code read three ways              (texts, links, photos)
 *   card.c    what the code is worth              r:*
 *   undo.c    a receipt taken back                u:*
 *   notes.c   help, language                      h:* x:*
 *
 * Their table is in cashier.c. The staff row and the shift are read at each update, so
 * a dismissal counts from the next tap on. */
#ifndef WORKER_CASHIER_CASHIER_H
#define WORKER_CASHIER_CASHIER_H

#include "core/loyalty/redemption.h"
#include "worker/books.h"

/* cashier.c */
talk_fn cashier_menu, cashier_menu_new, cashier_start, cashier_hint, cashier_cancel;
/* Who is it: the staff row, the open shift. */
must_check enum status cashier_open(struct talk *t);

/* join.c */
talk_fn join_invite;
must_check enum status join_stranger(struct talk *t);

/* shift.c. arg of shift_ask and shift_choose may carry a code to go on with. */
talk_fn shift_ask, shift_choose, shift_look, shift_end, shift_sure;

/* code.c */
talk_fn code_link, code_typed, code_photo;
/* A code of either form, as it travels in buttons: 10 symbols, or a token of 22. */
must_check enum status code_check(struct talk *t, const char *code, bool take);

/* card.c */
talk_fn card_take, card_again, card_yes, card_no;
must_check enum status card_show(struct talk *t, const struct card *c,
                                 const char *code);
must_check enum status receipt_show(struct talk *t, const struct redemption *r);

/* undo.c */
talk_fn undo_last, undo_ask, undo_keep, undo_do;

/* notes.c */
talk_fn till_help, till_language, till_ru, till_en;

#endif
