/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/leader.h - who of several does the work: a lease in a row of MySQL.
 *
 *              keep: the row is free or lapsed
 *   FOLLOWS ----------------------------------> LEADS --+ keep: renewed every third
 *      ^                                          |  <--+ of the lease
 *      +------------------------------------------+
 *        step_down; or the lease ran out unrenewed: frozen, killed, database away
 *
 * One UPDATE claims and renews, by the clock of the database alone; what the holder
 * believes runs out by its own monotonic clock, counted from before it asked, so it
 * stops believing before another can be told. Not in Redis: a failover there may choose
 * two.
 *
 * Only an economy. A leader frozen in the middle of a step wakes up beside its
 * successor, so nothing may be right only because one leads: ticks are single by the
 * key of cron_tick. */
#ifndef CORE_IO_LEADER_H
#define CORE_IO_LEADER_H

#include "core/io/db.h"

#define LEADER_LEASE_MS 10000
#define LEADER_OWNER_MAX 97

struct leader {
    const char *name; /* of what is led; borrowed for the leader's life */
    int lease_ms;
    char owner[LEADER_OWNER_MAX];
    int64_t term; /* how many owners there were, us included, when we began to lead */
    /* its own */
    int64_t until_ms; /* of clock_mono_ms: until then we lead. 0: we do not */
    int64_t asked_ms; /* the last time */
};

/* owner: a name that nobody else ever has (queue_wid); at most 96 bytes. */
void leader_init(struct leader *l, const char *name, const char *owner, int lease_ms);

/* Claims or renews when it is time to, else asks nothing; to be called every turn.
 * ST_OK: we lead. ST_TAKEN: another does. Anything else: it could not be asked; while
 * the lease lasts we lead all the same (leader_leads). */
must_check enum status leader_keep(struct leader *l, struct db *db, int64_t mono_ms);

bool leader_leads(const struct leader *l, int64_t mono_ms);

/* The row is free for the next one at once. Harmless for who does not lead. */
must_check enum status leader_step_down(struct leader *l, struct db *db);

#endif
