/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the machine and Redis need by themselves, for the row of idle pickups to be read
 * against: one process pushes the time of day onto a list every 20 ms, another sleeps in
 * BRPOP. No job, no script, nothing kept or promised. */
#include "tests/bench/queue/bench.h"

#include "core/io/redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GAP_US 20000
#define LIST "floor"

static void push_all(struct redis *r, int64_t n)
{
    struct redis_reply *reply = NULL;
    char t[24];

    prctl(PR_SET_TIMERSLACK, 1UL);
    for (int64_t i = 0; i < n; i++) {
        nanosleep(&(struct timespec){.tv_nsec = GAP_US * 1000L}, NULL);
        snprintf(t, sizeof t, "%lld", (long long)bench_mono_us());
        bench_need(redis_do(r, &reply, "LPUSH", LIST, t, NULL) == ST_OK,
                   "Redis took no push");
        redis_free(reply);
    }
}

static void print_one(struct redis *r, int64_t i)
{
    struct redis_reply *reply = NULL;
    const struct redis_reply *t;

    bench_need(redis_do(r, &reply, "BRPOP", LIST, "1", NULL) == ST_OK &&
                   redis_count(reply) == 2,
               "nothing was pushed for a second");
    t = redis_item(reply, 1);
    printf("%s%lld", i > 0 ? "," : "", (long long)(bench_mono_us() - redis_int(t)));
    redis_free(reply);
}

int bench_floor(struct bench *b)
{
    int64_t n = bench_number(b, "n", 100);
    pid_t pusher = fork();
    struct redis *r = redis_open(b->redis_url);
    int status = 0;

    bench_need(pusher >= 0 && r != NULL, "no memory");
    if (pusher == 0) {
        push_all(r, n);
        redis_close(r);
        _exit(0);
    }
    printf("{\"late_us\":[");
    for (int64_t i = 0; i < n; i++)
        print_one(r, i);
    printf("]}\n");
    redis_close(r);
    json_free(b->ask);
    return waitpid(pusher, &status, 0) == pusher && status == 0 ? 0 : 1;
}
