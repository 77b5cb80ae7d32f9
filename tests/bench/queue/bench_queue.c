/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/bench/queue/bench.h"

#include "core/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void bench_need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench_queue: %s\n", what);
    exit(1);
}

int64_t bench_number(const struct bench *b, const char *name, int64_t otherwise)
{
    return json_int_or(b->ask, name, otherwise);
}

const char *bench_word(const struct bench *b, const char *name, const char *otherwise)
{
    const char *s = json_text(b->ask, name, NULL);

    return s != NULL ? s : otherwise;
}

int64_t bench_mono_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* The tokens lead nowhere: the only Bot API there is is the mock. */
static void settings(struct bench *b)
{
    snprintf(b->redis_url, sizeof b->redis_url, "redis://127.0.0.1:%d/%d",
             (int)bench_number(b, "port", 1), (int)bench_number(b, "db", 0));
    b->cfg = (struct config){
        .database_host = "127.0.0.1",
        .database_port = 3306,
        .database_socket = bench_word(b, "mysql", "/nowhere"),
        .database_name = bench_word(b, "schema", "none"),
        .database_user = "root",
        .redis_url = b->redis_url,
        .redis_cache_url = b->redis_url,
        .redis_fsm_url = b->redis_url,
        .queue_shards = 1,
        .telegram_bot_token = "1000001:client-token-of-the-bench-000000000",
        .telegram_auth_bot_token = "1000002:cashier-token-of-the-bench-00000000",
        .telegram_api_base = bench_word(b, "api", "http://127.0.0.1:1"),
        .telegram_updates = UPDATES_POLLING,
        .timezone = "Asia/Vladivostok",
        .worker_processes = 2,
        .log_level = "error",
        .log_format = "text",
    };
}

static const struct verb {
    const char *name;
    int (*run)(struct bench *b);
} verbs[] = {{"host", bench_host},
             {"put", bench_put},
             {"work", bench_work},
             {"mock", bench_mock},
             {"floor", bench_floor}};

int main(int argc, char **argv)
{
    struct bench b = {0};

    bench_need(argc == 3, "say a verb and what it needs, as run.py does");
    b.ask = json_parse(argv[2], strlen(argv[2]));
    bench_need(b.ask != NULL, "that is not JSON");
    settings(&b);
    log_open("bench", LOG_ERROR, 0);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(&b);
    bench_need(false, "no such verb");
    return 1;
}
