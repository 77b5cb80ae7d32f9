/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * scheduler/tick.h - a tick of a schedule becomes a job, once.
 *
 * The row of cron_tick and the job are one transaction, and the row's key is the
 * schedule and its moment: of any number of schedulers one puts the job, and a crash
 * leaves both or none. That is what keeps ticks single; the leader's row only spares
 * the others the attempt. */
#ifndef SCHEDULER_TICK_H
#define SCHEDULER_TICK_H

#include "core/io/queue.h"
#include "scheduler/sched.h"

/* Puts a job of task->what (enum kind) that carries the local date. A by_date task's
 * key is that date, so that another hour is not another tick. ST_TAKEN: it was made
 * already. The job's root is cron:<schedule>:<seconds of the key>. */
must_check enum status tick_fire(struct db *db, struct queue *q,
                                 const struct sched_due *due);

/* sched_last, from the table; where a schedule began is a row of it too, under
 * "since:<schedule>". The rows are kept as long as the history is (retention_days): what
 * comes more rarely than that begins afresh. */
must_check enum status tick_last(struct db *db, const struct sched_ask *ask,
                                 int64_t *key);

#endif
