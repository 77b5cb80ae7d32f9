/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "commands/commands.h"

#include "core/base/config.h"
#include "core/base/log.h"
#include "core/audit.h"
#include "core/io/db.h"
#include "core/io/queue_sums.h"
#include "core/io/redis.h"
#include "migrations/migrate.h"

#include <stdio.h>
#include <stdlib.h>

#define NEED_ALL (NEED_DATABASE | NEED_REDIS | NEED_TELEGRAM | NEED_WEBHOOK)

/* One row of the table: what was looked at, how it stands, what to do about it. */
struct finding {
    const char *what;
    enum status st;
    const char *why; /* NULL: nothing to say */
};

static bool print_finding(struct finding f)
{
    const char *word = f.st != ST_OK ? "wrong" : f.why != NULL ? "well, but" : "fine";

    if (f.why == NULL)
        printf("  %-10s %s\n", f.what, word);
    else
        printf("  %-10s %-10s %s\n", f.what, word, f.why);
    return f.st == ST_OK;
}

static const char *why_or(enum status st, const char *why, const char *otherwise)
{
    if (st == ST_OK)
        return NULL;
    return st == ST_REFUSED && why != NULL ? why : otherwise;
}

/* The chain of sealed blocks: has anybody touched the log of who did what? */
static bool check_audit(struct db *db)
{
    struct finding f = {"audit", ST_BROKEN, NULL};
    char why[96];
    int64_t from = 0;

    f.st = audit_verify(db, &from);
    if (f.st == ST_REFUSED) {
        snprintf(why, sizeof why, "a sealed block was changed: row %lld or after it",
                 (long long)from);
        f.why = why;
    } else if (f.st != ST_OK) {
        f.why = "cannot be read";
    }
    return print_finding(f);
}

static bool check_mysql(const struct config *cfg)
{
    struct db *db = db_open(cfg);
    struct finding mysql = {"mysql", ST_BROKEN, NULL},
                   schema = {"schema", ST_BROKEN, NULL};
    const char *why = NULL;
    bool fine;

    if (db != NULL)
        mysql.st = db_ping(db);
    mysql.why =
        why_or(mysql.st, NULL, "cannot be reached: see DATABASE_HOST and its like");
    fine = print_finding(mysql);
    if (fine) {
        schema.st = migrate_check(db, &why);
        schema.why = why_or(schema.st, why, "cannot be read");
        fine = print_finding(schema);
    }
    if (fine)
        fine = check_audit(db);
    db_close(db);
    return fine;
}

static bool check_redis(const struct config *cfg)
{
    struct redis *r = redis_open(cfg->redis_url);
    struct finding f = {"redis", ST_BROKEN, NULL};
    const char *why = NULL, *warn = NULL;
    bool fine;

    if (r != NULL)
        f.st = redis_check(r, &why, &warn);
    f.why =
        f.st == ST_OK ? warn : why_or(f.st, why, "cannot be reached: see REDIS_URL");
    fine = print_finding(f);
    redis_close(r);
    return fine;
}

/* A Redis that would take no jobs, or not all. One that is away has been told of. */
static void check_room(const struct config *cfg)
{
    struct queue *q = queue_open(cfg);
    struct queue_sums *s = calloc(1, sizeof *s);
    struct finding f = {"memory", ST_OK, NULL};

    if (q != NULL && s != NULL && queue_sums(q, s) == ST_OK) {
        f.why = queue_sums_advice(s);
        print_finding(f);
    }
    free(s);
    queue_close(q);
}

int check_main(int argc, char **argv)
{
    struct config cfg;
    struct finding settings = {"settings", ST_BAD, NULL};
    bool fine;

    if (argc > 1) {
        fprintf(stderr, "%s takes no arguments\n", argv[0]);
        return 2;
    }
    log_open("check", LOG_WARN, 0);
    settings.st = config_load(&cfg, NEED_ALL, &settings.why);
    if (settings.st == ST_OK)
        settings.why = NULL;
    fine = print_finding(settings);
    if (!fine)
        return 1;
    fine = check_mysql(&cfg);
    if (check_redis(&cfg))
        check_room(&cfg);
    else
        fine = false;
    config_free(&cfg);
    return fine ? 0 : 1;
}
