/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The servers of one benchmark: private, on socket files, gone when standard input ends
 * or the program is told to stop. */
#include "tests/bench/queue/bench.h"

#include "core/io/db.h"
#include "tests/harness/server.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char tables[] =
    "CREATE TABLE bench_effect (n BIGINT PRIMARY KEY) ENGINE=InnoDB;"
    "CREATE TABLE bench_fact (n BIGINT PRIMARY KEY) ENGINE=InnoDB;"
    "CREATE TABLE bench_account (id INT PRIMARY KEY, points BIGINT NOT NULL)"
    " ENGINE=InnoDB";

static void tables_make(const struct config *cfg)
{
    struct db *db = db_open(cfg);
    const char *why = "no memory";
    enum status st = db ? db_script(db, tables, sizeof tables - 1, &why) : ST_BROKEN;

    for (int i = 0; i < 64 && st == ST_OK; i++)
        st = db_exec(db, NULL, "INSERT INTO bench_account VALUES (?, 0)", DB_INT(i));
    bench_need(st == ST_OK, why);
    db_close(db);
}

static void on_stop(int signo)
{
    (void)signo;
    close(STDIN_FILENO); /* the read below ends, and exit tidies up */
}

int bench_host(struct bench *b)
{
    struct sigaction sa = {.sa_handler = on_stop};
    struct config *cfg = world_config();
    struct server *redis = server_new(SERVER_REDIS);
    char sink[64];

    (void)b;
    tables_make(cfg);
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGHUP, &sa, NULL);
    printf("{\"redis\":\"%s\",\"mysql\":\"%s\",\"schema\":\"%s\"}\n",
           server_socket(redis), cfg->database_socket, cfg->database_name);
    fflush(stdout);
    while (read(STDIN_FILENO, sink, sizeof sink) > 0)
        continue;
    return 0;
}
