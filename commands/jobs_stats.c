/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * stats: the queue at a glance. */
#include "commands/jobs.h"

#include "core/base/clock.h"
#include "core/io/queue_sums.h"

struct picture {
    struct queue_sums redis;
    struct ledger_sums rows;
    struct json *paused;
    struct json *kinds;
};

/* ---- looking -------------------------------------------------------------------- */

static void add_pause(void *arg, const struct pause_line *l)
{
    json_push(arg, json_pause(l));
}

static void add_kind(void *arg, const struct ledger_kind *k)
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
    json_push(arg, o);
}

static enum status picture_take(struct desk *d, struct picture *p)
{
    enum status st = ledger_sums(d->db, d->now, &p->rows);

    p->paused = json_new_array();
    p->kinds = json_new_array();
    if (st == ST_OK)
        st = pause_list(d->db, add_pause, p->paused);
    if (st == ST_OK)
        st = ledger_kinds(d->db, d->now - HOUR, add_kind, p->kinds);
    return st == ST_OK ? queue_sums(d->queue, &p->redis) : st;
}

/* Of both pools. */
static int64_t counted(const struct picture *p, const char *counter)
{
    return census_count(&p->redis.counters[POOL_LOGIC], counter) +
           census_count(&p->redis.counters[POOL_SEND], counter);
}

/* ---- for programs --------------------------------------------------------------- */

static struct json *json_pool(const struct pool_sums *s)
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

static int show_json(struct desk *d, struct picture *p)
{
    struct json *o = json_new_object(), *redis = json_new_object(),
                *rows = json_new_object(), *counters = json_new_object();

    json_set_time(o, "at", d->now);
    for (enum kind_pool at = POOL_LOGIC; at <= POOL_COUNT; at++)
        json_set(redis, queue_pool_name(at), json_pool(&p->redis.pool[at]));
    for (enum kind_pool at = POOL_LOGIC; at <= POOL_COUNT; at++)
        for (int i = 0; i < p->redis.counters[at].n_counters; i++) {
            const char *name = p->redis.counters[at].counter[i].name;

            json_set_int(counters, name, counted(p, name));
        }
    json_set_int(redis, "used_bytes", p->redis.used_bytes);
    json_set_int(redis, "max_bytes", p->redis.max_bytes);
    json_set_int(redis, "level", p->redis.level);
    json_set(o, "redis", redis);
    json_set(o, "counters", counters);
    json_set_int(rows, "open", p->rows.open);
    json_set_int(rows, "parked", p->rows.parked);
    json_set_int(rows, "spilled", p->rows.spilled);
    json_set_int(rows, "dead", p->rows.dead);
    json_set(o, "rows", rows);
    json_set(o, "paused", p->paused);
    json_set(o, "kinds_last_hour", p->kinds);
    p->paused = p->kinds = NULL;
    return json_out(o);
}

/* ---- for people ----------------------------------------------------------------- */

static void show_pool(enum kind_pool at, const struct pool_sums *s)
{
    char age[SPAN_TEXT];

    printf("%-7s", queue_pool_name(at));
    for (enum kind_lane l = LANE_HOT; l <= LANE_BULK; l++) {
        printf("%10lld", (long long)s->lane[l].waiting);
        print_span(age, s->lane[l].oldest_ms * MS);
        printf(" %-6s", s->lane[l].waiting > 0 ? age : "-");
    }
    printf("\n       in flight %lld at %lld workers, delayed %lld", (long long)s->held,
           (long long)s->workers, (long long)s->delayed);
    if (s->dying > 0)
        printf(", dead and not yet written %lld", (long long)s->dying);
    if (s->drift != 0)
        printf("\n       DRIFT %lld: dvorik jobs verify", (long long)s->drift);
    putchar('\n');
}

