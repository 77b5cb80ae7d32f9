/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * stats: the queue at a glance. */
#include "commands/jobs.h"

#include "core/base/clock.h"

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

static void show_counters(const struct queue_stats *p)
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
        int64_t n = queue_stats_count(p, shown[i].counter);

        if (n == 0)
            continue;
        printf("%s %s %lld", comma, shown[i].name, (long long)n);
        comma = ",";
    }
    putchar('\n');
}

static void show_memory(const struct queue_stats *p)
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

static int show_people(const struct desk *d, const struct queue_stats *p)
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
    struct queue_stats p = {0};
    enum status st = queue_stats(d->db, d->queue, d->now, &p);
    int status;

    (void)argc, (void)argv;
    if (st != ST_OK)
        status = desk_told(st, "");
    else
        status = desk_json(d) ? json_out(json_stats(&p, d->now)) : show_people(d, &p);
    queue_stats_free(&p);
    return status;
}
