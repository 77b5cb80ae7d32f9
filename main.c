/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * main.c - the one binary: `dvorik <name> …` runs the program or command of that name.
 */
#include "api/api.h"
#include "bots/bots.h"
#include "commands/commands.h"
#include "core/base/config.h"
#include "scheduler/scheduler.h"
#include "worker/worker.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static int help_main(int argc, char **argv);

static const struct command {
    const char *name, *alias;
    int (*run)(int argc, char **argv);
    const char *help; /* NULL: run, but not told about */
} commands[] = {
    {"bots", NULL, bots_main, "take the updates of both bots and queue them"},
    {"worker", NULL, worker_main, "do the jobs of the queue; talk to people"},
    {"scheduler", "beat", scheduler_main, "the clock: birthdays, expiries, retention"},
    {"api", NULL, api_main, "the REST API and the internal endpoints"},
    {"migrate", NULL, migrate_main,
     "up, down N, status, new NAME: the database's schema"},
    {"settings", NULL, settings_main,
     "list, get NAME, set NAME VALUE: the shop's settings"},
    {"jobs", NULL, jobs_main, "look into the queue and mend it"},
    {"audit", NULL, audit_main, "verify: is what was written down still whole?"},
    {"admin", NULL, admin_main, "add ID --role R: who may work here"},
    {"broadcasts", NULL, broadcasts_main,
     "status, confirm: is a restored database the shop's?"},
    {"setup-bots", NULL, setup_bots_main, "tell Telegram the bots' menus and webhooks"},
    {"seed", NULL, seed_main, "a demo shop to look at"},
    {"check", NULL, check_main, "are settings, MySQL and Redis fit to start on?"},
    {"version", "--version", version_main, "print the version"},
    {"help", "--help", help_main, "print this; --env-example: print .env.example"},
    {"-h", NULL, help_main, NULL},
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void print_usage(FILE *out)
{
    fputs("Usage: dvorik <command> [arguments]\n\nCommands\n", out);
    for (size_t i = 0; i < COMMANDS; i++)
        if (commands[i].help != NULL)
            fprintf(out, "    %-14s%s\n", commands[i].name, commands[i].help);
    fputs("\nSettings (environment; each also as NAME_FILE) [default]\n", out);
    config_print_help(out);
}

static int help_main(int argc, char **argv)
{
    if (argc == 1) {
        print_usage(stdout);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--env-example") == 0) {
        config_print_example(stdout);
        return 0;
    }
    fputs("help takes nothing or --env-example\n", stderr);
    return 2;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0 ||
            (commands[i].alias != NULL && strcmp(commands[i].alias, name) == 0))
            return &commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    const struct command *c;

    if (argc < 2) {
        fputs("dvorik: which command? See dvorik --help\n", stderr);
        return 2;
    }
    c = find_command(argv[1]);
    if (c == NULL) {
        fprintf(stderr, "dvorik: there is no command \"%.40s\". See dvorik --help\n",
                argv[1]);
        return 2;
    }
    text_own_known();
    return c->run(argc - 1, argv + 1);
}
