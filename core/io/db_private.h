/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/db_private.h - what the files of db share; nobody else includes it.
 *
 * db.c speaks to the library, db_tx.c knows what a transaction is, db_fault.c what an
 * error number asks of us, db_arg.c how our values look. */
#ifndef CORE_IO_DB_PRIVATE_H
#define CORE_IO_DB_PRIVATE_H

#include "core/io/db.h"

/* What was under way when an error came: it decides what a lost connection means. */
enum db_where {
    DB_HARMLESS, /* nothing that could have changed anything: connecting, reading */
    DB_ALONE,    /* a writing statement outside a transaction */
    DB_INSIDE,   /* inside one: the server rolls it back when we are gone */
    DB_COMMITTING
};

struct db_fault {
    enum status st;
    bool lost;  /* the connection is of no use any more */
    bool plain; /* its message names tables and columns at most, never a value */
};

/* Pure: the error number of the server or the library, and what it asks for. full says
 * that the message speaks of errno 28, no space left on device. */
struct db_fault db_fault(unsigned err, bool full, enum db_where where);

/* A DATETIME(6) as its parts. */
struct db_wall {
    int year, month, day, hour, minute, second, us;
};
struct db_wall db_wall(int64_t us);
int64_t db_instant(struct db_wall w);

struct db_tx {
    int depth; /* 0: outside */
    int saved; /* levels that can be undone; a savepoint is made at the first write */
    /* Not ST_OK: the transaction is lost (deadlock, connection gone, disk full). The
     * server may have rolled it back already, and a further statement would then
     * commit on its own: none is sent before the end, and the end answers this. */
    enum status doom;
    db_ended *on_end;
    void *on_end_arg;
};
struct db_tx *db_tx_of(struct db *db);

/* Before a write inside a transaction: savepoints for the nested levels. */
must_check enum status db_tx_writing(struct db *db);

/* A statement without values or rows (BEGIN, COMMIT …), sent at once. Outside of a
 * transaction it connects first. */
must_check enum status db_plain(struct db *db, const char *sql, enum db_where where);

void db_drop(struct db *db); /* closes the connection; the next call opens another */
void db_pause(int attempt);  /* 1..20 ms, random, longer with each attempt */

#endif
