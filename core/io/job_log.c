/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/job_log.h"

#include "core/base/code.h"
#include "core/base/log.h"

#define FIELDS 8

static void say(enum log_level level, const char *event, const struct job_said *s,
                int jobs)
{
    char id[ULID_TEXT + 1] = "";
    struct log_field fields[FIELDS];
    size_t n = 0;

    if (s->job != NULL)
        ulid_print(s->job->id, id);
    fields[n++] = LOG_TEXT("kind", s->job ? kind_policy(s->job->kind)->name : "");
    fields[n++] = LOG_TEXT("job", id);
    fields[n++] = LOG_TEXT("root", s->job ? s->job->root : "");
    fields[n++] = LOG_INT("attempt", s->attempt);
    fields[n++] = LOG_INT("wait_ms", s->wait_ms);
    fields[n++] = LOG_TEXT("why", s->why);
    fields[n++] = LOG_TEXT("worker", s->worker);
    if (jobs > 0)
        fields[n++] = LOG_INT("jobs", jobs);
    log_write(level, event, fields, n);
}

void job_log_retried(const struct job_said *s)
{
    say(LOG_WARN, "job retried", s, 0);
}

void job_log_died(const struct job_said *s)
{
    say(LOG_ERROR, "job died", s, 0);
}

void job_log_reaped(const struct job_said *s, int jobs)
{
    say(LOG_WARN, "job reaped", s, jobs);
}
