/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/queue_json.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/base/stamp.h"
#include "core/io/lane.h"

#include <string.h>

void json_set_time(struct json *o, const char *key, int64_t at)
{
    char text[STAMP_BYTES];

    stamp_print(at - at % MS, text);
    json_set_text(o, key, at != 0 ? text : NULL);
}

void json_set_id(struct json *o, const char *key, const uint8_t id[16])
{
    char text[ULID_TEXT + 1];

    ulid_print(id, text);
    json_set_text(o, key, text);
}

/* ---- rows of MySQL --------------------------------------------------------------- */

static void where_set(struct json *o, const struct ledger_line *l)
{
    struct queue_at at = queue_lane_at(l->lane);

    json_set_int(o, "failed_attempts", l->attempts);
    json_set_text(o, "pool", queue_pool_name(at.pool));
    json_set_int(o, "shard", at.shard);
    json_set_text(o, "lane", lane_policy(lane_of_list(l->lane % 100))->name);
    json_set_int(o, "list", l->lane % 100);
    json_set_time(o, "put_at", l->put_at);
}

static void run_set(struct json *o, const struct ledger_line *l)
{
    json_set_int(o, "attempt", l->attempts);
    json_set_text(o, "outcome", l->outcome);
    json_set_int(o, "ms", l->ms);
    json_set_text(o, "worker", l->worker);
}

struct json *json_line(const struct ledger_line *l)
{
    static const char *const state[] = {
        [LEDGER_OPEN] = "open", [LEDGER_DONE] = "ran", [LEDGER_DEAD] = "dead"};
    struct json *o = json_new_object();

    json_set_id(o, "id", l->id);
    json_set_text(o, "state", state[l->where]);
    json_set_text(o, "kind", l->kind);
    if (l->where == LEDGER_DONE)
        run_set(o, l);
    else
        where_set(o, l);
    if (l->where == LEDGER_OPEN)
        json_set_bool(o, "parked", l->parked);
    if (l->paused)
        json_set_bool(o, "paused", true);
    if (l->where == LEDGER_DEAD)
        json_set_text(o, "reason", l->reason);
    json_set_time(o, l->where == LEDGER_OPEN ? "due" : "at", l->paused ? 0 : l->at);
    json_set_text(o, "root", l->root[0] ? l->root : NULL);
    if (l->has_parent)
        json_set_id(o, "parent", l->parent);
    else
        json_set_text(o, "parent", NULL);
    json_set_text(o, "why", l->why[0] ? l->why : NULL);
    return o;
}

struct json *json_pause(const struct pause_line *l)
{
    struct json *o = json_new_object();

    json_set_text(o, "what", pause_what_name(l->what));
    json_set_text(o, "name", l->name);
    json_set_time(o, "since", l->since);
    json_set_text(o, "who", l->who);
    return o;
}

struct json *json_kind(const struct ledger_kind *k)
{
    struct json *o = json_new_object();

    json_set_text(o, "kind", k->kind);
    json_set_int(o, "open", k->open);
    json_set_int(o, "dead", k->dead);
    json_set_int(o, "done", k->done);
    json_set_int(o, "retried", k->retried);
    json_set_int(o, "failed", k->failed);
    json_set_int(o, "mean_ms", k->mean_ms);
    json_set_int(o, "worst_ms", k->worst_ms);
    return o;
}

struct json *json_rows(const struct ledger_sums *s)
{
    struct json *o = json_new_object();

    json_set_int(o, "open", s->open);
    json_set_int(o, "parked", s->parked);
    json_set_int(o, "spilled", s->spilled);
    json_set_int(o, "dead", s->dead);
    return o;
}

/* ---- Redis ----------------------------------------------------------------------- */

struct json *json_pool(const struct pool_sums *s)
{
    struct json *o = json_new_object(), *lanes = json_new_object();

    for (enum kind_lane l = LANE_HOT; l <= LANE_BULK; l++) {
        struct json *lane = json_new_object();

        json_set_int(lane, "waiting", s->lane[l].waiting);
        json_set_int(lane, "oldest_ms", s->lane[l].oldest_ms);
        json_set(lanes, lane_policy(l)->name, lane);
    }
    json_set(o, "lanes", lanes);
    json_set_int(o, "in_flight", s->held);
    json_set_int(o, "workers", s->workers);
    json_set_int(o, "delayed", s->delayed);
    json_set_int(o, "dead_unwritten", s->dying);
    json_set_int(o, "drift", s->drift);
    return o;
}

static void place_set(struct json *o, enum queue_place place, struct queue_at at,
                      int list)
{
    json_set_text(o, "place", queue_place_name(place));
    json_set_text(o, "pool", queue_pool_name(at.pool));
    json_set_int(o, "shard", at.shard);
    json_set_int(o, "list", list);
}

struct json *json_seen(const struct queue_seen *seen, const struct job *j)
{
    struct json *o = json_new_object();

