/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/launch.h - somebody else's program (program.h: ours), as nobody when we
 * are root, in a folder that holds what it writes (the file "output"); it dies with
 * us. */
#ifndef TESTS_HARNESS_LAUNCH_H
#define TESTS_HARNESS_LAUNCH_H

#include <pwd.h>
#include <sys/types.h>

/* -1: it could not be forked. What cannot be run ends with status 126 or 127. */
pid_t launch(const char *dir, char *const argv[]);
void launch_output(const char *dir); /* all it has written, to stderr */
struct passwd *launch_user(void);    /* NULL: ourselves */

/* One line, and the test program ends. */
void launch_failed(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

#endif
