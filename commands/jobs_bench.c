/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * bench: how fast this very installation puts and runs jobs that do nothing, and how
 * soon an idle worker picks one up. Three steps: N jobs are put, the workers are
 * watched until those are gone, then single jobs tell how late they were. */
#include "commands/jobs.h"

#include "core/base/clock.h"
#include "core/base/code.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define JOBS 10000
#define JOBS_LEAST 100
#define JOBS_MOST 200000
#define BATCH 200
#define PICKUPS 200
#define PICKUP_GAP_MS 10
#define IDLE_MS 5000 /* without one job less: nobody works */
#define LOOK_MS 20

struct trial {
    struct desk *d;
    int64_t n;
    double put_s, drain_s;
    int64_t late_us[PICKUPS];
    int n_late;
};

static double seconds(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void nap(int ms)
{
    const struct timespec ts = {.tv_nsec = ms * 1000000L};

    nanosleep(&ts, NULL);
}

/* ---- putting -------------------------------------------------------------------- */

static struct queue_at shard_at(const struct trial *t, int64_t i)
{
    return (struct queue_at){POOL_LOGIC, (int)(i % t->d->cfg.queue_shards)};
}

static struct json *body_new(int64_t number)
{
    struct json *body = json_new_object(), *args = json_new_object();

    json_set_int(args, "n", number);
    json_set_int(body, "v", 1);
    json_set_text(body, "k", kind_policy(KIND_BENCH_NOOP)->name);
    json_set(body, "a", args);
    return body;
}

static enum status put_batch(struct trial *t, struct queue_at at, int64_t first, int n)
{
    struct job_row rows[BATCH];
    struct json *body[BATCH];
    enum status st = ST_OK;

    for (int i = 0; i < n; i++) {
        body[i] = body_new(first + i);
        rows[i] = (struct job_row){.at = at, .list = 16, .body = json_print(body[i])};
        ulid_new(clock_now(), rows[i].id);
        if (rows[i].body == NULL)
            st = ST_BROKEN;
        else
            rows[i].body_n = strlen(rows[i].body);
    }
    if (st == ST_OK)
        st = queue_hand_over(t->d->queue, at, rows, n);
    for (int i = 0; i < n; i++)
        json_free(body[i]);
    return st;
}

static enum status put_all(struct trial *t)
{
    double from = seconds();
    enum status st = ST_OK;

    for (int64_t i = 0; i < t->n && st == ST_OK; i += BATCH)
        st = put_batch(t, shard_at(t, i / BATCH), i,
                       (int)(t->n - i < BATCH ? t->n - i : BATCH));
    t->put_s = seconds() - from;
    return st;
}

/* ---- watching ------------------------------------------------------------------- */

/* What waits and is held in the logic pool. */
static enum status left(struct trial *t, int64_t *out)
{
    struct census c;
    enum status st = ST_OK;

    *out = 0;
    for (int s = 0; s < t->d->cfg.queue_shards && st == ST_OK; s++) {
        if ((st = queue_census(t->d->queue, shard_at(t, s), &c)) != ST_OK)
            break;
        for (int i = 0; i < QUEUE_LISTS; i++)
            *out += c.list[i].length;
        for (size_t i = 0; i < c.n_workers; i++)
            *out += c.worker[i].held;
        census_free(&c);
    }
    return st;
}

static void progress(int64_t rest, bool end)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, end ? "\r\033[K" : "\r\033[K%lld jobs left", (long long)rest);
}

/* ST_NONE: they stay, as nobody takes them. */
static enum status drain(struct trial *t)
{
    double from = seconds(), moved = from;
    int64_t before = INT64_MAX, rest;
    enum status st;

    while ((st = left(t, &rest)) == ST_OK && rest > 0) {
        if (rest < before)
            moved = seconds();
        before = rest;
        if ((seconds() - moved) * 1000 > IDLE_MS)
            return progress(0, true), ST_NONE;
        progress(rest, false);
        nap(LOOK_MS);
    }
    progress(0, true);
    t->drain_s = seconds() - from;
    return st;
}

/* ---- pickup --------------------------------------------------------------------- */

static enum status put_timed(struct trial *t, const char *to)
{
    struct job_spec spec = {.kind = KIND_BENCH_NOOP, .args = json_new_object()};
    int64_t now = clock_now();

