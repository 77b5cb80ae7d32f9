/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The product's worker with a table of steps of its own: this file's kind_step() is
 * linked in place of worker/kinds.c; all else, from the parent to the scripts, is what
 * ships. Each step notes its number in memory that the children share, so that at the
 * end what was run is counted job by job. */
#include "tests/bench/queue/bench.h"

#include "worker/kinds.h"
#include "worker/parent.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define NO_DELAY INT32_MIN /* of a job that carries no instant */

struct run {
    uint32_t n;
    int32_t late_us;
};

struct tally {
    atomic_uint count;
    _Atomic int64_t first_us, last_us; /* of the steps, by the monotonic clock */
    uint32_t room;
    int64_t hold_us;     /* what a job of the bulk lane takes */
    bool busy, one_more; /* held by computing; a transaction of its own */
    struct run run[];
};

static struct tally *tally; /* mapped before the children are forked */

/* ---- the steps ------------------------------------------------------------------ */

static void note(const struct step *s)
{
    int64_t now = bench_mono_us(), t = json_int_or(s->job->args, "t", 0);
    unsigned i = atomic_fetch_add(&tally->count, 1);

    if (i == 0)
        atomic_store(&tally->first_us, now);
    atomic_store(&tally->last_us, now);
    if (i < tally->room)
        tally->run[i] = (struct run){(uint32_t)json_int_or(s->job->args, "n", 0),
                                     t ? (int32_t)(now - t) : NO_DELAY};
}

static void hold(void)
{
    struct timespec ts = {.tv_nsec = tally->hold_us % 1000000 * 1000};
    int64_t until = bench_mono_us() + tally->hold_us;

    if (!tally->busy)
        nanosleep(&ts, NULL);
    while (tally->busy && bench_mono_us() < until)
        continue;
}

/* The one transaction every handler of row B7 runs, in whatever language. */
static enum status effect(struct db *db, void *arg)
{
    int64_t n = *(int64_t *)arg;
    enum status st =
        db_exec(db, NULL, "INSERT INTO bench_effect (n) VALUES (?)", DB_INT(n));

    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE bench_account SET points = points + 1 WHERE id = ?",
                     DB_INT(n % 64));
    return st;
}

static enum status noop_step(struct step *s)
{
    enum status st = ST_OK;
    int64_t n = json_int_or(s->job->args, "n", 0);

    if (tally->hold_us > 0 && s->job->list >= 18)
        hold();
    if (tally->one_more)
        st = db_tx(s->db, effect, &n);
    note(s);
    return st == ST_TAKEN ? ST_NONE : st;
}

static void noted(struct step *s)
{
    note(s);
}

/* Class D: the runner's transaction, which also deletes the job's row. */
static enum status durable_step(struct step *s)
{
    int64_t n = json_int_or(s->job->args, "n", 0);

    s->after = noted;
    return effect(s->db, &n);
}

step_fn *kind_step(enum kind k)
{
    return k == KIND_BENCH_NOOP               ? noop_step
           : k == KIND_CORE_DISCOUNT_REDEEMED ? durable_step
                                              : NULL;
}

const char *kind_without_step(void)
{
    return NULL;
}

/* ---- the worker ----------------------------------------------------------------- */

static void tally_open(const struct bench *b)
{
    uint32_t room = (uint32_t)bench_number(b, "room", 1000000);
    size_t size = sizeof *tally + room * sizeof(struct run);

    tally = mmap(NULL, size, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    bench_need(tally != MAP_FAILED, "no memory");
    tally->room = room;
    tally->hold_us = bench_number(b, "hold_us", 0);
    tally->busy = bench_number(b, "busy", 0) != 0;
    tally->one_more = bench_number(b, "tx", 0) != 0;
}

/* <dump>/ours.run: pairs of number and delay, as they happened. */
static void tally_dump(const struct bench *b)
{
    uint32_t n = tally->count < tally->room ? tally->count : tally->room;
    char path[300];
    FILE *f;

    snprintf(path, sizeof path, "%s/ours.run", bench_word(b, "dump", "/tmp"));
    f = fopen(path, "wbe");
    bench_need(f != NULL && fwrite(tally->run, sizeof(struct run), n, f) == n &&
                   fclose(f) == 0,
               "the runs cannot be written down");
    printf("{\"count\":%u,\"first_us\":%lld,\"last_us\":%lld}\n", tally->count,
           (long long)tally->first_us, (long long)tally->last_us);
}

static void on_stop(void *arg)
{
    parent_stop(arg);
}

int bench_work(struct bench *b)
{
    struct loop *loop = loop_new();
    struct parent *parent;

    tally_open(b);
    bench_need(loop != NULL, "no memory");
    parent = parent_new(loop, &b->cfg, (int)bench_number(b, "children", 1));
    bench_need(parent != NULL &&
                   loop_on_signal(loop, SIGTERM, on_stop, parent) == ST_OK &&
                   loop_on_signal(loop, SIGINT, on_stop, parent) == ST_OK,
               "the worker does not start");
    parent_lease_max(parent, (int)bench_number(b, "lease", 0));
    parent_start(parent);
    puts("ready");
    fflush(stdout);
    loop_run(loop);
    loop_free(loop);
    parent_free(parent);
    tally_dump(b);
    return 0;
}
