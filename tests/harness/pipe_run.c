/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/pipe_run.h"

#include "core/base/clock.h"
#include "tests/harness/launch.h"

#include <string.h>

#define ANSWER_MS (2 * REDIS_DEADLINE_MS)

static struct loop *loop;
static struct redis_pipe *pipe;
static bool heard;
static enum status heard_st;

void pipe_run_open(const char *url, const char *key)
{
    loop = loop_new();
    pipe = loop ? redis_pipe_open_at(loop, url, key) : NULL;
    if (pipe == NULL)
        launch_failed("no pipeline");
}

void pipe_run_close(void)
{
    redis_pipe_close(pipe);
    loop_free(loop);
    pipe = NULL;
    loop = NULL;
}

struct redis_pipe *pipe_run_pipe(void)
{
    return pipe;
}

static void stop(void *arg)
{
    (void)arg;
    loop_stop(loop);
}

void pipe_run_for(int ms)
{
    struct loop_timer t = {0};

    loop_after(loop, &t, ms, stop, NULL);
    loop_run(loop);
    loop_cancel(&t);
}

bool pipe_run_is_up(void)
{
    return redis_pipe_up(pipe);
}

bool pipe_run_up(int ms)
{
    int64_t till = clock_mono_ms() + ms;

    while (!redis_pipe_up(pipe) && clock_mono_ms() < till)
        pipe_run_for(5);
    return redis_pipe_up(pipe);
}

static void hear(void *arg, enum status st, const struct redis_reply *r)
{
    (void)arg;
    (void)r;
    heard = true;
    heard_st = st;
    loop_stop(loop);
}

/* What was asked leaves at the end of a turn. */
static enum status answer(void)
{
    int64_t till = clock_mono_ms() + ANSWER_MS;

    pipe_run_for(0);
    while (!heard && clock_mono_ms() < till)
        pipe_run_for(100);
    if (!heard)
        launch_failed("the pipeline never answered");
    return heard_st;
}

static void ask(const char *const *words, redis_done *done)
{
    struct redis_cmd c = {0};

    for (int i = 0; words[i] != NULL; i++)
        redis_arg_text(&c, words[i]);
    redis_pipe_call(pipe, &c, REDIS_DEADLINE_MS, done, NULL);
    redis_cmd_free(&c);
}

enum status pipe_run_ask(const char *const *words)
{
    heard = false;
    ask(words, hear);
    return answer();
}

enum status pipe_run_transact(const char *const *first, const char *const *second)
{
    const char *const multi[] = {"MULTI", NULL}, *const exec[] = {"EXEC", NULL};

    heard = false;
    ask(multi, NULL);
    ask(first, NULL);
    ask(second, NULL);
    ask(exec, hear);
    return answer();
}

enum status pipe_run_eval(struct redis_script *s, const char *key)
{
    struct redis_cmd c = {0};

    redis_arg_text(&c, key);
    heard = false;
    redis_pipe_eval(pipe, s, 1, &c, REDIS_DEADLINE_MS, hear, NULL);
    redis_cmd_free(&c);
    return answer();
}
