/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/redis_cluster.h - a Redis Cluster: which master has which slot, and a
 * connection to each that was asked. Blocking, each call within its deadline
 * (clock_mono_ms). Private to core/io/redis*.c.
 *
 * The map is read from any node that answers (those known by now, in turn, then those
 * of the URL) whenever it is found to be old: a node is away, or another one answered
 * MOVED. */
#ifndef CORE_IO_REDIS_CLUSTER_H
#define CORE_IO_REDIS_CLUSTER_H

#include "core/io/redis_wire.h"

#define REDIS_SLOTS 16384

/* CRC16 of the key, or of what stands in its first {}. */
int redis_key_slot(const char *key, size_t n);

struct cluster;
struct cluster *cluster_new(const struct redis_url *url); /* NULL: no memory. Yours */
void cluster_free(struct cluster *c);

/* The connection to the master of a slot, -1: to any master. Lent until the next call.
 * NULL: nothing can be sent now, and why says it. */
struct wire *cluster_reach(struct cluster *c, int slot, int64_t due_ms,
                           char why[REDIS_WHY]);
/* The same to the node that an answer names (ASK). */
struct wire *cluster_reach_at(struct cluster *c, const struct redis_place *at,
                              int64_t due_ms, char why[REDIS_WHY]);
/* All masters: how many there are by a map just read (0: nobody tells), and the
 * connection to the i-th, which at names. */
int cluster_masters(struct cluster *c, int64_t due_ms, char why[REDIS_WHY]);
struct wire *cluster_master(struct cluster *c, int i, int64_t due_ms,
                            struct redis_place *at, char why[REDIS_WHY]);

/* What was learned from an answer: the slot is at `to` now; the map is old; w is broken.
 */
void cluster_moved(struct cluster *c, int slot, const struct redis_place *to);
void cluster_doubt(struct cluster *c);
void cluster_drop(struct cluster *c, struct wire *w);
/* Fills in an empty host: the one that w leads to. */
void cluster_place(const struct cluster *c, const struct wire *w,
                   struct redis_place *at);

/* w is the caller's from now on, and the other connections are closed. */
void cluster_take(struct cluster *c, struct wire *w);

#endif
