/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What bench-broadcast needs of the product itself, on the database the environment
 * leads to:
 *
 *   bench_broadcast counts FILE [TIMES]
 *       how long audience_count takes for each rule of FILE (a name and the rule a line):
 *       count.<name>.p50, .worst
 *   bench_broadcast start
 *       a broadcast to everybody is made and started, without quiet hours; its number */
#include "core/base/clock.h"
#include "core/base/config.h"
#include "core/base/tz.h"
#include "core/segment/audience.h"
#include "core/segment/segment.h"
#include "tests/harness/announce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMES_MAX 100

static struct config cfg;

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench_broadcast: %s\n", what);
    exit(1);
}

/* ---- counts ---------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static void count_rule(struct db *db, const char *name, const struct rule *r, int times)
{
    struct tz *tz = tz_open(cfg.timezone);
    struct audience_size size = {0};
    int64_t us[TIMES_MAX], began;

    need(tz != NULL, "no such zone");
    for (int i = -1; i < times; i++) { /* the first one warms up */
        struct moment m = moment_make(clock_now(), tz, false);

        began = clock_now();
        need(audience_count(db, r, &m, &size) == ST_OK, name);
        us[i < 0 ? 0 : i] = clock_now() - began;
    }
    qsort(us, (size_t)times, sizeof *us, by_size);
    printf("count.%s.p50 %.0f ms\ncount.%s.worst %.0f ms (300) # %lld of them\n", name,
           (double)us[times / 2] / 1e3, name, (double)us[times - 1] / 1e3,
           (long long)size.all);
    fflush(stdout);
    tz_close(tz);
}

static void counts(struct db *db, const char *path, int times)
{
    FILE *f = fopen(path, "re");
    struct rule_faults faults;
    char line[2000], *text;

    need(f != NULL, path);
    while (fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || (text = strchr(line, ' ')) == NULL)
            continue;
        *text++ = '\0';

        char whole[2100];
        int n = snprintf(whole, sizeof whole, "{\"v\":1,\"root\":%s}", text);
        struct rule *r = rule_parse(whole, (size_t)n, true, &faults);

        need(r != NULL && segment_resolve(db, r, 0, &faults) == ST_OK, text);
        count_rule(db, line, r, times);
        rule_free(r);
    }
    fclose(f);
}

/* ---- start ----------------------------------------------------------------------- */

static void start(struct db *db)
{
    announce_allow(db);
    printf("%lld\n", (long long)announce_start(db, &cfg));
}

int main(int argc, char **argv)
{
    const char *why = NULL, *verb = argc > 1 ? argv[1] : "";
    struct db *db;
    int times = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 11;

    need(times > 0 && times <= TIMES_MAX, "odd times");
    need(config_load(&cfg, 0, &why) == ST_OK, why);
    db = db_open(&cfg);
    need(db != NULL, "no memory");
    if (strcmp(verb, "counts") == 0 && argc > 2)
        counts(db, argv[2], times);
    else if (strcmp(verb, "start") == 0)
        start(db);
    else
        need(false, "counts FILE [TIMES], start");
    db_close(db);
    config_free(&cfg);
    return 0;
}
