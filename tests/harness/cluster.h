/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/cluster.h - a Redis Cluster on loopback: three masters with a third of
 * the slots each (nodes 0 to 2), and a replica of each (nodes 3 to 5). A master that is
 * away is replaced after about three seconds. */
#ifndef TESTS_HARNESS_CLUSTER_H
#define TESTS_HARNESS_CLUSTER_H

#include "tests/harness/redis_node.h"

#define FARM_MASTERS 3
#define FARM_NODES 6

void farm_open(void); /* and waits until all of them agree */
void farm_close(void);

const char *farm_url(void); /* of the first two masters */
struct redis_node *farm_node(int i);

int farm_slot(const char *key);
int farm_owner(int slot);   /* which node says that it is its; -1: none */
bool farm_is_master(int i); /* as it says itself, now */
int farm_wait_owner(int slot, int other_than, int ms); /* the new one; -1: none */

/* A slot on its way: begin, then all its keys (or one of them), then the end. */
void farm_move_begin(int slot, int from, int to);
void farm_move_key(const char *key, int from, int to);
void farm_move_keys(int slot, int from, int to);
void farm_move_end(int slot, int from, int to);

#endif
