/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/web.h"

#include "tests/harness/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int web_free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
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

int web_say(const struct web_ask *ask)
{
    struct buf text = {0};
    int fd = wire_try(ask->port);

    buf_addf(&text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n",
             ask->method, ask->path);
    buf_adds(&text, ask->headers);
    buf_addf(&text, "Content-Length: %zu\r\n\r\n", ask->n);
    buf_add(&text, ask->body, ask->n);
    if (fd >= 0 && !write_all(fd, text.s, text.len)) {
        close(fd);
        fd = -1;
    }
    buf_free(&text);
    return fd;
}

/* Events come for as long as somebody listens: their head is all there is to wait for. */
static bool is_endless(const struct buf *answer)
{
    const char *end = answer->len > 0 ? strstr(answer->s, "\r\n\r\n") : NULL;
    const char *type = end != NULL ? strstr(answer->s, ": text/event-stream") : NULL;

    return type != NULL && type < end;
}

int web_hear(int fd, struct buf *out)
{
    struct buf mine = {0}, *answer = out ? out : &mine;
    char part[16384];
    ssize_t n;
    int status = 0;

    buf_clear(answer);
    while (fd >= 0 && !is_endless(answer) && (n = recv(fd, part, sizeof part, 0)) > 0)
        buf_add(answer, part, (size_t)n);
    if (fd >= 0)
        close(fd);
    if (answer->len > 0)
        status = wire_status(answer->s);
    buf_free(&mine);
    return status > 0 ? status : -1;
}

int web_ask(const struct web_ask *ask, struct buf *out)
{
    return web_hear(web_say(ask), out);
}

const char *web_body(const struct buf *answer)
{
    const char *blank = answer->len > 0 ? strstr(answer->s, "\r\n\r\n") : NULL;

    return blank != NULL ? blank + 4 : "";
}
