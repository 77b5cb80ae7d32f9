/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/sentinel.h - a master "shop", its replica and three Sentinels with a
 * password, on loopback; a master that is away is replaced after about two seconds. */
#ifndef TESTS_HARNESS_SENTINEL_H
#define TESTS_HARNESS_SENTINEL_H

#include "tests/harness/redis_node.h"
#include "tests/harness/slowline.h"

#define GUARDS 3
#define GUARD_PASSWORD "word-of-the-guarded"

void guard_open(void); /* and waits until they know one another */
/* The same, with a line before each of the two servers by which everybody else comes to
 * it: to be cut with guard_cut. */
void guard_open_behind_lines(void);
void guard_cut(int i, enum slowline_cut cut);
void guard_close(void);

const char *guard_url(void);            /* of all three */
struct redis_node *guard_server(int i); /* 0: the first master, 1: its replica */
struct redis_node *guard_sentinel(int i);

bool guard_is_master(int i); /* as it says itself, now; false: it does not answer too */
int guard_wait_master(int i, int ms); /* how many ms it took; -1: never */
/* As an operator would, sooner than the Sentinels do it: the old master is made a replica
 * of the new one; returns when it follows. */
void guard_follow(int old, int new);

#endif
