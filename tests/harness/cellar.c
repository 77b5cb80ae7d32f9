/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/cellar.h"

#include "tests/harness/until.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>

#define ANSWER_MS 15000
#define HOT_LISTS 16

struct cellar cellar;

struct question {
    const char *verb, *a, *b, *c;
    struct redis_reply *reply;
};

static bool answered(void *arg)
{
    struct question *q = arg;

    return redis_do(cellar.redis, &q->reply, q->verb, q->a, q->b, q->c, NULL) == ST_OK;
}

int64_t cellar_ask(const char *verb, const char *a, const char *b, const char *c)
{
    struct question q = {verb, a, b, c, NULL};
    int64_t v;

    if (!until(answered, &q, ANSWER_MS))
        fail_msg("Redis does not answer %s", verb);
    v = redis_int(q.reply);
    redis_free(q.reply);
    return v;
}

void cellar_config(const char *name, const char *value)
{
    cellar_ask("CONFIG", "SET", name, value);
}

int64_t cellar_updates(void)
{
    int64_t n = 0;
    char key[32];

    for (int i = 0; i < HOT_LISTS; i++) {
        snprintf(key, sizeof(key), "dv:{s0}:a:%d", i);
        n += cellar_ask("LLEN", key, NULL, NULL);
    }
    return n;
}

void cellar_open(void)
{
    if (cellar.server == NULL) {
        cellar.server = server_new(SERVER_REDIS);
        snprintf(cellar.url, sizeof(cellar.url), "unix://%s?db=0",
                 server_socket(cellar.server));
        cellar.redis = redis_open(cellar.url);
        assert_non_null(cellar.redis);
    }
    cellar_ask("FLUSHALL", NULL, NULL, NULL);
}

void cellar_close(void)
{
    redis_close(cellar.redis);
    server_free(cellar.server);
    cellar = (struct cellar){0};
}
