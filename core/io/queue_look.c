/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Looking at a pool: the census, and the entries that are dead. */
#include "core/io/lane.h"
#include "core/io/queue_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

REDIS_SCRIPT(census, "core/io/queue/census.lua");
REDIS_SCRIPT(gate, "core/io/queue/gate.lua");

#define DELAYED_NAMED_MAX 20000
#define WORKERS_MAX 512

/* The workers with a lease now; their hashes must be declared to the script. */
struct roster {
    char key[WORKERS_MAX][KEY_MAX];
    int n;
};

static enum status roster_read(struct queue *q, struct queue_at at,
                               struct redis_reply **out)
{
    char key[KEY_MAX];

    queue_key(key, at, "w");
    return redis_do(q->redis, out, "ZRANGE", key, "0", "-1", NULL);
}

static enum status census_ask(struct queue *q, struct queue_at at,
                              struct redis_reply **out)
{
    struct roster *r = calloc(1, sizeof *r);
    struct redis_reply *names = NULL;
    struct redis_cmd c = {0};
    struct turn_keys keys;
    char what[QUEUE_WID_MAX + 2];
    enum status st;

    if (r == NULL)
        return ST_BROKEN;
    if ((st = roster_read(q, at, &names)) != ST_OK)
        goto out;
    queue_key(keys.key[0], at, "w");
    queue_key(keys.key[1], at, "z");
    queue_key(keys.key[2], at, "d");
    queue_key(keys.key[3], at, "c");
    queue_key(keys.key[4], at, "gate");
    for (int i = 0; i < QUEUE_LISTS; i++)
        queue_list_key(keys.key[5 + i], at, i);
    for (int i = 0; i < 5 + QUEUE_LISTS; i++)
        redis_arg_text(&c, keys.key[i]);
    for (size_t i = 0; i < redis_count(names) && r->n < WORKERS_MAX; i++, r->n++) {
        snprintf(what, sizeof what, "i:%s", redis_text(redis_item(names, i), NULL));
        queue_key(r->key[r->n], at, what);
        redis_arg_text(&c, r->key[r->n]);
    }
    redis_arg_int(&c, DELAYED_NAMED_MAX);
    for (int i = 0; i < r->n; i++)
        redis_arg_text(&c, redis_text(redis_item(names, (size_t)i), NULL));
    st = redis_eval(q->redis, &census, 5 + QUEUE_LISTS + r->n, &c, out);
out:
    redis_free(names);
    redis_cmd_free(&c);
    free(r);
    return st;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static enum status read_workers(struct census *out, const struct redis_reply *list)
{
    size_t n = redis_count(list) / 3;

    out->worker = calloc(n + 1, sizeof *out->worker);
    if (out->worker == NULL)
        return ST_BROKEN;
    for (size_t i = 0; i < n; i++) {
        snprintf(out->worker[i].wid, QUEUE_WID_MAX, "%s",
                 redis_text(redis_item(list, i * 3), NULL));
        out->worker[i].ms_left = redis_int(redis_item(list, i * 3 + 1));
        out->worker[i].held = redis_int(redis_item(list, i * 3 + 2));
    }
    out->n_workers = n;
    return ST_OK;
}

static enum status read_busy(struct census *out, const struct redis_reply *list)
{
    size_t n = redis_count(list), len;

