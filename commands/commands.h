/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * commands/commands.h - what a person runs at the server: `dvorik <name> …`.
 *
 * argv[0] is the command's own name. Each answers the process's exit status: 0 done,
 * 1 refused or failed, 2 wrong usage or settings. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

/* dvorik admin add ID --role R [--store ID] | admin invite --role R --store ID */
int admin_main(int argc, char **argv);

/* dvorik seed: a demo shop; run again, it changes nothing but what is missing. */
int seed_main(int argc, char **argv);

/* dvorik migrate up | down N | status | settle N applied|absent | new NAME */
int migrate_main(int argc, char **argv);

/* dvorik settings list | get NAME | set NAME VALUE */
int settings_main(int argc, char **argv);

/* dvorik audit verify */
int audit_main(int argc, char **argv);

/* dvorik jobs VERB …: commands/jobs.h */
int jobs_main(int argc, char **argv);

/* dvorik broadcasts status | confirm [--cancel] */
int broadcasts_main(int argc, char **argv);

/* dvorik setup-bots: names, menus and descriptions of both bots, and their webhooks */
int setup_bots_main(int argc, char **argv);

/* dvorik check: are the settings, MySQL and Redis fit to start on? */
int check_main(int argc, char **argv);

/* dvorik version */
int version_main(int argc, char **argv);

#endif
