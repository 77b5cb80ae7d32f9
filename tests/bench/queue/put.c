/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Putting jobs, in the ways the rows of the table ask for. A job is the product's
 * record {"v":1,"k":"bench.noop","a":{"n":…,"t":…,"p":"…"}}, padded to "size" bytes. */
#include "tests/bench/queue/bench.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/queue.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH_MAX 500

struct put {
    struct bench *b;
    struct queue *queue;
    struct db *db;
    struct queue_at at;
    enum kind kind;
    int list, size, batch;
    int64_t n, first; /* how many; the number of the first */
    char pad[QUEUE_BODY_MAX + 1];
    struct job_row row[BATCH_MAX];
    struct json *body[BATCH_MAX];
    uint64_t random;
};

/* ---- one job -------------------------------------------------------------------- */

/* The name of a lane's first list; "normal" is the one of bench.noop. */
static int list_named(const char *lane)
{
    return strcmp(lane, "hot") == 0 ? 0 : strcmp(lane, "bulk") == 0 ? 18 : 16;
}

/* What is left for the padding, so that the record is of the size asked for. */
static int padding(const struct put *p, int64_t number, int64_t t)
{
    char bare[160];
    int n = snprintf(bare, sizeof bare,
                     "{\"v\":1,\"k\":\"bench.noop\",\"a\":{\"n\":%lld,\"p\":\"\"}}",
                     (long long)number);

    if (t != 0)
        n += snprintf(bare, sizeof bare, "\"t\":%lld,", (long long)t);
    return n < p->size ? p->size - n : 0;
}

static struct json *args_new(const struct put *p, int64_t number, int64_t t)
{
    struct json *a = json_new_object();
    char digits[24];

    number += p->first;
    if (p->kind == KIND_SEND_CALLBACK_ACK) {
        snprintf(digits, sizeof digits, "%lld", (long long)number);
        json_set_text(a, "bot", "client");
        json_set_text(a, "q", digits);
        return a;
    }
    json_set_int(a, "n", number);
    if (t != 0)
        json_set_int(a, "t", t);
    json_set_text_n(a, "p", p->pad, (size_t)padding(p, number, t));
    return a;
}

/* Jobs of the hot and bulk lanes go to all sixteen lists in turn. */
static int list_of(const struct put *p, int64_t number)
{
    return p->list == 16 ? 16 : p->list + (int)(number % 16);
}

static void row_make(struct put *p, int i, int64_t number, int64_t t, int64_t due)
{
    struct job_row *r = &p->row[i];
    struct json *body = json_new_object();

    json_set_int(body, "v", 1);
    json_set_text(body, "k", kind_policy(p->kind)->name);
    json_set(body, "a", args_new(p, number, t));
    p->body[i] = body;
    *r = (struct job_row){.list = list_of(p, number), .due = due};
    ulid_new(clock_now(), r->id);
    r->body = json_print(body);
    bench_need(r->body != NULL, "no memory");
    r->body_n = strlen(r->body);
}

static void rows_put(struct put *p, int n)
{
    bench_need(queue_hand_over(p->queue, p->at, p->row, n) == ST_OK,
               "Redis took no jobs");
    for (int i = 0; i < n; i++)
        json_free(p->body[i]);
}

static void put_one(struct put *p, int64_t number, int64_t t)
{
    struct job_spec spec = {.kind = p->kind, .args = args_new(p, number, t)};

    bench_need(job_put_now(p->queue, clock_now(), &spec) == ST_OK, "Redis took no job");
}

/* ---- all at once ---------------------------------------------------------------- */

static void put_all(struct put *p)
{
    for (int64_t i = 0; i < p->n;) {
        int k = p->n - i < p->batch ? (int)(p->n - i) : p->batch;

        if (k == 1 && p->list == 16) {
            put_one(p, i++, 0);
            continue;
        }
        for (int j = 0; j < k; j++)
            row_make(p, j, i + j, 0, 0);
        rows_put(p, k);
        i += k;
    }
}

struct durable {
    struct put *p;
    int64_t first;
    int n;
    bool fact; /* with a row of its own beside the job's, as a real fact has */
};

static enum status durable_work(struct db *db, void *arg)
{
    struct durable *d = arg;
    enum status st = ST_OK;

    for (int i = 0; i < d->n && st == ST_OK; i++) {
        struct job_spec spec = {.kind = d->p->kind,
                                .args = args_new(d->p, d->first + i, 0)};

        st = d->fact ? db_exec(db, NULL, "INSERT INTO bench_fact (n) VALUES (?)",
                               DB_INT(d->first + i))
                     : ST_OK;
        if (st == ST_OK)
            st = job_put(db, clock_now(), &spec);
        else
            json_free(spec.args);
    }
    return st;
}

