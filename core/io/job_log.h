/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/job_log.h - the lines of the log that are about jobs. All carry the same fields,
 * so that one search finds a job's whole story in the logs of several machines:
 *
 *   kind job root attempt wait_ms why worker
 *
 *   "job retried"  it failed and runs again in wait_ms
 *   "job died"     it failed for the last time and waits for a person
 *   "job reaped"   its worker was gone; it was given back, at once (wait_ms 0)
 *
 * attempt: the one that failed, from 1; 0: unknown. A text that is unknown is "". */
#ifndef CORE_IO_JOB_LOG_H
#define CORE_IO_JOB_LOG_H

#include "core/io/queue.h"

struct job_said {
    const struct job *job; /* its kind, id and root; NULL: of none in particular */
    int attempt;
    int64_t wait_ms;
    const char *why, *worker;
};

void job_log_retried(const struct job_said *s);
void job_log_died(const struct job_said *s);
/* jobs: how many were given back with it. */
void job_log_reaped(const struct job_said *s, int jobs);

#endif
