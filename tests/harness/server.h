/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/server.h - private database and Redis servers for tests.
 *
 * A server lives in a folder of its own under $TMPDIR, as nobody when we are root,
 * reachable through a socket file only, and dies with the process that started it,
 * however that ends. What cannot be started ends the test program with a line. */
#ifndef TESTS_HARNESS_SERVER_H
#define TESTS_HARNESS_SERVER_H

#include <stdbool.h>

/* One of each for the whole program: those that DVORIK_TEST_MYSQL_SOCKET and
 * DVORIK_TEST_REDIS_SOCKET name, else started at the first call. Lent, for ever. */
const char *harness_mysql_socket(void);
const char *harness_redis_socket(void);

/* ---- one to be mistreated: yours alone, whatever the environment names ---------- */

enum server_kind { SERVER_MYSQL, SERVER_REDIS };
struct server;

struct server *server_new(enum server_kind kind); /* started. Yours */
const char *server_socket(const struct server *s);
/* The same under another folder (a small disk): NULL is $TMPDIR. */
struct server *server_new_in(enum server_kind kind, const char *under);
const char *server_folder(const struct server *s);
/* Words of its command line from the next start on: at the end of it, or (server_wrap)
 * before the program, as `env NAME=VALUE` is. Borrowed. */
void server_option(struct server *s, const char *word);
void server_wrap(struct server *s, const char *word);
void server_start(struct server *s); /* again, with the same data */
bool server_try(struct server *s);   /* the same; false: it ended before it answered */
bool server_lives(struct server *s);
void server_kill(struct server *s, int signo); /* and waits until it is gone */
/* A database as it is now, put aside while it runs on; and, of one that is not running,
 * back to it: a failover to a copy that lacks what came since. */
void server_remember(struct server *s);
void server_go_back(struct server *s);
void server_signal(struct server *s, int signo); /* SIGSTOP, SIGCONT: it lives on */
void server_free(struct server *s);              /* its folder too; NULL is fine */

#endif
