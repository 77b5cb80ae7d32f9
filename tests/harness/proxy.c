/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/proxy.h"

#include "core/base/secret.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINES_MAX 64
#define ANSWER_MS 3000

struct proxy {
    char folder[64], socket[100], server[100];
    int listener;
    pthread_t thread;
    atomic_int one_in, cuts;
    atomic_bool stop, desert;
    struct {
        int client, server;
    } line[LINES_MAX];
    int n;
    int lonely[LINES_MAX], n_lonely; /* ends of the server whose clients are gone */
};

static int connect_to(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void line_close(struct proxy *p, int i)
{
    close(p->line[i].client);
    close(p->line[i].server);
    p->line[i] = p->line[--p->n];
}

static void line_open(struct proxy *p)
{
    int client = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC), server;

    if (client < 0)
        return;
    server = p->n < LINES_MAX ? connect_to(p->server) : -1;
    if (server < 0) {
        close(client);
        return;
    }
    p->line[p->n].client = client;
    p->line[p->n++].server = server;
}

static bool pass(int from, int to)
{
    char buf[65536];
    ssize_t n = read(from, buf, sizeof buf);

    for (ssize_t done = 0, step; n > 0 && done < n; done += step)
        if ((step = send(to, buf + done, (size_t)(n - done), MSG_NOSIGNAL)) <= 0)
            return false;
    return n > 0;
}

/* The request is there, and was answered: only then is the line cut. */
static bool cut(struct proxy *p, int i)
{
    struct pollfd f = {.fd = p->line[i].server, .events = POLLIN};
    int one_in = atomic_load(&p->one_in);

    if (one_in == 0 || secret_random_below((uint64_t)one_in) != 0)
        return false;
    if (poll(&f, 1, ANSWER_MS) <= 0)
        return false;
    atomic_fetch_add(&p->cuts, 1);
    return true;
}

static void line_serve(struct proxy *p, int i, short client, short server)
{
    bool good = true;

    if (server != 0)
        good = pass(p->line[i].server, p->line[i].client);
    if (good && client != 0)
        good = pass(p->line[i].client, p->line[i].server) && !cut(p, i);
    if (!good)
        line_close(p, i);
}

static void desert_all(struct proxy *p)
{
    for (; p->n > 0 && p->n_lonely < LINES_MAX; p->n--) {
        close(p->line[p->n - 1].client);
        p->lonely[p->n_lonely++] = p->line[p->n - 1].server;
    }
    atomic_store(&p->desert, false);
}

static void *run(void *arg)
{
    struct proxy *p = arg;
    struct pollfd f[1 + LINES_MAX * 2];

    while (!atomic_load(&p->stop)) {
        int n;

        if (atomic_load(&p->desert))
            desert_all(p);
        n = p->n;
        f[0] = (struct pollfd){.fd = p->listener, .events = POLLIN};
        for (int i = 0; i < n; i++) {
            f[1 + i * 2] = (struct pollfd){.fd = p->line[i].client, .events = POLLIN};
            f[2 + i * 2] = (struct pollfd){.fd = p->line[i].server, .events = POLLIN};
        }
        if (poll(f, (nfds_t)(1 + n * 2), 50) <= 0)
            continue;
        for (int i = n - 1; i >= 0; i--) /* backwards: closing moves the last here */
            if (f[1 + i * 2].revents || f[2 + i * 2].revents)
                line_serve(p, i, f[1 + i * 2].revents, f[2 + i * 2].revents);
        if (f[0].revents)
            line_open(p);
    }
    return NULL;
}

struct proxy *proxy_new(const char *server_socket, int one_in)
{
    struct proxy *p = calloc(1, sizeof *p);
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    snprintf(p->folder, sizeof p->folder, "/tmp/dvorik-proxy.XXXXXX");
    if (mkdtemp(p->folder) == NULL)
        abort();
    snprintf(p->socket, sizeof p->socket, "%s/s", p->folder);
    snprintf(p->server, sizeof p->server, "%s", server_socket);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", p->socket);
    p->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(p->listener, (struct sockaddr *)&a, sizeof a) != 0 ||
        listen(p->listener, 64) != 0)
        abort();
    atomic_store(&p->one_in, one_in);
    if (pthread_create(&p->thread, NULL, run, p) != 0)
        abort();
    return p;
}

const char *proxy_socket(const struct proxy *p)
{
    return p->socket;
}

int proxy_cuts(const struct proxy *p)
{
    return atomic_load(&((struct proxy *)(uintptr_t)p)->cuts);
}

void proxy_set(struct proxy *p, int one_in)
{
    atomic_store(&p->one_in, one_in);
}

void proxy_desert(struct proxy *p)
{
    atomic_store(&p->desert, true);
}

void proxy_free(struct proxy *p)
{
    if (p == NULL)
        return;
    atomic_store(&p->stop, true);
    pthread_join(p->thread, NULL);
    while (p->n > 0)
        line_close(p, 0);
    while (p->n_lonely > 0)
        close(p->lonely[--p->n_lonely]);
    close(p->listener);
    unlink(p->socket);
    rmdir(p->folder);
    free(p);
}
