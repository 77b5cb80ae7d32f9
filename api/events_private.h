/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/events_private.h - what events.c (listeners, in the loop) and events_look.c (the
 * stores, in a thread) share. */
#ifndef API_EVENTS_PRIVATE_H
#define API_EVENTS_PRIVATE_H

#include "api/events.h"
#include "core/base/buf.h"
#include "core/base/tz.h"
#include "core/io/ledger_look.h"
#include "core/staff/session.h"

enum events_part {
    EVENTS_TODAY,
    EVENTS_QUEUE,
    EVENTS_BROADCASTS,
    EVENTS_ATTENTION,
    EVENTS_PARTS
};

/* Which parts somebody of that role sees, as bits: 1 << enum events_part. */
unsigned events_parts_of(enum role role);

/* One look. The thread has it as long as it works; before and afterwards the loop. */
struct events_look {
    struct db *db;
    struct queue *queue;
    struct tz *tz;
    int64_t now;
    char jti[EVENTS_ALL_MAX][SESSION_JTI + 1];
    bool holds[EVENTS_ALL_MAX];
    int n;
    bool sessions_known;           /* else the database is away: nobody is sent off */
    struct buf part[EVENTS_PARTS]; /* JSON; "": not known */
    struct ledger_sums_kept rows;
    int64_t figures_at, figures_cost; /* of today and attention */
};
bool events_look_open(struct events_look *l, const struct config *cfg);
void events_look_close(struct events_look *l);
void events_look_run(struct events_look *l); /* in a thread */

#endif
