/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * scheduler/tasks.h - what is periodic, in one table (tasks.c). */
#ifndef SCHEDULER_TASKS_H
#define SCHEDULER_TASKS_H

#include "core/base/config.h"
#include "core/io/ledger_look.h"
#include "core/io/queue.h"
#include "scheduler/sched.h"

#define TASKS_MAX 24

struct tasks {
    const struct config *cfg;
    struct db *db;
    struct queue *queue;
    struct ledger_sums_kept rows_kept; /* counted by a task, for whoever looks */
    /* filled by tasks_open */
    struct sched_task rows[TASKS_MAX];
    struct sched_task *birthday;
    char birthday_cron[16];
};

/* Gives s the table, opened (sched_close it), and this t as its argument. The hour of
 * check_birthdays is the setting's; nine where it cannot be read now, until it can.
 * ST_BAD: a row of the table is wrong. */
must_check enum status tasks_open(struct tasks *t, struct sched *s);

#endif