static void show_counters(const struct picture *p)
{
    static const struct {
        const char *counter, *name;
    } shown[] = {
        {"enq", "put"},        {"A", "done"},        {"R", "retried"},
        {"N", "given back"},   {"D", "buried"},      {"reaped", "reaped"},
        {"poison", "poison"},  {"fenced", "fenced"}, {"collapsed", "collapsed"},
        {"spilled", "spilled"}};
    const char *comma = "";

    printf("since the counters began:");
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        int64_t n = counted(p, shown[i].counter);

        if (n == 0)
            continue;
        printf("%s %s %lld", comma, shown[i].name, (long long)n);
        comma = ",";
    }
    putchar('\n');
}

static void show_memory(const struct picture *p)
{
    static const char *const level[] = {
        [LANE_ALL] = "everything is taken",
        [LANE_NO_BULK] = "bulk waits in MySQL",
        [LANE_ONLY_HOT] = "only hot is taken, the rest waits in MySQL"};
    const char *advice = queue_sums_advice(&p->redis);

    printf("memory of redis: %lld MiB", (long long)(p->redis.used_bytes >> 20));
    if (p->redis.max_bytes > 0)
        printf(" of %lld", (long long)(p->redis.max_bytes >> 20));
    printf(", %s\n", level[p->redis.level]);
    if (advice != NULL)
        printf("NO ROOM in redis: %s\n", advice);
}

static void show_kinds(struct json *kinds)
{
    if (json_count(kinds) == 0)
        return;
    printf("\n%-26s%7s%8s%8s%8s%8s%7s%8s\n", "kind, last hour", "open", "done",
           "retried", "failed", "dead", "mean", "worst");
    for (size_t i = 0; i < json_count(kinds); i++) {
        struct json *k = json_at(kinds, i);

        printf("%-26s%7lld%8lld%8lld%8lld%8lld%4lld ms%5lld ms\n",
               json_text(k, "kind", NULL), (long long)json_int_or(k, "open", 0),
               (long long)json_int_or(k, "done", 0),
               (long long)json_int_or(k, "retried", 0),
               (long long)json_int_or(k, "failed", 0),
               (long long)json_int_or(k, "dead", 0),
               (long long)json_int_or(k, "mean_ms", 0),
               (long long)json_int_or(k, "worst_ms", 0));
    }
}

static int show_people(const struct desk *d, const struct picture *p)
{
    char age[SPAN_TEXT];

    printf("%-7s", "waiting");
    for (enum kind_lane l = LANE_HOT; l <= LANE_BULK; l++)
        printf("%10s %-6s", lane_policy(l)->name, "oldest");
    putchar('\n');
    for (enum kind_pool at = POOL_LOGIC; at <= POOL_COUNT; at++)
        show_pool(at, &p->redis.pool[at]);
    show_counters(p);
    show_memory(p);
    printf("rows in mysql: open %lld, of these parked %lld; dead %lld\n",
           (long long)p->rows.open, (long long)p->rows.parked, (long long)p->rows.dead);
    if (p->rows.spilled > 0) {
        print_span(age, d->now - p->rows.spilled_since);
        printf("waiting in mysql for room in redis: %lld, the oldest since %s\n",
               (long long)p->rows.spilled, age);
    }
    for (size_t i = 0; i < json_count(p->paused); i++)
        printf("PAUSED %s %s by %s since %s\n",
               json_text(json_at(p->paused, i), "what", NULL),
               json_text(json_at(p->paused, i), "name", NULL),
               json_text(json_at(p->paused, i), "who", NULL),
               json_text(json_at(p->paused, i), "since", NULL));
    show_kinds(p->kinds);
    return 0;
}

int jobs_stats(struct desk *d, int argc, char **argv)
{
    struct picture p = {0};
    enum status st = picture_take(d, &p);
    int status;

    (void)argc, (void)argv;
    if (st != ST_OK)
        status = desk_told(st, "");
    else
        status = desk_json(d) ? show_json(d, &p) : show_people(d, &p);
    json_free(p.paused);
    json_free(p.kinds);
    return status;
}
