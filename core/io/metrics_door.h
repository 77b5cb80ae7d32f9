/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/metrics_door.h - where a program without a door of its own shows how it is:
 *
 *   GET /metrics   numbers for Prometheus; 500 when there is no memory
 *   GET /live      200 "ok", or 503 and the reason in a line: restart it
 *
 * Answered from the program's own loop, so an answer proves that the loop turns. It asks
 * for no key: let it listen on loopback, or where only Prometheus reaches it. */
#ifndef CORE_IO_METRICS_DOOR_H
#define CORE_IO_METRICS_DOOR_H

#include "core/base/metrics.h"
#include "core/io/loop.h"

struct metrics_door;

#define DOOR_WHY 200

struct metrics_door_options {
    struct loop *loop;
    const char *listen; /* as httpd_options */
    void (*fill)(void *arg, struct metrics *m);
    bool (*alive)(void *arg, char why[DOOR_WHY]); /* false: why says it */
    void *arg;
};

/* Listens at once, and says so in the log. NULL: *why says why, lent until the next call.
 * Yours. */
struct metrics_door *metrics_door_open(const struct metrics_door_options *o,
                                       const char **why);
void metrics_door_close(struct metrics_door *d); /* before its loop. NULL is fine */

#endif
