/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/postman.h - Telegram's side of the webhook, and the oracle of class U:
 * updates are posted, again and again until each is answered 200, as Telegram does; what
 * was answered 200 must have had its effect, once.
 *
 * The updates are of a kind that the worker notes and answers nothing to. */
#ifndef TESTS_HARNESS_POSTMAN_H
#define TESTS_HARNESS_POSTMAN_H

#include "core/base/config.h"
#include "core/io/db.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct postman {
    const struct config *cfg;
    int port;
    atomic_llong last;                         /* update_id */
    atomic_int delivered, refused, unanswered; /* 200; another status; none */
    atomic_bool stop;
    pthread_t thread;
};

/* Where bots will listen: to be called before they are started (BOTS_LISTEN). */
void postman_open(struct postman *m, const struct config *cfg);

/* One new update, or an old one again: the status of the answer, -1: none. */
int postman_post(struct postman *m, int64_t update_id);
int64_t postman_next(struct postman *m);

/* One after the other, in a thread, until told to stop; the last is delivered, too. */
void postman_start(struct postman *m);
void postman_stop(struct postman *m);

/* Every update was noted, and none run to its end twice; ms at most to get there. */
void postman_judge(struct postman *m, struct db *db, int ms);

#endif
