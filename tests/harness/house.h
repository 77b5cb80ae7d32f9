/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/house.h - the whole installation: bots, worker, scheduler and api
 * together; and somebody who starts again what dies, as ./run and systemd do. */
#ifndef TESTS_HARNESS_HOUSE_H
#define TESTS_HARNESS_HOUSE_H

#include "tests/harness/botapi.h"
#include "tests/harness/program.h"

enum resident { BOTS, WORKER, SCHEDULER, API, RESIDENTS };

struct house {
    struct config *cfg;
    struct botapi *botapi;
    struct program *program[RESIDENTS];
    int bots_port, api_port;
    char bots_listen[32], api_listen[32], scanner_url[48];
    int restarts; /* by house_tend: of who died */
};

/* Everything up and /health 200 when it returns; webhooks are set where cfg has
 * webhooks. cfg (of world_config) gets its ports. botapi is taken over; NULL: the test
 * plays Telegram itself, at cfg->telegram_api_base. */
void house_open(struct house *h, struct config *cfg, struct botapi *botapi);

/* Stops all; fails the test unless each ends with status 0. */
void house_close(struct house *h);

/* Kills one (SIGKILL) and starts it again, with what doom.h says by now. */
void house_restart(struct house *h, enum resident who);

/* Starts again whoever is gone. To be called while waiting. */
void house_tend(struct house *h);

/* until() that tends the house between two questions. */
bool house_until(struct house *h, bool (*asked)(void *arg), void *arg, int ms);

const char *house_name(enum resident who); /* of its program: "bots" … */

/* What each has written so far, to stderr. */
void house_dump(struct house *h);

#endif
