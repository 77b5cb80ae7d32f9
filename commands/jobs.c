/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik jobs`: the queue for the person who runs it. */
#include "commands/jobs.h"

#include "commands/commands.h"
#include "start.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/lane.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_MAX 100000
#define TIMEOUT_MAX 86400

/* ---- the table ------------------------------------------------------------------ */

static const struct verb {
    const char *name, *args;
    int least, most; /* arguments */
    unsigned options;
    desk_verb *run;
    const char *help, *more;
} verbs[] = {
    {"stats", "", 0, 0, OPTION_JSON, jobs_stats,
     "how much waits, runs, is delayed, parked, dead",
     "What is in Redis is one picture of each pool; the kinds are of the last hour."},
    {"ls", "[KIND]", 0, 1, OPTION_JSON | OPTION_LIMIT | OPTION_LANE | OPTION_PLACE,
     jobs_ls, "open jobs, newest first",
     "The rows of MySQL: class D only, as updates (class U) and what may be lost "
     "(class E) have none. --place shows what is in Redis now, of all classes, in the "
     "order it will run. ERR: attempts that failed."},
    {"done", "[KIND]", 0, 1, OPTION_JSON | OPTION_LIMIT, jobs_done,
     "what ran last, and how it ended", "One line an attempt."},
    {"show", "ID", 1, 1, OPTION_JSON | OPTION_BODY, jobs_show,
     "one job's story, its root, and where it is now",
     "--body also prints what it carries; of an update that is what a person wrote."},
    {"trace", "ROOT", 1, 1, OPTION_JSON, jobs_trace,
     "all that followed from one update or tick",
     "ROOT as show prints it: u:client:883120045, cron:retention:1763596800. Jobs are "
     "a "
     "tree, each under the one that put it; then the messages it came to."},
    {"retry", "ID", 1, 1, 0, jobs_retry, "a dead job once more",
     "It gets fresh attempts. All dead ones of a kind: dead retry KIND."},
    {"cancel", "ID", 1, 1, 0, jobs_cancel, "an open job shall not run",
     "A running one is asked to stop at its next safe point; it may still be done."},
    {"pause", "[lane|kind|bot NAME]", 0, 2, OPTION_JSON, jobs_pause,
     "let a lane, a kind or a bot stand still",
     "Lasts until resume, also over restarts. What runs goes on to its end. Without "
     "arguments: what is paused. Lanes: hot, normal, low, bulk. Bots: client, auth."},
    {"resume", "lane|kind|bot NAME", 2, 2, 0, jobs_resume, "let it go on",
     "Jobs that were put off come back at once."},
    {"drain", "[LANE]", 0, 1, OPTION_TIMEOUT, jobs_drain,
     "wait until nothing waits or runs",
     "LANE: hot, send, send.hot ...; without it the whole queue. Nothing is stopped: "
     "to "
     "keep new work out, stop what puts it. Counts what is waiting, in flight, delayed "
     "(due within a minute) or kept in MySQL for want of room; not what is due later. "
     "Exit status 0: empty. 1: the time was up (--timeout), or a store failed."},
    {"dead", "[KIND] | retry KIND|all", 0, 2, OPTION_JSON | OPTION_LIMIT, jobs_dead,
     "jobs that gave up, and why; bring them back",
     "dead retry KIND, dead retry all: all of them once more, newest first."},
    {"reconcile", "", 0, 0, OPTION_DRY | OPTION_SETTLE, jobs_reconcile,
     "bring back what Redis lost, now",
     "The scheduler does this every second. --dry only lists what it would bring back. "
     "--settle does something else: the cause of a drift is known, and it counts as 0 "
     "from now on."},
    {"verify", "", 0, 0, OPTION_JSON, jobs_verify, "is the queue as it should be?",
     "Never writes. Looks again at what it finds, twice, as jobs move meanwhile. Exit "
     "status 0: all is well. 1: it is not, and each finding says what to do."},
    {"bench", "[N]", 0, 1, OPTION_JSON, jobs_bench,
     "how fast this installation is (not while it is busy)",
     "Puts N jobs that do nothing (10000; 100 to 200000), waits until the workers have "
     "run them, then tells how soon single ones are picked up. Customers' jobs would "
     "wait behind them: refused while anything waits or runs."},
};

#define VERBS (sizeof verbs / sizeof *verbs)

static const struct option {
    enum desk_option bit;
    const char *name, *value, *help;
} options[] = {
    {OPTION_JSON, "--json", NULL, "for a program"},
    {OPTION_LIMIT, "--limit", "N", "at most so many lines [50]"},
    {OPTION_TIMEOUT, "--timeout", "SECONDS", "give up after that [wait for ever]"},
    {OPTION_DRY, "--dry", NULL, "change nothing, say what would be done"},
    {OPTION_BODY, "--body", NULL, "also what it carries"},
    {OPTION_PLACE, "--place", "PLACE", "in Redis: waiting, flight, delayed or dying"},
    {OPTION_SETTLE, "--settle", NULL, "a drift is understood, and 0 from now on"},
    {OPTION_LANE, "--lane", "LANE", "only of that lane: hot, send, send.hot ..."},
};

#define OPTIONS (sizeof options / sizeof *options)

static int usage(FILE *out)
{
    fputs("Usage: dvorik jobs VERB [arguments]      dvorik jobs VERB --help\n\n", out);
    for (size_t i = 0; i < VERBS; i++)
        fprintf(out, "  %-10s%s\n", verbs[i].name, verbs[i].help);
    return out == stdout ? 0 : 2;
}

static int usage_of(const struct verb *v)
{
    printf("Usage: dvorik jobs %s %s\n\n", v->name, v->args);
    print_wrapped("", v->more);
    for (size_t i = 0; i < OPTIONS; i++)
        if (v->options & options[i].bit)
            printf("\n  %s %-*s%s", options[i].name, 18 - (int)strlen(options[i].name),
                   options[i].value ? options[i].value : "", options[i].help);
    if (v->options != 0)
        putchar('\n');
    return 0;
}

/* ---- arguments ------------------------------------------------------------------ */

int desk_refuse(const char *fmt, ...)
{
    va_list ap;

    fputs("dvorik jobs: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    return 2;
}

static bool number_read(const char *s, int most, int *out)
{
    char *end;
    long v = strtol(s, &end, 10);

    if (*s < '0' || *s > '9' || *end != '\0' || v < 1 || v > most)
        return false;
    *out = (int)v;
    return true;
}

static enum queue_place place_find(const char *name)
{
    static const char *const places[] = {[PLACE_WAITING] = "waiting",
                                         [PLACE_IN_FLIGHT] = "flight",
                                         [PLACE_DELAYED] = "delayed",
                                         [PLACE_DYING] = "dying"};

    for (enum queue_place p = PLACE_WAITING; p <= PLACE_DYING; p++)
        if (strcmp(places[p], name) == 0)
            return p;
    return 0;
}

/* What an option's value says; NULL: it is fine. */
static const char *option_take(struct desk *d, enum desk_option bit, const char *value)
{
    struct desk_lanes lanes;

    d->given |= bit;
    if (bit == OPTION_LIMIT && !number_read(value, LIMIT_MAX, &d->limit))
        return "--limit takes a number from 1 to 100000";
    if (bit == OPTION_TIMEOUT && !number_read(value, TIMEOUT_MAX, &d->timeout_s))
        return "--timeout takes seconds, 1 to 86400";
    if (bit == OPTION_LANE && !desk_lanes(d->lane = value, &lanes))
        return "--lane takes hot, normal, low or bulk, with logic. or send. before it";
    if (bit == OPTION_PLACE && (d->place = place_find(value)) == 0)
        return "--place takes waiting, flight, delayed or dying";
    return NULL;
}

static const struct option *option_find(const struct verb *v, const char *name)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if ((v->options & options[i].bit) && strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

/* Options leave argv; answers how many arguments stay, -1: refused. */
static int options_read(struct desk *d, const struct verb *v, int argc, char **argv)
{
    int kept = 0;

    for (int i = 0; i < argc; i++) {
        const struct option *o;
        const char *wrong;

        if (argv[i][0] != '-') {
            argv[kept++] = argv[i];
            continue;
        }
        o = option_find(v, argv[i]);
        if (o == NULL || (o->value != NULL && i + 1 == argc)) {
            desk_refuse("%s takes no %s; see dvorik jobs %s --help", v->name, argv[i],
                        v->name);
            return -1;
        }
        wrong = option_take(d, o->bit, o->value != NULL ? argv[++i] : NULL);
        if (wrong != NULL) {
            desk_refuse("%s", wrong);
            return -1;
        }
    }
    if (kept >= v->least && kept <= v->most)
        return kept;
    desk_refuse("usage: dvorik jobs %s %s", v->name, v->args);
    return -1;
}

/* ---- for the verbs -------------------------------------------------------------- */

int desk_told(enum status st, const char *nothing)
{
    if (st == ST_OK)
        return 0;
    if (st == ST_NONE)
        fprintf(stderr, "dvorik jobs: %s\n", nothing);
    else
        fprintf(stderr, "dvorik jobs: MySQL or Redis failed (%s)\n", status_name(st));
    return 1;
}

bool desk_json(const struct desk *d)
{
    return (d->given & OPTION_JSON) != 0;
}

bool desk_id(const char *text, uint8_t id[16])
{
    if (ulid_parse(text, strlen(text), id) == ST_OK)
        return true;
    desk_refuse("an id has 26 characters, as `dvorik jobs ls` prints it");
    return false;
}

bool desk_lanes(const char *text, struct desk_lanes *out)
{
    const char *dot;
    enum kind_lane lane;

    *out = (struct desk_lanes){.last = QUEUE_LISTS - 1};
    if (text == NULL)
        return true;
    for (enum kind_pool p = POOL_LOGIC; p <= POOL_COUNT; p++) {
        size_t n = strlen(queue_pool_name(p));

        if (strncmp(text, queue_pool_name(p), n) == 0 &&
            (text[n] == '\0' || text[n] == '.'))
            out->pool = p;
    }
    dot = strchr(text, '.');
    if (out->pool != 0 && dot == NULL)
        return true;
    lane = lane_find(out->pool != 0 ? dot + 1 : text);
    if (lane == 0)
        return false;
    out->first = lane_policy(lane)->first;
    out->last = lane_policy(lane)->last;
    return true;
}

bool desk_lanes_hold(const struct desk_lanes *l, struct queue_at at, int list)
{
    return (l->pool == 0 || l->pool == at.pool) && list >= l->first && list <= l->last;
}

const char *desk_who(void)
{
    static char who[48];
    const struct passwd *p = getpwuid(getuid());

    if (p != NULL)
        snprintf(who, sizeof who, "cli:%.40s", p->pw_name);
    else
        snprintf(who, sizeof who, "cli:%u", (unsigned)getuid());
    return who;
}

/* ---- the command ---------------------------------------------------------------- */

static const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < VERBS; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static int run(struct desk *d, const struct verb *v, int argc, char **argv)
{
    int status = start_command(&d->cfg, "jobs", NEED_DATABASE | NEED_REDIS);

    if (status != 0)
        goto out;
    d->db = db_open(&d->cfg);
    d->queue = queue_open(&d->cfg);
    d->tz = tz_open(d->cfg.timezone);
    status = d->db && d->queue && d->tz ? v->run(d, argc, argv) : 1;
out:
    queue_close(d->queue);
    db_close(d->db);
    tz_close(d->tz);
    config_free(&d->cfg);
    return status;
}

int jobs_main(int argc, char **argv)
{
    const struct verb *v = argc > 1 ? verb_find(argv[1]) : NULL;
    struct desk d = {.now = clock_now(), .limit = 50};
    int n;

    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    if (v == NULL)
        return usage(stderr);
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0)
            return usage_of(v);
    n = options_read(&d, v, argc - 2, argv + 2);
    return n < 0 ? 2 : run(&d, v, n, argv + 2);
}
