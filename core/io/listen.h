/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/listen.h - a listening TCP socket from "host:port". */
#ifndef CORE_IO_LISTEN_H
#define CORE_IO_LISTEN_H

/* "127.0.0.1:8080", "[::1]:0", "*:80". Non-blocking, yours to close; *port is the one
 * bound. -1: *why says why, lent until the next call. */
int listen_open(const char *where, int *port, const char **why);

#endif
