/* SPDX-License-Identifier: LicenseRef-Proprietary */
#define _GNU_SOURCE
#include "tests/harness/server.h"

#include "core/base/clock.h"
#include "tests/harness/launch.h"
#include "tests/harness/until.h"

#include <ftw.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 60000
#define WORDS_MAX 12 /* of each kind */

struct server {
    enum server_kind kind;
    pid_t pid;
    char dir[64];
    char socket[80];
    const char *wrap[WORDS_MAX], *option[WORDS_MAX];
    struct server *next;
};

static struct server *all; /* what exit must end */
static pid_t owner;        /* forked children end nothing */

/* ---- is it up? ------------------------------------------------------------------ */

static bool answers(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool up;

    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    up = connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
    close(fd);
    return up;
}

static bool is_ready_or_gone(void *arg)
{
    struct server *s = arg;

    return answers(s->socket) || !server_lives(s);
}

static bool becomes_ready(struct server *s)
{
    if (!until(is_ready_or_gone, s, START_MS))
        server_kill(s, SIGKILL);
    return server_lives(s);
}

bool server_lives(struct server *s)
{
    if (s->pid > 0 && waitpid(s->pid, NULL, WNOHANG) != 0) {
        s->pid = 0;
        unlink(s->socket);
    }
    return s->pid > 0;
}

/* ---- what is started ------------------------------------------------------------ */

static void mysql_install(const struct server *s)
{
    char datadir[100], tmpdir[100];
    char *const argv[] = {"mariadb-install-db",
                          "--no-defaults",
                          datadir,
                          tmpdir,
                          "--auth-root-authentication-method=normal",
                          "--skip-test-db",
                          "--skip-name-resolve",
                          "--force", /* a machine that cannot look up its own name */
                          NULL};
    pid_t pid;
    int status;

    snprintf(datadir, sizeof datadir, "--datadir=%s/data", s->dir);
    snprintf(tmpdir, sizeof tmpdir, "--tmpdir=%s", s->dir);
    pid = launch(s->dir, argv);
    if (waitpid(pid, &status, 0) != pid || status != 0) {
        launch_output(s->dir);
        launch_failed("mariadb-install-db failed: is mariadb-server installed?");
    }
}

void server_option(struct server *s, const char *word)
{
    int n = 0;

    while (s->option[n] != NULL)
        n++;
    if (n == WORDS_MAX - 1)
        launch_failed("too many options");
    s->option[n] = word;
}

void server_wrap(struct server *s, const char *word)
{
    int n = 0;

    while (s->wrap[n] != NULL)
        n++;
    if (n == WORDS_MAX - 1)
        launch_failed("too many words");
    s->wrap[n] = word;
}

static pid_t launch_wrapped(const struct server *s, char *const argv[])
{
    char *word[WORDS_MAX * 2 + 24];
    int n = 0;

    for (int i = 0; s->wrap[i] != NULL; i++)
        word[n++] = (char *)(uintptr_t)s->wrap[i];
    for (int i = 0; argv[i] != NULL; i++)
        word[n++] = argv[i];
    for (int i = 0; s->option[i] != NULL; i++)
        word[n++] = (char *)(uintptr_t)s->option[i];
    word[n] = NULL;
    return launch(s->dir, word);
}

/* A zone and a character set that are not ours: a session that forgot to set its own
 * shows at once. The tmpdir is its own because a server that starts removes temporary
 * tables from it, also those of its neighbours. */
static pid_t mysql_launch(const struct server *s)
{
    char datadir[100], tmpdir[100], socket[100], pidfile[100];
    char *const argv[] = {"mariadbd",
                          "--no-defaults",
                          datadir,
                          tmpdir,
                          socket,
                          pidfile,
                          "--skip-networking",
                          "--skip-name-resolve",
                          "--innodb-flush-log-at-trx-commit=1",
                          "--innodb-buffer-pool-size=64M",
                          "--innodb-log-file-size=16M",
                          "--max-connections=600",
                          "--default-time-zone=+10:00",
                          "--character-set-server=latin1",
                          NULL};

    snprintf(datadir, sizeof datadir, "--datadir=%s/data", s->dir);
    snprintf(tmpdir, sizeof tmpdir, "--tmpdir=%s", s->dir);
    snprintf(socket, sizeof socket, "--socket=%s", s->socket);
    snprintf(pidfile, sizeof pidfile, "--pid-file=%s/pid", s->dir);
    return launch_wrapped(s, argv);
}

static pid_t redis_launch(const struct server *s)
{
    char *const argv[] = {"redis-server",
                          "--port",
                          "0",
                          "--unixsocket",
                          (char *)s->socket,
                          "--unixsocketperm",
                          "777",
                          "--dir",
                          (char *)s->dir,
                          "--databases",
                          "4096",
                          "--appendonly",
                          "yes",
                          "--appendfsync",
                          "always",
                          "--maxmemory-policy",
                          "noeviction",
                          "--save",
                          "",
                          NULL};

    return launch_wrapped(s, argv);
}

