/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/lane.h - the four lanes of a pool: which lists they are, their share, and how
 * much of them Redis may hold.
 *
 * What does not fit is not refused: its row waits parked in MySQL and comes when its
 * list is down to half (class D), so a broadcast to millions costs Redis as much as one
 * to thousands. Updates of Telegram (class U) have no row: a full hot list refuses them
 * with 503, and Telegram keeps them (bots/intake.h). */
#ifndef CORE_IO_LANE_H
#define CORE_IO_LANE_H

#include "core/io/kind.h"

struct lane_policy {
    const char *name;
    int first, last;    /* its lists */
    int share;          /* of sixteen leases in a row, while all lanes have work */
    int most;           /* entries a list */
    int64_t most_bytes; /* a list, by Redis' own estimate of its memory */
};

const struct lane_policy *lane_policy(enum kind_lane lane); /* never NULL */
enum kind_lane lane_of_list(int list);                      /* 0..33 */

/* "hot", "normal", "low", "bulk"; 0: no such lane. */
enum kind_lane lane_find(const char *name);

/* How full Redis is, of its maxmemory; beyond a step it takes less. Without a maxmemory
 * it is always LANE_ALL. */
enum lane_level {
    LANE_ALL,      /* below 75 % */
    LANE_NO_BULK,  /* bulk waits in MySQL */
    LANE_ONLY_HOT, /* from 90 %: so does everything but hot */
    LANE_NEVER     /* no such level: hot is never kept out */
};
enum lane_level lane_level(int64_t used_bytes, int64_t max_bytes);

#endif
