/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/boor.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct boor boor;

static bool request_whole(const struct buf *b)
{
    const char *end = b->s ? strstr(b->s, "\r\n\r\n") : NULL;
    const char *length = b->s ? strstr(b->s, "Content-Length: ") : NULL;

    if (end == NULL)
        return false;
    if (length == NULL)
        return true;
    return b->len - (size_t)(end + 4 - b->s) >= strtoul(length + 16, NULL, 10);
}

static void answer(int fd, const struct boor_line *l)
{
    struct buf out = {0};
    size_t n = strlen(l->body);

    buf_addf(&out, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n", l->head,
             l->deed == CUT ? n + 10 : n);
    buf_adds(&out, l->body);
    assert_true(send(fd, out.s, out.len, MSG_NOSIGNAL) == (ssize_t)out.len);
    buf_free(&out);
}

static void flood(int fd)
{
    static char block[65536];

    memset(block, ' ', sizeof(block));
    dprintf(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    while (send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
        ;
}

/* false: the connection is over. */
static bool serve_one(int fd)
{
    const struct boor_line *l;
    char part[65536];

    buf_clear(&boor.in);
    while (!request_whole(&boor.in)) {
        ssize_t n = recv(fd, part, sizeof(part), 0);

        if (n <= 0)
            return false;
        buf_add(&boor.in, part, (size_t)n);
    }
    buf_clear(&boor.last);
    buf_add(&boor.last, boor.in.s, boor.in.len);
    l = &boor.script[boor.requests < boor.n_script ? boor.requests : boor.n_script - 1];
    boor.requests++;
    if (l->deed == FLOOD)
        flood(fd);
    if (l->deed == ANSWER || l->deed == CUT)
        answer(fd, l);
    if (l->deed == SILENT)
        return recv(fd, part, sizeof(part), 0) > 0;
    return l->deed == ANSWER;
}

static void *serve(void *arg)
{
    (void)arg;
    while (!boor.stop) {
        int fd = accept(boor.fd, NULL, NULL);

        if (fd < 0)
            break;
        boor.connections++;
        while (!boor.stop && serve_one(fd))
            ;
        close(fd);
    }
    return NULL;
}

void boor_start(const struct boor_line *script, int n)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof(at);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    boor = (struct boor){.fd = socket(AF_INET, SOCK_STREAM, 0)};
    boor.script = script;
    boor.n_script = n;
    assert_int_equal(bind(boor.fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(boor.fd, 16), 0);
    assert_int_equal(getsockname(boor.fd, (struct sockaddr *)&at, &len), 0);
    boor.port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&boor.thread, NULL, serve, NULL), 0);
}

void boor_end(void)
{
    boor.stop = true;
    shutdown(boor.fd, SHUT_RDWR);
    pthread_join(boor.thread, NULL);
    close(boor.fd);
    buf_free(&boor.in);
    buf_free(&boor.last);
}
