/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/cashier/cashier.h - the conversation at the till, a file a screen:
 *
 *   join.c    an invite's link; strangers
 *   login.c   into the panel                  l:*
 *   handover.c  the shop changes hands        o:*
 *   restored.c  is the database the shop's?      b:*
 *   access.c  a stranger asks, a manager answers  a:*
 *   invite.c  a link made here                    i:*
 *   hire.c    somebody without a phone            i:*
 *   team.c    who works here, and what of it may be changed    p:* g:*
 *   pick.c    roles and stores to choose from
 *   pin.c     the keypad                          k:*
 *   till.c    a phone several people share        t:*
 *   tell.c    words for managers, whoever caused them
 *   shift.c   open, close                         s:*
 *   count.c   the shift's report; the till's own sum           s:*
 *   training.c  a store where nothing counts      w:*
 *   closing.c shifts the clock closes             (sched.shift_close)
 *   month.c   a month's report                    q:*
 *   csv.c     both reports as files
 *   code.c    a code read three ways              (texts, links, photos)
 *   scan.c    the fourth: the scanner's page      (bot.code_scanned)
 *   card.c    what the code is worth              r:*
 *   amount.c  the sum of the purchase, typed      (state "amount")
 *   receipt.c the press, and its receipt
 *   member.c  asks the channel meanwhile
 *   alert.c   words for managers and owners of what was undone or looks odd
 *   undo.c    a receipt taken back                u:*
 *   support.c guests' questions                   y:*
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
talk_fn shift_ask, shift_choose, shift_end, shift_sure;

/* code.c */
talk_fn code_link, code_typed, code_photo, code_how;
/* A code of either form, as it travels in buttons: 10 symbols, or a token of 22. */
must_check enum status code_check(struct talk *t, const char *code, bool take);

/* scan.c. A button that opens the scanner's page; none when it has no address. */
void scan_button(struct talk *t, struct screen *sc);

/* card.c */
talk_fn card_take, card_again, card_no, card_renew;
must_check enum status card_show(struct talk *t, const struct card *c,
                                 const char *code);
enum text_key card_what(enum discount_source source);

/* amount.c */
talk_fn amount_ask, amount_typed;
/* What the next text is, now that this card is shown. */
void amount_expect(struct talk *t, const struct card *c);
/* "Чек 1 250 ₽ − 125 ₽ = 1 125 ₽"; nothing when amount is -1. */
void amount_say(struct talk *t, struct screen *sc, int64_t amount, int64_t off);

/* receipt.c */
talk_fn receipt_press;
must_check enum status receipt_show(struct talk *t, const struct redemption *r);

/* member.c */
must_check enum status member_ask(struct talk *t, const struct card *c,
                                  const char *code);

/* undo.c */
talk_fn undo_last, undo_ask, undo_keep, undo_do, undo_words;
/* Of a void one: its note, or the words of its reason. Lent by r, or for ever. */
const char *undo_why_text(const struct redemption *r, enum lang lang);

/* Runs the row of a button, as if it had been pressed: what it needs is asked. */
must_check enum status cashier_go(struct talk *t, const char *route, const char *arg);

/* join.c */
enum text_key role_text(enum role role);
/* Welcome, to somebody who works here from now on. */
void join_words(struct talk *t, struct screen *sc);

/* login.c */
talk_fn login_asked, login_yes, login_no, login_open;

/* handover.c */
talk_fn owner_yes, owner_no, owner_back;

/* restored.c */
talk_fn restored_go, restored_end;

/* access.c */
talk_fn access_request, access_card, access_yes, access_role, access_at, access_no;

/* invite.c */
talk_fn invite_open, invite_role, invite_at, invite_till, invite_phone;
talk_fn hire_open, hire_at, hire_named; /* hire.c: somebody without a phone */

/* team.c */
talk_fn manage_open, team_open, team_one, team_roles, team_as, team_shops, team_shop,
    team_pin, team_fire, team_fired;
/* A temporary PIN, behind a sentence about them (TEXT_NOTHING: none). */
must_check enum status team_give_pin(struct talk *t, const struct staff *who,
                                     enum text_key before);

/* pick.c. Buttons screen:action:<prefix><number>, a role or a store below or of t's
 * own; *n (may be NULL) how many stores. */
struct pick {
    const char *screen, *action, *prefix;
    enum perm perm; /* of stores: where t may use it */
};
/* invite.c. Asks for a store, and goes on with it. */
must_check enum status invite_store(struct talk *t, const struct pick *to);
void pick_role(struct talk *t, struct screen *sc, const struct pick *to);
must_check enum status pick_store(struct talk *t, struct screen *sc,
                                  const struct pick *to, int *n);
bool role_has_store(enum role role); /* does it work at certain stores? */

/* till.c */
talk_fn till_who, till_pick, till_in, till_phones, till_off;
must_check enum status till_show(struct talk *t);

/* tell.c. A message to each active person who may use ask->perm at ask->store_id; `say`
 * fills it, in the language of `to`. */
typedef void tell_fn(struct talk *to, struct screen *sc, const void *what);
struct team_ask;
must_check enum status tell_who_may(struct talk *of, const struct team_ask *ask,
                                    tell_fn *say, const void *what);
must_check enum status tell_pin_locked(struct talk *t, int64_t staff);

/* count.c */
talk_fn shift_look, shift_one, count_ask, count_typed;
/* The report's words; a screen that could not be filled is closed. */
must_check enum status count_say(struct talk *t, struct screen *sc, int64_t shift_id);
void count_buttons(struct talk *t, struct screen *sc, const struct shift *s);

/* training.c, month.c, csv.c */
talk_fn training_open, training_turn;
talk_fn month_open, month_shops, month_show, month_csv, shift_csv, shift_list;
/* Each store of a month that t may see, added up by cashier. */
struct month {
    int year, month;
    int64_t store; /* 0: all of theirs */
};
struct report_line;
typedef void month_each(void *arg, const char *store, const struct report_line *lines,
                        int n);
must_check enum status month_walk(struct talk *t, const struct month *m, month_each *fn,
                                  void *arg);
/* "<yyyymm>" or "<yyyymm>.<store>" */
bool month_read(const char *arg, struct month *m);
#define MONTH_BYTES 16
void month_print(const struct month *m, char out[MONTH_BYTES]); /* 11.2026 */

/* pin.c */
talk_fn pin_my, pin_digit, pin_erase, pin_done, pin_no, pin_typed;
/* The PIN of somebody else, on a shared phone; the row finds t->pin_staff. */
must_check enum status pin_ask_of(struct talk *t, int64_t staff, const char *go_on,
                                  const char *arg);
/* Asks the person at work for their PIN by a keypad and then goes on with the
 * screens' row `go_on` ("u:do") and its arg (at most 40 characters), which finds
 * t->pin_passed set. Who has no PIN is led to set one first. The row asks everything
 * again: between the two anything may have happened.
 *
 *     if (r.amount > limit && !t->pin_passed)
 *         return pin_ask(t, "u:do", arg); */
must_check enum status pin_ask(struct talk *t, const char *go_on, const char *arg);

/* support.c */
talk_fn support_reply, support_typed, support_shut, support_bar, support_unbar;
talk_fn support_replied; /* of the book: a reply to a question */

/* notes.c */
talk_fn till_help, till_language, till_ru, till_en;

#endif
