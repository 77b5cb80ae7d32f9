/* SPDX-License-Identifier: LicenseRef-Proprietary */
#define _GNU_SOURCE
#include "tests/harness/redis_node.h"

#include "tests/harness/launch.h"
#include "tests/harness/until.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MS 20000
#define PORT_FIRST 11000 /* below those that the system gives to whoever asks */
#define PORT_LAST 31000

struct redis_node {
    int port;
    bool sentinel;
    pid_t pid;
    char dir[64];
    struct redis *client;
    struct redis_node *next;
};

static struct redis_node *all;
static pid_t owner;

/* ---- ports ---------------------------------------------------------------------- */

static bool is_free(int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool free_now = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0;

    close(fd);
    return free_now;
}

/* Test programs that run at the same time begin far from one another. */
int port_free(void)
{
    static int next;
    int span = PORT_LAST - PORT_FIRST;

    if (next == 0)
        next = (int)((unsigned)getpid() * 7919u % (unsigned)span);
    for (int i = 0; i < span; i++) {
        int port = PORT_FIRST + next++ % span;

        if (is_free(port))
            return port;
    }
    launch_failed("no port is free");
}

/* ---- folders -------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *w)
{
    (void)st, (void)type, (void)w;
    remove(path);
    return 0;
}

static void folder_make(struct redis_node *n)
{
    struct passwd *pw = launch_user();
    const char *tmp = getenv("TMPDIR");

    snprintf(n->dir, sizeof n->dir, "%s/dvn.XXXXXX",
             tmp != NULL && strlen(tmp) < 40 ? tmp : "/tmp");
    if (mkdtemp(n->dir) == NULL || chmod(n->dir, 0755) != 0 ||
        (pw != NULL && chown(n->dir, pw->pw_uid, pw->pw_gid) != 0))
        launch_failed("cannot make a folder %s", n->dir);
}

/* A Sentinel writes what it learns into its own. */
static void settings_write(const struct redis_node *n, const char *password,
                           const char *settings)
{
    struct passwd *pw = launch_user();
    char path[100];
    FILE *f;

    snprintf(path, sizeof path, "%s/conf", n->dir);
    f = fopen(path, "w");
    if (f == NULL)
        launch_failed("cannot write %s", path);
    fprintf(f, "port %d\nbind 127.0.0.1\nprotected-mode no\n%s", n->port, settings);
    if (password != NULL)
        fprintf(f, "requirepass %s\nmasterauth %s\n", password, password);
    if (!n->sentinel)
        fprintf(f, "appendonly yes\nappendfsync always\nsave \"\"\n"
                   "maxmemory-policy noeviction\nrepl-diskless-sync-delay 0\n");
    if (fclose(f) != 0 || (pw != NULL && chown(path, pw->pw_uid, pw->pw_gid) != 0))
        launch_failed("cannot write %s", path);
}

/* ---- life ----------------------------------------------------------------------- */

static void end_all(void)
{
    for (struct redis_node *n = all; n != NULL && getpid() == owner; n = n->next) {
        redis_node_kill(n);
        nftw(n->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
}

struct redis_node *redis_node_new(int port, bool sentinel, const char *password,
                                  const char *settings)
{
    struct redis_node *n = calloc(1, sizeof *n);
    char url[128];

    if (n == NULL)
        launch_failed("no memory");
    if (owner == 0) {
        owner = getpid();
        atexit(end_all);
    }
    n->port = port;
    n->sentinel = sentinel;
    snprintf(url, sizeof url, "redis://%s%s%s127.0.0.1:%d", password ? ":" : "",
             password ? password : "", password ? "@" : "", port);
    n->client = redis_open(url);
    folder_make(n);
    settings_write(n, password, settings);
    n->next = all;
    all = n;
    redis_node_start(n);
    return n;
}

void redis_node_start(struct redis_node *n)
{
    char conf[100];
    char *const argv[] = {"redis-server", conf, n->sentinel ? "--sentinel" : NULL,
                          NULL};

    snprintf(conf, sizeof conf, "%s/conf", n->dir);
    n->pid = launch(n->dir, argv);
    if (n->pid < 0)
        launch_failed("cannot fork");
}

void redis_node_kill(struct redis_node *n)
{
    if (n->pid <= 0)
        return;
    kill(n->pid, SIGKILL);
    waitpid(n->pid, NULL, 0);
    n->pid = 0;
}

void redis_node_freeze(struct redis_node *n, bool freeze)
{
    if (n->pid > 0)
        kill(n->pid, freeze ? SIGSTOP : SIGCONT);
}

void redis_node_free(struct redis_node *n)
{
    struct redis_node **at = &all;

    if (n == NULL)
        return;
    redis_node_kill(n);
    nftw(n->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    while (*at != NULL && *at != n)
        at = &(*at)->next;
    if (*at != NULL)
        *at = n->next;
    redis_close(n->client);
    free(n);
}

int redis_node_port(const struct redis_node *n)
{
    return n->port;
}

struct redis *redis_node_client(struct redis_node *n)
{
    return n->client;
}

/* ---- asking --------------------------------------------------------------------- */

struct question {
    struct redis_node *n;
    const char *const *words;
    struct redis_reply *reply;
};

static bool answered(void *arg)
{
    struct question *q = arg;
    struct redis_cmd c = {0};
    enum status st;

    if (q->n->pid > 0 && waitpid(q->n->pid, NULL, WNOHANG) != 0) {
        launch_output(q->n->dir);
        launch_failed("a Redis on port %d has ended", q->n->port);
    }
    for (int i = 0; q->words[i] != NULL; i++)
        redis_arg_text(&c, q->words[i]);
    st = redis_call(q->n->client, &c, REDIS_DEADLINE_MS, &q->reply);
    redis_cmd_free(&c);
    return st == ST_OK;
}

static struct redis_reply *answer(struct redis_node *n, const char *const *words)
{
    struct question q = {n, words, NULL};

    if (!until(answered, &q, ANSWER_MS))
        launch_failed("the Redis on port %d does not answer %s", n->port, words[0]);
    return q.reply;
}

void redis_node_wait(struct redis_node *n)
{
    redis_free(answer(n, WORDS("PING")));
}

int64_t redis_node_number(struct redis_node *n, const char *const *words)
{
    struct redis_reply *r = answer(n, words);
    int64_t v = redis_is_nil(r) ? -1 : redis_int(r);

    redis_free(r);
    return v;
}

bool redis_node_says(struct redis_node *n, const char *const *words, const char *text)
{
    struct redis_reply *r = answer(n, words);
    const char *s = redis_text(r, NULL);
    bool there = s != NULL && strstr(s, text) != NULL;

    redis_free(r);
    return there;
}
