/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/web.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int web_free_port(void)
{
    struct sockaddr_in a = loopback(0);
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (bind(fd, (struct sockaddr *)&a, n) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &n) != 0)
        abort();
    close(fd);
    return ntohs(a.sin_port);
}

static bool write_all(int fd, const char *s, size_t n)
{
    while (n > 0) {
        ssize_t step = send(fd, s, n, MSG_NOSIGNAL);

        if (step <= 0)
            return false;
        s += step;
        n -= (size_t)step;
    }
    return true;
}

static void request(const struct web_ask *ask, struct buf *out)
{
    buf_addf(out, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n",
             ask->method, ask->path);
    buf_adds(out, ask->headers);
    buf_addf(out, "Content-Length: %zu\r\n\r\n", ask->n);
    buf_add(out, ask->body, ask->n);
}

int web_ask(const struct web_ask *ask, struct buf *out)
{
    struct sockaddr_in a = loopback(ask->port);
    struct timeval patience = {.tv_sec = 30};
    struct buf text = {0}, answer = {0};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), status = -1;
    char part[16384];
    const char *body;
    ssize_t n;

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    request(ask, &text);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0 &&
        write_all(fd, text.s, text.len))
        while ((n = recv(fd, part, sizeof part, 0)) > 0)
            buf_add(&answer, part, (size_t)n);
    close(fd);
    if (answer.len > 12)
        status = (int)strtol(answer.s + 9, NULL, 10);
    body = answer.s ? strstr(answer.s, "\r\n\r\n") : NULL;
    if (out != NULL && body != NULL)
        buf_add(out, body + 4, answer.len - (size_t)(body + 4 - answer.s));
    buf_free(&text);
    buf_free(&answer);
    return status;
}
