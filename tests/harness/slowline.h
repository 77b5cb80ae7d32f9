/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/slowline.h - a slow line between a client and a server's socket, or its
 * port on loopback: every byte arrives, in order, but late; or not before the line is
 * whole again, as in a network that fell apart. proxy.h is the line that loses answers. */
#ifndef TESTS_HARNESS_SLOWLINE_H
#define TESTS_HARNESS_SLOWLINE_H

#include <stdbool.h>

struct slowline;

/* Whose bytes go nowhere. Nobody is told: connections stay open, new ones are taken, and
 * what was said meanwhile arrives when the line is whole again. */
enum slowline_cut {
    SLOWLINE_WHOLE,
    SLOWLINE_ALL,  /* everybody's */
    SLOWLINE_PEERS /* of a Redis' Sentinels and replicas; its clients come through */
};

/* Read anew for each piece that comes in; a change holds from then on. */
struct slowness {
    int delay_ms;     /* of every piece, each way */
    int stall_one_in; /* one piece in so many waits stall_ms more, and all behind it: a
                          packet lost and sent again. 0: none */
    int stall_ms;
    bool drip; /* answers come byte by byte */
    enum slowline_cut cut;
};

/* Runs in a thread. Yours. */
struct slowline *slowline_new(const char *server_socket);
struct slowline *slowline_new_port(int port, int server_port);
const char *slowline_socket(const struct slowline *l);
void slowline_set(struct slowline *l, const struct slowness *how);
void slowline_free(struct slowline *l);

#endif
