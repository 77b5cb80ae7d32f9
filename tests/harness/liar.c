/* SPDX-License-Identifier: LicenseRef-Proprietary */
#define _GNU_SOURCE
#include "tests/harness/liar.h"

#include "tests/harness/launch.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALLERS 16

struct liar {
    char answer[256];
    int port, end[2]; /* a byte into end[1] ends it */
    struct pollfd fd[CALLERS + 2];
    int n;
    pthread_t thread;
};

static void caller_take(struct liar *l)
{
    int fd = accept4(l->fd[1].fd, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0 && l->n < CALLERS + 2)
        l->fd[l->n++] = (struct pollfd){.fd = fd, .events = POLLIN};
    else if (fd >= 0)
        close(fd);
}

static void caller_hear(struct liar *l, int i)
{
    char heard[1024];

    if (recv(l->fd[i].fd, heard, sizeof heard, 0) > 0) {
        (void)!send(l->fd[i].fd, l->answer, strlen(l->answer), MSG_NOSIGNAL);
        return;
    }
    close(l->fd[i].fd);
    l->fd[i] = l->fd[--l->n];
}

static void *run(void *arg)
{
    struct liar *l = arg;

    while (poll(l->fd, (nfds_t)l->n, -1) > 0 && l->fd[0].revents == 0) {
        for (int i = l->n - 1; i > 1; i--)
            if (l->fd[i].revents != 0)
                caller_hear(l, i);
        if (l->fd[1].revents != 0)
            caller_take(l);
    }
    return NULL;
}

struct liar *liar_new(const char *answer)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    struct liar *l = calloc(1, sizeof *l);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (l == NULL || fd < 0 || bind(fd, (struct sockaddr *)&a, n) != 0 ||
        listen(fd, CALLERS) != 0 || getsockname(fd, (struct sockaddr *)&a, &n) != 0 ||
        pipe2(l->end, O_CLOEXEC) != 0)
        launch_failed("nobody can listen");
    snprintf(l->answer, sizeof l->answer, "%s", answer ? answer : "");
    l->port = ntohs(a.sin_port);
    l->fd[0] = (struct pollfd){.fd = l->end[0], .events = POLLIN};
    l->fd[1] = (struct pollfd){.fd = fd, .events = POLLIN};
    l->n = 2;
    if (pthread_create(&l->thread, NULL, run, l) != 0)
        launch_failed("no thread");
    return l;
}

int liar_port(const struct liar *l)
{
    return l->port;
}

void liar_free(struct liar *l)
{
    close(l->end[1]);
    pthread_join(l->thread, NULL);
    for (int i = 0; i < l->n; i++)
        close(l->fd[i].fd);
    free(l);
}
