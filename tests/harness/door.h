/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/door.h - `dvorik bots` with a cellar of its own, and posts to its door.
 */
#ifndef TESTS_HARNESS_DOOR_H
#define TESTS_HARNESS_DOOR_H

#include "core/base/config.h"
#include "tests/harness/cellar.h"
#include "tests/harness/program.h"

#include <stdbool.h>
#include <stdint.h>

#define SOON_MS 15000

struct door {
    struct config *cfg;
    struct program *bots;
    int port;
    char answer[8192]; /* the last one */
};
extern struct door door;

int door_open(void **state); /* cmocka's group setup and teardown */
int door_close(void **state);
int door_empty(void **state); /* setup of a test: nothing is stored */

void door_export(void); /* the settings, with logs to look into */
void door_start(void);  /* bots, until it is ready */

/* ---- posting -------------------------------------------------------------------- */
struct post {
    const char *path, *secret, *type, *body; /* secret and type may be NULL */
};
size_t post_print(char *out, size_t room, const struct post *p);
int post(const struct post *p);    /* the status; 0: no answer */
int post_update(const char *body); /* to the client bot, with its secret */
int post_raw(const char *request);

#define UPDATE(id) "{\"update_id\":" #id ",\"message\":{\"from\":{\"id\":5}}}"

#endif
