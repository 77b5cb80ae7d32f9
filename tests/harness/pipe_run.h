/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/pipe_run.h - one pipeline on a loop that turns only while somebody
 * waits here. */
#ifndef TESTS_HARNESS_PIPE_RUN_H
#define TESTS_HARNESS_PIPE_RUN_H

#include "core/io/redis.h"

void pipe_run_open(const char *url, const char *key);
void pipe_run_close(void);
struct redis_pipe *pipe_run_pipe(void);

void pipe_run_for(int ms); /* turns */
bool pipe_run_up(int ms);  /* turns until it is up; false: it is not by then */
bool pipe_run_is_up(void);

/* Asks and turns until the answer; its status. */
enum status pipe_run_ask(const char *const *words);
/* Both commands between MULTI and EXEC, in one turn; the status of EXEC. */
enum status pipe_run_transact(const char *const *first, const char *const *second);
enum status pipe_run_eval(struct redis_script *s, const char *key);

#endif
