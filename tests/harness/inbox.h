/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/inbox.h - an intake on a loop, with a Redis of its own, for tests of
 * what it does with updates. */
#ifndef TESTS_HARNESS_INBOX_H
#define TESTS_HARNESS_INBOX_H

#include "bots/intake.h"
#include "tests/harness/cellar.h"

#include <stdbool.h>
#include <stdint.h>

#define INBOX_MAX 512

struct inbox {
    struct intake *intake;
    struct redis_pipe *pipe;
    enum status seen[INBOX_MAX]; /* in the order of putting */
    int n_put, n_done;
};
extern struct inbox inbox;

/* cmocka's setup and teardown: the cellar is emptied, and stays open until the caller
 * closes it after the last test. */
int inbox_open(void **state);
int inbox_close(void **state);

void inbox_put(enum tg_bot bot, const char *raw); /* raw is borrowed until it is seen */
void inbox_put_from(enum tg_bot bot, int64_t update_id, int64_t who);
void inbox_see_all(void); /* until each has its verdict */
void inbox_wait_up(bool up);

int64_t inbox_counter(const char *name);
char *inbox_entry(int64_t who, int i); /* of that person's list. Yours; NULL: none */

#endif
