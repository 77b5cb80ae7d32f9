/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/jobs.h"

#include "core/base/clock.h"
#include "core/io/lane.h"
#include "core/io/queue_json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

static enum status answer_list(struct call *c, const char *name, struct json *list)
{
    struct json *o = json_new_object();

    json_set(o, name, list);
    answer_json(c, 200, o);
    return ST_OK;
}

/* ---- sums ------------------------------------------------------------------------ */

/* Counting walks over all that is open and an hour of history: for all who ask within a
 * few seconds it is done once, and a hundredth of the time at most goes into it. */
#define KEPT_AGE (2 * SECOND)
#define KEPT_SHARE 100

static struct {
    pthread_mutex_t lock;
    struct json *json;
    int64_t at, cost;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static enum status stats_renew(struct call *c)
{
    int64_t age = c->now - kept.at, from = clock_mono_ms();
    struct queue_stats s = {.rows = {0}};
    enum status st;

    if (kept.json != NULL && age >= 0 &&
        (age < KEPT_AGE || age < kept.cost * KEPT_SHARE))
        return ST_OK;
    st = queue_stats(c->db, c->queue, c->now, &s);
    if (st == ST_OK) {
        json_free(kept.json);
        kept.json = json_stats(&s, c->now);
        kept.at = c->now;
        kept.cost = (clock_mono_ms() - from) * MS;
    }
    queue_stats_free(&s);
    return st;
}

/* GET /api/v1/jobs/stats */
enum status jobs_stats_get(struct call *c)
{
    struct json *copy = NULL;
    enum status st = query_read(c, NULL, 0);

    if (st != ST_OK)
        return st;
    pthread_mutex_lock(&kept.lock);
    st = stats_renew(c);
    if (st == ST_OK)
        copy = json_copy(kept.json);
    pthread_mutex_unlock(&kept.lock);
    if (st == ST_OK)
        answer_json(c, 200, copy);
    return st;
}

/* GET /api/v1/jobs/kinds: what there is, and how each is run. */
enum status jobs_kinds_get(struct call *c)
{
    static const char *const classes[] = {
        [CLASS_D] = "D", [CLASS_U] = "U", [CLASS_E] = "E"};
    enum status st = query_read(c, NULL, 0);
    struct json *list;

    if (st != ST_OK)
        return st;
    list = json_new_array();
    for (int k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++) {
        const struct kind_policy *p = kind_policy((enum kind)k);
        struct json *o = json_new_object();

        json_set_text(o, "kind", p->name);
        json_set_text(o, "alias", p->alias);
        json_set_text(o, "class", classes[p->class]);
        json_set_text(o, "pool", queue_pool_name(p->pool));
        json_set_text(o, "lane", lane_policy(p->lane)->name);
        json_set_int(o, "tries", p->tries);
        json_set_int(o, "timeout_s", p->timeout_s);
        json_push(list, o);
    }
    return answer_list(c, "kinds", list);
}

/* ---- workers --------------------------------------------------------------------- */

struct owned {
    const char *wid;
    struct json *lists;
};

static void owned_add(void *arg, const struct queue_owner *o)
{
    struct owned *w = arg;
    struct json *one;

    if (strcmp(o->wid, w->wid) != 0)
        return;
    one = json_new_object();
    json_set_int(one, "list", o->list);
    json_set_int(one, "held", o->held);
    json_push(w->lists, one);
}

static struct json *worker_json(const struct census_worker *w, struct queue_at at)
{
    struct json *o = json_new_object();

    json_set_text(o, "worker", w->wid);
    json_set_text(o, "pool", queue_pool_name(at.pool));
    json_set_int(o, "shard", at.shard);
    json_set_int(o, "lease_left_ms", w->ms_left);
    json_set_bool(o, "lapsed", w->ms_left < 0);
    json_set_int(o, "held", w->held);
    return o;
}

static enum status workers_add(struct call *c, struct queue_at at, struct json *list)
{
    struct census census;
    enum status st = queue_census(c->queue, at, &census);

    for (size_t i = 0; st == ST_OK && i < census.n_workers; i++) {
        struct json *o = worker_json(&census.worker[i], at);
        struct owned w = {census.worker[i].wid, json_new_array()};

        st = queue_owners(c->queue, at, owned_add, &w);
        json_set(o, "hot_lists", w.lists);
        json_push(list, o);
    }
    if (st == ST_OK)
        census_free(&census);
    return st;
}

/* GET /api/v1/jobs/workers: those that hold something, and their leases. */
enum status jobs_workers_get(struct call *c)
{
    struct json *list;
    enum status st = query_read(c, NULL, 0);

    if (st != ST_OK)
        return st;
    list = json_new_array();
    QUEUE_EACH(at, c->queue) {
        if (st == ST_OK)
            st = workers_add(c, at, list);
    }
    if (st == ST_OK)
        return answer_list(c, "workers", list);
    json_free(list);
    return st;
}

/* ---- lanes and the census -------------------------------------------------------- */

static bool is_shut(const struct census *c, int list)
{
    for (int i = 0; i < c->n_shut; i++)
        if (c->shut[i].list == list)
            return true;
    return false;
}

/* Of a place: the lists that hold something or keep others out. */
static struct json *lists_json(const struct census *c)
{
    struct json *a = json_new_array();

