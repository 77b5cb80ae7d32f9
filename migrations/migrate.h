/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * migrations/migrate.h - the schema's versions, up and down.
 *
 *             migrate_up                          migrate_down
 *   absent ---> started ---> applied       applied ---> leaving ---> absent
 *
 * NNNN_name.up.sql and .down.sql travel in the binary (list.sh). Table
 * schema_migrations has a row for each that was begun, with the SHA-256 of both texts.
 * A text that changed after it was applied, a hole in the row of numbers, or a number
 * this program does not know: refused, with what to do about it.
 *
 * DDL commits by itself, so a migration that dies leaves part of it behind, and its row
 * in `started` or `leaving`: everything then refuses until a person has looked and said
 * which of the two ends was reached (migrate_settle).
 *
 * One migrates at a time (GET_LOCK). ST_REFUSED: *why says what is wrong and the
 * command to run; lent until the next call. ST_DOWN: the database cannot be reached. */
#ifndef MIGRATIONS_MIGRATE_H
#define MIGRATIONS_MIGRATE_H

#include "core/io/db.h"

#include <stdio.h>

struct migration {
    const char *name; /* "0001_queue" */
    const char *up, *up_end, *down, *down_end;
};

struct migrations {
    const struct migration *list; /* number i + 1 at i */
    int n;
};

extern const struct migrations migrations_all; /* those in this binary */

/* A program asks this at its start: ST_OK only if the schema is exactly ours. */
must_check enum status migrate_check(struct db *db, const char **why);
must_check enum status migrate_check_list(struct db *db, const struct migrations *m,
                                          const char **why);

/* Applies what is missing. out (may be NULL) hears a line for each. */
must_check enum status migrate_up(struct db *db, const struct migrations *m,
                                  int64_t now, FILE *out, const char **why);

/* Takes the last `count` back, newest first. */
must_check enum status migrate_down(struct db *db, const struct migrations *m,
                                    int count, FILE *out, const char **why);

/* A line for each migration: applied when, or missing, or what is wrong. */
must_check enum status migrate_status(struct db *db, const struct migrations *m,
                                      FILE *out, const char **why);

/* A person has looked: the half-done migration is whole (applied) or gone. */
must_check enum status migrate_settle(struct db *db, const struct migrations *m,
                                      int number, bool applied, const char **why);

/* Makes an empty pair in folder, numbered one up; its path without ending to out. */
must_check enum status migrate_new(const char *folder, const char *name, FILE *out,
                                   const char **why);

#endif
