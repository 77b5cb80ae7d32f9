/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define DESCRIPTORS_LEFT 64 /* for all that is no connection */

static char reason[160];

static int fail(const char *where, const char *what)
{
    snprintf(reason, sizeof(reason), "%s: %s", where, what);
    return -1;
}

/* "host:port" to its two halves; brackets go, "*" and "" mean every address. */
static bool split(const char *where, char host[256], char port[8])
{
    const char *colon = strrchr(where, ':');
    size_t n = colon ? (size_t)(colon - where) : 0;

    if (!colon || n > 255 || strlen(colon + 1) > 5 || colon[1] == '\0' ||
        strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return false;
    if (n >= 2 && where[0] == '[' && where[n - 1] == ']') {
        where++;
        n -= 2;
    }
    memcpy(host, where, n);
    host[n] = '\0';
    if (strcmp(host, "*") == 0)
        host[0] = '\0';
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    return true;
}

static int port_of(int fd)
{
    struct sockaddr_storage at;
    socklen_t n = sizeof(at);

    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        return 0;
    if (at.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
    return ntohs(((struct sockaddr_in *)&at)->sin_port);
}

static int bind_one(const struct addrinfo *a)
{
    int one = 1;
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int kept = errno;
    close(fd);
    errno = kept;
    return -1;
}

int listen_open(const char *where, int *port, const char **why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    char host[256], number[8];
    int fd = -1, err;

    *why = reason;
    if (!where || !split(where, host, number))
        return fail(where ? where : "", "not an address of the form host:port");
    err = getaddrinfo(host[0] ? host : NULL, number, &hints, &list);
    if (err != 0)
        return fail(where, gai_strerror(err));
    for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next)
        fd = bind_one(a);
    if (fd < 0)
        fail(where, strerror(errno));
    freeaddrinfo(list);
    if (fd >= 0)
        *port = port_of(fd);
    return fd;
}

int listen_room(int wanted)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return wanted;
    if (files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files) != 0 &&
            getrlimit(RLIMIT_NOFILE, &files) != 0)
            return wanted;
    }
    if (files.rlim_cur > DESCRIPTORS_LEFT * 2 &&
        files.rlim_cur - DESCRIPTORS_LEFT < (rlim_t)wanted)
        return (int)(files.rlim_cur - DESCRIPTORS_LEFT);
    return wanted;
}

void listen_name(const struct sockaddr *of, char *out, size_t room)
{
    socklen_t n = of != NULL && of->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                          : sizeof(struct sockaddr_in);

    if (of == NULL ||
        getnameinfo(of, n, out, (socklen_t)room, NULL, 0, NI_NUMERICHOST) != 0)
        out[0] = '\0';
}
