/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/cluster_yard.h - a Cluster, a client and a pipeline of it, for the tests of
 * both. */
#ifndef TESTS_STORE_CLUSTER_YARD_H
#define TESTS_STORE_CLUSTER_YARD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/cluster.h"
#include "tests/harness/pipe_run.h"
#include "tests/harness/until.h"

#include <string.h>

#define BACK_MS 5000
#define TAG "dv:{s0}:a:" /* what the pipeline serves */

static const char count_source[] = "return redis.call('INCR', KEYS[1])";
static const char both_source[] = "redis.call('INCR', KEYS[1])\n"
                                  "return redis.call('INCR', KEYS[2])";
static struct redis_script count_script = {"count", count_source,
                                           count_source + sizeof count_source - 1, ""};
static struct redis_script both_script = {"both", both_source,
                                          both_source + sizeof both_source - 1, ""};

static struct redis *client;

static inline int open_all(void **state)
{
    (void)state;
    farm_open();
    return 0;
}

static inline int close_all(void **state)
{
    (void)state;
    farm_close();
    return 0;
}

static inline int clients_open(void **state)
{
    (void)state;
    client = redis_open(farm_url());
    assert_non_null(client);
    pipe_run_open(farm_url(), TAG);
    return 0;
}

static inline int clients_close(void **state)
{
    (void)state;
    redis_close(client);
    pipe_run_close();
    return 0;
}

static enum status say(int64_t *number, const char *verb, const char *key,
                       const char *value)
{
    struct redis_reply *r = NULL;
    enum status st = redis_do(client, &r, verb, key, value, NULL);

    if (number != NULL)
        *number = redis_int(r);
    redis_free(r);
    return st;
}

static enum status eval(struct redis_script *s, const char *key, const char *other)
{
    struct redis_cmd c = {0};
    struct redis_reply *r = NULL;
    enum status st;

    redis_arg_text(&c, key);
    if (other != NULL)
        redis_arg_text(&c, other);
    st = redis_eval(client, s, other ? 2 : 1, &c, &r);
    redis_free(r);
    redis_cmd_free(&c);
    return st;
}

static inline int64_t kept(int node, const char *key)
{
    return redis_node_number(farm_node(node), WORDS("GET", key));
}

static inline bool pipe_writes(void *arg)
{
    return pipe_run_ask(WORDS("SET", arg, "6")) == ST_OK;
}

static inline int replica_of(int master)
{
    return master < FARM_MASTERS ? master + FARM_MASTERS : master - FARM_MASTERS;
}

/* Nothing is lost when it is planned, so the sums must be exact. */
#define CASE(test) cmocka_unit_test_setup_teardown(test, clients_open, clients_close)

#endif
