/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/db_link.h - one connection to the server: for db.c alone. The only file that
 * includes the library's header. It is written against MariaDB's and Oracle's. */
#ifndef CORE_IO_DB_LINK_H
#define CORE_IO_DB_LINK_H

#include "core/base/status.h"

#include <mysql.h>

#include <stdbool.h>

struct config;

#if defined(LIBMARIADB) || defined(MARIADB_BASE_VERSION)
#define DB_LINK_MARIADB 1
typedef my_bool db_flag;
#else
#define DB_LINK_MARIADB 0
typedef bool db_flag;
#endif

/* Once a process, before anything else; safe to repeat. */
void db_link_library(void);

/* A session that is UTC, READ COMMITTED, strict, utf8mb4, each of them read back. *out
 * is the caller's: mysql_close it. answer_s: longest wait for an answer. ST_DOWN: the
 * server cannot be reached or will not have us, logged now and then; ST_BROKEN: it
 * would not set the session as asked, logged. */
must_check enum status db_link_open(const struct config *cfg, unsigned answer_s,
                                    MYSQL **out);

/* Between two statements the server has nothing to say: if there is something to read,
 * it is its farewell (killed, timed out, restarted). Asking costs no round trip, and
 * spares the caller an outcome nobody knows. */
bool db_link_farewell(MYSQL *my);

/* True once every few seconds in this process: whether a line about an unreachable
 * server is due. */
bool db_link_may_speak(void);

#endif
