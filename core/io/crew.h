/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/crew.h - threads for blocking work (MySQL, bcrypt), answered in the loop.
 *
 * crew_do hands work to the first free hand; when it is over, done is called in the
 * loop with what work answered. Each hand has its number, so that what only one thread
 * may use (a connection) can be kept one a hand. */
#ifndef CORE_IO_CREW_H
#define CORE_IO_CREW_H

#include "core/base/status.h"
#include "core/io/loop.h"

struct crew;

typedef enum status crew_work(void *arg, int hand); /* in a thread */
typedef void crew_done(void *arg, enum status st);  /* in the loop */

/* NULL: no memory, descriptor or thread. Yours. Signals stay with the loop. */
struct crew *crew_open(struct loop *loop, int hands);
/* Waits for what is being worked on; done is not called any more. NULL is fine. */
void crew_close(struct crew *c);

/* ST_BROKEN: no memory, done is not called. */
must_check enum status crew_do(struct crew *c, crew_work *work, crew_done *done,
                               void *arg);

#endif
