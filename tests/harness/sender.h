/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/sender.h - a send child alone with the stand-in Bot API, a database and
 * a Redis: messages and jobs are put, what arrives is counted. Failures end the test.
 *
 * Each test has a chat of its own (yard.chat), known to the stand-in. */
#ifndef TESTS_HARNESS_SENDER_H
#define TESTS_HARNESS_SENDER_H

#include "core/io/ledger.h"
#include "core/io/pause.h"
#include "core/message.h"
#include "tests/harness/botapi.h"

#include <sys/types.h>

#define SOON_MS 15000

struct sender_yard {
    struct config *cfg;
    struct botapi *api;
    struct db *db;
    struct queue *queue;
    int64_t chat;
};
extern struct sender_yard yard;

/* For cmocka: of the whole group; of each test (a reset stand-in, a running child; at
 * the end it stops, and the stand-in has seen no call that breaks the rules). */
int yard_open(void **state);
int yard_close(void **state);
int yard_begin(void **state);
int yard_end(void **state);

void sender_start(void);
void sender_stop(void);              /* SIGTERM; it ends with status 0 */
void sender_pauses(struct pauses p); /* as its parent would tell it */
void sender_kill(void);              /* kill -9, and what its parent would do then */

void person_new(int64_t id);  /* who has pressed Start */
void fault(const char *form); /* for the test's chat */

int64_t put_message(struct message_spec spec, const char *payload); /* its id */
int64_t put_text(const char *text, enum message_unsure policy);
struct message message_now(int64_t id); /* without its payload */
/* Once it is final; what was parked is brought back meanwhile. */
struct message message_ended(int64_t id);

int64_t number(const char *sql);
void assert_count(const char *method, int calls, int accepted);
/* For until(): has the chat heard that many (int *) calls of sendMessage? Is no job of
 * the send pool open? */
bool is_called(void *times);
bool is_no_job(void *unused);

#endif
