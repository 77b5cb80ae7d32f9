/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/bench/queue/bench.h - our side of the benchmark of queues, as the driver
 * (run.py) calls it: bench_queue VERB '{"port":6379,"db":1, …}'. The peers
 * answer to the same verbs.
 *
 *   host   private Redis and MySQL with a migrated schema, until standard input ends
 *   put    jobs: all at once, paced, delayed, or as rows in transactions
 *   work   the product's worker (parent, board, children) with steps that count
 *   floor  how long a bare LPUSH takes to end a bare BRPOP here
 *   mock   a Bot API that answers after so many milliseconds, and counts
 *
 * Each prints one line "ready …" or its result as JSON. The number of a job is its
 * "n"; "t" is the instant, on the monotonic clock of the machine in microseconds, from
 * which its delay is counted. */
#ifndef TESTS_BENCH_QUEUE_BENCH_H
#define TESTS_BENCH_QUEUE_BENCH_H

#include "core/base/config.h"
#include "core/base/json.h"

#include <stdint.h>

struct bench {
    struct json *ask; /* what the driver asks for */
    struct config cfg;
    char redis_url[160];
};

int64_t bench_number(const struct bench *b, const char *name, int64_t otherwise);
const char *bench_word(const struct bench *b, const char *name, const char *otherwise);
int64_t bench_mono_us(void);

/* One line, and the program ends. */
void bench_need(bool good, const char *what);

int bench_put(struct bench *b);   /* put.c */
int bench_work(struct bench *b);  /* work.c */
int bench_host(struct bench *b);  /* host.c */
int bench_mock(struct bench *b);  /* mock.c */
int bench_floor(struct bench *b); /* floor.c */

#endif