    out->busy = calloc(n + 1, sizeof *out->busy);
    if (out->busy == NULL)
        return ST_BROKEN;
    for (size_t i = 0; i < n; i++) {
        const char *text = redis_text(redis_item(list, i), &len);

        if (len == sizeof *out->busy)
            memcpy(out->busy[out->n_busy++], text, len);
    }
    qsort(out->busy, out->n_busy, sizeof *out->busy, by_id);
    return ST_OK;
}

static void read_counters(struct census *out, const struct redis_reply *list)
{
    for (size_t i = 0; i + 1 < redis_count(list) && out->n_counters < 24; i += 2) {
        snprintf(out->counter[out->n_counters].name, sizeof out->counter[0].name, "%s",
                 redis_text(redis_item(list, i), NULL));
        out->counter[out->n_counters++].n = redis_int(redis_item(list, i + 1));
    }
}

static void read_gate(struct census *out, const struct redis_reply *list)
{
    for (size_t i = 0; i + 1 < redis_count(list) && out->n_shut < QUEUE_LISTS; i += 2) {
        const char *name = redis_text(redis_item(list, i), NULL);

        if (name[0] < '0' || name[0] > '9') /* level, until */
            continue;
        out->shut[out->n_shut].list = (int)redis_int(redis_item(list, i));
        out->shut[out->n_shut++].n = redis_int(redis_item(list, i + 1));
    }
}

enum status queue_census(struct queue *q, struct queue_at at, struct census *out)
{
    struct redis_reply *r = NULL;
    enum status st;

    *out = (struct census){0};
    if ((st = census_ask(q, at, &r)) != ST_OK)
        return st;
    out->now_ms = redis_int(redis_item(r, 0));
    for (size_t i = 0; i < QUEUE_LISTS; i++) {
        out->list[i].length = redis_int(redis_item(redis_item(r, 1), i * 2));
        out->list[i].head_ms = redis_int(redis_item(redis_item(r, 1), i * 2 + 1));
    }
    out->delayed = redis_int(redis_item(r, 2));
    out->dead = redis_int(redis_item(r, 3));
    read_counters(out, redis_item(r, 4));
    st = read_workers(out, redis_item(r, 5));
    if (st == ST_OK)
        st = read_busy(out, redis_item(r, 6));
    out->complete = redis_int(redis_item(r, 7)) == 1;
    read_gate(out, redis_item(r, 8));
    out->used_bytes = redis_int(redis_item(r, 9));
    out->max_bytes = redis_int(redis_item(r, 10));
    redis_free(r);
    if (st != ST_OK)
        census_free(out);
    return st;
}

void census_free(struct census *c)
{
    free(c->worker);
    free(c->busy);
    *c = (struct census){0};
}

bool census_busy(const struct census *c, const uint8_t id[16])
{
    return bsearch(id, c->busy, c->n_busy, sizeof *c->busy, by_id) != NULL;
}

int64_t census_waiting(const struct census *c)
{
    int64_t n = 0;

    for (int i = 0; i < QUEUE_LISTS; i++)
        n += c->list[i].length;
    return n;
}

int64_t census_held(const struct census *c)
{
    int64_t n = 0;

    for (size_t i = 0; i < c->n_workers; i++)
        n += c->worker[i].held;
    return n;
}

int64_t census_count(const struct census *c, const char *counter)
{
    for (int i = 0; i < c->n_counters; i++)
        if (strcmp(c->counter[i].name, counter) == 0)
            return c->counter[i].n;
    return 0;
}

int64_t census_drift(const struct census *c)
{
    static const char *const gone[] = {"A", "D", "poison", "collapsed"};
    int64_t n = census_count(c, "enq");

    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        n -= census_count(c, gone[i]);
    return n - census_waiting(c) - c->delayed - census_held(c);
}

enum status queue_gate(struct queue *q, struct queue_at at, const struct census *seen,
                       const bool *drained)
{
    char key[KEY_MAX], list[QUEUE_LISTS][4];
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st;

    queue_key(key, at, "gate");
    redis_arg_text(&c, key);
    redis_arg_int(&c, lane_level(seen->used_bytes, seen->max_bytes));
    redis_arg_int(&c, QUEUE_GATE_MS);
    for (int i = 0; i < seen->n_shut; i++)
        if (drained[i]) {
            snprintf(list[i], sizeof list[i], "%02d", seen->shut[i].list);
            redis_arg_text(&c, list[i]);
            redis_arg_int(&c, seen->shut[i].n);
        }
    st = redis_eval(q->redis, &gate, 1, &c, &reply);
    redis_free(reply);
    redis_cmd_free(&c);
    return st;
}

/* ---- how many shards ------------------------------------------------------------ */

/* Its value: "<shards>:<form of entries>"; the oldest form said only the shards. */
static const char shards_key[] = "dv:{s0}:shards";

static const char *shards_told(const char *was, int shards)
{
    static char told[240];
    char *end;
    long n = strtol(was, &end, 10);

    if (end[0] == ':' && end[1] == QUEUE_FORM && end[2] == '\0')
        snprintf(told, sizeof told,
                 "QUEUE_SHARDS is %d, but this Redis holds a queue of %ld; set it back,"
                 " or run `dvorik jobs drain`, stop everything and delete the key %s",
                 shards, n, shards_key);
    else
        snprintf(
            told, sizeof told,
            "this Redis holds the queue of another version of Dvorik, whose entries"
            " are of another form; with that version run `dvorik jobs drain`, stop"
            " everything and delete the key %s",
            shards_key);
    return told;
}

enum status queue_shards_check(struct redis *r, int shards, const char **why)
{
    struct redis_reply *reply = NULL;
    char ours[16];
    enum status st;

