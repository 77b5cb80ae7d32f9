/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "commands/commands.h"

#include "core/base/clock.h"
#include "core/base/config.h"
#include "core/io/db.h"
#include "migrations/migrate.h"
#include "start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(FILE *out)
{
    fputs("Usage: dvorik migrate up            apply what is missing\n"
          "       dvorik migrate down N        take the last N back\n"
          "       dvorik migrate status        what is applied\n"
          "       dvorik migrate settle N applied|absent\n"
          "                                    say how a half-done migration ended\n"
          "       dvorik migrate new NAME      an empty pair in migrations/\n",
          out);
    return out == stdout ? 0 : 2;
}

/* 1..9999, or -1. */
static int read_count(const char *s)
{
    char *end;
    long n = strtol(s, &end, 10);

    return end != s && *end == '\0' && n >= 1 && n <= 9999 ? (int)n : -1;
}

static enum status up(struct db *db, char **args, const char **why)
{
    (void)args;
    return migrate_up(db, &migrations_all, clock_now(), stdout, why);
}

static enum status down(struct db *db, char **args, const char **why)
{
    int n = read_count(args[0]);

    *why = "down takes the number of migrations to take back: 1, 2 …";
    return n > 0 ? migrate_down(db, &migrations_all, n, stdout, why) : ST_BAD;
}

static enum status status(struct db *db, char **args, const char **why)
{
    (void)args;
    return migrate_status(db, &migrations_all, stdout, why);
}

static enum status settle(struct db *db, char **args, const char **why)
{
    bool applied = strcmp(args[1], "applied") == 0;
    int number = read_count(args[0]);

    *why = "settle takes the migration's number, and applied or absent";
    if (number < 0 || (!applied && strcmp(args[1], "absent") != 0))
        return ST_BAD;
    return migrate_settle(db, &migrations_all, number, applied, why);
}

static const struct verb {
    const char *name;
    int args;
    enum status (*run)(struct db *db, char **args, const char **why);
} verbs[] = {
    {"up", 0, up},
    {"down", 1, down},
    {"status", 0, status},
    {"settle", 2, settle},
};

static const struct verb *verb_find(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, argv[1]) == 0 && verbs[i].args == argc - 2)
            return &verbs[i];
    return NULL;
}

static int answer(enum status st, const char *why)
{
    if (st == ST_OK)
        return 0;
    fprintf(stderr, "dvorik migrate: %s\n", why);
    return st == ST_BAD ? 2 : 1;
}

static int run(const struct verb *v, char **args)
{
    struct config cfg;
    struct db *db = NULL;
    const char *why = "no memory";
    enum status st;
    int code = start_settings(&cfg, "migrate", NEED_DATABASE);

    if (code == 0) {
        db = db_open(&cfg);
        st = db != NULL ? v->run(db, args, &why) : ST_BROKEN;
        code = answer(st, why);
    }
    db_close(db);
    config_free(&cfg);
    return code;
}

static int make_new(const char *name)
{
    const char *why = "";
    enum status st = migrate_new("migrations", name, stdout, &why);

    return answer(st, why);
}

int migrate_main(int argc, char **argv)
{
    const struct verb *v = verb_find(argc, argv);

    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    if (argc == 3 && strcmp(argv[1], "new") == 0)
        return make_new(argv[2]);
    return v != NULL ? run(v, argv + 2) : usage(stderr);
}