bool server_try(struct server *s)
{
    s->pid = s->kind == SERVER_MYSQL ? mysql_launch(s) : redis_launch(s);
    if (s->pid < 0)
        launch_failed("cannot fork");
    return becomes_ready(s);
}

void server_start(struct server *s)
{
    if (server_try(s))
        return;
    launch_output(s->dir);
    launch_failed("the %s did not start",
                  s->kind == SERVER_MYSQL ? "database" : "Redis");
}

void server_signal(struct server *s, int signo)
{
    if (s->pid > 0)
        kill(s->pid, signo);
}

void server_kill(struct server *s, int signo)
{
    if (s->pid <= 0)
        return;
    kill(s->pid, signo);
    waitpid(s->pid, NULL, 0);
    s->pid = 0;
    unlink(s->socket); /* as the killed one could not */
}

/* ---- as it was ------------------------------------------------------------------ */

static void folder_copy(const struct server *s, const char *from, const char *to)
{
    char from_path[100], to_path[100];
    char *const wipe_argv[] = {"rm", "-rf", to_path, NULL};
    char *const copy_argv[] = {"cp", "-a", from_path, to_path, NULL};
    int status = -1;

    snprintf(from_path, sizeof from_path, "%s/%s", s->dir, from);
    snprintf(to_path, sizeof to_path, "%s/%s", s->dir, to);
    waitpid(launch(s->dir, wipe_argv), &status, 0);
    if (status != 0 || waitpid(launch(s->dir, copy_argv), &status, 0) < 0 ||
        status != 0)
        launch_failed("cannot copy %s", from_path);
}

/* Stopped meanwhile: the copy is what a crash at that moment would have left. */
void server_remember(struct server *s)
{
    server_signal(s, SIGSTOP);
    folder_copy(s, "data", "then");
    server_signal(s, SIGCONT);
}

void server_go_back(struct server *s)
{
    folder_copy(s, "then", "data");
}

/* ---- folders -------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *w)
{
    (void)st, (void)type, (void)w;
    remove(path);
    return 0;
}

static void wipe(const char *dir)
{
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void end_all(void)
{
    for (struct server *s = all; s != NULL && getpid() == owner; s = s->next) {
        server_kill(s, SIGKILL);
        wipe(s->dir);
    }
}

static void remember(struct server *s)
{
    if (owner == 0) {
        owner = getpid();
        atexit(end_all);
    }
    s->next = all;
    all = s;
}

struct server *server_new(enum server_kind kind)
{
    return server_new_in(kind, getenv("TMPDIR"));
}

struct server *server_new_in(enum server_kind kind, const char *tmp)
{
    struct server *s = calloc(1, sizeof *s);
    struct passwd *pw = launch_user();

    if (s == NULL)
        launch_failed("no memory");
    s->kind = kind;
    /* The path of a socket has room for 107 bytes. */
    snprintf(s->dir, sizeof s->dir, "%s/dvt.XXXXXX",
             tmp != NULL && strlen(tmp) < 40 ? tmp : "/tmp");
    if (mkdtemp(s->dir) == NULL || chmod(s->dir, 0755) != 0 ||
        (pw != NULL && chown(s->dir, pw->pw_uid, pw->pw_gid) != 0))
        launch_failed("cannot make a folder %s", s->dir);
    snprintf(s->socket, sizeof s->socket, "%s/socket", s->dir);
    remember(s);
    if (kind == SERVER_MYSQL)
        mysql_install(s);
    server_start(s);
    return s;
}

const char *server_socket(const struct server *s)
{
    return s->socket;
}

const char *server_folder(const struct server *s)
{
    return s->dir;
}

void server_free(struct server *s)
{
    struct server **at = &all;

    if (s == NULL)
        return;
    server_kill(s, SIGKILL);
    wipe(s->dir);
    while (*at != NULL && *at != s)
        at = &(*at)->next;
    if (*at != NULL)
        *at = s->next;
    free(s);
}

static const char *shared(enum server_kind kind, const char *variable)
{
    static struct server *one[2];
    const char *named = getenv(variable);

    if (named != NULL && *named != '\0')
        return named;
    if (one[kind] == NULL)
        one[kind] = server_new(kind);
    return one[kind]->socket;
}

const char *harness_mysql_socket(void)
{
    return shared(SERVER_MYSQL, "DVORIK_TEST_MYSQL_SOCKET");
}

const char *harness_redis_socket(void)
{
    return shared(SERVER_REDIS, "DVORIK_TEST_REDIS_SOCKET");
}
