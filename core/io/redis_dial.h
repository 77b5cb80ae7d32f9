/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/redis_dial.h - getting to the server that may be written to, whatever the URL
 * names. Private to core/io/redis*.c. */
#ifndef CORE_IO_REDIS_DIAL_H
#define CORE_IO_REDIS_DIAL_H

#include "core/io/redis_wire.h"

/* Says who we are on a new connection and has the server answer: AUTH, the database,
 * and, where others say that it is a master, whether it says so itself. */
must_check bool redis_greet(struct wire *w, const struct redis_url *url,
                            const struct redis_place *at, char why[REDIS_WHY]);

/* AUTH alone, if there is a password: for whoever only tells the way. */
must_check bool redis_login(struct wire *w, const struct redis_url *url);

/* ---- one server or the master of Sentinels, blocking ---------------------------- */

/* NULL: why. Yours. A master other than last time is told in the log. */
struct wire *redis_reach(struct redis_url *url, int64_t due_ms, char why[REDIS_WHY]);

/* One line in a few seconds at most: the place of a slot, a master. */
void redis_news(const char *event, const struct redis_place *at);

/* ---- the same for a loop: in a thread of its own, as names, Sentinels and nodes may
 * take their time ------------------------------------------------------------------ */

struct dialer; /* what is known of the way */
struct dial;   /* under way; it has the dialer meanwhile */

struct dialer *dialer_new(const char *url); /* NULL: a bad URL, no memory. Yours */
void dialer_free(struct dialer *d);         /* NULL is fine */
bool dialer_of_cluster(const struct dialer *d);
/* Of a Cluster: the slot is at `to` now (an empty host: where we are). */
void dialer_moved(struct dialer *d, int slot, const struct redis_place *to);
void dialer_doubt(struct dialer *d); /* the map is old */

/* slot: of a Cluster, -1: any. NULL: no memory, no descriptor, and d stays yours. */
struct dial *dial_new(struct dialer *d, int slot, int deadline_ms);
must_check bool dial_start(struct dial *j); /* false: no thread; dial_end it */
int dial_fd(const struct dial *j);          /* readable when it is over */
/* When it is over, or never was started: gives the dialer back and the connection,
 * non-blocking; NULL: why. Frees j. */
struct wire *dial_end(struct dial *j, struct dialer **d, char why[REDIS_WHY]);
void dial_abandon(struct dial *j); /* the thread will free all that belongs to it */

#endif
