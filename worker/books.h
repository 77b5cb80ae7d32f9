/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/books.h - the two bots' tables, and what both need of one another's files. */
#ifndef WORKER_BOOKS_H
#define WORKER_BOOKS_H

#include "worker/talk.h"

extern const struct talk_book client_book;  /* client/client.c */
extern const struct talk_book cashier_book; /* cashier/cashier.c */

/* client/channel.c: somebody joined or left the shop's channel, or our rights in it
 * changed. */
must_check enum status channel_news(struct talk *t);

#endif
