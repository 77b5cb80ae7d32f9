/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/queue_sums.h"

#include <stdlib.h>
#include <string.h>

#define COUNTERS_MAX                                                                   \
    ((int)(sizeof((struct census *)0)->counter /                                       \
           sizeof((struct census *)0)->counter[0]))

const char *queue_pool_name(enum kind_pool pool)
{
    return pool == POOL_SEND ? "send" : "logic";
}

static void add_lists(struct pool_sums *s, const struct census *c)
{
    for (int i = 0; i < QUEUE_LISTS; i++) {
        enum kind_lane lane = lane_of_list(i);
        int64_t age = c->list[i].head_ms ? c->now_ms - c->list[i].head_ms : 0;

        s->lane[lane].waiting += c->list[i].length;
        if (age > s->lane[lane].oldest_ms)
            s->lane[lane].oldest_ms = age;
    }
}

static void add_counters(struct census *sum, const struct census *c)
{
    for (int i = 0; i < c->n_counters; i++) {
        int k = 0;

        while (k < sum->n_counters &&
               strcmp(sum->counter[k].name, c->counter[i].name) != 0)
            k++;
        if (k < sum->n_counters)
            sum->counter[k].n += c->counter[i].n;
        else if (k < COUNTERS_MAX)
            sum->counter[sum->n_counters++] = c->counter[i];
    }
}

/* Two drifts do not make a right one: each counts by its size. */
static void add_place(struct queue_sums *out, enum kind_pool pool,
                      const struct census *c)
{
    struct pool_sums *s = &out->pool[pool];

    add_lists(s, c);
    s->delayed += c->delayed;
    s->held += census_held(c);
    s->dying += c->dead;
    s->drift += llabs(census_drift(c));
    for (size_t i = 0; i < c->n_workers; i++)
        if (s->workers++ == 0 || c->worker[i].ms_left < s->lease_left_ms)
            s->lease_left_ms = c->worker[i].ms_left;
    add_counters(&out->counters[pool], c);
    if (c->used_bytes > out->used_bytes)
        out->used_bytes = c->used_bytes;
    out->max_bytes = c->max_bytes;
}

enum status queue_sums(struct queue *q, struct queue_sums *out)
{
    struct census c;
    enum status st = ST_OK;

    *out = (struct queue_sums){0};
    QUEUE_EACH(at, q) {
        if ((st = queue_census(q, at, &c)) != ST_OK)
            return st;
        add_place(out, at.pool, &c);
        census_free(&c);
    }
    out->level = lane_level(out->used_bytes, out->max_bytes);
    return st;
}

#define ENTRY_BYTES 1024 /* more than most take, with all that Redis adds */

/* Is it the queue that fills it? Otherwise what waits will wait for ever. */
static bool is_ours(const struct queue_sums *s)
{
    int64_t entries = 0;

    for (enum kind_pool p = POOL_LOGIC; p <= POOL_COUNT; p++) {
        entries += s->pool[p].delayed + s->pool[p].held + s->pool[p].dying;
        for (enum kind_lane l = LANE_HOT; l <= LANE_BULK; l++)
            entries += s->pool[p].lane[l].waiting;
    }
    return entries * ENTRY_BYTES > s->max_bytes / 4;
}

const char *queue_sums_advice(const struct queue_sums *s)
{
    static const char *const by_queue[] = {
        [LANE_NO_BULK] = "bulk waits in MySQL until the queue in Redis is shorter",
        [LANE_ONLY_HOT] = "all but hot waits in MySQL until the queue in Redis is "
                          "shorter: more workers, or a greater maxmemory"};
    static const char *const by_others[] = {
        [LANE_NO_BULK] =
            "maxmemory is used up by something else than the queue, and bulk waits in "
            "MySQL for ever: redis-cli CONFIG SET maxmemory 256mb (and the same line "
            "in "
            "redis.conf), or give the queue a Redis of its own",
        [LANE_ONLY_HOT] =
            "maxmemory is used up by something else than the queue, and all but hot "
            "waits in MySQL for ever: redis-cli CONFIG SET maxmemory 256mb (and the "
            "same "
            "line in redis.conf), or give the queue a Redis of its own"};

    if (s->level == LANE_ALL)
        return NULL;
    return is_ours(s) ? by_queue[s->level] : by_others[s->level];
}
