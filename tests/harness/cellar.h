/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/cellar.h - a Redis of the test's own: to look into while programs use
 * it, to freeze, to kill and to start again (server.h). */
#ifndef TESTS_HARNESS_CELLAR_H
#define TESTS_HARNESS_CELLAR_H

#include "core/io/redis.h"
#include "tests/harness/server.h"

#include <stdint.h>

struct cellar {
    struct server *server;
    struct redis *redis; /* to look with */
    char url[160];
};
extern struct cellar cellar;

void cellar_open(void); /* empty; what is open already is emptied */
void cellar_close(void);

/* The number a command of up to four words answers (NULL ends them). Asked again until
 * it is answered: after a kill the first answer is lost, and then Redis is loading. */
int64_t cellar_ask(const char *verb, const char *a, const char *b, const char *c);
void cellar_config(const char *name, const char *value);

int64_t cellar_updates(void); /* waiting, on all hot lists */

#endif
