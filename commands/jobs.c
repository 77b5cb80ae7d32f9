/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik jobs`: the queue for the person who runs it. */
#include "commands/commands.h"

#include "start.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/base/tz.h"
#include "core/io/ledger.h"
#include "core/io/ledger_look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct desk {
    struct config cfg;
    struct db *db;
    struct queue *queue;
    struct tz *tz;
    int64_t now;
};

/* ---- printing ------------------------------------------------------------------- */

static void print_time(const struct desk *d, int64_t at)
{
    struct buf b = {0};

    tz_add_time(&b, d->tz, at, "en");
    printf("%s", b.failed ? "?" : b.s);
    buf_free(&b);
}

static void print_line(void *arg, const struct ledger_line *l)
{
    static const char *const where[] = {
        [LEDGER_OPEN] = "open", [LEDGER_DONE] = "ran", [LEDGER_DEAD] = "dead"};
    char id[ULID_TEXT + 1];

    ulid_print(l->id, id);
    printf("%s  %-4s  ", id, where[l->where]);
    print_time(arg, l->at);
    printf("  %-24s", l->kind);
    if (l->where == LEDGER_DONE)
        printf("  attempt %d %s in %lld ms", l->attempts, l->outcome, (long long)l->ms);
    else
        printf("  attempts %d, lane %d", l->attempts, l->lane);
    if (l->root[0] != '\0')
        printf("  %s", l->root);
    if (l->why[0] != '\0')
        printf("  (%s%s%s)", l->reason, l->reason[0] ? ": " : "", l->why);
    putchar('\n');
}

static int told(enum status st, const char *nothing)
{
    if (st == ST_OK)
        return 0;
    if (st == ST_NONE)
        fprintf(stderr, "dvorik jobs: %s\n", nothing);
    else
        fprintf(stderr, "dvorik jobs: MySQL or Redis failed (%s)\n", status_name(st));
    return 1;
}

/* ---- verbs
 * ------------------------------------------------------------------------------------
 */

static void print_census(const char *name, const struct census *c)
{
    static const struct {
        const char *lane;
        int first, last;
    } lanes[] = {{"hot", 0, 15}, {"normal", 16, 16}, {"low", 17, 17}, {"bulk", 18, 33}};
    int64_t held = 0;

    for (size_t i = 0; i < c->n_workers; i++)
        held += c->worker[i].held;
    printf("%s\n", name);
    for (size_t l = 0; l < sizeof lanes / sizeof *lanes; l++) {
        int64_t waiting = 0, oldest = 0;

        for (int i = lanes[l].first; i <= lanes[l].last; i++) {
            int64_t age = c->list[i].head_ms ? c->now_ms - c->list[i].head_ms : 0;

            waiting += c->list[i].length;
            oldest = age > oldest ? age : oldest;
        }
        printf("  %-8s waiting %lld, oldest %lld ms\n", lanes[l].lane,
               (long long)waiting, (long long)oldest);
    }
    printf("  in flight %lld of %zu workers, delayed %lld, dead and not yet written "
           "%lld\n",
           (long long)held, c->n_workers, (long long)c->delayed, (long long)c->dead);
    printf("  since ever:");
    for (int i = 0; i < c->n_counters; i++)
        if (strcmp(c->counter[i].name, "seq") != 0 &&
            strcmp(c->counter[i].name, "turn") != 0)
            printf(" %s %lld", c->counter[i].name, (long long)c->counter[i].n);
    putchar('\n');
}

static int stats(struct desk *d, int argc, char **argv)
{
    struct ledger_sums s;
    struct census c;
    enum status st = ledger_sums(d->db, d->now - DAY, &s);

    (void)argc, (void)argv;
    if (st != ST_OK)
        return told(st, "");
    printf("in MySQL: open %lld, dead %lld; last 24 hours: done %lld, retried %lld\n",
           (long long)s.open, (long long)s.dead, (long long)s.done,
           (long long)s.retried);
    for (enum kind_pool pool = POOL_LOGIC; pool <= POOL_COUNT; pool++) {
        if ((st = queue_census(d->queue, pool, &c)) != ST_OK)
            return told(st, "");
        print_census(pool == POOL_LOGIC ? "logic" : "send", &c);
        census_free(&c);
    }
    return 0;
}

static int list(struct desk *d, enum ledger_where where, int argc, char **argv)
{
    return told(ledger_list(d->db, where, argc > 0 ? argv[0] : "", 50, print_line, d),
                "none");
}

static int ls(struct desk *d, int argc, char **argv)
{
    return list(d, LEDGER_OPEN, argc, argv);
}

static int done(struct desk *d, int argc, char **argv)
{
    return list(d, LEDGER_DONE, argc, argv);
}

static int dead(struct desk *d, int argc, char **argv)
{
    return list(d, LEDGER_DEAD, argc, argv);
}

static int show(struct desk *d, int argc, char **argv)
{
    uint8_t id[16];

    (void)argc;
    if (ulid_parse(argv[0], strlen(argv[0]), id) != ST_OK)
        return start_refuse("jobs",
                            "an id has 26 characters, as `dvorik jobs ls` prints it");
    return told(ledger_story(d->db, id, print_line, d), "no such job");
}

static int trace(struct desk *d, int argc, char **argv)
{
    (void)argc;
    return told(ledger_trace(d->db, argv[0], print_line, d),
                "nothing followed from that; a root looks like u:client:883120045");
}

static int retry(struct desk *d, int argc, char **argv)
{
    uint8_t id[16];
    enum status st;

    (void)argc;
    if (ulid_parse(argv[0], strlen(argv[0]), id) != ST_OK)
        return start_refuse("jobs",
                            "an id has 26 characters, as `dvorik jobs dead` prints it");
    st = ledger_revive(d->db, d->queue, d->now, id);
    if (st == ST_OK)
        printf("%s is waiting again\n", argv[0]);
    return told(st, "no dead job of that id");
}

static const struct verb {
    const char *name, *args;
    int least, most;
    int (*run)(struct desk *d, int argc, char **argv);
    const char *help;
} verbs[] = {
    {"stats", "", 0, 0, stats, "how much is waiting, running, delayed, dead"},
    {"ls", "[KIND]", 0, 1, ls, "open jobs, newest first"},
    {"done", "[KIND]", 0, 1, done, "what ran last, and the root it followed from"},
    {"show", "ID", 1, 1, show, "one job's story"},
    {"trace", "ROOT", 1, 1, trace, "all that followed from one update or tick"},
    {"dead", "[KIND]", 0, 1, dead, "jobs that gave up, and why"},
    {"retry", "ID", 1, 1, retry, "a dead job once more, with fresh attempts"},
};

static int usage(FILE *out)
{
    fprintf(out, "usage: dvorik jobs VERB\n");
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        fprintf(out, "  %-6s %-7s %s\n", verbs[i].name, verbs[i].args, verbs[i].help);
    return out == stdout ? 0 : 2;
}

static const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

int jobs_main(int argc, char **argv)
{
    const struct verb *v = argc > 1 ? verb_find(argv[1]) : NULL;
    struct desk d = {.now = clock_now()};
    int status;

    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    if (v == NULL || argc - 2 < v->least || argc - 2 > v->most)
        return usage(stderr);
    status = start_command(&d.cfg, "jobs", NEED_DATABASE | NEED_REDIS);
    if (status == 0) {
        d.db = db_open(&d.cfg);
        d.queue = queue_open(&d.cfg);
        d.tz = tz_open(d.cfg.timezone);
        status = d.db && d.queue && d.tz ? v->run(&d, argc - 2, argv + 2) : 1;
    }
    queue_close(d.queue);
    db_close(d.db);
    tz_close(d.tz);
    config_free(&d.cfg);
    return status;
}