    for (int i = 0; i < QUEUE_LISTS; i++) {
        struct json *o;

        if (c->list[i].length == 0 && !is_shut(c, i))
            continue;
        o = json_new_object();
        json_set_int(o, "list", i);
        json_set_text(o, "lane", lane_policy(lane_of_list(i))->name);
        json_set_int(o, "waiting", c->list[i].length);
        json_set_int(o, "oldest_ms",
                     c->list[i].head_ms != 0 ? c->now_ms - c->list[i].head_ms : 0);
        json_set_bool(o, "shut", is_shut(c, i));
        json_push(a, o);
    }
    return a;
}

static struct json *place_json(struct queue_at at)
{
    struct json *o = json_new_object();

    json_set_text(o, "pool", queue_pool_name(at.pool));
    json_set_int(o, "shard", at.shard);
    return o;
}

static void lanes_add(struct json *list, const struct census *c, struct queue_at at)
{
    struct json *o = place_json(at);

    json_set(o, "lists", lists_json(c));
    json_push(list, o);
}

/* put = done + waiting + in flight + delayed + …, or something was lost. */
static void census_add(struct json *list, const struct census *c, struct queue_at at)
{
    struct json *o = place_json(at), *counters = json_new_object();

    for (int i = 0; i < c->n_counters; i++)
        json_set_int(counters, c->counter[i].name, c->counter[i].n);
    json_set(o, "counters", counters);
    json_set_int(o, "waiting", census_waiting(c));
    json_set_int(o, "in_flight", census_held(c));
    json_set_int(o, "delayed", c->delayed);
    json_set_int(o, "dead_unwritten", c->dead);
    json_set_int(o, "drift", census_drift(c));
    json_push(list, o);
}

typedef void place_add(struct json *list, const struct census *c, struct queue_at at);

static enum status places_answer(struct call *c, place_add *add)
{
    struct json *list;
    enum status st = query_read(c, NULL, 0);

    if (st != ST_OK)
        return st;
    list = json_new_array();
    QUEUE_EACH(at, c->queue) {
        struct census census;

        if (st != ST_OK || (st = queue_census(c->queue, at, &census)) != ST_OK)
            continue;
        add(list, &census, at);
        census_free(&census);
    }
    if (st == ST_OK)
        return answer_list(c, "places", list);
    json_free(list);
    return st;
}

/* GET /api/v1/jobs/lanes */
enum status jobs_lanes_get(struct call *c)
{
    return places_answer(c, lanes_add);
}

/* GET /api/v1/jobs/census */
enum status jobs_census_get(struct call *c)
{
    return places_answer(c, census_add);
}

/* ---- what is in Redis ------------------------------------------------------------ */

struct walk {
    enum queue_place place;
    enum kind_pool pool;
    int first, last, limit, n;
    const char *kind;
    struct json *jobs;
};

static bool walk_look(void *arg, const struct queue_seen *seen)
{
    struct walk *w = arg;
    struct job j = {0};

    if (seen->place != w->place || (w->pool != 0 && seen->at.pool != w->pool) ||
        (w->last > 0 && (seen->list < w->first || seen->list > w->last)) ||
        queue_seen_job(seen, &j) != ST_OK)
        return true;
    if (w->kind == NULL || strcmp(w->kind, kind_policy(j.kind)->name) == 0) {
        json_push(w->jobs, json_seen(seen, &j));
        w->n++;
    }
    job_free(&j);
    return w->n < w->limit;
}

/* GET /api/v1/jobs/places?place= */
enum status jobs_places_get(struct call *c)
{
    static const char *const places[] = {"waiting", "flight", "delayed", "dying", NULL};
    static const struct field params[] = {
        {"place", FIELD_WORD, .required = true, .words = places},
        {"kind", FIELD_TEXT, .min = 1, .max = 40},
        {"pool", FIELD_WORD, .words = job_pools},
        {"lane", FIELD_WORD, .words = job_lanes},
        {"limit", FIELD_INT, .min = 1, .max = 200}};
    struct walk w = {.limit = 50};
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        w.kind = job_kind(c, &c->query, "?kind");
    if (st == ST_OK && call_faults(c) > 0)
        st = problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    if (st != ST_OK)
        return st;
    w.place = PLACE_WAITING + (enum queue_place)given_int(&c->query, "place", 0);
    w.limit = (int)given_int(&c->query, "limit", w.limit);
    if (given_has(&c->query, "pool"))
        w.pool = POOL_LOGIC + (enum kind_pool)given_int(&c->query, "pool", 0);
    job_lists(&c->query, &w.first, &w.last);
    w.jobs = json_new_array();
    QUEUE_EACH(at, c->queue) {
        if (st == ST_OK && w.n < w.limit)
            st = queue_walk(c->queue, at, walk_look, &w);
    }
    if (st == ST_OK)
        return answer_list(c, "items", w.jobs);
    json_free(w.jobs);
    return st;
}

/* ---- is it as it should be? ------------------------------------------------------ */

/* GET /api/v1/jobs/verify: one look. What is on its way looks like a finding, too; true
 * is what the next look, seconds later, finds again. */
enum status jobs_verify_get(struct call *c)
{
    struct findings f = {0};
    struct json *o, *list;
    enum status st = query_read(c, NULL, 0);

    if (st != ST_OK)
        return st;
    st = verify_pass(c->db, c->queue, c->now, &f);
    if (st == ST_OK) {
        o = json_new_object();
        list = json_new_array();
        for (size_t i = 0; i < f.n; i++)
            json_push(list, json_finding(&f.found[i]));
        json_set_bool(o, "well", f.n == 0);
        json_set_int(o, "looked_at", f.looked_at);
        json_set_bool(o, "more", f.more);
        json_set(o, "findings", list);
        answer_json(c, 200, o);
    }
    findings_free(&f);
    return st;
}