    snprintf(ours, sizeof ours, "%d:%c", shards, QUEUE_FORM);
    st = redis_do(r, &reply, "SET", shards_key, ours, "NX", NULL);
    redis_free(reply);
    if (st != ST_OK && st != ST_REFUSED) /* full: it must still be drained */
        return st;
    if ((st = redis_do(r, &reply, "GET", shards_key, NULL)) != ST_OK)
        return st;
    if (!redis_is_nil(reply) && strcmp(redis_text(reply, NULL), ours) != 0) {
        *why = shards_told(redis_text(reply, NULL), shards);
        st = ST_REFUSED;
    }
    redis_free(reply);
    return st;
}

void queue_count(struct queue *q, struct queue_at at, const char *counter, int64_t n)
{
    struct redis_reply *r = NULL;
    char key[KEY_MAX], text[24];

    queue_key(key, at, "c");
    snprintf(text, sizeof text, "%lld", (long long)n);
    if (redis_do(q->redis, &r, "HINCRBY", key, counter, text, NULL) == ST_OK)
        redis_free(r);
}

/* ---- the dead ------------------------------------------------------------------- */

enum status queue_dead_peek(struct queue *q, struct queue_at at, struct job *jobs,
                            int n, int *found)
{
    char key[KEY_MAX], last[16];
    struct redis_reply *r = NULL;
    enum status st;
    size_t len;

    *found = 0;
    queue_key(key, at, "d");
    snprintf(last, sizeof last, "%d", n - 1);
    if ((st = redis_do(q->redis, &r, "LRANGE", key, "0", last, NULL)) != ST_OK)
        return st;
    for (size_t i = 0; i < redis_count(r) && *found < n; i++) {
        const char *s = redis_text(redis_item(r, i), &len);

        if (s != NULL && len > 0 && entry_read(s + 1, len - 1, &jobs[*found]) == ST_OK)
            jobs[*found].shard = at.shard, jobs[(*found)++].reason = s[0];
    }
    redis_free(r);
    return ST_OK;
}

enum status queue_dead_drop(struct queue *q, struct queue_at at, const struct job *j)
{
    char key[KEY_MAX], *value = malloc(j->raw_n + 1);
    struct redis_reply *r = NULL;
    struct redis_cmd c = {0};
    enum status st;

    if (value == NULL)
        return ST_BROKEN;
    value[0] = j->reason;
    memcpy(value + 1, j->raw, j->raw_n);
    queue_key(key, at, "d");
    redis_arg_text(&c, "LREM");
    redis_arg_text(&c, key);
    redis_arg_text(&c, "1");
    redis_arg(&c, value, j->raw_n + 1);
    st = redis_call(q->redis, &c, REDIS_DEADLINE_MS, &r);
    redis_free(r);
    redis_cmd_free(&c);
    free(value);
    return st;
}
