/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/slowline.h - a slow line between a client and a server's socket: every
 * byte arrives, in order, but late. proxy.h is the line that cuts. */
#ifndef TESTS_HARNESS_SLOWLINE_H
#define TESTS_HARNESS_SLOWLINE_H

#include <stdbool.h>

struct slowline;

/* Read anew for each piece that comes in; a change holds from then on. */
struct slowness {
    int delay_ms;     /* of every piece, each way */
    int stall_one_in; /* one piece in so many waits stall_ms more, and all behind it: a
                          packet lost and sent again. 0: none */
    int stall_ms;
    bool drip; /* answers come byte by byte */
};

/* Runs in a thread. Yours. */
struct slowline *slowline_new(const char *server_socket);
const char *slowline_socket(const struct slowline *l);
void slowline_set(struct slowline *l, const struct slowness *how);
void slowline_free(struct slowline *l);

#endif