static void put_durable(struct put *p)
{
    for (int64_t i = 0; i < p->n; i += p->batch) {
        struct durable d = {p, i, p->n - i < p->batch ? (int)(p->n - i) : p->batch,
                            bench_number(p->b, "fact", 0) != 0};

        bench_need(db_tx(p->db, durable_work, &d) == ST_OK, "MySQL took no jobs");
    }
}

/* ---- by the clock --------------------------------------------------------------- */

static void sleep_until(int64_t mono_us)
{
    struct timespec ts = {.tv_sec = mono_us / 1000000,
                          .tv_nsec = mono_us % 1000000 * 1000};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
        continue;
}

/* splitmix64, seeded by the driver: the peers are given other but as random gaps. */
static double random_unit(struct put *p)
{
    uint64_t x = p->random += 0x9e3779b97f4a7c15ULL;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return (double)((x ^ (x >> 31)) >> 11) / 9007199254740992.0;
}

static double gap_us(struct put *p)
{
    double mean = 1e6 / (double)bench_number(p->b, "rate", 50);

    if (!bench_number(p->b, "poisson", 0))
        return mean;
    return -log(1 - random_unit(p)) * mean;
}

/* How late a producer's own timer may be at no cost: the same for all peers. */
#define GRAIN_US 1000

static int64_t counts_from(double due, int64_t now)
{
    int64_t forgiven = (int64_t)due + GRAIN_US;

    return now < forgiven ? now : forgiven;
}

/* Open loop: a job's delay counts from when it was due, but for the grain of our timer;
 * those that are due together leave together. */
static void put_paced(struct put *p)
{
    double due = (double)bench_mono_us() + 1000;
    int64_t i = 0;

    while (i < p->n) {
        int64_t now = bench_mono_us();
        int k = 0;

        if ((double)now < due) {
            sleep_until((int64_t)due + 1);
            now = bench_mono_us();
        }
        for (; i < p->n && k < p->batch && due <= (double)now; due += gap_us(p))
            row_make(p, k++, i++, counts_from(due, now), 0);
        if (k > 0)
            rows_put(p, k);
    }
}

/* Due one after the other within window_ms, the first lead_ms from now. */
static void put_delayed(struct put *p)
{
    int64_t lead = bench_number(p->b, "lead_ms", 1000) * MS,
            window = bench_number(p->b, "window_ms", 10000) * MS;
    int64_t wall = clock_now() + lead, mono = bench_mono_us() + lead;

    for (int64_t i = 0; i < p->n;) {
        int k = 0;

        for (; k < p->batch && i < p->n; k++, i++) {
            int64_t at = window * i / p->n / MS * MS; /* due times are whole ms */
            int64_t due = (wall + at) / MS * MS;

            row_make(p, k, i, mono + at - (wall + at - due), due);
        }
        rows_put(p, k);
    }
}

int bench_put(struct bench *b)
{
    static const struct {
        const char *name;
        void (*run)(struct put *p);
    } modes[] = {{"all", put_all},
                 {"paced", put_paced},
                 {"delayed", put_delayed},
                 {"durable", put_durable}};
    struct put *p = calloc(1, sizeof *p);
    const char *mode = bench_word(b, "mode", "all");
    bool durable = strcmp(mode, "durable") == 0;
    int64_t from;

    bench_need(p != NULL && (p->queue = queue_open(&b->cfg)) != NULL, "no memory");
    p->b = b;
    p->kind = durable                     ? KIND_CORE_DISCOUNT_REDEEMED
              : bench_number(b, "ack", 0) ? KIND_SEND_CALLBACK_ACK
                                          : KIND_BENCH_NOOP;
    p->at = (struct queue_at){kind_policy(p->kind)->pool, 0};
    p->list = list_named(bench_word(b, "lane", "normal"));
    p->size = (int)bench_number(b, "size", 250);
    p->batch = (int)bench_number(b, "batch", 200);
    p->n = bench_number(b, "n", 1);
    p->first = bench_number(b, "first", 0);
    p->random = (uint64_t)bench_number(b, "seed", 1);
    bench_need(p->batch >= 1 && p->batch <= BATCH_MAX && p->size <= QUEUE_BODY_MAX,
               "batch or size out of range");
    memset(p->pad, 'x', sizeof p->pad - 1);
    if (durable) {
        bench_need((p->db = db_open(&b->cfg)) != NULL, "no memory");
        queue_bind(p->queue, p->db);
    }
    from = bench_mono_us();
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(mode, modes[i].name) == 0)
            modes[i].run(p);
    printf("{\"n\":%lld,\"us\":%lld}\n", (long long)p->n,
           (long long)(bench_mono_us() - from));
    queue_close(p->queue);
    db_close(p->db);
    free(p);
    json_free(b->ask);
    return 0;
}
