/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/house.h - the whole installation: bots, worker, scheduler, api and the
 * stand-in Bot API on private servers, webhooks set; and somebody who starts again what
 * dies, as ./run and systemd do. */
#ifndef TESTS_HARNESS_HOUSE_H
#define TESTS_HARNESS_HOUSE_H

#include "core/io/db.h"
#include "tests/harness/botapi.h"
#include "tests/harness/program.h"

enum resident { BOTS, WORKER, SCHEDULER, API, RESIDENTS };

struct house {
    struct config *cfg; /* of world_config; ports chosen */
    struct db *db;
    struct botapi *botapi;
    struct program *program[RESIDENTS];
    int bots_port, api_port;
    int restarts;
};

/* Everything up and /health 200 when it returns. */
void house_open(struct house *h, struct config *cfg);
void house_close(struct house *h);

/* Kills one, and starts it with DVORIK_CRASH set; once: the file that says it crashed.
 */
void house_restart(struct house *h, enum resident who, const char *crash,
                   const char *once);

/* Starts again whoever is gone. To be called while waiting. */
void house_tend(struct house *h);

/* until() that tends the house between two questions. */
bool house_until(struct house *h, bool (*asked)(void *arg), void *arg, int ms);

/* The number a query answers. */
int64_t house_count(struct house *h, const char *sql);

#endif
