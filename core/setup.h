/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/setup.h - the first days of an installation: what is set, what is missing, and a
 * look at what our bots may do, which somebody who can ask the messenger takes.
 *
 *   setup_check_ask                      setup_check_end
 *   ---------------> OPEN (send.setup_check) ----------> ENDED, with what was found
 */
#ifndef CORE_SETUP_H
#define CORE_SETUP_H

#include "core/base/buf.h"
#include "core/setting.h"
#include "core/staff/staff.h"

struct setup_facts {
    int owners, stores, stores_without_hours; /* active; open */
    bool brand, discount, texts, gate;        /* somebody has set it, whatever to */
    int64_t channel_at; /* when the channel was set last; 0: never */
};
must_check enum status setup_facts(struct db *db, struct setup_facts *out);

/* ---- the look --------------------------------------------------------------------- */

#define SETUP_CHECK_LIFE_S 120 /* one that has not ended by then will not */
#define SETUP_FOUND_MAX 4000   /* bytes of JSON */

struct setup_check {
    int64_t id, asked_at, ended_at; /* ended_at 0: under way */
    struct buf found;               /* JSON; yours: setup_check_free */
};
void setup_check_free(struct setup_check *check); /* as = {0} */

/* One that is under way is joined, not asked twice. hooks: also tell the messenger where
 * our webhooks are. */
must_check enum status setup_check_ask(struct db *db, int64_t now,
                                       const struct staff *by, bool hooks, int64_t *id);
/* ST_NONE: it ended before. ST_BAD: too long, or no JSON. */
must_check enum status setup_check_end(struct db *db, int64_t now, int64_t id,
                                       const char *found);
must_check enum status setup_check_load(struct db *db, int64_t id,
                                        struct setup_check *out);
/* The newest that ended. ST_NONE: none has. */
must_check enum status setup_check_last(struct db *db, struct setup_check *out);

#endif
