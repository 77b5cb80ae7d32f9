/* SPDX-License-Identifier: LicenseRef-Proprietary */
#define _GNU_SOURCE
#include "tests/harness/launch.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

void launch_failed(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fprintf(stderr, "test harness: ");
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, "\n");
    va_end(ap);
    exit(1);
}

struct passwd *launch_user(void)
{
    struct passwd *pw = getuid() == 0 ? getpwnam("nobody") : NULL;

    if (getuid() == 0 && pw == NULL)
        launch_failed("there is no user nobody to run the servers as");
    return pw;
}

/* Privileges first: to change them forgets the death signal. */
static void become(pid_t parent)
{
    struct passwd *pw = launch_user();

    if (pw != NULL &&
        (setgroups(0, NULL) != 0 || setgid(pw->pw_gid) != 0 || setuid(pw->pw_uid) != 0))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(126);
}

pid_t launch(const char *dir, char *const argv[])
{
    pid_t parent = getpid(), pid = fork();
    sigset_t none;
    char path[100];
    int log;

    if (pid != 0)
        return pid;
    become(parent);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    snprintf(path, sizeof path, "%s/output", dir);
    log = open(path, O_CREAT | O_APPEND | O_WRONLY, 0644);
    if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 || chdir(dir) != 0)
        _exit(126);
    close_range(3, ~0u, 0);
    unsetenv("LD_PRELOAD");
    execvp(argv[0], argv);
    _exit(127);
}

void launch_output(const char *dir)
{
    char line[512], path[100];
    FILE *f;

    snprintf(path, sizeof path, "%s/output", dir);
    f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        fputs(line, stderr);
    if (f != NULL)
        fclose(f);
}
