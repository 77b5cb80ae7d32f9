/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The step of the kinds that exist for tests only (test.note and its like in the other
 * lanes): one point to an account and one line that says which job did it. The tests
 * make both tables (tests/harness/oracle.c), and count. */
#include "worker/steps.h"

#ifdef CRASH_POINTS
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define EATEN (64 << 20)

static void deed_kill(void)
{
    raise(SIGKILL);
}

static void deed_segv(void)
{
    volatile int *nowhere = NULL;

    *nowhere = 1;
}

static void deed_loop(void)
{
    for (volatile unsigned n = 0;; n++)
        continue;
}

/* Memory until there is none: a limit stands in for a machine that has no more. */
static void deed_eat(void)
{
    const struct rlimit little = {EATEN, EATEN};
    char *p;

    setrlimit(RLIMIT_AS, &little);
    while ((p = malloc(1 << 16)) != NULL)
        memset(p, 1, 1 << 16);
    abort();
}

static const struct deed {
    const char *name;
    void (*done)(void);
} deeds[] = {
    {"kill", deed_kill}, {"segv", deed_segv}, {"loop", deed_loop}, {"eat", deed_eat}};

static void misbehave(const char *how)
{
    for (size_t i = 0; how != NULL && i < sizeof deeds / sizeof *deeds; i++)
        if (strcmp(deeds[i].name, how) == 0)
            deeds[i].done();
}

/* Each run leaves the job's id in the file that DVORIK_TEST_RUNS names, whatever becomes
 * of its transaction. */
static void leave_trace(const struct job *j)
{
    static int fd = -1;
    const char *path = getenv("DVORIK_TEST_RUNS");

    if (fd < 0 && path != NULL)
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && write(fd, j->id, sizeof j->id) != sizeof j->id)
        abort();
}

static void take_time(int64_t ms)
{
    struct timespec nap = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    while (nanosleep(&nap, &nap) != 0)
        continue; /* a nudge of the parent: who asks for ms gets them */
}

/* Works until it is told to stop. */
static enum status heed(struct step *s)
{
    const struct timespec little = {.tv_nsec = 5000000};

    while (!step_should_stop(s))
        nanosleep(&little, NULL);
    return ST_REFUSED;
}

/* What follows: one more point to the same account. */
static enum status put_another(struct step *s)
{
    struct job_spec next = {.kind = s->job->kind, .args = json_new_object()};

    json_set_int(next.args, "account", json_int_or(s->job->args, "account", 0));
    return job_put(s->db, s->now, &next);
}

static void note_end(struct step *s)
{
    if (db_exec(s->db, NULL, "UPDATE test_account SET points = points + 1 WHERE id = ?",
                DB_INT(json_int_or(s->job->args, "after", 0))) != ST_OK)
        abort();
}

static enum status note(struct step *s)
{
    enum status st =
        db_exec(s->db, NULL, "UPDATE test_account SET points = points + 1 WHERE id = ?",
                DB_INT(json_int_or(s->job->args, "account", 0)));

    return st != ST_OK
               ? st
               : db_exec(s->db, NULL,
                         "INSERT INTO test_effect (job, times, waited_ms)"
                         " VALUES (?, 1, ?) ON DUPLICATE KEY UPDATE times = times + 1",
                         DB_BYTES(s->job->id, 16),
                         DB_INT((s->now - s->job->put_at) / 1000));
}

/* {"account":n} and, when wanted, {"ms":n}: it takes that long; {"put":1}: and puts
 * another; {"after":n}: a point to that account after the commit; {"deed":"fail"}: all
 * that and then no; {"deed":"cut"}: and its connection breaks; {"deed":"heed"}: until it is told to stop; {"deed":"kill"|"segv"
 * |"loop"|"eat"}: the end of whoever runs it. */
enum status test_note_step(struct step *s)
{
    const char *deed = json_text(s->job->args, "deed", NULL);
    enum status st;

    leave_trace(s->job);
    misbehave(deed);
    take_time(json_int_or(s->job->args, "ms", 0));
    st = note(s);
    if (st == ST_OK && json_int_or(s->job->args, "put", 0) != 0)
        st = put_another(s);
    if (json_int_or(s->job->args, "after", 0) != 0)
        s->after = note_end;
    if (st == ST_OK && deed != NULL && strcmp(deed, "heed") == 0)
        st = heed(s);
    if (st == ST_OK && deed != NULL && strcmp(deed, "cut") == 0)
        st = db_exec(s->db, NULL, "KILL CONNECTION_ID()");
    if (st == ST_OK && deed != NULL && strcmp(deed, "fail") == 0)
        st = ST_REFUSED;
    return st;
}
#endif
