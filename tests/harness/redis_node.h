/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/redis_node.h - Redis servers and Sentinels that find one another over
 * loopback, for sentinel.h and cluster.h.
 *
 * Each has a free port and a folder of its own, holds what it is told in its file of
 * settings, and dies with the test. */
#ifndef TESTS_HARNESS_REDIS_NODE_H
#define TESTS_HARNESS_REDIS_NODE_H

#include "core/io/redis.h"

#include <stdbool.h>

struct redis_node;

int port_free(void); /* of loopback, where nobody listens */

/* settings: more lines for its file; password NULL: none. Both borrowed. Started, not
 * waited for. Yours. */
struct redis_node *redis_node_new(int port, bool sentinel, const char *password,
                                  const char *settings);
void redis_node_free(struct redis_node *n); /* NULL is fine */
int redis_node_port(const struct redis_node *n);

void redis_node_wait(struct redis_node *n); /* until it answers PING */
void redis_node_kill(struct redis_node *n); /* -9, and waits until it is gone */
void redis_node_freeze(struct redis_node *n, bool freeze); /* to all it is cut off */
void redis_node_start(struct redis_node *n); /* again, with the same folder */

/* What it answers, asked again until it does. words: WORDS(…). -1: nil. */
int64_t redis_node_number(struct redis_node *n, const char *const *words);
/* Is this text in the answer, itself a text? */
bool redis_node_says(struct redis_node *n, const char *const *words, const char *text);
struct redis *redis_node_client(struct redis_node *n); /* lent */

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