    json_set_int(spec.args, "t", now);
    json_set_text(spec.args, "to", to);
    return job_put_now(t->d->queue, now, &spec);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static enum status collect(struct trial *t, struct redis *cache, const char *from)
{
    struct redis_reply *reply = NULL;
    enum status st = redis_do(cache, &reply, "LRANGE", from, "0", "-1", NULL);

    for (size_t i = 0; st == ST_OK && i < redis_count(reply) && i < PICKUPS; i++)
        t->late_us[t->n_late++] = redis_int(redis_item(reply, i));
    redis_free(reply);
    if (st == ST_OK && (st = redis_do(cache, &reply, "DEL", from, NULL)) == ST_OK)
        redis_free(reply);
    qsort(t->late_us, (size_t)t->n_late, sizeof *t->late_us, by_size);
    return st;
}

static enum status pickup(struct trial *t)
{
    struct redis *cache = redis_open(t->d->cfg.redis_fsm_url);
    char to[ULID_TEXT + 8] = "bench:";
    uint8_t id[16];
    int64_t rest = 1;
    enum status st = cache ? ST_OK : ST_BROKEN;

    ulid_new(clock_now(), id);
    ulid_print(id, to + strlen(to));
    for (int i = 0; i < PICKUPS && st == ST_OK; i++) {
        st = put_timed(t, to);
        nap(PICKUP_GAP_MS);
    }
    for (int i = 0; i < IDLE_MS / LOOK_MS && st == ST_OK && rest > 0; i++) {
        st = left(t, &rest);
        nap(LOOK_MS);
    }
    if (st == ST_OK)
        st = collect(t, cache, to);
    redis_close(cache);
    return st;
}

/* ---- the verb ------------------------------------------------------------------- */

static double late_ms(const struct trial *t, int percent)
{
    return t->n_late ? (double)t->late_us[(t->n_late - 1) * percent / 100] / 1000 : 0;
}

static int print(const struct trial *t)
{
    struct json *o;

    if (!desk_json(t->d)) {
        printf("jobs            %lld\n", (long long)t->n);
        printf("put             %.0f a second\n", (double)t->n / t->put_s);
        printf("put and run     %.0f a second\n",
               (double)t->n / (t->put_s + t->drain_s));
        printf("pickup          p50 %.2f ms, p99 %.2f ms, of %d\n", late_ms(t, 50),
               late_ms(t, 99), t->n_late);
        return 0;
    }
    o = json_new_object();
    json_set_int(o, "jobs", t->n);
    json_set_int(o, "put_us", (int64_t)(t->put_s * 1e6));
    json_set_int(o, "run_us", (int64_t)((t->put_s + t->drain_s) * 1e6));
    json_set_int(o, "pickup_p50_us", (int64_t)(late_ms(t, 50) * 1000));
    json_set_int(o, "pickup_p99_us", (int64_t)(late_ms(t, 99) * 1000));
    return json_out(o);
}

int jobs_bench(struct desk *d, int argc, char **argv)
{
    char *end = NULL;
    struct trial t = {.d = d, .n = argc > 0 ? strtoll(argv[0], &end, 10) : JOBS};
    int64_t waiting;
    enum status st;

    if ((end != NULL && *end != '\0') || t.n < JOBS_LEAST || t.n > JOBS_MOST)
        return desk_refuse("N is a number of jobs, %d to %d", JOBS_LEAST, JOBS_MOST);
    if ((st = left(&t, &waiting)) != ST_OK)
        return desk_told(st, "");
    if (waiting > 0) {
        fputs("dvorik jobs: the queue is at work; its jobs would wait behind these. "
              "Again when it is quiet (dvorik jobs drain)\n",
              stderr);
        return 1;
    }
    if ((st = put_all(&t)) == ST_OK)
        st = drain(&t);
    if (st == ST_OK)
        st = pickup(&t);
    if (st == ST_OK && t.n_late == 0)
        st = ST_NONE;
    return st == ST_OK ? print(&t)
                       : desk_told(st, "nobody runs the jobs: is `dvorik worker` up? "
                                       "They do nothing, and are gone once it is");
}
