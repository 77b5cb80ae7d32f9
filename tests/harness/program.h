/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/program.h - our own programs, started, watched and killed by tests.
 *
 * They are those of the test's own variant (build/<variant>/dvorik beside the test),
 * get the test's environment (world_export), write both outputs into a file, and die
 * with the test. */
#ifndef TESTS_HARNESS_PROGRAM_H
#define TESTS_HARNESS_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

struct program;

/* name: "dvorik", "botapi"; then its arguments and NULL. Yours. */
struct program *program_start(const char *name, ...) __attribute__((sentinel));
pid_t program_pid(const struct program *p);

/* Has it written that text by now, or within ms? */
bool program_says(struct program *p, const char *text, int ms);

/* Where it listens, as its log (LOG_FORMAT=json) names it, within ms; -1: nowhere. */
int program_port(struct program *p, int ms);

/* All it has written so far; lent until the next call. */
const char *program_output(struct program *p);

/* Sends the signal. program_wait: until it ends, -1 after ms; else its exit status, or
 * 128 and the signal. */
void program_signal(struct program *p, int signo);
int program_wait(struct program *p, int ms);
bool program_lives(struct program *p);

/* The children of a worker; answers how many, at most max. */
int program_children(const struct program *p, pid_t *pids, int max);

/* SIGTERM, fifteen seconds, SIGKILL; the exit status. NULL is fine. Frees p. */
int program_end(struct program *p);

#endif
