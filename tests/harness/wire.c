/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_S 20

int wire_try(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval wait = {.tv_sec = WAIT_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
        return fd;
    close(fd);
    return -1;
}

int wire_dial(int port)
{
    int fd = wire_try(port);

    assert_true(fd >= 0);
    return fd;
}

void wire_say_n(int fd, const char *s, size_t n)
{
    assert_int_equal(send(fd, s, n, MSG_NOSIGNAL), n);
}

void wire_say(int fd, const char *s)
{
    wire_say_n(fd, s, strlen(s));
}

bool wire_hear_all(int fd, char *out, size_t room)
{
    size_t n = 0;
    ssize_t got = 1;

    while (n + 1 < room && (got = recv(fd, out + n, room - 1 - n, 0)) > 0)
        n += (size_t)got;
    out[n] = '\0';
    return got == 0 || (got < 0 && n > 0);
}

static int times(const char *text, const char *what)
{
    int n = 0;

    for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
        n++;
    return n;
}

void wire_hear_until(int fd, char *out, size_t room, const char *what, int count)
{
    size_t n = 0;
    ssize_t got;

    for (out[0] = '\0'; times(out, what) < count; out[n] = '\0') {
        got = recv(fd, out + n, room - 1 - n, 0);
        if (got <= 0)
            fail_msg("wanted %d of \"%s\", heard \"%s\"", count, what, out);
        n += (size_t)got;
    }
}

static bool is_whole(const char *answer, size_t n)
{
    const char *end = strstr(answer, "\r\n\r\n");
    const char *length = strstr(answer, "Content-Length: ");

    return end && (!length || n >= (size_t)(end + 4 - answer) +
                                       (size_t)strtol(length + 16, NULL, 10));
}

void wire_hear(int fd, char *out, size_t room)
{
    size_t n = 0;
    ssize_t got;

    for (out[0] = '\0'; !is_whole(out, n); out[n] = '\0') {
        got = recv(fd, out + n, room - 1 - n, 0);
        if (got <= 0)
            return;
        n += (size_t)got;
    }
}

int wire_status(const char *answer)
{
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

bool wire_closed(int fd)
{
    char c;

    return recv(fd, &c, 1, 0) <= 0;
}

void wire_many_descriptors(void)
{
    struct rlimit files;

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}
