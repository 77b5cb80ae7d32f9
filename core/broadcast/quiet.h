/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/quiet.h - the quiet hours (core/quiet.h) of many people at once. */
#ifndef CORE_BROADCAST_QUIET_H
#define CORE_BROADCAST_QUIET_H

#include "core/io/db.h"
#include "core/quiet.h"

/* Zones of stores, each opened once. */
#define QUIET_ZONES 32
struct quiet {
    int64_t elsewhere; /* of who has no zone of their own; 0: not quiet */
    struct {
        char tz[41];
        int64_t until;
    } zone[QUIET_ZONES];
    int n;
};
must_check enum status quiet_load(struct db *db, const struct settings *set,
                                  const struct tz *shop, int64_t now,
                                  struct quiet *out);
int64_t quiet_of(const struct quiet *q, const char *tz); /* "": elsewhere */

#endif
