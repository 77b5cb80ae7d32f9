/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/notice.h - words for facts: the steps of core.discount_redeemed,
 * core.redemption_voided and core.birthday_gifted (steps.h).
 *
 * The fact is committed; here the customer hears of it, in their language. Repeating
 * one puts no second message: the step runs in the transaction that deletes its job. */
#ifndef WORKER_NOTICE_H
#define WORKER_NOTICE_H

#include "worker/books.h"

/* A conversation nobody began: the customer, their language, the shop. ST_NONE: nobody
 * to tell (erased, withdrawn). shop is the caller's memory. */
must_check enum status notice_open(struct step *s, int64_t customer_id,
                                   struct shop *shop, struct talk *out);

#endif
