/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/notice.h - words for facts: the steps of core.discount_redeemed,
 * core.redemption_voided and core.birthday_gifted (steps.h).
 *
 * The fact is committed; here the customer hears of it, in their language. Repeating
 * one puts no second message: the step runs in the transaction that deletes its job.
 * The QR pictures of the discount are put right in the same step (client/picture.c).
 *
 * Owners hear through the staff's bot of what only they can mend. */
#ifndef WORKER_NOTICE_H
#define WORKER_NOTICE_H

#include "core/loyalty/redemption.h"
#include "worker/books.h"

/* A conversation nobody began: the customer, their language, the shop. ST_NONE: nobody
 * to tell (erased, withdrawn). shop is the caller's memory. */
must_check enum status notice_open(struct step *s, int64_t customer_id,
                                   struct shop *shop, struct talk *out);

/* We cannot see who is in the channel: every owner is told, at most once an hour. In
 * the caller's transaction. */
must_check enum status notice_channel_lost(const struct talk *t);

/* The holder hears that their expired discount was given once more. */
must_check enum status notice_reissued(struct step *s, const struct discount *d);

/* cashier/alert.c: managers of the store and owners hear of an undo, but not who did it. */
must_check enum status notice_voided(struct step *s, const struct redemption *r);

/* cashier/alert.c: what looks like fraud (core/loyalty/suspicion.h) after a redemption or
 * its undo; r NULL: after a lock of that cashier's. Owners hear of it. */
must_check enum status notice_suspicions(struct step *s, const struct redemption *r,
                                         int64_t staff_id);

#endif
