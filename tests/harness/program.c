/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/program.h"

#include "tests/harness/until.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_MAX 24

struct program {
    pid_t pid;
    int status; /* -1 while it lives */
    int out;    /* a nameless file: both of its outputs */
    char *text;
};

/* …/build/<variant>/tests/<kind>/test_x -> …/build/<variant>/<name> */
static void path_of(const char *name, char out[PATH_MAX])
{
    char self[PATH_MAX] = "";
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    if (n < 0)
        abort();
    snprintf(out, PATH_MAX, "%s/%s", dirname(dirname(dirname(self))), name);
}

static void become(struct program *p, const char *path, char **argv)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(p->out, STDOUT_FILENO);
    dup2(p->out, STDERR_FILENO);
    execv(path, argv);
    _exit(127);
}

struct program *program_start(const char *name, ...)
{
    struct program *p = calloc(1, sizeof *p);
    char path[PATH_MAX], *argv[ARGS_MAX] = {(char *)(uintptr_t)name};
    int n = 1;
    va_list ap;

    path_of(name, path);
    va_start(ap, name);
    while (n < ARGS_MAX - 1 && (argv[n] = va_arg(ap, char *)) != NULL)
        n++;
    va_end(ap);
    p->status = -1;
    p->out = open("/tmp", O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
    if (p->out < 0)
        abort();
    p->pid = fork();
    if (p->pid == 0)
        become(p, path, argv);
    return p;
}

pid_t program_pid(const struct program *p)
{
    return p->pid;
}

const char *program_output(struct program *p)
{
    off_t size = lseek(p->out, 0, SEEK_END);
    ssize_t n;

    free(p->text);
    p->text = calloc(1, (size_t)size + 1);
    n = pread(p->out, p->text, (size_t)size, 0);
    p->text[n < 0 ? 0 : n] = '\0';
    return p->text;
}

struct wish {
    struct program *p;
    const char *text;
};

static bool said(void *arg)
{
    struct wish *w = arg;

    return strstr(program_output(w->p), w->text) != NULL;
}

bool program_says(struct program *p, const char *text, int ms)
{
    struct wish w = {p, text};

    if (until(said, &w, ms))
        return true;
    fprintf(stderr, "waited for \"%s\"; it said:\n%s\n", text, program_output(p));
    return false;
}

int program_port(struct program *p, int ms)
{
    const char *at = NULL;

    if (program_says(p, " listening\"", ms))
        at = strstr(strstr(program_output(p), " listening\""), "\"port\":");
    return at != NULL ? (int)strtol(at + 7, NULL, 10) : -1;
}

bool program_lives(struct program *p)
{
    int status;

    if (p->status < 0 && waitpid(p->pid, &status, WNOHANG) == p->pid)
        p->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return p->status < 0;
}

static bool ended(void *arg)
{
    return !program_lives(arg);
}

int program_wait(struct program *p, int ms)
{
    return until(ended, p, ms) ? p->status : -1;
}

void program_signal(struct program *p, int signo)
{
    if (program_lives(p))
        kill(p->pid, signo);
}

int program_children(const struct program *p, pid_t *pids, int max)
{
    char path[64];
    FILE *f;
    int n = 0, pid;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)p->pid, (int)p->pid);
    if ((f = fopen(path, "re")) == NULL)
        return 0;
    while (n < max && fscanf(f, "%d", &pid) == 1)
        pids[n++] = pid;
    fclose(f);
    return n;
}

/* What must never be in a log: the tokens and secrets of the environment, whatever test
 * it is. The stand-in is told them as arguments and prints none either. */
static void no_secrets_in(struct program *p)
{
    static const char *const secrets[] = {
        "TELEGRAM_BOT_TOKEN",      "TELEGRAM_AUTH_BOT_TOKEN",
        "TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_AUTH_WEBHOOK_SECRET",
        "INTERNAL_API_KEY",        "JWT_SECRET_KEY",
        "JWT_SECRET_KEY_OLD",      "INTERNAL_API_KEY_OLD",
        "DATABASE_PASSWORD"};
    const char *text = program_output(p);

    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        const char *value = getenv(secrets[i]);

        if (value == NULL || strlen(value) < 6 || strstr(text, value) == NULL)
            continue;
        fprintf(stderr, "%s is in the log:\n%s\n", secrets[i], text);
        abort();
    }
    if (strstr(text, "+7914") != NULL || strstr(text, "+7999") != NULL) {
        fprintf(stderr, "a phone number is in the log:\n%s\n", text);
        abort();
    }
}

int program_end(struct program *p)
{
    int status;

    if (p == NULL)
        return 0;
    program_signal(p, SIGTERM);
    if ((status = program_wait(p, 15000)) < 0) {
        program_signal(p, SIGKILL);
        status = program_wait(p, 5000);
    }
    if (getenv("DVORIK_TEST_VERBOSE") != NULL)
        fprintf(stderr, "%s", program_output(p));
    no_secrets_in(p);
    close(p->out);
    free(p->text);
    free(p);
    return status;
}
