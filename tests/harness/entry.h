/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/entry.h - commands about an entry of the queue as Redis gave it: raw
 * bytes, which redis_do cannot say. */
#ifndef TESTS_HARNESS_ENTRY_H
#define TESTS_HARNESS_ENTRY_H

#include "core/io/queue.h"

/* VERB key [word] entry; word may be NULL. Its answer is dropped. */
void entry_tell(struct redis *r, const char *verb, const char *key, const char *word,
                const struct redis_reply *entry);

/* Its head; what is no entry fails the test. */
struct queue_head entry_head(const struct redis_reply *entry);

#endif
