/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/db_row.h - the open selection of a handle and the row it stands on: for db.c.
 * The verbs that read a row (db_next, db_int …) are here, their manual is in db.h. */
#ifndef CORE_IO_DB_ROW_H
#define CORE_IO_DB_ROW_H

#include "core/io/db_link.h"
#include "core/io/db_private.h"

struct db_col;

struct db_rows {
    MYSQL_STMT *open; /* borrowed from the cache of statements; NULL: none */
    struct db_col *cols;
    MYSQL_BIND *into;
    unsigned n, cap;
};

struct db_rows *db_rows_of(const struct db *db);

/* Stands before the first row of an executed statement. */
must_check enum status db_rows_begin(struct db_rows *r, MYSQL_STMT *h);
void db_rows_end(struct db_rows *r);
void db_rows_free(struct db_rows *r);

#endif
