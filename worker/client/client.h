/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/client/client.h - the customer's conversation, a file a screen:
 *
 *   join.c      /start, consent, refusal          w:*
 *   gate.c      subscribe to the channel first    g:*
 *   discount.c  the QR code                       d:*
 *   best.c      which of several counts
 *   picture.c   its picture: sent, put right later
 *   caption.c   the words under it
 *   letter.c    what somebody of the shop wrote (no screen)
 *   granted.c   given, renewed or withdrawn by the shop (no screen)
 *   wallet.c    all discounts                     l:*
 *   history.c   what was bought with them         y:open
 *   remind.c    the word before one runs out (no screen)
 *   profile.c   what they tell of themselves      pr:*
 *   profile_walk.c  the questions one by one
 *   name.c      its first question
 *   birthday.c  the second: the date              b:*
 *   birthday_pick.c  the same by buttons
 *   phone.c     the third, by sharing a contact
 *   choice.c    messages on, off, rarely; language n:* x:*
 *   broadcast.c the buttons under a broadcast     bc:*
 *   data.c      help, my data, withdrawal         h:* p:*
 *   export.c    my data as files                  e:send
 *   erase.c     my data deleted                   e:*
 *   stores.c    addresses and hours               s:*
 *   support.c   words to the shop                 t:*
 *   moving.c    to a new account                  v:*
 *   channel.c   news of the channel (no screen)
 *   told.c      buttons below an automation's     au:*
 *   post.c      staff: a broadcast from a post    q:*
 *   post_edit.c its buttons and for whom
 *   post_send.c its numbers, the start
 *   post_watch.c how far it is, by itself
 *
 * Their table is in client.c.
 *
 * Every marketing message carries the button BTN_MESSAGES_STOP with the route n:off: one
 * press, no question, needs nothing (also years later, also of somebody who has left),
 * and leaves the message where it is. */
#ifndef WORKER_CLIENT_CLIENT_H
#define WORKER_CLIENT_CLIENT_H

#include "core/loyalty/consent.h"
#include "core/loyalty/discount.h"
#include "core/loyalty/redemption.h"
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
must_check enum status gate_done(struct talk *t); /* the pressed screen, if any */
/* That discount waits for them to come back to the channel. */
must_check enum status gate_away(struct talk *t, const struct discount *d);
void gate_ways(const struct talk *t, struct screen *sc); /* to the channel, "I have" */

/* discount.c */
talk_fn discount_open, discount_one, discount_fresh, discount_anew;
/* Issues the welcome discount, or finds it, and shows it. */
must_check enum status discount_give(struct talk *t);

/* best.c */
#define BEST_MOST 16
struct best {
    struct discount list[BEST_MOST]; /* good now: the one that counts first */
    int n;
    struct discount waiting; /* the best that is not good while they do not follow the
                                channel; id 0: none */
};
must_check enum status best_load(struct talk *t, struct best *out);
/* Is it for following the channel, and its holder has left? */
bool best_waits(const struct talk *t, const struct discount *d);
/* Says which of several counts; nothing of one. */
void best_explain(struct talk *t, struct screen *sc, const struct best *b);

/* caption.c: each opens sc; an answer that is not ST_OK has closed it */
must_check enum status caption_good(struct talk *t, struct screen *sc,
                                    const struct discount *d, enum text_key head);
must_check enum status caption_gone(struct talk *t, struct screen *sc,
                                    const struct discount *d);
void caption_used(struct talk *t, struct screen *sc, const struct redemption *r);
void caption_retired(struct talk *t, struct screen *sc);
void caption_revoked(struct talk *t, struct screen *sc);
/* Adds what is not as everybody expects it: from when, how often, where. */
must_check enum status caption_terms(struct talk *t, struct screen *sc,
                                     const struct discount *d);

/* picture.c */
/* Sends the picture; a second press of the same button within DOUBLE_TAP finds it on
 * its way and sends none. */
must_check enum status discount_show(struct talk *t, const struct discount *d,
                                     enum text_key head);
/* The picture of one that the shop gave: advertising, with the way out of it. */
must_check enum status discount_gift(struct talk *t, const struct discount *d);
/* ST_OK: this very press has been answered with d's picture a moment ago; ST_NONE. */
must_check enum status picture_coming(struct talk *t, const struct discount *d);
/* The words under the pictures of a discount that was spent, given back (back) or is
 * over. */
must_check enum status picture_put_right(struct talk *t, int64_t discount_id,
                                         bool back);
/* The words under those that show a code it has no more. */
must_check enum status picture_retire(struct talk *t, int64_t discount_id,
                                      const char *code);

