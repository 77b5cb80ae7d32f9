/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/stage_work.h - the worker in this process, for stage_steps.c: its
 * steps, each in its transaction as a logic child runs it, and a send child whose
 * messages always arrive, in the chats of stage_chat.h. */
#ifndef TESTS_HARNESS_STAGE_WORK_H
#define TESTS_HARNESS_STAGE_WORK_H

#include "core/base/config.h"
#include "core/io/queue.h"

#define MEMBERS_MAX 64

struct stage_work {
    struct config *cfg;
    struct db *db; /* the worker's; stage.db is the test's */
    struct queue *queue;
    struct redis *cache;
    int64_t message; /* the last one sent */
    int64_t members[MEMBERS_MAX];
    int n_members;
    bool hidden; /* the members cannot be seen */
    char *photo; /* the newest upload */
    size_t photo_n;
};
extern struct stage_work stage_work;

void work_open(struct config *cfg);
void work_close(void);

enum status work_run(struct job *j);
void work_all(void); /* all jobs that are due, and what follows from them */

#endif
