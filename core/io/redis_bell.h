/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/redis_bell.h - sleeping in front of a command, on the server: BLPOP of a bell
 * and the command leave in one write, so that who is rung for has the answer already.
 * Private to core/io/redis*.c.
 *
 * Redis ends a sleep that nobody rings for at its own ticks only (`hz`): where that is
 * too coarse, we do, with CLIENT UNBLOCK through a second connection to the same
 * server. */
#ifndef CORE_IO_REDIS_BELL_H
#define CORE_IO_REDIS_BELL_H

#include "core/io/redis_wire.h"

/* Of one handle. Starts as zeros; what it knows is of one connection. */
struct sleeper {
    const struct wire *wire;
    int64_t connections; /* redis_connections() then: wire is no other one meanwhile */
    int64_t id;          /* of the connection, as the server says; 0: not to be woken */
    struct wire *twin;   /* to the same server; NULL: not needed yet */
};

/* Sleeps, and then asks: the answer to c is yours; NULL: lost, see wire_fault; the
 * server may still do it when it ends the sleep. Where it lets nobody sleep, the answer
 * comes at once, and takes its time. */
struct redis_reply *sleeper_ask(struct sleeper *s, struct wire *w,
                                const struct redis_url *url, const struct redis_bell *b,
                                const struct redis_cmd *c);
void sleeper_close(struct sleeper *s);

#endif