/* post.c … post_watch.c; between them: post.h */
talk_fn post_ask, post_came, post_card, post_save, post_drop;
talk_fn post_link, post_linked, post_clear, post_who, post_for;
talk_fn post_send, post_confirmed, post_halt, post_go_on, post_stop, post_stop_sure;

/* told.c */
talk_fn told_off, told_wallet, told_stores, told_profile, told_menu;

/* wallet.c */
talk_fn wallet_active, wallet_used, wallet_recent, wallet_gone;
/* "за подписку", "день рождения": lent, for ever. */
const char *wallet_what(enum lang lang, enum discount_source source);
/* Was this customer ever given anything? ST_OK: yes, ST_NONE: never. */
must_check enum status wallet_any(struct talk *t);

/* history.c */
talk_fn history_open;

/* profile.c */
/* What there is to be had for telling something, and the way to it; nothing when it was
 * told. */
void profile_offer(struct talk *t, struct screen *sc);
talk_fn profile_open, profile_drop, profile_drop_ask, profile_drop_sure;
/* The profile below what sc says already (NULL: nothing); closes sc. */
must_check enum status profile_show(struct talk *t, struct screen *sc);
/* The row was changed: read again what t knows of it. */
must_check enum status profile_again(struct talk *t);

/* profile_walk.c: one question at a time, the place kept in the customer's row */
talk_fn profile_go, profile_skip, profile_stop;
talk_fn profile_text; /* a text outside any state: an answer, or the hint */
bool walk_on(const struct talk *t); /* a question is open, and not for too long */
bool walk_at(const struct talk *t, enum profile_step step); /* … it is this one */
/* Asks this alone; one that stands open already stays as it is. */
must_check enum status walk_ask(struct talk *t, enum profile_step step);
/* The open question below what sc says; closes sc. */
must_check enum status walk_show(struct talk *t, struct screen *sc);
/* That one is answered, sc says how: on to the next, or to the profile. Closes sc. */
must_check enum status walk_next(struct talk *t, struct screen *sc,
                                 enum profile_step answered);
/* They went elsewhere: the next text is no answer. The walk waits to be gone on with. */
must_check enum status walk_leave(struct talk *t);
void walk_ways(struct talk *t, struct screen *sc); /* skip, cancel */

/* name.c */
talk_fn name_edit, name_told, name_keep;
void name_question(struct talk *t, struct screen *sc);

/* birthday.c */
talk_fn birthday_open, birthday_ask, birthday_told, birthday_picked, birthday_yes;
void birthday_question(struct talk *t, struct screen *sc);
void birthday_rules_say(struct talk *t, struct screen *sc);
bool birthday_read_arg(const char *arg, struct date *out); /* "19960229" */
/* Is there a gift to be had for a date we do not know yet? */
bool birthday_wanted(const struct talk *t);

/* birthday_pick.c */
talk_fn pick_decade, pick_year, pick_month, pick_day;

/* phone.c */
talk_fn phone_edit, phone_told, phone_shared;
void phone_question(struct talk *t, struct screen *sc);

/* choice.c */
talk_fn messages_open, messages_on, messages_off, messages_later;
talk_fn messages_stop, messages_rarely, messages_usual;
must_check enum status messages_back(struct talk *t); /* a word to who had blocked us */
talk_fn language_open, language_ru, language_en;
must_check enum status messages_ask(struct talk *t); /* after the first discount */

/* export.c, erase.c */
talk_fn export_send, erase_ask, erase_next, erase_now, erase_call_off;
/* Adds the word of an erasure to come, and the way out of it. */
must_check enum status erase_say(struct talk *t, struct screen *sc);

/* stores.c */
talk_fn stores_open;

/* support.c */
talk_fn support_ask, support_not_me, support_said, support_continued, support_photo;
must_check enum status
support_fetched(struct step *s); /* of a photo: bot.file_fetched */

/* moving.c */
talk_fn move_open, move_code, move_enter, move_typed, move_sure;

/* broadcast.c */
talk_fn broadcast_off, broadcast_wallet, broadcast_stores, broadcast_profile,
    broadcast_menu;

/* data.c */
talk_fn help_open, data_open, data_new, data_ask, data_withdraw;
/* Of somebody there is nothing of. */
must_check enum status data_none(struct talk *t);
must_check enum status data_say(struct talk *t, struct screen *sc); /* the values */
#define TALK_BACK "back" /* the state of who has just let us in again */
talk_fn client_cancel, client_blocked, client_unblocked;

#endif
