/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/queue_json.h - the queue in JSON: what `dvorik jobs … --json`, the API and the
 * panel say about jobs, so that a program that reads one reads the others. All objects
 * are yours. Times are RFC 3339 in UTC, no time is null. */
#ifndef CORE_IO_QUEUE_JSON_H
#define CORE_IO_QUEUE_JSON_H

#include "core/io/ledger_look.h"
#include "core/io/pause.h"
#include "core/io/queue_sums.h"
#include "core/io/queue_walk.h"
#include "core/io/verify.h"

void json_set_time(struct json *o, const char *key, int64_t at); /* 0: null */
void json_set_id(struct json *o, const char *key, const uint8_t id[16]);

struct json *json_line(const struct ledger_line *l);
struct json *json_pause(const struct pause_line *l);
struct json *json_kind(const struct ledger_kind *k);
struct json *json_rows(const struct ledger_sums *s);
struct json *json_pool(const struct pool_sums *s);
struct json *json_seen(const struct queue_seen *seen, const struct job *j);
struct json *json_found(const struct queue_found *f); /* place, pool, shard, list … */
struct json *json_finding(const struct finding *f);
/* All that `stats` shows; what it is made of is taken over. */
struct queue_stats {
    struct queue_sums redis;
    struct ledger_sums rows;
    struct json *paused, *kinds; /* arrays: of json_pause, json_kind */
};
/* Asks both stores; kinds: of the last hour. In any case stats_free it. */
must_check enum status queue_stats(struct db *db, struct queue *q, int64_t now,
                                   struct queue_stats *out);
void queue_stats_free(struct queue_stats *s);
int64_t queue_stats_count(const struct queue_stats *s, const char *counter);
struct json *json_stats(const struct queue_stats *s, int64_t now); /* borrows nothing */

/* What a job carries, for who may look into the queue but not into people's affairs: of
 * an update (class U) nothing but what it is; of the others ids of ours and short words
 * stay, everything else is "***". NULL: it is no body. */
struct json *json_masked(const char *body, size_t n);

#endif
