/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/listen.h - a listening TCP socket from "host:port". */
#ifndef CORE_IO_LISTEN_H
#define CORE_IO_LISTEN_H

#include <stddef.h>

/* "127.0.0.1:8080", "[::1]:0", "*:80". Non-blocking, yours to close; *port is the one
 * bound. -1: *why says why, lent until the next call. */
int listen_open(const char *where, int *port, const char **why);

/* So many connections as wanted, or as there may be descriptors: their limit is raised as
 * far as it goes. */
int listen_room(int wanted);

/* "127.0.0.1", "::1"; "" for NULL and what is no address. */
struct sockaddr;
void listen_name(const struct sockaddr *of, char *out, size_t room);

#endif