    json_set_id(o, "id", seen->id);
    json_set_text(o, "kind", kind_policy(j->kind)->name);
    place_set(o, seen->place, seen->at, seen->list);
    json_set_int(o, "failed_attempts", j->attempts);
    json_set_int(o, "crashes", j->crashes);
    json_set_time(o, "since", j->put_at);
    json_set_time(o, "due", seen->due_ms * MS);
    json_set_text(o, "root", j->root[0] ? j->root : NULL);
    json_set_text(o, "worker", seen->wid);
    return o;
}

struct json *json_found(const struct queue_found *f)
{
    struct json *o = json_new_object();

    place_set(o, f->place, f->at, f->list);
    json_set_text(o, "worker", f->wid[0] != '\0' ? f->wid : NULL);
    json_set_time(o, "due", f->due_ms * MS);
    return o;
}

struct json *json_finding(const struct finding *f)
{
    struct json *o = json_new_object();

    json_set_text(o, "rule", verify_name(f->rule));
    json_set_text(o, "pool", f->at.pool ? queue_pool_name(f->at.pool) : NULL);
    json_set_int(o, "shard", f->at.shard);
    json_set_text(o, "what", f->what);
    json_set_text(o, "words", f->words);
    json_set_text(o, "advice", verify_advice(f->rule));
    return o;
}

/* ---- stats ----------------------------------------------------------------------- */

static void pause_add(void *arg, const struct pause_line *l)
{
    json_push(arg, json_pause(l));
}

static void kind_add(void *arg, const struct ledger_kind *k)
{
    json_push(arg, json_kind(k));
}

enum status queue_stats(struct db *db, struct queue *q, int64_t now,
                        struct queue_stats *out)
{
    enum status st = ledger_sums(db, now, &out->rows);

    out->paused = json_new_array();
    out->kinds = json_new_array();
    if (st == ST_OK)
        st = pause_list(db, pause_add, out->paused);
    if (st == ST_OK)
        st = ledger_kinds(db, now - HOUR, kind_add, out->kinds);
    return st == ST_OK ? queue_sums(q, &out->redis) : st;
}

void queue_stats_free(struct queue_stats *s)
{
    json_free(s->paused);
    json_free(s->kinds);
    s->paused = s->kinds = NULL;
}

int64_t queue_stats_count(const struct queue_stats *s, const char *counter)
{
    return census_count(&s->redis.counters[POOL_LOGIC], counter) +
           census_count(&s->redis.counters[POOL_SEND], counter);
}

struct json *json_stats(const struct queue_stats *s, int64_t now)
{
    struct json *o = json_new_object(), *redis = json_new_object(),
                *counters = json_new_object();

    json_set_time(o, "at", now);
    for (enum kind_pool at = POOL_LOGIC; at <= POOL_COUNT; at++)
        json_set(redis, queue_pool_name(at), json_pool(&s->redis.pool[at]));
    for (enum kind_pool at = POOL_LOGIC; at <= POOL_COUNT; at++)
        for (int i = 0; i < s->redis.counters[at].n_counters; i++) {
            const char *name = s->redis.counters[at].counter[i].name;

            json_set_int(counters, name, queue_stats_count(s, name));
        }
    json_set_int(redis, "used_bytes", s->redis.used_bytes);
    json_set_int(redis, "max_bytes", s->redis.max_bytes);
    json_set_int(redis, "level", s->redis.level);
    json_set(o, "redis", redis);
    json_set(o, "counters", counters);
    json_set(o, "rows", json_rows(&s->rows));
    json_set(o, "paused", json_copy(s->paused));
    json_set(o, "kinds_last_hour", json_copy(s->kinds));
    return o;
}

/* ---- what a job carries ---------------------------------------------------------- */

#define HIDDEN "***"

/* Members whose words name things of ours; numbers of others' are people's. */
static bool is_ours(const char *key)
{
    static const char *const words[] = {"bot", "by",  "p",      "state", "why",
                                        "day", "end", "method", NULL};

    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], key) == 0)
            return true;
    return false;
}

static bool is_id(const char *key)
{
    static const char *const ids[] = {"m", "r", "d", "s", "after", "n", "batch", NULL};

    for (int i = 0; ids[i] != NULL; i++)
        if (strcmp(ids[i], key) == 0)
            return true;
    return false;
}

static void member_mask(void *arg, const char *key, struct json *v)
{
    int64_t number;

    if (is_ours(key) || (is_id(key) && json_int(v, "", &number)))
        json_set(arg, key, json_copy(v));
    else
        json_set_text(arg, key, HIDDEN);
}

static void update_mask(struct json *out, const struct json *args)
{
    int64_t id;

    json_set_text(out, "bot", json_text(args, "bot", NULL));
    if (json_int(args, "id", &id))
        json_set_int(out, "id", id);
    json_set_text(out, "u", HIDDEN);
}

struct json *json_masked(const char *body, size_t n)
{
    struct json *whole = json_parse(body, n), *out;
    const char *kind = json_text(whole, "k", NULL);

    if (kind == NULL) {
        json_free(whole);
        return NULL;
    }
    out = json_new_object();
    if (kind_policy(kind_find(kind, strlen(kind)))->class == CLASS_U)
        update_mask(out, json_get(whole, "a"));
    else
        json_each(json_get(whole, "a"), member_mask, out);
    json_free(whole);
    return out;
}
