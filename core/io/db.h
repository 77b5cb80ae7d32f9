/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/db.h - MySQL, and the only file pair that knows it is MySQL.
 *
 * Prepared statements only; values travel as typed binds, never in the text. A handle
 * is one connection: opened at first use, opened again after a loss, each session
 * checked to be UTC, READ COMMITTED and strict before it is used.
 *
 *   int64_t n;
 *   st = db_exec(db, &n, "UPDATE store SET name = ? WHERE id = ?",
 *                DB_TEXT(name), DB_INT(id));
 *
 *   st = db_select(db, "SELECT id, name FROM store WHERE closed_at IS NULL");
 *   while (st == ST_OK && (st = db_next(db)) == ST_OK)
 *       use(db_int(db, 0), db_text(db, 1, NULL));
 *   if (st == ST_NONE) st = ST_OK;        the rows ended
 *
 * One open selection a handle: the next db_exec or db_select ends it, and with it every
 * text it lent. Nested reading means: gather first.
 *
 * Statuses: ST_TAKEN a unique key refused; ST_REFUSED a foreign key or CHECK refused, or
 * the statement took longer than it gave itself (core/segment/audience.c);
 * ST_BAD a value that its column cannot hold or be compared with (too long, out of
 * range, letters foreign to an ascii column), logged: check input before; ST_AGAIN
 * deadlock or lock wait: roll the whole transaction back and repeat it (db_tx does);
 * ST_DOWN no connection, nothing happened; ST_UNSURE the connection broke while a
 * commit (or a statement outside a transaction) was under way; ST_BROKEN anything else,
 * logged with the errno. */
#ifndef CORE_IO_DB_H
#define CORE_IO_DB_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;
struct db;

/* NULL: no memory. Touches no network. Yours. */
struct db *db_open(const struct config *cfg);
void db_close(struct db *db);

enum db_kind {
    DB_KIND_NULL,
    DB_KIND_INT,
    DB_KIND_TEXT,
    DB_KIND_BYTES,
    DB_KIND_TIME,
    DB_KIND_DATE
};

struct db_arg {
    enum db_kind kind;
    int64_t number;
    const void *bytes;
    size_t n;
};

#define DB_NULL ((struct db_arg){.kind = DB_KIND_NULL})
#define DB_INT(v) ((struct db_arg){.kind = DB_KIND_INT, .number = (v)})
#define DB_BYTES(p, len)                                                               \
    ((struct db_arg){.kind = DB_KIND_BYTES, .bytes = (p), .n = (len)})
#define DB_TIME(us)                                                                    \
    ((struct db_arg){.kind = DB_KIND_TIME, .number = (us)}) /* DATETIME(6) */
#define DB_DATE(day)                                                                   \
    ((struct db_arg){.kind = DB_KIND_DATE, .number = (day)}) /* cal_day */
struct db_arg DB_TEXT(const char *s);                        /* NULL is NULL */
struct db_arg DB_TEXT_N(const char *s, size_t n);
struct db_arg DB_INT_OR_NULL(bool have, int64_t v);
struct db_arg DB_TIME_OR_NULL(int64_t us); /* 0 is NULL: nothing of ours is of 1970 */

#define DB_ARGS_(...)                                                                  \
    (const struct db_arg[])                                                            \
    {                                                                                  \
        {0}, ##__VA_ARGS__                                                             \
    }
#define DB_COUNT_(...) (sizeof(DB_ARGS_(__VA_ARGS__)) / sizeof(struct db_arg) - 1)
#define db_exec(db, changed, sql, ...)                                                 \
    db_exec_args((db), (changed), (sql), DB_ARGS_(__VA_ARGS__) + 1,                    \
                 DB_COUNT_(__VA_ARGS__))
/* Written into a SELECT that reads many rows from an index alone. Statements are kept and
 * executed again; MariaDB 10.11 then takes from whoever read that table before which of
 * its indexes suffice, and looks up each row all the same: twenty times as long. One with
 * this in its text is prepared each time (a round trip more). */
#define DB_AFRESH "/* afresh */ "
#define db_select(db, sql, ...)                                                        \
    db_select_args((db), (sql), DB_ARGS_(__VA_ARGS__) + 1, DB_COUNT_(__VA_ARGS__))

/* *changed (may be NULL): rows matched-and-changed by UPDATE/DELETE, inserted by
 * INSERT. */
must_check enum status db_exec_args(struct db *db, int64_t *changed, const char *sql,
                                    const struct db_arg *args, size_t n);
must_check enum status db_select_args(struct db *db, const char *sql,
                                      const struct db_arg *args, size_t n);
/* ST_OK: there is a row; ST_NONE: no more. */
must_check enum status db_next(struct db *db);

/* Columns of the row, by position. NULL reads as 0, NULL text, time 0. */
bool db_is_null(const struct db *db, int col);
int64_t db_int(const struct db *db, int col);
int64_t db_time(const struct db *db, int col); /* DATETIME(6) -> microseconds */
int32_t db_day(const struct db *db, int col);  /* DATE -> cal_day */
const char *db_text(const struct db *db, int col, size_t *n); /* lent */

/* The row of a select that must have at most one: ST_OK, ST_NONE, or the failure. */
#define db_one(db, sql, ...)                                                           \
    db_one_args((db), (sql), DB_ARGS_(__VA_ARGS__) + 1, DB_COUNT_(__VA_ARGS__))
must_check enum status db_one_args(struct db *db, const char *sql,
                                   const struct db_arg *args, size_t n);

int64_t db_last_id(const struct db *db);

/* Runs work in one transaction: commits when it answers ST_OK, rolls back on anything
 * else and answers that. ST_AGAIN is repeated up to DB_TRIES times with a short random
 * wait; work must therefore set all it puts out afresh each time. Nested calls join the
 * outer transaction: what a failing one wrote is undone, and its status goes to the
 * outer work, which may go on after ST_TAKEN and the like. After ST_AGAIN or ST_DOWN
 * the whole transaction is lost, and answers so even if the work swallows it. */
#define DB_TRIES 8
typedef enum status db_work(struct db *db, void *arg);
must_check enum status db_tx(struct db *db, db_work *work, void *arg);
bool db_in_tx(const struct db *db);

/* Is the open transaction lost, whatever its parts answered: will it be rolled back? */
bool db_tx_lost(const struct db *db);

/* Who wants to hear how a transaction ended (the queue, to hand over what was put in
 * it). One listener a handle. committed is false also when the outcome is unsure. */
typedef void db_ended(void *arg, bool committed);
void db_on_end(struct db *db, db_ended *fn, void *arg);
void *db_listener(const struct db *db); /* that arg, or NULL */

/* Is the server there? One round trip at most; for /health. */
must_check enum status db_ping(struct db *db);

/* How long a statement may take before its connection is given up: 30 s; a migration
 * asks for more. 0: 30 s again. Closes an open connection, and locks held by it. */
void db_patience(struct db *db, int seconds);

/* How long a statement may wait for a row that another transaction holds, from the next
 * connection on: 5 s unless told. ST_AGAIN then. */
void db_lock_wait(struct db *db, int seconds);

/* Several statements of a migration file, no binds, no result. *why (lent): which of
 * them failed, and how; those before it have happened. */
must_check enum status db_script(struct db *db, const char *sql, size_t n,
                                 const char **why);

#endif
