/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * scheduler/tasks.h - what is periodic, in one table (tasks.c). */
#ifndef SCHEDULER_TASKS_H
#define SCHEDULER_TASKS_H

#include "core/base/config.h"
#include "core/io/queue.h"
#include "scheduler/sched.h"

struct tasks {
    const struct config *cfg;
    struct db *db;
    struct queue *queue;
};

/* The table, for a sched whose arg is a struct tasks. birthday_at: minutes of the day.
 */
struct sched_task *tasks_table(int *n, int birthday_at);

#endif
